"""The command line: plain lines, a bar on a terminal, and exit codes that a script can rely on."""

from __future__ import annotations

import datetime as dt
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from daily_papers.archive import day_path, write_day
from daily_papers.models import Day, Paper
from sites import NOWHERE, make_site
from upstream import Upstream, answer, record

MONDAY = dt.date(2026, 7, 13)
RANGE = ("--since", "2026-07-13", "--until", "2026-07-14")
COMMAND = [sys.executable, "-m", "daily_papers.cli"]


def environment(endpoint: str) -> dict[str, str]:
    return {**os.environ, "HF_ENDPOINT": endpoint, "DAILY_PAPERS_NOW": "2026-07-15T03:17:00Z"}


def run(site: Path, *arguments: str, endpoint: str = NOWHERE) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=site,
        env=environment(endpoint),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path, {"refresh_days": 1})


def test_a_run_in_which_every_date_was_asked_exits_0_with_a_line_a_date(site: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"), record("2607.00002"))
    done = run(site, "fetch", *RANGE, endpoint=upstream.url)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == [
        "2026-07-13  2 papers, 2 new",
        "2026-07-14  nothing listed",
        "Fetched: 1 empty, 1 stored",
    ]


def test_a_run_in_which_a_date_failed_exits_1_and_names_it(site: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"))
    upstream.always(answer(404, '{"error": "no such thing"}'), date="2026-07-14")
    done = run(site, "fetch", *RANGE, endpoint=upstream.url)
    assert done.returncode == 1
    assert '2026-07-14  failed: huggingface: HTTP 404: "no such thing"' in done.stdout


def test_a_host_that_cannot_be_reached_exits_1_where_something_is_stored_and_2_where_nothing_is(site: Path) -> None:
    done = run(site, "fetch", *RANGE)
    assert done.returncode == 2
    assert "unreachable: no connection to 127.0.0.1:9" in done.stdout
    write_day(site / "docs", Day(date=MONDAY, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    assert run(site, "fetch", *RANGE).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fetch", "--since", "yesterday"], "'yesterday' is no date: expected YYYY-MM-DD"),
        (["fetch", "--since", "2026-07-14", "--until", "2026-07-13"], "2026-07-14 is after --until 2026-07-13"),
        (["fetsch"], "No such command 'fetsch'"),
        (["-f", "elsewhere.yml", "fetch"], "elsewhere.yml"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_was_expected(site: Path, arguments: list[str], message: str) -> None:
    done = run(site, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_site_without_the_plugin_says_how_to_add_it(tmp_path: Path) -> None:
    done = run(make_site(tmp_path, plugins=["search"]), "check")
    assert done.returncode == 2
    assert "has no plugin daily-papers: add '- daily-papers' below 'plugins:'" in done.stderr


def test_a_mistaken_endpoint_or_clock_exits_2(site: Path) -> None:
    done = run(site, "fetch", *RANGE, endpoint="not an address")
    assert done.returncode == 2
    assert "the endpoint is no http(s) address" in done.stderr


def test_check_exits_0_for_a_sound_archive_and_1_with_file_and_place_for_another(site: Path) -> None:
    write_day(site / "docs", Day(date=MONDAY, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    done = run(site, "check")
    assert (done.returncode, done.stdout) == (0, "1 day checked, all sound\n")
    path = day_path(site / "docs", MONDAY)
    path.write_text(path.read_text("utf-8").replace('"title"', '"tilte"'), "utf-8")
    done = run(site, "check")
    assert done.returncode == 1
    assert f"{path} at $.papers[0]: " in done.stdout


def test_check_lays_a_day_out_anew_on_request_and_only_then(site: Path) -> None:
    write_day(site / "docs", Day(date=MONDAY, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    path = day_path(site / "docs", MONDAY)
    expected = path.read_bytes()
    path.write_bytes(json.dumps(json.loads(expected), indent=4).encode())
    done = run(site, "check")
    assert done.returncode == 1
    assert f"{path} at line 2: " in done.stdout
    assert "daily-papers check --fix" in done.stdout
    done = run(site, "check", "--fix")
    assert (done.returncode, done.stdout) == (0, f"{path}: laid out anew\n1 day checked, all sound\n")
    assert path.read_bytes() == expected


def test_check_names_a_mistake_in_the_curation_and_notes_an_id_that_no_day_has(site: Path) -> None:
    write_day(site / "docs", Day(date=MONDAY, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    path = site / "docs/curation.yml"
    path.write_text("2607.00001: {pin: true}\n2607.00002: {hide: true}\n")
    done = run(site, "check")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Note: curation.yml names 2607.00002, which no stored day has",
        "1 day checked, all sound",
    ]
    path.write_text("2607.00001: {pinned: true}\n")
    done = run(site, "check")
    assert done.returncode == 1
    assert f"{path} at line 1: 2607.00001 has the unknown key 'pinned'; did you mean 'pin'?" in done.stdout


def test_a_terminal_gets_a_bar_and_the_failures_above_it(site: Path, upstream: Upstream) -> None:
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
        shown = b""
        try:
            while part := os.read(terminal, 65536):
                shown += part
        except OSError:
            pass  # Linux ends a terminal whose other side is closed with an error
    os.close(terminal)
    assert process.returncode == 1
    assert b"2/2" in shown
    assert b"2026-07-14  failed" in shown
    assert b"2026-07-13  1 paper" not in shown
