"""Exporting: the days of a range, with the curation applied; an unreadable day or a failed write changes nothing else.

The rules of each format are in tests/formats/exports/test_every_format.py.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.curation import CURATION
from daily_papers.archive.day_files import day_path
from daily_papers.errors import ArchiveError, ExportError
from daily_papers.jobs.export import FORMS, ExportOutcome, export_markdown, export_whole
from daily_papers.model.records import Day, Summary
from tests.factories import bytes_below, make_paper, store_day

FIRST, SECOND, THIRD = (dt.date(2026, 7, day) for day in (13, 14, 15))
LANGUAGES = ("ko", "en")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive of three dates with a paper each."""
    folder = tmp_path / "docs"
    for number, date in enumerate((FIRST, SECOND, THIRD), 1):
        store_day(folder, date, make_paper(number))
    return folder


def exported_days(path: Path) -> list[Day]:
    """Return the days of an export in JSON Lines, in its order."""
    return [msgspec.json.decode(line, type=Day) for line in path.read_bytes().splitlines()]


def test_the_days_of_a_range_are_exported_oldest_first(root: Path, tmp_path: Path) -> None:
    starts: list[int] = []
    outcomes: list[ExportOutcome] = []
    out = tmp_path / "out"
    report = export_whole(root, out, "jsonl", since=SECOND, on_start=starts.append, on_outcome=outcomes.append)
    assert [day.date for day in exported_days(out)] == [SECOND, THIRD]
    assert (starts, outcomes) == ([2], [ExportOutcome(SECOND), ExportOutcome(THIRD)])
    assert (str(report), report.errors) == ("2 written", ())
    assert [day.date for day in exported_days(out)] == [SECOND, THIRD]
    export_whole(root, out, "jsonl", until=FIRST)
    assert [day.date for day in exported_days(out)] == [FIRST]


def test_a_range_without_days_writes_nothing(root: Path, tmp_path: Path) -> None:
    report = export_whole(root, tmp_path / "out", "jsonl", since=THIRD + dt.timedelta(days=1))
    assert str(report) == "nothing, no paper of these dates is stored"
    assert not (tmp_path / "out").exists()


def test_a_day_whose_papers_are_all_hidden_is_left_out_and_an_empty_day_is_not(root: Path, tmp_path: Path) -> None:
    store_day(root, SECOND)
    (root / CURATION).write_text("2607.00001: {hide: true}\n2607.00003: {title: Corrected}\n")
    report = export_whole(root, tmp_path / "out", "jsonl")
    days = exported_days(tmp_path / "out")
    assert [(day.date, [paper.title for paper in day.papers]) for day in days] == [(SECOND, []), (THIRD, ["Corrected"])]
    assert report.written == 2


def test_an_export_to_a_folder_that_cannot_be_created_is_an_error_with_the_path(root: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    path = tmp_path / "a file/out.jsonl"
    with pytest.raises(ExportError, match=r"cannot be written: .*; the old content is unchanged") as failed:
        export_whole(root, path, "jsonl")
    assert failed.value.path == path


@pytest.mark.parametrize("form", FORMS)
def test_each_format_has_a_default_path_of_its_own(form: str) -> None:
    assert [other for other in FORMS if FORMS[other].default == FORMS[form].default] == [form]


def test_markdown_has_a_file_a_date_in_the_first_language_that_a_paper_has(root: Path, tmp_path: Path) -> None:
    both = {"ko": Summary(("한국어로.",), "hand"), "en": Summary(("In English.",), "hand")}
    store_day(root, FIRST, make_paper(1, summaries=both), make_paper(2, summaries={"en": both["en"]}))
    out = tmp_path / "digests"
    report = export_markdown(root, out, LANGUAGES, until=SECOND)
    assert sorted(bytes_below(out)) == ["2026/07/13.md", "2026/07/14.md"]
    text = (out / "2026/07/13.md").read_text("utf-8")
    assert text.index("한국어로.") < text.index("In English.")
    assert text.count("In English.") == 1
    assert (report.written, report.unchanged) == (2, 0)


def test_a_repeated_markdown_export_touches_only_changed_files_and_removes_none(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "digests"
    export_markdown(root, out, LANGUAGES)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.md")}
    store_day(root, SECOND, make_paper(2, votes=5))
    day_path(root, THIRD).unlink()
    report = export_markdown(root, out, LANGUAGES)
    assert str(report) == "1 unchanged, 1 written"
    assert {path for path in times if path.stat().st_mtime_ns != times[path]} == {out / "2026/07/14.md"}
    assert (out / "2026/07/15.md").exists()


def test_an_unreadable_day_is_reported_and_does_not_affect_the_others(root: Path, tmp_path: Path) -> None:
    day_path(root, SECOND).write_text("{")
    outcomes: list[ExportOutcome] = []
    report = export_markdown(root, tmp_path / "digests", LANGUAGES, on_outcome=outcomes.append)
    assert str(report) == "1 failed, 2 written"
    assert [(outcome.date, bool(outcome.error)) for outcome in outcomes] == [
        (FIRST, False),
        (SECOND, True),
        (THIRD, False),
    ]
    assert [error.path for error in report.errors] == [day_path(root, SECOND)]
    assert sorted(bytes_below(tmp_path / "digests")) == ["2026/07/13.md", "2026/07/15.md"]


def test_a_digest_that_cannot_be_written_is_reported_and_does_not_affect_the_others(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "digests"
    (out / "2026/07/14.md").mkdir(parents=True)
    report = export_markdown(root, out, LANGUAGES)
    assert [error.path for error in report.errors] == [out / "2026/07/14.md"]
    assert report.written == 2


def test_the_curation_is_applied_to_digests(root: Path, tmp_path: Path) -> None:
    (root / CURATION).write_text("2607.00001: {title: Corrected}\n2607.00002: {hide: true}\n")
    export_markdown(root, tmp_path / "digests", LANGUAGES)
    assert b"Corrected" in (tmp_path / "digests/2026/07/13.md").read_bytes()
    assert b"Paper 2" not in (tmp_path / "digests/2026/07/14.md").read_bytes()


def test_an_invalid_curation_is_an_error_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    (root / CURATION).write_text("- no curation\n")
    with pytest.raises(ArchiveError, match=r"curation\.yml"):
        export_markdown(root, tmp_path / "digests", LANGUAGES)
    assert not (tmp_path / "digests").exists()
