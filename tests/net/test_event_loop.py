"""Ctrl-C ends every command, whatever it waits for: exit code 130, no traceback, and a complete archive."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from daily_papers.archive.file_io import LOCK
from daily_papers.net import event_loop
from tests.command_line import COMMAND, environment, run_command
from tests.factories import make_paper, store_day
from tests.processes import LIMIT_S
from tests.sites import make_site
from tests.slow_server import SLOW_ANSWERS, slow_server
from tests.upstream import Upstream, record

MONDAY = dt.date(2026, 7, 13)
FETCH = [*COMMAND, "fetch", "--since", "2026-07-13"]
MODEL = {"summaries": {"model": "a-model"}}

HANGING_LOOKUP = """
import socket, sys, time


def look_up(*arguments, **options):
    print("reached", flush=True)
    time.sleep(3600)


socket.getaddrinfo = look_up
sys.argv[0] = "daily-papers"
from daily_papers.cli import main
main()
"""


def interrupt(command: list[str], folder: Path, env: Mapping[str, str], reached: threading.Event | None) -> str:
    """Run `command` in `folder`, send Ctrl-C when it has `reached` its request, and return its output.

    Without an event, the command prints that it has reached it.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        if reached:
            assert reached.wait(LIMIT_S), "no request came"
        else:
            assert process.stdout
            assert any("reached" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
        process.communicate()
    assert "Traceback" not in output, output
    assert process.returncode == (1 if "mkdocs" in command else 130), output
    return output


def assert_complete(site: Path) -> None:
    """Check that the archive has neither a fault nor a lock, a temporary file or half of a day."""
    assert not [*(site / "docs").rglob(".*.tmp")]
    assert not (site / "docs" / LOCK).exists()
    done = run_command(site, "check")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("answer", SLOW_ANSWERS)
@pytest.mark.parametrize("source", ["huggingface", "arxiv:cs.CL", "feed"])
@pytest.mark.parametrize("command", [FETCH, [sys.executable, "-m", "mkdocs", "build"]], ids=["fetch", "build"])
def test_while_a_source_answers_slowly(tmp_path: Path, answer: str, source: str, command: list[str]) -> None:
    reached = threading.Event()
    with slow_server(answer, reached.set) as port:
        address = f"http://127.0.0.1:{port}"
        site = make_site(tmp_path, {"source": f"{address}/feed.xml" if source == "feed" else source})
        store_day(site / "docs", MONDAY, make_paper())
        env = environment(address) | {"DAILY_PAPERS_ARXIV_ENDPOINT": address}
        interrupt(command, site, env, reached)
    assert_complete(site)


def test_while_arxiv_answers_slowly(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001"))
    site, reached = make_site(tmp_path), threading.Event()
    with slow_server("body", reached.set) as port:
        env = environment(upstream.url) | {"DAILY_PAPERS_ARXIV_ENDPOINT": f"http://127.0.0.1:{port}"}
        output = interrupt(FETCH, site, env, reached)
    assert "Stopped. Everything stored so far is kept." in output
    assert (site / "docs/2026/07/13.json").exists()
    assert_complete(site)


def test_while_a_model_answers_slowly(tmp_path: Path) -> None:
    site, reached = make_site(tmp_path, MODEL), threading.Event()
    store_day(site / "docs", MONDAY, make_paper(abstract="We show that kittens are small. " * 20))
    with slow_server("body", reached.set) as port:
        env = environment() | {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}", "OPENAI_API_KEY": "not-a-key"}
        interrupt([*COMMAND, "summarize"], site, env, reached)
    assert_complete(site)


def test_while_a_webhook_answers_slowly(tmp_path: Path) -> None:
    site, reached = make_site(tmp_path), threading.Event()
    store_day(site / "docs", MONDAY, make_paper())
    with slow_server("headers", reached.set) as port:
        env = environment() | {"DAILY_PAPERS_WEBHOOK": f"http://127.0.0.1:{port}"}
        command = [sys.executable, "-m", "daily_papers.cli.notify", "2026-07-13T03:17:00+00:00"]
        interrupt(command, site, env, reached)


@pytest.mark.parametrize("command", ["fetch", "summarize"])
def test_while_a_name_is_looked_up(tmp_path: Path, command: str) -> None:
    site = make_site(tmp_path, MODEL)
    store_day(site / "docs", MONDAY, make_paper(abstract="We show that kittens are small. " * 20))
    named = "http://a-host.example"
    env = environment(named) | {"OPENAI_BASE_URL": named, "OPENAI_API_KEY": "not-a-key"}
    interrupt([sys.executable, "-c", HANGING_LOOKUP, command], site, env, None)
    assert_complete(site)


COMPUTING = """
import asyncio, sys
from daily_papers.net import event_loop


async def compute():
    print("reached", flush=True)
    while True:
        pass


async def main():
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(compute())


try:
    event_loop.run(main())
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_while_the_loop_computes(tmp_path: Path) -> None:
    assert interrupt([sys.executable, "-c", COMPUTING], tmp_path, os.environ, None) == ""


def test_results_errors_and_lookups_are_returned() -> None:
    async def look_up(name: str) -> object:
        return await asyncio.get_running_loop().run_in_executor(None, int, name)

    handler = signal.getsignal(signal.SIGINT)
    assert event_loop.run(look_up("7")) == 7
    with pytest.raises(ValueError, match="seven"):
        event_loop.run(look_up("seven"))
    assert signal.getsignal(signal.SIGINT) is handler
