"""Archive pages as they are written: the security policy, JSON-LD, and what other hooks change."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from tests.factories import store_titles
from tests.sites import build_site, make_site, page

MONDAY = dt.date(2026, 7, 13)


def test_every_page_of_a_whole_site_has_the_security_policy_first_in_its_head(bundled: Path) -> None:
    for name in ("2024/03/01", "archive", "guide", "guide/options"):
        html = (bundled / name / "index.html").read_text("utf-8")
        assert re.search(r"<head>\s*<meta http-equiv=\"Content-Security-Policy\"", html)
        assert "script-src 'self' 'sha256-" in html
    assert "Content-Security-Policy" not in (bundled / "404.html").read_text("utf-8")


def test_the_json_ld_of_a_day_is_in_the_head_once(bundled: Path) -> None:
    day_page = page(bundled / "2024/03/01/index.html")
    assert len(day_page.css('head > script[type="application/ld+json"]')) == 1
    assert len(day_page.css('script[type="application/ld+json"]')) == 1


CHANGING_HOOK = """
seen = []


def on_page_content(html, page, config, files):
    seen.append(page)


def on_post_page(output, page, config):
    return output.replace("</body>", f"<!-- {page.file.src_uri}, one of {len(seen)} --></body>")
"""


def test_a_hook_that_changes_pages_changes_archive_pages_too(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["changing.py"])
    (site / "changing.py").write_text(CHANGING_HOOK)
    for number in range(8):
        store_titles(site / "docs", MONDAY + dt.timedelta(days=number), "One")
    build_site(site)
    papers = site / "site/p"  # of papers, in a frame that is not the theme's
    pages = [path.read_text("utf-8") for path in (site / "site").rglob("index.html") if path.parent.parent != papers]
    assert len(pages) > 20
    assert all(f".md, one of {len(pages)} -->" in html for html in pages)
