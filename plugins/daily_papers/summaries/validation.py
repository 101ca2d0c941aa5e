"""Validation of a model's bullets against the paper's title and abstract, with a check for each kind of fault.

The functions return the first reason to refuse the bullets, or None. A reason is the name of the check, a colon, and
the fault: `numbers: 46.2 is neither in the title nor in the abstract`. Reasons are stored, and sent to the model with
the request for another answer. `response_parser` finds the bullets in a response.
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

MIN_BULLETS, MAX_BULLETS = 3, 8
MIN_CHARS, MAX_CHARS = 40, 1500
MIN_SCRIPT_SHARE = 0.35
"""The least share of a bullet's letters in the script of its language.

Not counted are the label, text in brackets, addresses, and words of the paper in another script.
"""
MIN_SCRIPT_LETTERS = 10
"""The least number of a bullet's letters in the script of its language. A sentence copied from the paper has fewer."""
MAX_ENGLISH_SHARE = 0.12
"""The highest share of common English words in a bullet in another language with Latin letters."""


def _any_of(*patterns: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(patterns), flags)


# A line break or a tab is ordinary white space. Other characters of C0 and C1 come from LaTeX escapes in JSON.
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
_PROMPT_INJECTION = _any_of(
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
"""Instructions to the model that summarizes. A title or an abstract has no reason to contain them."""
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
"""The beginnings of the Unicode names of a script's letters, if they differ from the script's English name."""


class SourceText:
    """The title and the abstract to summarize, and the language of the summary."""

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
        """The text as one line in lower case, for searches."""
        return clean_line(self.text).lower()


def check_source_text(source_text: SourceText) -> str | None:
    """Return the reason not to send `source_text` to a model, or None. The reason is an instruction to the model."""
    found = _PROMPT_INJECTION.search(source_text.line)
    return f"instruction: the abstract says {quote(found[0])}, which a model might follow" if found else None


def check_summary(bullets: Sequence[str], source_text: SourceText) -> str | None:
    """Return the reason to refuse `bullets`, or None."""
    if not MIN_BULLETS <= len(bullets) <= MAX_BULLETS:
        return f"count: {len(bullets)} bullets, expected {MIN_BULLETS} to {MAX_BULLETS}"
    if len({bullet.casefold() for bullet in bullets}) < len(bullets):
        return "count: the same bullet stands twice"
    return next((reason for bullet in bullets if (reason := check_bullet(bullet, source_text))), None)


def check_bullet(bullet: str, source_text: SourceText) -> str | None:
    """Return the reason to refuse one bullet, or None."""
    for name, check in _CHECKS.items():
        if fault := check(bullet, source_text):
            return f"{name}: {fault}"
    return None


def _control(bullet: str, source_text: SourceText) -> str | None:
    found = _CONTROL.search(bullet)
    return f"the character U+{ord(found[0]):04X} in {quote(bullet)}" if found else None


def _length(bullet: str, source_text: SourceText) -> str | None:
    if MIN_CHARS <= len(bullet) <= MAX_CHARS:
        return None
    return f"{len(bullet)} characters, expected {MIN_CHARS} to {MAX_CHARS}: {quote(bullet)}"


def _refusal(bullet: str, source_text: SourceText) -> str | None:
    found = _REFUSAL.search(bullet)
    return f"{quote(found[0])} in {quote(bullet)}" if found else None


def _instruction(bullet: str, source_text: SourceText) -> str | None:
    found = _PROMPT_INJECTION.search(bullet) or _INSTRUCTION.search(bullet)
    if found is None or (not _PROMPT_INJECTION.search(found[0]) and found[0].lower() in source_text.line):
        return None  # many abstracts end with an invitation to visit a page
    return f"{quote(found[0])} in {quote(bullet)}"


def _address(bullet: str, source_text: SourceText) -> str | None:
    foreign = next((url for url in _addresses(bullet) if url not in source_text.addresses), None)
    return f"{quote(foreign)} is neither in the title nor in the abstract" if foreign else None


def _code(bullet: str, source_text: SourceText) -> str | None:
    pieces = (found[0] for found in _CODE.finditer(bullet))
    foreign = next((piece for piece in pieces if clean_line(piece).strip("`").lower() not in source_text.line), None)
    return f"{quote(foreign)} is neither in the title nor in the abstract" if foreign else None


def _numbers(bullet: str, source_text: SourceText) -> str | None:
    missing = find_missing(_ADDRESS.sub(" ", bullet), source_text.numbers)
    return f"{quote(missing)} is neither in the title nor in the abstract" if missing else None


def _language(bullet: str, source_text: SourceText) -> str | None:
    prefixes = _script(source_text.language)
    inside = outside = 0
    for word in _words(_LABEL_OR_BRACKETS.sub(" ", _ADDRESS.sub(" ", bullet))):
        in_script = sum(_is_in(char, prefixes) for char in word)
        inside += in_script
        if word not in source_text.words:
            outside += len(word) - in_script
    if inside >= MIN_SCRIPT_LETTERS and inside >= MIN_SCRIPT_SHARE * (inside + outside):
        return _similar_language(bullet, source_text.language)
    share = 100 * inside // max(1, inside + outside)
    return f"{inside} letters, {share} %, are in the script of {source_text.language!r}: {quote(bullet)}"


def _similar_language(bullet: str, language: str) -> str | None:
    """Return the sign that a bullet is in another language with the same letters, None if there is none."""
    code = language.split("-")[0]
    has_kana = any(_is_in(char, ("HIRAGANA", "KATAKANA")) for char in bullet)
    if (code == "ja" and not has_kana) or (code == "zh" and has_kana):
        return f"{'kana' if has_kana else 'no kana'} in a bullet asked for in {language!r}: {quote(bullet)}"
    words = list(_words(_ADDRESS.sub(" ", bullet)))
    english = sum(word in _ENGLISH for word in words)
    if code != "en" and _script(language) == ("LATIN",) and english > MAX_ENGLISH_SHARE * len(words):
        return f"{english} of {len(words)} words are English, asked for was {language!r}: {quote(bullet)}"
    return None


_CHECKS: dict[str, Callable[[str, SourceText], str | None]] = {
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
    """Yield the addresses in `text`, normalized: without scheme, `www.` and a final slash."""
    for found in _ADDRESS.finditer(text):
        # A Korean particle follows without a space: `github.com/a/b에서`.
        address = _NOT_ASCII.sub("", found[0]).lower()
        yield re.sub(r"^(?:https?://)?(?:www\.)?", "", address).rstrip(".,;:!?*_/\\")


def _words(text: str) -> Iterator[str]:
    """Yield the words of `text` in lower case: sequences of letters."""
    word: list[str] = []
    for char in text.lower() + " ":
        if char.isalpha():
            word.append(char)
        elif word:
            yield "".join(word)
            word.clear()


@lru_cache
def _script(language: str) -> tuple[str, ...]:
    """Return the beginnings of the Unicode names of a language's letters.

    They are `HANGUL` for ko, and `LATIN` for an unknown language.
    """
    code = language.replace("-", "_")
    likely = get_global("likely_subtags")
    tag = str(likely.get(code) or likely.get(code.split("_")[0]) or "")
    script = next((part for part in tag.split("_") if len(part) == 4), "Latn")
    return _SCRIPT_NAMES.get(script) or (str(Locale("en").scripts.get(script, "Latin")).upper(),)


@lru_cache(maxsize=8192)
def _is_in(char: str, prefixes: tuple[str, ...]) -> bool:
    """Return True if the Unicode name of `char` begins with one of `prefixes`."""
    return unicodedata.name(char, "").startswith(prefixes)
