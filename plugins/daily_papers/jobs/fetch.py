"""Fetch dates from a source into the archive: several at once, until all are stored or the run has to stop.

`fetch_archive` updates the day files and the ledger, and reports one FetchOutcome a date. `schedule` finds the dates
that are due, the source's client waits and retries, and `model.merge` merges an answer with the stored day.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.day_files import read_day, read_rejected, write_day, write_rejected
from daily_papers.archive.file_io import quarantine
from daily_papers.archive.ledger import LedgerEntry, read_ledger, write_ledger
from daily_papers.errors import (
    ArchiveError,
    DailyPapersError,
    DeferredError,
    FetchError,
    ForbiddenError,
    ParseError,
    ProtectedFileError,
    UnreachableError,
)
from daily_papers.jobs.base import (
    OnStart,
    Report,
    Run,
    count_results,
    ignore,
    read_or_quarantine,
    readable_days,
    write_access,
)
from daily_papers.jobs.feed_listing import FeedListing, read_listing
from daily_papers.jobs.schedule import due_dates, phase
from daily_papers.model.dates import feed_day
from daily_papers.model.merge import merge_days, merge_rejected
from daily_papers.model.records import Day, FetchResult, Rejected
from daily_papers.net import event_loop
from daily_papers.net.retry import CONNECT_ATTEMPTS
from daily_papers.sources.base import Source
from daily_papers.sources.registry import open_source, split_option

MAX_AT_ONCE = 8
"""Dates asked for at the same time."""
FAILURES_IN_A_ROW = 5
"""After this many failed dates in a row, each with its retries, the run stops: the host itself has a problem."""
LEDGER_INTERVAL_S = 2.0
"""Seconds between writes of the ledger. A killed run loses later entries: their dates stay due."""

Result = Literal["stored", "unchanged", "empty", "early", "repeated", "failed", "not asked"]


class FetchBudget(msgspec.Struct, frozen=True):
    """The limits of a run; None means no limit. The dates of the window always come first."""

    seconds: float | None = None
    requests: int | None = None
    missing: int | None = None
    """Dates before the window."""
    connect_attempts: int = CONNECT_ATTEMPTS


UNLIMITED = FetchBudget()
NIGHTLY_BUDGET = FetchBudget(seconds=45 * 60.0, requests=1_000)
"""Two windows of Hugging Face's rate limit without a token, and a fraction of the hours a hosted job may take."""
BUILD_BUDGET = FetchBudget(seconds=10.0, missing=30, connect_attempts=1)
"""A person waits for a build, so it goes on at the first sign that the host cannot be reached."""


class FetchOutcome(msgspec.Struct, frozen=True):
    """The result of one date.

    `early`: upstream does not know the date yet, which is not a failure. `repeated`: a feed lists only papers of
    earlier dates on it, which is no news.
    """

    date: dt.date
    result: Result
    papers: int = 0
    """Papers stored now; of a `repeated` date, papers listed."""
    new: int = 0
    """Papers that were not stored before."""
    rejected: int = 0
    """Records that could not be read in full."""
    error: DailyPapersError | None = None
    """Why the date failed; of a stored date, why an unreadable file was renamed and replaced."""


class FetchReport(Report[FetchOutcome], frozen=True, kw_only=True):
    """The result of all dates of a run: those asked for, as they ended, then those not asked."""

    @property
    def complete(self) -> bool:
        """True if every date was asked for, none failed, and no unreadable file was found."""
        return not any(
            outcome.result in ("failed", "not asked") or (outcome.error and outcome.result != "early")
            for outcome in self.outcomes
        )

    def __str__(self) -> str:
        """Return the number of dates of each result in one line."""
        if not self.outcomes:
            return "nothing to ask, no date is due"
        counts = count_results(self.outcomes)
        return f"{counts}; {self.stopped_by}" if self.stopped_by else counts


