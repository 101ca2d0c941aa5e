"""XML of feeds is repaired, bounded, and well-formed afterwards."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from daily_papers.sources.feed_xml import (
    MAX_ITEMS,
    MAX_MARKS,
    MAX_UNREADABLE,
    FeedXmlError,
    decode,
    read_strict_xml,
    read_xml,
)


def rss(content: str) -> bytes:
    return f'<rss version="2.0"><channel>{content}</channel></rss>'.encode()


def root(body: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(read_xml(body).document)


def test_the_number_of_items_is_bounded() -> None:
    assert len(root(rss("<item/>" * (MAX_ITEMS + 1))).findall(".//item")) == MAX_ITEMS
    assert len(read_xml(rss("<item></item>" + "<item><b></item>" * (MAX_UNREADABLE + 1))).unreadable) == MAX_UNREADABLE


def test_the_depth_the_attributes_and_the_texts_of_an_item_are_bounded() -> None:
    attributes = " ".join(f'a{number}="{"x" * 10_000}"' for number in range(100))
    item = f"<item><guid>{'g' * 10_000}</guid>{'<a>' * 1000}{'</a>' * 1000}<b {attributes}/></item>"
    (found,) = root(rss(item)).iter("item")
    assert len(found.findtext("guid", "")) < 10_000
    assert len(list(found.iter("a"))) < 1000
    (b,) = found.iter("b")
    assert len(b.attrib) < 100
    assert max(map(len, b.attrib.values())) < 10_000


def test_the_words_of_an_authors_name_are_bounded() -> None:
    author = root(rss(f"<item><author>Ada {'b' * 1000} Brook</author></item>")).findtext(".//author")
    assert author == f"Ada {'b' * 100} Brook"


def test_prefixes_that_nothing_declares_get_a_namespace() -> None:
    found = root(rss("<item><dc:creator>Ada Brook</dc:creator><x:y/></item>"))
    assert [child.tag for child in found.iter() if child.tag.startswith("{")] == [
        "{http://purl.org/dc/elements/1.1/}creator",
        "{urn:x}y",
    ]


def test_a_first_tag_that_is_not_well_formed_costs_no_item() -> None:
    body = b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang=en x"><entry><id>urn:a</id></entry></feed>'
    assert root(body).findtext(".//{http://www.w3.org/2005/Atom}id") == "urn:a"
    with pytest.raises(FeedXmlError, match="a feed whose first tag cannot be read"):
        read_xml(b'<a:feed xmlns:a=""><a:entry></a:entry></a:feed>')


def test_a_feed_with_more_marks_than_any_text_has_is_refused() -> None:
    with pytest.raises(FeedXmlError, match="too many tags and references"):
        read_xml(rss("&" * (MAX_MARKS + 1)))


@pytest.mark.parametrize("end", [-1, -20, -40])
def test_a_feed_without_its_last_end_tag_is_cut(end: int) -> None:
    with pytest.raises(FeedXmlError) as caught:
        read_xml(rss("<item><title>One</title></item>")[:end])
    assert caught.value.is_cut


def test_strict_reading_refuses_what_is_not_well_formed() -> None:
    assert b"One" in read_strict_xml(rss("<item><title>One</title></item>")).document
    for body in (rss("R&D"), rss("caf\u00e9").decode().encode("latin-1"), rss("x") + b"<p>", b"no feed"):
        with pytest.raises(FeedXmlError):
            read_strict_xml(body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "caf\u00e9"),
        (b"caf\xe9", "caf\u00e9"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>\x93', '<?xml version="1.0" encoding="ISO-8859-1"?>\u201c'),
        (b'<?xml version="1.0" encoding="idna"?>caf\xe9', '<?xml version="1.0" encoding="idna"?>caf\u00e9'),
    ],
)
def test_bytes_are_decoded_as_declared_or_as_utf_8_or_as_windows_1252(body: bytes, text: str) -> None:
    assert decode(body) == text


def test_an_element_that_a_parser_would_hold_whole_in_memory_is_refused_with_its_item() -> None:
    deep = "<a>" * 200_000 + "</a>" * 200_000
    attributes = "<b " + "".join(f"c{number}='d' " for number in range(300_000)) + "/>"
    for content in (deep, attributes):
        xml = read_xml(rss(f"<item>{content}</item><item><title>A</title></item>"))
        assert [title.text for title in ElementTree.fromstring(xml.document).iter("title")] == ["A"]
        assert len(xml.unreadable) == 1


def test_a_strict_feed_has_the_same_limits() -> None:
    with pytest.raises(FeedXmlError, match="too many tags and references"):
        read_strict_xml(rss("<a/>" * (MAX_MARKS + 1)))
    with pytest.raises(FeedXmlError, match="elements within each other"):
        read_strict_xml(rss("<a>" * 200_000 + "</a>" * 200_000))
