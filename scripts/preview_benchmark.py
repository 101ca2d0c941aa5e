"""Benchmarks of a preview: from `mkdocs serve` to its first page, and from a saved day to its updated page.

The wall time is that of the wait, not of the process, which is stopped afterwards. Pages are requested over loopback,
as by the script that MkDocs adds to each of them.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import msgspec

from daily_papers.archive.day_files import read_day, write_day
from daily_papers.model.records import Day
from process_usage import MemoryMonitor, Usage, cpu_s, environment

_POLL_S = 0.02
_LIMIT_S = 300
_MORE_VOTES = 1_000
_PARTS = re.compile(rb'data-shards="([^"]+)"')
_EPOCH = re.compile(rb"livereload\((\d+), (\d+)\);")


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def measure_first_page(command: Sequence[str], cwd: Path, *, port: int, newest: Day) -> Usage:
    """Measure the time from the start of a preview to its home page, which has the date of `newest`."""
    started = time.perf_counter()
    with _serve(command, cwd, port) as (process, monitor):
        _wait_for(process, _address(port), f'<time datetime="{newest.date}">')
        wall = time.perf_counter() - started
        return Usage(wall, cpu_s(process.pid), monitor.stop())


def measure_saved_day(command: Sequence[str], cwd: Path, *, port: int, newest: Day) -> Usage:
    """Measure the time from saving `newest` with more votes to its page with these votes.

    As in a browser, the page of the day is open already, and is loaded again when the preview notifies its script.
    """
    with _serve(command, cwd, port) as (process, monitor):
        page = f"{_address(port)}{newest.date:%Y/%m/%d}/"
        html = _wait_for(process, page, f'<time datetime="{newest.date}">')
        if parts := _PARTS.search(html):  # not measured: the search index, made after the pages
            _wait_for(process, f"{_address(port)}search/{parts[1].split()[-1].decode()}/pagefind-entry.json", "")
        time.sleep(1)  # a preview looks for changes twice a second, from when it serves
        day, votes = _with_votes(cwd / "docs", newest)
        monitor.stop()  # memory used before is not measured
        monitor = MemoryMonitor(process.pid)
        cpu, started = cpu_s(process.pid), time.perf_counter()
        write_day(cwd / "docs", day)
        while f'data-votes="{votes}"'.encode() not in html:
            if time.perf_counter() - started > _LIMIT_S:
                raise SystemExit(f"{page} did not show the saved votes within {_LIMIT_S} s")
            epoch, request = _EPOCH.findall(html)[-1]
            _get(f"{_address(port)}livereload/{int(epoch)}/{int(request)}")  # answered after the next change
            html = _get(page)
        wall = time.perf_counter() - started
        now = cpu_s(process.pid)
        return Usage(wall, None if now is None or cpu is None else now - cpu, monitor.stop())


@contextmanager
def _serve(command: Sequence[str], cwd: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], MemoryMonitor]]:
    served = [*command, "--dev-addr", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        served, cwd=cwd, env=environment(), stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield process, MemoryMonitor(process.pid)
        finally:
            process.send_signal(signal.SIGINT)  # as Ctrl+C, so that it removes its temporary folder
            process.wait()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # Pagefind, if it is still running


def _wait_for(process: subprocess.Popen[bytes], address: str, text: str) -> bytes:
    """Return the page at `address` as soon as it contains `text`."""
    end = time.perf_counter() + _LIMIT_S
    while time.perf_counter() < end and process.poll() is None:
        with suppress(URLError, ConnectionError):
            if text.encode() in (page := _get(address)):
                return page
        time.sleep(_POLL_S)
    raise SystemExit(f"{process.args!r} did not show {text} at {address} within {_LIMIT_S} s")


def _get(address: str) -> bytes:
    with urlopen(address, timeout=_LIMIT_S) as answer:  # noqa: S310  # loopback
        body: bytes = answer.read()
        return body


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def _with_votes(root: Path, day: Day) -> tuple[Day, int]:
    """Return the stored `day` with more votes for its first paper, and that number, which no other paper has."""
    stored = read_day(root, day.date)
    assert stored
    first, *others = stored.papers
    votes = max(paper.votes or 0 for paper in stored.papers) + _MORE_VOTES
    papers = (msgspec.structs.replace(first, votes=votes), *others)
    return msgspec.structs.replace(stored, papers=papers), votes
