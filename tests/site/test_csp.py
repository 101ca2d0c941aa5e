"""The content security policy, and the changes to a page that it requires."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from daily_papers.site.csp import add_to_head, policy_tag, remove_github_request, split_structured_data

PAGE = "<!doctype html><head><title>t</title></head><body></body>"


def policy(html: str = PAGE, scripts_of: str = "", **options: Any) -> dict[str, list[str]]:
    """Return the sources of each directive of the policy of a page."""
    tag = policy_tag(scripts_of or html, media_hosts=["media.example", "other.example"], **options)
    page = add_to_head(html, tag)
    found = re.search(r'<head><meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
    assert found
    directives = (directive.split() for directive in found[1].split("; "))
    return {name: sources for name, *sources in directives}


def test_everything_comes_from_the_site_and_media_from_the_known_hosts() -> None:
    directives = policy()
    assert directives["default-src"] == ["'self'"]
    assert directives["script-src"] == ["'self'"]
    assert directives["object-src"] == ["'none'"]
    assert directives["base-uri"] == directives["form-action"] == ["'self'"]
    assert directives["img-src"] == ["'self'", "data:", "https://media.example", "https://other.example"]
    assert directives["media-src"] == ["'self'", "https://media.example", "https://other.example"]


def test_inline_scripts_are_allowed_by_hash_and_data_blocks_are_not_scripts() -> None:
    scripts = (
        "<script>run()</script><script>run()</script>"
        '<script src="a.js"></script><script type="application/ld+json">{}</script>'
    )
    digest = base64.b64encode(hashlib.sha256(b"run()").digest()).decode()
    assert policy(scripts_of=scripts)["script-src"] == ["'self'", f"'sha256-{digest}'"]


def test_a_live_preview_allows_any_inline_script_and_a_search_webassembly() -> None:
    assert policy(inline_scripts=True)["script-src"] == ["'self'", "'unsafe-inline'"]
    assert policy(searches=True)["script-src"] == ["'self'", "'wasm-unsafe-eval'"]


@pytest.mark.parametrize(
    ("element", "directive", "source"),
    [
        ('<link rel="stylesheet" href="https://cdn.example/a.css">', "font-src", "https://cdn.example"),
        ("<link rel=stylesheet href=https://cdn.example/a.css>", "style-src", "https://cdn.example"),
        (
            '<link href="https://fonts.googleapis.com/css?family=Roboto&amp;display=fallback" rel="stylesheet">',
            "font-src",
            "https://fonts.gstatic.com",
        ),
        ('<script src="https://cdn.example/a.js"></script>', "script-src", "https://cdn.example"),
        ("<script async src='//cdn.example:8080/a.js'></script>", "script-src", "https://cdn.example:8080"),
        ('<script src="https://giscus.app/client.js" data-repo="a/b"></script>', "frame-src", "https://giscus.app"),
        (
            '<script>e.src="https://www.googletagmanager.com/gtag/js?id=G-1"</script>',
            "connect-src",
            "https://*.google-analytics.com",
        ),
        ('<iframe src="https://video.example/v"></iframe>', "frame-src", "https://video.example"),
        ('<img alt="a > b" src="https://pictures.example/a.png">', "img-src", "https://pictures.example"),
        ('<img srcset="https://pictures.example/a.png 2x">', "img-src", "https://pictures.example"),
        ('<form action="https://post.example/a"></form>', "form-action", "https://post.example"),
        ('<object data="https://old.example/a.pdf"></object>', "object-src", "https://old.example"),
        ("<style>@import 'https://cdn.example/a.css';</style>", "style-src", "https://cdn.example"),
        ('<pre class="mermaid"><code>a</code></pre>', "script-src", "https://unpkg.com"),
    ],
)
def test_what_a_page_loads_from_another_host_is_allowed(element: str, directive: str, source: str) -> None:
    directives = policy(PAGE.replace("<body>", f"<body>{element}"))
    assert source in directives[directive]
    assert "'none'" not in directives.get("object-src", []) or directive != "object-src"


@pytest.mark.parametrize(
    "element",
    [
        '<a href="https://evil.example/">a link</a>',
        '<img alt="x src=https://evil.example/a.png onload=evil()" src="a.png">',
        '<img data-a1="x src=https://evil.example/a.png">',
        "<p>&lt;script src=&quot;https://evil.example/a.js&quot;&gt;</p>",
        '<script type="application/json">{"a": "https://evil.example/"}</script>',
        '<link rel="canonical" href="https://evil.example/">',
        '<img src="https://evil.example;script-src/">',
    ],
)
def test_texts_and_links_allow_nothing(element: str) -> None:
    assert policy(PAGE.replace("<body>", f"<body>{element}")) == policy()


def test_an_event_handler_is_allowed_by_its_hash() -> None:
    scripts = policy(PAGE.replace("<body>", '<body><b onclick="a(&quot;b&quot;)">x</b>'))["script-src"]
    digest = base64.b64encode(hashlib.sha256(b'a("b")').digest()).decode()
    assert scripts == ["'self'", "'unsafe-hashes'", f"'sha256-{digest}'"]


def test_a_host_of_the_author_may_send_anything_and_its_own_style_sheets_are_read() -> None:
    directives = policy(hosts=["*.cdn.example"], stylesheets=["a { background: url(//pictures.example/a.png) }"])
    for directive in ("script-src", "style-src", "font-src", "connect-src", "frame-src", "img-src"):
        assert "https://*.cdn.example" in directives[directive]
    assert "https://pictures.example" in directives["img-src"]


def test_a_head_without_quotes_or_with_attributes_has_the_policy() -> None:
    assert '<head lang=ko><meta http-equiv="Content-Security-Policy"' in add_to_head(
        "<!doctype html><head lang=ko><title>t</title>", policy_tag("", media_hosts=[])
    )


def test_a_site_without_media_hosts_embeds_none() -> None:
    page = policy_tag(PAGE, media_hosts=[])
    assert "img-src 'self' data:;" in page
    assert "media-src 'self';" in page


def test_the_request_of_material_to_github_is_removed() -> None:
    html = PAGE.replace("<body>", '<body><a class="md-source" data-md-component="source" href="x"></a>')
    assert '<a class="md-source" href="x">' in remove_github_request(html, [])
    assert html.partition("<body>")[2] in remove_github_request(html, ["api.github.com"])


@pytest.mark.parametrize(
    ("content", "data"),
    [
        (b"<div>page</div>", b'<script type="application/ld+json">{"a": 1}</script>'),
        (b"<div>page</div>", b""),
        ("<div>논문</div>".encode(), b'<script type="application/ld+json">[]</script>\n'),
    ],
)
def test_structured_data_is_split_from_the_content(content: bytes, data: bytes) -> None:
    assert split_structured_data(content + data) == (content, data)
