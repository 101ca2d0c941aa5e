"""Additions to the head of a page: links, scripts, and the Open Graph card."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from daily_papers.site.components.page_head import page_head, social_card
from daily_papers.site.urls import DAYS_FEED
from tests.factories import DATE, THUMBNAIL, make_day, make_index, make_paper, site_context

SITE = "https://papers.example/archive/"


def head_of(*, feeds: bool = True, feed: str = DAYS_FEED) -> LexborHTMLParser:
    index = make_index(make_day(DATE, make_paper()))
    site = site_context(index, site_url=SITE, site_name="Papers & more", feeds=feeds)
    links = [("prev", "2024/02/29/", ""), ("alternate", "2024/03/01.json", "application/json")]
    return LexborHTMLParser(f"<head>{page_head(site, '2024/03/01/', links, feed=feed)()}</head>")


def test_the_head_has_links_relative_to_the_page() -> None:
    links = [dict(node.attributes) for node in head_of().css("link[rel~=prev], link[type='application/json']")]
    assert links == [
        {"rel": "prev ", "href": "../../../2024/02/29/"},
        {"rel": "alternate ", "type": "application/json", "href": "../../../2024/03/01.json"},
    ]


def test_the_head_links_to_the_feed_in_every_language() -> None:
    feeds = [dict(node.attributes) for node in head_of().css("link[type='application/atom+xml']")]
    assert [(feed["href"], feed["title"]) for feed in feeds] == [
        ("../../../feed.xml", "Papers & more (한국어)"),
        ("../../../feed.en.xml", "Papers & more (English)"),
    ]


def test_a_page_without_a_feed_or_a_site_without_feeds_links_to_none() -> None:
    assert not head_of(feed="").css("link[type='application/atom+xml']")
    assert not head_of(feeds=False).css("link[type='application/atom+xml']")


def test_the_head_loads_one_stylesheet_and_one_module() -> None:
    head = head_of()
    assert len(head.css("link[rel=stylesheet]")) == 1
    assert [node.attributes["type"] for node in head.css("script[src]")] == ["module"]


def card_of(image: str) -> dict[str, str]:
    site = site_context(site_url=SITE, site_name="Papers & more")
    card = social_card(site, 'A "day"', "A description", image, "2026/07/15/")
    tree = LexborHTMLParser(f"<head>{card}</head>")
    named = [{**node.attributes} for node in tree.css("meta")]
    return {str(one.get("property") or one["name"]): str(one["content"]) for one in named}


def test_a_card_has_title_description_address_languages_and_picture() -> None:
    assert card_of(THUMBNAIL) == {
        "og:type": "website",
        "og:site_name": "Papers & more",
        "og:title": 'A "day"',
        "og:description": "A description",
        "og:url": f"{SITE}2026/07/15/",
        "og:locale": "ko_KR",
        "og:locale:alternate": "en_US",
        "og:image": THUMBNAIL,
        "twitter:card": "summary_large_image",
    }
    assert card_of("")["twitter:card"] == "summary"
