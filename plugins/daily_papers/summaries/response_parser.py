"""Parser of a model's response: bullets from the requested JSON, JSON within other text, or a list in plain text.

`validation` checks the bullets.
"""

from __future__ import annotations

import json
import re

import msgspec

from daily_papers.model.text import quote

MAX_CHARS = 50_000
"""The longest response that is parsed: more than three times the length of the most and longest bullets."""

SCHEMA = {
    "type": "object",
    "properties": {"bullets": {"type": "array", "items": {"type": "string"}}},
    "required": ["bullets"],
    "additionalProperties": False,
}
"""JSON Schema of the requested response: `{"bullets": ["…", …]}`.

Only the prompt states the number and the length of the bullets. Not every endpoint accepts bounds in a schema.
"""

_LABELS = {label.lower(): label for label in ("What's New", "Technical Details", "Performance Highlights")}

# A bullet of plain text begins with a hyphen, a bullet character or a number.
_BULLET = re.compile(r"(?:[-*•·‣]|\d{1,2}[.)])\s+(?P<text>\S.*)")
_LABEL = re.compile(
    r"(?:\*{2,3})?(?P<label>what['’]s new|technical details|performance highlights)"
    r"(?:\*{2,3})?\s*:\s*(?:\*{2,3}\s*)?",
    re.IGNORECASE,
)


class ResponseFormatError(ValueError):
    """A response has no readable bullets. The message has the form of a reason in `validation`."""


class _Wire(msgspec.Struct, frozen=True):
    bullets: list[str]


def parse_response(content: str) -> tuple[str, ...]:
    """Return the bullets of a response, with labels in the form `**What's New**: `.

    A model's reasoning and the text around its answer are removed. Raises ResponseFormatError for a response that is
    empty, too long, JSON of another structure, or text without bullets.
    """
    if len(content) > MAX_CHARS:
        raise ResponseFormatError(f"schema: the answer has {len(content)} characters, expected at most {MAX_CHARS}")
    content = content.rpartition("</think>")[2].strip()
    if not content:
        raise ResponseFormatError("schema: the answer is empty")
    start = min((index for index in (content.find("{"), content.find('["')) if index >= 0), default=-1)
    # A bullet of a list in plain text may have braces.
    is_list = any(_BULLET.fullmatch(line.strip()) for line in content[: max(start, 0)].split("\n"))
    bullets = _from_json(content[start:]) if start >= 0 and not is_list else _from_text(content)
    return tuple(_normalize_label(bullet) for bullet in bullets)


def _from_json(content: str) -> list[str]:
    """Return the bullets of the JSON at the beginning of `content`. Text after it is ignored."""
    try:
        value, _ = json.JSONDecoder().raw_decode(content)
        return msgspec.convert(value, _Wire).bullets if isinstance(value, dict) else msgspec.convert(value, list[str])
    except (ValueError, RecursionError) as e:  # msgspec's errors are ValueErrors
        raise ResponseFormatError(f'schema: {e}, expected {{"bullets": ["…"]}}: {quote(content)}') from e


def _from_text(content: str) -> list[str]:
    """Return the bullets of a list, or the paragraphs that begin with a known label.

    A blank line ends a bullet. Text before the first bullet and after the last one is ignored.
    """
    bullets: list[str] = []
    is_open = False
    for line in map(str.strip, content.split("\n")):
        if found := _BULLET.fullmatch(line):
            bullets.append(found["text"])
            is_open = True
        elif _LABEL.match(line):
            bullets.append(line)
            is_open = True
        elif not line:
            is_open = False
        elif is_open:
            bullets[-1] += f" {line}"
    if not bullets:
        raise ResponseFormatError(f"schema: neither JSON nor a list: {quote(content)}")
    return bullets


def _normalize_label(bullet: str) -> str:
    """Return `bullet` on one line, with its label in the form of the record.

    Control characters stay, so that `validation` finds them.
    """
    text = " ".join(re.split(r"[ \t\r\n]+", bullet.strip()))
    found = _LABEL.match(text)
    if not found:
        return text
    label = _LABELS[found["label"].replace("’", "'").lower()]
    return f"**{label}**: {text[found.end() :]}"
