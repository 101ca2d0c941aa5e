"""The pages of topics: their papers, months and neighbours, and the data that combines them in the browser."""

from __future__ import annotations

import datetime as dt
import json

from daily_papers.site.renderer import Renderer
from selectolax.lexbor import LexborHTMLParser

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Day, Paper
from daily_papers.site.pages import topics
from daily_papers.site.urls import Urls

JUNE, JULY = dt.date(2026, 5, 29), dt.date(2026, 7, 1)
NAMES = {
    "agents": {"ko": "에이전트", "en": "Agents"},
    "code": {"ko": "코드", "en": "Code"},
    "games": {"ko": "게임", "en": "Games"},
}


def paper(number: int, votes: int | None = 0) -> Paper:
    return Paper(id=f"2607.{number:05}", title=f"Paper {number} <b>", votes=votes)


def renderer(topics_of: dict[int, tuple[str, ...]]) -> Renderer:
    """Papers 1 to 4 on two dates, two months apart."""
    days = {
        JUNE: Day(date=JUNE, source="x", papers=(paper(1, 5), paper(2, 9))),
        JULY: Day(date=JULY, source="x", papers=(paper(3, 7), paper(4, None))),
    }
    draw = Renderer(languages=["en", "ko"], urls=Urls(), media_hosts=())
    draw.shelf = ArchiveIndex(
        days=days,
        topics={f"2607.{number:05}": slugs for number, slugs in topics_of.items()},
        topic_names=NAMES,
    )
    return draw


def page_of(draw: Renderer, source: str) -> LexborHTMLParser:
    return LexborHTMLParser(next(page for page in topics.pages(draw) if page.source == source).render())


def titles(page: LexborHTMLParser, table: int) -> list[str]:
    return [node.text() for node in page.css(".dp-rows")[table].css('th[scope="row"] > a')]


def test_a_topic_has_its_best_its_newest_and_its_months() -> None:
    draw = renderer({1: ("agents",), 2: ("agents", "code"), 3: ("agents",)})
    page = page_of(draw, "topics/agents.md")
    assert titles(page, 0) == ["Paper 2 <b>", "Paper 3 <b>", "Paper 1 <b>"]
    assert titles(page, 1) == ["Paper 3 <b>", "Paper 1 <b>", "Paper 2 <b>"]
    months = [(row.css_first("th dp-w").text(), row.css_first("td").text()) for row in page.css(".dp-table tbody tr")]  # type: ignore[union-attr]
    assert months == [("July 2026", "1"), ("June 2026", "0"), ("May 2026", "2")]
    assert [bar.attributes["height"] for bar in page.css(".dp-month-chart rect")] == ["48", "24"]


def test_a_topic_without_papers_says_so() -> None:
    assert page_of(renderer({}), "topics/games.md").css_first(".dp-notice") is not None


def test_all_topics_stand_in_the_order_of_their_papers() -> None:
    draw = renderer({1: ("code",), 2: ("code", "agents"), 3: ("code",)})
    links = [node.attributes["href"] for node in page_of(draw, "topics.md").css(".dp-grid a")]
    assert links == ["../topics/code/", "../topics/agents/", "../topics/games/"]


def test_topics_with_most_papers_in_common_are_neighbours_and_two_are_too_few() -> None:
    shared = {str(number): ("agents", "code") for number in range(3)}
    once = {str(number): ("agents", "games") for number in range(10, 12)}
    assert topics.neighbours(shared | once) == {"agents": ["code"], "code": ["agents"]}


def test_the_data_of_a_topic_holds_each_paper_once_by_votes() -> None:
    draw = renderer({1: ("code",), 2: ("code",), 4: ("code",)})
    files = {address: json.loads(content) for address, content in topics.files(draw)}
    assert [paper["id"] for paper in files["topics/code.json"]["papers"]] == ["2607.00002", "2607.00001", "2607.00004"]
    assert files["topics/code.json"]["papers"][0] == {
        "id": "2607.00002",
        "title": "Paper 2 <b>",
        "date": "2026-05-29",
        "votes": 9,
    }
    assert files["topics/games.json"] == {"papers": []}
