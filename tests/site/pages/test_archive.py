"""The archive page: every year as a calendar, and the feeds of the site."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from daily_papers.site.pages import archive as archive_page
from tests.factories import DATE, make_day, make_index, make_paper, module_pages, render_archive, site_context
from tests.html import parse_page
from tests.site.pages.sample_archive import pages_of, rendered, targets


def test_every_year_is_a_calendar_that_links_to_its_days(archive: Path) -> None:
    page = rendered(pages_of(archive)["archive"])
    assert [node.attributes["id"] for node in page.css(".dp-year h2")] == ["y2025", "y2024", "y2023"]
    assert targets(page, "td a", "archive") == [
        "2025/01/02/",
        *("2024/02/29/", "2024/03/01/", "2024/03/04/", "2024/12/27/", "2024/12/30/"),
        "2023/05/04/",
    ]


def test_the_description_counts_days_and_papers(archive: Path) -> None:
    page = pages_of(archive)["archive"]
    assert "6 days" in page.description
    assert "10 papers" in page.description
    assert page.changed == dt.date(2025, 1, 2)


def test_feeds_are_listed_only_if_the_site_has_them() -> None:
    index = make_index(make_day(DATE, make_paper()))
    with_feeds = parse_page(render_archive(site_context(index, site_url="https://papers.example/", feeds=True)))
    assert {"../feed.xml", "../papers.xml", "../settled.xml"} <= {
        node.attributes["href"] for node in with_feeds.css("a[type='application/atom+xml']")
    }
    assert not parse_page(render_archive(site_context(index))).css("a[type='application/atom+xml']")


def test_the_head_links_to_archive_json() -> None:
    (page,) = module_pages(archive_page, site_context()).values()
    assert 'type="application/json" href="../archive.json"' in page.head()
