"""Schedule of fetches: the dates that are due, as a pure function of the clock, the ledger and the options.

A date is asked for in each run while it is in the window: its own day and the `refresh_days` after it. It is asked for
once more after the window has closed, for papers and votes since the last run, and once after it has settled. A date
that is missing from the archive is always due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import islice

from daily_papers.archive.ledger import PHASES, Ledger, LedgerEntry, Phase
from daily_papers.model.dates import feed_day, weekdays

SETTLED_AFTER_DAYS = 30
"""Days until the votes of a date no longer change: they reach 2.69 times the first morning's in 16 to 32 days."""


def due_dates(
    now: dt.datetime,
    ledger: Ledger,
    readable: Collection[dt.date],
    *,
    since: dt.date,
    until: dt.date | None = None,
    refresh_days: int,
    max_missing: int | None = None,
    force: bool = False,
) -> list[dt.date]:
    """Return the due weekdays from `since` to `until` (at most the feed's day at `now`), in the order to ask for them.

    `readable` are the dates whose stored day is readable. The window comes first, newest date first. At most
    `max_missing` other dates follow: those not asked for since they entered their phase, those never asked for or
    lost, both newest first, and those that failed, the longest untried first. With `force` all weekdays are due,
    newest first.
    """
    today = feed_day(now)
    newest_first = [*weekdays(since, min(until or today, today))][::-1]
    if force:
        return newest_first
    window = today - dt.timedelta(days=refresh_days)
    outdated, missing, failed = [], [], []
    for date in newest_first:
        entry = ledger.get(date)
        if date >= window:
            continue
        if entry is None or _is_lost(entry, date in readable):
            missing.append(date)
        elif entry.state == "failed":
            failed.append(date)
        elif PHASES.index(entry.last_phase) < PHASES.index(phase(today, date, refresh_days)):
            outdated.append(date)
    failed.sort(key=lambda date: ledger[date].tried or dt.date.min)
    in_window = [date for date in newest_first if date >= window]
    return [*in_window, *islice((*outdated, *missing, *failed), max_missing)]


def phase(today: dt.date, date: dt.date, refresh_days: int) -> Phase:
    """Return the phase of `date` on `today`: its window is open, its window has closed, or its votes have settled."""
    age = (today - date).days
    if age >= max(SETTLED_AFTER_DAYS, refresh_days):
        return "settled"
    return "refreshed" if age >= refresh_days else "open"


def _is_lost(entry: LedgerEntry, is_readable: bool) -> bool:
    """Return True if the ledger has a day whose file is missing or unreadable."""
    return not is_readable and entry.state in ("complete", "moving", "partial")
