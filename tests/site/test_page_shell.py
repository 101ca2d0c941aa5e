"""Page shells: texts in the places of their placeholders, and the HTML between them as it is."""

from __future__ import annotations

from daily_papers.site.page_shell import PageShell, encode_text, placeholder


def test_a_shell_has_each_text_at_each_of_its_placeholders() -> None:
    shell = PageShell(f"<t>{placeholder('title')}</t>{placeholder('content')}|{placeholder('title')}")
    assert shell.fill({"title": b"A", "content": b"<p>B"}) == b"<t>A</t><p>B|A"
    assert shell.fill({"title": "가".encode(), "content": b""}) == "<t>가</t>|가".encode()


def test_a_text_that_looks_like_a_placeholder_is_not_replaced() -> None:
    shell = PageShell(placeholder("content"))
    assert shell.fill({"content": placeholder("title").encode()}) == placeholder("title").encode()


def test_html_without_placeholders_is_returned_as_it_is_even_with_a_lone_surrogate() -> None:
    assert PageShell("<p>\ud800").fill({}) == encode_text("<p>\ud800") == b"<p>&#55296;"
