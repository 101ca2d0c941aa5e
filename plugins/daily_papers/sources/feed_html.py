"""HTML of a feed's items: visible text, pictures, and the votes and authors that descriptions state.

Python's HTMLParser takes quadratic time for unclosed tags in several versions. `_read` takes linear time for any text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urljoin

import msgspec

from daily_papers.model.records import MAX_COUNT
from daily_papers.model.text import clean_line, safe_url

_BLOCKS = frozenset(
    ("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "tr", "br", "hr")
)
_INVISIBLE = frozenset(("script", "style", "template", "iframe", "noscript", "svg", "math", "title", "textarea"))
_ABSTRACT_TAG = '<p lang="en">'
"""Beginning of a paragraph of the abstract in the feeds of an archive (site/feeds/feed_paper.html)."""

# A quoted value may contain ">". No part crosses a "<", so that each match ends at the next one.
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?![A-Za-z0-9])((?:"[^"<]*"|'[^'<]*'|[^<>"'])*+)>""")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([A-Za-z]{1,12})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")
# html.unescape raises ValueError for a number that is too long to convert.
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,};?")

_AUTHORS = re.compile(r"(?:Authors?|By|저자|작성자|著者|作者)\s?[:：]\s?(\S.*)", re.IGNORECASE)
_BYLINE = re.compile(r"By (\S.*)")
_BYLINE_NAME = re.compile(r"[^\W\d_a-z]\S*(?: \S+){1,4}")
_AUTHOR_SEPARATOR = re.compile(r"\s?[;,、]\s?(?:and |& )?|\s(?:and|&)\s")
_AFTER_VOTES = r"(?= ?(?:[·|•]|$))"
_VOTES = re.compile(
    r"(?:(?:Up)?votes?|Points?|Score|Likes?|추천(?: ?수)?|투표(?: ?수)?)\s?[:：]\s?([0-9][0-9,]{0,20})"
    rf"{_AFTER_VOTES}|([0-9][0-9,]{{0,20}}) ?(?:(?:up)?votes?|points?|likes?|표|추천){_AFTER_VOTES}",
    re.IGNORECASE,
)
_STATEMENT_CHARS = 20_000
"""A longer paragraph is no line with votes or authors."""
_MAX_AUTHOR_CHARS = 60
"""A longer part of a line is a sentence, not a name."""


class Description(msgspec.Struct, frozen=True):
    """The content of a description."""

    text: str
    """Visible text, without lines that only state votes or authors; a blank line separates blocks."""
    picture: str | None = None
    """Address of the first picture."""
    votes: int | None = None
    authors: tuple[str, ...] = ()


def plain_text(markup: str) -> str:
    """Return the visible text of HTML: no markup, no scripts, blank lines around blocks."""
    return _read(markup)


def read_description(markup: str, base: str) -> Description:
    """Return the content of a description in HTML. `base` is the address that relative ones are joined to."""
    pictures: list[str] = []

    def keep_picture(attributes: str) -> None:
        if not pictures and (url := _picture(attributes, base)):
            pictures.append(url)

    votes: int | None = None
    authors: tuple[str, ...] = ()
    remaining = []
    for paragraph in _read(markup, keep_picture).split("\n\n"):
        line = clean_line(paragraph) if len(paragraph) <= _STATEMENT_CHARS else ""
        if votes is None and (match := _VOTES.match(line)):
            votes = _count(match[1] or match[2])
            is_statement = match.end() == len(line)
        else:
            names = () if authors else _stated_authors(line)
            authors, is_statement = authors or names, bool(names)
        if not is_statement:
            remaining.append(paragraph)
    return Description("\n\n".join(remaining), pictures[0] if pictures else None, votes, authors)


def read_archive_entry(markup: str, base: str) -> Description:
    """Return the content of an entry in a feed of an archive: its text is the abstract alone."""
    described = read_description(markup, base)
    paragraphs = (part.partition("</p>")[0] for part in markup.split(_ABSTRACT_TAG)[1:])
    return msgspec.structs.replace(described, text="\n\n".join(map(plain_text, paragraphs)), authors=())


def _read(markup: str, on_picture: Callable[[str], None] | None = None) -> str:
    """Return the visible text of `markup`; call `on_picture` with the attributes of each visible picture."""
    parts: list[str] = []
    position = 0
    while position < len(markup):
        start = markup.find("<", position)
        if start < 0:
            start = len(markup)
        parts.append(markup[position:start])
        if markup.startswith("<!--", start):
            end = markup.find("-->", start + 4)
            position = len(markup) if end < 0 else end + 3
        elif match := _TAG.match(markup, start):
            position = match.end()
            closing, name, attributes = match[1], match[2].lower(), match[3]
            if name in _INVISIBLE and not closing:
                position = _end_of_element(markup, name, position)
            elif name in _BLOCKS:
                parts.append("\n\n")
            elif name == "img" and on_picture:
                on_picture(attributes)
        elif markup.startswith(("<!", "<?"), start):
            end = markup.find(">", start)
            position = len(markup) if end < 0 else end + 1
        else:
            parts.append(markup[start : start + 1])
            position = start + 1
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", "".join(parts)))


def _end_of_element(markup: str, name: str, position: int) -> int:
    """Return the position of the first end tag of `name` after `position`; the end of the text without one."""
    match = re.compile(rf"</{name}(?=[\s>/])", re.IGNORECASE).search(markup, position)
    return match.start() if match else len(markup)


def _picture(attributes: str, base: str) -> str | None:
    """Return the address in an `img` tag; None if it is not safe, or if the picture is a single pixel that counts."""
    values = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(attributes)}
    if values.get("width") in ("0", "1") or values.get("height") in ("0", "1"):
        return None
    return absolute_url(values.get("src", ""), base)


def absolute_url(address: str, base: str) -> str | None:
    """Return `address`, joined to `base` if it is relative; None if the result is not safe to link to."""
    try:
        return safe_url(urljoin(base, address.strip())) if address.strip() else None
    except ValueError:  # a host in broken brackets
        return None


def _count(text: str) -> int | None:
    count = int(text.replace(",", ""))
    return count if count <= MAX_COUNT else None


def _stated_authors(line: str) -> tuple[str, ...]:
    """Return the names in a line such as `Authors: Ada Brook, Ben Ford`; empty if `line` has another form."""
    labelled = _AUTHORS.fullmatch(line)
    match = labelled or _BYLINE.fullmatch(line)
    parts = _AUTHOR_SEPARATOR.split(match[1].rstrip(".")) if match else []
    names = [part.strip() for part in parts if part.strip()]
    are_names = all(len(name) <= _MAX_AUTHOR_CHARS and (labelled or _BYLINE_NAME.fullmatch(name)) for name in names)
    return tuple(names) if are_names else ()
