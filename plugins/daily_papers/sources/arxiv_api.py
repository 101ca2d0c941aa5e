"""Client of arXiv's query API: the metadata of papers by id, read from an Atom feed.

arXiv allows one connection and one request in three seconds, for all machines of a user together (its terms of use,
read 2026-11). `jobs/enrich` chooses the papers and stores the result.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from daily_papers.errors import FetchError, ParseError
from daily_papers.model.records import Arxiv, read_paper_id
from daily_papers.model.text import clean_line
from daily_papers.net.client import Client, Response
from daily_papers.sources.feed import ARXIV_ENDPOINT_VARIABLE
from daily_papers.sources.feed_parser import read_strict_feed

NAME = "arxiv"
ARXIV_ENDPOINT = "https://export.arxiv.org"
PATH = "/api/query"

INTERVAL_S = 3.0
"""Seconds between requests."""
MAX_IDS = 100
"""Ids in one request. A request with 642 was answered with HTTP 414."""
ATTEMPTS = 3
UNSTATED_WAIT_S = 30.0
"""Seconds to wait after HTTP 429, because arXiv names no wait."""

# arXiv's API is known to send an answer without entries by mistake. The same answer means that it does not know any of
# the ids. A paper that is known to exist is added to every request, and distinguishes the two cases.
CONTROL_ID = "1706.03762"


class ArxivPaper(msgspec.Struct, frozen=True):
    """arXiv's metadata of one paper."""

    arxiv: Arxiv
    authors: tuple[str, ...]
    """Names in the order of the paper; empty if arXiv names none."""


class ArxivQuery:
    """The query API at the endpoint of `client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def fetch_papers(self, ids: Sequence[str]) -> dict[str, ArxivPaper]:
        """Return the papers of `ids` that arXiv knows, by id. `ids` are arXiv ids, at most MAX_IDS of them.

        If arXiv refuses the list because of one id, that id is found by halving the list, and left out. Raises
        SourceError if arXiv sends no usable answer, sends no entries even after retries, or refuses every list.
        """
        papers = await self._query(ids)
        if papers is not None:
            return papers
        if await self._refuses_all():
            # Halving would take minutes, and report each paper as unknown to arXiv.
            raise FetchError("refuses every list of papers", source=NAME, url=self._client.endpoint)
        return await self._halve(ids)

    async def _refuses_all(self) -> bool:
        """Return True if arXiv refuses even the list of the control id alone."""
        with suppress(ParseError):  # an unreadable answer is no refusal
            return await self._query(()) is None
        return False

    async def _halve(self, ids: Sequence[str]) -> dict[str, ArxivPaper]:
        """Return the papers that arXiv knows of `ids`, a list that it refused."""
        found: dict[str, ArxivPaper] = {}
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]) if middle else ():
            papers = await self._query(half)
            found |= await self._halve(half) if papers is None else papers
        return found

    async def _query(self, ids: Sequence[str]) -> dict[str, ArxivPaper] | None:
        """Return the papers of one request; None if arXiv answers that an id is wrong."""
        requested = [*ids, *({CONTROL_ID} - set(ids))]
        params: dict[str, str | int] = {"id_list": ",".join(requested), "max_results": len(requested)}
        try:
            papers = await self._client.get(PATH, params, read_papers)
        except FetchError as e:
            if e.status != 400:
                raise
            return None
        return None if papers is None else {paper_id: papers[paper_id] for paper_id in ids if paper_id in papers}


@asynccontextmanager
async def open_arxiv(
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[ArxivQuery]:
    """Open the query API, at DAILY_PAPERS_ARXIV_ENDPOINT if that is set. Raises FetchError if it is not an address."""
    client = Client(
        source=NAME,
        base_url=os.environ.get(ARXIV_ENDPOINT_VARIABLE) or ARXIV_ENDPOINT,
        attempts=ATTEMPTS,
        default_wait_s=UNSTATED_WAIT_S,
        interval_s=INTERVAL_S,
        sleep=sleep,
        clock=clock,
    )
    async with client:
        yield ArxivQuery(client)


def read_papers(response: Response) -> dict[str, ArxivPaper] | None:
    """Return the papers of an answer by id; None if the answer is arXiv's error for a wrong id.

    Raises ParseError for anything but a complete feed with entries: HTML, a feed that is cut off, malformed, or not in
    the encoding that it declares, a feed that defines entities, an empty feed.
    """
    entries = read_strict_feed(response, source=NAME).entries
    if any("/api/errors" in str(entry.get("id", "")) for entry in entries):
        return None
    if not entries:
        raise ParseError("a feed without entries", source=NAME, url=response.url)
    papers = ((_entry_id(entry), entry) for entry in entries)
    return {paper_id: _read_entry(entry) for paper_id, entry in papers if paper_id}


def _entry_id(entry: Any) -> str | None:
    """Return the paper's id from the entry's id, as `http://arxiv.org/abs/2402.19173v1`."""
    return read_paper_id(str(entry.get("id", "")).partition("/abs/")[2])


def _read_entry(entry: Any) -> ArxivPaper:
    def text(key: str) -> str | None:
        return clean_line(str(entry.get(key) or "")) or None

    categories = _lines(tag.get("term") for tag in entry.get("tags", ()))
    primary = (entry.get("arxiv_primary_category") or {}).get("term")
    return ArxivPaper(
        arxiv=Arxiv(
            primary_category=clean_line(primary or "") or (categories[0] if categories else None),
            categories=categories,
            comment=text("arxiv_comment"),
            doi=text("arxiv_doi"),
            journal_ref=text("arxiv_journal_ref"),
        ),
        authors=_lines(author.get("name") for author in entry.get("authors", ())),
    )


def _lines(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(line for value in values if (line := clean_line(value or "")))
