"""The gates a model's bullets pass before anyone reads them: each takes one kind of fault and has a reason of its own.

Bullets, and the title and abstract they were made from, go in; the first reason not to keep them comes out, or None. A
reason is the gate's name, a colon and what it found: `numbers: 46.2 is neither in the title nor in the abstract`. What
of an answer is a bullet is for `answer` to tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache

from babel import Locale
from babel.core import get_global

from daily_papers.model.text import clean_line, quote
from daily_papers.summaries.numbers import Numbers, find_missing, read_numbers

FEWEST_BULLETS, MOST_BULLETS = 3, 8
SHORTEST_CHARS, LONGEST_CHARS = 40, 1500
LEAST_SHARE = 0.35
"""How much of a bullet, without its label, brackets, and words of the paper, is in the script of its language."""
MOST_ENGLISH_SHARE = 0.12
"""Of the words of a bullet in another language of Latin letters: how many may be among the commonest of English."""
FEWEST_LETTERS = 10
"""In that script, however many words it takes from the paper: a sentence that was copied is in another language."""


def _any_of(*patterns: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(patterns), flags)


# A line break or a tab is white space like any other; the rest of C0 and C1 is what a LaTeX escape in JSON leaves.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufffd]")
_REST = r"[^\s\[\](){}<>\"'`]"
_TOP_LEVEL = (
    "ai|app|art|cc|cloud|club|cn|co|com|de|dev|edu|eu|gg|gov|info|io|jp|kr|ly|me|ml|net|online|org|ru|sh|shop|site|"
    "tech|to|top|tv|uk|us|xyz"
)
_ADDRESS = _any_of(
    rf"(?:\b[a-z][a-z0-9+.-]{{0,20}}://|\bwww\.|\bmailto:){_REST}+",
    r"(?<![\w.+-])[\w.+-]{1,60}@[\w-]+\.[\w.-]+",
    rf"(?<![\w@./-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_TOP_LEVEL})(?![a-z0-9-])(?:/{_REST}*)?",
    flags=re.ASCII | re.IGNORECASE,
)
_NOT_ASCII = re.compile(r"[^\x21-\x7e].*", re.DOTALL)
_CODE = _any_of(
    r"`+[^`]+`+|```",
    r"</?[a-z!][^<>]*>",
    r"\{\{|\{%|\$\(|\]\(",
    r"\b(?:javascript|vbscript|data):\S",
    r"\b[a-z_]\w*(?:\.[a-z_]\w*)+\([^()]*\)",
    r"\b(?:sudo|wget|(?:pip|npm|conda|apt|apt-get) install|rm -rf|curl -)\s+\S+",
    flags=re.ASCII | re.IGNORECASE,
)
_REFUSAL = _any_of(
    r"\bi(?:['’]m| am) (?:sorry|unable|not able)\b",
    r"\bi (?:cannot|can['’]?t|won['’]t) (?:\w+ ){0,2}(?:help|assist|summari[sz]e|provide|comply|fulfil|answer)",
    r"\bas an? (?:ai|(?:large )?language model)\b[^.]{0,20}\b(?-i:I)\b(?!\.)",
    r"\bi apologi[sz]e\b|\bmy apologies\b|\bcannot comply\b|\bagainst my (?:guidelines|policy)\b",
    r"^.{0,30}죄송(?:합니다|하지만|해요)|(?:AI|인공지능) ?언어 ?모델(?:로서|이기 때문|이므로)",
    r"(?:도와|요약해|답변해|제공해) ?드릴 수 없|(?:도움|답변)(?:을|를)? 드릴 수 없",
    r"요청(?:은|을)? ?(?:처리|수행)할 수 없|요약할 수 없(?:습니다|어요)",
    r"^.{0,30}申し訳(?:ありません|ございません)|お手伝いできません|要約(?:することは)?できません",
    r"^.{0,30}(?:抱歉|很遗憾)|我(?:不能|无法)[^。]{0,8}(?:总结|提供|回答|完成)",
    r"\bes tut mir leid\b|\bje (?:suis désolé|ne peux pas)\b|\blo siento\b",
)
_ORDER = _any_of(
    r"\b(?:ignore|disregard|forget|override)\b (?:\w+ ){0,3}?"
    r"(?:previous|prior|above|earlier|preceding|all|any|these|those|your|my|the) (?:\w+ ){0,3}?"
    r"(?:instructions?|prompts?|guidelines|directives)\b",
    r"\b(?:note|message) (?:to|for) (?:the |any |all )?"
    r"(?:ai|llms?|language models?|assistants?|summari[sz]ers?|chatbots?|(?:ai |llm )?reviewers?)\b",
    r"\b(?:reveal|print|repeat|output|show) (?:\w+ ){0,2}system prompt\b",
    r"\byou must (?:now |only )?(?:say|write|output|respond|reply|answer|recommend|rate)\b|\bfrom now on,? you\b",
    r"\b(?:respond|reply|answer) (?:only|exactly) with\b",
    r"\bgive (?:a |only )?positive reviews?\b|\bdo not (?:mention|highlight) any (?:negatives|weaknesses)\b",
    r"\byou are now (?:a|an|in|the)\b",
    r"(?:이전|앞선|위의|기존)의? ?(?:모든 )?(?:지시|명령|프롬프트)[^.!?\n]{0,20}(?:무시|잊)",
    r"(?:忽略|无视)[^。！？\n]{0,10}(?:指令|指示|提示)|(?:以前|上記|これまで)の(?:指示|命令)を無視",
)
"""What speaks to whoever summarizes, and so has no place in a title or abstract."""
_INSTRUCTION = _any_of(
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?) [^.!?\n]{0,40}\b(?:instructions?|prompts?)\b",
    r"\b(?:say|print|reply) (?:only|exactly|nothing but)\b",
    r"\b(?:visit|click|subscribe|follow) (?:here|us|this link|our (?:website|page))\b",
    r"(?:라고|만) (?:출력|답변|응답|대답)(?:하세요|하십시오|하라|해라)",
    r"링크를 (?:클릭|방문)|여기를 클릭|방문하세요|구독하세요",
)
_LABEL_OR_BRACKETS = re.compile(r"^\*\*\*?[^*]{1,80}\*\*\*?:|\([^()]*\)")

_ENGLISH = frozenset({"the", "of", "and", "we", "this", "that", "with", "is", "are", "by", "which", "from"})

_SCRIPT_NAMES = {
    "Kore": ("HANGUL",),
    "Jpan": ("HIRAGANA", "KATAKANA", "CJK"),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Beng": ("BENGALI",),
    "Orya": ("ORIYA",),
}
"""What Unicode calls the letters of a script, where it is not the script's English name."""


