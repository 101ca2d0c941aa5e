"""Rankings: the papers of a span by votes, by votes gained lately, or by votes gained late.

The functions take papers oldest date first, each once. Every span ends with the newest stored day, not with today: the
same archive always has the same rankings.
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
"""Number of days in which "rising" papers gained their votes."""
SETTLING_DAYS = 7
"""Days in which a paper is expected to get its votes; later votes are late."""
SETTLED_DAYS, SETTLED_VOTES = 2, 30
"""A paper is settled so many days after it was first listed, if it has so many votes. One in ten has as many then."""

SpanName = Literal["today", "week", "month", "year", "all"]
VoteHistory = Sequence[tuple[dt.date, int]]

_date = attrgetter("date")
_SETTLING = dt.timedelta(days=SETTLING_DAYS)


class Gain(msgspec.Struct, frozen=True, gc=False):
    """A paper, and the votes it gained in a ranking's span: at least one."""

    listing: PrimaryListing
    gained: int


def spans(newest: dt.date) -> dict[SpanName, tuple[dt.date, dt.date]]:
    """Return the first and the last date of each span that ends with `newest`, shortest first.

    Weeks begin on Monday.
    """
    return {
        "today": (newest, newest),
        "week": (newest - dt.timedelta(days=newest.weekday()), newest),
        "month": (month_of(newest), newest),
        "year": (newest.replace(month=1, day=1), newest),
        "all": (dt.date.min, newest),
    }


def listed_between(listings: Sequence[PrimaryListing], first: dt.date, last: dt.date) -> Sequence[PrimaryListing]:
    """Return the papers from `first` to `last`, both included; `listings` are oldest date first."""
    return listings[bisect_left(listings, first, key=_date) : bisect_right(listings, last, key=_date)]


def top(listings: Sequence[PrimaryListing], number: int) -> list[PrimaryListing]:
    """Return the first `number` papers by votes; of equal ones, the newer date, then the order of `listings`."""
    return nlargest(number, listings, key=lambda listing: (listing.votes, listing.date))


def rising(
    listings: Sequence[PrimaryListing], votes_read_on: dt.date, number: int, days: int = RISING_DAYS
) -> list[Gain]:
    """Return the first `number` papers by the votes gained in the `days` days up to `votes_read_on`.

    `votes_read_on` is the newest UTC day on which votes of the archive were read. The gain is the last known number of
    votes less that at the beginning of the span, or at the first reading if that is later. Between two readings votes
    are assumed to grow evenly. Ties are ordered as in `top`.
    """
    start = votes_read_on - dt.timedelta(days=days)
    gains = _gains(listings, lambda listing: start)
    return nlargest(number, gains, key=lambda gain: (gain.gained, gain.listing.votes, gain.listing.date))


def late_bloomers(listings: Sequence[PrimaryListing], number: int) -> list[Gain]:
    """Return the first `number` papers by late votes, weighted with their share of all the paper's votes.

    With G votes gained later than SETTLING_DAYS after its date, and V votes in all, a paper is ranked by G * G / V:
    both many late votes and a large share count. A paper takes part only if its votes were read again within
    SETTLING_DAYS: if they were read again long after, nobody knows when they came. Ties are ordered as in `top`.
    """
    gains = (gain for gain in _gains(listings, _settling_end) if _was_read_while_settling(gain.listing))
    return nlargest(number, gains, key=_lateness)


def settled(index: ArchiveIndex) -> list[tuple[dt.date, PrimaryListing]]:
    """Return the settled papers, each with the date on which it settled, newest first.

    The date depends only on the first listing: a later reading of votes does not move it.
    """
    wait = dt.timedelta(days=SETTLED_DAYS)
    listings = [listing for listing in index.primary_listings if listing.votes >= SETTLED_VOTES]
    dated = [(index.first_listed(listing) + wait, listing) for listing in listings]
    last = index.last_known_date
    return sorted((entry for entry in dated if last and entry[0] <= last), key=lambda entry: entry[0], reverse=True)


def votes_on(history: VoteHistory, date: dt.date) -> int:
    """Return the votes on `date`, interpolated between two readings.

    The result is rounded up, so that no gain since `date` is overstated. Before the first reading it is the first,
    after the last one the last. `history` has at least one reading.
    """
    after = bisect_right(history, date, key=lambda reading: reading[0])
    if after == 0:
        return history[0][1]
    if after == len(history):
        return history[-1][1]
    (earlier, earlier_votes), (later, later_votes) = history[after - 1], history[after]
    still_to_come = (later - date).days * (later_votes - earlier_votes) // (later - earlier).days
    return later_votes - still_to_come


def _gains(listings: Sequence[PrimaryListing], start: Callable[[PrimaryListing], dt.date]) -> Iterator[Gain]:
    """Yield each paper that has gained votes since its date from `start`."""
    for listing in listings:
        history = listing.paper.vote_history
        if len(history) > 1 and history[-1][0] > (since := start(listing)):
            gained = history[-1][1] - votes_on(history, since)
            if gained > 0:
                yield Gain(listing, gained)


def _settling_end(listing: PrimaryListing) -> dt.date:
    return listing.date + _SETTLING


def _was_read_while_settling(listing: PrimaryListing) -> bool:
    return listing.date < listing.paper.vote_history[1][0] <= _settling_end(listing)


def _lateness(gain: Gain) -> tuple[float, int, dt.date]:
    listing = gain.listing
    return gain.gained * gain.gained / listing.paper.vote_history[-1][1], listing.votes, listing.date
