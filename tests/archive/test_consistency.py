"""Rules of a day beyond its JSON types: the same ones for every writer and for `check`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from daily_papers.archive.consistency import find_inconsistencies
from daily_papers.archive.day_files import day_path, encode_day, write_day
from daily_papers.archive.file_io import write_atomically
from daily_papers.errors import ArchiveError
from daily_papers.jobs.check import check
from daily_papers.model.records import Day, Failure, Summary
from tests.factories import make_day, make_paper

DATE = dt.date(2026, 7, 15)
KOREA = dt.timezone(dt.timedelta(hours=9))
AT_NINE = dt.datetime(2026, 7, 15, 9, tzinfo=KOREA)


def with_paper(**fields: Any) -> Day:
    return make_day(DATE, make_paper(1, **fields))


INCONSISTENT = {
    "a year with three digits": (make_day(dt.date(999, 5, 5), make_paper()), "$.date"),
    "the last year of the calendar": (make_day(dt.date(9999, 12, 31), make_paper()), "$.date"),
    "a fetch in local time": (make_day(DATE, make_paper(), fetched_at=AT_NINE), "$.fetched_at"),
    "a blank title": (with_paper(title=" "), "$.papers[0].title"),
    "votes out of order": (
        with_paper(votes=1, vote_history=((dt.date(2026, 7, 16), 2), (DATE, 1))),
        "$.papers[0].vote_history",
    ),
    "other votes than the last ones": (with_paper(votes=7, vote_history=((DATE, 1),)), "$.papers[0].votes"),
    "a submission in local time": (with_paper(submitted_at=AT_NINE), "$.papers[0].submitted_at"),
    "a summary in local time": (
        with_paper(summaries={"ko": Summary(bullets=("하나",), by="a-model", at=AT_NINE)}),
        "$.papers[0].summaries.ko.at",
    ),
    "an author of a summary in capitals": (
        with_paper(summaries={"ko": Summary(bullets=("하나",), by="Hand")}),
        "$.papers[0].summaries.ko.by",
    ),
    "a failure in local time": (
        with_paper(failures={"ko": Failure("empty", "a-model", AT_NINE, "p", "i")}),
        "$.papers[0].failures.ko.at",
    ),
    "a pinned paper": (with_paper(pinned=True), "$.papers[0].pinned"),
}


def test_an_ordinary_day_is_consistent() -> None:
    day = make_day(DATE, make_paper(votes=2, vote_history=((DATE, 2),)), fetched_at=AT_NINE.astimezone(dt.UTC))
    assert list(find_inconsistencies(day)) == []


@pytest.mark.parametrize("case", INCONSISTENT)
def test_an_inconsistent_day_is_reported_by_check_and_refused_by_the_writer(tmp_path: Path, case: str) -> None:
    day, at = INCONSISTENT[case]
    assert at in [position for position, _ in find_inconsistencies(day)]
    with pytest.raises(ArchiveError, match="cannot be stored") as refused:
        write_day(tmp_path, day)
    assert refused.value.at == at
    assert list(tmp_path.iterdir()) == []
    if day.date == DATE:
        write_atomically(day_path(tmp_path, DATE), encode_day(day))
        assert at in [error.at for error in check(tmp_path)]
