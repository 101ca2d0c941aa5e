"""Content-Security-Policy of a page, as the first meta tag in its head, and the changes that the policy requires.

A static host sets no headers. In a meta tag, frame-ancestors, sandbox and reports have no effect.

The policy follows the finished page: what the theme, the author and other plugins put into it is allowed, by host or by
hash. Texts of papers are escaped, so that no element of the page comes from them.
"""

from __future__ import annotations

import base64
import hashlib
import html as html_entities
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

GITHUB_API = "api.github.com"
"""Material asks it for stars and forks at each visit, if the site has a repo_url; only where this host is allowed."""

Sources = dict[str, list[str]]
"""The sources of each directive, in the order in which they were found."""

# A script with a source needs no hash; a data block (application/json, ld+json) is never run.
_INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\s(?:src|type=\"?'?application/)[^>]*)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE
)
_QUOTED_ADDRESS = re.compile(r"""["'`]((?:https?:)?//[^"'`\s<>]+)""")

_ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_LOADING_TAG = re.compile(
    rf"<(script|link|img|source|video|audio|iframe|form|object|embed)\b({_ATTRIBUTES})>", re.IGNORECASE
)
# Every name is matched, so that no value is read as attributes: it may be a stranger's text.
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HANDLER_TAG = re.compile(rf"<[a-z](?=[^>]*\son[a-z]+\s*=)({_ATTRIBUTES})>", re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)
_STYLE_ADDRESS = re.compile(r"""(@import\s+|\burl\()\s*(?:url\(\s*)?["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
_HOST = re.compile(r"(?:(https?):)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]+)?)(?=[/?#]|$)", re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)

# A script may do anything in the page, so its host may also be connected to, framed, and send styles and fonts.
_OF_SCRIPT = ("script-src", "style-src", "font-src", "img-src", "connect-src", "frame-src")
_OF_STYLE = ("style-src", "font-src", "img-src")
# The directives of what an attribute of an element loads.
_LOADED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("script", "src"): _OF_SCRIPT,
    ("img", "src"): ("img-src",),
    ("video", "src"): ("media-src",),
    ("video", "poster"): ("img-src",),
    ("audio", "src"): ("media-src",),
    ("source", "src"): ("media-src",),
    ("iframe", "src"): ("frame-src",),
    ("form", "action"): ("form-action",),
    ("object", "data"): ("object-src",),
    ("embed", "src"): ("object-src",),
}
# Services that load from hosts which the page does not name.
_ALSO_LOADS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "fonts.googleapis.com": (("fonts.gstatic.com", ("font-src",)),),
    "www.googletagmanager.com": (
        ("*.google-analytics.com", ("connect-src", "img-src")),
        ("*.analytics.google.com", ("connect-src", "img-src")),
        ("*.googletagmanager.com", ("connect-src", "img-src")),
    ),
}
# Material loads Mermaid from there, into each page with a diagram.
_MERMAID = re.compile(r"""class=["']?mermaid\b"""), "unpkg.com"

# Marks Material's link to the repository: its script asks GitHub.
_GITHUB_REQUEST = re.compile(r""" data-md-component=["']?source["']?(?=[\s>])""")

# The start of the data block at the end of a day's content; strangers' text in it, and before it, is escaped.
_DATA = b'<script type="application/ld+json">'


def add_to_head(html: str, tag: str) -> str:
    """Return `html`, a whole page, with `tag` at the beginning of its head."""
    return _HEAD.sub(lambda head: head[0] + tag, html, count=1)


def policy_tag(
    scripts_of: str,
    *,
    media_hosts: Sequence[str],
    hosts: Collection[str] = (),
    stylesheets: Iterable[str] = (),
    inline_scripts: bool = False,
    searches: bool = False,
) -> str:
    """Return the tag of a policy that allows the site itself, what the page loads, and media from `media_hosts`.

    The inline scripts in `scripts_of`, a whole page, are allowed by their hashes, and hosts that it loads from by name.
    `hosts` may send anything; `stylesheets` are the texts of the site's own style sheets, which may load from other
    hosts. `inline_scripts` allows any: the server of a live preview adds one to each page. `searches` allows
    WebAssembly, which the search runs.
    """
    sources = find_sources(scripts_of, stylesheets)
    for directive in _OF_SCRIPT:
        _add(sources, directive, (f"https://{host}" for host in hosts))
    if inline_scripts:
        scripts = ["'unsafe-inline'"]
    else:
        scripts = [f"'sha256-{_digest(script)}'" for script in dict.fromkeys(_INLINE_SCRIPT.findall(scripts_of))]
        if handlers := [f"'sha256-{_digest(code)}'" for code in dict.fromkeys(_handlers(scripts_of))]:
            scripts += ["'unsafe-hashes'", *handlers]
    if searches:
        scripts.append("'wasm-unsafe-eval'")
    media = [f"https://{host}" for host in media_hosts]
    policy = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *scripts],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", *media],
        "media-src": ["'self'", *media],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
    for directive, found in sources.items():
        _add(policy, directive, found if directive in policy else ["'self'", *found])
    if "object-src" in sources:
        policy["object-src"].remove("'none'")
    value = "; ".join(" ".join((directive, *allowed)) for directive, allowed in policy.items())
    return f'<meta http-equiv="Content-Security-Policy" content="{value}">'


