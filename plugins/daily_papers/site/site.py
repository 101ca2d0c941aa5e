"""The published site: its pages, data files and records, as lists of what to write where.

Knows no host: `mkdocs_plugin` hands the pages to MkDocs and writes the files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

import msgspec

from daily_papers.archive.day_files import encode_day
from daily_papers.formats.digest_writer import render_digest
from daily_papers.model.records import Day
from daily_papers.site.cache.store import year_of
from daily_papers.site.components.page_head import social_card
from daily_papers.site.context import SiteContext
from daily_papers.site.data import machine_index, month_files
from daily_papers.site.feeds import feeds
from daily_papers.site.page import SitePage
from daily_papers.site.pages import (
    archive,
    authors,
    day,
    home,
    library,
    organizations,
    paper,
    paper_redirect,
    periods,
    rankings,
    search,
    statistics,
    status,
    topics,
)
from daily_papers.site.urls import day_stem

_PAGES: tuple[Callable[[SiteContext], Iterator[SitePage]], ...] = (
    home.pages,
    archive.pages,
    status.pages,
    rankings.pages,
    topics.pages,
    authors.pages,
    organizations.pages,
    library.pages,
    periods.pages,
    paper_redirect.pages,
    statistics.pages,
    search.pages,
    day.pages,
)
"""A kind of page a line, in the order of a generated nav."""
_FILES: tuple[Callable[[SiteContext], Iterator[tuple[str, bytes]]], ...] = (
    topics.files,
    authors.files,
    month_files.files,
    machine_index.files,
    paper.files,
    search.files,
    status.files,
)
"""Data for scripts and other programs: address below the root and content of each file."""
_ADDRESSES: tuple[Callable[[SiteContext], Iterator[str]], ...] = (
    machine_index.addresses,
    feeds.addresses,
    status.addresses,
)
"""The addresses of those files that authors may link to."""


def pages(site: SiteContext) -> Iterator[SitePage]:
    """Yield every page, the dates last, oldest first."""
    for kind in _PAGES:
        for page in kind(site):
            url = site.urls.of_source(page.source)
            yield msgspec.structs.replace(page, head=cache(partial(_head, site, page, url)))


def render_page(site: SiteContext, page: SitePage) -> bytes:
    """Return the content of one of `pages` in UTF-8, rendered now or for an earlier build."""

    def render() -> bytes:
        return page.render().encode("utf-8", "xmlcharrefreplace")  # as MkDocs encodes; a title may hold anything

    if not page.depends_on:
        return render()
    texts = (page.title, page.description, page.head())
    return site.render_cache.get_or_render(_cache_name(site, page), page.depends_on, render, *texts)


def render_markdown(site: SiteContext, page: SitePage) -> str:
    """Return one of `pages` as Markdown: a date's papers as in its digest, of any other page what it is about."""
    if page.date and (day := site.index.days.get(page.date)):
        return _digest(site, day).decode()
    return f"# {page.title}\n\n{page.description}\n"


def file_groups(site: SiteContext, *, has_papers: bool = True) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Yield address and content of each file that MkDocs does not know: feeds, digests, papers, and data for scripts.

    The files come in groups, the largest first; each group can be written as a whole by any process. A preview renders
    the pages of papers on request, and has no group of them.
    """
    yield from feeds.files(site)
    yield ((site.urls.day_markdown(each.date), _digest(site, each)) for each in site.index.days.values())
    if has_papers:
        yield from paper.file_groups(site)
    for files in _FILES:
        yield files(site)


def data_addresses(site: SiteContext) -> Iterator[str]:
    """Yield the address of each file in `file_groups`, without making feeds, digests and papers, the most of them."""
    yield from feeds.addresses(site)
    yield from map(site.urls.day_markdown, site.index.days)
    yield from paper.addresses(site)
    for files in _FILES:
        for address, _ in files(site):
            yield address


def linked_addresses(site: SiteContext) -> Iterator[str]:
    """Yield the address of each file that an author may link to: lists, schemas and feeds."""
    for addresses in _ADDRESSES:
        yield from addresses(site)


def curated_records(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    """Yield address and content of each record that curation changed, which is published in place of the stored one."""
    for each in site.curated:
        yield site.urls.day_json(each.date), encode_day(each)


def cache_names(site: SiteContext, rendered: Iterable[SitePage]) -> Iterator[str]:
    """Yield the names of all cached content of this build, `rendered` pages and data files."""
    yield from (_cache_name(site, page) for page in rendered)
    yield from map(digest_cache_name, site.index.days)
    yield from map(topics_cache_name, site.index.days)
    yield from map(paper.cache_name, site.index.days)
    yield from linked_addresses(site)


def prerender_year(site: SiteContext, year: int) -> int:
    """Render and cache the pages, papers and digests that show `year` alone; return the number of pages but papers."""
    name = f"{year:04}"
    of_year = [page for page in pages(site) if year_of(_cache_name(site, page)) == name]
    for page in of_year:
        render_page(site, page)
    for each in site.index.days.values():
        if each.date.year == year:
            _digest(site, each)
    paper.prerender_year(site, year)
    site.day_cache.write_year(name)
    return len(of_year)


def digest_cache_name(date: dt.date) -> str:
    return f"{day_stem(date)} digest"


def topics_cache_name(date: dt.date) -> str:
    return f"{day_stem(date)} topics"


def _head(site: SiteContext, page: SitePage, url: str) -> str:
    return (
        page.head()
        if site.settings.encrypted
        else page.head() + social_card(site, page.title, page.description, page.image, url)
    )


def _cache_name(site: SiteContext, page: SitePage) -> str:
    return page.source.removeprefix(site.urls.below(""))


def _digest(site: SiteContext, each: Day) -> bytes:
    languages = list(site.settings.languages)
    return site.day_cache.get_or_make(
        digest_cache_name(each.date), each, lambda: render_digest(each, languages).encode(), languages
    )