class SourceText:
    """The title and abstract a summary is made from, and the language it is asked for in."""

    def __init__(self, title: str, abstract: str, language: str) -> None:
        self.title, self.abstract, self.language = title, abstract, language
        self.text = f"{title}\n{abstract}"

    @cached_property
    def numbers(self) -> Numbers:
        return read_numbers(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_words(self.text))

    @cached_property
    def addresses(self) -> frozenset[str]:
        return frozenset(_addresses(self.text))

    @cached_property
    def line(self) -> str:
        """The text as one line in lower case, to look a piece of it up."""
        return clean_line(self.text).lower()


def check_material(material: SourceText) -> str | None:
    """Return the reason not to ask a model at all: an abstract that gives orders to whoever summarizes it."""
    found = _ORDER.search(material.line)
    return f"instruction: the abstract says {quote(found[0])}, which a model might follow" if found else None


def check_summary(bullets: Sequence[str], material: SourceText) -> str | None:
    """Return the reason not to keep `bullets`, or None."""
    if not FEWEST_BULLETS <= len(bullets) <= MOST_BULLETS:
        return f"count: {len(bullets)} bullets, expected {FEWEST_BULLETS} to {MOST_BULLETS}"
    if len({bullet.casefold() for bullet in bullets}) < len(bullets):
        return "count: the same bullet stands twice"
    return next((reason for bullet in bullets if (reason := check_bullet(bullet, material))), None)


def check_bullet(bullet: str, material: SourceText) -> str | None:
    """Return the reason not to keep one bullet, or None."""
    for name, gate in _GATES.items():
        if found := gate(bullet, material):
            return f"{name}: {found}"
    return None


def _control(bullet: str, material: SourceText) -> str | None:
    found = _CONTROL.search(bullet)
    return f"the character U+{ord(found[0]):04X} in {quote(bullet)}" if found else None


def _length(bullet: str, material: SourceText) -> str | None:
    if SHORTEST_CHARS <= len(bullet) <= LONGEST_CHARS:
        return None
    return f"{len(bullet)} characters, expected {SHORTEST_CHARS} to {LONGEST_CHARS}: {quote(bullet)}"


