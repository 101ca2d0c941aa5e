"""Related earlier papers: of each stored paper the nearest ones that were listed before it, kept beside the archive.

An archive folder goes in; ROOT/YYYY/MM/related.json comes out, of the papers that were first listed in that month:
{"since": "2024-05-27", "papers": {"2402.19173": ["2402.00001", …], …}}, one line a paper, by id, the nearest first.
Which are near is `nearest`'s business, and which of them a page shows is the pages'.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import groupby
from pathlib import Path

import msgspec

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.archive.file_io import archive_lock, quarantine, remove_stale_temp_files
from daily_papers.archive.related import RelatedMonth, read_related_month, write_related_month
from daily_papers.errors import ArchiveError
from daily_papers.jobs.similarity import SimilarityIndex
from daily_papers.model.dates import month_of
from daily_papers.model.records import Day, Paper

NIGHT_S = 600.0
"""How long a run may take that was not asked for any range; some 50,000 papers."""

_log = logging.getLogger("daily_papers")


class Outcome(msgspec.Struct, frozen=True):
    """What became of one month. `date` is its first day."""

    date: dt.date
    papers: int
    """How many were new."""
    related: int
    """How many of these have a related paper."""
    error: None = None


class Report(msgspec.Struct, frozen=True):
    outcomes: tuple[Outcome, ...]
    left: int = 0
    """Papers that were not looked at."""
    stopped_by: str = ""

    @property
    def complete(self) -> bool:
        return not self.left

    def __str__(self) -> str:
        """Say what came of it in one line."""
        parts = []
        if self.outcomes:
            related, papers = (sum(getattr(outcome, of) for outcome in self.outcomes) for of in ("related", "papers"))
            parts.append(f"{related} of {papers} papers related to earlier ones")
        if self.left:
            parts.append(f"{self.left} left: {self.stopped_by}")
        return ", ".join(parts) or "nothing new"


def relate_archive(
    root: Path,
    *,
    run_s: float | None = None,
    on_start: Callable[[int], None] = lambda count: None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Relate each stored paper that is not yet to those listed on an earlier date, the oldest months first.

    What was found for a paper stays, unless the archive has grown backwards since: its month is then done anew.
    `on_start` is told how many months there are to do. Each is stored as soon as it is done; after `run_s` seconds no
    other is begun. Raises ArchiveError if a file cannot be written or another run is writing; KeyboardInterrupt passes.
    """
    deadline = None if run_s is None else clock() + run_s
    with archive_lock(root):
        remove_stale_temp_files(root)
        run = _Run(root, on_outcome)
        run.tidy()
        on_start(len(run.wanted))
        if not run.wanted:
            pass
        elif SimilarityIndex.can_be():
            run.through(lambda: deadline is not None and clock() >= deadline)
        else:
            run.stopped_by = "this Python's SQLite has no FTS5, which finds them"
    return Report(tuple(run.outcomes), sum(map(len, run.wanted.values())), run.stopped_by)


class _Run:
    """One call of relate_archive."""

    def __init__(self, root: Path, on_outcome: Callable[[Outcome], None]) -> None:
        self.root, self.on_outcome = root, on_outcome
        self.outcomes: list[Outcome] = []
        self.stopped_by = ""
        self.dates = stored_dates(root)
        self.first: dict[str, dt.date] = {}
        """On which date each paper was first listed."""
        self.in_part: set[dt.date] = set()
        """The months of which a day does not read."""
        for date in self.dates:
            if day := _readable_day(root, date):
                for paper in day.papers:
                    self.first.setdefault(paper.id, date)
            else:
                self.in_part.add(month_of(date))
        listed: defaultdict[dt.date, set[str]] = defaultdict(set)
        for paper_id, date in self.first.items():
            listed[month_of(date)].add(paper_id)
        self.months = {month: self.kept(month) for month in listed}
        """What is stored of each, and still holds."""
        self.wanted = {month: new for month, ids in listed.items() if (new := ids - self.months[month].papers.keys())}
        """The papers that are still to do, by month."""

    def kept(self, month: dt.date) -> RelatedMonth:
        stored = _readable_month(self.root, month)
        if stored is None or self.dates[0] < stored.since:
            return RelatedMonth(self.dates[0], {})
        papers = {paper_id: ids for paper_id, ids in stored.papers.items() if self.holds(month, paper_id, ids)}
        return RelatedMonth(stored.since, papers)

    def holds(self, month: dt.date, paper_id: str, related: tuple[str, ...]) -> bool:
        """Whether a paper was first listed in `month`, and after each that is said to be related."""
        date = self.first.get(paper_id)
        if date is None:
            return month in self.in_part
        return month_of(date) == month and all(self.first.get(other, dt.date.min) < date for other in related)

    def tidy(self) -> None:
        """Take out what no longer holds, as of a paper that was found to be listed in another month before."""
        for month in self.months.keys() - self.wanted.keys():
            self.write(month)

    def through(self, is_over: Callable[[], bool]) -> None:
        """Do what is wanted; the first month in any case, so that every run comes further."""
        last = max(self.wanted)
        with closing(SimilarityIndex()) as earlier:
            for month, dates in groupby(self.dates, month_of):
                wanted = self.wanted.get(month, set())
                if wanted and self.outcomes and is_over():
                    self.stopped_by = "the time of this run is over"
                    return
                found: dict[str, tuple[str, ...]] = {}
                for date in dates:
                    found |= earlier.take(self.first_listed(date), wanted)
                if wanted:
                    self.store(month, found)
                if month == last:
                    return

    def first_listed(self, date: dt.date) -> list[Paper]:
        day = _readable_day(self.root, date)
        return [paper for paper in day.papers if self.first[paper.id] == date] if day else []

    def store(self, month: dt.date, found: dict[str, tuple[str, ...]]) -> None:
        self.months[month].papers.update(found)
        self.write(month)
        del self.wanted[month]
        self.outcomes.append(Outcome(month, len(found), sum(map(bool, found.values()))))
        self.on_outcome(self.outcomes[-1])

    def write(self, month: dt.date) -> None:
        write_related_month(self.root, month, self.months[month])


def _readable_day(root: Path, date: dt.date) -> Day | None:
    with suppress(ArchiveError):  # a fetch deals with it, and `check` names it
        return read_day(root, date)
    return None


def _readable_month(root: Path, month: dt.date) -> RelatedMonth | None:
    try:
        return read_related_month(root, month)
    except ArchiveError as e:
        aside = quarantine(e.path)
        _log.warning("%s; it is now %s", e, aside.name)
        return None
