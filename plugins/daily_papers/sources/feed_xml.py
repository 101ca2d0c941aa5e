"""XML of a feed: repaired and bounded before a parser reads it.

Feeds are often not well-formed in one place. Characters that XML forbids, HTML's entities, bare `&` and `<`, and bytes
in another encoding are repaired. If that is not enough, each item is read on its own, and only those that are not
well-formed are left out. A feed without its last end tag is cut off, and is an error.

The limits keep a feed parser's time linear: feedparser is quadratic in the length of an author's name and of a date,
and in the number of an item's categories.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from html.entities import html5
from itertools import islice, pairwise
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import msgspec

from daily_papers.model.text import MAX_URL_CHARS, error_line

MAX_BYTES = 8 * 2**20
"""Size of a feed that is requested. Reading it takes up to thirteen times as much memory. arXiv's longest has 4 MB."""
MAX_MARKS = 2_000_000
"""Characters `<` and `&` in a feed: repaired ones become four or five. A feed of 8 MB of HTML has a million."""
MAX_ITEMS = 5_000
"""Items read of a feed; arXiv's longest list has 2,000."""
MAX_UNREADABLE = 100
"""Items that are not well-formed of a feed; further ones are not stored."""
_MAX_UNREADABLE_CHARS = 10_000

_MAX_DEPTH = 100
"""Levels of elements; deeper ones are left out. The content of an item is HTML, as deep as a page."""
_MAX_OPEN = 100_000
"""Levels of elements that are left out; the parser remembers each of them until it ends."""
_MAX_ATTRIBUTES = 20
_CONTENT_CHARS = 200_000
_NAMES_CHARS = 100_000
"""arXiv's longest list of authors has 3,000 names in one element."""
_OTHER_CHARS = MAX_URL_CHARS + 1
_NAME_CHARS = 100
"""A longer word in the name of an author is cut."""
_MAX_CONTENT_ELEMENTS = 20_000
_MAX_AUTHORS, _MAX_OTHERS = 5_000, 100
"""Elements of one name in an item."""

_ITEMS = frozenset({"item", "entry"})
_PARENTS = _ITEMS | {"rss", "rdf", "feed", "channel"}
_CONTENTS = frozenset({"title", "description", "summary", "content", "encoded", "abstract", "body", "div"})
_AUTHORS = frozenset({"author", "creator", "contributor", "managingeditor", "webmaster", "publisher", "owner"})

_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?(?:rss|feed|RDF))(?=[\s>])[^<>]*>", re.IGNORECASE)
_CHANNEL = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?channel)(?=[\s>])[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_DECLARATION = re.compile(rb"""<\?xml[^<>]{1,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]{0,40}):(?=[A-Za-z_])")
_NAMESPACE = re.compile(rb"""\sxmlns(?::[A-Za-z_][\w.-]*)?=(?:"[^"<>&]*"|'[^'<>&]*')""")
_FAULT = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos);)(?:#(x?)([0-9A-Fa-f]{1,7});|([A-Za-z][A-Za-z0-9]{1,31});)?"
    rb"|<(?![A-Za-z_:/!?])|\]\]>"
)
_CHUNK = 2**16
"""Bytes that are repaired at once: each replacement takes memory of its own until they are joined."""
_PARSED_CHUNK = 2**20
"""Bytes that are parsed at once. A tag of this length, with a million attributes, takes ten times its memory."""
_LONG_NAME = re.compile(rf"(\S{{{_NAME_CHARS}}})\S+")

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Only encodings of documents. Python's others, such as idna, take quadratic time. A body with a declaration in ASCII is
# not in UTF-16, whatever the declaration says.
_ENCODING = re.compile(
    r"(?:us-)?ascii|utf-?8|(?:windows-?|cp)[0-9]{3,4}|iso-?8859-?[0-9]{1,2}|latin-?[0-9]{1,2}|koi8-[rtu]|euc-?(?:jp|kr)|"
    r"ks_c_5601-1987|ksc5601|gb2312|gbk|gb18030|big5|shift[_-]jis|sjis|iso-2022-(?:jp|kr)|mac[a-z]{3,12}|tis-620"
)
# Python's decoders are stricter than the encodings that these names stand for on the web.
_WEB_ENCODINGS = {
    **dict.fromkeys(("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1"), "cp1252"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
}
# Bytes that are not UTF-8, as `surrogateescape` decodes them.
_WINDOWS_1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())

