"""The ledger: one line a date, read back equal."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive.ledger import LedgerEntry, ledger_path, read_ledger, write_ledger
from daily_papers.errors import ArchiveError

DATE = dt.date(2024, 3, 1)


def test_the_ledger_has_one_line_a_date_and_is_written_only_if_it_changed(tmp_path: Path) -> None:
    ledger = {dt.date(2024, 3, 4): LedgerEntry("failed", "hf: 500"), DATE: LedgerEntry("complete")}
    assert write_ledger(tmp_path, ledger)
    assert not write_ledger(tmp_path, dict(reversed(ledger.items())))
    assert read_ledger(tmp_path) == ledger
    assert ledger_path(tmp_path).read_text("utf-8").splitlines() == [
        "{",
        '"2024-03-01": {"state":"complete"},',
        '"2024-03-04": {"state":"failed","reason":"hf: 500"}',
        "}",
    ]


def test_no_file_is_an_empty_ledger_and_an_empty_ledger_is_no_file(tmp_path: Path) -> None:
    assert read_ledger(tmp_path) == {}
    assert not write_ledger(tmp_path, {})
    assert not ledger_path(tmp_path).exists()
    write_ledger(tmp_path, {DATE: LedgerEntry("complete")})
    assert write_ledger(tmp_path, {})
    assert read_ledger(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"2024-03-01": {"state": "unknown"}}', '{"2024-03-01": {"stat": "failed"}}']
)
def test_an_unreadable_ledger_is_an_error_with_path_and_remedy(tmp_path: Path, text: str) -> None:
    ledger_path(tmp_path).write_text(text)
    with pytest.raises(ArchiveError, match=r"ledger\.json.*: .*restore it from git"):
        read_ledger(tmp_path)


@pytest.mark.parametrize(
    ("entry", "phase"),
    [
        (LedgerEntry("complete"), "settled"),
        (LedgerEntry("moving"), "open"),
        (LedgerEntry("partial", phase="refreshed"), "refreshed"),
    ],
)
def test_a_complete_date_is_settled_and_any_other_has_its_stored_phase(entry: LedgerEntry, phase: str) -> None:
    assert entry.last_phase == phase


@pytest.mark.parametrize("year", ["0999", "9999"])
def test_a_date_that_no_archive_has_is_an_error(tmp_path: Path, year: str) -> None:
    ledger_path(tmp_path).write_text(f'{{"{year}-07-14": {{"state":"empty"}}}}')
    with pytest.raises(ArchiveError, match=rf'at \$\["{year}-07-14"\]: is {year}-07-14, expected a year from 1900 to'):
        read_ledger(tmp_path)
