"""Day files: a stored day is read back equal, and an unreadable file is an error with position and reason."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from daily_papers.archive.day_files import (
    day_path,
    encode_day,
    find_blocked_folders,
    find_misplaced_files,
    read_day,
    read_rejected,
    rejected_path,
    stored_dates,
    write_day,
    write_rejected,
)
from daily_papers.archive.file_io import write_atomically
from daily_papers.errors import ArchiveError, NewerSchemaError, SymlinkError
from daily_papers.jobs.check import check
from daily_papers.model.records import Day, Paper, Rejected
from tests.factories import bytes_below
from tests.strategies import days

DATE = dt.date(2024, 3, 1)
DAY = Day(
    date=DATE,
    source="huggingface",
    papers=(
        Paper(id="2402.19173", title="One", votes=3, vote_history=((DATE, 3),)),
        Paper(id="2402.19170", title="Two"),
    ),
)


@given(day=days())
def test_a_day_is_read_back_equal_and_written_with_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, day: Day
) -> None:
    root = tmp_path_factory.mktemp("archive")
    write_day(root, day)
    stored = read_day(root, day.date)
    assert stored == day
    assert encode_day(stored) == day_path(root, day.date).read_bytes()


def test_writing_an_equal_day_does_not_touch_the_file(tmp_path: Path) -> None:
    assert write_day(tmp_path, DAY)
    before = day_path(tmp_path, DATE).stat()
    assert not write_day(tmp_path, DAY)
    assert day_path(tmp_path, DATE).stat().st_mtime_ns == before.st_mtime_ns


def test_a_changed_vote_is_one_line_of_a_diff(tmp_path: Path) -> None:
    def lines(votes: int) -> set[str]:
        paper = msgspec.structs.replace(DAY.papers[0], votes=votes, vote_history=())
        return set(encode_day(msgspec.structs.replace(DAY, papers=(paper,))).decode().splitlines())

    assert lines(4) - lines(3) == {'   "votes": 4'}
    assert '    ["2024-03-01", 3]' in encode_day(DAY).decode().splitlines()


def test_an_id_that_ends_in_zero_stays_text(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    assert '"2402.19170"' in day_path(tmp_path, DATE).read_text("utf-8")


def test_a_date_without_a_file_has_no_day_and_no_rejected_records(tmp_path: Path) -> None:
    assert read_day(tmp_path, DATE) is None
    assert read_rejected(tmp_path, DATE) == ()


BROKEN = {
    "cut": (encode_day(DAY)[:60], "truncated", ""),
    "empty": (b"", "truncated", ""),
    "merge marks": (b'{\n<<<<<<< HEAD\n "schema": 1', "git merge", "line 2"),
    "not UTF-8": (encode_day(DAY).replace(b"One", b"\xff\xfe"), "utf-8", ""),
    "a mistyped key": (encode_day(DAY).replace(b'"votes"', b'"vote"'), "unknown field `vote`", "$.papers[0]"),
    "a wrong type": (encode_day(DAY).replace(b'"votes": 3', b'"votes": "3"'), "got `str`", "$.papers[0].votes"),
    "an unusable id": (encode_day(DAY).replace(b"2402.19173", b"../../etc"), "regex", "$.papers[0].id"),
    "one id twice": (encode_day(DAY).replace(b"19173", b"19170"), "twice in one day", ""),
    "another date": (
        encode_day(DAY).replace(b'"date": "2024-03-01"', b'"date": "2024-03-02"'),
        "expected 2024-03-01",
        "$.date",
    ),
    "too deep": (
        b'{"schema":1,"date":"2024-03-01","source":"x","papers":' + b"[" * 100_000,
        "Expected `object`",
        "$.papers[0]",
    ),
}


@pytest.mark.fault(47)
@pytest.mark.parametrize("case", BROKEN)
def test_an_unreadable_file_is_an_error_with_path_reason_and_position(tmp_path: Path, case: str) -> None:
    data, message, at = BROKEN[case]
    path = day_path(tmp_path, DATE)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        read_day(tmp_path, DATE)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    assert message in str(caught.value)
    assert caught.value.at == at
    assert [str(error) for error in check(tmp_path)] == [str(caught.value)]


@pytest.mark.fault(48)
def test_a_newer_schema_is_an_error_with_both_versions(tmp_path: Path) -> None:
    path = day_path(tmp_path, DATE)
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_day(DAY).replace(b'"schema": 1', b'"schema": 2'))
    with pytest.raises(NewerSchemaError, match="has schema 2, this version reads 1: update"):
        read_day(tmp_path, DATE)


@pytest.mark.parametrize("schema", [b'"1"', b"0", b"null"])
def test_an_invalid_schema_is_not_reported_as_newer(tmp_path: Path, schema: bytes) -> None:
    write_atomically(day_path(tmp_path, DATE), encode_day(DAY).replace(b'"schema": 1', b'"schema": ' + schema))
    with pytest.raises(ArchiveError) as caught:
        read_day(tmp_path, DATE)
    assert not isinstance(caught.value, NewerSchemaError)


@pytest.mark.fault(49)
def test_a_symbolic_link_out_of_the_archive_is_neither_read_nor_written(tmp_path: Path) -> None:
    root, outside = tmp_path / "docs", tmp_path / "outside.json"
    path = day_path(root, DATE)
    path.parent.mkdir(parents=True)
    outside.write_bytes(encode_day(DAY))
    path.symlink_to(outside)
    with pytest.raises(ArchiveError, match="symbolic link"):
        read_day(root, DATE)
    with pytest.raises(ArchiveError, match="symbolic link"):
        write_day(root, msgspec.structs.replace(DAY, papers=()))
    assert outside.read_bytes() == encode_day(DAY)


@pytest.mark.fault(49)
def test_only_files_with_a_date_as_path_are_day_files(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    for name in (
        "2024/02/31.json",
        "2024/03/notes.json",
        "2024/03/02.rejected.json",
        "24/03/02.json",
        "2024/03/02.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[]")
    assert stored_dates(tmp_path) == [DATE]


def test_rejected_records_are_stored_verbatim_and_an_empty_list_removes_the_file(tmp_path: Path) -> None:
    record = Rejected(
        id=None, reason="paper: absent", at="$.papers[0]", record=msgspec.Raw(b'{"paper":null,  "x": 1.50}')
    )
    write_rejected(tmp_path, DATE, [record])
    assert b'{"paper":null,  "x": 1.50}' in rejected_path(tmp_path, DATE).read_bytes()
    assert read_rejected(tmp_path, DATE) == (record,)
    write_rejected(tmp_path, DATE, [])
    assert not rejected_path(tmp_path, DATE).exists()


@pytest.mark.parametrize("link", ["2024", "2024/03", "2024/03/01.json", "2024/03/01.rejected.json"])
def test_a_file_behind_a_symbolic_link_is_protected(tmp_path: Path, link: str) -> None:
    root, outside = tmp_path / "docs", tmp_path / "outside"
    write_day(outside, DAY)
    write_rejected(outside, DATE, [Rejected(None, "reason", "$.papers[0]", msgspec.Raw(b"1"))])
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside / link)
    before = bytes_below(outside)
    other = msgspec.structs.replace(DAY, papers=())
    calls = (
        (lambda: read_rejected(root, DATE), lambda: write_rejected(root, DATE, []))
        if "rejected" in link
        else (lambda: read_day(root, DATE), lambda: write_day(root, other))
    )
    for call in calls:
        with pytest.raises(SymlinkError, match="symbolic link"):
            call()
    assert bytes_below(outside) == before


def test_the_folder_of_the_archive_may_be_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "docs").symlink_to(tmp_path / "elsewhere")
    assert write_day(tmp_path / "docs", DAY)
    assert read_day(tmp_path / "docs", DATE) == DAY


@pytest.mark.parametrize("rest", [b"", b'"papers', b"\xff", b"NaN}", b"[" * 100_000, b"<<<<<<< ours\n"])
def test_a_damaged_file_of_a_later_version_is_protected(tmp_path: Path, rest: bytes) -> None:
    write_atomically(day_path(tmp_path, DATE), b'{"schema": 2, "date": "2024-03-01", ' + rest)
    with pytest.raises(NewerSchemaError, match="update mkdocs-daily-papers"):
        read_day(tmp_path, DATE)


def test_a_file_in_the_place_of_a_date_or_folder_that_cannot_be_is_found(tmp_path: Path) -> None:
    misplaced = ["0999/01/01.json", "2026/13/01.json", "2026/02/31.json", "9999/12/31.rejected.json"]
    for name in [*misplaced, "2026/02/28.json", "2026/02/notes.json"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "2027").touch()
    (tmp_path / "2026/03").touch()
    assert {error.path for error in find_misplaced_files(tmp_path)} == {tmp_path / name for name in misplaced}
    assert [error.path for error in find_blocked_folders(tmp_path)] == [tmp_path / "2027", tmp_path / "2026/03"]
    assert stored_dates(tmp_path) == [dt.date(2026, 2, 28)]
