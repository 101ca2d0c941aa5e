"""The page of the reader's library: what scripts are told of the site, as attributes that hold any text."""

from __future__ import annotations

import datetime as dt
import json

from daily_papers.site.renderer import Renderer
from selectolax.lexbor import LexborHTMLParser

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Day, Paper
from daily_papers.site.pages import library
from daily_papers.site.urls import Urls

HOSTILE = "\"><img src=x onerror=alert(1)> 'n' &amp;"


def shelf_of(
    *dates: dt.date, urls: Urls | None = None, names: dict[str, dict[str, str]] | None = None
) -> dict[str, str]:
    """Return the attributes of the element that scripts fill, on a site with a paper on each of `dates`."""
    draw = Renderer(languages=("ko", "en"), urls=urls or Urls(), media_hosts=())
    days = {date: Day(date=date, source="huggingface", papers=(Paper(id="2402.00001", title="t"),)) for date in dates}
    draw.shelf = ArchiveIndex(days=days, topic_names=names or {})
    (page,) = library.pages(draw)
    element = LexborHTMLParser(page.render()).css_first("dp-library-page")
    assert element is not None
    return {name: value or "" for name, value in element.attributes.items()}


def test_news_are_looked_for_in_the_two_newest_months_that_hold_papers() -> None:
    dates = [dt.date(2023, 12, 1), dt.date(2024, 1, 2), dt.date(2024, 3, 1), dt.date(2024, 3, 4)]
    assert shelf_of(*dates)["data-months"] == "../2024/03.json ../2024/01.json"
    assert shelf_of(*dates[:1])["data-months"] == "../2023/12.json"
    assert shelf_of()["data-months"] == ""


def test_addresses_follow_the_site_s_path_and_manner() -> None:
    shelf = shelf_of(dt.date(2024, 3, 1), urls=Urls("papers", directory_urls=False))
    assert shelf["data-day"] == "../papers/YYYY/MM/DD.html"
    assert shelf["data-topic"] == "../papers/topics/SLUG.html"
    assert shelf["data-paper-url"] == "../papers/p.html"
    assert shelf["data-months"] == "../papers/2024/03.json"


def test_the_names_of_topics_are_data_and_never_markup() -> None:
    names = {"agents": {"ko": "에이전트", "en": HOSTILE}}
    assert json.loads(shelf_of(names=names)["data-topics"]) == names
