"""Calendar: years as twelve small months with a cell a day, ready for the template, newest year first.

Weeks begin on Monday, so that the narrow weekend is at their end.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from calendar import Calendar
from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from daily_papers.index.day_summary import DateState, DaySummary, count_days_with_papers, sum_papers_and_votes
from daily_papers.model.text import cut
from daily_papers.site.i18n.catalog import Messages
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.urls import Urls

TONES = 5
BEST_CHARS = 100

# One letter a state: the class is in every cell of the archive's years.
STATE_CLASSES: dict[DateState, str] = {
    "complete": "",
    "moving": "m",
    "partial": "p",
    "failed": "f",
    "empty": "e",
    "pending": "s",
    "missing": "n",
    "weekend": "",
}

LEGEND_STATES: tuple[DateState, ...] = ("moving", "pending", "partial", "failed", "empty", "missing")
"""The states that the legend explains."""

WEEKS = Calendar()
"""Weeks that begin on Monday."""


class Cell(msgspec.Struct, frozen=True, gc=False):
    """One day of a month. `address` is relative to the root and empty where the date has no page."""

    day: int
    address: str = ""
    classes: str = ""
    text: str = ""
    """The description of the date in the site's first language. Scripts translate it: in all languages it would be half
    of the page."""
    best: str = ""
    """The title with the most votes."""
    counts: str = ""
    """Papers and votes, for example `34,412`."""


class CalendarMonth(msgspec.Struct, frozen=True, gc=False):
    id: str
    """For example `2024-03`."""
    name: Markup
    address: str
    """The address of its page, relative to the root; empty if no date in it has a page."""
    total: Markup
    weeks: list[list[Cell | None]]
    """Monday first; None outside the month."""


class Year(msgspec.Struct, frozen=True, gc=False):
    number: int
    address: str
    """The address of its page, relative to the root."""
    total: list[Markup]
    """The numbers of days, papers and votes, in words."""
    months: list[CalendarMonth]


def make_years(entries: Sequence[DaySummary], urls: Urls, messages: MultilingualMessages) -> list[Year]:
    """Return each year that has a date with a page, newest first."""
    by_year: dict[int, list[DaySummary]] = {}
    for entry in entries:
        by_year.setdefault(entry.date.year, []).append(entry)
    known = {number for number, of_year in by_year.items() if any(entry.has_page for entry in of_year)}
    return [_year(number, by_year[number], urls, messages) for number in sorted(known, reverse=True)]


def tone_steps(votes: Sequence[int]) -> list[int]:
    """Return the number of votes at which each tone but the first begins: each tone has a fifth of the days."""
    ordered = sorted(votes)
    return [ordered[len(ordered) * step // TONES] for step in range(1, TONES)] if ordered else []


def _year(number: int, entries: Sequence[DaySummary], urls: Urls, messages: MultilingualMessages) -> Year:
    steps = tone_steps([entry.votes for entry in entries if entry.papers])
    cells = {entry.date: _cell(entry, steps, urls, messages) for entry in entries}
    papers, votes = sum_papers_and_votes(entries)
    totals = [
        messages.count("days", count_days_with_papers(entries)),
        messages.count("papers", papers),
        messages.count("votes", votes),
    ]
    by_month: dict[int, list[DaySummary]] = {month: [] for month in range(1, 13)}
    for entry in entries:
        by_month[entry.date.month].append(entry)
    months = [_month(dt.date(number, month, 1), by_month[month], cells, urls, messages) for month in by_month]
    return Year(number, urls.year(number), totals, months)


def _month(
    first: dt.date,
    entries: Sequence[DaySummary],
    cells: dict[dt.date, Cell],
    urls: Urls,
    messages: MultilingualMessages,
) -> CalendarMonth:
    papers, _ = sum_papers_and_votes(entries)
    return CalendarMonth(
        id=f"{first:%Y-%m}",
        name=messages.date(first, "month"),
        address=urls.month(first) if any(entry.has_page for entry in entries) else "",
        total=messages.count("papers", papers) if papers else Markup(),
        weeks=[
            [None if date.month != first.month else cells.get(date) or Cell(date.day) for date in week]
            for week in WEEKS.monthdatescalendar(first.year, first.month)
        ],
    )


def _cell(entry: DaySummary, steps: Sequence[int], urls: Urls, messages: MultilingualMessages) -> Cell:
    state_class = STATE_CLASSES[entry.state]
    if not entry.has_page:
        text = messages.first.texts["state_missing"] if entry.state == "missing" else ""
        return Cell(entry.date.day, classes=state_class, text=text)
    tone = f"t{bisect_right(steps, entry.votes) + 1}" if entry.papers else ""
    return Cell(
        entry.date.day,
        urls.day(entry.date),
        f"{tone} {state_class}".strip(),
        _describe(entry, messages.first),
        cut(entry.best or "", BEST_CHARS),
        f"{entry.papers},{entry.votes}" if entry.papers else "",
    )


def _describe(entry: DaySummary, messages: Messages) -> str:
    texts = [messages.date(entry.date)]
    if entry.papers:
        texts += [messages.count("papers", entry.papers), messages.count("votes", entry.votes)]
    if STATE_CLASSES[entry.state]:
        texts.append(messages.texts[f"state_{entry.state}"])
    if entry.best:
        texts.append(messages.texts["best"])
    return ", ".join(texts)
