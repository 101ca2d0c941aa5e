"""Text and addresses from strangers, made safe to keep: cleaned of what cannot be seen, never of what can.

Strings in, strings out. Escaping for HTML, JSON or XML is left to whoever renders.
"""

from __future__ import annotations

import re
import unicodedata

MAX_URL_CHARS = 2000
NAME_CHARS = 80
"""A longer name, keyword or address is cut for show; the record keeps it whole."""

RESERVED_SLUGS = frozenset({"index", "readme"})
"""What stands for a folder's own page, on the web or with a host, and so for nothing else in an address."""

# Not seen, or seen where they are not: C0 and C1 controls, soft hyphens, zero-width marks, fillers, bidi marks, BOM,
# tags, noncharacters. Joiners (U+200C, U+200D) stay: emoji and several scripts are spelled with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# What else XML 1.0 cannot hold (section 2.2); `clean_line` takes these for white space, which they are.
_SEPARATOR = re.compile("[\x0b\x0c\x1c-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# arXiv starts a paragraph with a line break and two blanks; a lone break is its 80 columns.
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*|\n[^\S\n]{2,}")

# The host is spelled out, so that neither a user name nor a look-alike letter gets by.
_SAFE_URL = re.compile(
    r"""https?://
        [a-z0-9] (?:[a-z0-9._-]*[a-z0-9])?
        (?: : (?: [1-9][0-9]{0,3} | [1-5][0-9]{4} | 6[0-4][0-9]{3} | 65[0-4][0-9]{2} | 655[0-2][0-9] | 6553[0-5] ) )?
        (?: [/?#] \S* )?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def clean_line(text: str) -> str:
    """Return `text` as one line: runs of white space one blank, invisible characters gone, NFC, valid UTF-8."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # nothing of the rest applies; nine names of ten are such
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))


def shown_line(text: str) -> str:
    """Return `text` as one line that can be shown: as it is between its ends, or as `clean_line` makes it."""
    return text.strip() if text.isprintable() else clean_line(text)


def visible(text: str) -> str:
    """Return `text`, which may have lines, without what cannot be seen: valid UTF-8 that XML can hold."""
    if text.isprintable():
        return text  # which is much sooner told
    return _SEPARATOR.sub(" ", _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text)))


def cut(text: str, chars: int) -> str:
    """Return `text` in at most `chars` characters, an ellipsis in place of what is missing."""
    return text if len(text) <= chars else text[: chars - 1] + "…"


def clean_block(text: str) -> str:
    """Return `text` with hard-wrapped lines joined; each paragraph is one cleaned line, none is empty."""
    paragraphs = map(clean_line, _PARAGRAPH.split(text.strip()))
    return "\n".join(filter(None, paragraphs))


def safe_url(text: str | None) -> str | None:
    """Return `text` as an address one may link to, or None.

    Only http and https, a plain ASCII host, no user name before it, nothing invisible and no white space inside.
    """
    url = (text or "").strip()
    safe = len(url) <= MAX_URL_CHARS and _SAFE_URL.fullmatch(url) and url.isprintable()
    return url if safe else None
