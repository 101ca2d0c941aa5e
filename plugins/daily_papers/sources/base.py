"""The Source protocol and the description of a source's capabilities.

Neither this module nor the module of a source loads an HTTP client or a feed parser at import. A build that fetches
nothing would pay 0.1 s for them.
"""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Protocol

import msgspec

from daily_papers.model.records import FetchResult


class SourceCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a source. Other modules read them instead of comparing the source's name."""

    has_full_history: bool
    """True if the source lists every past date in full.

    A feed has only its newest items. A paper that a feed no longer lists is not gone, and a date without items is no
    gap.
    """
    has_votes: bool
    """True if the source's papers have votes."""
    homepage: str = ""
    """The source's web site, without a slash at the end; empty if pages do not link to one.

    HOMEPAGE/papers lists the newest papers, HOMEPAGE/papers/date/2026-07-15 those of a date, and HOMEPAGE/NAME shows an
    organization.
    """
    token_variable: str = ""
    """The environment variable with an optional access token; empty if the source reads none."""


class Source(Protocol):
    """An upstream that lists papers by date. `sources/registry` lists the classes."""

    capabilities: ClassVar[SourceCapabilities]
    option_form: ClassVar[str]
    """The accepted values of the option `source`, in words, for an error message: `the URL of a feed`."""

    name: str
    """The name in `Day.source` and in every message."""

    @classmethod
    def accepts(cls, option: str) -> bool:
        """Return True if `option`, a value of the option `source`, means this source."""
        ...

    @classmethod
    def open(cls, option: str, *, now: dt.datetime, connect_attempts: int) -> AbstractAsyncContextManager[Source]:
        """Open the source that `option` means. `registry.open_source` describes the arguments."""
        ...

    @property
    def requests(self) -> int:
        """The number of HTTP requests sent so far."""
        ...

    async def listed_dates(self) -> frozenset[dt.date]:
        """Return the dates that the source lists now; an empty set if it has a full history.

        Raises SourceError.
        """
        ...

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return everything that is listed on `date`.

        Raises SourceError if any part of the date cannot be read. Raises nothing else, whatever upstream sends.
        """
        ...
