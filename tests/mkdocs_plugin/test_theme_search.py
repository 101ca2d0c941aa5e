"""Material's own search finds the newest papers, and the pages that lead to the others."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from daily_papers.mkdocs_plugin.theme_search import MAX_PAPERS
from tests.factories import make_paper, store_day
from tests.sites import build_site, make_site

MONDAY = dt.date(2026, 7, 13)
PLUGINS: list[Any] = ["search", {"daily-papers": {"fetch": "never", "search": False, "path": "papers"}}]


def index_of(site: Path) -> dict[str, str]:
    """Return the title of each entry by its address."""
    entries = json.loads((site / "site/search/search_index.json").read_bytes())["docs"]
    return {entry["location"]: entry["title"] for entry in entries}


def test_the_index_has_the_newest_papers_and_the_main_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, plugins=PLUGINS)
    (site / "docs/index.md").write_text("# Home\n", "utf-8")
    older, days = MONDAY - dt.timedelta(7), 4
    store_day(site / "docs/papers", older, make_paper(1, month="2606", title="An old one"))
    for number in range(days):
        papers = (make_paper(number * 1000 + n, month="2607") for n in range(MAX_PAPERS // days))
        store_day(site / "docs/papers", MONDAY + dt.timedelta(number), *papers)
    build_site(site)
    index = index_of(site)
    assert sum("p/2607." in location for location in index) == MAX_PAPERS
    assert "An old one" not in index.values()
    assert {"", "papers/", "papers/archive/"} <= set(index)
    assert not any("2026/07/" in location for location in index)
