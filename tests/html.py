"""Helpers that read the HTML of our pages, and the hostile texts that must never become part of it."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><svg onload=alert(1)>",
    "<!-- --><!--",
    "&lt;b&gt; &#60;i&#62;",
    "{{ config }} {% raw %} {# x #}",
    '--8<-- "/etc/passwd"',
    "# x\n- x\n    x",
    "T {: onclick=alert(1) }",
    "[a](javascript:alert(1)) ![b](x)",
    "<think> P(y|x) $1 … $2 [IDK]",
]


def parse_page(html: str) -> LexborHTMLParser:
    """Return `html` as a reader sees it who has chosen no language: each text in the site's first language only."""
    page = LexborHTMLParser(html)
    if root := page.css_first(".dp"):
        for other in page.css(f'dp-w:not([lang="{root.attributes["lang"]}"])'):
            other.decompose()
    return page


def only(node: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    """Return the one element below `node` that `selector` matches."""
    found = node.css(selector)
    assert len(found) == 1, f"{selector} matches {len(found)} elements, expected 1"
    return found[0]


def text_of(node: LexborHTMLParser | LexborNode, selector: str) -> str:
    """Return the text of the one element that `selector` matches, with white space collapsed."""
    return " ".join(only(node, selector).text().split())


def element_shapes(html: str) -> list[tuple[str | None, tuple[str, ...]]]:
    """Return every element in document order, as its tag and the sorted names of its attributes."""
    return [(node.tag, tuple(sorted(node.attributes))) for node in parse_page(html).css("*")]
