"""Search: a record per paper, Korean nouns, a glossary, and the Pagefind index."""
