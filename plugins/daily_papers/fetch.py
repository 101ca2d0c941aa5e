"""Fetching: which dates are asked for, how many at once, and what becomes of each answer.

A source, an archive folder and dates go in; the archive and its ledger are brought up to date, and one Outcome a date
comes out. Waiting and retrying is the source's client's business, the rules of merging are `merge`'s.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive import read_day, read_rejected, write_day, write_rejected
from daily_papers.dates import feed_day, weekdays
from daily_papers.errors import (
    ArchiveError,
    DailyPapersError,
    DeferredError,
    FetchError,
    ForbiddenError,
    NewerSchemaError,
    UnreachableError,
)
from daily_papers.files import locked, set_aside, sweep_temporaries
from daily_papers.http import CONNECT_ATTEMPTS
from daily_papers.ledger import Ledger, LedgerEntry, read_ledger, write_ledger
from daily_papers.merge import merge_days, merge_rejected
from daily_papers.models import Day, Fetched, Rejected
from daily_papers.sources import Source, open_source

MAX_AT_ONCE = 4
"""Dates asked for at the same time."""
LEDGER_EVERY_S = 2.0
"""How much of a run, in seconds, a killed process may have to ask again."""

_log = logging.getLogger("daily_papers")

Result = Literal["stored", "unchanged", "empty", "early", "failed", "not asked"]


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
        return ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))


def dates_to_ask(
    root: Path,
    ledger: Ledger,
    *,
    today: dt.date,
    since: dt.date,
    until: dt.date | None = None,
    refresh_days: int,
    most_missing: int | None = None,
    force: bool = False,
) -> list[dt.date]:
    """Return the weekdays from `since` to `until` (at most `today`) that have something to be asked, newest first.

    These are the last `refresh_days` days, what the ledger does not know or says is not settled, and what it says is
    stored but does not read, of these two `most_missing` at the most; `force` means all weekdays.
    """
    newest_first = [*weekdays(since, min(until or today, today))][::-1]
    if force:
        return newest_first
    window = today - dt.timedelta(days=refresh_days)
    missing = (d for d in newest_first if d < window and not _is_settled(root, d, ledger.get(d)))
    return [*(d for d in newest_first if d >= window), *islice(missing, most_missing)]


def _is_settled(root: Path, date: dt.date, entry: LedgerEntry | None) -> bool:
    if entry is None or entry.state in ("moving", "failed"):
        return False
    if entry.state == "empty":
        return True
    try:
        return read_day(root, date) is not None
    except ArchiveError:
        return False


async def fetch_dates(
    root: Path,
    source: Source,
    dates: Sequence[dt.date],
    *,
    now: dt.datetime,
    refresh_days: int,
    budget_s: float | None = None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Ask `source` for each of `dates`, in their order and a few at once, and store what it lists below `root`.

    Each date stands for itself: one that fails costs none of the others. Only a host that cannot be reached, forbids
    or puts off for long ends the run; it, and `budget_s` seconds when given, leave the rest `not asked`. `now` is the
    instant the run counts from. What was stored stays stored when the run is cancelled. Raises ArchiveError if the
    ledger cannot be read or written.
    """
    run = _Run(root, source, now=now, refresh_days=refresh_days, on_outcome=on_outcome)
    try:
        async with asyncio.timeout(budget_s):
            waiting = iter(dates)
            async with asyncio.TaskGroup() as workers:
                for _ in range(MAX_AT_ONCE):
                    workers.create_task(run.work_through(waiting))
    except TimeoutError:
        pass  # what was not reached is said below, date by date
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        write_ledger(root, run.ledger)
    asked = {outcome.date for outcome in run.outcomes}
    return Report((*run.outcomes, *(Outcome(date, "not asked") for date in dates if date not in asked)))


