"""Parser of a model's response: bullets from the requested JSON, JSON within other text, or a list in plain text.

`validation` checks the bullets.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

import msgspec

from daily_papers.model.text import quote

MAX_CHARS = 50_000
"""The longest response that is parsed: more than three times the length of the most and longest bullets.

Of a longer one only this part at its end is searched for JSON, since thoughts come before an answer.
"""
MAX_OBJECTS = 200
"""The number of JSON objects that are decoded, from the end of a response. It bounds the time for nested objects."""

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


# The beginning of a JSON object. A brace in prose has no quote behind it.
_OBJECT = re.compile(r'\{\s*+"')
_OBJECT_OR_LIST = re.compile(r'\{|\[\s*+"')
# Marks around thoughts, as <think> and </think>, [THINK] and [/THINK], ◁think▷ and ◁/think▷,
# <|begin_of_thought|> and <|end_of_thought|>, <|channel>thought and <channel|>.
_MARK = r"[<◁]\|?{}[\w:]{{0,20}}(?:think|thought|reason|reflect|analysis)\w{{0,20}}\|?[>▷]"
_THOUGHTS_BEGIN = re.compile(_MARK.format("") + r"|\[think\]|<\|channel\|?>", re.IGNORECASE)
_THOUGHTS_END = re.compile(
    _MARK.format("(?:/|end_)") + r"|\[/think\]|<channel\|>|<\|channel\|>final<\|message\|>", re.IGNORECASE
)
_LONG_BLANK = re.compile(r"\s{50,}+")
_decoder = json.JSONDecoder(strict=False)  # it allows line breaks within texts


class ResponseFormatError(ValueError):
    """A response has no readable bullets. The message has the form of a reason in `validation`."""


class _Wire(msgspec.Struct, frozen=True):
    bullets: list[str]


def parse_response(content: str, reasoning: str = "", *, is_complete: bool = True) -> tuple[str, ...]:
    """Return the bullets of a response, with labels in the form `**What's New**: `.

    The last JSON object that has bullets counts, whatever is around it. If the answer behind the model's thoughts has
    no bullets, those in the thoughts count, and those in `reasoning`, thoughts that an endpoint sends separately. Plain
    text is parsed only if the response `is_complete`, because its end cannot be seen. Raises ResponseFormatError for a
    response that is empty, too long, JSON of another structure, or text without bullets.
    """
    content = _LONG_BLANK.sub("\n\n", content).strip()
    answer = without_thoughts(content)
    try:
        bullets = _from_objects(answer) or _from_text_or_list(answer, is_complete=is_complete)
    except ResponseFormatError:
        bullets = _from_objects(content) or _from_objects(reasoning)
        if not bullets:
            raise
    return tuple(_normalize_label(bullet) for bullet in bullets)


def without_thoughts(content: str) -> str:
    """Return the part of `content` after the model's thoughts. Thoughts that do not end leave nothing."""
    answer = _THOUGHTS_END.split(content)[-1].strip()
    return "" if _THOUGHTS_BEGIN.match(answer) else answer


def _from_objects(content: str) -> list[str]:
    """Return the bullets of the last JSON object with bullets in `content`, or none."""
    content = content[-MAX_CHARS:]
    starts = [found.start() for found in _OBJECT.finditer(content)]
    for start in reversed(starts[-MAX_OBJECTS:]):
        with suppress(ValueError, RecursionError):  # msgspec's errors are ValueErrors
            if bullets := msgspec.convert(_decoder.raw_decode(content, start)[0], _Wire).bullets:
                return bullets
    return []


def _from_text_or_list(answer: str, *, is_complete: bool) -> list[str]:
    """Return the bullets of an answer without an object that has some: those of a JSON list or of plain text."""
    if len(answer) > MAX_CHARS:
        raise ResponseFormatError(f"schema: the answer has {len(answer)} characters, expected at most {MAX_CHARS}")
    if not answer:
        raise ResponseFormatError("schema: the answer is empty")
    found = _OBJECT_OR_LIST.search(answer)
    # A bullet of a list in plain text may have braces.
    if found and not any(_BULLET.fullmatch(line.strip()) for line in answer[: found.start()].split("\n")):
        try:
            value = _decoder.raw_decode(answer, found.start())[0]
            if isinstance(value, list):
                return msgspec.convert(value, list[str])
            return msgspec.convert(value, _Wire).bullets
        except (ValueError, RecursionError) as e:
            raise ResponseFormatError(f'schema: {e}, expected {{"bullets": ["…"]}}: {quote(answer)}') from e
    if not is_complete:
        raise ResponseFormatError(f"schema: neither JSON nor a complete list: {quote(answer)}")
    return _from_text(answer)


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
