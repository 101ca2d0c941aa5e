"""Text and addresses from strangers, made safe to keep: cleaned of what cannot be seen, never of what can.

Strings in, strings out. Escaping for HTML, JSON or XML is left to whoever renders.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

MAX_URL_CHARS = 2000

# Not seen, or seen where they are not: C0 and C1 controls, zero-width marks, bidi overrides and isolates, BOM,
# noncharacters. Joiners (U+200C, U+200D) stay: emoji and several scripts are spelled with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# arXiv starts a paragraph with a line break and two blanks; a lone break is its 80 columns.
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*|\n[^\S\n]{2,}")


def clean_line(text: str) -> str:
    """Return `text` as one line: runs of white space one blank, invisible characters gone, NFC, valid UTF-8."""
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))


def clean_block(text: str) -> str:
    """Return `text` with hard-wrapped lines joined; each paragraph is one cleaned line, none is empty."""
    paragraphs = map(clean_line, _PARAGRAPH.split(text.strip()))
    return "\n".join(filter(None, paragraphs))


def safe_url(text: str | None) -> str | None:
    """Return `text` as an address one may link to, or None.

    Only http and https, a plain ASCII host, no user name in it, nothing invisible and no white space inside.
    """
    url = (text or "").strip()
    if not url or len(url) > MAX_URL_CHARS or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        valid_port = parts.port != 0
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or not host.isascii() or "@" in parts.netloc or not valid_port:
        return None
    return url
