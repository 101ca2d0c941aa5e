"""Rankings page (/top/): rankings by votes and by gained votes, each with its formula, from `index.rankings`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec
from markupsafe import Markup

from daily_papers.index.rankings import (
    RISING_DAYS,
    SETTLING_DAYS,
    SpanName,
    late_bloomers,
    listed_between,
    rising,
    spans,
    top,
)
from daily_papers.site.components.page_head import page_head
from daily_papers.site.components.ranking_rows import Row
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

PAPERS = 20
"""The length of each ranking."""

STEM = "top"


class Section(msgspec.Struct, frozen=True):
    """One ranking. `id` is its anchor and `title` a message key; `address` is the page of its span, below the root."""

    id: str
    title: str
    rows: Sequence[Row]
    formula: Markup
    address: str = ""
    name: Markup = Markup()
    """The name of the page of its span."""
    is_of_gains: bool = False
    empty_text: str = "no_counted"
    """The message key of the text shown if it has no rows."""


def pages(site: SiteContext) -> Iterator[SitePage]:
    url = site.urls.top()
    yield SitePage(
        site.urls.source(STEM),
        site.messages.texts["top_title"],
        site.messages.texts["top_description"],
        partial(_render, site),
        page_head(site, url),
        changed=site.index.votes_read_on or site.index.newest,
    )


def _render(site: SiteContext) -> str:
    newest = site.index.newest
    return site.render(
        "rankings.html",
        root=to_root(site.urls.top()),
        newest=newest,
        sections=[*_of_spans(site), *_of_gains(site)] if newest else [],
    )


def _of_spans(site: SiteContext) -> Iterator[Section]:
    newest, multilingual, urls = site.index.newest, site.multilingual, site.urls
    if newest is None:
        return
    week = newest.isocalendar()
    span_pages: dict[SpanName, tuple[str, Markup]] = {
        "today": (urls.day(newest), multilingual.date(newest)),
        "week": (urls.week(newest), multilingual.text("week_name", year=week.year, week=week.week)),
        "month": (urls.month(newest), multilingual.date(newest, "yearmonth")),
        "year": (urls.year(newest.year), multilingual.year(newest.year)),
        "all": (urls.archive(), multilingual.texts["open_archive"]),
    }
    for span, (first, last) in spans(newest).items():
        address, name = span_pages[span]
        rows = site.rows.make(top(listed_between(site.index.primary_listings, first, last), PAPERS))
        yield Section(span, f"span_{span}", rows, multilingual.texts["formula_votes"], address, name)


def _of_gains(site: SiteContext) -> Iterator[Section]:
    listings, seen, multilingual = site.index.primary_listings, site.index.votes_read_on, site.multilingual
    has_history = any(len(one.paper.vote_history) > 1 for one in listings)
    yield Section(
        "rising",
        "rising_title",
        site.rows.gains(rising(listings, seen, PAPERS)) if seen else (),
        multilingual.text("formula_rising", days=RISING_DAYS, date=seen or site.index.newest),
        is_of_gains=True,
        empty_text="no_rising" if has_history else "no_history",
    )
    yield Section(
        "late",
        "late_title",
        site.rows.gains(late_bloomers(listings, PAPERS)),
        multilingual.text("formula_late", days=SETTLING_DAYS),
        is_of_gains=True,
        empty_text="no_late" if has_history else "no_history",
    )
