"""Read and write the files of an archive: day files, ledger, curation, topics and the index of thumbnails."""
