"""Where days come from: one file a source, each with a class that keeps the promise below."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from daily_papers.http import Client
from daily_papers.models import Fetched
from daily_papers.sources.huggingface import HuggingFace

HUGGING_FACE_ENDPOINT = "https://huggingface.co"


class Source(Protocol):
    """An upstream that lists papers by date."""

    name: str
    """What `Day.source` and every message call it."""

    @property
    def requests(self) -> int:
        """How many requests have been made of it."""
        ...

    async def fetch_day(self, date: dt.date) -> Fetched:
        """Return everything listed on `date`, or nothing: a date that cannot be had whole raises SourceError.

        No other exception leaves it, whatever upstream sends.
        """
        ...


@asynccontextmanager
async def open_source(name: str, *, now: dt.datetime, connect_attempts: int) -> AsyncIterator[Source]:
    """Yield the source called `name`, ready to be asked; `now` is the instant its answers are dated with.

    A host that cannot be reached is tried `connect_attempts` times. HF_ENDPOINT and HF_TOKEN are read from the
    environment. Raises FetchError if these cannot be used.
    """
    endpoint = os.environ.get("HF_ENDPOINT") or HUGGING_FACE_ENDPOINT
    token = os.environ.get("HF_TOKEN")
    async with Client(source=name, base_url=endpoint, token=token, connect_attempts=connect_attempts) as client:
        yield HuggingFace(client, lambda: now)
