"""What a model wrote, read into bullets: JSON as asked for, JSON in a fence, or lines of plain text.

A string goes in, bullets come out, or UnreadableAnswerError says what stood there instead. Whether the bullets are
worth keeping is for `gates` to tell.
"""

from __future__ import annotations

import re

import msgspec

from daily_papers.text import clean_line

MAX_CHARS = 50_000
"""More than three times what the most and longest bullets come to."""
MAX_SHOWN_CHARS = 80

SCHEMA = {
    "type": "object",
    "properties": {"bullets": {"type": "array", "items": {"type": "string"}}},
    "required": ["bullets"],
    "additionalProperties": False,
}
"""What is asked for, as JSON Schema: `{"bullets": ["…", …]}`. How many and how long is told in the prompt alone,
since not every endpoint takes bounds in a schema."""

LABELS = ("What's New", "Technical Details", "Performance Highlights")

_FENCE = re.compile(r"```[a-z]*\s*\n(?P<inside>.*)\n\s*```", re.DOTALL | re.IGNORECASE)
# A hyphen, a dot or a number begins a bullet of plain text.
_BULLET = re.compile(r"(?:[-*•·‣]|\d{1,2}[.)])\s+(?P<text>\S.*)")
_LABEL = re.compile(
    r"(?:\*{2,3})?(?P<label>what['’]s new|technical details|performance highlights)"
    r"(?:\*{2,3})?\s*:\s*(?:\*{2,3}\s*)?",
    re.IGNORECASE,
)


class UnreadableAnswerError(ValueError):
    """An answer is not what was asked for; the message says what it is, as a gate's reason."""


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bullets: list[str]


def read_answer(content: str) -> tuple[str, ...]:
    """Return the bullets of an answer, labels in the form of the record, `**What's New**: `.

    Raises UnreadableAnswerError for one that is empty, too long, JSON of another shape, or text without bullets.
    """
    content = content.strip()
    if not content:
        raise UnreadableAnswerError("schema: the answer is empty")
    if len(content) > MAX_CHARS:
        raise UnreadableAnswerError(f"schema: the answer has {len(content)} characters, expected at most {MAX_CHARS}")
    if fence := _FENCE.fullmatch(content):
        content = fence["inside"].strip()
    bullets = _of_json(content) if content.startswith(("{", "[", '"')) else _of_text(content)
    return tuple(_labelled(bullet) for bullet in bullets)


def _of_json(content: str) -> list[str]:
    try:
        return msgspec.json.decode(content, type=_Wire).bullets
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as e:
        shown = clean_line(content)[:MAX_SHOWN_CHARS]
        raise UnreadableAnswerError(f'schema: {e}, expected {{"bullets": ["…"]}}: {shown}') from e


def _of_text(content: str) -> list[str]:
    """Return the bullets of a list; what stands before it is said to whoever asked, what follows a bullet is its."""
    bullets: list[str] = []
    for line in filter(None, map(str.strip, content.split("\n"))):
        if found := _BULLET.fullmatch(line):
            bullets.append(found["text"])
        elif bullets:
            bullets[-1] += f" {line}"
    if not bullets:
        raise UnreadableAnswerError(f"schema: neither JSON nor a list: {clean_line(content)[:MAX_SHOWN_CHARS]}")
    return bullets


def _labelled(bullet: str) -> str:
    """Return `bullet` on one line, its label set as in the record. Control characters are left for the gates to see."""
    text = " ".join(re.split(r"[ \t\r\n]+", bullet.strip()))
    found = _LABEL.match(text)
    if not found:
        return text
    label = next(label for label in LABELS if label.lower() == found["label"].replace("’", "'").lower())
    return f"**{label}**: {text[found.end() :]}"
