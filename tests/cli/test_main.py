"""The commands: plain lines, a bar on a terminal, and exit codes that a script can rely on."""

from __future__ import annotations

import datetime as dt
import json
import os
import pty
import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from daily_papers.archive.day_files import day_path, encode_day
from tests.command_line import COMMAND, environment, run_command
from tests.factories import make_day, make_paper, store_day
from tests.processes import run_process
from tests.sites import NOWHERE, make_site
from tests.upstream import Upstream, answer, record

MONDAY = dt.date(2026, 7, 13)
RANGE = ("--since", "2026-07-13", "--until", "2026-07-14")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path, {"refresh_days": 1})


def test_fetch_exits_0_and_prints_a_line_per_date_if_every_date_was_fetched(site: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"), record("2607.00002"))
    done = run_command(site, "fetch", *RANGE, endpoint=upstream.url)
    assert done.returncode == 0, done.stderr
    *dates, fetched, batch, enriched, related = done.stdout.splitlines()
    assert sorted(dates) == ["2026-07-13  2 papers, 2 new", "2026-07-14  nothing listed"]
    assert fetched == "Fetched: 1 empty, 1 stored"
    assert batch == "2026-07-13  requested 2 papers from arXiv"
    assert enriched == "arXiv: 2 papers enriched"
    assert related == "Related: 0 of 2 papers related to earlier ones"


@pytest.mark.fault(35)
@pytest.mark.usefixtures("no_backoff")
def test_fetch_stores_the_days_and_exits_1_if_arxiv_cannot_be_reached(
    site: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILY_PAPERS_ARXIV_ENDPOINT", NOWHERE)
    upstream.list_papers("2026-07-13", record("2607.00001"))
    done = run_command(site, "fetch", *RANGE, endpoint=upstream.url)
    assert done.returncode == 1
    assert "1 left for the next run: arxiv: unreachable" in done.stdout
    assert (site / "docs/2026/07/13.json").exists()
    make_site(site, {"arxiv": False})
    assert run_command(site, "fetch", *RANGE, endpoint=upstream.url).returncode == 0


def test_fetch_mirrors_thumbnails_if_configured_and_exits_0_without_those_that_fail(
    site: Path, upstream: Upstream
) -> None:
    make_site(site, {"media": "mirror", "media_hosts": ["pictures.invalid"]})
    upstream.list_papers("2026-07-13", record("2607.00001"))
    done = run_command(site, "fetch", *RANGE, endpoint=upstream.url)
    assert done.returncode == 0, done.stderr
    assert "cdn-thumbnails.huggingface.co is not allowed: expected one of pictures.invalid" in done.stdout
    assert done.stdout.endswith("Thumbnails: 1 unavailable\n")
    assert (site / "docs/media.json").exists()


def test_fetch_exits_1_and_names_a_date_that_failed(site: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"))
    upstream.always(answer(404, '{"error": "no such thing"}'), date="2026-07-14")
    done = run_command(site, "fetch", *RANGE, endpoint=upstream.url)
    assert done.returncode == 1
    assert '2026-07-14  failed: huggingface: HTTP 404: "no such thing"' in done.stdout


@pytest.mark.fault(1)
@pytest.mark.usefixtures("no_backoff", "upstream")
def test_fetch_from_an_unreachable_host_exits_2_and_with_a_stored_day_1(site: Path) -> None:
    done = run_command(site, "fetch", *RANGE)
    assert done.returncode == 2
    assert "unreachable: no connection to 127.0.0.1:9" in done.stdout
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    assert run_command(site, "fetch", *RANGE).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fetch", "--since", "yesterday"], "'yesterday' is not a date: expected YYYY-MM-DD"),
        (["fetch", "--since", "2026-07-14", "--until", "2026-07-13"], "2026-07-14 is after --until 2026-07-13"),
        (["fetsch"], "No such command 'fetsch'"),
        (["-f", "elsewhere.yml", "fetch"], "elsewhere.yml"),
    ],
)
def test_wrong_usage_exits_2_and_names_what_was_expected(site: Path, arguments: list[str], message: str) -> None:
    done = run_command(site, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_site_without_the_plugin_gets_instructions_for_adding_it(tmp_path: Path) -> None:
    done = run_command(make_site(tmp_path, plugins=["search"]), "check")
    assert done.returncode == 2
    assert "has no plugin daily-papers: add '- daily-papers' below 'plugins:'" in done.stderr


def test_an_endpoint_that_is_no_address_exits_2(site: Path) -> None:
    done = run_command(site, "fetch", *RANGE, endpoint="not an address")
    assert done.returncode == 2
    assert "the endpoint is not an http(s) address" in done.stderr


def test_check_exits_0_without_faults_and_1_with_file_and_place_of_a_fault(site: Path) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    done = run_command(site, "check")
    assert (done.returncode, done.stdout) == (0, "1 day checked, no fault found\n")
    path = day_path(site / "docs", MONDAY)
    path.write_text(path.read_text("utf-8").replace('"title"', '"tilte"'), "utf-8")
    done = run_command(site, "check")
    assert done.returncode == 1
    assert f"{path} at $.papers[0]: " in done.stdout


def test_check_rewrites_a_reformatted_day_with_fix_and_only_then(site: Path) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    path = day_path(site / "docs", MONDAY)
    expected = path.read_bytes()
    path.write_bytes(json.dumps(json.loads(expected), indent=4).encode())
    done = run_command(site, "check")
    assert done.returncode == 1
    assert f"{path} at line 2: " in done.stdout
    assert "daily-papers check --fix" in done.stdout
    done = run_command(site, "check", "--fix")
    assert (done.returncode, done.stdout) == (0, f"{path}: rewritten\n1 day checked, no fault found\n")
    assert path.read_bytes() == expected


def test_check_names_a_mistake_in_the_curation_and_notes_an_id_that_is_on_no_day(site: Path) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    path = site / "docs/curation.yml"
    path.write_text("2607.00001: {pin: true}\n2607.00002: {hide: true}\n")
    done = run_command(site, "check")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Note: curation.yml names 2607.00002, which is on no stored day",
        "1 day checked, no fault found",
    ]
    path.write_text("2607.00001: {pinned: true}\n")
    done = run_command(site, "check")
    assert done.returncode == 1
    assert f'{path} at line 1: 2607.00001 has the unknown key "pinned"; did you mean "pin"?' in done.stdout


def test_a_terminal_shows_a_bar_and_prints_failures_above_it(site: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"))
    upstream.always(answer(404), date="2026-07-14")
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "fetch", *RANGE],
        cwd=site,
        env={**environment(upstream.url), "TERM": "xterm", "COLUMNS": "200"},
        stdout=end,
        stderr=end,
    ) as process:
        os.close(end)
        printed = b""
        try:
            while part := os.read(terminal, 65536):
                printed += part
        except OSError:
            pass  # Linux reports an error at the end of a terminal whose other side is closed
    os.close(terminal)
    assert process.returncode == 1
    assert b"2/2" in printed
    assert b"2026-07-14  failed" in printed
    assert b"2026-07-13  1 paper" not in printed


