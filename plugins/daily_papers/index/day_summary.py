"""One date as calendars and lists show it: its state, papers, votes, and what is still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from daily_papers.archive.ledger import LedgerEntry
from daily_papers.model.records import Day, Paper

DateState = Literal["complete", "moving", "empty", "failed", "partial", "pending", "missing", "weekend"]
"""How complete a date is, as readers are told: a state of the ledger; or pending: complete, but that summaries are
still to come; missing: never asked for; weekend: one that lists nothing, as upstream's weekends do."""
NOT_ASKED = LedgerEntry(state="partial", reason="not asked of upstream yet")
"""What stands for a stored day that the ledger does not know: it was bundled or imported, and may be incomplete."""
ALL_HIDDEN = LedgerEntry(state="empty", reason="every paper of this date is hidden by the site")
"""What stands for a stored day of which the curation leaves nothing to show."""


class DaySummary(msgspec.Struct, frozen=True):
    """One date as calendars and lists show it."""

    date: dt.date
    state: DateState
    reason: str | None = None
    rejected: int = 0
    """Records of which something could not be read."""
    tried: dt.date | None = None
    """Of a failure, the UTC day of the last try."""
    pending: int = 0
    """Papers whose summary is still to come."""
    papers: int = 0
    votes: int = 0
    best: str | None = None
    """The title with the most votes, pinned or not."""
    elsewhere_papers: int = 0
    """Of its papers, those that count on another date they are listed on; and their votes here."""
    elsewhere_votes: int = 0

    @property
    def has_page(self) -> bool:
        """Whether anything is known of the date but that it is one."""
        return self.state not in ("missing", "weekend")


def summarize_day(day: Day, ledger_entry: LedgerEntry | None, *, pending: int = 0) -> DaySummary:
    """Return the entry of a stored day; `ledger_entry` is what the ledger holds of its date.

    `pending` is how many of its papers wait for a summary.
    """
    # Upstream lists nothing of a day that was imported, or asked for too late.
    known = ledger_entry if ledger_entry and ledger_entry.state != "empty" else NOT_ASKED
    best = best_paper(day)
    return DaySummary(
        date=day.date,
        state="pending" if known.state == "complete" and pending else known.state,
        reason=known.reason,
        rejected=known.rejected,
        tried=known.tried,
        pending=pending,
        papers=len(day.papers),
        votes=day.votes,
        best=best.title if best else None,
    )


def best_paper(day: Day) -> Paper | None:
    """Return the paper with the most votes, pinned or not; the first of equal ones."""
    return max(day.papers, key=lambda paper: -1 if paper.votes is None else paper.votes, default=None)


def summarize_unstored_date(date: dt.date, ledger_entry: LedgerEntry) -> DaySummary:
    """Return the entry of a date that has no stored day: nothing listed, or failed."""
    return DaySummary(
        date=date,
        state=ledger_entry.state,
        reason=ledger_entry.reason,
        rejected=ledger_entry.rejected,
        tried=ledger_entry.tried,
    )


def every_date(entries: Sequence[DaySummary], since: dt.date) -> list[DaySummary]:
    """Return an entry for each date from `since` to the newest of `entries`, oldest first, and for earlier ones there.

    The span ends with what is known, never with today: the same archive has the same dates whenever it is looked at.
    """
    known = {entry.date: entry for entry in entries}
    if not known:
        return []
    first, last = min(since, *known), max(known)
    dates = (dt.date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return [
        known.get(date) or DaySummary(date, "weekend" if date.weekday() > 4 else "missing")
        for date in dates
        if date in known or date >= since
    ]


def sum_papers_and_votes(entries: Iterable[DaySummary]) -> tuple[int, int]:
    """Return papers and votes of some dates, a paper of several dates once."""
    papers = votes = 0
    for entry in entries:
        papers += entry.papers - entry.elsewhere_papers
        votes += entry.votes - entry.elsewhere_votes
    return papers, votes


def count_days_with_papers(entries: Iterable[DaySummary]) -> int:
    """Return on how many of some dates there are papers."""
    return sum(1 for entry in entries if entry.papers)


def votes_seen(day: Day) -> dt.date | None:
    """Return the last UTC day on which the votes are known to have been read, or None."""
    seen = [paper.vote_history[-1][0] for paper in day.papers if paper.vote_history]
    if day.fetched_at:
        seen.append(day.fetched_at.date())
    return max(seen, default=None)
