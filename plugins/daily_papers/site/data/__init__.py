"""JSON files that scripts and other programs read."""
