"""Parts of pages: what a paper, a ranking, a calendar or a chart shows, each beside its template and style."""
