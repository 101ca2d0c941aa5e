"""An archive of the papers a community picks each day, and the MkDocs plugin that publishes it.

Data flows one way: `sources` reads what upstream sends into a Day, `jobs` decides which dates are fetched and stores
them, `archive` reads and writes the files, `index` groups their papers, and `site` renders pages, feeds and data files.
`mkdocs_plugin` and `cli` only call these. CONTRIBUTING.md has the map.
"""

__version__ = "0.1.0"
