"""The interface's texts, dates and numbers in each language, and several languages in one page."""
