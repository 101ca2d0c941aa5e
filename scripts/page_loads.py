"""Prints the requests and bytes that a reader's browser loads: a first visit, other days, a first search.

Bytes are counted as sent, by kind: pages, the plugin's files, its search, the theme's files. Images and videos of other
hosts are not loaded. There is no threshold.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from daily_papers.model.records import Day
from site_server import Sent, build_site, serve_site
from tests.browser.chromium import find

OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
QUERY = "diffusion model"
KINDS = ("page", "plugin", "search", "theme's")
_LISTED = 5


def print_page_loads(days: Sequence[Day]) -> None:
    """Build the site of `days` and print the requests and bytes of each step of a reader's visit."""
    with tempfile.TemporaryDirectory(prefix="daily-papers-reader-") as name, serve_site(Path(name, "site")) as served:
        address, sent = served
        build_site(Path(name), days, address)
        print(f"{'':24}{'requests':>10}{'kB':>8}" + "".join(f"{kind:>16}" for kind in KINDS))
        for step in _steps(address, days):
            print(_line(step, sent), flush=True)
            for path, size in sorted(sent, key=lambda one: -one[1])[:_LISTED]:
                print(f"{'':6}{size / 1000:7.1f}  {path}")
            sent.clear()


def _steps(address: str, days: Sequence[Day]) -> Iterator[str]:
    """Yield the name of each step after it has loaded all its files."""
    longest = max(days, key=lambda day: len(day.papers))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=["--no-sandbox", OFFLINE])
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        yield _open(page, address, "home, a first visit")
        yield _open(page, f"{address}{days[-1].date:%Y/%m/%d}/", "the newest day")
        yield _open(page, f"{address}{longest.date:%Y/%m/%d}/", "the longest day")
        page.keyboard.press("Control+k")
        page.keyboard.type(QUERY, delay=100)
        page.locator(".dp-suggestions a").first.wait_for()
        page.wait_for_load_state("networkidle")
        yield "a first search"
        browser.close()


def _open(page: Page, address: str, name: str) -> str:
    page.goto(address, wait_until="networkidle")
    return name


def _line(step: str, sent: Sent) -> str:
    sizes = {kind: [size for path, size in sent if _kind(path) == kind] for kind in KINDS}
    parts = "".join(f"{f'{len(of)}: {sum(of) / 1000:.1f}':>16}" for of in sizes.values())
    return f"{step:24}{len(sent):10}{sum(size for _, size in sent) / 1000:8.1f}{parts}"


def _kind(path: str) -> str:
    if "/assets/daily-papers/" in path:
        return "plugin"
    if "/assets/" in path:
        return "theme's"
    return "page" if path.partition("?")[0].endswith("/") else "search" if "/search/" in path else "plugin"
