"""A page without the theme is whole, with its own policy, search and colors."""

from __future__ import annotations

from typing import Any

import pytest
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from daily_papers.search.records import Shard
from daily_papers.site.components.document import render_document
from tests.factories import site_context
from tests.html import only


def document(**settings: Any) -> LexborHTMLParser:
    html = render_document(
        site_context(**settings),
        url="p/2607.00001/",
        title="On rivers",
        description="A <description>",
        image="",
        head=Markup('<meta name="one" content="two">'),
        content=Markup("<p>Content</p>"),
        title_language="en",
    )
    assert html.startswith("<!doctype html>")
    return LexborHTMLParser(html)


def test_a_document_has_its_content_in_main_and_its_additions_in_the_head() -> None:
    page = document(site_name="Papers & more")
    assert only(page, "main > p").text() == "Content"
    assert page.css_first("head > meta[name=one]")
    assert only(page, "title").text() == "On rivers · Papers & more"
    assert only(page, "html").attributes["lang"] == "en"


def test_its_addresses_lead_from_its_folder_to_the_root() -> None:
    page = document()
    assert only(page, "html").attributes["data-dp-root"] == "../../"
    addresses = [node.attributes.get("href") or node.attributes.get("src") or "" for node in page.css("[href], [src]")]
    assert addresses
    assert all(address.startswith("../../") for address in addresses)


def test_the_policy_allows_the_site_and_the_hosts_of_media_only() -> None:
    policy = only(document(media_hosts=("pictures.example",)), "meta[http-equiv]").attributes["content"] or ""
    assert "script-src 'self';" in policy
    assert "img-src 'self' data: https://pictures.example;" in policy
    with_search = only(document(shards=[Shard("1", ())]), "meta[http-equiv]").attributes["content"] or ""
    assert "script-src 'self' 'wasm-unsafe-eval';" in with_search


def test_a_preview_may_add_its_script() -> None:
    policy = only(document(is_preview=True), "meta[http-equiv]").attributes["content"] or ""
    assert "script-src 'self' 'unsafe-inline';" in policy


@pytest.mark.parametrize("header_search", [False, True])
def test_there_is_one_search_box_wherever_the_theme_has_its_own(header_search: bool) -> None:
    assert len(document(shards=[Shard("1", ())], header_search=header_search).css("dp-search-box")) == 1


@pytest.mark.parametrize("color_scheme", ["default", "slate", "auto"])
def test_the_color_scheme_is_that_of_the_theme(color_scheme: str) -> None:
    assert only(document(color_scheme=color_scheme), "html").attributes["data-md-color-scheme"] == color_scheme
