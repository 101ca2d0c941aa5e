"""The recorded days, where they lie beside the repository: every record of every era becomes a paper.

The records are other people's and no part of the project; without them this says so, and the rest of the tests stands
for it.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from daily_papers.sources.huggingface import Gathered, read_answer

CORPUS = Path(__file__).parents[2] / "shared/corpus/days"
AT = dt.datetime(2026, 8, 21, 3, tzinfo=dt.UTC)


def test_every_recorded_record_is_read_in_full() -> None:
    files = sorted(CORPUS.glob("????-??-??.json"))
    if not files:
        pytest.skip("no recorded days lie at ../shared/corpus/days")
    read = recorded = 0
    for file in files:
        date = dt.date.fromisoformat(file.stem)
        gathered = Gathered(date, AT)
        gathered.add(read_answer(file.read_bytes(), date, AT))
        fetched = gathered.fetched()
        assert not fetched.rejected, file.name
        read += len(fetched.day.papers)
        recorded += len(json.loads(file.read_bytes()))
    assert read == recorded
