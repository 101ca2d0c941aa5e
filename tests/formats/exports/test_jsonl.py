"""An export to JSON Lines can be imported without loss."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.archive.day_files import day_path, encode_day, read_day, stored_dates, write_day
from daily_papers.jobs.check import check
from daily_papers.jobs.export import export_whole
from daily_papers.jobs.import_ import import_digests
from daily_papers.model.records import Day, Paper, Summary
from tests import strategies
from tests.factories import make_day, make_paper

DATE = dt.date(2024, 3, 1)
FETCHED_AT = dt.datetime(2024, 3, 9, tzinfo=dt.UTC)


def day_files(root: Path) -> dict[dt.date, bytes]:
    return {date: day_path(root, date).read_bytes() for date in stored_dates(root)}


def archive(root: Path, *days: Day) -> Path:
    for day in days:
        write_day(root, day)
    return root


def fetched_day(date: dt.date, *papers: Paper) -> Day:
    return make_day(date, *papers, fetched_at=FETCHED_AT)


several_days = st.lists(st.dates(dt.date(2023, 1, 1), dt.date(2026, 1, 1)), max_size=4, unique=True).flatmap(
    lambda dates: st.tuples(*map(strategies.days, dates))
)


@settings(max_examples=60)
@given(several_days)
def test_exported_days_have_the_same_bytes_after_import_into_an_empty_archive(days: tuple[Day, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, target, export = (Path(folder, name) for name in ("source", "target", "out.jsonl"))
        archive(source, *days)
        exported = export_whole(source, export, "jsonl")
        assert exported.written == len(days)
        if days:
            assert import_digests(target, [export]).complete
        assert day_files(target) == day_files(source)


@settings(max_examples=40)
@given(strategies.days(), strategies.days())
def test_an_import_into_the_exported_archive_removes_nothing(day: Day, later: Day) -> None:
    """This also holds if the archive has changed since the export."""
    with tempfile.TemporaryDirectory() as folder:
        root, export = Path(folder, "docs"), Path(folder, "out.jsonl")
        archive(root, day)
        export_whole(root, export, "jsonl")
        assert {outcome.result for outcome in import_digests(root, [export]).outcomes} == {"unchanged"}
        assert day_files(root) == {day.date: encode_day(day)}
        archive(root, later)
        import_digests(root, [export])
        known = read_day(root, day.date)
        assert known is not None
        assert {paper.id for paper in (*day.papers, *later.papers)} == {paper.id for paper in known.papers}
        assert all(paper.last_seen is None for paper in known.papers if paper.id in {p.id for p in later.papers})


def test_each_line_is_a_day_as_the_archive_stores_it_oldest_first(tmp_path: Path) -> None:
    days = [fetched_day(DATE + dt.timedelta(days=n), make_paper(id=f"2402.0000{n}", title="한국어")) for n in (2, 0, 1)]
    archive(tmp_path / "docs", *days)
    export_whole(tmp_path / "docs", tmp_path / "out.jsonl", "jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["date"] for line in lines] == ["2024-03-01", "2024-03-02", "2024-03-03"]
    assert json.loads(lines[0]) == json.loads(day_path(tmp_path / "docs", DATE).read_bytes())
    assert "한국어" in lines[0]


def test_an_export_of_a_range_has_only_its_days(tmp_path: Path) -> None:
    days = [fetched_day(DATE + dt.timedelta(days=n), make_paper(id="2402.00001", title="t")) for n in range(4)]
    archive(tmp_path / "docs", *days)
    report = export_whole(tmp_path / "docs", tmp_path / "out.jsonl", "jsonl", since=days[1].date, until=days[2].date)
    assert report.written == 2
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["date"] for line in lines] == ["2024-03-02", "2024-03-03"]


def test_hidden_papers_are_not_exported_and_pins_are_not_imported(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    hidden, pinned = make_paper(id="2402.00001", title="Hidden"), make_paper(id="2402.00002", title="Pinned")
    archive(source, fetched_day(DATE, hidden, pinned), fetched_day(DATE + dt.timedelta(days=1), hidden))
    (source / "curation.yml").write_text("2402.00001: {hide: true}\n2402.00002: {pin: true, title: Corrected}\n")
    report = export_whole(source, tmp_path / "out.jsonl", "jsonl")
    assert report.written == 1
    text = (tmp_path / "out.jsonl").read_text("utf-8")
    assert "Hidden" not in text
    assert '"pinned":true' in text
    import_digests(target, [tmp_path / "out.jsonl"])
    assert day_files(target) == {DATE: encode_day(fetched_day(DATE, make_paper(id="2402.00002", title="Corrected")))}
    assert not list(check(target))


def test_an_import_does_not_mark_papers_as_gone_that_were_hidden_in_the_export(tmp_path: Path) -> None:
    root = archive(
        tmp_path / "docs",
        fetched_day(DATE, make_paper(id="2402.00001", title="t"), make_paper(id="2402.00002", title="t")),
    )
    (root / "curation.yml").write_text("2402.00001: {hide: true}\n")
    export_whole(root, tmp_path / "out.jsonl", "jsonl")
    before = day_files(root)
    assert import_digests(root, [tmp_path / "out.jsonl"]).complete
    assert day_files(root) == before


def test_an_older_archive_gets_the_newer_values_of_an_export(tmp_path: Path) -> None:
    old = make_paper(id="2402.00001", title="t", votes=3, vote_history=((DATE, 3),))
    summary = {"en": Summary(bullets=("One.",), by="a-model")}
    new = make_paper(
        id="2402.00001", title="t", votes=9, vote_history=((DATE + dt.timedelta(days=1), 9),), summaries=summary
    )
    archive(tmp_path / "old", make_day(DATE, old))
    archive(tmp_path / "new", fetched_day(DATE, new))
    export_whole(tmp_path / "new", tmp_path / "out.jsonl", "jsonl")
    import_digests(tmp_path / "old", [tmp_path / "out.jsonl"])
    merged = read_day(tmp_path / "old", DATE)
    assert merged is not None
    (paper,) = merged.papers
    assert (paper.votes, len(paper.vote_history), paper.summaries) == (9, 2, summary)
    assert merged.fetched_at == FETCHED_AT


def test_each_line_that_is_no_day_is_named_and_costs_only_itself(tmp_path: Path) -> None:
    days = [fetched_day(DATE + dt.timedelta(days=n), make_paper(id="2402.00001", title="t")) for n in range(2)]
    archive(tmp_path / "docs", *days)
    export_whole(tmp_path / "docs", tmp_path / "out.jsonl", "jsonl")
    first, second = (tmp_path / "out.jsonl").read_bytes().splitlines()
    in_the_future = first.replace(b"2024-03-01", b"2099-01-01")
    newer = first.replace(b'"schema":1', b'"schema":2')
    (tmp_path / "mixed").write_bytes(
        b"\n".join([first, b"{", b'{"id": "2402.1"}', b"\xff", newer, in_the_future, b"", second])
    )
    report = import_digests(tmp_path / "target", [tmp_path / "mixed"], today=dt.date(2024, 3, 9))
    assert day_files(tmp_path / "target") == day_files(tmp_path / "docs")
    assert [str(error).split(": ")[0].rpartition("mixed:")[2] for error in report.errors] == ["2", "3", "4", "5", "6"]
    assert "is no day of an archive: " in str(report.errors[0])
    assert "2099-01-01, which is yet to come" in str(report.errors[-1])
    assert not report.complete
    assert report.exported == 2


def test_an_export_in_a_folder_is_found_and_read_once(tmp_path: Path) -> None:
    archive(tmp_path / "docs", fetched_day(DATE, make_paper(id="2402.00001", title="t")))
    (tmp_path / "given").mkdir()
    export_whole(tmp_path / "docs", tmp_path / "given/out.jsonl", "jsonl")
    report = import_digests(tmp_path / "target", [tmp_path / "given", tmp_path / "given/out.jsonl"])
    assert (report.exported, report.files, report.skipped) == (1, 0, 0)
    assert day_files(tmp_path / "target") == day_files(tmp_path / "docs")


def test_exports_and_digests_in_a_zip_are_found(tmp_path: Path) -> None:
    days = [fetched_day(DATE + dt.timedelta(days=n), make_paper(id="2402.00001", title="t")) for n in range(2)]
    export_whole(archive(tmp_path / "docs", *days), tmp_path / "out.jsonl", "jsonl")
    digest = "## Daily Papers (2024-03-04)\n\n### [제목](https://arxiv.org/abs/2403.00001)\n"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as members:
        members.write(tmp_path / "out.jsonl", "backup/out.jsonl")
        members.writestr("backup/training.jsonl", '{"text": "…"}\n')
        members.writestr("backup/cut.jsonl", b'{"schema":1')
        members.writestr("2024/03/04.md", digest)
    report = import_digests(tmp_path / "target", [tmp_path / "all.zip"])
    assert (report.exported, report.files) == (2, 1)
    (error,) = report.errors
    assert str(error).startswith(f"{tmp_path}/all.zip: backup/cut.jsonl:1: is no day of an archive: ")
    assert {date: data for date, data in day_files(tmp_path / "target").items() if date < dt.date(2024, 3, 4)} == (
        day_files(tmp_path / "docs")
    )


@pytest.mark.parametrize("zipped", [False, True])
def test_a_byte_order_mark_before_an_export_is_ignored(tmp_path: Path, zipped: bool) -> None:
    given = tmp_path / "given.jsonl"
    export_whole(archive(tmp_path / "docs", fetched_day(DATE, make_paper(id="2402.00001", title="t"))), given, "jsonl")
    given.write_bytes(b"\xef\xbb\xbf" + given.read_bytes())
    if zipped:
        with zipfile.ZipFile(tmp_path / "given.zip", "w") as members:
            members.write(given, given.name)
    assert import_digests(tmp_path / "target", [tmp_path / ("given.zip" if zipped else "given.jsonl")]).complete
    assert day_files(tmp_path / "target") == day_files(tmp_path / "docs")


def test_a_file_of_other_lines_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given/training.jsonl").write_text('{"text": "…"}\n' * 1000, "utf-8")
    archive(tmp_path / "docs", fetched_day(DATE, make_paper(id="2402.00001", title="t")))
    export_whole(tmp_path / "docs", tmp_path / "given/out.jsonl", "jsonl")
    assert import_digests(tmp_path / "target", [tmp_path / "given"]).complete
    report = import_digests(tmp_path / "target", [tmp_path / "given/training.jsonl"])
    assert [error.reason for error in report.errors] == [
        "is not what 'export --format jsonl' writes: expected a day a line"
    ]
    assert not report.usable


def test_a_dry_run_reports_the_result_and_stores_nothing(tmp_path: Path) -> None:
    archive(tmp_path / "docs", fetched_day(DATE, make_paper(id="2402.00001", title="t")))
    export_whole(tmp_path / "docs", tmp_path / "out.jsonl", "jsonl")
    report = import_digests(tmp_path / "target", [tmp_path / "out.jsonl"], dry_run=True)
    assert [(outcome.result, outcome.new) for outcome in report.outcomes] == [("stored", 1)]
    assert not (tmp_path / "target").exists()


@pytest.mark.fault(25)
def test_a_title_of_a_million_characters_is_exported_and_imported_unchanged(tmp_path: Path) -> None:
    title = "</script>]]>\u202e,\"'" * 70_000
    archive(tmp_path / "docs", fetched_day(DATE, make_paper(id="2402.00001", title=title)))
    export_whole(tmp_path / "docs", tmp_path / "out.jsonl", "jsonl")
    import_digests(tmp_path / "target", [tmp_path / "out.jsonl"])
    assert day_files(tmp_path / "target") == day_files(tmp_path / "docs")


def test_the_error_for_a_line_of_a_later_version_asks_for_an_update(tmp_path: Path) -> None:
    newer = tmp_path / "newer.jsonl"
    export_whole(archive(tmp_path / "source", fetched_day(DATE)), newer, "jsonl")
    newer.write_bytes(newer.read_bytes().replace(b'"schema":1', b'"schema":2'))
    report = import_digests(tmp_path / "archive", [newer])
    assert not report.complete
    assert "update mkdocs-daily-papers" in str(report.errors[0])
