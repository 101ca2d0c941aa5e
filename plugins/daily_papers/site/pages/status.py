"""How complete the archive is, in one place: counts, what needs attention, gaps; the same as JSON and as a badge.

Entries of every date go in, a StatusView for a template, or bytes, come out; the same entries give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

from daily_papers.index.day_summary import DateState, DaySummary
from daily_papers.model.records import SCHEMA

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
"""In the order in which they are told, from fine to not."""
MAX_ROWS = 100
"""Of one kind on the page; the JSON has all."""

_encoder = msgspec.json.Encoder()


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
    lines = (_encoder.encode(str(entry.date)) + b": " + _encoder.encode(_told(entry)) for entry in dates)
    return head[:-1] + b', "dates": {\n' + b",\n".join(lines) + b"\n}}\n"


def _told(entry: DaySummary) -> dict[str, object]:
    told = {
        "state": entry.state,
        "papers": entry.papers,
        "votes": entry.votes,
        "rejected": entry.rejected,
        "pending": entry.pending,
        "reason": entry.reason,
        "tried": entry.tried,
    }
    return {key: value for key, value in told.items() if value}


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
