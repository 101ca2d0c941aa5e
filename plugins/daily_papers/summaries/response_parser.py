"""What a model wrote, read into bullets: JSON as asked for, JSON among other text, or lines of plain text.

A string goes in, bullets come out, or UnreadableAnswerError says what stood there instead. Whether the bullets are
worth keeping is for `gates` to tell.
"""

from __future__ import annotations

import json
import re

import msgspec

from daily_papers.model.text import quote

MAX_CHARS = 50_000
"""More than three times what the most and longest bullets come to."""

SCHEMA = {
    "type": "object",
    "properties": {"bullets": {"type": "array", "items": {"type": "string"}}},
    "required": ["bullets"],
    "additionalProperties": False,
}
"""What is asked for, as JSON Schema: `{"bullets": ["…", …]}`. How many and how long is told in the prompt alone,
since not every endpoint takes bounds in a schema."""

_LABELS = {label.lower(): label for label in ("What's New", "Technical Details", "Performance Highlights")}

# A hyphen, a dot or a number begins a bullet of plain text.
_BULLET = re.compile(r"(?:[-*•·‣]|\d{1,2}[.)])\s+(?P<text>\S.*)")
_LABEL = re.compile(
    r"(?:\*{2,3})?(?P<label>what['’]s new|technical details|performance highlights)"
    r"(?:\*{2,3})?\s*:\s*(?:\*{2,3}\s*)?",
    re.IGNORECASE,
)


class UnreadableAnswerError(ValueError):
    """An answer is not what was asked for; the message says what it is, as a gate's reason."""


class _Wire(msgspec.Struct, frozen=True):
    bullets: list[str]


def read_answer(content: str) -> tuple[str, ...]:
    """Return the bullets of an answer, labels in the form of the record, `**What's New**: `.

    What a model thought, and what it says around its answer, is left out. Raises UnreadableAnswerError for an answer
    that is empty, too long, JSON of another shape, or text without bullets.
    """
    if len(content) > MAX_CHARS:
        raise UnreadableAnswerError(f"schema: the answer has {len(content)} characters, expected at most {MAX_CHARS}")
    content = content.rpartition("</think>")[2].strip()
    if not content:
        raise UnreadableAnswerError("schema: the answer is empty")
    start = min((at for at in (content.find("{"), content.find('["')) if at >= 0), default=-1)
    # A list may have braces in a bullet.
    is_list = any(_BULLET.fullmatch(line.strip()) for line in content[: max(start, 0)].split("\n"))
    bullets = _of_json(content[start:]) if start >= 0 and not is_list else _of_text(content)
    return tuple(_labelled(bullet) for bullet in bullets)


def _of_json(content: str) -> list[str]:
    """Return the bullets of the JSON that `content` begins with, whatever follows it."""
    try:
        value, _ = json.JSONDecoder().raw_decode(content)
        return msgspec.convert(value, _Wire).bullets if isinstance(value, dict) else msgspec.convert(value, list[str])
    except (ValueError, RecursionError) as e:  # msgspec's errors are ValueErrors, too
        raise UnreadableAnswerError(f'schema: {e}, expected {{"bullets": ["…"]}}: {quote(content)}') from e


def _of_text(content: str) -> list[str]:
    """Return the bullets of a list, or the paragraphs that begin with our labels.

    A blank line ends a bullet; what stands before the first and after the last is said to whoever asked.
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
        raise UnreadableAnswerError(f"schema: neither JSON nor a list: {quote(content)}")
    return bullets


def _labelled(bullet: str) -> str:
    """Return `bullet` on one line, its label set as in the record. Control characters are left for the gates to see."""
    text = " ".join(re.split(r"[ \t\r\n]+", bullet.strip()))
    found = _LABEL.match(text)
    if not found:
        return text
    label = _LABELS[found["label"].replace("’", "'").lower()]
    return f"**{label}**: {text[found.end() :]}"
