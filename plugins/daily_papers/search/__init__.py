"""The search index: a record a paper, Korean nouns and the glossary, and Pagefind."""
