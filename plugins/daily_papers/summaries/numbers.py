"""The numbers a text states, however it writes them, so that one text can be held against another.

`12,000`, `12K`, `twelve thousand` and `1만 2천` are one value. Digits that belong to a name (`GPT-4`, `H100`) count for
that name, not as a value. Text goes in, values and names come out; what a difference means is left to `gates`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

import msgspec

_SCALES = {
    "hundred": 10**2,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
    "t": 10**12,
    "trillion": 10**12,
}
_KOREAN_SMALL = {"": 1, "십": 10, "백": 100, "천": 1000}
_KOREAN_LARGE = {"": 1, "만": 10**4, "억": 10**8, "조": 10**12}

# fmt: off
_CARDINALS = {
    0: "zero", 1: "one once", 2: "two twice double doubles doubled doubling pair dual", 3: "three triple",
    4: "four quadruple", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven",
    12: "twelve dozen", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen",
    18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty",
    70: "seventy", 80: "eighty", 90: "ninety",
}
_ORDINALS = {
    1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth",
    10: "tenth",
}
# fmt: on
_WORDS = {word: value for value, words in _CARDINALS.items() for word in words.split()}
_WORDS_OF_WORDS = _WORDS | {word: value for value, word in _ORDINALS.items()}
"""Also what counts only within a word of several, as in `second-order`."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SCALE = re.compile(
    r"(?:[ -]?(hundred|thousand|million|billion|trillion)s?|(bn|[kmbt]))(?![a-z0-9])", re.ASCII | re.IGNORECASE
)
# A name's letters stand right before its digits, or before one sign or blank.
_NAME = re.compile(r"([^\W\d_]+)([-_. ]?)\Z")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
# Each part has a unit, so that a number that is only near another is not taken for a part of it; what must not follow
# are the words that begin like a unit.
_KOREAN = re.compile(r"(?:\d+(?:[.,]\d+)*\s?(?:[십백천]?[만억조]|[십백천])(?!건|각|합|사|체|족|본|분|제|자)\s?)+")
_KOREAN_PART = re.compile(r"(\d+(?:[.,]\d+)*)\s?([십백천]?)([만억조]?)")
_NAME_WINDOW_CHARS = 40


class Numbers(msgspec.Struct, frozen=True):
    """What a text states: `values` in digits, those `spelled` in words, `scales` as `million` is one, and `names`."""

    values: frozenset[Decimal]
    spelled: frozenset[Decimal]
    scales: frozenset[int]
    names: dict[str, frozenset[str]]
    """The digits seen with the letters of a name, by these in lower case: `gpt` -> `4`, `3.5`."""


class Stated(msgspec.Struct, frozen=True):
    """One number as it stands in a text."""

    text: str
    value: Decimal
    scale: int = 1
    name: str = ""
    """The letters before it, at most one sign or blank apart."""
    apart: bool = True
    """Whether it may also stand for itself: no letter or sign ties it to a name."""
    unit: bool = False
    """Whether a letter is tied to it: `3D`, `7B`."""


def read_numbers(text: str) -> Numbers:
    """Return every value, scale and name that `text` states, in digits, English words or Korean units."""
    stated = list(find_numbers(text))
    values = {number.value for number in stated if number.apart}
    values |= {number.value * number.scale for number in stated if number.apart}
    spelled = list(_spelled(text))
    return Numbers(
        values=frozenset(values),
        spelled=frozenset(Decimal(value * scale) for value, scale in spelled),
        scales=frozenset(number.scale for number in stated),
        names=_names(stated),
    )


def find_missing(text: str, known: Numbers) -> str | None:
    """Return the first number of `text`, as it stands there, that is not among `known`, or None."""
    return next((number.text for number in find_numbers(text) if not _is_known(number, known)), None)


def find_numbers(text: str) -> Iterator[Stated]:
    """Yield the numbers that `text` has in digits."""
    end = 0
    for found in _NUMBER.finditer(text):
        if found.start() < end:
            continue  # a part of a Korean number that was read as one
        if korean := _KOREAN.match(text, found.start()):
            end = korean.end()
            yield _korean(korean[0].rstrip())
            continue
        scale = _SCALE.match(text, found.end())
        name = _NAME.search(text, max(0, found.start() - _NAME_WINDOW_CHARS), found.start())
        for digits in [found[0]] if _GROUPED.fullmatch(found[0]) else found[0].split(","):
            yield Stated(
                text=digits,
                value=_decimal(digits),
                scale=_SCALES[(scale[1] or scale[2]).lower()] if scale else 1,
                name=name[1] if name else "",
                apart=not name or name[2] == " ",
                unit=text[found.end() : found.end() + 1].isascii() and text[found.end() : found.end() + 1].isalpha(),
            )


def _is_known(number: Stated, known: Numbers) -> bool:
    digits_of_name = known.names.get(number.name.lower()) if _is_named(number) else None
    if digits_of_name:
        return number.text in digits_of_name
    if number.value * number.scale in known.values:
        return True
    if number.scale > 1:  # of `3 to 4 million`, the first says its scale only by the second
        in_range = number.value in known.values and number.scale in known.scales
        return in_range or number.value * number.scale in known.spelled
    return not number.unit and number.value in known.spelled


def _is_named(number: Stated) -> bool:
    """Whether the word before a number names something, as in `GPT-4` or `Gemini 1.5`, and is no `of` or `to`."""
    return not number.apart or any(char.isupper() for char in number.name)


def _names(stated: list[Stated]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for number in filter(_is_named, stated):
        names.setdefault(number.name.lower(), set()).add(number.text)
    return {name: frozenset(digits) for name, digits in names.items()}


def _decimal(digits: str) -> Decimal:
    plain = "".join(str(unicodedata.decimal(char, char)) for char in digits.replace(",", ""))
    whole, _, rest = plain.partition(".")
    return Decimal(f"{whole}.{rest.replace('.', '')}" if rest else whole)


def _korean(text: str) -> Stated:
    """Return `1억 2천 5백만` as one number: what stands before 만, 억 or 조 adds up, and is multiplied by it."""
    total = below = Decimal(0)
    parts = _KOREAN_PART.findall(text)
    for digits, small, large in parts:
        below += _decimal(digits) * _KOREAN_SMALL[small]
        if large:
            total, below = total + below * _KOREAN_LARGE[large], Decimal(0)
    if len(parts) > 1:
        return Stated(text=text, value=total + below)
    digits, small, large = parts[0]
    return Stated(text=text, value=_decimal(digits), scale=_KOREAN_SMALL[small] * _KOREAN_LARGE[large])


def _spelled(text: str) -> Iterator[tuple[int, int]]:
    """Yield value and scale of each number in English words: `two`, `twenty-five`, `a million`, `tenfold`.

    An ordinal counts only within a word, as in `second-order`: else it mostly tells a sequence, or a time.
    """
    words = [found[0].lower() for found in _WORD.finditer(text)]
    for word, following in zip(words, [*words[1:], ""], strict=False):
        parts = word.removesuffix("fold").removesuffix("-").split("-")
        known = _WORDS_OF_WORDS if len(parts) > 1 else _WORDS
        numbers = [known[part] for part in parts if part in known]
        if word in ("a", "an") and following in _SCALES:
            numbers = [1]
        if numbers:
            scale = next((part for part in (*parts[1:], following) if len(part) > 2 and part in _SCALES), "")
            yield sum(numbers), _SCALES.get(scale, 1)
