"""Dates of lists: the current instant, the newest open list, weekdays, and arithmetic in months.

All functions are pure except `current_instant`, which reads the clock and the environment.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from daily_papers.errors import SettingError
from daily_papers.model.text import quote

NOW_VARIABLE = "DAILY_PAPERS_NOW"
"""Environment variable that replaces the clock."""

# Hugging Face opens the next date's list at 21:30 in New York (constants of its site, read 2026-08): 01:30 UTC in
# summer, 02:30 UTC in winter.
_FEED_ZONE = ZoneInfo("America/New_York")
_FEED_OPENS = dt.time(21, 30)


def current_instant() -> dt.datetime:
    """Return the instant in DAILY_PAPERS_NOW, or the current one if that is unset, in UTC.

    Raises SettingError if DAILY_PAPERS_NOW is not an instant with a time zone between the years 1970 and 9998.
    """
    text = os.environ.get(NOW_VARIABLE)
    if not text:
        return dt.datetime.now(dt.UTC)
    try:
        instant = dt.datetime.fromisoformat(text)
        if instant.tzinfo and 1970 <= instant.year < 9999:
            return instant.astimezone(dt.UTC)
    except ValueError:
        pass  # the error below says so
    expected = "an instant with a time zone, such as 2026-07-15T03:17:00Z"
    raise SettingError(f"{NOW_VARIABLE} is {quote(text)}: expected {expected}")


def feed_day(instant: dt.datetime) -> dt.date:
    """Return the newest date whose list is open at `instant`, which may be on a weekend.

    `instant` is an aware datetime in any time zone.
    """
    local = instant.astimezone(_FEED_ZONE)
    return local.date() + dt.timedelta(days=local.time() >= _FEED_OPENS)


def weekdays(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the dates from Monday to Friday between `first` and `last`, both included. Weekends have no lists."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        if day.weekday() < 5:
            yield day


def month_of(date: dt.date) -> dt.date:
    """Return the first day of the month of `date`; this package identifies a month by that day."""
    return date.replace(day=1)


def add_months(date: dt.date, months: int) -> dt.date:
    """Return the first day of the month that is `months` months after the month of `date`."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def months_of(dates: Collection[dt.date]) -> list[dt.date]:
    """Return the first day of each month from the earliest of `dates` to the latest, months without a date included."""
    if not dates:
        return []
    first, last = min(dates), max(dates)
    return [add_months(first, n) for n in range((last.year - first.year) * 12 + last.month - first.month + 1)]
