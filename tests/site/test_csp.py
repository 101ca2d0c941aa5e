"""The content security policy, and the changes to a page that it requires."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from daily_papers.site.csp import add_policy, split_structured_data

PAGE = "<!doctype html><head><title>t</title></head><body></body>"


def policy(html: str = PAGE, scripts_of: str = "", **options: bool) -> dict[str, list[str]]:
    """Return the sources of each directive of the policy of a page."""
    page = add_policy(html, scripts_of or html, media_hosts=["media.example", "other.example"], **options)
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


def test_a_site_without_media_hosts_embeds_none() -> None:
    page = add_policy(PAGE, PAGE, media_hosts=[])
    assert "img-src 'self' data:;" in page
    assert "media-src 'self';" in page


def test_the_request_of_material_to_github_is_removed() -> None:
    html = PAGE.replace("<body>", '<body><a class="md-source" data-md-component="source" href="x"></a>')
    assert '<a class="md-source" href="x">' in add_policy(html, html, media_hosts=[])


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
