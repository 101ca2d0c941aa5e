"""What machines read of a page: the card a link becomes, and a day's papers as JSON-LD, whatever they are called."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.index.day_summary import DaySummary
from daily_papers.model.records import Day, Media, Paper
from daily_papers.site.components.structured_data import AUTHORS, territory
from daily_papers.site.page import SitePage
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import Urls

DATE = dt.date(2026, 7, 15)
SITE = "https://papers.example/archive/"
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png"
HOSTILE = ["</script><script>alert(1)</script>", "<!--<script>", "\u2028 & \u2029", '"}]}', "]]>"]


def renderer(site_url: str = SITE) -> Renderer:
    return Renderer(
        languages=["ko", "en"],
        urls=Urls(),
        media_hosts=["cdn-thumbnails.huggingface.co"],
        site_url=site_url,
        site_name="Papers & more",
    )


def page_of(*papers: Paper, site_url: str = SITE) -> LexborHTMLParser:
    day = Day(date=DATE, source="huggingface", papers=papers)
    entry = DaySummary(DATE, "complete", papers=len(papers))
    return LexborHTMLParser(renderer(site_url).day(day, entry, previous=None, next=None))


def data_of(page: LexborHTMLParser) -> dict[str, Any]:
    blocks = page.css("script")
    assert [block.attributes["type"] for block in blocks] == ["application/ld+json"]
    data: dict[str, Any] = json.loads(blocks[0].text())
    return data


def test_a_day_is_a_collection_of_its_papers_with_their_own_addresses() -> None:
    paper = Paper(
        id="2607.00001", title="One", authors=("Ada", "Ben"), published=dt.date(2026, 7, 13), thumbnail=THUMBNAIL
    )
    assert data_of(page_of(paper)) == {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": "2026년 7월 15일 수요일",
        "url": f"{SITE}2026/07/15/",
        "inLanguage": "ko",
        "datePublished": "2026-07-15",
        "hasPart": [
            {
                "@type": "ScholarlyArticle",
                "headline": "One",
                "url": f"{SITE}2026/07/15/#2607.00001",
                "author": [{"@type": "Person", "name": "Ada"}, {"@type": "Person", "name": "Ben"}],
                "datePublished": "2026-07-13",
                "sameAs": "https://arxiv.org/abs/2607.00001",
                "image": THUMBNAIL,
            }
        ],
    }


@pytest.mark.fault(31)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_stranger_s_text_stays_text_in_the_data(text: str) -> None:
    page = page_of(Paper(id="2607.00001", title=text, authors=(text,)))
    [article] = data_of(page)["hasPart"]
    assert article["headline"] == text
    assert article["author"][0]["name"] == text


def test_a_collaboration_of_hundreds_is_not_most_of_the_page() -> None:
    page = page_of(Paper(id="2607.00001", title="One", authors=tuple(f"Name {number}" for number in range(664))))
    [article] = data_of(page)["hasPart"]
    assert len(article["author"]) == AUTHORS


def test_a_site_that_does_not_know_its_address_names_none() -> None:
    data = data_of(page_of(Paper(id="2607.00001", title="One"), site_url=""))
    assert "url" not in data
    assert "url" not in data["hasPart"][0]


def card(image: str) -> dict[str, str]:
    page = SitePage("2026/07/15.md", 'A "day"', "Said of it", str, str, image=image)
    tree = LexborHTMLParser(f"<head>{renderer().card(page, '2026/07/15/')}</head>")
    named = [{**node.attributes} for node in tree.css("meta")]
    return {str(one.get("property") or one["name"]): str(one["content"]) for one in named}


def test_a_link_to_a_page_becomes_a_card_with_the_picture_of_its_first_paper() -> None:
    assert card(THUMBNAIL) == {
        "og:type": "website",
        "og:site_name": "Papers & more",
        "og:title": 'A "day"',
        "og:description": "Said of it",
        "og:url": f"{SITE}2026/07/15/",
        "og:locale": "ko_KR",
        "og:locale:alternate": "en_US",
        "og:image": THUMBNAIL,
        "twitter:card": "summary_large_image",
    }
    assert card("")["twitter:card"] == "summary"


def test_the_picture_is_one_that_stands_still_on_a_known_host_of_the_paper_with_most_votes() -> None:
    elsewhere = Media("https://elsewhere.example/a.png", "image")
    papers = (
        Paper(id="2607.00001", title="t", votes=1, thumbnail=THUMBNAIL.replace("00001", "00009")),
        Paper(id="2607.00002", title="t", votes=9, media=(elsewhere,)),
        Paper(id="2607.00003", title="t", votes=5, thumbnail=THUMBNAIL),
    )
    assert renderer().day_image(Day(date=DATE, source="x", papers=papers)) == THUMBNAIL


def test_languages_are_named_with_the_country_most_speak_them_in() -> None:
    assert [territory(code) for code in ("ko", "en", "pt", "ja")] == ["ko_KR", "en_US", "pt_BR", "ja_JP"]
