"""Elements of a page with their places in its text."""

from __future__ import annotations

import pytest

from daily_papers.site.attach.html_elements import Element, read_elements


def element(html: str, tag: str) -> Element:
    return next(each for each in read_elements(html) if each.tag == tag)


@pytest.mark.parametrize(
    ("html", "content"),
    [
        ("<main>a</main>b", "a"),
        ("<MAIN\n class=x\n>a\n<div><main>b</main></div></MAIN>c", "a\n<div><main>b</main></div>"),
        ("<p>가\r\n나<main>다<p>unclosed<li>x</main>", "다<p>unclosed<li>x"),
        ("<script>'<main>'</script><!-- <main> --><main>a</main >b", "a"),
        ("<main>a</div></span>b</main>", "a</div></span>b"),
        ("<div><main>a</div>b", "a"),
        ("<main>a", "a"),
        ('<main title="a > b">c</main>', "c"),
        ("<main>a</main", "a</main"),
    ],
)
def test_the_content_of_an_element_is_what_a_browser_takes_for_it(html: str, content: str) -> None:
    main = element(html, "main")
    assert html[main.content_start : main.content_end] == content


def test_an_element_without_content_ends_with_its_tag() -> None:
    html = '<head><link rel="a"><meta charset=utf-8></head><svg><use href="#x"/></svg>'
    assert [html[each.start : each.end] for each in read_elements(html) if each.tag in ("link", "meta", "use")] == [
        '<link rel="a">',
        "<meta charset=utf-8>",
        '<use href="#x"/>',
    ]


@pytest.mark.parametrize("rest", ["</head><body>a", "<body>a", "<p>a"])
def test_a_head_ends_where_a_browser_ends_it(rest: str) -> None:
    html = f"<head><title>t</title><noscript><link></noscript>{rest}"
    head = element(html, "head")
    assert html[head.content_start : head.content_end] == "<title>t</title><noscript><link></noscript>"


def test_a_start_tag_is_written_with_other_attributes_escaped() -> None:
    image = element("<img SRC='a&amp;b' alt hidden src=second>", "img")
    assert image.attributes == {"src": "a&b", "alt": None, "hidden": None}
    assert image.tag_with({**image.attributes, "src": 'x"&<'}) == '<img src="x&quot;&amp;&lt;" alt hidden>'
    assert element("<svg><use href=a /></svg>", "use").tag_with({"href": "b"}) == '<use href="b"/>'
