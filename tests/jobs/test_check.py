"""Checking an archive: each unreadable file and each broken rule of a record is reported with file and place."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.curation import CURATION
from daily_papers.archive.day_files import day_path, encode_day, read_day, rejected_path, write_day
from daily_papers.archive.file_io import quarantine, write_atomically
from daily_papers.archive.ledger import ledger_path
from daily_papers.errors import ArchiveError
from daily_papers.jobs.base import write_access
from daily_papers.jobs.check import check, fix_layout, unlisted_corrections
from daily_papers.model.records import Day, Failure, Summary
from tests.factories import make_day, make_paper

DATE = dt.date(2024, 3, 1)
DAY = Day(
    date=DATE,
    source="huggingface",
    papers=(
        make_paper(id="2402.19173", title="One", votes=3, vote_history=((DATE, 3),)),
        make_paper(id="2402.19170", title="Two"),
    ),
)


def reported(root: Path) -> list[tuple[str, str]]:
    """Return file and place of each fault."""
    return [(str(error.path.relative_to(root)), error.at) for error in check(root)]


def store_unchecked(root: Path, day: Day) -> None:
    """Write the file of `day` as an editor would, although the package refuses to store it."""
    write_atomically(day_path(root, day.date), encode_day(day))


def test_a_consistent_archive_has_no_fault(tmp_path: Path) -> None:
    assert not list(check(tmp_path))
    write_day(tmp_path, DAY)
    assert not list(check(tmp_path))


@pytest.mark.parametrize(
    "name",
    [
        "2024/03/01.json",
        "2024/03/01.rejected.json",
        "2024/03/related.json",
        "ledger.json",
        "arxiv.json",
        "media.json",
        "usage.json",
        "curation.yml",
        "topics.yml",
        "prompts.yml",
    ],
)
def test_each_unreadable_file_of_the_archive_is_reported(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"{")
    (fault,) = check(tmp_path)
    assert fault.path == tmp_path / name
    assert (tmp_path / name).read_bytes() == b"{"


def test_a_quarantined_file_is_reported_until_it_is_deleted(tmp_path: Path) -> None:
    write_atomically(rejected_path(tmp_path, DATE), b"{")
    renamed = quarantine(rejected_path(tmp_path, DATE))
    (fault,) = check(tmp_path)
    assert fault.path == renamed
    assert "then delete it" in fault.reason
    renamed.unlink()
    assert not list(check(tmp_path))


def test_the_first_line_with_another_layout_is_quoted_with_the_remedy(tmp_path: Path) -> None:
    write_atomically(day_path(tmp_path, DATE), encode_day(DAY).replace(b'"votes": 3', b'"votes":  3'))
    (fault,) = check(tmp_path)
    assert fault.reason == (
        "expected '   \"votes\": 3,', the standard layout; "
        "'daily-papers check --fix' changes the layout of the file and none of its content"
    )


def test_an_instant_with_fractions_of_a_second_is_reported(tmp_path: Path) -> None:
    at = dt.datetime(2024, 3, 2, 3, 0, 0, 5, tzinfo=dt.UTC)
    failure = Failure(reason="schema: x", by="a-model", at=at, prompt="p", input="i")
    summary = Summary(("A sentence.",), "a-model", at)
    paper = make_paper(
        id="2402.19173", title="One", submitted_at=at, failures={"ko": failure}, summaries={"en": summary}
    )
    store_unchecked(tmp_path, make_day(DATE, paper, fetched_at=at))
    assert reported(tmp_path) == [
        ("2024/03/01.json", "$.fetched_at"),
        ("2024/03/01.json", "$.papers[0].submitted_at"),
        ("2024/03/01.json", "$.papers[0].summaries.en.at"),
        ("2024/03/01.json", "$.papers[0].failures.ko.at"),
    ]


def test_a_file_that_an_editor_reformatted_is_reported_and_the_remedy_keeps_its_content(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    path = day_path(tmp_path, DATE)
    day = json.loads(path.read_text("utf-8"))
    day["papers"][0]["summaries"] = {"en": {"bullets": ["Water runs **downhill**, always."], "by": "hand"}}
    path.write_text(json.dumps(day, ensure_ascii=False, indent=4) + "\n", "utf-8")
    edited = read_day(tmp_path, DATE)
    (fault,) = check(tmp_path)
    assert "'daily-papers check --fix' changes the layout of the file and none of its content" in str(fault)
    assert list(fix_layout(tmp_path)) == [path]
    assert not list(check(tmp_path))
    assert read_day(tmp_path, DATE) == edited
    assert not list(fix_layout(tmp_path))


def test_the_layout_is_not_changed_while_another_run_writes(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    with write_access(tmp_path), pytest.raises(ArchiveError, match="another run is writing"):
        list(fix_layout(tmp_path))


def test_ids_of_the_curation_that_no_day_lists_are_found(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    assert unlisted_corrections(tmp_path) == []
    (tmp_path / CURATION).write_text("2402.19173: {pin: true}\n2402.19999: {pin: true}\n")
    assert unlisted_corrections(tmp_path) == ["2402.19999"]
    (tmp_path / CURATION).write_text("- no curation\n")
    assert unlisted_corrections(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "position"),
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
def test_a_day_that_is_not_in_the_standard_layout_is_reported(
    tmp_path: Path, old: bytes, new: bytes, position: str
) -> None:
    assert old in encode_day(DAY)
    write_atomically(day_path(tmp_path, DATE), encode_day(DAY).replace(old, new))
    assert read_day(tmp_path, DATE) is not None
    assert [error.at for error in check(tmp_path)] == [position]


def test_each_broken_rule_of_the_record_is_reported(tmp_path: Path) -> None:
    history = ((dt.date(2024, 3, 2), 5), (DATE, 3))
    paper = msgspec.structs.replace(DAY.papers[0], votes=9, vote_history=history)
    store_unchecked(tmp_path, msgspec.structs.replace(DAY, papers=(paper,)))
    ledger_path(tmp_path).write_text("{")
    positions = [(error.path.name, error.at) for error in check(tmp_path)]
    assert positions == [("01.json", "$.papers[0].vote_history"), ("01.json", "$.papers[0].votes"), ("ledger.json", "")]


def test_manual_edits_without_effect_are_reported_and_not_changed_by_the_remedy(tmp_path: Path) -> None:
    summary = Summary(bullets=("글",), by="Hand")
    paper = msgspec.structs.replace(DAY.papers[0], pinned=True, summaries={"ko": summary})
    store_unchecked(tmp_path, msgspec.structs.replace(DAY, papers=(paper,)))
    path = day_path(tmp_path, DATE)
    faults = {error.at: error.reason for error in check(tmp_path)}
    assert faults["$.papers[0].summaries.ko.by"] == "is 'Hand', expected 'hand'"
    assert "pin the paper in curation.yml" in faults["$.papers[0].pinned"]
    path.write_bytes(path.read_bytes().replace(b'"title":', b'"title": "Another", "title":', 1))
    with_repeated_key = path.read_bytes()
    assert "has 'title' twice in one object; readers of JSON use only the last one: keep one" in [
        e.reason for e in check(tmp_path)
    ]
    assert not list(fix_layout(tmp_path))
    assert path.read_bytes() == with_repeated_key


def test_the_remedy_does_not_change_an_unreadable_file(tmp_path: Path) -> None:
    write_day(tmp_path, DAY)
    path = day_path(tmp_path, DATE)
    path.write_bytes(path.read_bytes().replace(b'"votes"', b'"vote"'))
    before = path.read_bytes()
    assert not list(fix_layout(tmp_path))
    assert path.read_bytes() == before


def test_an_invalid_usage_file_and_invalid_prompts_are_reported(tmp_path: Path) -> None:
    (tmp_path / "usage.json").write_text('{"2026-07": {"calls": -1}}')
    (tmp_path / "prompts.yml").write_text("- no\n")
    assert [str(fault).rpartition("/")[2].split(":")[0].split(" ")[0] for fault in check(tmp_path)] == [
        "usage.json",
        "prompts.yml",
    ]
