"""Numbers in a text, in any notation, so that two texts can be compared.

`12,000`, `12K`, `twelve thousand` and `1만 2천` are the same value. Digits that belong to a name (`GPT-4`, `H100`) are
part of that name, not a value. `validation` uses the comparison.
"""

from __future__ import annotations

import math
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
_SMALL_UNITS = {"": 1, **dict.fromkeys("십十", 10), **dict.fromkeys("백百", 100), **dict.fromkeys("천千", 1000)}
_LARGE_UNITS = {
    **dict.fromkeys("만万萬", 10**4),
    **dict.fromkeys("억億亿", 10**8),
    **dict.fromkeys("조兆", 10**12),
}

# fmt: off
_CARDINALS = {
    0: "zero", 1: "one once", 2: "two twice double doubles doubled doubling pair dual", 3: "three triple",
    4: "four quadruple", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven",
    12: "twelve dozen", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen",
    18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty",
    70: "seventy", 80: "eighty", 90: "ninety",
}
# fmt: on
_WORDS = {word: value for value, words in _CARDINALS.items() for word in words.split()}
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_FRACTIONS = {form: number for number, word in enumerate(_ORDINALS.split(), start=1) for form in (word, f"{word}s")}
_HALVES = ("half", "halves", "halved", "halving")
_FRACTIONS |= {"quarter": 4, "quarters": 4, **dict.fromkeys(_HALVES, 2)}
_WORDS_BEFORE_FRACTIONS = ("a", "an", "to", "by")
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SCALE = re.compile(
    r"(?:[ -]?(hundred|thousand|million|billion|trillion)s?|(bn|[kmbt]))(?![a-z0-9])", re.ASCII | re.IGNORECASE
)
# In `3 to 4 million` the scale of the first number is written only after the second.
_RANGE = re.compile(r"\s*(?:to|and|or|-|–|~)\s*\d+(?:[.,]\d+)*")
_POWER = re.compile(r"\b(\d{1,3})\^\{?(\d{1,2})\b")
# The letters of a name are directly before its digits, or separated from them by one character.
_NAME = re.compile(r"([^\W\d_]+)([-_. ]?)\Z")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
# Every part needs a unit, so that two adjacent numbers are not read as one. The syllables that must not follow belong
# to Korean words that begin like a unit.
_UNITS = re.compile(
    r"(?:\d+(?:[.,]\d+)*\s?(?:[십백천十百千]?[만억조万萬億亿兆]{1,2}|[십백천十百千])(?!건|각|합|사|체|족|본|분|제|자)\s?)+"
)
_UNITS_PART = re.compile(r"(\d+(?:[.,]\d+)*)\s?([십백천十百千]?)([만억조万萬億亿兆]{0,2})")
_NAME_WINDOW_CHARS = 40


class Numbers(msgspec.Struct, frozen=True):
    """The numbers of a text: `values` in digits, values `spelled` in words, and `names`."""

    values: frozenset[Decimal]
    spelled: frozenset[Decimal]
    names: dict[str, frozenset[str]]
    """The digits of each name, by its letters in lower case: `gpt` -> `4`, `3.5`."""


class TextNumber(msgspec.Struct, frozen=True):
    """One number in digits, found in a text."""

    text: str
    """The number as it is written."""
    values: tuple[Decimal, ...]
    """Its possible values, the likeliest first: `1.200` differs between German and English."""
    scale: int = 1
    """The factor that follows it: a million in `3 million` and `3M`."""
    name: str = ""
    """The letters before it, with at most one character between them."""
    is_part_of_name: bool = False
    """True if there are letters before it and no space between. The number is then no value."""
    has_unit: bool = False
    """True if a letter follows directly, as in `3D` and `7B`."""


def read_numbers(text: str) -> Numbers:
    """Return the values and names in `text`, in digits, words or units. The text is most likely English."""
    numbers = list(find_numbers(text))
    separate = [number for number in numbers if not number.is_part_of_name]
    values = {number.values[0] * scale for number in separate for scale in (1, number.scale)}
    values |= {Decimal(base) ** int(power) for base, power in _POWER.findall(text)}
    values |= set(_ranges(text))
    names: dict[str, set[str]] = {}
    for number in numbers:
        if number.is_part_of_name:
            names.setdefault(number.name.lower(), set()).add(number.text)
    return Numbers(
        values=frozenset(values),
        spelled=frozenset(map(Decimal, _spelled(text))),
        names={name: frozenset(digits) for name, digits in names.items()},
    )


def find_missing(text: str, known: Numbers) -> str | None:
    """Return the first number of `text` that is not among `known`, as it is written; None if all are known."""
    return next((number.text for number in find_numbers(text) if not _is_known(number, known)), None)


