"""Parsing of feeds: a fault costs at most the item that has it, and only a feed that is cut off is refused whole."""

from __future__ import annotations

import codecs

import httpx
import pytest

from daily_papers.errors import ParseError
from daily_papers.net.client import Response
from daily_papers.sources.feed_parser import MAX_JSON_VALUES, ParsedFeed, read_feed, read_strict_feed
from daily_papers.sources.feed_xml import MAX_MARKS

URL = "https://blog.example/feed.xml"
NAMESPACES = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


def read(body: str | bytes) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return read_feed(Response(body=data, headers=httpx.Headers(), url=URL), source="blog")


def rss(*items: str, declaration: str = '<?xml version="1.0"?>') -> str:
    channel = f"<channel><title>A blog</title>{''.join(items)}</channel>"
    return f'{declaration}<rss version="2.0"{NAMESPACES}>{channel}</rss>'


def item(number: int, title: str = "On rivers", more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://blog.example/{number}</link>{more}</item>"


def titles(body: str | bytes) -> list[str]:
    return [entry["title"] for entry in read(body).entries]


GOOD = (item(1, "One"), item(3, "Three"))


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("two&nbsp;three", "two\u00a0three"),
        ("R&D", "R&D"),
        ("R& D &unknown; &#xD800; &#x110000; &#0;", "R& D &unknown; \ufffd \ufffd \ufffd"),
        ("a\x0cb\x00c\ufffe", "abc"),
        ("1 < 2 <3", "1 < 2 <3"),
        ("a]]>b", "a]]>b"),
        ("<![CDATA[<!ENTITY x SYSTEM 'y'> R&D &nbsp;]]>", "<!ENTITY x SYSTEM 'y'> R&D &nbsp;"),
        ("<![CDATA[ <item> </item> ]]>", "<item> </item>"),
    ],
)
def test_a_fault_of_one_character_costs_nothing(title: str, read_as: str) -> None:
    parsed = read(rss(GOOD[0], item(2, title), GOOD[1]))
    assert [entry["title"] for entry in parsed.entries] == ["One", read_as, "Three"]
    assert not parsed.unreadable


@pytest.mark.parametrize(
    "body",
    [
        b"\n \xef\xbb\xbf" + rss(*GOOD).encode(),
        b"Warning: a notice\n" + rss(*GOOD).encode(),
        b"<?xml version='1.0'?><!-- made by <rss > -->" + rss(*GOOD, declaration="").encode(),
        rss(*GOOD).encode() + b"<!-- in 0.1 s --><p>a notice",
        rss(*GOOD, declaration='<?xml version="1.0" encoding="utf-16"?>').encode(),
        rss(*GOOD, declaration='<?xml version="1.0" encoding="no-such-name"?>').encode(),
        codecs.BOM_UTF16_LE + rss(*GOOD).encode("utf-16-le"),
        rss(*GOOD, declaration='<!DOCTYPE rss PUBLIC "-//X//DTD RSS 0.91//EN" "https://a.example/x.dtd">').encode(),
        rss('<item><title>One</title><media:text a="b">x</media:text></item>', GOOD[1]).encode(),
    ],
)
def test_a_fault_around_the_items_costs_nothing(body: bytes) -> None:
    assert titles(body) == ["One", "Three"]


def test_bytes_that_are_not_in_the_stated_encoding_are_read_as_windows_1252() -> None:
    body = rss(item(1, "caf\u00e9"), item(2, "XX")).encode().replace(b"XX", b"caf\xe9 \x93x\x94")
    assert titles(body) == ["caf\u00e9", "caf\u00e9 \u201cx\u201d"]


def test_an_encoding_of_the_declaration_is_used() -> None:
    declaration = '<?xml version="1.0" encoding="EUC-KR"?>'
    assert titles(rss(item(1, "강물"), declaration=declaration).encode("euc-kr")) == ["강물"]


@pytest.mark.parametrize("fault", ["<b>", "</i>", "<c</c>", "<![CDATA[", '<a b="c>', "<!-- x"])
def test_an_item_that_is_not_well_formed_is_left_out_alone(fault: str) -> None:
    parsed = read(rss(GOOD[0], item(2, fault), GOOD[1]))
    assert [entry["title"] for entry in parsed.entries] == ["One", "Three"]
    assert parsed.unreadable == (item(2, fault),)
    assert parsed.feed["title"] == "A blog"


