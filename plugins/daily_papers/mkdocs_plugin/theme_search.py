"""Entries of the archive in the index of Material's own search, for a site that has it in its header.

The index is loaded by every page of the site, so it has the newest papers and the pages that lead to all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

from markupsafe import escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.toc import TableOfContents

from daily_papers.mkdocs_plugin.pages import ArchivePage
from daily_papers.site.context import SiteContext

MAX_PAPERS = 1_000
"""Papers in the index. They take 30 kB of it compressed."""


def add_to_theme_search(config: MkDocsConfig, site: SiteContext, pages: Iterable[ArchivePage]) -> None:
    """Add those of `pages` that a nav has, and the newest papers, to the index of Material's search."""
    index = next(filter(None, map(_search_index, config.plugins.values())), None)
    if index is None:
        return
    for page in pages:
        if page.site_page.in_nav:
            index.add_entry_from_context(_entry(page.url, page.site_page.title, page.site_page.description))
    for listing in reversed(site.index.primary_listings[-MAX_PAPERS:]):
        index.add_entry_from_context(_entry(site.urls.paper_page(listing.paper.id), listing.paper.title, ""))


def is_theme_search(plugin: object) -> bool:
    return type(plugin).__module__.startswith("material.plugins.search")


def _search_index(plugin: object):  # type: ignore[no-untyped-def]  # a class of Material's
    return getattr(plugin, "search_index", None) if is_theme_search(plugin) else None


def _entry(url: str, title: str, text: str) -> SimpleNamespace:
    """Return what the index reads of a page. The search shows titles as HTML."""
    content = f'<h1 id="entry">{escape(title)}</h1><p>{escape(text)}</p>'
    return SimpleNamespace(url=url, title=title, content=content, toc=TableOfContents([]), meta={})
