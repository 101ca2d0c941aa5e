"""Kinds of pages, a module each: NAME.py beside its template NAME.html and its style NAME.css."""
