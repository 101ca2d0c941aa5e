"""An archive of the papers a community picks each day, and the MkDocs plugin that publishes it.

The way of the data is one direction: `sources` (bytes from upstream -> Day), `fetch` (which dates, how many at
once), `archive` (Day <-> file), `pages` (Day -> HTML); `plugin` and `cli` are thin shells over these.
"""

__version__ = "0.1.0"
