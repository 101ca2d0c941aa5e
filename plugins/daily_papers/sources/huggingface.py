"""The source `huggingface`: Hugging Face Daily Papers, fetched page by page.

A bad record costs only that record. `net/client` connects, retries and limits the rate.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar, Self

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.records import HUGGING_FACE, Day, FetchResult, Paper, Rejected
from daily_papers.sources.base import SourceCapabilities
from daily_papers.sources.huggingface_record import NAME, read_record
from daily_papers.sources.json_list import split_list

if TYPE_CHECKING:
    from daily_papers.net.client import Client, Response

TOKEN_VARIABLE = "HF_TOKEN"  # noqa: S105  # the name of a variable
PATH = "/api/daily_papers"
PAGE_SIZE = 100
"""Papers requested per page: the most that the server allows."""
DEFAULT_LIMIT = 50
"""Papers per page when the server ignores `limit`. Three recorded dates were cut at this number."""
MAX_PAGES = 50
"""Pages requested per date, so that paging always ends. The largest known date has 78 papers."""
MAX_PAGE_BYTES = 4 * 2**20
"""Size of a page. The largest recorded one has 0.3 MB."""
MAX_LOGGED_KEYS = 20

_log = logging.getLogger("daily_papers")


class HuggingFace:
    """Hugging Face Daily Papers, a date a call.

    `now` returns the current instant, and `page_size` is the number of papers requested per page.
    """

    capabilities: ClassVar[SourceCapabilities] = SourceCapabilities(
        has_full_history=True, has_votes=True, homepage=HUGGING_FACE, token_variable=TOKEN_VARIABLE
    )
    option_form: ClassVar[str] = NAME

    name = NAME

    def __init__(self, client: Client, now: Callable[[], dt.datetime], *, page_size: int = PAGE_SIZE) -> None:
        self._client = client
        self._now = now
        self._page_size = page_size
        self._logged_keys: set[str] = set()

    @classmethod
    def accepts(cls, option: str) -> bool:
        return option == NAME

    @classmethod
    @asynccontextmanager
    async def open(cls, option: str, *, now: dt.datetime, connect_attempts: int) -> AsyncIterator[Self]:
        """Open the source at HF_ENDPOINT, or at huggingface.co, with the token HF_TOKEN if that is set.

        Raises FetchError if the address cannot be used.
        """
        from daily_papers.net.client import Client

        endpoint = os.environ.get("HF_ENDPOINT") or HUGGING_FACE
        token = os.environ.get(TOKEN_VARIABLE)
        async with Client(
            source=NAME,
            base_url=endpoint,
            token=token,
            max_bytes=MAX_PAGE_BYTES,
            connect_attempts=connect_attempts,
        ) as client:
            yield cls(client, lambda: now)

    @property
    def requests(self) -> int:
        return self._client.requests

    async def listed_dates(self) -> frozenset[dt.date]:
        return frozenset()

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return all pages of `date`; no papers if nothing is listed. Raises SourceError if a page fails."""
        fetched_at = self._now().astimezone(dt.UTC).replace(microsecond=0)
        accumulator = DayAccumulator(date, fetched_at)
        first_length = 0
        for number in range(MAX_PAGES):
            page, has_next = await self._fetch_page(date, fetched_at, number, accumulator.records)
            first_length = first_length or page.records
            # The length of a first page that was followed by another is the most that this server sends.
            full_length = min(self._page_size, first_length) if number else self._page_size
            may_have_more = has_next or page.records >= full_length or page.records == DEFAULT_LIMIT
            if not accumulator.add(page) or not may_have_more:
                return accumulator.result()
        raise ParseError(f"{date}: more than {MAX_PAGES} pages, each with new papers", source=NAME, url=PATH)

    async def _fetch_page(
        self, date: dt.date, fetched_at: dt.datetime, number: int, first_position: int
    ) -> tuple[Page, bool]:
        """Return a page, and True if the server says that there is another one. Pages are numbered from 0."""

        def read(response: Response) -> tuple[Page, bool]:
            page = read_page(response.body, date, fetched_at, first_position=first_position, url=response.url)
            return page, _has_next(response.headers)

        params: dict[str, str | int] = {"date": date.isoformat(), "limit": self._page_size}
        if number:
            params["p"] = number
        page, has_next = await self._client.get(PATH, params, read)
        self._log_unknown(page.unknown_keys)
        return page, has_next

    def _log_unknown(self, keys: frozenset[str]) -> None:
        """Log the keys that no page before had."""
        new = sorted(keys - self._logged_keys)[:MAX_LOGGED_KEYS]
        if new:
            self._logged_keys.update(new)
            _log.info("%s: unknown keys, ignored: %s", NAME, ", ".join(new))


class Page(msgspec.Struct, frozen=True):
    """One page of a date's list. It may have an id more than once."""

    papers: tuple[Paper, ...]
    rejected: tuple[Rejected, ...]
    records: int
    """The number of records on the page, whether they could be read or not."""
    unknown_keys: frozenset[str] = frozenset()
    """Keys that are not read, as `paper.newKey`: upstream's spelling without control characters."""


class DayAccumulator:
    """The pages of one date, merged: each id once, with its highest votes."""

    def __init__(self, date: dt.date, fetched_at: dt.datetime) -> None:
        self._date = date
        self._fetched_at = fetched_at
        self._papers: dict[str, Paper] = {}
        self._rejected: dict[bytes, Rejected] = {}
        self.records = 0

    def add(self, page: Page) -> bool:
        """Add a page; return True if anything on it was new."""
        before = len(self._papers) + len(self._rejected)
        self.records += page.records
        for paper in page.papers:
            known = self._papers.get(paper.id)
            if known is None or _votes(known) < _votes(paper):
                self._papers[paper.id] = paper
        for rejected in page.rejected:
            self._rejected.setdefault(bytes(rejected.record), rejected)
        return len(self._papers) + len(self._rejected) > before

    def result(self) -> FetchResult:
        day = Day(date=self._date, source=NAME, fetched_at=self._fetched_at, papers=tuple(self._papers.values()))
        return FetchResult(day=day, rejected=tuple(self._rejected.values()))


def _votes(paper: Paper) -> int:
    return -1 if paper.votes is None else paper.votes


def read_page(body: bytes, date: dt.date, fetched_at: dt.datetime, *, first_position: int = 0, url: str = PATH) -> Page:
    """Return the papers and the unreadable records of one page of the list of `date`.

    `first_position` is the position of the page's first record in the list, from 0. Raises ParseError, and nothing
    else, if the body is not a JSON array or is the list of another date.
    """
    records = []
    for position, raw in enumerate(split_list(body, source=NAME, url=url), first_position):
        try:
            records.append(read_record(raw, position, date, fetched_at))
        except ValueError as e:
            raise ParseError(f"broken JSON in record {position}: {e}", source=NAME, url=url) from e
    papers = tuple(record.paper for record in records if record.paper)
    submitted = {paper.submitted_at.date() if paper.submitted_at else date for paper in papers}
    if submitted and date not in submitted:
        raise ParseError(
            f"the answer is for another date: expected papers of {date}, got some of {min(submitted)}",
            source=NAME,
            url=url,
        )
    return Page(
        papers=papers,
        rejected=tuple(record.rejected for record in records if record.rejected),
        records=len(records),
        unknown_keys=frozenset().union(*(record.unknown_keys for record in records)),
    )


def _has_next(headers: Mapping[str, str]) -> bool:
    """Return True if a Link header announces another page. The address in it is upstream's text: it is not followed."""
    return re.search(r';\s*rel="?next\b', headers.get("link", ""), re.IGNORECASE) is not None
