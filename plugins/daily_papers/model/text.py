"""Clean text and addresses from strangers: remove invisible characters, keep everything visible.

These functions take and return strings. They do not escape: whoever renders HTML, JSON or XML does that.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

MAX_URL_CHARS = 2000
NAME_CHARS = 80
"""Pages cut a longer name, keyword or address; the record keeps it whole."""
QUOTE_CHARS = 80
"""Length to which `quote` cuts a value by default."""
ERROR_CHARS = 300
"""Length to which `error_line` cuts a message by default."""

MAX_COMBINING_MARKS = 30
"""Combining marks in a row that `normalize` keeps. Unicode's Stream-Safe Text Format (UAX 15) has the same limit."""

RESERVED_SLUGS = frozenset({"index", "readme"})
"""Names of a folder's index page, on web servers and on code hosts. No other page may have one as its address."""

# Characters that are invisible, or displayed at another position: C0 and C1 controls, soft hyphens, zero-width marks,
# fillers, bidi marks, BOM, tags, noncharacters. Joiners (U+200C, U+200D) are not among them: emoji and several scripts
# are spelled with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# The other characters that XML 1.0 forbids (section 2.2). They are white space, and `clean_line` treats them so.
_SEPARATOR = re.compile("[\x0b\x0c\x1c-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_RUNNER_COMMAND = re.compile(r"(?<![\w\[])::+|##(?=[a-z]{0,20}\[)", re.IGNORECASE)
_PART_CHARS = 2**16
_WHITE_SPACE = re.compile(r"\s+")
# arXiv begins a paragraph with a line break and two blanks; a single line break only wraps at 80 columns.
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*|\n[^\S\n]{2,}")

# The pattern spells out the host, so that neither a user name nor a look-alike letter matches.
_SAFE_URL = re.compile(
    r"""https?://
        [a-z0-9] (?:[a-z0-9._-]*[a-z0-9])?
        (?: : (?: [1-9][0-9]{0,3} | [1-5][0-9]{4} | 6[0-4][0-9]{3} | 65[0-4][0-9]{2} | 655[0-2][0-9] | 6553[0-5] ) )?
        (?: [/?#] \S* )?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def clean_line(text: str) -> str:
    """Return `text` as one line of valid UTF-8 in NFC: white space collapsed, invisible characters removed."""
    if text.isascii() and text.isprintable():
        return _collapse_white_space(text)  # the other steps change nothing; nine names in ten are such text
    text = _SURROGATE.sub("\ufffd", text)
    return normalize("NFC", _collapse_white_space(_INVISIBLE.sub("", text)))


def _collapse_white_space(text: str) -> str:
    """Return `text` with a blank for each run of white space, and without white space around it.

    A long text is handled in parts: its words as a list would take thirty times its memory.
    """
    if len(text) <= _PART_CHARS:
        return " ".join(text.split())
    parts = (f"x{text[start : start + _PART_CHARS]}x" for start in range(0, len(text), _PART_CHARS))
    text = "".join(" ".join(part.split())[1:-1] for part in parts)
    while "  " in text:  # where white space continues in the next part
        text = text.replace("  ", " ")
    return text.strip()


def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return `text` in a Unicode normal form, with at most MAX_COMBINING_MARKS combining marks in a row.

    Normalization sorts the marks of a run in quadratic time: a million marks would take hours.
    """
    if len(text) > MAX_COMBINING_MARKS and not text.isascii():
        text = _long_mark_runs().sub(r"\1", text)
    return unicodedata.normalize(form, text)


@cache
def _long_mark_runs() -> re.Pattern[str]:
    """Return a pattern for more than MAX_COMBINING_MARKS combining marks in a row, the first ones as its group."""
    marks = "".join(char for char in map(chr, range(0x300, 0x20000)) if unicodedata.combining(char))  # none is beyond
    return re.compile(f"([{marks}]{{{MAX_COMBINING_MARKS}}})[{marks}]+")


def single_line(text: str) -> str:
    """Return `text` as one line to display: stripped if all of it is printable, else cleaned by `clean_line`."""
    return text.strip() if text.isprintable() else clean_line(text)


def strip_invisible(text: str) -> str:
    """Return `text` without invisible characters, as valid UTF-8 that XML 1.0 allows; line breaks stay."""
    if text.isprintable():
        return text  # a much faster test than the three substitutions
    return _SEPARATOR.sub(" ", _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text)))


def cut(text: str, chars: int) -> str:
    """Return at most `chars` characters of `text`; an ellipsis replaces the rest."""
    return text if len(text) <= chars else text[: chars - 1] + "…"


def quote(value: object, limit: int = QUOTE_CHARS) -> str:
    r"""Return `value` for an error message: one line of at most `limit` characters, without control characters.

    Text is put in double quotes, which do not count towards `limit`. Any other value appears as its `repr`. A run of
    white space becomes one blank. An invisible character appears as its escape sequence, such as `\u200b`, because it
    may be the mistake that the message is about.
    """
    return f'"{_escaped_line(value, limit)}"' if isinstance(value, str) else _escaped_line(repr(value), limit)


def error_line(error: BaseException, limit: int = ERROR_CHARS) -> str:
    """Return the message of `error` as one line of at most `limit` characters, without control characters.

    For an OSError this is the system's reason without number and path, for an exception without message its type.
    """
    reason = error.strerror if isinstance(error, OSError) else None
    return cut(clean_line(reason or str(error)), limit) or type(error).__name__


def disarm_commands(text: str) -> str:
    """Return `text`, lines for a log, so that no runner of workflows takes part of it as a command.

    GitHub's runner looks for `::` at the start of a line, after white space, and for `##[` anywhere in it; others for
    `##` with a word before the bracket. Each gets a blank, but a `::` after a letter, digit or `[` stays. Control
    characters other than line feeds and tabs become blanks: a carriage return would begin a line, too.
    """
    text = _CONTROL.sub(" ", text)
    return _RUNNER_COMMAND.sub(lambda match: "## " if match[0] == "##" else " ".join(match[0]), text)


def clean_block(text: str) -> str:
    """Return the paragraphs of `text`, one line each: hard-wrapped lines joined and cleaned, empty ones left out."""
    paragraphs = map(clean_line, _PARAGRAPH.split(text.strip()))
    return "\n".join(filter(None, paragraphs))


def safe_url(text: str | None) -> str | None:
    """Return `text` without surrounding white space if it is an address that is safe to link to, else None.

    A safe address is http or https and has a plain ASCII host without a user name. It contains no invisible character
    and no white space, and at most MAX_URL_CHARS characters.
    """
    url = (text or "").strip()
    safe = len(url) <= MAX_URL_CHARS and _SAFE_URL.fullmatch(url) and url.isprintable()
    return url if safe else None


def _escaped_line(text: str, limit: int) -> str:
    line = _WHITE_SPACE.sub(" ", text)
    return cut(_SURROGATE.sub(_escape, _INVISIBLE.sub(_escape, line)), limit)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
