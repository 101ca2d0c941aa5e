"""Views over many days, held in memory: dates, organizations, authors, rankings and statistics."""
