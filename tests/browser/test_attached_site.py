"""An archive attached to a site of plain HTML: its pages and their frame run without an error, the policy included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visit import Visit, visit_site
from tests.factories import make_paper, store_day
from tests.session import make_once
from tests.site.attach.hosts import FRAME, write_host
from tests.sites import make_site, run_module

DATE = dt.date(2026, 7, 13)


def _attach(folder: Path) -> None:
    site = make_site(folder, {"fetch": "never", "search": True}, theme={"name": "mkdocs"})
    store_day(site / "docs", DATE, *(make_paper(number, title=f"Agents of kind {number}") for number in range(1, 4)))
    write_host(site / "host")
    done = run_module("daily_papers.cli", "attach", "host", "--frame", FRAME, folder=site)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def attached(chromium: Browser) -> Iterator[Visit]:
    with visit_site(chromium, make_once("attached-site", _attach) / "host") as visit:
        yield visit


@pytest.mark.parametrize("path", ["", "2026/07/13/", "search/", "archive/", "topics/", "library/", FRAME])
def test_a_page_and_its_frame_run_without_an_error(attached: Visit, path: str) -> None:
    page = attached.open(path)
    page.wait_for_load_state("networkidle")
    expect(page.locator("body[data-inline=ran][data-host=ran]")).to_have_count(1)
    assert page.locator("footer img").evaluate("image => image.complete && image.naturalWidth") == 1
    assert page.locator("main").first.evaluate("main => getComputedStyle(main).maxWidth") != "none"
    assert page.locator("main > .dp").count() == (0 if path == FRAME else 1)
    assert not attached.errors


def test_the_search_finds_a_paper_and_leads_to_it(attached: Visit) -> None:
    page = attached.open("search/?q=agents")
    results = page.locator("dp-search-page a[href*='2026/07/13/']")
    expect(results.first).to_be_visible()
    results.first.click()
    page.wait_for_url("**/2026/07/13/#*")
    page.locator("dp-paper-actions [value=saved]").first.click()
    expect(page.locator("dp-paper-actions [value=saved][aria-pressed=true]")).to_have_count(1)
    assert not attached.errors
