"""The way to the best: /top/, one page of rankings, each beside the sentence that says how it is made.

The shelf goes in, one SitePage comes out. What a ranking is, and where its spans end, is decided in `rankings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec
from markupsafe import Markup

from daily_papers.index.rankings import RISING_DAYS, SETTLING_DAYS, SpanName, late_bloomers, rising, spans, top, within
from daily_papers.site.components.page_head import page_head
from daily_papers.site.components.ranking_rows import Row
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

PAPERS = 20
"""How many papers each ranking has."""

STEM = "top"


class Section(msgspec.Struct, frozen=True):
    """One ranking. `id` is its anchor, `title` a key, `address` the page of its span, relative to the root."""

    id: str
    title: str
    rows: Sequence[Row]
    formula: Markup
    address: str = ""
    name: Markup = Markup()
    """What the page of its span is called."""
    is_of_gains: bool = False
    nothing: str = "no_counted"
    """The key of what is said where it has no rows."""


def pages(site: SiteContext) -> Iterator[SitePage]:
    """Yield the one page."""
    url = site.urls.top()
    yield SitePage(
        site.urls.source(STEM),
        site.messages.texts["top_title"],
        site.messages.texts["top_description"],
        partial(_render, site),
        page_head(site, url),
        changed=site.index.seen or site.index.newest,
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
    newest, words, urls = site.index.newest, site.multilingual, site.urls
    if newest is None:
        return
    week = newest.isocalendar()
    where: dict[SpanName, tuple[str, Markup]] = {
        "today": (urls.day(newest), words.date(newest)),
        "week": (urls.week(newest), words.text("week_name", year=week.year, week=week.week)),
        "month": (urls.month(newest), words.date(newest, "yearmonth")),
        "year": (urls.year(newest.year), words.year(newest.year)),
        "all": (urls.archive(), words.texts["open_archive"]),
    }
    for span, (first, last) in spans(newest).items():
        address, name = where[span]
        rows = site.rows.make(top(within(site.index.counted, first, last), PAPERS))
        yield Section(span, f"span_{span}", rows, words.texts["formula_votes"], address, name)


def _of_gains(site: SiteContext) -> Iterator[Section]:
    counted, seen, words = site.index.counted, site.index.seen, site.multilingual
    known = any(len(one.paper.vote_history) > 1 for one in counted)
    yield Section(
        "rising",
        "rising_title",
        site.rows.gains(rising(counted, seen, PAPERS)) if seen else (),
        words.text("formula_rising", days=RISING_DAYS, date=seen or site.index.newest),
        is_of_gains=True,
        nothing="no_rising" if known else "no_history",
    )
    yield Section(
        "late",
        "late_title",
        site.rows.gains(late_bloomers(counted, PAPERS)),
        words.text("formula_late", days=SETTLING_DAYS),
        is_of_gains=True,
        nothing="no_late" if known else "no_history",
    )
