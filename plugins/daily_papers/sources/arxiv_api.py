"""What arXiv knows of papers: ids go in, an ArxivPaper by id comes out, read from its query API's Atom feed.

arXiv asks for one connection and one request in three seconds, of all machines one has (its terms of use, read
2026-11). Which papers are asked for, and what becomes of the answer, is left to `enrich`.
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
from daily_papers.sources.feed import read_feed

NAME = "arxiv"
ARXIV_ENDPOINT = "https://export.arxiv.org"
ENDPOINT_VARIABLE = "DAILY_PAPERS_ARXIV_ENDPOINT"
PATH = "/api/query"

INTERVAL_S = 3.0
MAX_IDS = 100
"""In one request; 642 have drawn a 414."""
ATTEMPTS = 3
UNSTATED_WAIT_S = 30.0
"""After a 429, which names no wait of its own."""

# An answer without any entry is a fault that arXiv's API is known for, and looks like one to ids it does not know. A
# paper that is surely there tells the two apart: it is asked for beside the others.
_SURELY_THERE = "1706.03762"


class ArxivPaper(msgspec.Struct, frozen=True):
    arxiv: Arxiv
    authors: tuple[str, ...]
    """In the order of the paper; empty if none was named."""


class ArxivQuery:
    """The query API behind `client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def fetch_papers(self, ids: Sequence[str]) -> dict[str, ArxivPaper]:
        """Return what arXiv knows of `ids`, fewer than MAX_IDS of the form of its own; one it does not know is absent.

        Where it refuses the list for one of them, that one is found by halving and left out. Raises SourceError: an
        answer with nothing in it is tried again, and then no answer; nor is one that refuses any list.
        """
        papers = await self._ask(ids)
        if papers is not None:
            return papers
        if await self._refuses_all():
            # Halving would take minutes to say of each paper that arXiv does not know it.
            raise FetchError("refuses every list of papers", source=NAME, url=self._client.endpoint)
        return await self._halve(ids)

    async def _refuses_all(self) -> bool:
        with suppress(ParseError):  # whatever else it says, that is no refusal
            return await self._ask(()) is None
        return False

    async def _halve(self, ids: Sequence[str]) -> dict[str, ArxivPaper]:
        """Return what arXiv knows of `ids`, a list it refused."""
        found: dict[str, ArxivPaper] = {}
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]) if middle else ():
            papers = await self._ask(half)
            found |= await self._halve(half) if papers is None else papers
        return found

    async def _ask(self, ids: Sequence[str]) -> dict[str, ArxivPaper] | None:
        """Return one answer, None for one that says that an id is wrong."""
        asked = [*ids, *({_SURELY_THERE} - set(ids))]
        params: dict[str, str | int] = {"id_list": ",".join(asked), "max_results": len(asked)}
        try:
            papers = await self._client.get(PATH, params, read_answer)
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
    """Yield the query API, at DAILY_PAPERS_ARXIV_ENDPOINT where that is set. Raises FetchError if it is no address."""
    client = Client(
        source=NAME,
        base_url=os.environ.get(ENDPOINT_VARIABLE) or ARXIV_ENDPOINT,
        attempts=ATTEMPTS,
        default_wait_s=UNSTATED_WAIT_S,
        interval_s=INTERVAL_S,
        sleep=sleep,
        clock=clock,
    )
    async with client:
        yield ArxivQuery(client)


def read_answer(reply: Response) -> dict[str, ArxivPaper] | None:
    """Return the papers of an answer by id, None if it is the error of a wrong id.

    Raises ParseError for anything but a whole feed with something in it: HTML, a feed that is cut, mangled or of
    another encoding than it says, one that would have the parser read entities, an empty one.
    """
    feed = read_feed(reply, source=NAME)
    entries = feed.entries
    if any("/api/errors" in str(entry.get("id", "")) for entry in entries):
        return None
    if not entries:
        raise ParseError("a feed with nothing in it", source=NAME, url=reply.url)
    papers = ((_entry_id(entry), entry) for entry in entries)
    return {paper_id: _read_entry(entry) for paper_id, entry in papers if paper_id}


def _entry_id(entry: Any) -> str | None:
    """Return the paper's id out of `http://arxiv.org/abs/2402.19173v1`."""
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