def fetch_archive(
    root: Path,
    source: str,
    *,
    now: dt.datetime,
    since: dt.date,
    until: dt.date | None = None,
    refresh_days: int,
    most_missing: int | None = None,
    force: bool = False,
    budget_s: float | None = None,
    on_start: Callable[[int], None] = lambda count: None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Bring the archive below `root` up to date from `source` as of `now`; `on_start` is told how many dates there are.

    See `dates_to_ask` and `fetch_dates` for the rest. Raises SettingError, ArchiveError, that too if
    another run is writing; KeyboardInterrupt passes.
    """
    with locked(root):
        sweep_temporaries(root)
        dates = dates_to_ask(
            root,
            _readable_ledger(root),
            today=feed_day(now),
            since=since,
            until=until,
            refresh_days=refresh_days,
            most_missing=most_missing,
            force=force,
        )
        on_start(len(dates))

        async def run() -> Report:
            # A run with a budget is somebody's build: it stops at the first sign that nothing can be reached.
            attempts = CONNECT_ATTEMPTS if budget_s is None else 1
            async with open_source(source, now=now, connect_attempts=attempts) as opened:
                return await fetch_dates(
                    root, opened, dates, now=now, refresh_days=refresh_days, budget_s=budget_s, on_outcome=on_outcome
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
        aside = set_aside(e.path)
        _log.warning("%s; it is now %s, and every date is asked for again", e, aside.name)
        return {}


class _Run:
    """One call of fetch_dates: what its workers share."""

    def __init__(
        self,
        root: Path,
        source: Source,
        *,
        now: dt.datetime,
        refresh_days: int,
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        self.root, self.source, self.on_outcome = root, source, on_outcome
        self.today = feed_day(now)
        self.window = self.today - dt.timedelta(days=refresh_days)
        self.ledger = read_ledger(root)
        self.outcomes: list[Outcome] = []
        self.stopped = False
        self.ledger_written_at = time.monotonic()

    async def work_through(self, dates: Iterable[dt.date]) -> None:
        for date in dates:
            if self.stopped:
                return
            self.finish(await self.ask(date))

    async def ask(self, date: dt.date) -> Outcome:
        try:
            return self.store(await self.source.fetch_day(date))
        except (UnreachableError, ForbiddenError, DeferredError) as e:
            # Nothing was learnt of the date, so the ledger is left alone.
            self.stopped = True
            return Outcome(date, "failed", error=e)
        except DailyPapersError as e:
            if isinstance(e, FetchError) and e.status == 400 and date >= self.today:
                return Outcome(date, "early", error=e)
            # Published: an archive's reason leaves out where on this machine the file lies.
            reason = f"the stored file: {e.reason}" if isinstance(e, ArchiveError) else str(e)
            self.ledger[date] = LedgerEntry("failed", reason)
            return Outcome(date, "failed", error=e)

    def store(self, fetched: Fetched) -> Outcome:
        """Merge one answer into the archive, and note the date's state."""
        incoming = fetched.day
        date = incoming.date
        stored, unreadable = self.read_stored(fetched)
        kept, broken = self.read_kept(date)
        rejected = merge_rejected(kept, fetched)
        day = merge_days(stored, incoming)
        # The day first: a rejected record goes only when what replaces it is on disk.
        changed = bool(day.papers) and write_day(self.root, day)
        write_rejected(self.root, date, rejected)
        unread = sum(record.is_upstreams for record in rejected)
        self.ledger[date] = self.state_of(day, incoming, unread)
        result: Result = "stored" if changed else "unchanged" if day.papers else "empty"
        new = len(day.papers) - (len(stored.papers) if stored else 0)
        error = unreadable or broken
        return Outcome(date, result, papers=len(day.papers), new=new, rejected=unread, error=error)

    def read_stored(self, fetched: Fetched) -> tuple[Day | None, ArchiveError | None]:
        """Return the stored day, or None and the reason why it was set aside for the fetched one.

        Only a list of papers may take its place; for an empty one, or a later version's file, the error is raised.
        """
        try:
            return read_day(self.root, fetched.day.date), None
        except ArchiveError as e:
            if isinstance(e, NewerSchemaError) or not fetched.day.papers:
                raise
            set_aside(e.path)
            return None, e

    def read_kept(self, date: dt.date) -> tuple[tuple[Rejected, ...], ArchiveError | None]:
        """Return the rejected records of `date`, or none and the reason why their file was set aside."""
        try:
            return read_rejected(self.root, date), None
        except ArchiveError as e:
            set_aside(e.path)
            return (), e

    def state_of(self, day: Day, incoming: Day, rejected: int) -> LedgerEntry:
        reason = None
        if rejected:
            reason = f"{rejected} of the records could not be read in full"
        elif not incoming.papers:
            reason = "upstream listed nothing; what was stored is kept" if day.papers else "nothing listed"
        if day.date >= self.window:
            return LedgerEntry("moving", reason)
        if rejected:
            return LedgerEntry("partial", reason)
        return LedgerEntry("complete", reason) if day.papers else LedgerEntry("empty")

    def finish(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.on_outcome(outcome)
        if time.monotonic() - self.ledger_written_at > LEDGER_EVERY_S:
            write_ledger(self.root, self.ledger)
            self.ledger_written_at = time.monotonic()
