"""Which date it is for the list, which dates can have one, and counting in months.

Pure functions of what they are given, but for `current_instant`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from daily_papers.errors import SettingError

NOW_VARIABLE = "DAILY_PAPERS_NOW"

# Hugging Face opens the next date's list at 21:30 in New York (its own constants, read 2026-08): 01:30 UTC in
# summer, 02:30 in winter.
_FEED_ZONE = ZoneInfo("America/New_York")
_FEED_OPENS = dt.time(21, 30)


def current_instant() -> dt.datetime:
    """Return now in UTC, or the instant that DAILY_PAPERS_NOW names. Raises SettingError if that is not an instant."""
    text = os.environ.get(NOW_VARIABLE)
    if not text:
        return dt.datetime.now(dt.UTC)
    try:
        instant = dt.datetime.fromisoformat(text)
        if instant.tzinfo and 1970 <= instant.year < 9999:
            return instant.astimezone(dt.UTC)
    except ValueError:
        pass  # said below
    raise SettingError(f"{NOW_VARIABLE} is {text!r}: expected an instant with its zone, as 2026-07-15T03:17:00Z")


def feed_day(instant: dt.datetime) -> dt.date:
    """Return the newest date whose list is open at `instant` (aware, any zone); it may be a weekend's."""
    local = instant.astimezone(_FEED_ZONE)
    return local.date() + dt.timedelta(days=local.time() >= _FEED_OPENS)


def weekdays(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the Mondays to Fridays from `first` to `last`, both included: lists are never made at weekends."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        if day.weekday() < 5:
            yield day


def month_of(date: dt.date) -> dt.date:
    """Return the first day of the month of `date`, which stands for it."""
    return date.replace(day=1)


def add_months(date: dt.date, months: int) -> dt.date:
    """Return the first day of the month that lies so many after the one of `date`."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def months_of(dates: Collection[dt.date]) -> list[dt.date]:
    """Return the first day of each month from the first of `dates` to the last, whether one lies in it or not."""
    if not dates:
        return []
    first, last = min(dates), max(dates)
    return [add_months(first, n) for n in range((last.year - first.year) * 12 + last.month - first.month + 1)]
