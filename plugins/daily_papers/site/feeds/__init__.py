"""Atom and JSON feeds, and the OPML list of them."""