DIGEST = "## Daily Papers (2024-03-01)\n\n### [강의 흐름](https://arxiv.org/abs/2402.00001)\n\nVote: 12\n\n- 하나\n\n"


def lay_out_digest(site: Path, text: str = DIGEST) -> Path:
    path = site / "logs/2024/03/01.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_import_exits_0_and_prints_a_line_per_date_and_the_counts(site: Path) -> None:
    lay_out_digest(site)
    done = run_command(site, "import", "logs")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "2024-03-01  1 paper, 1 new",
        "1 digest of 1 day (0 other Markdown files skipped)",
        "1 paper, 0 repeated, 0 lines of authors",
        "votes: 1 number, 0 '-', 0 without",
        "1 bullet, lines within them: 0 nested, 0 numbered, 0 free",
        "media: none",
        "0 lines not read",
        "Imported: 1 stored",
        "Related: 0 of 1 papers related to earlier ones",
    ]
    again = run_command(site, "import", "logs")
    assert (again.returncode, again.stdout.splitlines()[-2:]) == (0, ["Imported: 1 unchanged", "Related: nothing new"])


@pytest.mark.usefixtures("no_backoff")
def test_fetch_relates_stored_papers_even_if_no_date_can_be_fetched(site: Path) -> None:
    others = tuple(make_paper(id=f"2606.000{n}", title="n" * n) for n in range(10, 99))
    for date, paper_id in ((MONDAY, "2607.00001"), (MONDAY + dt.timedelta(days=1), "2607.00002")):
        rivers = make_paper(id=paper_id, title="Rivers below glaciers", keywords=("glacial lakes",))
        store_day(site / "docs", date, rivers, *others)
    make_site(site, {"arxiv": False})
    done = run_command(site, "fetch", *RANGE)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "Related: 1 of 91 papers related to earlier ones"
    assert '"2607.00002": ["2607.00001"]' in (site / "docs/2026/07/related.json").read_text()


def test_fetch_exits_1_and_names_a_file_of_related_papers_that_it_cannot_write(site: Path, upstream: Upstream) -> None:
    make_site(site, {"arxiv": False})
    papers = tuple(make_paper(id=f"2607.{number:05}", title="Rivers of glaciers") for number in range(400))
    store_day(site / "docs", MONDAY, *papers)
    limited = ["bash", "-c", 'ulimit -f 4; exec "$@"', "-", *COMMAND, "fetch", "--since", "2026-07-14"]
    done = run_process(limited, cwd=site, env=environment(upstream.url))
    assert done.returncode == 1, done.stderr
    assert "related.json: cannot be written: File too large" in done.stdout
    assert not list((site / "docs/2026/07").glob(".*"))


