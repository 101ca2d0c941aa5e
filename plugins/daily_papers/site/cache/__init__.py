"""Caches of a build: rendered content by fingerprint, and compiled templates."""
