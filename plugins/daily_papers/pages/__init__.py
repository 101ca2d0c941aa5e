"""What the reader sees: Days and their entries in, HTML, digests and assets out.

Knows Jinja and Babel, not MkDocs: `plugin` hands finished pages over to whoever hosts them.
"""