async def fetch_dates(
    root: Path,
    source: Source | FeedListing,
    dates: Sequence[dt.date],
    *,
    now: dt.datetime,
    refresh_days: int,
    budget: FetchBudget = UNLIMITED,
    on_outcome: Callable[[FetchOutcome], None] = ignore,
) -> FetchReport:
    """Ask `source` for each of `dates`, in their order and a few at once, and store the answers below `root`.

    A date that fails does not affect the others. The run ends early if the host cannot be reached, answers 403, asks
    for a long wait, or fails date after date, or if the `budget` is spent; the remaining dates are then `not asked`.
    `now` is the instant of the run (aware). Stored dates stay stored if the run is cancelled. Raises ArchiveError if
    the ledger cannot be read or written.
    """
    run = _FetchRun(root, source, now=now, refresh_days=refresh_days, budget=budget, on_outcome=on_outcome)
    try:
        await run.process(dates, run.fetch, at_once=MAX_AT_ONCE, run_s=budget.seconds)
    finally:
        if not source.capabilities.has_full_history:
            run.complete_unlisted(dates)
        write_ledger(root, run.ledger)
    asked = {outcome.date for outcome in run.outcomes}
    rest = [FetchOutcome(date, "not asked") for date in dates if date not in asked]
    stopped_by = f"{run.stopped_by}; the next run continues with the rest" if rest and run.stopped_by else ""
    return FetchReport(outcomes=(*run.outcomes, *rest), stopped_by=stopped_by)


def fetch_archive(
    root: Path,
    source: str,
    *,
    now: dt.datetime,
    since: dt.date,
    until: dt.date | None = None,
    refresh_days: int,
    force: bool = False,
    budget: FetchBudget = UNLIMITED,
    on_start: OnStart = ignore,
    on_outcome: Callable[[FetchOutcome], None] = ignore,
) -> FetchReport:
    """Update the archive below `root` from `source`, as of the instant `now` (aware).

    `source` is a value of the option `source`. `on_start` receives the number of due dates. See `due_dates` and
    `fetch_dates` for the other arguments. Raises SettingError, and ArchiveError, also if another run is writing.
    KeyboardInterrupt passes.
    """

    async def fetch_from(asked: Source | FeedListing, dates: Sequence[dt.date]) -> FetchReport:
        on_start(len(dates))
        return await fetch_dates(
            root, asked, dates, now=now, refresh_days=refresh_days, budget=budget, on_outcome=on_outcome
        )

    def find_due_dates() -> list[dt.date]:
        return due_dates(
            now,
            read_or_quarantine(lambda: read_ledger(root), "every date is asked for again") or {},
            {day.date for day in readable_days(root)},
            since=since,
            until=until,
            refresh_days=refresh_days,
            max_missing=budget.missing,
            force=force,
        )

    def in_range(dates: Iterable[dt.date]) -> list[dt.date]:
        return sorted((date for date in dates if since <= date <= (until or date)), reverse=True)

    async def fetch_feeds(feeds: Sequence[Source]) -> FetchReport:
        listing = await read_listing(root, source, feeds)
        outcomes = [FetchOutcome(feed_day(now), "failed", error=error) for error in listing.errors]
        outcomes += [
            FetchOutcome(date, "repeated", papers=listing.repeated[date]) for date in in_range(listing.repeated)
        ]
        for outcome in outcomes:
            on_outcome(outcome)
        if len(listing.errors) == len(feeds):
            return FetchReport(outcomes=tuple(outcomes))
        report = await fetch_from(listing, in_range(listing.days))
        return msgspec.structs.replace(report, outcomes=(*outcomes, *report.outcomes))

    async def run() -> FetchReport:
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(open_source(part, now=now, connect_attempts=budget.connect_attempts))
                for part in split_option(source)
            ]
            if opened[0].capabilities.has_full_history:
                return await fetch_from(opened[0], find_due_dates())
            return await fetch_feeds(opened)

    with write_access(root):
        return event_loop.run(run())