def test_import_exits_1_and_names_each_place_that_it_could_not_read(site: Path) -> None:
    lay_out_digest(site, f"{DIGEST}꼬리말\n\n{DIGEST}")
    done = run_command(site, "import", "logs", "nowhere")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "nowhere: does not exist: expected a digest, or a folder or zip of digests" in lines
    assert "2024/03/01.md:9: not read: is not of a known form, and does not continue a bullet" in lines
    assert "1 line not read; those of stored dates are in DD.rejected.json" in lines
    twice = "is listed twice on its date; the first listing is kept and completed from this one"
    assert f"2024/03/01.md:13: 2402.00001 {twice}" in lines


def test_a_dry_run_of_import_exits_as_the_import_would_and_writes_nothing(site: Path) -> None:
    lay_out_digest(site)
    done = run_command(site, "import", "--dry-run", "logs")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Would be imported: 1 stored")
    assert not list((site / "docs").iterdir())


def test_import_of_nothing_usable_exits_2(site: Path) -> None:
    done = run_command(site, "import", "nowhere")
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "Imported: nothing"
    assert "Missing argument 'PATH...'" in run_command(site, "import").stderr


def test_export_writes_the_imported_digests_and_does_not_touch_unchanged_files(site: Path) -> None:
    source = lay_out_digest(site)
    run_command(site, "import", "logs")
    done = run_command(site, "export", "--format", "markdown")
    assert (done.returncode, done.stdout) == (0, "Exported to digests: 1 written\n")
    written = site / "digests/2024/03/01.md"
    assert written.read_bytes() == source.read_bytes()
    stamp = written.stat().st_mtime_ns
    assert run_command(site, "export", "--format", "markdown").stdout == "Exported to digests: 1 unchanged\n"
    assert written.stat().st_mtime_ns == stamp


def test_export_writes_only_its_range_and_only_into_its_folder(site: Path) -> None:
    for date in (MONDAY, MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=2)):
        store_day(site / "docs", date, make_paper(title="One"))
    done = run_command(
        site, "export", "--format", "markdown", "--since", "2026-07-14", "--until", "2026-07-14", "-o", "out"
    )
    assert (done.returncode, done.stdout) == (0, "Exported to out: 1 written\n")
    assert [path.name for path in (site / "out").rglob("*.md")] == ["14.md"]
    assert run_command(site, "export", "--format", "markdown", "--until", "2020-01-01").returncode == 2


def test_export_names_an_unreadable_day_and_exits_2_and_with_another_day_1(site: Path) -> None:
    day_path(site / "docs", MONDAY).parent.mkdir(parents=True)
    day_path(site / "docs", MONDAY).write_text("{", "utf-8")
    done = run_command(site, "export", "--format", "markdown")
    assert done.returncode == 2
    assert f"{day_path(site / 'docs', MONDAY)}" in done.stdout
    tuesday = MONDAY + dt.timedelta(days=1)
    store_day(site / "docs", tuesday, make_paper(title="One"))
    done = run_command(site, "export", "--format", "markdown")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "Exported to digests: 1 failed, 1 written")


@pytest.mark.parametrize(
    ("form", "default"),
    [
        ("jsonl", "daily-papers.jsonl"),
        ("sqlite", "daily-papers.sqlite"),
        ("parquet", "parquet"),
        ("bibtex", "daily-papers.bib"),
        ("ris", "daily-papers.ris"),
    ],
)
def test_export_in_each_format_writes_to_the_given_path_or_its_default(site: Path, form: str, default: str) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    done = run_command(site, "export", "--format", form)
    assert (done.returncode, done.stdout) == (0, f"Exported to {default}: 1 written\n")
    done = run_command(site, "export", "--format", form, "-o", "out/here")
    assert (done.returncode, done.stdout) == (0, "Exported to out/here: 1 written\n")
    assert (site / default).is_dir() == (site / "out/here").is_dir() == (form == "parquet")
    assert not list(site.rglob(".*.tmp"))


def test_export_over_a_file_that_is_no_export_exits_2_and_leaves_the_file(site: Path) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    (site / "mine.bib").write_text("@misc{mine,}\n")
    done = run_command(site, "export", "--format", "bibtex", "-o", "mine.bib")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: mine.bib: is not an export in bibtex, and is left as it is: ")
    assert (site / "mine.bib").read_text() == "@misc{mine,}\n"


