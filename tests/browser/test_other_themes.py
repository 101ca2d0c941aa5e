"""Archive pages in MkDocs' own theme: its scripts run, and a key does one thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visit import Visit, build_offline, visit_site
from tests.factories import make_paper, store_day
from tests.session import make_once
from tests.sites import make_site

DATE = dt.date(2026, 7, 13)


def _build(folder: Path) -> None:
    theme = {"name": "mkdocs", "highlightjs": False}
    plugins = ["search", {"daily-papers": {"fetch": "never", "search": True}}]
    site = make_site(folder, theme=theme, plugins=plugins)
    store_day(site / "docs", DATE, *map(make_paper, range(1, 4)))
    (site / "docs/own.md").write_text("# Own\n\n## A heading\n", "utf-8")
    build_offline(site)


@pytest.fixture
def mkdocs_visit(chromium: Browser) -> Iterator[Visit]:
    with visit_site(chromium, make_once("mkdocs-theme-site", _build) / "site") as visit:
        yield visit


@pytest.mark.parametrize("path", ["own/", "", "2026/07/13/", "archive/", "topics/"])
def test_the_scripts_of_the_theme_run_without_an_error(mkdocs_visit: Visit, path: str) -> None:
    page = mkdocs_visit.open(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("typeof keyCodes") == "object"  # defined after everything that could fail
    assert not mkdocs_visit.errors


def test_the_key_for_help_opens_one_dialog_and_the_key_for_saving_no_search(mkdocs_visit: Visit) -> None:
    page = mkdocs_visit.open("2026/07/13/")
    page.locator("dp-shortcuts:defined").wait_for(state="attached")
    page.locator("dp-paper-actions [value=saved]").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("dp-paper-actions [value=saved][aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(1)
    assert page.evaluate("document.querySelectorAll('.modal.show').length") == 0


def test_a_slash_focuses_the_search_box_and_opens_no_dialog(mkdocs_visit: Visit) -> None:
    page = mkdocs_visit.open("topics/")
    page.locator("dp-search-box:defined").wait_for(state="attached")
    page.keyboard.press("/")
    expect(page.locator("dp-search-box input")).to_be_focused()
    assert page.evaluate("document.querySelectorAll('.modal.show').length") == 0
    assert not mkdocs_visit.errors
