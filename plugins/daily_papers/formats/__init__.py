"""Digests (the Markdown layout of the day logs) and the formats of exports."""
