"""Commands that change the archive or read it whole, such as fetch, enrich, mirror, import, export and check."""
