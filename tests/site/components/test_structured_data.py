"""The papers of a day as JSON-LD, for programs that read a page."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from daily_papers.model.records import Media
from daily_papers.site.components.structured_data import AUTHORS, collection, scholarly_article, territory
from tests.factories import (
    make_day,
    make_paper,
    site_context,
)

DATE = dt.date(2026, 7, 15)
SITE = "https://papers.example/archive/"
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png"
HOSTILE = ["</script><script>alert(1)</script>", "<!--<script>", "\u2028 & \u2029", '"}]}', "]]>"]


def data_of(block: Markup) -> dict[str, Any]:
    """Read a data block, and assert that no markup is in it."""
    (script,) = LexborHTMLParser(block).css("script")
    assert script.attributes["type"] == "application/ld+json"
    data: dict[str, Any] = json.loads(script.text())
    return data


def test_a_day_is_a_collection() -> None:
    assert data_of(collection("A day", f"{SITE}2026/07/15/", DATE, "ko")) == {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": "A day",
        "url": f"{SITE}2026/07/15/",
        "inLanguage": "ko",
        "datePublished": "2026-07-15",
    }
    assert "url" not in data_of(collection("A day", "", DATE, "ko"))


def test_a_paper_is_an_article_with_its_identifiers() -> None:
    paper = make_paper(title="One", authors=("Ada", "Ben"), published=dt.date(2026, 7, 13))
    assert data_of(scholarly_article(paper, f"{SITE}p/2607.00001/", THUMBNAIL)) == {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": "One",
        "url": f"{SITE}p/2607.00001/",
        "author": [{"@type": "Person", "name": "Ada"}, {"@type": "Person", "name": "Ben"}],
        "datePublished": "2026-07-13",
        "sameAs": "https://arxiv.org/abs/2607.00001",
        "image": THUMBNAIL,
        "identifier": ["arXiv:2607.00001", "doi:10.48550/arXiv.2607.00001"],
    }


@pytest.mark.fault(31)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_json_ld(text: str) -> None:
    article = data_of(scholarly_article(make_paper(title=text, authors=(text,)), "", ""))
    assert article["headline"] == text
    assert article["author"][0]["name"] == text


def test_only_the_first_authors_of_a_large_collaboration_are_listed() -> None:
    paper = make_paper(authors=tuple(f"Name {number}" for number in range(664)))
    assert len(data_of(scholarly_article(paper, "", ""))["author"]) == AUTHORS


def test_the_picture_of_a_day_is_a_still_on_a_known_host_of_the_paper_with_most_votes() -> None:
    elsewhere = Media("https://elsewhere.example/a.png", "image")
    papers = (
        make_paper(1, votes=1, thumbnail=THUMBNAIL.replace("00001", "00009")),
        make_paper(2, votes=9, media=(elsewhere,)),
        make_paper(3, votes=5, thumbnail=THUMBNAIL),
    )
    assert site_context().presenter.day_image(make_day(DATE, *papers)) == THUMBNAIL


def test_a_locale_has_the_country_where_most_speak_the_language() -> None:
    assert [territory(code) for code in ("ko", "en", "pt", "ja")] == ["ko_KR", "en_US", "pt_BR", "ja_JP"]
