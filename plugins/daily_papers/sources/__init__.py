"""Where days come from: one file a source, each with a class that keeps the promise below."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from daily_papers.model.records import HUGGING_FACE, HUGGING_FACE_SOURCE, FetchResult
from daily_papers.net.client import Client
from daily_papers.sources.arxiv_api import ENDPOINT_VARIABLE
from daily_papers.sources.feed import Feed, feed_client
from daily_papers.sources.huggingface import HuggingFace


class Source(Protocol):
    """An upstream that lists papers by date."""

    name: str
    """What `Day.source` and every message call it."""

    has_full_history: bool
    """Whether it knows all of any past date. A feed has only its newest items: what it lists no more is not gone."""

    @property
    def requests(self) -> int:
        """How many requests have been made of it."""
        ...

    async def listed_dates(self) -> frozenset[dt.date]:
        """Return the dates that one which does not remember can be asked for; none of one that does.

        Raises SourceError.
        """
        ...

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return everything listed on `date`, or nothing: a date that cannot be had whole raises SourceError.

        No other exception leaves it, whatever upstream sends.
        """
        ...


@asynccontextmanager
async def open_source(name: str, *, now: dt.datetime, connect_attempts: int) -> AsyncIterator[Source]:
    """Yield the source called `name`, ready to be asked; `now` is the instant its answers are dated with.

    A host that cannot be reached is tried `connect_attempts` times. HF_ENDPOINT, HF_TOKEN and
    DAILY_PAPERS_ARXIV_ENDPOINT are read from the environment. Raises FetchError if these, or `name`, cannot be used.
    """
    if name != HUGGING_FACE_SOURCE:
        endpoint = os.environ.get(ENDPOINT_VARIABLE, "")
        client, path, query = feed_client(name, endpoint, connect_attempts=connect_attempts)
        async with client:
            yield Feed(client, lambda: now, name=name, path=path, query=query)
        return
    endpoint = os.environ.get("HF_ENDPOINT") or HUGGING_FACE
    token = os.environ.get("HF_TOKEN")
    async with Client(source=name, base_url=endpoint, token=token, connect_attempts=connect_attempts) as client:
        yield HuggingFace(client, lambda: now)
