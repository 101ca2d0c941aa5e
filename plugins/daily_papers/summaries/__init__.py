"""Summaries by a model: what it is asked, how it is asked, what is made of its answer, and what that may cost."""
