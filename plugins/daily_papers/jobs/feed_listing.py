"""Listing of one or several feeds, with each paper on the date on which it was first listed.

A feed has no history. It may give its items a new date at each build, or none, and arXiv sometimes announces the batch
of the day before again. A paper that is stored stays on its date.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import msgspec

from daily_papers.archive.day_files import read_rejected, stored_files
from daily_papers.errors import ArchiveError, SourceError
from daily_papers.jobs.base import readable_days
from daily_papers.model.records import Day, FetchResult, Paper, Rejected
from daily_papers.sources.base import Source, SourceCapabilities

Key = str | bytes
"""The id of a paper, or the bytes of an unreadable record."""


class FeedListing(msgspec.Struct, frozen=True):
    """The current items of feeds, by date. It is a source for `fetch_dates`, and sends no further request."""

    capabilities: ClassVar[SourceCapabilities] = SourceCapabilities(has_full_history=False, has_votes=False)

    days: dict[dt.date, FetchResult]
    repeated: dict[dt.date, int]
    """The number of papers by date, for each date of the feeds whose papers all came on earlier dates."""
    errors: tuple[SourceError, ...]
    """One for each feed that could not be read."""
    requests: int

    async def fetch_day(self, date: dt.date) -> FetchResult:
        return self.days[date]


async def read_listing(root: Path, name: str, feeds: Sequence[Source]) -> FeedListing:
    """Return the current items of `feeds`, on their first dates in the archive below `root`.

    `name` is the source of its days. A feed that fails does not affect the others.
    """
    answers = await asyncio.gather(*map(_read_all, feeds))
    errors = tuple(answer for answer in answers if isinstance(answer, SourceError))
    listed = [result for answer in answers if not isinstance(answer, SourceError) for result in answer]
    days = keep_first_dates(name, listed, find_first_dates(root, listed))
    repeated = {
        result.day.date: len(result.day.papers)
        for result in listed
        if result.day.papers and result.day.date not in days
    }
    return FeedListing(days, repeated, errors, sum(feed.requests for feed in feeds))


async def _read_all(feed: Source) -> list[FetchResult] | SourceError:
    """Return all dates of `feed`, which requests them at once."""
    try:
        return [await feed.fetch_day(date) for date in await feed.listed_dates()]
    except SourceError as e:
        return e


def find_first_dates(root: Path, listed: Iterable[FetchResult]) -> dict[Key, dt.date]:
    """Return the first stored date of each paper and of each unreadable record in `listed` that is stored."""
    keys: set[Key] = set()
    for result in listed:
        keys.update(paper.id for paper in result.day.papers)
        keys.update(bytes(record.record) for record in result.rejected)
    first: dict[Key, dt.date] = {}
    for day in readable_days(root):
        for paper in day.papers:
            if paper.id in keys:
                first.setdefault(paper.id, day.date)
    for date, path in sorted(stored_files(root)) if keys else ():
        if path.name.endswith(".rejected.json"):
            with suppress(ArchiveError):  # `fetch_dates` reports and replaces the file
                for record in read_rejected(root, date):
                    first.setdefault(bytes(record.record), date)
    return first


def keep_first_dates(name: str, listed: Iterable[FetchResult], first: dict[Key, dt.date]) -> dict[dt.date, FetchResult]:
    """Return `listed` with each paper and record on its date in `first`, else on the first date of `listed`."""
    first = dict(first)
    papers: dict[dt.date, dict[str, Paper]] = {}
    rejected: dict[dt.date, list[Rejected]] = {}
    fetched_at = None
    for result in sorted(listed, key=lambda result: result.day.date):
        fetched_at = result.day.fetched_at
        for paper in result.day.papers:
            date = first.setdefault(paper.id, result.day.date)
            if paper.published and paper.published > date:
                # The feed has given the item a new date. A paper is not published after its first listing.
                paper = msgspec.structs.replace(paper, published=date)
            papers.setdefault(date, {}).setdefault(paper.id, paper)
        for record in result.rejected:
            rejected.setdefault(first.setdefault(bytes(record.record), result.day.date), []).append(record)
    return {
        date: FetchResult(
            Day(date=date, source=name, fetched_at=fetched_at, papers=tuple(papers.get(date, {}).values())),
            tuple(rejected.get(date, ())),
        )
        for date in papers.keys() | rejected.keys()
    }
