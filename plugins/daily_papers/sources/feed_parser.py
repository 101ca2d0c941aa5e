"""Parser of feeds: RSS and Atom by feedparser, and JSON Feed. All become entries with feedparser's keys.

feedparser gets only what `feed_xml` has repaired and bounded. It is given bytes, never text: it takes text for a file
name or for an address to fetch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.text import error_line
from daily_papers.sources.feed_xml import (
    MAX_ITEMS,
    MAX_UNREADABLE,
    FeedXml,
    FeedXmlError,
    decode,
    read_strict_xml,
    read_xml,
)

if TYPE_CHECKING:
    from daily_papers.net.client import Response

JSON_FEED = "https://jsonfeed.org/version/"
MAX_JSON_VALUES = 1_000_000
"""Values of a JSON Feed: more would need over 100 MB of memory. A feed of 16 MB of texts has 200,000."""

Entry = Any
"""An entry as feedparser returns it: a mapping with the keys `id`, `link`, `title_detail`, `published` and so on."""


class ParsedFeed(msgspec.Struct, frozen=True):
    """A feed's own data, and its entries."""

    feed: Any
    entries: list[Entry]
    unreadable: tuple[str, ...] = ()
    """The entries that cannot be read, as received."""


def read_feed(response: Response, *, source: str) -> ParsedFeed:
    """Return the feed in a response. A fault costs at most the entry that has it.

    Raises ParseError for anything but a feed, and for one that is cut off. Only what may be cut off is retryable: any
    other body is the same when it is requested again.
    """
    try:
        if response.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _read_json(decode(response.body), response.url)
        return _parse_xml(read_xml(response.body), response.url)
    except FeedXmlError as e:
        raise _parse_error(e, response, source, retryable=e.is_cut) from e


def read_strict_feed(response: Response, *, source: str) -> ParsedFeed:
    """Return the feed in a response of an API. Raises ParseError, which is retryable, for anything but a valid feed."""
    try:
        return _parse_xml(read_strict_xml(response.body), response.url)
    except FeedXmlError as e:
        raise _parse_error(e, response, source, retryable=True) from e


def _parse_error(error: FeedXmlError, response: Response, source: str, *, retryable: bool) -> ParseError:
    from daily_papers.net.client import is_html

    reason, body = str(error), response.body
    if not reason:
        found = "nothing" if not body.strip() else "HTML" if is_html(body) else "something else"
        reason, retryable = f"expected an RSS or Atom feed, got {found}", retryable or not body.strip()
    return ParseError(reason, source=source, url=response.url, retryable=retryable)


def _parse_xml(xml: FeedXml, url: str) -> ParsedFeed:
    """Return what feedparser reads. Raises FeedXmlError."""
    import feedparser

    headers = {"content-type": "application/xml", "content-location": url}
    try:
        parsed = feedparser.parse(
            xml.document, response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception as e:  # feedparser raises what its parts raise: KeyError, ValueError, AttributeError
        raise FeedXmlError(f"a feed that cannot be parsed: {error_line(e)}") from e
    if parsed.bozo or not parsed.get("version"):
        what = error_line(parsed.bozo_exception) if parsed.bozo else "its version is unknown"
        raise FeedXmlError(f"a feed that cannot be read to its end: {what}")
    return ParsedFeed(parsed.feed, parsed.entries, xml.unreadable)


def _read_json(text: str, url: str) -> ParsedFeed:
    """Return the JSON Feed in `text`. Raises FeedXmlError."""
    if sum(map(text.count, "{[,")) > MAX_JSON_VALUES:
        raise FeedXmlError(f"a JSON Feed with too many values; expected at most {MAX_JSON_VALUES:,}")
    try:
        feed = json.loads(text, strict=False)  # not strict: control characters within strings
    except (ValueError, RecursionError) as e:
        is_cut = not text.rstrip().endswith("}")
        raise FeedXmlError(f"a JSON Feed that cannot be read to its end: {error_line(e)}", is_cut=is_cut) from e
    items = feed.get("items")
    if not str(feed.get("version")).startswith(JSON_FEED) or not isinstance(items, list):
        raise FeedXmlError(f"a JSON object that is no feed; expected a version {JSON_FEED} and a list of items")
    items = items[:MAX_ITEMS]
    unreadable = (json.dumps(item)[:1000] for item in items if not isinstance(item, dict))
    return ParsedFeed(
        {"title": _text(feed, "title")},
        [_json_entry(item, url) for item in items if isinstance(item, dict)],
        tuple(unreadable)[:MAX_UNREADABLE],
    )


def _json_entry(item: dict[str, Any], url: str) -> Entry:
    """Return an item of a JSON Feed with feedparser's keys. A value of another type than expected counts as absent."""
    html, plain = _text(item, "content_html"), _text(item, "content_text") or _text(item, "summary")
    authors = [*_objects(item, "authors"), item.get("author")]  # version 1.0 has one author
    number = item.get("id")
    return {
        "id": str(number) if isinstance(number, int | float) else _text(item, "id"),
        "link": _join(url, _text(item, "external_url") or _text(item, "url")),
        "title_detail": {"value": _text(item, "title"), "type": "text/plain"},
        "content": [{"value": html or escape(plain).replace("\n", "<br>"), "type": "text/html", "base": url}],
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "authors": [{"name": _text(author, "name")} for author in authors if isinstance(author, dict)],
        "tags": [{"term": tag} for tag in _list(item, "tags") if isinstance(tag, str)],
        "media_thumbnail": [{"url": _join(url, _text(item, "image"))}],
        "links": [
            {"rel": "enclosure", "href": _join(url, _text(attachment, "url"))}
            for attachment in _objects(item, "attachments")
        ],
    }


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _list(values: dict[str, Any], key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _objects(values: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    return (value for value in _list(values, key) if isinstance(value, dict))


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address) if address else ""
    except ValueError:  # a host in broken brackets
        return ""
