"""Shared parts of the jobs: outcomes, reports, time limit, reason to stop, write access and unreadable files.

A job works through items: dates, months, batches of papers. It adds one outcome an item to its Run, and returns a
Report.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from daily_papers.archive.day_files import read_day, stored_dates, write_day
from daily_papers.archive.file_io import archive_lock, quarantine, remove_stale_temp_files
from daily_papers.errors import ArchiveError, ProtectedFileError
from daily_papers.model.records import Day, Paper

_log = logging.getLogger("daily_papers")


class Outcome(Protocol):
    """The result of one item of a job, as a progress display needs it."""

    @property
    def date(self) -> dt.date: ...
    @property
    def error(self) -> object | None: ...


class _HasResult(Protocol):
    @property
    def result(self) -> str: ...


OutcomeT = TypeVar("OutcomeT", bound=Outcome)
_ItemT = TypeVar("_ItemT")
_ContentT = TypeVar("_ContentT")

OnStart = Callable[[int], None]
"""Receives the number of items before the first one is started."""


def ignore(value: object) -> None:
    """Do nothing: the default of callbacks."""


class Report(msgspec.Struct, Generic[OutcomeT], frozen=True, kw_only=True):
    """The result of a run."""

    outcomes: tuple[OutcomeT, ...]
    """In the order in which the items were finished."""
    left: int = 0
    """Number of papers or tasks left for the next run."""
    stopped_by: str = ""
    """Why the run ended early; empty if it did not."""

    @property
    def complete(self) -> bool:
        """True if nothing is left for the next run."""
        return not self.left


def count_results(outcomes: Iterable[_HasResult]) -> str:
    """Return the number of outcomes of each result, as `1 failed, 3 stored`; empty if there are none."""
    counts = Counter(outcome.result for outcome in outcomes)
    return ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))


class Run(Generic[OutcomeT]):
    """The state of one run of a job: its outcomes so far, and the reason to stop, if there is one."""

    def __init__(self, root: Path, on_outcome: Callable[[OutcomeT], None]) -> None:
        self.root = root
        """The archive's folder."""
        self.outcomes: list[OutcomeT] = []
        self.stopped_by = ""
        """Why no further item is started; empty while the run goes on."""
        self._on_outcome = on_outcome

    def add(self, outcome: OutcomeT) -> None:
        """Add the outcome of a finished item, and report it to the caller of the job."""
        self.outcomes.append(outcome)
        self._on_outcome(outcome)

    def stop(self, reason: str) -> None:
        """Begin no further item. The first reason is the one that is reported."""
        self.stopped_by = self.stopped_by or reason

    async def process(
        self,
        items: Iterable[_ItemT],
        handle: Callable[[_ItemT], Awaitable[OutcomeT | None]],
        *,
        at_once: int,
        run_s: float | None,
    ) -> None:
        """Call `handle` for each of `items` in their order, for at most `at_once` at the same time; add its outcomes.

        `handle` returns None for an item that it did not finish. After `run_s` seconds (None: no limit) the run is
        stopped, and calls under way are cancelled. If `handle` raises, the others are cancelled and the first error is
        raised.
        """
        waiting = iter(items)

        async def work() -> None:
            for item in waiting:
                if self.stopped_by:
                    return
                outcome = await handle(item)
                if outcome is not None:
                    self.add(outcome)

        try:
            async with asyncio.timeout(run_s), asyncio.TaskGroup() as workers:
                for _ in range(at_once):
                    workers.create_task(work())
        except TimeoutError:
            self.stop(_time_limit_reason(run_s))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None


class TimeLimit:
    """The time limit of a run that is not asynchronous: `run_s` seconds from now, None for no limit."""

    def __init__(self, run_s: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = None if run_s is None else clock() + run_s
        self.reason = _time_limit_reason(run_s)

    @property
    def is_reached(self) -> bool:
        return self._ends_at is not None and self._clock() >= self._ends_at


def _time_limit_reason(run_s: float | None) -> str:
    return f"the run's time limit of {run_s:g} s is reached" if run_s is not None else ""


@contextmanager
def write_access(root: Path) -> Iterator[None]:
    """Keep other runs from writing below `root` during the block; first remove temporary files that killed runs left.

    Raises ArchiveError if another run is writing.
    """
    with archive_lock(root):
        remove_stale_temp_files(root)
        yield


def read_or_quarantine(read: Callable[[], _ContentT], consequence: str = "") -> _ContentT | None:
    """Return the result of `read`, or None if the file is unreadable.

    An unreadable file is renamed, so that a new one can replace it. A warning is logged, with the `consequence`.
    Raises ProtectedFileError, without renaming the file.
    """
    try:
        return read()
    except ProtectedFileError:
        raise
    except ArchiveError as e:
        renamed = quarantine(e.path)
        _log.warning("%s; it was renamed to %s%s", e, renamed.name, f", and {consequence}" if consequence else "")
        return None


def read_day_if_readable(root: Path, date: dt.date) -> Day | None:
    """Return the stored day of `date`, or None if there is none or its file is unreadable.

    For jobs that skip an unreadable day: the next fetch asks for it again, and `check` reports it.
    """
    try:
        return read_day(root, date)
    except ArchiveError:
        return None


def readable_days(root: Path, *, newest_first: bool = False) -> Iterator[Day]:
    """Yield each stored day whose file is readable, read one at a time."""
    dates = stored_dates(root)
    for date in reversed(dates) if newest_first else dates:
        if day := read_day_if_readable(root, date):
            yield day


def update_papers(root: Path, day: Day, update: Callable[[Paper], Paper]) -> None:
    """Store `day` with the paper that `update` returns in place of each paper. Raises ArchiveError."""
    write_day(root, msgspec.structs.replace(day, papers=tuple(map(update, day.papers))))
