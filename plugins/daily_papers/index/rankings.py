"""What was best, and what is rising: counted papers of a span, ordered by votes or by what their history tells.

Counted papers, oldest date first, go in; the first few of a ranking come out, each paper once. Every span ends with
the newest stored day and not with the clock, so that the same archive has the same rankings whenever it is looked at.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from operator import attrgetter
from typing import Literal

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.model.dates import month_of

RISING_DAYS = 3
"""How many nights "rising" looks back."""
SETTLING_DAYS = 7
"""After how many days a paper is expected to have had its votes: what comes later is late."""
SETTLED_DAYS, SETTLED_VOTES = 2, 30
"""A paper is settled so many days after it was first listed, with so many votes: one of ten has as many that soon."""

SpanName = Literal["today", "week", "month", "year", "all"]
VoteHistory = Sequence[tuple[dt.date, int]]

_date = attrgetter("date")
_SETTLING = dt.timedelta(days=SETTLING_DAYS)


class Gain(msgspec.Struct, frozen=True, gc=False):
    """A paper, and the votes it gained in what a ranking looks at: at least one."""

    counted: PrimaryListing
    gained: int


def spans(newest: dt.date) -> dict[SpanName, tuple[dt.date, dt.date]]:
    """Return first and last date of each span that ends with `newest`, the shortest first; weeks begin on Monday."""
    return {
        "today": (newest, newest),
        "week": (newest - dt.timedelta(days=newest.weekday()), newest),
        "month": (month_of(newest), newest),
        "year": (newest.replace(month=1, day=1), newest),
        "all": (dt.date.min, newest),
    }


def within(counted: Sequence[PrimaryListing], first: dt.date, last: dt.date) -> Sequence[PrimaryListing]:
    """Return those of `counted`, oldest date first, whose date is from `first` to `last`."""
    return counted[bisect_left(counted, first, key=_date) : bisect_right(counted, last, key=_date)]


def top(counted: Sequence[PrimaryListing], number: int) -> list[PrimaryListing]:
    """Return the first `number` papers by votes; of equal ones the newer date, then the order of `counted`."""
    return nlargest(number, counted, key=lambda one: (one.votes, one.date))


def rising(counted: Sequence[PrimaryListing], seen: dt.date, number: int, days: int = RISING_DAYS) -> list[Gain]:
    """Return the first `number` papers by the votes they gained in the `days` days up to `seen`.

    Gained are the votes last seen less those at the beginning of the span, or less the first ever seen where that was
    later; between two readings votes are taken to have grown evenly. `seen` is the newest day on which votes of the
    archive were read. Ties stand as in `top`.
    """
    start = seen - dt.timedelta(days=days)
    gains = _gains(counted, lambda one: start)
    return nlargest(number, gains, key=lambda gain: (gain.gained, gain.counted.votes, gain.counted.date))


def late_bloomers(counted: Sequence[PrimaryListing], number: int) -> list[Gain]:
    """Return the first `number` papers by the votes gained after their first week, times the share of all theirs.

    With G votes gained since SETTLING_DAYS after its date and V votes as last seen, a paper's place is by G * G / V,
    so that both many votes and a large share count. It takes part if its votes were seen to change within that week:
    of one that was only read again long after, nobody knows when they came. Ties stand as in `top`.
    """
    gains = (gain for gain in _gains(counted, _settled) if _was_watched(gain.counted))
    return nlargest(number, gains, key=_lateness)


def settled(shelf: ArchiveIndex) -> list[tuple[dt.date, PrimaryListing]]:
    """Return the papers that have the votes and the days to be settled, each with the date of that, newest first.

    That date is fixed: neither when votes were read nor when there were enough of them moves it.
    """
    wait = dt.timedelta(days=SETTLED_DAYS)
    enough = [(shelf.first_listed(one) + wait, one) for one in shelf.counted if one.votes >= SETTLED_VOTES]
    old = [(date, one) for date, one in enough if shelf.known and date <= shelf.known]
    return sorted(old, key=lambda each: each[0], reverse=True)


def votes_on(history: VoteHistory, date: dt.date) -> int:
    """Return the votes on `date`, grown evenly between two readings; rounded against growth.

    Before the first reading they are the first, after the last one the last. `history` has at least one.
    """
    after = bisect_right(history, date, key=lambda reading: reading[0])
    if after == 0:
        return history[0][1]
    if after == len(history):
        return history[-1][1]
    (earlier, before), (later, then) = history[after - 1], history[after]
    left = (later - date).days * (then - before) // (later - earlier).days
    return then - left


def _gains(counted: Sequence[PrimaryListing], start: Callable[[PrimaryListing], dt.date]) -> Iterator[Gain]:
    """Yield each paper that has gained votes since the date that `start` names for it."""
    for one in counted:
        history = one.paper.vote_history
        if len(history) > 1 and history[-1][0] > (since := start(one)):
            gained = history[-1][1] - votes_on(history, since)
            if gained > 0:
                yield Gain(one, gained)


def _settled(one: PrimaryListing) -> dt.date:
    return one.date + _SETTLING


def _was_watched(one: PrimaryListing) -> bool:
    return one.date < one.paper.vote_history[1][0] <= _settled(one)


def _lateness(gain: Gain) -> tuple[float, int, dt.date]:
    return gain.gained * gain.gained / gain.counted.paper.vote_history[-1][1], gain.counted.votes, gain.counted.date