def find_numbers(text: str) -> Iterator[TextNumber]:
    """Yield the numbers in digits in `text`."""
    end = 0
    for found in _NUMBER.finditer(text):
        if found.start() < end:
            continue  # a part of the number with units before it
        if units := _UNITS.match(text, found.start()):
            end = units.end()
            yield _with_units(units[0].rstrip())
            continue
        name = _NAME.search(text, max(0, found.start() - _NAME_WINDOW_CHARS), found.start())
        follower = text[found.end() : found.end() + 1]
        yield TextNumber(
            text=found[0],
            values=_readings(found[0]),
            scale=_scale_at(text, found.end()),
            name=name[1] if name else "",
            is_part_of_name=bool(name and name[2] != " "),
            has_unit=follower.isascii() and follower.isalpha(),
        )


def _is_known(number: TextNumber, known: Numbers) -> bool:
    of_name = known.names.get(number.name.lower())
    if of_name and (number.is_part_of_name or number.text in of_name):
        return number.text in of_name
    if any(value * number.scale in known.values for value in number.values):
        return True
    if number.scale == 1 and number.has_unit:
        return False
    if any(value * number.scale in known.spelled for value in number.values):
        return True
    # `3,5` may be two numbers.
    parts = number.text.split(",")
    return len(parts) > 1 and all(_decimal(part) in known.values for part in parts)


def _scale_at(text: str, end: int) -> int:
    """Return the factor of the number that ends at `end`: a million for `3 million` or `3M`."""
    found = _SCALE.match(text, end)
    return _SCALES[(found[1] or found[2]).lower()] if found else 1


def _readings(digits: str) -> tuple[Decimal, ...]:
    """Return the possible values of `digits`. English groups thousands by commas, much of Europe by points."""
    if "." not in digits and "," not in digits:
        return (_decimal(digits),)
    swapped = digits.translate(str.maketrans(".,", ",."))
    in_english = [digits] if _GROUPED.fullmatch(digits) or "," not in digits else []
    in_europe = [swapped] if _GROUPED.fullmatch(swapped) or "," not in swapped else []
    return tuple(_decimal(text) for text in (*in_english, *in_europe)) or (_decimal(digits),)


def _decimal(digits: str) -> Decimal:
    plain = "".join(str(unicodedata.decimal(char, char)) for char in digits.replace(",", ""))
    whole, _, rest = plain.partition(".")
    return Decimal(f"{whole}.{rest.replace('.', '')}" if rest else whole or 0)


def _with_units(text: str) -> TextNumber:
    """Return `1억 2천 5백만` as one number: the parts before 만, 억 or 조 are added, and multiplied by it."""
    total = below = Decimal(0)
    for digits, small, large in _UNITS_PART.findall(text):
        below += _decimal(digits) * _SMALL_UNITS[small]
        if large:
            total, below = total + below * math.prod(_LARGE_UNITS[unit] for unit in large), Decimal(0)
    return TextNumber(text=text, values=(total + below,))


def _ranges(text: str) -> Iterator[Decimal]:
    """Yield the first number of each range like `3 to 4 million`, with the scale of the second."""
    for found in _NUMBER.finditer(text):
        following = _RANGE.match(text, found.end())
        if following and (scale := _scale_at(text, following.end())) > 1:
            yield _decimal(found[0]) * scale


def _spelled(text: str) -> Iterator[int]:
    """Yield each number in English words: `two`, `twenty-five`, `a million`, `tenfold`, `one-third`, `May`.

    An ordinal is a number only inside a word, as in `second-order`, or in a fraction. Elsewhere it mostly means a
    sequence or a time.
    """
    words = [found[0].lower() for found in _WORD.finditer(text)]
    for before, word, following in zip(["", *words], words, [*words[1:], ""], strict=False):
        parts = word.removesuffix("fold").removesuffix("-").split("-")
        numbers = [_WORDS[part] for part in parts if part in _WORDS]
        if word in ("a", "an") and following in _SCALES:
            numbers = [1]
        if numbers:
            scale = next((part for part in (*parts[1:], following) if len(part) > 2 and part in _SCALES), "")
            yield sum(numbers) * _SCALES.get(scale, 1)
        if len(parts) > 1 or before in _WORDS_BEFORE_FRACTIONS or before in _WORDS or word in _HALVES:
            fractions = [_FRACTIONS[part] for part in parts if part in _FRACTIONS]
            yield from fractions
            if fractions:
                yield 1
        if word in _MONTHS:
            yield _MONTHS[word]
