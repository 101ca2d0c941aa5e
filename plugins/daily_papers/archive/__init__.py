"""Files of an archive: day files, ledger, curation, topics and thumbnails, and how they are written."""
