"""JSON arrays of any quality: their elements are found before any is built, so that a bad one costs only itself."""

from __future__ import annotations

import json
import re

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.text import clean_line, quote

MAX_RECORDS = 10_000
"""Records read per page. A page with more is no list of a date."""
MAX_TOKENS = 1_000_000
"""Strings, brackets and commas of a page that is invalid JSON, or has many commas. They are read in half a second."""
_MAX_COMMAS = 200_000
"""Commas of a body whose elements are split by msgspec. A longer one is split by its brackets, and counted first."""
_MAX_QUOTED_CHARS = 200
KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "str", list: "array", dict: "object"}
"""The names of JSON types, as msgspec has them in its messages."""


def split_list(body: bytes, *, source: str, url: str) -> list[bytes]:
    """Return the JSON text of each element of the array `body`. An element may be invalid JSON.

    Raises ParseError if the body is no array, or has more than MAX_RECORDS elements or, where it is invalid JSON or
    has many commas, more than MAX_TOKENS tokens.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    records: list[bytes] | None
    try:
        if body.count(b",") > _MAX_COMMAS:
            raise ValueError("more commas than a list of a date has")  # count the records before they are built
        records = [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (ValueError, RecursionError):
        # One bad record (half a surrogate pair, NaN, a thousand brackets) makes the whole document invalid.
        records = _split_by_brackets(body, source, url)
    if records is None:
        raise ParseError(f"expected a JSON array, got {_describe(body)}", source=source, url=url)
    if len(records) > MAX_RECORDS:
        raise ParseError(f"expected at most {MAX_RECORDS} records, got {len(records)} or more", source=source, url=url)
    return records


# A string, or a structural character. Possessive quantifiers: hostile text takes no more than one pass.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


def _split_by_brackets(body: bytes, source: str, url: str) -> list[bytes] | None:
    """Return the elements of a JSON array, found by brackets and commas alone; None if the brackets do not match.

    The elements may be invalid JSON. At most MAX_RECORDS + 1 are returned. Raises ParseError after MAX_TOKENS.
    """
    if not body.lstrip().startswith(b"["):
        return None
    depth, start = 0, 0
    elements: list[bytes] = []
    for number, token in enumerate(_TOKEN.finditer(body)):
        if number == MAX_TOKENS:
            raise ParseError(
                f"expected a list of papers, got JSON with more than {number} tokens", source=source, url=url
            )
        if len(elements) > MAX_RECORDS:
            return elements
        char = token[0]
        if depth == 1 and char in (b",", b"]"):
            elements.append(body[start : token.start()].strip())
        if char in (b"[", b"{"):
            depth += 1
        elif char in (b"]", b"}"):
            depth -= 1
        if depth == 1 and char in (b",", b"["):
            start = token.end()
        if depth == 0:
            return elements if char == b"]" and not body[token.end() :].strip() else None
    return None


def _describe(body: bytes) -> str:
    """Return, in a few words, the kind of a body that is not a list."""
    from daily_papers.net.client import is_html

    if not body.strip():
        return "nothing"
    if is_html(body):
        return "HTML"
    if body.lstrip().startswith(b"["):
        return "a broken or cut one"
    try:
        if body.lstrip().startswith(b"{"):
            error = msgspec.json.decode(body, type=_ErrorAnswer).error
            return f"an error: {quote(clean_line(error), _MAX_QUOTED_CHARS)}" if isinstance(error, str) else "object"
        return kind_of(msgspec.json.decode(body))
    except (ValueError, RecursionError):
        return "something that is not JSON"


class _ErrorAnswer(msgspec.Struct):
    """The only key read of an object that is no list; the other values are not built."""

    error: object = None


def decode_value(raw: bytes) -> object:
    """Return the JSON value `raw`. Raises ValueError if it is invalid, RecursionError if it is nested too deeply."""
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        # The standard module also reads lone surrogates, NaN, control characters and numbers of any length.
        text = raw.decode("utf-8", "replace")
        return json.loads(text, strict=False, parse_int=lambda digits: (int if len(digits) < 20 else float)(digits))


def kind_of(value: object) -> str:
    """Return msgspec's name for the JSON type of a value."""
    return KINDS.get(type(value), "null")
