"""What a preview takes: from `mkdocs serve` to its first page, and from a saved day to the page that shows it.

A command and a folder go in, Taken comes out: its wall time is of the wait alone, not of the process, which is stopped
after it. Pages are asked for over loopback, as the script that MkDocs puts into each of them would.
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
from measuring import Taken, Watch, cpu_s, environment

_POLL_S = 0.02
_LIMIT_S = 300
_MORE_VOTES = 1_000
_PARTS = re.compile(rb'data-shards="([^"]+)"')
_EPOCH = re.compile(rb"livereload\((\d+), (\d+)\);")


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def measure_first_page(command: Sequence[str], cwd: Path, *, port: int, newest: Day) -> Taken:
    """Return what it takes from starting a preview to having its home page, which shows the date of `newest`."""
    started = time.perf_counter()
    with _serve(command, cwd, port) as (process, watch):
        _wait_for(process, _address(port), f'<time datetime="{newest.date}">')
        wall = time.perf_counter() - started
        return Taken(wall, cpu_s(process.pid), watch.end())


def measure_saved_day(command: Sequence[str], cwd: Path, *, port: int, newest: Day) -> Taken:
    """Return what it takes from writing `newest` with more votes to the page that shows them, as its browser has it.

    The day's page has been open; it is loaded again when the preview tells its script to.
    """
    with _serve(command, cwd, port) as (process, watch):
        page = f"{_address(port)}{newest.date:%Y/%m/%d}/"
        shown = _wait_for(process, page, f'<time datetime="{newest.date}">')
        if parts := _PARTS.search(shown):  # its index, which a preview makes after its pages, is no part of this
            _wait_for(process, f"{_address(port)}search/{parts[1].split()[-1].decode()}/pagefind-entry.json", "")
        time.sleep(1)  # a preview looks for changes twice a second, from when it has begun to serve
        day, votes = _with_votes(cwd / "docs", newest)
        watch.end()  # what came before is not looked at
        watch = Watch(process.pid)
        cpu, started = cpu_s(process.pid), time.perf_counter()
        write_day(cwd / "docs", day)
        while f'data-votes="{votes}"'.encode() not in shown:
            if time.perf_counter() - started > _LIMIT_S:
                raise SystemExit(f"{page} did not show what was saved within {_LIMIT_S} s")
            epoch, request = _EPOCH.findall(shown)[-1]
            _get(f"{_address(port)}livereload/{int(epoch)}/{int(request)}")  # answered when there is something new
            shown = _get(page)
        wall = time.perf_counter() - started
        now = cpu_s(process.pid)
        return Taken(wall, None if now is None or cpu is None else now - cpu, watch.end())


@contextmanager
def _serve(command: Sequence[str], cwd: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Watch]]:
    served = [*command, "--dev-addr", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        served, cwd=cwd, env=environment(), stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield process, Watch(process.pid)
        finally:
            process.send_signal(signal.SIGINT)  # as Ctrl+C: it takes its folder away
            process.wait()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a Pagefind that it has left behind


def _wait_for(process: subprocess.Popen[bytes], address: str, text: str) -> bytes:
    """Return the page at `address` as soon as it is there and holds `text`."""
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
    """Return `day` with other votes for its first paper than are stored, and those votes, which no other paper has."""
    stored = read_day(root, day.date)
    assert stored
    first, *others = stored.papers
    votes = max(paper.votes or 0 for paper in stored.papers) + _MORE_VOTES
    papers = (msgspec.structs.replace(first, votes=votes), *others)
    return msgspec.structs.replace(stored, papers=papers), votes