_KNOWN_NAMESPACES = {
    "arxiv": "http://arxiv.org/schemas/atom",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
}
# feedparser names the elements of namespaces that it does not know by their prefix, so that must stay.
ElementTree.register_namespace("arxiv", _KNOWN_NAMESPACES["arxiv"])


class FeedXml(msgspec.Struct, frozen=True):
    """A feed that any XML parser reads in full, in linear time."""

    document: bytes
    unreadable: tuple[str, ...] = ()
    """The items that are not well-formed, as received, at most MAX_UNREADABLE; long ones are cut."""


class FeedXmlError(Exception):
    """The body cannot be read as a feed, for the reason in the message; it is no feed if that is empty.

    `is_cut` is True if the end of the body is missing.
    """

    def __init__(self, message: str, *, is_cut: bool = False) -> None:
        super().__init__(message)
        self.is_cut = is_cut


def read_xml(body: bytes) -> FeedXml:
    """Return the feed in `body`, repaired. Raises FeedXmlError if it is no feed, cut off, or defines entities."""
    data = _repair(_bounded(decode(body).encode()))
    root = _find_root(data)
    close = data.rfind(b"</" + root[1])
    end = data.find(b">", close) if close >= root.end() else -1
    document = data[root.start() : end + 1 or len(data)]
    try:
        return FeedXml(_serialize(_parse(document)))
    except ElementTree.ParseError as e:
        if end < 0:
            raise FeedXmlError(f"a feed that cannot be read to its end: {error_line(e)}", is_cut=True) from e
    return _read_by_item(document, root[0], root[1])


def read_strict_xml(body: bytes) -> FeedXml:
    """Return the feed in `body`, which must be well-formed and in its encoding. Raises FeedXmlError."""
    try:
        data = _bounded(body.decode(_declared_encoding(body) or "utf-8").encode())
        return FeedXml(_serialize(_parse(data[_find_root(data).start() :])))
    except (ElementTree.ParseError, UnicodeError, LookupError) as e:
        raise FeedXmlError(f"a feed that cannot be read to its end: {error_line(e)}") from e


def decode(body: bytes) -> str:
    """Return the text of `body` in the encoding that its first bytes or its declaration name, else in UTF-8.

    Bytes that are not UTF-8 are read as windows-1252; bytes that another encoding does not have become U+FFFD.
    """
    encoding = _declared_encoding(body)
    try:
        if encoding and codecs.lookup(encoding).name != "utf-8":
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    except (LookupError, UnicodeError, ValueError):
        pass  # an unknown encoding, or one of Python's that is not text
    text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return text if text.isascii() else text.translate(_WINDOWS_1252)


