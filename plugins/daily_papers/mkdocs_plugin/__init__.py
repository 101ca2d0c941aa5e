"""The MkDocs plugin: hooks, options, pages as MkDocs has them, and the live preview."""
