"""Fetching: how many dates are asked for at once, what becomes of each answer, and when to stop.

A source, an archive folder and dates go in; the archive and its ledger are brought up to date, and one Outcome a date
comes out. Which dates are due is left to `due`, waiting and retrying to the source's client, merging to `merge`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.day_files import read_day, read_rejected, stored_dates, write_day, write_rejected
from daily_papers.archive.file_io import archive_lock, quarantine, remove_stale_temp_files
from daily_papers.archive.ledger import Ledger, LedgerEntry, read_ledger, write_ledger
from daily_papers.errors import (
    ArchiveError,
    DailyPapersError,
    DeferredError,
    FetchError,
    ForbiddenError,
    NewerSchemaError,
    ParseError,
    SourceError,
    UnreachableError,
)
from daily_papers.jobs.schedule import due_dates, phase
from daily_papers.model.dates import feed_day
from daily_papers.model.merge import merge_days, merge_rejected
from daily_papers.model.records import Day, FetchResult, Rejected
from daily_papers.net.retry import CONNECT_ATTEMPTS
from daily_papers.sources.base import Source
from daily_papers.sources.registry import open_source

MAX_AT_ONCE = 8
"""Dates asked for at the same time."""
FAILURES_IN_A_ROW = 5
"""After so many dates whose retries ran out the host is left alone until the next run."""
LEDGER_EVERY_S = 2.0
"""How much of a run, in seconds, a killed process may have to ask again."""

_log = logging.getLogger("daily_papers")

Result = Literal["stored", "unchanged", "empty", "early", "failed", "not asked"]


class Budget(msgspec.Struct, frozen=True):
    """What a run may take; None stands for as much as it needs. The window is asked for first, whatever it takes."""

    seconds: float | None = None
    requests: int | None = None
    missing: int | None = None
    """Dates beside the window."""
    connect_attempts: int = CONNECT_ATTEMPTS


UNBOUNDED = Budget()
NIGHT = Budget(seconds=45 * 60.0, requests=1_000)
"""Two windows of Hugging Face's limit without a token, and a part of the hours a hosted job may take."""
BUILD = Budget(seconds=10.0, missing=30, connect_attempts=1)
"""A build is somebody's who waits: it goes on at the first sign that nothing can be reached."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one date. `early`: upstream does not know the date yet, which is no failure."""

    date: dt.date
    result: Result
    papers: int = 0
    """How many are stored now."""
    new: int = 0
    rejected: int = 0
    """Records of which something could not be read."""
    error: DailyPapersError | None = None
    """Why it failed; for a day that was stored anew, why the old file was set aside."""


class Report(msgspec.Struct, frozen=True):
    """What became of all dates of a run, in the order they ended."""

    outcomes: tuple[Outcome, ...]
    stopped_by: str = ""
    """Why some were not asked for."""

    @property
    def complete(self) -> bool:
        """Whether every date was asked, none failed, and nothing had to be set aside."""
        return not any(
            outcome.result in ("failed", "not asked") or (outcome.error and outcome.result != "early")
            for outcome in self.outcomes
        )

    def __str__(self) -> str:
        """Say how many dates ended how, in one line."""
        if not self.outcomes:
            return "nothing to ask, no date is due"
        counts = Counter(outcome.result for outcome in self.outcomes)
        counted = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
        return f"{counted}; {self.stopped_by}" if self.stopped_by else counted


