"""Which dates are due: a pure function of the clock, of what is known of each date, and of the options.

A date is asked for in each run while it is in the window, its day and the `refresh_days` after it; once more when the
window has closed, for what came since the last run; and once when it has settled. Whatever is missing is due, always.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import islice

from daily_papers.archive.ledger import PHASES, Ledger, LedgerEntry, Phase
from daily_papers.model.dates import feed_day, weekdays

SETTLED_AFTER_DAYS = 30
"""Votes have reached their plateau: x2.69 of a morning's after 16 to 32 days, and no more later."""


def due_dates(
    now: dt.datetime,
    ledger: Ledger,
    readable: Collection[dt.date],
    *,
    since: dt.date,
    until: dt.date | None = None,
    refresh_days: int,
    most_missing: int | None = None,
    force: bool = False,
) -> list[dt.date]:
    """Return the weekdays from `since` to `until` (at most the feed's day at `now`) to ask for, the first one first.

    `readable` are the dates whose stored day reads. The window comes first; then, `most_missing` of these at the most,
    dates that owe a look, those never asked for or lost, and those that failed, the longest untried first. Otherwise
    newest first, which is also the order of all weekdays with `force`.
    """
    today = feed_day(now)
    newest_first = [*weekdays(since, min(until or today, today))][::-1]
    if force:
        return newest_first
    window = today - dt.timedelta(days=refresh_days)
    owing, missing, failed = [], [], []
    for date in newest_first:
        entry = ledger.get(date)
        if date >= window:
            continue
        if entry is None or _is_lost(entry, date in readable):
            missing.append(date)
        elif entry.state == "failed":
            failed.append(date)
        elif PHASES.index(entry.last_phase) < PHASES.index(phase(today, date, refresh_days)):
            owing.append(date)
    failed.sort(key=lambda date: ledger[date].tried or dt.date.min)
    in_window = [date for date in newest_first if date >= window]
    return [*in_window, *islice((*owing, *missing, *failed), most_missing)]


def phase(today: dt.date, date: dt.date, refresh_days: int) -> Phase:
    """Return how far a look at `date` on `today` is from it: whether its window is over, and whether it has settled."""
    age = (today - date).days
    if age >= max(SETTLED_AFTER_DAYS, refresh_days):
        return "settled"
    return "refreshed" if age >= refresh_days else "open"


def _is_lost(entry: LedgerEntry, is_readable: bool) -> bool:
    """Tell whether the ledger knows of a day that is not there, or does not read."""
    return not is_readable and entry.state in ("complete", "moving", "partial")
