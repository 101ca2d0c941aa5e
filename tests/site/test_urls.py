"""Addresses: where our pages are, and the way from each to the site's root."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin

import pytest

from daily_papers.site.urls import Urls, day_stem, month_stem, to_root, week_stem

DAY = dt.date(2024, 3, 1)


def test_the_places_of_the_contract_at_the_root_of_a_site() -> None:
    urls = Urls()
    assert urls.home() == ""
    assert urls.archive() == "archive/"
    assert urls.day(DAY) == "2024/03/01/"
    assert urls.day_json(DAY) == "2024/03/01.json"
    assert urls.day_markdown(DAY) == "2024/03/01.md"
    assert urls.asset("js/main.mjs") == "assets/daily-papers/js/main.mjs"


@pytest.mark.parametrize("path", ["papers", "/papers/", "papers/"])
def test_everything_stays_below_the_path_however_it_is_written(path: str) -> None:
    urls = Urls(path)
    assert urls.home() == "papers/"
    assert urls.day(DAY) == "papers/2024/03/01/"
    assert urls.source(day_stem(DAY)) == "papers/2024/03/01.md"
    assert urls.source("index") == "papers/index.md"
    assert urls.topic("agents") == "papers/topics/agents/"


def test_a_week_belongs_to_its_iso_year() -> None:
    assert week_stem(dt.date(2024, 12, 30)) == "2025/w01"
    assert week_stem(dt.date(2026, 12, 31)) == week_stem(dt.date(2027, 1, 3)) == "2026/w53"
    assert month_stem(DAY) == "2024/03"


def test_without_directory_urls_pages_are_files_and_twins_stay_where_they_are() -> None:
    urls = Urls("papers", directory_urls=False)
    assert urls.home() == "papers/index.html"
    assert urls.archive() == "papers/archive.html"
    assert urls.day(DAY) == "papers/2024/03/01.html"
    assert urls.day_json(DAY) == "papers/2024/03/01.json"


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("path", ["", "papers", "a/b"])
@pytest.mark.parametrize("site", ["https://example.org/", "https://example.org/some/where/"])
def test_a_link_leads_from_any_page_to_any_other_under_any_site_address(
    site: str, path: str, directory_urls: bool
) -> None:
    urls = Urls(path, directory_urls)
    addresses = [urls.home(), urls.archive(), urls.day(DAY), urls.day_json(DAY), urls.asset("daily-papers.css")]
    for page in (urls.home(), urls.archive(), urls.day(DAY)):
        for address in addresses:
            assert urljoin(site + page, to_root(page) + address) == site + address
