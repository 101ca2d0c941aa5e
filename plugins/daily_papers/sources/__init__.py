"""Where days come from: one file a source, each with a class that keeps this promise."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from daily_papers.models import Fetched


class Source(Protocol):
    """An upstream that lists papers by date."""

    name: str
    """What `Day.source` and every message call it."""

    async def fetch_day(self, date: dt.date) -> Fetched:
        """Return everything listed on `date`, or nothing: a date that cannot be had whole raises SourceError.

        No other exception leaves it, whatever upstream sends.
        """
        ...
