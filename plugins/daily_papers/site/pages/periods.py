"""Pages of years, months and ISO weeks: totals, calendar and top papers of each.

Every period with a date that has a page has one itself. A page depends on its own days and the names of the previous
and next period only, so that a night changes the pages of its own dates.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Literal

import msgspec

from daily_papers.index.day_summary import DaySummary, best_paper, count_days_with_papers, sum_papers_and_votes
from daily_papers.index.rankings import listed_between, top
from daily_papers.model.text import cut
from daily_papers.site.components.calendar import WEEKS, make_years, tone_steps
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.i18n.catalog import Messages
from daily_papers.site.page import DESCRIPTION_CHARS, SitePage
from daily_papers.site.urls import month_stem, to_root, week_stem, year_stem

PeriodKind = Literal["year", "month", "week"]

PAPERS: dict[PeriodKind, int] = {"year": 50, "month": 50, "week": 30}
"""The length of the ranking on each kind of page."""

_STEMS: dict[PeriodKind, Callable[[dt.date], str]] = {
    "year": lambda date: year_stem(date.year),
    "month": month_stem,
    "week": week_stem,
}


class Period(msgspec.Struct, frozen=True):
    """One year, month or week. `entries` has each date that should exist in it, oldest first."""

    kind: PeriodKind
    stem: str
    entries: Sequence[DaySummary]

    @property
    def some_date(self) -> dt.date:
        """A date in the period, which identifies it."""
        return self.entries[0].date

    def name(self, messages: Messages) -> str:
        if self.kind == "week":
            year, week, _ = self.some_date.isocalendar()
            return messages.text("week_name", year=year, week=week)
        return messages.date(self.some_date, "year" if self.kind == "year" else "yearmonth")


class MonthCell(msgspec.Struct, frozen=True):
    """A day in the calendar of a month's page. `entry` is None for a date that the archive does not have."""

    day: int
    entry: DaySummary | None
    tone: str


class WeekRow(msgspec.Struct, frozen=True):
    """A day of a week. `anchor` is the id of the paper with the most votes; empty if there is none."""

    entry: DaySummary
    anchor: str


def pages(site: SiteContext) -> Iterator[SitePage]:
    """Yield the pages of years, of months and of weeks, each oldest first."""
    for kind in PAPERS:
        periods = make_periods(kind, site.index.calendar_days)
        for previous, period, following in _with_neighbors(periods):
            yield _page(site, period, previous, following)


def make_periods(kind: PeriodKind, dates: Iterable[DaySummary]) -> list[Period]:
    """Return each period with a date that has a page; `dates` and periods are oldest first."""
    stem_of = _STEMS[kind]
    entries: defaultdict[str, list[DaySummary]] = defaultdict(list)
    for entry in dates:
        entries[stem_of(entry.date)].append(entry)
    return [
        Period(kind, stem, of_period)
        for stem, of_period in entries.items()
        if any(entry.has_page for entry in of_period)
    ]


def make_month(entries: Sequence[DaySummary]) -> list[list[MonthCell | None]]:
    """Return the weeks of one month, Monday first; None outside the month. Tones are fifths of its own days."""
    steps = tone_steps([entry.votes for entry in entries if entry.papers])
    entry_of = {entry.date: entry for entry in entries}
    first = entries[0].date
    return [
        [None if date.month != first.month else _month_cell(date, entry_of.get(date), steps) for date in week]
        for week in WEEKS.monthdatescalendar(first.year, first.month)
    ]


def _month_cell(date: dt.date, entry: DaySummary | None, steps: Sequence[int]) -> MonthCell:
    if entry and entry.papers:
        return MonthCell(date.day, entry, f"t{bisect_right(steps, entry.votes) + 1}")
    return MonthCell(date.day, None if entry and entry.state == "weekend" else entry, "")


def _with_neighbors(periods: list[Period]) -> Iterator[tuple[Period | None, Period, Period | None]]:
    """Yield each period with the nearest ones before and after it that have a page."""
    padded = [None, *periods, None]
    for (previous, period), (_, following) in zip(pairwise(padded), pairwise(padded[1:]), strict=False):
        if period:
            yield previous, period, following


def _page(site: SiteContext, period: Period, previous: Period | None, following: Period | None) -> SitePage:
    links = [(rel, site.urls.page(other.stem), "") for rel, other in (("prev", previous), ("next", following)) if other]
    return SitePage(
        site.urls.source(period.stem),
        period.name(site.messages),
        _description(site, period),
        partial(_render, site, period, previous, following),
        page_head(site, site.urls.page(period.stem), links),
        changed=site.index.last_change(entry.date for entry in period.entries),
        depends_on=tuple(entry.date for entry in period.entries),
        in_nav=False,
    )


def _description(site: SiteContext, period: Period) -> str:
    papers, votes = sum_papers_and_votes(period.entries)
    best = top(listed_between(site.index.primary_listings, period.entries[0].date, period.entries[-1].date), 1)
    text = site.messages.text(
        "period_description",
        period=period.name(site.messages),
        days=site.messages.count("days", count_days_with_papers(period.entries)),
        papers=site.messages.count("papers", papers),
        votes=site.messages.count("votes", votes),
        best=best[0].paper.title if best else "",
    )
    return cut(text, DESCRIPTION_CHARS)


def _render(site: SiteContext, period: Period, previous: Period | None, following: Period | None) -> str:
    interface, entries = site.multilingual, period.entries
    papers, votes = sum_papers_and_votes(entries)
    ranked = top(listed_between(site.index.primary_listings, entries[0].date, entries[-1].date), PAPERS[period.kind])
    with_page = [entry.date for entry in entries if entry.has_page]
    return site.render(
        f"period_{period.kind}.html",
        root=to_root(site.urls.page(period.stem)),
        name=interface.each(period.name),
        first=entries[0].date,
        last=entries[-1].date,
        totals=[interface.count("papers", papers), interface.count("votes", votes)],
        filled=count_days_with_papers(entries),
        neighbours=[
            (rel, word, site.urls.page(other.stem), interface.each(other.name))
            for rel, word, other in (
                ("prev", f"previous_{period.kind}", previous),
                ("next", f"next_{period.kind}", following),
            )
            if other
        ],
        months=_firsts(with_page, month_stem),
        weeks=_firsts(with_page, week_stem),
        rows=site.rows.make(ranked),
        **_calendar(site, period),
    )


def _calendar(site: SiteContext, period: Period) -> dict[str, object]:
    """Return the values of the calendar in the template of the period's kind."""
    if period.kind == "year":
        return {"year": make_years(period.entries, site.urls, site.multilingual)[0]}
    if period.kind == "month":
        return {"big_weeks": make_month(period.entries)}
    return {"lines": [_line(site, entry) for entry in period.entries if entry.state != "weekend"]}


def _line(site: SiteContext, entry: DaySummary) -> WeekRow:
    day = site.index.days.get(entry.date)
    best = best_paper(day) if day else None
    return WeekRow(entry, best.id if best else "")


def _firsts(dates: Iterable[dt.date], stem_of: Callable[[dt.date], str]) -> list[dt.date]:
    """Return the first of `dates` in each month or week, whose stem `stem_of` gives."""
    return list({stem_of(date): date for date in sorted(dates, reverse=True)}.values())[::-1]
