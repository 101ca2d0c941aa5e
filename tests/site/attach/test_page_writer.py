"""A page of the archive in the frame of a host."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.site.attach.frame import Frame
from daily_papers.site.attach.page_writer import AttachedPageWriter, attached_pages
from daily_papers.site.context import SiteSettings
from daily_papers.site.load import load_site
from daily_papers.site.page_policy import PagePolicy
from daily_papers.site.urls import Urls
from tests.factories import store_titles

FRAME = "<html><head><title>t</title></head><body><main></main></body></html>"


@pytest.mark.parametrize(
    ("urls", "home", "day"),
    [
        (Urls(), "index.html", "2026/07/13/index.html"),
        (Urls("papers"), "papers/index.html", "papers/2026/07/13/index.html"),
        (Urls(directory_urls=False), "index.html", "2026/07/13.html"),
    ],
)
def test_each_page_is_written_to_its_address(tmp_path: Path, urls: Urls, home: str, day: str) -> None:
    store_titles(tmp_path / "docs", dt.date(2026, 7, 13), "One")
    site = load_site(tmp_path / "docs", SiteSettings(("en",), urls=urls, site_name='"Mine" & yours'))
    (tmp_path / "frame.html").write_text(FRAME)
    frame = Frame.read(tmp_path, "frame.html")
    writer = AttachedPageWriter(site, tmp_path, frame, PagePolicy(applied=False), Path.write_bytes)
    pages = {page.file: page for page in attached_pages(site)}
    assert {home, day} < pages.keys()
    writer.write(pages[day])
    html = (tmp_path / day).read_text("utf-8")
    assert "<title>Monday 13 July 2026 - &quot;Mine&quot; &amp; yours</title>" in html
    assert 'rel="canonical"' not in html, "the address of the site is not known"
    assert "<main>" in html.partition('<div class="dp')[0]
