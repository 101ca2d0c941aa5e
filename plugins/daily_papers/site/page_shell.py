"""Page shell: the HTML that pages share, with placeholders for the texts that differ from page to page."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = "dp-{}-3f9c1e7ab2d84605"
_PLACEHOLDERS = re.compile(_PLACEHOLDER.format("([a-z]+)"))


def placeholder(name: str) -> str:
    """Return the text that stands for `name` in the HTML of a shell."""
    return _PLACEHOLDER.format(name)


def encode_text(text: str) -> bytes:
    """Return `text` in UTF-8; a title may hold anything."""
    return text.encode("utf-8", "xmlcharrefreplace")


class PageShell:
    """The HTML that pages share, in pieces, with the names of the texts between them."""

    def __init__(self, html: str) -> None:
        self._names = _PLACEHOLDERS.findall(html)
        self._pieces = [encode_text(piece) for piece in _PLACEHOLDERS.split(html)[::2]]

    def fill(self, texts: Mapping[str, bytes]) -> bytes:
        """Return the page with `texts`, in UTF-8, by the names of their placeholders."""
        pieces = [self._pieces[0]]
        for name, piece in zip(self._names, self._pieces[1:], strict=True):
            pieces += (texts[name], piece)
        return b"".join(pieces)
