"""The archive's pages in the sitemap of a host."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from daily_papers.errors import AttachError
from daily_papers.site.attach.sitemap import SITEMAP, add_to_sitemap

PAGES = [("https://a.example/2026/07/13/", "2026-07-14"), ("https://a.example/?a&b", "")]
HOST = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url><loc>https://a.example/own/</loc></url>
</urlset>
"""


def locations(folder: Path) -> list[str | None]:
    tree = ET.parse(folder / SITEMAP)
    return [node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


@pytest.mark.parametrize("host", [HOST, ""])
def test_pages_are_added_to_the_sitemap_once(tmp_path: Path, host: str) -> None:
    if host:
        (tmp_path / SITEMAP).write_text(host)
    add_to_sitemap(tmp_path, PAGES)
    expected = [*(["https://a.example/own/"] if host else []), *(address for address, _ in PAGES)]
    assert locations(tmp_path) == expected
    first = (tmp_path / SITEMAP).read_bytes()
    add_to_sitemap(tmp_path, PAGES)
    assert (tmp_path / SITEMAP).read_bytes() == first
    add_to_sitemap(tmp_path, PAGES[:1])
    assert locations(tmp_path) == expected[:-1]


@pytest.mark.parametrize("text", ["<sitemapindex></sitemapindex>", "<html>", ""])
def test_a_file_that_lists_no_pages_stays_and_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / SITEMAP).write_text(text)
    with pytest.raises(AttachError, match="expected <urlset>"):
        add_to_sitemap(tmp_path, PAGES)
    assert (tmp_path / SITEMAP).read_text() == text
