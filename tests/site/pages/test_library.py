"""The library page: its element carries what scripts need to know of the site, as attributes."""

from __future__ import annotations

import datetime as dt
import json

from daily_papers.site.pages import library
from daily_papers.site.urls import Urls
from tests.factories import make_day, make_index, make_paper, module_pages, site_context
from tests.html import only, parse_page

HOSTILE = "\"><img src=x onerror=alert(1)> 'n' &amp;"


def library_attributes(
    *dates: dt.date, urls: Urls | None = None, names: dict[str, dict[str, str]] | None = None
) -> dict[str, str]:
    """Return the attributes of the element that scripts fill, on a site with a paper on each of `dates`."""
    index = make_index(*(make_day(date, make_paper()) for date in dates), topic_names=names or {})
    (page,) = module_pages(library, site_context(index, urls=urls)).values()
    element = only(parse_page(page.render()), "dp-library-page")
    return {name: value or "" for name, value in element.attributes.items()}


def test_new_papers_are_looked_up_in_the_two_newest_months_with_papers() -> None:
    dates = [dt.date(2023, 12, 1), dt.date(2024, 1, 2), dt.date(2024, 3, 1), dt.date(2024, 3, 4)]
    assert library_attributes(*dates)["data-months"] == "../2024/03.json ../2024/01.json"
    assert library_attributes(*dates[:1])["data-months"] == "../2023/12.json"
    assert library_attributes()["data-months"] == ""


def test_addresses_follow_path_and_use_directory_urls() -> None:
    attributes = library_attributes(dt.date(2024, 3, 1), urls=Urls("papers", directory_urls=False))
    assert attributes["data-day"] == "../papers/YYYY/MM/DD.html"
    assert attributes["data-topic"] == "../papers/topics/SLUG.html"
    assert attributes["data-paper-url"] == "../papers/p.html"
    assert attributes["data-months"] == "../papers/2024/03.json"


def test_topic_names_are_data_and_never_markup() -> None:
    names = {"agents": {"ko": "에이전트", "en": HOSTILE}}
    assert json.loads(library_attributes(names=names)["data-topics"]) == names