def test_export_to_one_file_exits_1_and_names_an_unreadable_day(site: Path) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    day_path(site / "docs", MONDAY + dt.timedelta(days=1)).write_text("{", "utf-8")
    done = run_command(site, "export", "--format", "jsonl")
    assert done.returncode == 1
    broken, exported = done.stdout.splitlines()
    assert "2026/07/14.json" in broken
    assert exported == "Exported to daily-papers.jsonl: 1 failed, 1 written"


def test_import_reads_an_export_into_another_archive(site: Path, tmp_path: Path) -> None:
    store_day(site / "docs", MONDAY, make_paper(title="One"))
    run_command(site, "export", "--format", "jsonl")
    other = make_site(tmp_path / "other")
    done = run_command(other, "import", str(site / "daily-papers.jsonl"))
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "2026-07-13  1 paper, 1 new",
            "1 exported day read",
            "Imported: 1 stored",
            "Related: 0 of 1 papers related to earlier ones",
        ],
    )
    assert day_path(other / "docs", MONDAY).read_bytes() == day_path(site / "docs", MONDAY).read_bytes()


@pytest.mark.fault(51)
def test_export_on_a_terminal_shows_a_bar_and_can_be_stopped(site: Path) -> None:
    for number in range(1500):
        day = make_day(MONDAY - dt.timedelta(days=number), make_paper())
        path = day_path(site / "docs", day.date)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_day(day))
    before = sorted(path.name for path in site.iterdir())
    terminal, slave = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "export", "--format", "sqlite"],
        cwd=site,
        env={**environment(NOWHERE), "TERM": "xterm", "COLUMNS": "100"},
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        printed = b""
        while not re.search(rb"[1-9]\d*/1500", printed):
            printed += os.read(terminal, 4096)
        # Nobody reads the terminal now: the export waits once it is full, however slow this process is.
        process.send_signal(signal.SIGINT)
        with suppress(OSError):
            while more := os.read(terminal, 4096):
                printed += more
    os.close(terminal)
    assert process.returncode == 130
    assert b"Stopped" in printed
    assert sorted(path.name for path in site.iterdir()) == before


@pytest.mark.parametrize("folder", ["docs", "docs/logs", "digests/../docs", "link"])
def test_export_into_the_docs_folder_is_refused(site: Path, folder: str) -> None:
    (site / "link").symlink_to(site / "docs")
    done = run_command(site, "export", "--format", "markdown", "-o", folder)
    assert done.returncode == 2
    assert "is in the site's docs folder" in done.stderr


@pytest.mark.parametrize("command", ["fetch", "check", "doctor"])
def test_a_date_in_mkdocs_yml_that_does_not_exist_is_reported_in_one_line(tmp_path: Path, command: str) -> None:
    text = "site_name: A site\nplugins:\n  - daily-papers:\n      languages: [en]\n      since: 2026-31-01\n"
    (tmp_path / "mkdocs.yml").write_text(text)
    done = run_command(tmp_path, command)
    assert done.returncode == 2
    expected = "mkdocs.yml at line 5: 'since' is 2026-31-01: expected a date such as 2023-05-04"
    assert done.stderr.splitlines()[-1].removeprefix("Error: ").endswith(expected)
    assert "Traceback" not in done.stderr


def test_forget_takes_back_dates_that_hold_nothing(site: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"))
    run_command(site, "fetch", *RANGE, endpoint=upstream.url)
    done = run_command(site, "forget", *RANGE)
    assert done.returncode == 0, done.stderr
    assert "Forgotten: 1 date without papers" in done.stdout
    assert "set the option 'since' to a later date" in done.stdout
    assert list(json.loads((site / "docs/ledger.json").read_text())) == ["2026-07-13"]
    assert run_command(site, "forget", "--since", "2026-07-13").returncode == 2


def test_fetch_asks_for_no_date_before_the_first_of_the_source(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"since": "2020-01-01", "arxiv": False})
    done = run_command(site, "fetch", "--until", "2023-05-05", endpoint=upstream.url)
    assert "'since' is 2020-01-01, but huggingface lists nothing before 2023-05-04" in done.stdout
    assert list(json.loads((site / "docs/ledger.json").read_text())) == ["2023-05-04", "2023-05-05"]


@pytest.mark.parametrize(
    "text", ["", "7\n", "[]\n", "text\n", "[" * 50_000, "site_name: " + "9" * 5_000 + "\n", "a: 2026-31-01\n", "a: [\n"]
)
def test_an_unusable_mkdocs_yml_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, "utf-8")
    done = run_command(tmp_path, "check")
    assert done.returncode == 2
    assert "mkdocs.yml" in done.stderr.splitlines()[-1]


def test_a_folder_in_the_place_of_mkdocs_yml_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").mkdir()
    done = run_command(tmp_path, "check")
    assert (done.returncode, done.stderr) == (2, "Error: mkdocs.yml cannot be read: Is a directory\n")
