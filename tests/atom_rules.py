"""Rules of RFC 4287 for Atom feeds: a message for each rule that a feed breaks.

Stricter than the RFC where feed readers fail: a feed needs a link to itself, and no element of another namespace.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"

_ONE, _AT_MOST_ONE, _ANY = "one", "at most one", "any"
# Sections 4.1.1 and 4.1.2: the allowed children and their number.
_CHILDREN = {
    "feed": {
        **dict.fromkeys(("id", "title", "updated"), _ONE),
        **dict.fromkeys(("generator", "icon", "logo", "rights", "subtitle"), _AT_MOST_ONE),
        **dict.fromkeys(("author", "category", "contributor", "link", "entry"), _ANY),
    },
    "entry": {
        **dict.fromkeys(("id", "title", "updated"), _ONE),
        **dict.fromkeys(("content", "published", "rights", "source", "summary"), _AT_MOST_ONE),
        **dict.fromkeys(("author", "category", "contributor", "link"), _ANY),
    },
    # Section 3.2.
    "author": {"name": _ONE, "uri": _AT_MOST_ONE, "email": _AT_MOST_ONE},
    "contributor": {"name": _ONE, "uri": _AT_MOST_ONE, "email": _AT_MOST_ONE},
}
_ATTRIBUTES = {
    "link": {"href", "rel", "type", "hreflang", "title", "length"},
    "category": {"term", "scheme", "label"},
    "generator": {"uri", "version"},
    "content": {"type", "src"},
    **{text: {"type"} for text in ("title", "subtitle", "rights", "summary")},
}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


def atom_faults(content: bytes) -> list[str]:
    """Return a message for each broken rule. Raises ET.ParseError if the feed is no XML."""
    root = ET.fromstring(content)
    if root.tag != f"{ATOM}feed":
        return [f"the root is {root.tag}"]
    return list(_faults(root))


def _faults(feed: ET.Element) -> Iterator[str]:
    for node in feed.iter():
        yield from _node_faults(node)
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None and any(entry.find(f"{ATOM}author") is None for entry in entries):
        yield "neither the feed nor each entry has an author (4.1.1)"
    for entry in entries:
        if entry.find(f"{ATOM}content") is None and "alternate" not in map(_relation, entry.findall(f"{ATOM}link")):
            yield "an entry has neither content nor an alternate link (4.1.2)"
    if "self" not in map(_relation, feed.findall(f"{ATOM}link")):
        yield "the feed does not name itself (4.1.1)"
    for identifier, times in Counter(entry.findtext(f"{ATOM}id") for entry in entries).items():
        if times > 1:
            yield f"{times} entries have the id {identifier} (4.2.6)"


def _node_faults(node: ET.Element) -> Iterator[str]:
    name = node.tag.removeprefix(ATOM)
    if name.startswith("{"):
        yield f"{name} is not of Atom"
    yield from _child_faults(node, name)
    known = _ATTRIBUTES.get(name, set()) | {f"{XML}lang", f"{XML}base"}
    for attribute in node.attrib:
        if attribute not in known:
            yield f"{name} has the attribute {attribute}"
    text = node.text or ""
    if name in ("id", "uri", "icon", "logo") and not _IRI.fullmatch(text):
        yield f"{name} is no whole IRI: {text!r}"
    if name in ("updated", "published") and not _INSTANT.fullmatch(text):
        yield f"{name} is no instant (3.3): {text!r}"
    if name in ("title", "name") and not text.strip():
        yield f"{name} says nothing"
    texts = ("title", "subtitle", "summary", "rights", "content")
    if name in texts and node.get("type", "text") not in ("text", "html"):
        yield f"{name} is of a type we do not write: {node.get('type')}"
    if name == "link":
        yield from _link_faults(node)
    if name == "category" and not node.get("term"):
        yield "a category has no term (4.2.2.1)"


def _child_faults(node: ET.Element, name: str) -> Iterator[str]:
    children = Counter(child.tag.removeprefix(ATOM) for child in node)
    allowed = _CHILDREN.get(name, {})
    for child in children.keys() - allowed.keys():
        yield f"{name} has the child {child}"
    for child, how_many in allowed.items():
        if (how_many == _ONE and children[child] != 1) or (how_many == _AT_MOST_ONE and children[child] > 1):
            yield f"{name} has {children[child]} of {child}"
    alternates = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in node.findall(f"{ATOM}link")
        if _relation(link) == "alternate"
    )
    if any(times > 1 for times in alternates.values()):
        yield f"{name} has two alternate links alike (4.1.1)"


def _link_faults(link: ET.Element) -> Iterator[str]:
    if not _IRI.fullmatch(link.get("href", "")):
        yield f"a link leads to {link.get('href')!r} (4.2.7.1)"
    if "type" in link.attrib and not _MEDIA_TYPE.fullmatch(link.attrib["type"]):
        yield f"a link's type is {link.attrib['type']!r} (4.2.7.3)"
    if "length" in link.attrib and not link.attrib["length"].isdecimal():
        yield f"a link's length is {link.attrib['length']!r} (4.2.7.6)"


def _relation(link: ET.Element) -> str:
    return link.get("rel", "alternate")
