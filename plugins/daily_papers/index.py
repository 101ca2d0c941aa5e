"""What pages ask of many days: one light entry a date, oldest first, instead of the days themselves.

Days and the ledger go in, DayEntry comes out; reading files is left to `archive`, drawing to `pages`.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from daily_papers.ledger import LedgerEntry, State
from daily_papers.models import Day

NOT_ASKED = LedgerEntry(state="partial", reason="not asked of upstream yet")
"""What stands for a stored day that the ledger does not know: it was bundled or imported, and may be incomplete."""

ALL_HIDDEN = LedgerEntry(state="empty", reason="every paper of this date is hidden by the site")
"""What stands for a stored day of which the curation leaves nothing to show."""


class DayEntry(msgspec.Struct, frozen=True):
    """One date as calendars and lists show it."""

    date: dt.date
    state: State
    reason: str | None = None
    papers: int = 0
    votes: int = 0
    best: str | None = None
    """The title with the most votes, pinned or not."""


def day_entry(day: Day, ledger_entry: LedgerEntry | None) -> DayEntry:
    """Return the entry of a stored day; `ledger_entry` is what the ledger holds of its date."""
    # Upstream lists nothing of a day that was imported, or asked for too late.
    known = ledger_entry if ledger_entry and ledger_entry.state != "empty" else NOT_ASKED
    best = max(day.papers, key=lambda paper: -1 if paper.votes is None else paper.votes, default=None)
    return DayEntry(
        date=day.date,
        state=known.state,
        reason=known.reason,
        papers=len(day.papers),
        votes=day.votes,
        best=best.title if best else None,
    )


def empty_entry(date: dt.date, ledger_entry: LedgerEntry) -> DayEntry:
    """Return the entry of a date that has no stored day: nothing listed, or failed."""
    return DayEntry(date=date, state=ledger_entry.state, reason=ledger_entry.reason)


def votes_seen(day: Day) -> dt.date | None:
    """Return the last UTC day on which the votes are known to have been read, or None."""
    seen = [paper.vote_history[-1][0] for paper in day.papers if paper.vote_history]
    if day.fetched_at:
        seen.append(day.fetched_at.date())
    return max(seen, default=None)