def remove_github_request(html: str, hosts: Collection[str]) -> str:
    """Return `html` without the mark at which Material asks GitHub for stars, unless GitHub is one of `hosts`."""
    return html if GITHUB_API in hosts else _GITHUB_REQUEST.sub("", html)


def find_sources(page: str, stylesheets: Iterable[str] = ()) -> Sources:
    """Return what a whole page loads from other hosts, and what style sheets load, by directive."""
    found: Sources = {}
    for tag, attributes in _LOADING_TAG.findall(page):
        for directives, address in _loaded(tag.lower(), _read_attributes(attributes)):
            _allow(found, directives, address)
    for script in _INLINE_SCRIPT.findall(page):
        for address in _QUOTED_ADDRESS.findall(script):
            _allow(found, _OF_SCRIPT, address)
    for style in (*_STYLE.findall(page), *stylesheets):
        for rule, address in _STYLE_ADDRESS.findall(style):
            _allow(found, _OF_STYLE if rule.startswith("@") else ("font-src", "img-src"), address)
    pattern, host = _MERMAID
    if pattern.search(page):
        _allow(found, ("script-src",), f"https://{host}/")
    return found


def _loaded(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what an element loads: directives and address."""
    if tag == "link":
        relations = attributes.get("rel", "").lower().split()
        kind = attributes.get("as", "").lower()
        if "stylesheet" in relations or kind == "style":
            yield _OF_STYLE, attributes.get("href", "")
        elif "modulepreload" in relations or kind == "script":
            yield _OF_SCRIPT, attributes.get("href", "")
        elif any("icon" in relation for relation in relations) or kind == "image":
            yield ("img-src",), attributes.get("href", "")
        elif kind == "font":
            yield ("font-src",), attributes.get("href", "")
        return
    for name, address in attributes.items():
        if name == "srcset":
            yield from ((("img-src",), candidate) for candidate in re.split(r"[\s,]+", address))
        elif directives := _LOADED.get((tag, name)):
            yield directives, address


def _read_attributes(text: str) -> dict[str, str]:
    return {name.lower(): html_entities.unescape("".join(values)) for name, *values in _ATTRIBUTE.findall(text)}


def _handlers(page: str) -> Iterator[str]:
    """Yield the code of each event handler in an attribute, such as onclick."""
    for attributes in _HANDLER_TAG.findall(page):
        yield from (code for name, code in _read_attributes(attributes).items() if name.startswith("on"))


def _allow(found: Sources, directives: Iterable[str], address: str) -> None:
    if not (match := _HOST.match(address)):
        return  # of the site itself, or no address that a browser loads
    scheme, host = match[1] or "https", match[2].lower()
    for directive in directives:
        _add(found, directive, [f"{scheme.lower()}://{host}"])
    for other, of_other in _ALSO_LOADS.get(host, ()):
        for directive in of_other:
            _add(found, directive, [f"https://{other}"])


def _add(sources: Sources, directive: str, more: Iterable[str]) -> None:
    for source in more:
        allowed = sources.setdefault(directive, [])
        if source not in allowed:
            allowed.append(source)


def split_structured_data(content: bytes) -> tuple[bytes, bytes]:
    """Return the content of a page without the data block at its end, and that block, which belongs in the head.

    Material's instant navigation runs every script in the content it loads, whatever its type: JSON is a syntax error,
    and the policy refuses it. It does not run scripts in the head.
    """
    end = content.rfind(_DATA)
    return (content, b"") if end < 0 else (content[:end], content[end:])


@lru_cache(maxsize=256)
def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
