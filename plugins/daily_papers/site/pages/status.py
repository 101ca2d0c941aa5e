"""Status page (/status/): how complete each date is, gaps, and failures; also as status.json and as a badge."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

import msgspec

from daily_papers.index.day_summary import DateState, DaySummary, count_days_with_papers
from daily_papers.model.records import SCHEMA
from daily_papers.model.text import cut
from daily_papers.site.components.day_header import REASON_CHARS, state_reason
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

STATES: tuple[DateState, ...] = (
    "complete",
    "pending",
    "moving",
    "empty",
    "partial",
    "failed",
    "missing",
    "weekend",
)
"""In display order, complete ones first."""
MAX_ROWS = 100
"""The most dates of one kind on the page; status.json has all."""
BADGE_STATES: tuple[DateState, ...] = ("failed", "missing", "partial")
"""The states that the badge names, the worst first."""

_encoder = msgspec.json.Encoder()


def pages(site: SiteContext) -> Iterator[SitePage]:
    yield SitePage(
        site.urls.source("status"),
        site.messages.texts["status_title"],
        _description(site),
        partial(_render, site),
        page_head(site, site.urls.status()),
        changed=site.index.last_change(site.index.days),
        in_nav=False,
    )


def addresses(site: SiteContext) -> Iterator[str]:
    """Yield the address of each of `files`, without making it."""
    yield from (site.urls.status_json(), site.urls.status_badge())


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    """Yield status.json and the badge."""
    yield site.urls.status_json(), status_json(site.index.calendar_days)
    yield site.urls.status_badge(), _render_badge(site).encode()


def _render(site: SiteContext) -> str:
    dates = site.index.calendar_days
    status = make_status(dates)
    return site.render(
        "status.html",
        root=to_root(site.urls.status()),
        status=status,
        states=STATES,
        newest=dates[-1].date if dates else None,
        reasons={entry.date: cut(entry.reason or "", REASON_CHARS) for entry in status.failed},
        whys={entry.date: state_reason(site, entry) for entry in status.partial},
    )


def _render_badge(site: SiteContext) -> str:
    """Return a small SVG for a README that names the worst state and its number of dates."""
    messages, dates = site.messages, site.index.calendar_days
    counts = count_states(dates)
    worst = next((state for state in BADGE_STATES if counts[state]), None)
    days = messages.count("days", count_days_with_papers(dates))
    state = f"{counts[worst]} {messages.texts[f'state_{worst}']}" if worst else messages.texts["state_complete"]
    return site.render("status_badge.svg", badge=make_badge(dates, messages.texts["badge"], f"{days}, {state}"))


def _description(site: SiteContext) -> str:
    counts = make_status(site.index.calendar_days).counts
    return " · ".join(f"{site.messages.texts[f'state_{state}']} {count}" for state, count in counts)


class Gap(msgspec.Struct, frozen=True):
    """Weekdays in a row that were never asked for."""

    first: dt.date
    last: dt.date
    weekdays: int


class StatusView(msgspec.Struct, frozen=True):
    counts: list[tuple[DateState, int]]
    """Of each state there is, but for weekends."""
    failed: list[DaySummary]
    partial: list[DaySummary]
    pending: list[DaySummary]
    empty: list[DaySummary]
    gaps: list[Gap]
    """All of these newest first, MAX_ROWS at the most."""


def make_status(dates: Sequence[DaySummary]) -> StatusView:
    counts = count_states(dates)

    def newest(state: DateState) -> list[DaySummary]:
        return [entry for entry in reversed(dates) if entry.state == state][:MAX_ROWS]

    return StatusView(
        counts=[(state, counts[state]) for state in STATES if counts[state] and state != "weekend"],
        failed=newest("failed"),
        partial=newest("partial"),
        pending=newest("pending"),
        empty=newest("empty"),
        gaps=[*find_gaps(dates)][::-1][:MAX_ROWS],
    )


def count_states(dates: Iterable[DaySummary]) -> Counter[DateState]:
    return Counter(entry.state for entry in dates)


def find_gaps(dates: Iterable[DaySummary]) -> Iterator[Gap]:
    """Yield each run of missing weekdays, oldest first; a weekend within one does not part it."""
    weekdays = (entry for entry in dates if entry.state != "weekend")
    for state, run in groupby(weekdays, key=lambda entry: entry.state):
        if state == "missing":
            missing = [entry.date for entry in run]
            yield Gap(missing[0], missing[-1], len(missing))


def status_json(dates: Sequence[DaySummary]) -> bytes:
    """Return `{"schema", "newest", "counts", "dates": {"2024-03-01": {"state", …}}}`, one line a date, oldest first."""
    counts = count_states(dates)
    newest = dates[-1].date if dates else None
    head = _encoder.encode({"schema": SCHEMA, "newest": newest, "counts": {s: counts[s] for s in STATES if counts[s]}})
    lines = (_encoder.encode(str(entry.date)) + b": " + _encoder.encode(_fields(entry)) for entry in dates)
    return head[:-1] + b', "dates": {\n' + b",\n".join(lines) + b"\n}}\n"


def _fields(entry: DaySummary) -> dict[str, object]:
    fields = {
        "state": entry.state,
        "papers": entry.papers,
        "votes": entry.votes,
        "rejected": entry.rejected,
        "pending": entry.pending,
        "reason": entry.reason,
        "tried": entry.tried,
    }
    return {key: value for key, value in fields.items() if value}


# Widths of a sans-serif of 11 px, near enough for a badge: a wide letter, a syllable of Korean, the rest.
_WIDE, _NARROW, _USUAL = 11.5, 4.0, 6.6
_BADGE_COLOURS = {"fine": "#2e7d32", "gaps": "#8a5a00", "failed": "#b3261e"}


class Badge(msgspec.Struct, frozen=True):
    """Two words and what lies behind the second one; widths in pixels."""

    label: str
    message: str
    colour: str
    label_width: int
    message_width: int


def make_badge(dates: Sequence[DaySummary], label: str, message: str) -> Badge:
    """Return the badge that says `message`; its colour follows the worst state there is."""
    counts = count_states(dates)
    colour = "failed" if counts["failed"] else "gaps" if counts["missing"] or counts["partial"] else "fine"
    return Badge(label, message, _BADGE_COLOURS[colour], _width(label), _width(message))


def _width(text: str) -> int:
    return 12 + round(sum(_WIDE if ord(c) > 0x1100 else _NARROW if c in " ,.il'" else _USUAL for c in text))
