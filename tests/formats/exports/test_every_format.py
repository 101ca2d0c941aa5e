"""Rules that hold for every format of `jobs/export`."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from daily_papers.archive.day_files import day_path, write_day
from daily_papers.errors import ArchiveError, ExportError
from daily_papers.jobs.export import FORMS, ExportOutcome, export_whole
from daily_papers.model.records import Day, Paper
from tests.formats.exports.samples import DATE, HOSTILE, NEXT, PLAIN, bytes_below, rows
from tests.sites import REPOSITORY


@pytest.mark.parametrize("form", FORMS)
def test_the_same_archive_gives_the_same_bytes_and_a_new_export_replaces_the_old_one(
    form: str, root: Path, tmp_path: Path
) -> None:
    export_whole(root, tmp_path / "one", form)
    export_whole(root, tmp_path / "two", form)
    first = bytes_below(tmp_path / "one")
    assert first == bytes_below(tmp_path / "two")
    write_day(root, Day(date=NEXT + dt.timedelta(days=1), source="x", papers=(Paper(id="2402.1234", title="t"),)))
    export_whole(root, tmp_path / "one", form)
    assert bytes_below(tmp_path / "one") != first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "one", "two"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["a file", "a folder", "a link"])
def test_a_path_that_is_no_export_is_named_and_not_replaced(form: str, kind: str, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "other"
    if kind == "a file":
        path.write_text("% references of mine\n@misc{a,}\n")
    elif kind == "a folder":
        path.mkdir()
        (path / "notes.txt").write_text("mine")
    else:
        export_whole(root, tmp_path / "export", form)
        path.symlink_to(tmp_path / "export")
    with pytest.raises(ExportError, match="other: "):
        export_whole(root, path, form)
    assert path.is_symlink() or bytes_below(path) in (
        {".": b"% references of mine\n@misc{a,}\n"},
        {"notes.txt": b"mine"},
    )


@pytest.mark.parametrize("form", FORMS)
def test_an_export_in_another_format_is_not_replaced(form: str, root: Path, tmp_path: Path) -> None:
    for other in FORMS.keys() - {form}:
        export_whole(root, tmp_path / other, other)
        with pytest.raises(ExportError):
            export_whole(root, tmp_path / other, form)


@pytest.mark.parametrize("form", FORMS)
def test_an_unreadable_day_costs_only_itself_and_alone_replaces_nothing(form: str, root: Path, tmp_path: Path) -> None:
    day_path(root, NEXT).write_text("{")
    outcomes: list[ExportOutcome] = []
    report = export_whole(root, tmp_path / "out", form, on_outcome=outcomes.append)
    assert (report.written, str(report)) == (1, "1 failed, 1 written")
    assert {outcome.date: bool(outcome.error) for outcome in outcomes} == {DATE: False, NEXT: True}
    before = bytes_below(tmp_path / "out")
    report = export_whole(root, tmp_path / "out", form, since=NEXT)
    assert (report.written, len(report.errors)) == (0, 1)
    assert export_whole(root, tmp_path / "out", form, until=dt.date(2000, 1, 1)).written == 0
    assert bytes_below(tmp_path / "out") == before


@pytest.mark.parametrize("form", FORMS)
def test_an_interrupted_export_leaves_the_earlier_one(form: str, root: Path, tmp_path: Path) -> None:
    def interrupt(outcome: ExportOutcome) -> None:
        raise KeyboardInterrupt

    export_whole(root, tmp_path / "out", form)
    before = bytes_below(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        export_whole(root, tmp_path / "out", form, on_outcome=interrupt)
    assert bytes_below(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "out"]


@pytest.mark.parametrize("form", FORMS)
def test_days_are_read_one_at_a_time_as_they_are_written(form: str, tmp_path: Path) -> None:
    """Memory does not grow with the number of days: the last one is not read before the first one is written."""
    dates = [dt.date(2024, month, 1) for month in range(1, 7)]
    for date in dates:
        write_day(tmp_path / "docs", Day(date=date, source="x", papers=(PLAIN,)))
    done: list[dt.date] = []

    def remove_later_days(outcome: ExportOutcome) -> None:
        done.append(outcome.date)
        for date in dates:
            if date not in (*done, *(dates[-2:] if FORMS[form].newest_first else dates[:2])):
                day_path(tmp_path / "docs", date).unlink(missing_ok=True)

    report = export_whole(tmp_path / "docs", tmp_path / "out", form, on_outcome=remove_later_days)
    assert report.written == 2


def test_temporary_files_of_a_dead_process_are_removed_and_those_of_a_live_one_are_not(
    root: Path, tmp_path: Path
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    (tmp_path / f".out.{dead.pid}.tmp").mkdir()
    (tmp_path / f".other.{dead.pid}.tmp").write_text("of another export")
    (tmp_path / ".out.1.tmp").write_text("of a live process")
    export_whole(root, tmp_path / "out", "parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f".other.{dead.pid}.tmp",
        ".out.1.tmp",
        "docs",
        "out",
    ]


@pytest.mark.fault(45)
@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_is_an_error_that_names_the_path_and_leaves_no_file(form: str, root: Path, tmp_path: Path) -> None:
    program = (
        "import resource; from pathlib import Path; from daily_papers.jobs.export import export_whole\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
        f"export_whole(Path({str(root)!r}), Path({str(tmp_path / 'out')!r}), {form!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False, timeout=600
    )
    assert re.match(
        rf"daily_papers\.errors\.ExportError: {tmp_path}/out: .*cannot (be )?writ", done.stderr.splitlines()[-1]
    )
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]


@pytest.mark.parametrize("form", FORMS)
def test_every_format_follows_the_curation(form: str, root: Path, tmp_path: Path) -> None:
    (root / "curation.yml").write_text("x-0123456789ab: {hide: true}\n2402.00001: {title: Corrected by hand}\n")
    export_whole(root, tmp_path / "out", form)
    if form == "parquet":
        text = repr(pq.read_table(tmp_path / "out").to_pylist())
    else:
        text = (tmp_path / "out").read_bytes().decode("utf-8", "replace")
    assert "Corrected" in text
    assert "x-0123456789ab" not in text
    assert "Plain" not in text


@pytest.mark.parametrize("form", FORMS)
def test_a_mistake_in_the_curation_stops_the_export(form: str, root: Path, tmp_path: Path) -> None:
    (root / "curation.yml").write_text("2402.00001: {hid: true}\n")
    with pytest.raises(ArchiveError, match='did you mean "hide"'):
        export_whole(root, tmp_path / "out", form)
    assert not (tmp_path / "out").exists()


@pytest.mark.fault(25)
@pytest.mark.parametrize("form", FORMS)
def test_a_title_of_a_million_hostile_characters_is_exported_as_text(form: str, tmp_path: Path) -> None:
    paper = Paper(id="2402.00001", title=HOSTILE, authors=(HOSTILE,), abstract=HOSTILE, keywords=(HOSTILE,))
    write_day(tmp_path / "docs", Day(date=DATE, source="x", papers=(paper,)))
    assert len(HOSTILE) > 1_000_000
    assert export_whole(tmp_path / "docs", tmp_path / "out", form).written == 1
    out = tmp_path / "out"
    if form == "parquet":
        assert pq.read_table(out).to_pylist()[0]["title"] == HOSTILE
    elif form == "sqlite":
        assert rows(out, "SELECT title FROM papers") == [(HOSTILE,)]
    elif form == "jsonl":
        assert json.loads(out.read_bytes())["papers"][0]["title"] == HOSTILE
    else:
        title = r"'); DROP TABLE papers; --" if form == "ris" else r"\{\}"
        assert (title in out.read_text("utf-8")) == (form == "ris")


@pytest.mark.parametrize("form", FORMS)
def test_the_bundled_archive_is_exported_in_every_format(form: str, tmp_path: Path) -> None:
    report = export_whole(REPOSITORY / "docs", tmp_path / "out", form)
    assert report.written == len(list((REPOSITORY / "docs").glob("[0-9]*/*/[0-9][0-9].json")))
    assert not report.errors