def test_a_head_that_is_not_well_formed_costs_no_item() -> None:
    assert titles(rss("<link>https://blog.example/<[link>", *GOOD)) == ["One", "Three"]


@pytest.mark.parametrize("body", [rss(*GOOD)[:-20], rss(*GOOD)[:-70], ""])
def test_a_feed_that_is_cut_off_is_an_error_that_may_pass(body: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert caught.value.retryable


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>hello</body></html>",
        b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(item(1, "&a;")).encode(),
        b'<?xml version="1.0" encoding="utf\xdf8"?><2026-02-30f',
        rss(item(1, "&" * (MAX_MARKS + 1))).encode(),
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"{}," * MAX_JSON_VALUES + b"{}]}",
    ],
)
def test_a_complete_body_that_is_no_feed_is_an_error_that_stays(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert not caught.value.retryable


def test_an_error_within_feedparser_is_a_parse_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise KeyError("tags")

    monkeypatch.setattr("feedparser.parse", fail)
    with pytest.raises(ParseError, match="a feed that cannot be parsed: 'tags'"):
        read(rss(*GOOD))


def test_a_strict_feed_is_not_repaired() -> None:
    response = Response(body=rss(item(1, "R&D")).encode(), headers=httpx.Headers(), url=URL)
    with pytest.raises(ParseError, match="a feed that cannot be read to its end") as caught:
        read_strict_feed(response, source="arxiv")
    assert caught.value.retryable


@pytest.mark.parametrize(
    "more",
    [
        f"<author>{'a' * 1_000_000}</author>",
        f"<dc:creator>{'a.b@' * 200_000}</dc:creator>",
        f"<pubDate>{'1-' * 200_000}</pubDate>",
        "".join(f"<category>{number}</category>" for number in range(20_000)),
        "<a>" * 50_000 + "</a>" * 50_000,
        f"<description>{'&lt;a ' * 100_000}</description>",
    ],
)
def test_an_items_long_fields_are_cut_before_they_are_parsed(more: str) -> None:
    (entry,) = read(rss(item(1, "One", more))).entries
    assert entry["title"] == "One"
    assert len(str(entry)) < 2_000_000


def test_three_thousand_authors_are_read() -> None:
    authors = "".join(f"<author><name>Author {number}</name></author>" for number in range(3_000))
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>urn:a</id>{authors}</entry></feed>'
    assert [author["name"] for author in read(body).entries[0]["authors"]][-1] == "Author 2999"


def test_a_json_feed_is_read() -> None:
    body = """{"version": "https://jsonfeed.org/version/1.1", "title": "A blog", "items": [
        {"id": 7, "url": "/a", "title": "On rivers", "content_html": "<p>Of <b>rivers</b>.</p>", "tags": ["water", 3],
         "date_published": "2026-07-14T01:00:00Z", "authors": [{"name": "Ada Brook"}, {}, 5], "image": "/a.png",
         "attachments": [{"url": "/a.mp4", "mime_type": "video/mp4"}]},
        5, {"id": "b", "content_text": "1 < 2\ttwo", "author": {"name": "Ben Ford"}}]}"""
    parsed = read(body)
    first, second = parsed.entries
    assert (first["id"], first["link"], first["published"]) == ("7", "https://blog.example/a", "2026-07-14T01:00:00Z")
    assert first["media_thumbnail"] == [{"url": "https://blog.example/a.png"}]
    assert first["links"] == [{"rel": "enclosure", "href": "https://blog.example/a.mp4"}]
    assert second["content"][0]["value"] == "1 &lt; 2\ttwo"
    assert second["authors"] == [{"name": "Ben Ford"}]
    assert parsed.unreadable == ("5",)


def test_a_json_feed_that_is_cut_off_is_an_error_that_may_pass() -> None:
    with pytest.raises(ParseError, match="a JSON Feed that cannot be read to its end") as caught:
        read('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id"')
    assert caught.value.retryable
