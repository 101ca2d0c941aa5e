"""Forgetting dates: only those that hold nothing, and only in the range."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from daily_papers.archive.day_files import write_rejected
from daily_papers.archive.ledger import Ledger, LedgerEntry, read_ledger, write_ledger
from daily_papers.jobs.forget import forget_dates
from daily_papers.model.records import Rejected
from tests.factories import store_titles

FIRST = dt.date(2020, 1, 6)
DATES = [FIRST + dt.timedelta(days=number) for number in range(5)]


def test_dates_of_the_range_that_hold_nothing_are_forgotten(tmp_path: Path) -> None:
    ledger: Ledger = {date: LedgerEntry("empty") for date in DATES}
    write_ledger(tmp_path, ledger)
    store_titles(tmp_path, DATES[1], "One")
    write_rejected(tmp_path, DATES[2], [Rejected(id="x", reason="a reason", at="$", record=msgspec.Raw(b"{}"))])
    assert forget_dates(tmp_path, DATES[0], DATES[3]) == [DATES[0], DATES[3]]
    assert list(read_ledger(tmp_path)) == [DATES[1], DATES[2], DATES[4]]


def test_forgetting_nothing_changes_no_file(tmp_path: Path) -> None:
    write_ledger(tmp_path, {FIRST: LedgerEntry("empty")})
    before = (tmp_path / "ledger.json").read_bytes()
    assert forget_dates(tmp_path, DATES[1], DATES[4]) == []
    assert (tmp_path / "ledger.json").read_bytes() == before
    assert forget_dates(tmp_path, DATES[0], DATES[4]) == [FIRST]
    assert read_ledger(tmp_path) == {}
