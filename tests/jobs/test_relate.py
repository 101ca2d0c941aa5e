"""Relating papers: only to earlier ones, once for each paper, and with the same result in every run."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.archive.day_files import day_path, write_day
from daily_papers.archive.file_io import LOCK
from daily_papers.archive.related import read_related
from daily_papers.errors import ArchiveError, SymlinkError
from daily_papers.jobs.check import check
from daily_papers.jobs.relate import RelateReport, relate_archive
from daily_papers.jobs.similarity import MAX_SIMILAR
from daily_papers.model.records import Day, Paper
from tests import strategies
from tests.factories import make_keyword_paper, make_unrelated_papers, store_day

MAY, JUNE, JULY = dt.date(2024, 5, 27), dt.date(2024, 6, 10), dt.date(2024, 7, 1)
RIVERS = ("Mapping rivers from satellites", "Rivers and satellites", "How rivers look to satellites")


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def rivers(tmp_path: Path) -> Path:
    """An archive with three papers on one subject, in three months, among unrelated ones."""
    for number, (date, title) in enumerate(zip((MAY, JUNE, JULY), RIVERS, strict=True)):
        store_day(
            tmp_path,
            date,
            make_keyword_paper(f"240{number}.00001", title, "remote sensing"),
            *make_unrelated_papers(first=100 * number),
        )
    return tmp_path


def test_related_papers_are_of_an_earlier_date(rivers: Path) -> None:
    store_day(
        rivers,
        JUNE,
        make_keyword_paper("2401.00001", RIVERS[1], "remote sensing"),
        make_keyword_paper("2401.00009", RIVERS[1]),
    )
    report = relate_archive(rivers)
    related = read_related(rivers)
    assert report.complete
    assert related["2400.00001"] == ()
    assert related["2401.00001"] == related["2401.00009"] == ("2400.00001",)
    assert set(related["2402.00001"]) == {"2400.00001", "2401.00001", "2401.00009"}


def test_a_paper_listed_again_is_related_on_its_first_date_only(rivers: Path) -> None:
    again = make_keyword_paper("2400.00001", RIVERS[0], "remote sensing")
    store_day(rivers, JULY, again, make_keyword_paper("2402.00001", RIVERS[2], "remote sensing"))
    assert str(relate_archive(rivers)) == "2 of 123 papers related to earlier ones"
    assert set(read_related(rivers)["2402.00001"]) == {"2400.00001", "2401.00001"}
    assert read_related(rivers)["2400.00001"] == ()
    assert '"2400.00001":' not in (rivers / "2024/07/related.json").read_text()


def test_the_file_of_a_month_has_one_line_a_paper_and_the_first_date_of_the_archive(rivers: Path) -> None:
    relate_archive(rivers)
    text = (rivers / "2024/06/related.json").read_text()
    head, *lines, last = text.splitlines()
    assert head == '{"since": "2024-05-27", "papers": {'
    assert lines[-1] == '"2401.00001": ["2400.00001"]'
    assert len(lines) == 61
    assert lines == sorted(lines)
    assert last == "}}"
    assert set(json.loads(text)["papers"]) == {"2401.00001", *(one.id for one in make_unrelated_papers(first=100))}


def test_a_second_run_finds_nothing_new_and_changes_no_byte(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)
    starts: list[int] = []
    assert str(relate_archive(rivers, on_start=starts.append)) == "nothing new"
    assert starts == [0]
    assert files(rivers) == before


def test_a_new_day_only_adds_lines_to_the_file_of_its_month(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)
    store_day(rivers, JULY + dt.timedelta(days=1), make_keyword_paper("2402.00002", RIVERS[0], "remote sensing"))
    assert str(relate_archive(rivers)) == "1 of 1 papers related to earlier ones"
    after = files(rivers)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"2024/07/02.json", "2024/07/related.json"}
    lines, lines_before = (
        {*text[name].replace(b",\n", b"\n").splitlines()}
        for text in (after, before)
        for name in changed
        if name in before
    )
    assert lines_before < lines


def test_related_papers_stay_the_same_after_a_change_of_the_title(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)["2024/07/related.json"]
    store_day(rivers, JULY, make_keyword_paper("2402.00001", "Something else"), *make_unrelated_papers(first=200))
    relate_archive(rivers)
    assert files(rivers)["2024/07/related.json"] == before


def test_an_archive_related_day_by_day_has_the_same_files_as_one_related_at_once(tmp_path: Path) -> None:
    day_by_day, at_once = tmp_path / "day-by-day", tmp_path / "at-once"
    for number, date in enumerate((MAY, JUNE, JULY, JULY + dt.timedelta(days=1))):
        listed = [
            make_keyword_paper(f"240{number}.00001", RIVERS[number % 3]),
            *make_unrelated_papers(first=100 * number),
        ]
        store_day(day_by_day, date, *listed)
        relate_archive(day_by_day)
        store_day(at_once, date, *listed)
    relate_archive(at_once)
    assert files(day_by_day) == files(at_once)


def test_an_archive_that_got_an_earlier_first_date_is_related_again(rivers: Path) -> None:
    relate_archive(rivers)
    store_day(rivers, MAY - dt.timedelta(days=40), make_keyword_paper("2399.00001", RIVERS[0], "remote sensing"))
    assert relate_archive(rivers).outcomes[-1].papers == 61
    assert set(read_related(rivers)["2402.00001"]) == {"2399.00001", "2400.00001", "2401.00001"}
    assert b'"since": "2024-04-17"' in files(rivers)["2024/07/related.json"]
    assert str(relate_archive(rivers)) == "nothing new"


def test_a_day_added_between_others_does_not_change_what_was_found(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)
    store_day(rivers, MAY + dt.timedelta(days=7), make_keyword_paper("2400.00007", RIVERS[0], "remote sensing"))
    relate_archive(rivers)
    after = files(rivers)
    assert after["2024/07/related.json"] == before["2024/07/related.json"]
    assert read_related(rivers)["2400.00007"] == ("2400.00001",)


def test_a_paper_moves_to_an_earlier_month_if_it_was_first_listed_there(rivers: Path) -> None:
    relate_archive(rivers)
    store_day(rivers, JUNE - dt.timedelta(days=7), make_keyword_paper("2402.00001", RIVERS[2], "remote sensing"))
    relate_archive(rivers)
    assert read_related(rivers)["2402.00001"] == ("2400.00001",)
    assert "2402.00001" not in (rivers / "2024/07/related.json").read_text()


def test_an_unreadable_day_is_skipped_and_loses_no_related_papers(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)["2024/06/related.json"]
    day_path(rivers, JUNE).write_text("{")
    store_day(rivers, JUNE + dt.timedelta(days=1), make_keyword_paper("2401.00002", RIVERS[1], "remote sensing"))
    relate_archive(rivers)
    assert read_related(rivers)["2401.00001"] == ("2400.00001",)
    assert set(before.splitlines()) - set(files(rivers)["2024/06/related.json"].splitlines()) <= {
        before.splitlines()[-2]
    }
    assert read_related(rivers)["2401.00002"] == ("2400.00001",)


def test_a_removed_paper_is_removed_from_the_file_of_its_month(rivers: Path) -> None:
    relate_archive(rivers)
    store_day(rivers, JULY, *make_unrelated_papers(first=200))
    relate_archive(rivers)
    assert "2402.00001" not in read_related(rivers)


def test_a_run_at_its_time_limit_relates_one_month_and_the_next_run_continues(rivers: Path) -> None:
    seconds = count()
    reports: list[RelateReport] = []
    while not reports or not reports[-1].complete:
        reports.append(relate_archive(rivers, run_s=0.5, clock=lambda: float(next(seconds))))
    assert [[outcome.date.month for outcome in report.outcomes] for report in reports] == [[5], [6], [7]]
    assert (
        str(reports[0]) == "0 of 61 papers related to earlier ones, 122 left: the run's time limit of 0.5 s is reached"
    )
    at_once = rivers / "at-once"
    for date in (MAY, JUNE, JULY):
        path = day_path(at_once, date)
        path.parent.mkdir(parents=True)
        path.write_bytes(day_path(rivers, date).read_bytes())
    relate_archive(at_once)
    assert read_related(at_once) == read_related(rivers)


def test_an_interrupted_run_keeps_the_months_it_has_stored(rivers: Path) -> None:
    def stop(outcome: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relate_archive(rivers, on_outcome=stop)
    assert [name for name in files(rivers) if name.endswith("related.json")] == ["2024/05/related.json"]
    assert [outcome.date.month for outcome in relate_archive(rivers).outcomes] == [6, 7]


UNREADABLE = {
    "cut": '{"since": "2024-05-27", "papers": {',
    "an invalid id": '{"since": "2024-05-27", "papers": {"../../etc": []}}',
    "an invalid related id": '{"since": "2024-05-27", "papers": {"2401.00001": ["javascript:x"]}}',
    "an invalid date": '{"since": "yesterday", "papers": {}}',
    "an unknown key": '{"since": "2024-05-27", "papers": {}, "paper": {}}',
    "not UTF-8": '{"since": "2024-05-27", "papers": {"\udcff": []}}',
    "nested too deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_file_is_reported_by_check_and_renamed_by_the_next_run(rivers: Path, text: str) -> None:
    relate_archive(rivers)
    path = rivers / "2024/06/related.json"
    whole = path.read_bytes()
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArchiveError, match=r"related\.json.*restore it from git, or delete it"):
        read_related(rivers)
    assert [fault.path for fault in check(rivers)] == [path]
    assert [outcome.date.month for outcome in relate_archive(rivers).outcomes] == [6]
    assert path.read_bytes() == whole
    assert path.with_name("related.json.unreadable").exists()


def test_a_symbolic_link_is_neither_read_nor_written_through(rivers: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text('{"since": "2024-05-27", "papers": {"2401.00001": ["2400.00001"]}}')
    (rivers / "2024/06/related.json").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    with pytest.raises(SymlinkError):
        relate_archive(rivers)
    assert elsewhere.read_bytes() == before
    assert (rivers / "2024/06/related.json").readlink() == elsewhere


def test_an_archive_that_another_run_is_writing_to_is_refused(rivers: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from daily_papers.archive.file_io import archive_lock\n"
        "with archive_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, rivers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(ArchiveError, match="another run is writing"):
            relate_archive(rivers)
        holder.communicate("")
    assert not (rivers / LOCK).exists()
    assert relate_archive(rivers).complete


def test_an_empty_archive_has_nothing_to_relate(tmp_path: Path) -> None:
    assert str(relate_archive(tmp_path)) == "nothing new"
    assert read_related(tmp_path) == {}
    assert not files(tmp_path)


def test_without_fts5_nothing_is_related_and_the_report_names_the_reason(
    rivers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bare(sqlite3.Connection):
        """A connection to an SQLite without FTS5."""

        def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:
            if "fts5" in sql:
                raise sqlite3.OperationalError("no such module: fts5")
            return super().execute(sql, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", lambda path: Bare(path))
    report = relate_archive(rivers)
    assert str(report) == "183 left: the SQLite of this Python has no FTS5, which finds similar papers"
    assert not list(rivers.glob("**/related.json"))


WORDS = ("rivers", "satellites", "glaciers", "mapping", "InternVL2", "강의")
papers = st.builds(
    Paper,
    id=strategies.ids,
    title=strategies.names.filter(str.strip) | st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
    keywords=st.lists(st.sampled_from(WORDS) | strategies.names, max_size=3).map(tuple),
    abstract=st.none() | strategies.texts,
)
"""Papers with the fields that decide which papers are related."""


def days_of(dates: list[dt.date]) -> st.SearchStrategy[tuple[Day, ...]]:
    listed = st.lists(papers, max_size=5, unique_by=lambda paper: paper.id).map(tuple)
    days = [st.builds(Day, date=st.just(date), source=st.just("huggingface"), papers=listed) for date in dates]
    return st.tuples(*days)


@settings(max_examples=60)
@given(days=st.lists(strategies.dates, min_size=1, max_size=5, unique=True).flatmap(days_of))
def test_related_papers_are_earlier_ones_and_a_second_run_changes_nothing(
    days: tuple[Day, ...],
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for day in days:
            write_day(root, day)
        assert relate_archive(root).complete
        first: dict[str, dt.date] = {}
        for day in sorted(days, key=lambda day: day.date):
            for one in day.papers:
                first.setdefault(one.id, day.date)
        related = read_related(root)
        assert related.keys() == first.keys()
        assert all(first[other] < first[one] for one, others in related.items() for other in others)
        assert all(len(set(others)) == len(others) <= MAX_SIMILAR for others in related.values())
        before = files(root)
        relate_archive(root)
        assert files(root) == before
