"""The papers of a day as JSON-LD, for programs that read a page."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.index.day_summary import DaySummary
from daily_papers.model.records import Media, Paper
from daily_papers.site.components.structured_data import AUTHORS, territory
from daily_papers.site.context import SiteContext
from tests.factories import (
    make_day,
    make_paper,
    render_day,
    site_context,
)

DATE = dt.date(2026, 7, 15)
SITE = "https://papers.example/archive/"
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png"
HOSTILE = ["</script><script>alert(1)</script>", "<!--<script>", "\u2028 & \u2029", '"}]}', "]]>"]


def context(site_url: str = SITE) -> SiteContext:
    return site_context(site_url=site_url, site_name="Papers & more")


def page_of(*papers: Paper, site_url: str = SITE) -> LexborHTMLParser:
    day = make_day(DATE, *papers)
    return LexborHTMLParser(render_day(day, context(site_url), entry=DaySummary(DATE, "complete", papers=len(papers))))


def data_of(page: LexborHTMLParser) -> dict[str, Any]:
    blocks = page.css("script")
    assert [block.attributes["type"] for block in blocks] == ["application/ld+json"]
    data: dict[str, Any] = json.loads(blocks[0].text())
    return data


def test_a_day_is_a_collection_of_papers_each_with_its_address() -> None:
    paper = make_paper(title="One", authors=("Ada", "Ben"), published=dt.date(2026, 7, 13), thumbnail=THUMBNAIL)
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
def test_hostile_text_stays_text_in_json_ld(text: str) -> None:
    page = page_of(make_paper(title=text, authors=(text,)))
    [article] = data_of(page)["hasPart"]
    assert article["headline"] == text
    assert article["author"][0]["name"] == text


def test_only_the_first_authors_of_a_large_collaboration_are_listed() -> None:
    page = page_of(make_paper(authors=tuple(f"Name {number}" for number in range(664))))
    [article] = data_of(page)["hasPart"]
    assert len(article["author"]) == AUTHORS


def test_without_site_url_json_ld_has_no_addresses() -> None:
    data = data_of(page_of(make_paper(), site_url=""))
    assert "url" not in data
    assert "url" not in data["hasPart"][0]


def test_the_picture_of_a_day_is_a_still_on_a_known_host_of_the_paper_with_most_votes() -> None:
    elsewhere = Media("https://elsewhere.example/a.png", "image")
    papers = (
        make_paper(1, votes=1, thumbnail=THUMBNAIL.replace("00001", "00009")),
        make_paper(2, votes=9, media=(elsewhere,)),
        make_paper(3, votes=5, thumbnail=THUMBNAIL),
    )
    assert context().presenter.day_image(make_day(DATE, *papers)) == THUMBNAIL


def test_a_locale_has_the_country_where_most_speak_the_language() -> None:
    assert [territory(code) for code in ("ko", "en", "pt", "ja")] == ["ko_KR", "en_US", "pt_BR", "ja_JP"]
