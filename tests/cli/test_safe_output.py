"""Texts of strangers in the output of commands and builds: no line is a command to the runner of a workflow."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.command_line import COMMAND, environment, run_command
from tests.factories import make_paper, store_day
from tests.processes import run_process
from tests.sites import build, make_site
from tests.upstream import Upstream, answer, record

DATE = "2026-07-15"
ATTACKS = [
    "::error::owned",
    "fine\n::add-mask::a",
    "fine\r::set-output name=x::y",
    "\r\n \t::stop-commands::x",
    "fine ##[error]owned",
    "##vso[task.setvariable variable=x]y",
]
COMMAND_LINE = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


def assert_no_command(*outputs: str) -> None:
    for output in outputs:
        for line in re.split("[\r\n]", output):
            assert not COMMAND_LINE.search(line), line
        assert "\r" not in output


def attack(*arguments: str, folder: Path, endpoint: str) -> str:
    """Run a command and return its whole output."""
    done = run_command(folder, *arguments, endpoint=endpoint)
    assert_no_command(done.stdout, done.stderr)
    return done.stdout + done.stderr


@pytest.mark.parametrize("text", ATTACKS)
def test_of_the_host_that_is_fetched(tmp_path: Path, upstream: Upstream, text: str) -> None:
    site = make_site(tmp_path)
    upstream.always(answer(404, {"error": text}))
    assert "failed" in attack("fetch", "--since", DATE, "--until", DATE, folder=site, endpoint=upstream.url)
    upstream.always(answer(200, {text: text}))
    attack("fetch", "--since", DATE, "--until", DATE, "--force", folder=site, endpoint=upstream.url)
    attack("doctor", folder=site, endpoint=upstream.url)
    upstream.always(None)
    upstream.list_papers(DATE, {**record("2607.00001", title=text), text: 1}, record(text, title=text))
    attack("fetch", "--since", DATE, "--until", DATE, "--force", folder=site, endpoint=upstream.url)
    attack("check", folder=site, endpoint=upstream.url)


@pytest.mark.parametrize("text", ATTACKS)
def test_of_a_feed(tmp_path: Path, upstream: Upstream, text: str) -> None:
    escaped = text.replace("\r", "&#13;").replace("\n", "&#10;")
    item = f"<item><title>{escaped}</title><guid>{escaped}</guid><pubDate>{escaped}</pubDate></item>"
    body = f'<rss version="2.0"><channel><title>{escaped}</title>{item}</channel></rss>'
    upstream.always(answer(200, body.encode(), {"Content-Type": "application/rss+xml"}))
    site = make_site(tmp_path, {"source": f"{upstream.url}/feed.xml"})
    attack("fetch", folder=site, endpoint=upstream.url)
    upstream.always(answer(200, text.encode(), {"Content-Type": "application/rss+xml"}))
    attack("fetch", "--force", folder=site, endpoint=upstream.url)
    built = build(site, environment={"GITHUB_ACTIONS": "true", "COLUMNS": "40"})
    assert_no_command(built.stdout, built.stderr)


@pytest.mark.parametrize("text", ATTACKS)
def test_of_files_that_are_imported_or_checked(tmp_path: Path, text: str) -> None:
    site = make_site(tmp_path)
    day = site / "in/2026/07/15.md"
    day.parent.mkdir(parents=True)
    day.write_text(f"## [{text}](https://arxiv.org/abs/2607.00001)\n\n{text}\n- {text}\n", "utf-8", newline="")
    done = run_command(site, "import", "in")
    assert_no_command(done.stdout, done.stderr)
    for name, content in (
        ("curation.yml", f"hide: [{json.dumps(text)}]\n"),
        ("topics.yml", json.dumps({"topics": [{text: text}]})),
        ("2026/07/14.json", json.dumps({"schema": 1, "date": text})),
        ("2026/07/13.json", text),
        ("ledger.json", json.dumps({text: text})),
    ):
        path = site / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8", newline="")
        for command in (["check"], ["doctor"], ["export", "--format", "jsonl", "-o", str(tmp_path / "out")]):
            done = run_command(site, *command)
            assert_no_command(done.stdout, done.stderr)
        if path.parent == site / "docs":
            built = build(site)
            assert_no_command(built.stdout, built.stderr)
        path.unlink()


def test_it_is_disarmed_where_it_is_printed(tmp_path: Path, upstream: Upstream) -> None:
    """Without this, the other tests would pass if the texts were left out."""
    site = make_site(tmp_path)
    upstream.always(answer(404, {"error": "not ##[error]owned"}))
    printed = attack("fetch", "--since", DATE, "--until", DATE, folder=site, endpoint=upstream.url)
    assert "not ## [error]owned" in printed
    built = build(site, environment={"DAILY_PAPERS_FETCH": "auto", "HF_ENDPOINT": upstream.url})
    assert_no_command(built.stdout, built.stderr)


def test_output_in_ascii_is_disarmed(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    env = {**environment(), "PYTHONIOENCODING": "ascii"}
    done = run_process([*COMMAND, "import", "::error::가"], cwd=site, env=env)
    assert_no_command(done.stdout, done.stderr)
    assert ": :error::가" in done.stdout + done.stderr


@pytest.mark.parametrize("program", ["notify", "publish_guard", "failure_issue"])
def test_of_a_traceback_in_a_program_of_the_nightly_run(tmp_path: Path, program: str) -> None:
    (tmp_path / "bin").mkdir()
    site = make_site(tmp_path / "site")
    store_day(site / "docs", dt.date(2026, 7, 15), make_paper(title="::error::"))
    arguments = {"notify": ["x\n::error::"], "publish_guard": ["::error::", "x\n::error::"]}.get(program, ["::error::"])
    env = {**os.environ, "PATH": str(tmp_path / "bin"), "DAILY_PAPERS_WEBHOOK": "http://127.0.0.1:9"}
    done = run_process([sys.executable, "-m", f"daily_papers.cli.{program}", *arguments], cwd=site, env=env)
    assert_no_command(done.stdout, done.stderr)
