"""Relate each stored paper to similar papers that were listed before it, and store the result by month.

The files are `archive.related`'s, the search for similar papers is `similarity`'s, and pages choose which to show.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from itertools import groupby
from pathlib import Path

import msgspec

from daily_papers.archive.day_files import stored_dates
from daily_papers.archive.related import RelatedMonth, read_related_month, write_related_month
from daily_papers.jobs.base import (
    OnStart,
    Report,
    Run,
    TimeLimit,
    ignore,
    read_day_if_readable,
    read_or_quarantine,
    write_access,
)
from daily_papers.jobs.similarity import SimilarityIndex
from daily_papers.model.dates import month_of
from daily_papers.model.records import Paper

NIGHTLY_RUN_S = 600.0
"""Time limit of a run without a range of dates: some 50,000 papers."""


class RelateOutcome(msgspec.Struct, frozen=True):
    """The result of one month."""

    date: dt.date
    """The first day of the month."""
    papers: int
    """Papers that were new."""
    related: int
    """New papers that have a related paper."""
    error: None = None


class RelateReport(Report[RelateOutcome], frozen=True, kw_only=True):
    """The result of a run. `left` counts papers that were not related yet."""

    def __str__(self) -> str:
        """Return the number of papers of each result in one line."""
        parts = []
        if self.outcomes:
            related = sum(outcome.related for outcome in self.outcomes)
            papers = sum(outcome.papers for outcome in self.outcomes)
            parts.append(f"{related} of {papers} papers related to earlier ones")
        if self.left:
            parts.append(f"{self.left} left: {self.stopped_by}")
        return ", ".join(parts) or "nothing new"


def relate_archive(
    root: Path,
    *,
    run_s: float | None = None,
    on_start: OnStart = ignore,
    on_outcome: Callable[[RelateOutcome], None] = ignore,
    clock: Callable[[], float] = time.monotonic,
) -> RelateReport:
    """Relate each stored paper that is new to papers of earlier dates, the oldest month first.

    The related papers of a paper are found once and stay. Only if a date before the archive's first one was added
    since, its month is related again. `on_start` receives the number of months. Each month is stored when it is done.
    After `run_s` seconds none is started. Raises ArchiveError if a file cannot be written or another run is writing.
    KeyboardInterrupt passes.
    """
    limit = TimeLimit(run_s, clock)
    with write_access(root):
        run = _RelateRun(root, on_outcome)
        run.remove_outdated()
        on_start(len(run.wanted))
        if not run.wanted:
            pass
        elif SimilarityIndex.is_supported():
            run.relate_months(limit)
        else:
            run.stop("the SQLite of this Python has no FTS5, which finds similar papers")
    left = sum(map(len, run.wanted.values()))
    return RelateReport(outcomes=tuple(run.outcomes), left=left, stopped_by=run.stopped_by)


class _RelateRun(Run[RelateOutcome]):
    """The state of one call of relate_archive."""

    def __init__(self, root: Path, on_outcome: Callable[[RelateOutcome], None]) -> None:
        super().__init__(root, on_outcome)
        self._dates = stored_dates(root)
        self._first_date: dict[str, dt.date] = {}
        """The date on which a paper was first listed, by id."""
        self._incomplete_months: set[dt.date] = set()
        """Months with an unreadable day."""
        self._read_days()
        self._since = min(self._first_date.values(), default=dt.date.max)
        """The archive's first readable date."""
        listed: defaultdict[dt.date, set[str]] = defaultdict(set)
        for paper_id, date in self._first_date.items():
            listed[month_of(date)].add(paper_id)
        self._months = {month: self._valid_part(month) for month in listed}
        """The stored content of each month that is still valid."""
        new_papers = {month: ids - self._months[month].papers.keys() for month, ids in listed.items()}
        self.wanted = {month: ids for month, ids in new_papers.items() if ids}
        """The ids of papers that are not related yet, by month."""

    def remove_outdated(self) -> None:
        """Remove invalid entries from months without new papers, as those of papers that moved to another month."""
        for month in self._months.keys() - self.wanted.keys():
            write_related_month(self.root, month, self._months[month])

    def relate_months(self, limit: TimeLimit) -> None:
        """Relate the wanted papers month by month. The first month is always done, so that every run makes progress."""
        last = max(self.wanted)
        with closing(SimilarityIndex()) as index:
            for month, dates in groupby(self._dates, month_of):
                wanted = self.wanted.get(month, set())
                if wanted and self.outcomes and limit.is_reached:
                    self.stop(limit.reason)
                    return
                found: dict[str, tuple[str, ...]] = {}
                for date in dates:
                    found |= index.add_date(self._first_listed(date), wanted)
                if wanted:
                    self._store(month, found)
                if month == last:
                    return

    def _read_days(self) -> None:
        for date in self._dates:
            if day := read_day_if_readable(self.root, date):
                for paper in day.papers:
                    self._first_date.setdefault(paper.id, date)
            else:
                self._incomplete_months.add(month_of(date))

    def _valid_part(self, month: dt.date) -> RelatedMonth:
        """Return the stored content of `month` without invalid entries; empty if the archive has grown backwards."""
        stored = read_or_quarantine(lambda: read_related_month(self.root, month))
        if stored is None or self._since < stored.since:
            return RelatedMonth(self._since, {})
        papers = {paper_id: ids for paper_id, ids in stored.papers.items() if self._is_valid(month, paper_id, ids)}
        return RelatedMonth(stored.since, papers)

    def _is_valid(self, month: dt.date, paper_id: str, related: tuple[str, ...]) -> bool:
        """Return True if the paper was first listed in `month`, and each of `related` before it."""
        date = self._first_date.get(paper_id)
        if date is None:
            return month in self._incomplete_months
        return month_of(date) == month and all(self._first_date.get(other, dt.date.min) < date for other in related)

    def _first_listed(self, date: dt.date) -> list[Paper]:
        day = read_day_if_readable(self.root, date)
        return [paper for paper in day.papers if self._first_date[paper.id] == date] if day else []

    def _store(self, month: dt.date, found: dict[str, tuple[str, ...]]) -> None:
        stored = self._months[month]
        write_related_month(self.root, month, RelatedMonth(stored.since, stored.papers | found))
        del self.wanted[month]
        self.add(RelateOutcome(month, len(found), sum(map(bool, found.values()))))
