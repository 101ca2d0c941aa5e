"""A live preview by a real `mkdocs serve`: pages on request, one fetch, and rebuilds."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from daily_papers.archive.day_files import day_path, read_day
from tests.factories import store_titles
from tests.processes import LIMIT_S
from tests.sites import make_site
from tests.upstream import Upstream, record

MONDAY = dt.date(2026, 7, 13)
NOW = "2026-07-15T03:17:00Z"


@contextmanager
def serving(site: Path, upstream: Upstream, *arguments: str) -> Iterator[str]:
    """Run `mkdocs serve` for `site`; yield its address once the first page answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "HF_ENDPOINT": upstream.url, "DAILY_PAPERS_NOW": NOW, "NO_MKDOCS_2_WARNING": "1"}
    environment["TMPDIR"] = str(site)  # a process that is terminated leaves its folders there
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}", *arguments]
    log = site / "serve.log"
    with log.open("w") as output, subprocess.Popen(command, cwd=site, env=environment, stderr=output) as process:
        address = f"http://127.0.0.1:{port}/archive/"
        try:
            wait_for("the first page", lambda: "<html" in get(address), log)
            yield address
        finally:
            process.terminate()


def get(address: str) -> str:
    """Return the body at `address`; empty if there is none or nothing listens yet."""
    try:
        with urllib.request.urlopen(address, timeout=LIMIT_S) as answer:
            return str(answer.read(), "utf-8")
    except urllib.error.HTTPError as e:
        e.close()
        return ""
    except OSError:
        return ""


def has(text: str, address: str) -> bool:
    return text in get(address)


def has_next(text: str, following: str, address: str) -> bool:
    """Return True if the page has `text` until it has `following`, and is never missing in between."""
    deadline = time.monotonic() + LIMIT_S
    while text in (page := get(address)):
        assert time.monotonic() < deadline, f"{address} still has {text!r} after {LIMIT_S} s"
    return following in page


def wait_for(what: str, condition: Callable[[], bool], log: Path | None = None) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        printed = log.read_text("utf-8") if log else ""
        assert time.monotonic() < deadline, f"{what} did not come within {LIMIT_S} s\n{printed}"
        time.sleep(0.2)


def test_a_preview_fetches_once_and_shows_and_indexes_a_day_that_is_edited(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"since": MONDAY, "refresh_days": 1, "search": True})
    upstream.list_papers("2026-07-13", record("2607.00001", title="As upstream has it"))
    with serving(site, upstream) as address:
        assert "As upstream has it" in get(f"{address}2026/07/13/")
        entry = f"{address}search/recent/pagefind-entry.json"  # its name for the index is a hash of its content
        asked = len(upstream.requests)
        assert asked == 3
        wait_for("the search index", lambda: bool(get(entry)))
        searched = get(entry)
        time.sleep(2)  # in which a loop of rebuilds would fetch again
        stored = read_day(site / "docs", MONDAY)
        assert stored is not None
        path = day_path(site / "docs", MONDAY)
        path.write_text(path.read_text("utf-8").replace("As upstream has it", "As the author has it"), "utf-8")
        wait_for("the edited page", lambda: has("As the author has it", f"{address}2026/07/13/"))
        wait_for("the new index", lambda: get(entry) not in ("", searched))
        assert len(upstream.requests) == asked


def test_a_preview_renders_a_page_on_request(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, nav=["index.md", {"A day": "2026/07/13.md"}])
    for number in range(8):
        store_titles(site / "docs", MONDAY + dt.timedelta(days=number), f"On day {number}")
    with serving(site, upstream) as address:
        for number in (0, 3, 1, 7, 1):
            assert f"On day {number}" in get(f"{address}2026/07/{13 + number}/")
        assert "On day 2" in get(f"{address}2026/07/15"), "redirected to the address with a slash"
        assert "On day 4" in get(f"{address}2026/07/17/index.html")
        assert not get(f"{address}2026/07/30/")
        assert "On day 6" in get(f"{address}p/2607.19000/")
        assert not get(f"{address}p/2607.99999/")
        wait_for("the digest", lambda: has("On day 5", f"{address}2026/07/18.md"))


@pytest.mark.parametrize("nav", [None, ["index.md", {"Some": [{"A day": "2026/07/13.md"}, "topics/index.md"]}]])
def test_a_preview_renders_the_same_page_as_a_build(
    tmp_path: Path, upstream: Upstream, nav: list[object] | None
) -> None:
    made = []
    for name, hooks in (("on request", []), ("by MkDocs", ["hook.py"])):
        site = make_site(tmp_path / name, nav=nav, hooks=hooks)
        (site / "hook.py").write_text("def on_post_page(output, page, config):\n    return output\n")
        for number in range(8):
            store_titles(site / "docs", MONDAY + dt.timedelta(days=number), f"On day {number}")
        with serving(site, upstream) as address:
            pages = [
                get(f"{address}{page}") for page in ("", "2026/07/13/", "2026/07/14/", "topics/", "top/", "2026/07/")
            ]
        assert all(pages)
        made.append([re.sub(r"livereload\(.*?\)", "", page).replace(address, "/") for page in pages])
    assert made[0] == made[1]


def test_a_preview_without_live_reload_is_complete_at_once(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path)
    for number in range(8):
        store_titles(site / "docs", MONDAY + dt.timedelta(days=number), f"On day {number}")
    with serving(site, upstream, "--no-livereload") as address:
        assert "On day 5" in get(f"{address}2026/07/18/")
        assert "On day 5" in get(f"{address}2026/07/18.md")
        assert "On day 5" in get(f"{address}2026/07/18.json")


def test_a_request_during_a_rebuild_gets_the_new_page(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path)
    for number in range(60):
        store_titles(site / "docs", MONDAY - dt.timedelta(days=number), "A title")
    config = (site / "mkdocs.yml").read_text("utf-8")
    with serving(site, upstream) as address, ThreadPoolExecutor(4) as readers:
        pages = [f"{address}{MONDAY - dt.timedelta(days=number):%Y/%m/%d}/" for number in range(60)]
        for before, name in pairwise(("A test", "The second name", "The third name", "The fourth name")):
            # In one step: a build that starts between two writes would use some of the old files.
            (site / "new.yml").write_text(config.replace("A test", name), "utf-8")
            (site / "new.yml").replace(site / "mkdocs.yml")
            assert all(readers.map(partial(has_next, before, name), pages))
            assert all(readers.map(partial(has, name), pages))