class _FetchRun(Run[FetchOutcome]):
    """The state of one call of fetch_dates, shared by its workers."""

    def __init__(
        self,
        root: Path,
        source: Source | FeedListing,
        *,
        now: dt.datetime,
        refresh_days: int,
        budget: FetchBudget,
        on_outcome: Callable[[FetchOutcome], None],
    ) -> None:
        super().__init__(root, on_outcome)
        self.ledger = read_ledger(root)
        self._source, self._budget = source, budget
        self._tried = now.astimezone(dt.UTC).date()
        self._today, self._refresh_days = feed_day(now), refresh_days
        self._failures_in_a_row = 0
        self._ledger_written_at = time.monotonic()

    def add(self, outcome: FetchOutcome) -> None:
        """Add an outcome, and write the ledger if LEDGER_INTERVAL_S have passed."""
        super().add(outcome)
        if time.monotonic() - self._ledger_written_at > LEDGER_INTERVAL_S:
            write_ledger(self.root, self.ledger)
            self._ledger_written_at = time.monotonic()

    async def fetch(self, date: dt.date) -> FetchOutcome | None:
        """Ask for one date and store the answer; return None, and stop the run, if no request is left."""
        if self._budget.requests is not None and self._source.requests >= self._budget.requests:
            self.stop(f"the run's limit of {self._budget.requests} requests is reached")
            return None
        try:
            fetched = await self._source.fetch_day(date)
            self._failures_in_a_row = 0
            return self._store(fetched)
        except (UnreachableError, ForbiddenError, DeferredError) as e:
            # The answer says nothing about the date, so its ledger entry stays as it is.
            self.stop(f"no further request to {e.source} in this run")
            return FetchOutcome(date, "failed", error=e)
        except DailyPapersError as e:
            if isinstance(e, FetchError) and e.status == 400 and date >= self._today:
                return FetchOutcome(date, "early", error=e)
            # The ledger is published, so an archive's error is noted without the path of its file on this machine.
            reason = f"the stored file: {e.reason}" if isinstance(e, ArchiveError) else str(e)
            self.ledger[date] = LedgerEntry("failed", reason, tried=self._tried)
            self._count_failure(e)
            return FetchOutcome(date, "failed", error=e)

    def complete_unlisted(self, listed: Sequence[dt.date]) -> None:
        """Mark past dates that a feed no longer lists as complete: nothing will be added to them."""
        for date, entry in self.ledger.items():
            if entry.state == "moving" and date < self._today and date not in listed:
                self.ledger[date] = LedgerEntry("complete")

    def _count_failure(self, error: DailyPapersError) -> None:
        """Stop the run after FAILURES_IN_A_ROW errors that a retry could have passed: the host has a problem."""
        if isinstance(error, ParseError) or (isinstance(error, FetchError) and error.retryable):
            self._failures_in_a_row += 1
            if self._failures_in_a_row == FAILURES_IN_A_ROW:
                self.stop(f"{FAILURES_IN_A_ROW} dates in a row failed")

    def _store(self, fetched: FetchResult) -> FetchOutcome:
        """Merge an answer into the archive, and set the ledger entry of its date."""
        incoming = fetched.day
        date = incoming.date
        stored, day_error = self._read_stored_day(fetched)
        stored_rejected, rejected_error = self._read_stored_rejected(date)
        rejected = merge_rejected(stored_rejected, fetched)
        day = merge_days(stored, incoming, lists_all=self._source.capabilities.has_full_history)
        # The day is written first: a rejected record is removed only when its replacement is on disk.
        changed = bool(day.papers) and write_day(self.root, day)
        write_rejected(self.root, date, rejected)
        unread = sum(record.is_from_upstream for record in rejected)
        self.ledger[date] = self._ledger_entry(day, incoming, unread)
        result: Result = "stored" if changed else "unchanged" if day.papers else "empty"
        new = len(day.papers) - (len(stored.papers) if stored else 0)
        error = day_error or rejected_error
        return FetchOutcome(date, result, papers=len(day.papers), new=new, rejected=unread, error=error)

    def _read_stored_day(self, fetched: FetchResult) -> tuple[Day | None, ArchiveError | None]:
        """Return the stored day; for an unreadable file None and the error, after renaming the file.

        Only a list of papers may replace an unreadable file. If the fetched list is empty, the error is raised. Raises
        ProtectedFileError, without renaming the file.
        """
        try:
            return read_day(self.root, fetched.day.date), None
        except ArchiveError as e:
            if isinstance(e, ProtectedFileError) or not fetched.day.papers:
                raise
            quarantine(e.path)
            return None, e

    def _read_stored_rejected(self, date: dt.date) -> tuple[tuple[Rejected, ...], ArchiveError | None]:
        """Return the rejected records of `date`; for an unreadable file none and the error, after renaming the file.

        Raises ProtectedFileError, without renaming the file.
        """
        try:
            return read_rejected(self.root, date), None
        except ProtectedFileError:
            raise
        except ArchiveError as e:
            quarantine(e.path)
            return (), e

    def _ledger_entry(self, day: Day, incoming: Day, rejected: int) -> LedgerEntry:
        """Return the new ledger entry of a date with so many `rejected` records, which could not be read in full."""
        reached = phase(self._today, day.date, self._refresh_days)
        if not self._source.capabilities.has_full_history and day.date < self._today:
            reached = "settled"  # a feed lists the papers of a date on that date only
        if rejected:
            return LedgerEntry("partial", rejected=rejected, phase=reached)
        if not day.papers:
            # A list that is still open may be empty because nothing has been submitted yet.
            return LedgerEntry("empty" if day.date < self._today else "moving", phase=reached)
        reason = None if incoming.papers else "upstream listed nothing; the stored papers are kept"
        if reached == "settled":
            return LedgerEntry("complete", reason)
        return LedgerEntry("moving", reason, phase=reached)
