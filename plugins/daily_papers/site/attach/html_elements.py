"""The elements of a whole page, each with its place in the text, so that parts of the text can be replaced.

`html.parser` reads them: other parsers give no places, and would write the whole text anew.
"""

from __future__ import annotations

import html as html_entities
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

_IN_HEAD = frozenset(("base", "link", "meta", "noscript", "script", "style", "template", "title"))
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


@dataclass
class Element:
    """One element: its text is from `start` to `end`, its content from `content_start` to `content_end`."""

    tag: str
    attributes: Mapping[str, str | None]
    start: int
    content_start: int
    content_end: int
    end: int
    is_closed: bool = False
    """True if its start tag ends with `/>`."""

    def is_within(self, other: Element) -> bool:
        return other.content_start <= self.start < other.content_end

    def tag_with(self, attributes: Mapping[str, str | None]) -> str:
        """Return the start tag of the element with other attributes."""
        texts = (
            name if value is None else f'{name}="{html_entities.escape(value)}"' for name, value in attributes.items()
        )
        return f"<{' '.join((self.tag, *texts))}{'/>' if self.is_closed else '>'}"


def read_elements(html: str) -> list[Element]:
    """Return the elements of a page in the order of their start tags."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return reader.elements


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self._html = html
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self._open: list[Element] = []
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open and self._open[-1].tag == "head" and tag not in _IN_HEAD:
            head = self._open.pop()  # its end tag may be left out
            head.content_end = head.end = self._position()
        element = self._add(tag, attrs)
        if tag not in _VOID:
            # An element without an end tag has the rest of the page.
            element.content_end = element.end = len(self._html)
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs).is_closed = True

    def handle_endtag(self, tag: str) -> None:
        if not any(element.tag == tag for element in self._open):
            return
        start = self._position()
        while element := self._open.pop():
            element.content_end = element.end = start
            if element.tag == tag:
                element.end = self._html.find(">", start) + 1 or len(self._html)
                return

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        start = self._position()
        end = start + len(self.get_starttag_text() or "")
        attributes: dict[str, str | None] = {}
        for name, value in attrs:
            attributes.setdefault(name, value)  # of two with one name, the first counts
        element = Element(tag, attributes, start, end, end, end)
        self.elements.append(element)
        return element

    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
