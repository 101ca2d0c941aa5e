"""The topic pages: papers, months, related topics, and the data files that scripts combine."""

from __future__ import annotations

import datetime as dt
import json

from selectolax.lexbor import LexborHTMLParser

from daily_papers.model.records import Paper
from daily_papers.site.context import SiteContext
from daily_papers.site.pages import topics
from tests.factories import (
    make_day,
    make_index,
    make_paper,
    module_files,
    module_pages,
    site_context,
)
from tests.html import only, parse_page

MAY, JULY = dt.date(2026, 5, 29), dt.date(2026, 7, 1)
NAMES = {
    "agents": {"ko": "에이전트", "en": "Agents"},
    "code": {"ko": "코드", "en": "Code"},
    "games": {"ko": "게임", "en": "Games"},
}


def titled(number: int, votes: int | None) -> Paper:
    return make_paper(number, title=f"Paper {number} <b>", votes=votes)


def context(topics_of: dict[int, tuple[str, ...]]) -> SiteContext:
    """Return a site with papers 1 to 4 on two dates, in May and July; `topics_of` are the topics by paper."""
    index = make_index(
        make_day(MAY, titled(1, 5), titled(2, 9)),
        make_day(JULY, titled(3, 7), titled(4, None)),
        topics={f"2607.{number:05}": slugs for number, slugs in topics_of.items()},
        topic_names=NAMES,
    )
    return site_context(index, languages=["en", "ko"])


def topic_page(topics_of: dict[int, tuple[str, ...]], source: str) -> LexborHTMLParser:
    return parse_page(module_pages(topics, context(topics_of))[source].render())


def titles(page: LexborHTMLParser, table: int) -> list[str]:
    return [node.text() for node in page.css(".dp-rows")[table].css('th[scope="row"] > a')]


def test_a_topic_page_has_best_papers_newest_papers_and_papers_per_month() -> None:
    page = topic_page({1: ("agents",), 2: ("agents", "code"), 3: ("agents",)}, "topics/agents.md")
    assert titles(page, 0) == ["Paper 2 <b>", "Paper 3 <b>", "Paper 1 <b>"]
    assert titles(page, 1) == ["Paper 3 <b>", "Paper 1 <b>", "Paper 2 <b>"]
    months = [(only(row, "th").text(), only(row, "td").text()) for row in page.css(".dp-table tbody tr")]
    assert months == [("July 2026", "1"), ("June 2026", "0"), ("May 2026", "2")]
    assert [bar.attributes["height"] for bar in page.css(".dp-month-chart rect")] == ["48", "24"]


def test_a_topic_without_papers_has_a_notice() -> None:
    assert only(topic_page({}, "topics/games.md"), ".dp-notice")


def test_topics_are_sorted_by_their_number_of_papers() -> None:
    page = topic_page({1: ("code",), 2: ("code", "agents"), 3: ("code",)}, "topics.md")
    links = [node.attributes["href"] for node in page.css(".dp-grid a")]
    assert links == ["../topics/code/", "../topics/agents/", "../topics/games/"]


def test_topics_are_neighbours_from_three_common_papers_on() -> None:
    shared = {str(number): ("agents", "code") for number in range(3)}
    once = {str(number): ("agents", "games") for number in range(10, 12)}
    assert topics.find_related(shared | once) == {"agents": ["code"], "code": ["agents"]}


def test_the_data_file_of_a_topic_has_each_paper_once_sorted_by_votes() -> None:
    site = context({1: ("code",), 2: ("code",), 4: ("code",)})
    files = {address: json.loads(content) for address, content in module_files(topics, site).items()}
    assert [paper["id"] for paper in files["topics/code.json"]["papers"]] == ["2607.00002", "2607.00001", "2607.00004"]
    assert files["topics/code.json"]["papers"][0] == {
        "id": "2607.00002",
        "title": "Paper 2 <b>",
        "date": "2026-05-29",
        "votes": 9,
    }
    assert files["topics/games.json"] == {"papers": []}
