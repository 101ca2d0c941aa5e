"""A date's summary for calendars and lists: its state, its papers and votes, and the summaries still missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from daily_papers.archive.ledger import LedgerEntry
from daily_papers.model.records import Day, Paper

DateState = Literal["complete", "moving", "empty", "failed", "partial", "pending", "missing", "weekend"]
"""State of a date. The first five are states of the ledger. pending: complete, but some papers still have no
summary. missing: never fetched. weekend: a Saturday or Sunday, on which upstream lists nothing."""
NOT_ASKED = LedgerEntry(state="partial", reason="not asked of upstream yet")
"""Stands in for a stored day without a ledger entry: it was bundled or imported, and may be incomplete."""
ALL_HIDDEN = LedgerEntry(state="empty", reason="every paper of this date is hidden by the site")
"""Stands in for a stored day whose papers are all hidden by the curation."""


class DaySummary(msgspec.Struct, frozen=True):
    """One date, as calendars and lists show it."""

    date: dt.date
    state: DateState
    reason: str | None = None
    rejected: int = 0
    """Number of records that could not be read in full."""
    tried: dt.date | None = None
    """UTC day of the last attempt, if it failed."""
    pending: int = 0
    """Number of papers that still have no summary."""
    papers: int = 0
    votes: int = 0
    best: str | None = None
    """Title of the paper with the most votes, pinned or not."""
    elsewhere_papers: int = 0
    """Number of its papers that are counted on another date."""
    elsewhere_votes: int = 0
    """Votes of those papers on this date."""

    @property
    def has_page(self) -> bool:
        """True if the archive has a record or a ledger entry of the date."""
        return self.state not in ("missing", "weekend")


def summarize_day(day: Day, ledger_entry: LedgerEntry | None, *, pending: int = 0) -> DaySummary:
    """Return the summary of a stored day.

    `ledger_entry` is the entry of its date in the ledger. `pending` is the number of its papers without a summary.
    """
    # Upstream lists nothing for a day that was imported, or that was fetched too late.
    entry = ledger_entry if ledger_entry and ledger_entry.state != "empty" else NOT_ASKED
    best = best_paper(day)
    return DaySummary(
        date=day.date,
        state="pending" if entry.state == "complete" and pending else entry.state,
        reason=entry.reason,
        rejected=entry.rejected,
        tried=entry.tried,
        pending=pending,
        papers=len(day.papers),
        votes=day.votes,
        best=best.title if best else None,
    )


def best_paper(day: Day) -> Paper | None:
    """Return the paper with the most votes, pinned or not; of equal ones, the first."""
    return max(day.papers, key=lambda paper: -1 if paper.votes is None else paper.votes, default=None)


def summarize_unstored_date(date: dt.date, ledger_entry: LedgerEntry) -> DaySummary:
    """Return the summary of a date without a stored day: nothing was listed, or the fetch failed."""
    return DaySummary(
        date=date,
        state=ledger_entry.state,
        reason=ledger_entry.reason,
        rejected=ledger_entry.rejected,
        tried=ledger_entry.tried,
    )


def fill_missing_dates(summaries: Sequence[DaySummary], since: dt.date) -> list[DaySummary]:
    """Return `summaries`, and one for each missing date from `since` to the newest of them, oldest first.

    The span ends with the newest summary, never with today: the same archive always has the same dates.
    """
    by_date = {summary.date: summary for summary in summaries}
    if not by_date:
        return []
    first, last = min(since, *by_date), max(by_date)
    dates = (dt.date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return [
        by_date.get(date) or DaySummary(date, "weekend" if date.weekday() > 4 else "missing")
        for date in dates
        if date in by_date or date >= since
    ]


def sum_papers_and_votes(summaries: Iterable[DaySummary]) -> tuple[int, int]:
    """Return the papers and the votes of some dates. A paper of several dates is counted on its primary date only."""
    papers = votes = 0
    for summary in summaries:
        papers += summary.papers - summary.elsewhere_papers
        votes += summary.votes - summary.elsewhere_votes
    return papers, votes


def count_days_with_papers(summaries: Iterable[DaySummary]) -> int:
    return sum(1 for summary in summaries if summary.papers)


def votes_read_on(day: Day) -> dt.date | None:
    """Return the last UTC day on which the day's votes are known to have been read; None if it is unknown."""
    dates = [paper.vote_history[-1][0] for paper in day.papers if paper.vote_history]
    if day.fetched_at:
        dates.append(day.fetched_at.date())
    return max(dates, default=None)
