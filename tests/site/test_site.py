"""All pages and files of a site: unique addresses, one content whether cached or not, and everything listed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive.day_files import read_day
from daily_papers.site.cache.store import CacheStore
from daily_papers.site.page import DESCRIPTION_CHARS
from daily_papers.site.site import curated_records, linked_addresses, pages, prerender_year, render_page
from tests.factories import data_files, load_site, make_paper, store_day

SITE = "https://papers.example/"
DATES = [dt.date(2023, 12, 29), dt.date(2024, 3, 1), dt.date(2024, 3, 4)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number, date in enumerate(DATES):
        store_day(tmp_path / "docs", date, make_paper(number, title=f"Agents {number}", keywords=("agents",)))
    return tmp_path / "docs"


def test_every_page_has_a_source_of_its_own_and_the_dates_are_last(root: Path) -> None:
    sources = [page.source for page in pages(load_site(root))]
    assert len(sources) == len(set(sources))
    assert sources[-3:] == [f"{date:%Y/%m/%d}.md" for date in DATES]
    assert {"index.md", "archive.md", "status.md", "top.md", "topics.md", "authors.md", "orgs.md"} <= set(sources)


def test_every_page_has_a_title_a_short_description_and_a_card_in_its_head(root: Path) -> None:
    for page in pages(load_site(root, site_url=SITE)):
        assert page.title
        assert 0 < len(page.description) <= DESCRIPTION_CHARS
        assert page.head().count('property="og:title"') == 1


def test_a_page_is_encoded_in_utf_8_even_if_a_title_is_not_valid_unicode(root: Path) -> None:
    site = load_site(root)
    for page in pages(site):
        assert render_page(site, page).decode() == page.render()


def test_no_data_file_has_the_address_of_another(root: Path) -> None:
    addresses = [address for address, _ in data_files(load_site(root, site_url=SITE, feeds=True))]
    assert len(addresses) == len(set(addresses))
    assert {f"{date:%Y/%m/%d}.md" for date in DATES} <= set(addresses)


def test_every_linked_address_is_a_data_file(root: Path) -> None:
    site = load_site(root, site_url=SITE, feeds=True)
    linked = list(linked_addresses(site))
    assert {"archive.json", "feed.xml", "status.json"} <= set(linked)
    assert set(linked) <= {address for address, _ in data_files(site)}


def test_only_curated_days_have_a_record_of_their_own(root: Path) -> None:
    assert not list(curated_records(load_site(root)))
    (root / "curation.yml").write_text("2607.00001: {pin: true}\n")
    ((address, content),) = curated_records(load_site(root))
    assert address == "2024/03/01.json"
    published = root / "published"
    (published / "2024/03").mkdir(parents=True)
    (published / address).write_bytes(content)
    day = read_day(published, DATES[1])
    assert day is not None
    assert [paper.pinned for paper in day.papers] == [True]


def test_prerendering_a_year_caches_its_pages_and_no_others(root: Path) -> None:
    site = load_site(root, cache=CacheStore(root.parent / "cache"))
    count = prerender_year(site, 2024)
    of_year = [page.source for page in pages(site) if page.source.startswith("2024")]
    assert count == len(of_year) > 5
    assert [path.name for path in (root.parent / "cache").iterdir()] == ["2024.sqlite"]