def _declared_encoding(body: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return encoding
    if body.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if body.startswith(b"<\0") else "utf-16-be"
    match = _DECLARATION.match(body.lstrip()[:300])
    name = match[1].decode("ascii").lower() if match else ""
    return _WEB_ENCODINGS.get(name, name) if _ENCODING.fullmatch(name) else None


def _find_root(data: bytes) -> re.Match[bytes]:
    """Return the match of the root's start tag. Raises FeedXmlError if there is none, or if entities are defined."""
    position = 0
    while (start := data.find(b"<", position)) >= 0:
        # Comments may contain tags.
        end_mark = b"-->" if data.startswith(b"<!--", start) else b"?>" if data.startswith(b"<?", start) else None
        if not end_mark or (end := data.find(end_mark, start)) < 0:
            break
        position = end
    match = _ROOT.search(data, position)
    if not match:
        raise FeedXmlError("")
    if b"<!ENTITY" in data[: match.start()]:
        raise FeedXmlError("a feed that defines entities; expected one without")
    return match


def _bounded(data: bytes) -> bytes:
    """Return `data`. Raises FeedXmlError if it has more than MAX_MARKS."""
    if data.count(b"<") + data.count(b"&") > MAX_MARKS:
        raise FeedXmlError(f"a feed with too many tags and references; expected at most {MAX_MARKS:,}")
    return data


def _repair(data: bytes) -> bytes:
    """Return `data` without characters that XML forbids, and outside of CDATA with valid references only."""
    data = data.translate(None, _CONTROLS)
    for character in _NONCHARACTERS:
        data = data.replace(character, b"")
    return b"".join(_repaired_parts(data))


def _repaired_parts(data: bytes) -> Iterator[bytes]:
    position = 0
    while (start := data.find(b"<![CDATA[", position)) >= 0 and (end := data.find(b"]]>", start)) >= 0:
        yield from _repaired_chunks(data, position, start)
        position = end + len(b"]]>")
        yield data[start:position]
    yield from _repaired_chunks(data, position, len(data))


def _repaired_chunks(data: bytes, position: int, stop: int) -> Iterator[bytes]:
    while position < stop:
        end = min(position + _CHUNK, stop)
        if end < stop:  # neither a reference nor a tag's beginning goes on behind these
            end = max(data.rfind(b">", position, end), data.rfind(b" ", position, end)) + 1 or end
        yield _FAULT.sub(_repair_markup, data[position:end])
        position = end


def _repair_markup(match: re.Match[bytes]) -> bytes:
    """Return the replacement for a reference, a bare `&` or `<`, or the end of a CDATA section that did not begin."""
    found, is_hex, number, name = match[0], match[1], match[2], match[3]
    if found == b"<":
        return b"&lt;"
    if found == b"]]>":
        return b"]]&gt;"
    if name and (text := html5.get(f"{name.decode()};")):
        return escape(text).encode()
    if number and (is_hex or number.isdigit()):
        return found if _is_xml_character(int(number, 16 if is_hex else 10)) else "\ufffd".encode()
    return b"&amp;" + found[1:]


def _is_xml_character(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def _read_by_item(document: bytes, root_tag: bytes, root_name: bytes) -> FeedXml:
    """Return the feed of the well-formed items of `document`, which as a whole is not well-formed.

    Raises FeedXmlError if the root's start tag cannot be read.
    """
    end_tag = b"</" + root_name + b">"
    start_tag = _declare_prefixes(root_tag, document)
    if _parse_or_none(start_tag + end_tag) is None:
        # The root's own tag is at fault: only its namespaces are needed.
        start_tag = _declare_prefixes(b"<" + root_name + b"".join(_NAMESPACE.findall(root_tag)) + b">", document)

    def parse(part: bytes) -> ElementTree.Element | None:
        return _parse_or_none(start_tag + part + end_tag)

    starts = [match.start() for match in islice(_ITEM.finditer(document), MAX_ITEMS + 1)]
    head = document[len(root_tag) : starts[0]] if starts else b""
    channel = _CHANNEL.search(head)
    if channel and b"</" + channel[1] not in head:
        head += b"</" + channel[1] + b">"
    root = parse(head)
    if root is None:
        root = parse(b"")
    if root is None:
        raise FeedXmlError("a feed whose first tag cannot be read")
    unreadable = []
    bounds = [*starts, len(document) - len(end_tag)]
    for start, end in islice(pairwise(bounds), MAX_ITEMS):
        part = document[start:end]
        name = _ITEM.match(part)[1]  # type: ignore[index]  # `starts` are its matches
        close = part.rfind(b"</" + name)
        part = part[: part.find(b">", close) + 1 or None] if close >= 0 else part
        if (parsed := parse(part)) is not None:
            root.extend(parsed)
        else:
            unreadable.append(part[:_MAX_UNREADABLE_CHARS].decode("utf-8", "ignore"))
    return FeedXml(_serialize(root), tuple(unreadable[:MAX_UNREADABLE]))


def _declare_prefixes(root_tag: bytes, document: bytes) -> bytes:
    """Return the root's start tag with a declaration of each prefix in `document` that nothing declares."""
    used = {match[1] for match in _PREFIX.finditer(document)} - {b"xmlns", b"xml"}
    names = (prefix.decode("ascii", "ignore") for prefix in sorted(used)[:_MAX_OTHERS])
    missing = [name for name in names if f"xmlns:{name}".encode() not in document]
    declared = "".join(f" xmlns:{name}={quoteattr(_KNOWN_NAMESPACES.get(name, f'urn:{name}'))}" for name in missing)
    return root_tag[:-1] + declared.encode() + b">"


def _parse(document: bytes) -> ElementTree.Element:
    """Return the root of `document` within the limits. Raises ElementTree.ParseError."""
    builder = _BoundedBuilder()
    # Nothing defines entities: `document` begins at its root, behind the document type.
    parser = ElementTree.XMLParser(target=builder)  # noqa: S314
    # An error of the target ends the parsing only between two chunks.
    for start in range(0, len(document), _PARSED_CHUNK):
        before, chunk = builder.events, document[start : start + _PARSED_CHUNK]
        parser.feed(chunk)
        if builder.events == before and len(chunk) == _PARSED_CHUNK:
            raise ElementTree.ParseError("more than a megabyte without an element or text, as in an endless tag")
    root: ElementTree.Element = parser.close()
    return root


def _parse_or_none(document: bytes) -> ElementTree.Element | None:
    try:
        return _parse(document)
    except ElementTree.ParseError:
        return None


def _serialize(root: ElementTree.Element) -> bytes:
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


class _BoundedBuilder:
    """Target of an XML parser: builds the tree, and leaves out everything beyond the limits."""

    def __init__(self) -> None:
        self._tree = ElementTree.TreeBuilder()
        self.events = 0
        """Tags and texts so far."""
        self._names: list[str] = []
        """Local names of the open elements, in lower case."""
        self._dropped = 0
        """Open elements within the outermost element that is left out, with it."""
        self._items = 0
        self._children: Counter[str] = Counter()
        """Number of elements of each name in the item; the elements within its content are counted together."""
        self._room = 0
        """Characters that the open field may still have."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.events += 1
        name = tag.rpartition("}")[2].lower()
        if self._dropped or not self._has_room(name):
            self._dropped += 1
            if self._dropped > _MAX_OPEN:
                raise ElementTree.ParseError(f"more than {_MAX_OPEN:,} elements within each other")
            return
        self._names.append(name)
        some = islice(attributes.items(), _MAX_ATTRIBUTES)
        self._tree.start(tag, {key[:_OTHER_CHARS]: value[:_OTHER_CHARS] for key, value in some})

    def end(self, tag: str) -> None:
        self.events += 1
        if self._dropped:
            self._dropped -= 1
        else:
            self._names.pop()
            self._tree.end(tag)

    def data(self, text: str) -> None:
        self.events += 1
        if not self._dropped and self._room:
            text = text[: self._room]
            self._room -= len(text)
            self._tree.data(text)

    def close(self) -> ElementTree.Element:
        root = self._tree.close()
        for element in root.iter():
            if element.tag.rpartition("}")[2].lower() in _AUTHORS:
                for part in element.iter():
                    part.text = part.text and _LONG_NAME.sub(r"\1", part.text)
        return root

    def _has_room(self, name: str) -> bool:
        """Count an element that begins; return True if it is within the limits."""
        parent = self._names[-1] if self._names else ""
        if name in _ITEMS and parent in _PARENTS:
            self._items += 1
            self._children.clear()
            return self._items <= MAX_ITEMS
        is_field = parent in _PARENTS or not parent
        if is_field:
            self._room = _CONTENT_CHARS if name in _CONTENTS else _NAMES_CHARS if name in _AUTHORS else _OTHER_CHARS
        self._children[name if is_field else ""] += 1
        limit = _MAX_CONTENT_ELEMENTS if not is_field else _MAX_AUTHORS if name in _AUTHORS else _MAX_OTHERS
        return len(self._names) < _MAX_DEPTH and self._children[name if is_field else ""] <= limit