def _refusal(bullet: str, material: SourceText) -> str | None:
    found = _REFUSAL.search(bullet)
    return f"{quote(found[0])} in {quote(bullet)}" if found else None


def _instruction(bullet: str, material: SourceText) -> str | None:
    found = _ORDER.search(bullet) or _INSTRUCTION.search(bullet)
    if found is None or (not _ORDER.search(found[0]) and found[0].lower() in material.line):
        return None  # many an abstract ends in an invitation to visit its page
    return f"{quote(found[0])} in {quote(bullet)}"


def _address(bullet: str, material: SourceText) -> str | None:
    foreign = next((url for url in _addresses(bullet) if url not in material.addresses), None)
    return f"{quote(foreign)} is neither in the title nor in the abstract" if foreign else None


def _code(bullet: str, material: SourceText) -> str | None:
    pieces = (found[0] for found in _CODE.finditer(bullet))
    foreign = next((piece for piece in pieces if clean_line(piece).strip("`").lower() not in material.line), None)
    return f"{quote(foreign)} is neither in the title nor in the abstract" if foreign else None


def _numbers(bullet: str, material: SourceText) -> str | None:
    missing = find_missing(_ADDRESS.sub(" ", bullet), material.numbers)
    return f"{quote(missing)} is neither in the title nor in the abstract" if missing else None


def _language(bullet: str, material: SourceText) -> str | None:
    prefixes = _script(material.language)
    inside = outside = 0
    for word in _words(_LABEL_OR_BRACKETS.sub(" ", _ADDRESS.sub(" ", bullet))):
        in_script = sum(_is_in(char, prefixes) for char in word)
        inside += in_script
        if word not in material.words:
            outside += len(word) - in_script
    if inside >= FEWEST_LETTERS and inside >= LEAST_SHARE * (inside + outside):
        return _neighbour(bullet, material.language)
    share = 100 * inside // max(1, inside + outside)
    return f"{inside} letters, {share} %, are in the script of {material.language!r}: {quote(bullet)}"


def _neighbour(bullet: str, language: str) -> str | None:
    """Return what tells that a bullet is in another language of the same letters, None if nothing does."""
    code = language.split("-")[0]
    has_kana = any(_is_in(char, ("HIRAGANA", "KATAKANA")) for char in bullet)
    if (code == "ja" and not has_kana) or (code == "zh" and has_kana):
        return f"{'kana' if has_kana else 'no kana'} in a bullet asked for in {language!r}: {quote(bullet)}"
    words = list(_words(_ADDRESS.sub(" ", bullet)))
    english = sum(word in _ENGLISH for word in words)
    if code != "en" and _script(language) == ("LATIN",) and english > MOST_ENGLISH_SHARE * len(words):
        return f"{english} of {len(words)} words are English, asked for was {language!r}: {quote(bullet)}"
    return None


_GATES: dict[str, Callable[[str, SourceText], str | None]] = {
    "control": _control,
    "length": _length,
    "refusal": _refusal,
    "instruction": _instruction,
    "address": _address,
    "code": _code,
    "numbers": _numbers,
    "language": _language,
}


def _addresses(text: str) -> Iterator[str]:
    """Yield the addresses in `text` without what tells one spelling from another: scheme, `www.`, a last slash."""
    for found in _ADDRESS.finditer(text):
        # A Korean particle follows without a blank: `github.com/a/b에서`.
        address = _NOT_ASCII.sub("", found[0]).lower()
        yield re.sub(r"^(?:https?://)?(?:www\.)?", "", address).rstrip(".,;:!?*_/\\")


def _words(text: str) -> Iterator[str]:
    word: list[str] = []
    for char in text.lower() + " ":
        if char.isalpha():
            word.append(char)
        elif word:
            yield "".join(word)
            word.clear()


@lru_cache
def _script(language: str) -> tuple[str, ...]:
    """Return how the Unicode names of the letters of `language` begin: `HANGUL` for ko, `LATIN` for what is unknown."""
    code = language.replace("-", "_")
    likely = get_global("likely_subtags")
    tag = str(likely.get(code) or likely.get(code.split("_")[0]) or "")
    script = next((part for part in tag.split("_") if len(part) == 4), "Latn")
    return _SCRIPT_NAMES.get(script) or (str(Locale("en").scripts.get(script, "Latin")).upper(),)


@lru_cache(maxsize=8192)
def _is_in(char: str, prefixes: tuple[str, ...]) -> bool:
    return unicodedata.name(char, "").startswith(prefixes)
