"""Material's own search shows the titles of papers as text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.visit import build_offline, visit_site
from tests.factories import make_paper, store_day
from tests.session import make_once
from tests.sites import make_site

MONDAY = dt.date(2026, 7, 13)
HOSTILE = "Rivers <img src=x onerror=document.title=1> & {{ seas }}"
PLUGINS: list[Any] = ["search", {"daily-papers": {"fetch": "never", "search": False, "path": "papers"}}]


def _build(folder: Path) -> None:
    theme = {"name": "material", "font": False}
    site = make_site(folder, theme=theme, plugins=PLUGINS)
    (site / "docs/index.md").write_text("# Home\n", "utf-8")
    store_day(site / "docs/papers", MONDAY, make_paper(1), make_paper(2, title=HOSTILE))
    build_offline(site)


def test_a_hostile_title_is_found_as_text(chromium: Browser) -> None:
    with visit_site(chromium, make_once("theme-search-site", _build) / "site") as visit:
        page = visit.open("")
        page.locator(".md-search__input").click()
        page.keyboard.type("rivers")
        found = page.locator(".md-search-result__link", has_text="Rivers <img").last
        expect(found).to_have_attribute("href", f"{visit.site}papers/p/2607.00002/")
        assert page.title() == "A test"
        assert not visit.errors
