"""Day files: what is stored is read back the same, and what does not read says where and why."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from daily_papers.archive.day_files import (
    day_path,
    encode_day,
    read_day,
    read_rejected,
    rejected_path,
    stored_dates,
    write_day,
    write_rejected,
)
from daily_papers.archive.file_io import quarantine, remove_stale_temp_files, write_atomically
from daily_papers.archive.ledger import LedgerEntry, ledger_path, read_ledger, write_ledger
from daily_papers.errors import ArchiveError, NewerSchemaError
from daily_papers.jobs.check import check, fix_layout
from daily_papers.model.records import Day, Paper, Rejected, Summary
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
def test_a_day_is_read_back_equal_and_written_again_with_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, day: Day
) -> None:
    root = tmp_path_factory.mktemp("archive")
    write_day(root, day)
    stored = read_day(root, day.date)
    assert stored == day
    assert encode_day(stored) == day_path(root, day.date).read_bytes()


def test_writing_the_same_day_again_touches_nothing(tmp_path: Path) -> None:
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


def test_an_id_that_ends_in_a_zero_stays_text(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    assert '"2402.19170"' in day_path(tmp_path, DATE).read_text("utf-8")


def test_a_date_without_a_file_is_no_day(tmp_path: Path) -> None:
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
def test_a_file_that_does_not_read_names_itself_and_the_place(tmp_path: Path, case: str) -> None:
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
def test_a_newer_schema_is_refused_by_name(tmp_path: Path) -> None:
    path = day_path(tmp_path, DATE)
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_day(DAY).replace(b'"schema": 1', b'"schema": 2'))
    with pytest.raises(NewerSchemaError, match="has schema 2, this version reads 1: update"):
        read_day(tmp_path, DATE)


@pytest.mark.parametrize("schema", [b'"1"', b"0", b"null"])
def test_a_schema_that_is_none_is_not_called_newer(tmp_path: Path, schema: bytes) -> None:
    write_atomically(day_path(tmp_path, DATE), encode_day(DAY).replace(b'"schema": 1', b'"schema": ' + schema))
    with pytest.raises(ArchiveError) as caught:
        read_day(tmp_path, DATE)
    assert not isinstance(caught.value, NewerSchemaError)


@pytest.mark.parametrize(
    ("found", "made", "place"),
    [
        (b'"votes": 3', b'"votes":  3', "line 9"),
        (b'"votes": 3', b'"abstract": null,\n   "votes": 3', "line 9"),
        (
            b'"source": "huggingface"',
            b'"source": "huggingface",\n "fetched_at": "2024-03-02T03:00:00+09:00"',
            "$.fetched_at",
        ),
        (b'"title": "Two"', b'"title": ""', "$.papers[1].title"),
        (b'"schema": 1,\n ', b"", "line 2"),
        (b"\n}\n", b"\n}\n\n", "line 21"),
    ],
)
def test_check_finds_a_day_that_is_not_as_it_is_always_written(
    tmp_path: Path, found: bytes, made: bytes, place: str
) -> None:
    assert found in encode_day(DAY)
    write_atomically(day_path(tmp_path, DATE), encode_day(DAY).replace(found, made))
    assert read_day(tmp_path, DATE) is not None
    assert [error.at for error in check(tmp_path)] == [place]


@pytest.mark.fault(49)
def test_a_link_that_leads_out_of_the_archive_is_neither_read_nor_written(tmp_path: Path) -> None:
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
def test_only_files_of_the_layout_are_days(tmp_path: Path) -> None:
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


@pytest.mark.fault(45)
def test_a_full_disk_names_the_file_and_leaves_the_old_one(tmp_path: Path) -> None:
    """A process that may write no byte more stands for a disk that takes none."""
    write_day(tmp_path, DAY)
    before = day_path(tmp_path, DATE).read_bytes()
    program = (
        "import datetime as dt, pathlib, resource, signal, sys\n"
        "from daily_papers.archive.file_io import write_atomically\n"
        "from daily_papers.errors import ArchiveError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))\n"
        "try: write_atomically(pathlib.Path(sys.argv[1]), b'x' * 1000)\n"
        "except ArchiveError as e: print(e)\n"
    )
    path = day_path(tmp_path, DATE)
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert str(path) in done.stdout
    assert "what was there is unchanged" in done.stdout
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_stale_temporary_is_swept_and_a_living_writer_s_is_not(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    stale, living = tmp_path / f".01.json.{gone.stdout.strip()}.tmp", tmp_path / f".01.json.{os.getppid()}.tmp"
    stale.touch()
    living.touch()
    assert remove_stale_temp_files(tmp_path) == 1
    assert not stale.exists()
    assert living.exists()


def test_rejected_records_are_kept_verbatim_and_go_when_nothing_is_left(tmp_path: Path) -> None:
    record = Rejected(
        id=None, reason="paper: absent", at="$.papers[0]", record=msgspec.Raw(b'{"paper":null,  "x": 1.50}')
    )
    write_rejected(tmp_path, DATE, [record])
    assert b'{"paper":null,  "x": 1.50}' in rejected_path(tmp_path, DATE).read_bytes()
    assert read_rejected(tmp_path, DATE) == (record,)
    write_rejected(tmp_path, DATE, [])
    assert not rejected_path(tmp_path, DATE).exists()


def test_check_names_each_promise_that_does_not_hold(tmp_path: Path) -> None:
    history = ((dt.date(2024, 3, 2), 5), (DATE, 3))
    paper = msgspec.structs.replace(DAY.papers[0], votes=9, vote_history=history)
    write_day(tmp_path, msgspec.structs.replace(DAY, papers=(paper,)))
    ledger_path(tmp_path).write_text("{")
    places = [(error.path.name, error.at) for error in check(tmp_path)]
    assert places == [("01.json", "$.papers[0].vote_history"), ("01.json", "$.papers[0].votes"), ("ledger.json", "")]


def test_check_names_what_a_hand_edit_says_twice_or_in_vain_and_its_remedy_leaves_that_alone(tmp_path: Path) -> None:
    summary = Summary(bullets=("글",), by="Hand")
    paper = msgspec.structs.replace(DAY.papers[0], pinned=True, summaries={"ko": summary})
    write_day(tmp_path, msgspec.structs.replace(DAY, papers=(paper,)))
    path = day_path(tmp_path, DATE)
    faults = {error.at: error.reason for error in check(tmp_path)}
    assert faults["$.papers[0].summaries.ko.by"] == "is 'Hand', expected 'hand'"
    assert "pin the paper in curation.yml" in faults["$.papers[0].pinned"]
    path.write_bytes(path.read_bytes().replace(b'"title":', b'"title": "Another", "title":', 1))
    twice = path.read_bytes()
    assert "has 'title' twice in one object; readers of JSON use only the last one: keep one" in [
        e.reason for e in check(tmp_path)
    ]
    assert not list(fix_layout(tmp_path))
    assert path.read_bytes() == twice


def test_a_day_that_does_not_read_is_set_aside_not_deleted(tmp_path: Path) -> None:
    path = day_path(tmp_path, DATE)
    write_atomically(path, b"half a da")
    assert quarantine(path).read_bytes() == b"half a da"
    assert not path.exists()
    write_atomically(path, b"again half")
    assert quarantine(path).read_bytes() == b"again half"
    assert [error.path.name for error in check(tmp_path)] == ["01.json.2.unreadable", "01.json.unreadable"]


def test_the_ledger_has_one_line_a_date_and_is_written_only_when_it_changes(tmp_path: Path) -> None:
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
