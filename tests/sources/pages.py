"""Read pages of Hugging Face's list without HTTP."""

from __future__ import annotations

import datetime as dt
import json

import msgspec

from daily_papers.model.records import Day, FetchResult, Paper, Rejected
from daily_papers.sources.huggingface import DayAccumulator, read_page

DATE = dt.date(2026, 7, 15)
NOW = dt.datetime(2026, 7, 16, 3, 17, 40, 999, tzinfo=dt.UTC)


def read(*records: object, date: dt.date = DATE, body: bytes | None = None) -> FetchResult:
    """Read one page, and assert that the result can be stored and read again."""
    accumulator = DayAccumulator(date, NOW)
    accumulator.add(read_page(json.dumps(records).encode() if body is None else body, date, NOW))
    fetched = accumulator.result()
    assert msgspec.json.decode(msgspec.json.encode(fetched.day), type=Day) == fetched.day
    assert msgspec.json.decode(msgspec.json.encode(fetched.rejected), type=tuple[Rejected, ...]) == fetched.rejected
    return fetched


def paper_of(one: object, date: dt.date = DATE) -> Paper:
    """Read one record without faults."""
    fetched = read(one, date=date)
    assert fetched.rejected == ()
    (paper,) = fetched.day.papers
    return paper


def fault_of(one: object) -> tuple[Paper, Rejected]:
    """Read one record with an unreadable part."""
    fetched = read(one)
    (paper,), (rejected,) = fetched.day.papers, fetched.rejected
    assert json.loads(bytes(rejected.record)) == one
    assert rejected.id == paper.id
    return paper, rejected