async def fetch_dates(
    root: Path,
    source: Source,
    dates: Sequence[dt.date],
    *,
    now: dt.datetime,
    refresh_days: int,
    budget: Budget = UNBOUNDED,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Ask `source` for each of `dates`, in their order and a few at once, and store what it lists below `root`.

    Each date stands for itself: one that fails costs none of the others. Only a host that cannot be reached, forbids,
    puts off for long, or fails for one date after the other ends the run; it, and the `budget`, leave the rest `not
    asked`. `now` is the instant the run counts from. What was stored stays stored when the run is cancelled. Raises
    ArchiveError if the ledger cannot be read or written.
    """
    run = _Run(root, source, now=now, refresh_days=refresh_days, budget=budget, on_outcome=on_outcome)
    try:
        async with asyncio.timeout(budget.seconds):
            waiting = iter(dates)
            async with asyncio.TaskGroup() as workers:
                for _ in range(MAX_AT_ONCE):
                    workers.create_task(run.work_through(waiting))
    except TimeoutError:
        run.stopped_by = f"the {budget.seconds:g} s of this run are over"
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        if not source.capabilities.has_full_history:
            run.settle_forgotten(dates)
        write_ledger(root, run.ledger)
    asked = {outcome.date for outcome in run.outcomes}
    rest = [Outcome(date, "not asked") for date in dates if date not in asked]
    stopped_by = f"{run.stopped_by}, the next one goes on from there" if rest and run.stopped_by else ""
    return Report((*run.outcomes, *rest), stopped_by)


def fetch_archive(
    root: Path,
    source: str,
    *,
    now: dt.datetime,
    since: dt.date,
    until: dt.date | None = None,
    refresh_days: int,
    force: bool = False,
    budget: Budget = UNBOUNDED,
    on_start: Callable[[int], None] = lambda count: None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Bring the archive below `root` up to date from `source` as of `now`; `on_start` is told how many dates there are.

    See `due_dates` and `fetch_dates` for the rest. Raises SettingError, ArchiveError, that too if
    another run is writing; KeyboardInterrupt passes.
    """
    with archive_lock(root):
        remove_stale_temp_files(root)

        async def dates_of(opened: Source) -> list[dt.date]:
            if not opened.capabilities.has_full_history:
                listed = await opened.listed_dates()
                return sorted((date for date in listed if since <= date <= (until or date)), reverse=True)
            return due_dates(
                now,
                _readable_ledger(root),
                _readable_dates(root),
                since=since,
                until=until,
                refresh_days=refresh_days,
                most_missing=budget.missing,
                force=force,
            )

        async def run() -> Report:
            async with open_source(source, now=now, connect_attempts=budget.connect_attempts) as opened:
                try:
                    dates = await dates_of(opened)
                except SourceError as e:  # of a feed as a whole, which says nothing of any date
                    return Report((Outcome(feed_day(now), "failed", error=e),))
                on_start(len(dates))
                return await fetch_dates(
                    root, opened, dates, now=now, refresh_days=refresh_days, budget=budget, on_outcome=on_outcome
                )

        with asyncio.Runner() as runner:
            # A resolver that hangs is not waited for: the loop would, at its end, for as long as it takes.
            runner.get_loop().set_default_executor(_Abandoning())
            return runner.run(run())


class _Abandoning(ThreadPoolExecutor):
    """Leaves threads that are still busy at its end to themselves."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


def _readable_ledger(root: Path) -> Ledger:
    """Return the ledger; one that does not read is set aside, since asking every date again makes a new one."""
    try:
        return read_ledger(root)
    except ArchiveError as e:
        aside = quarantine(e.path)
        _log.warning("%s; it is now %s, and every date is asked for again", e, aside.name)
        return {}


def _readable_dates(root: Path) -> set[dt.date]:
    """Return the dates whose stored day reads; what is wrong with another is said when it is asked for."""
    readable = set()
    for date in stored_dates(root):
        with suppress(ArchiveError):
            read_day(root, date)
            readable.add(date)
    return readable


class _Run:
    """One call of fetch_dates: what its workers share."""

    def __init__(
        self,
        root: Path,
        source: Source,
        *,
        now: dt.datetime,
        refresh_days: int,
        budget: Budget,
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        self.root, self.source, self.budget, self.on_outcome = root, source, budget, on_outcome
        self.tried = now.astimezone(dt.UTC).date()
        self.today, self.refresh_days = feed_day(now), refresh_days
        self.ledger = read_ledger(root)
        self.outcomes: list[Outcome] = []
        self.stopped_by = ""
        self.failures_in_a_row = 0
        self.ledger_written_at = time.monotonic()

    async def work_through(self, dates: Iterable[dt.date]) -> None:
        for date in dates:
            if self.budget.requests is not None and self.source.requests >= self.budget.requests:
                self.stopped_by = f"the {self.budget.requests} requests of this run are spent"
            if self.stopped_by:
                return
            self.finish(await self.ask(date))

    async def ask(self, date: dt.date) -> Outcome:
        try:
            fetched = await self.source.fetch_day(date)
            self.failures_in_a_row = 0
            return self.store(fetched)
        except (UnreachableError, ForbiddenError, DeferredError) as e:
            # Nothing was learnt of the date, so the ledger is left alone.
            self.stopped_by = f"{e.source} answers nothing more in this run"
            return Outcome(date, "failed", error=e)
        except DailyPapersError as e:
            if isinstance(e, FetchError) and e.status == 400 and date >= self.today:
                return Outcome(date, "early", error=e)
            # Published: an archive's reason leaves out where on this machine the file lies.
            reason = f"the stored file: {e.reason}" if isinstance(e, ArchiveError) else str(e)
            self.ledger[date] = LedgerEntry("failed", reason, tried=self.tried)
            self.note_failure(e)
            return Outcome(date, "failed", error=e)

    def note_failure(self, error: DailyPapersError) -> None:
        """Stop the run where one date after the other fails for what could have passed: it is the host that is ill."""
        if isinstance(error, ParseError) or (isinstance(error, FetchError) and error.retryable):
            self.failures_in_a_row += 1
            if self.failures_in_a_row == FAILURES_IN_A_ROW:
                self.stopped_by = f"{FAILURES_IN_A_ROW} dates in a row failed"

    def store(self, fetched: FetchResult) -> Outcome:
        """Merge one answer into the archive, and note the date's state."""
        incoming = fetched.day
        date = incoming.date
        stored, unreadable = self.read_stored(fetched)
        kept, broken = self.read_kept(date)
        rejected = merge_rejected(kept, fetched)
        day = merge_days(stored, incoming, lists_all=self.source.capabilities.has_full_history)
        # The day first: a rejected record goes only when what replaces it is on disk.
        changed = bool(day.papers) and write_day(self.root, day)
        write_rejected(self.root, date, rejected)
        unread = sum(record.is_from_upstream for record in rejected)
        self.ledger[date] = self.state_of(day, incoming, unread)
        result: Result = "stored" if changed else "unchanged" if day.papers else "empty"
        new = len(day.papers) - (len(stored.papers) if stored else 0)
        error = unreadable or broken
        return Outcome(date, result, papers=len(day.papers), new=new, rejected=unread, error=error)

    def read_stored(self, fetched: FetchResult) -> tuple[Day | None, ArchiveError | None]:
        """Return the stored day, or None and the reason why it was set aside for the fetched one.

        Only a list of papers may take its place; for an empty one, or a later version's file, the error is raised.
        """
        try:
            return read_day(self.root, fetched.day.date), None
        except ArchiveError as e:
            if isinstance(e, NewerSchemaError) or not fetched.day.papers:
                raise
            quarantine(e.path)
            return None, e

    def read_kept(self, date: dt.date) -> tuple[tuple[Rejected, ...], ArchiveError | None]:
        """Return the rejected records of `date`, or none and the reason why their file was set aside."""
        try:
            return read_rejected(self.root, date), None
        except ArchiveError as e:
            quarantine(e.path)
            return (), e

    def state_of(self, day: Day, incoming: Day, rejected: int) -> LedgerEntry:
        looked = phase(self.today, day.date, self.refresh_days)
        if not self.source.capabilities.has_full_history and day.date < self.today:
            looked = "settled"  # what it will list of a date is listed on that date
        if rejected:
            return LedgerEntry("partial", rejected=rejected, phase=looked)
        if not day.papers:
            # A list that is still open may be empty because nobody has begun it.
            return LedgerEntry("empty" if day.date < self.today else "moving", phase=looked)
        reason = None if incoming.papers else "upstream listed nothing; what was stored is kept"
        if looked == "settled":
            return LedgerEntry("complete", reason)
        return LedgerEntry("moving", reason, phase=looked)

    def settle_forgotten(self, listed: Sequence[dt.date]) -> None:
        """Close the past dates that a feed lists no more: nothing will be added to them."""
        for date, entry in self.ledger.items():
            if entry.state == "moving" and date < self.today and date not in listed:
                self.ledger[date] = LedgerEntry("complete")

    def finish(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.on_outcome(outcome)
        if time.monotonic() - self.ledger_written_at > LEDGER_EVERY_S:
            write_ledger(self.root, self.ledger)
            self.ledger_written_at = time.monotonic()
