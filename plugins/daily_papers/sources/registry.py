"""The list of sources, one line each, and the search for the source that a value of the option `source` means.

To add a source, write its module and add its class to SOURCES. Several feeds in one archive are one value, with blanks
between them: no value of a single source contains one.
"""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractAsyncContextManager

from daily_papers.errors import SettingError
from daily_papers.sources.base import Source, SourceCapabilities
from daily_papers.sources.feed import ArxivFeedSource, FeedSource
from daily_papers.sources.huggingface import HuggingFace

SOURCES: tuple[type[Source], ...] = (
    HuggingFace,
    ArxivFeedSource,
    FeedSource,
)
"""The first one that accepts an option is used."""


def accepts(source_option: str) -> bool:
    """Return True if `source_option` is a usable value of the option `source`: a source, or several different feeds."""
    parts = source_option.split(" ")
    found = [next((source for source in SOURCES if source.accepts(part)), None) for part in parts]
    are_feeds = all(source and not source.capabilities.has_full_history for source in found)
    return None not in found and (len(parts) == 1 or (are_feeds and len(set(parts)) == len(parts)))


def split_option(source_option: str) -> list[str]:
    """Return the values of the single sources in `source_option`. Raises SettingError if it is not usable."""
    if not accepts(source_option):
        raise SettingError(f"the option 'source' is {source_option!r}; expected {describe_options()}")
    return source_option.split(" ")


def describe_options() -> str:
    """Return the accepted values of the option `source`, in words, for an error message."""
    *others, last = (source.option_form for source in SOURCES)
    return f"{', '.join(others)}, or {last}"


def find_source(source_option: str) -> type[Source]:
    """Return the class of the single source that `source_option` means. Raises SettingError if there is none."""
    (option,) = split_option(source_option)
    return next(source for source in SOURCES if source.accepts(option))


def capabilities(source_option: str) -> SourceCapabilities:
    """Return the capabilities of `source_option`, which all of its feeds share.

    Raises SettingError if there is no such source.
    """
    return find_source(split_option(source_option)[0]).capabilities


def open_source(source_option: str, *, now: dt.datetime, connect_attempts: int) -> AbstractAsyncContextManager[Source]:
    """Open the single source that `source_option` means, ready for requests.

    `now` is the instant that the source's answers are dated with. A host that cannot be reached is tried
    `connect_attempts` times. Sources read their endpoints and tokens from the environment.

    Raises SettingError if no source accepts `source_option`. Entering the context raises FetchError if an address
    cannot be used.
    """
    return find_source(source_option).open(source_option, now=now, connect_attempts=connect_attempts)
