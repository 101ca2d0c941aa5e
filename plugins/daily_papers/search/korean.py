"""Korean words as they are looked for: nouns within compounds, and what each is called in English.

Records go in. Out come the words that a search by beginnings would miss in them, by a morphological analyser where it
is installed, and a glossary mined from the pairs 한국어(English) that summaries carry. What is typed is taken apart in
the browser, by search/query-parser.mjs.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import msgspec

from daily_papers.archive.file_io import write_atomically
from daily_papers.search.records import Record

AddWords = Callable[[Sequence[Record]], Sequence[str]]
"""Returns, for each record, words that are looked in with it but never shown; empty where there are none."""

PACKAGED_GLOSSARY = Path(__file__).with_name("glossary.txt")
GLOSSARY_BYTES = 30_000
"""What a reader's first search loads of it at the most, half of that when packed; some 850 pairs."""
MIN_SEEN = 2
"""How often a pair has to stand in summaries: a translation that was made once is an accident."""

_NOUNS = ("NNG", "NNP", "XR")
_SHORT = 2
"""A noun of fewer syllables begins too many words."""
_HANGUL_WORD = re.compile("[가-힣]{2,}")
_PAIR = re.compile(
    r"((?:[가-힣]+ ){0,3}[가-힣]{2,}) ?\(([A-Za-z][A-Za-z0-9 -]{1,40})(?:, ?([A-Za-z][A-Za-z0-9-]{1,10}))?\)"
)
# A word that ends so is no part of the term that follows it.
_PARTICLE = re.compile(
    "[가-힣](?:은|는|을|를|이|가|에|의|에서|으로|로|와|과|하는|하고|하여|되는|된|한|인|적인|위한|대한|및|등)$"
)
_KOREAN_TERM = re.compile("[가-힣]+(?: [가-힣]+)*")
_ENGLISH_TERM = re.compile("[a-z0-9]+(?: [a-z0-9]+)*")
_ACRONYM = 4
_SYLLABLES_A_WORD = 2
_OWN_SHARE = 0.3
_KEPT_SHARE = 0.6
"""How much of what is seen of a term a longer one must keep: 확산 모델 of 모델, not 새로운 확산 모델 of 확산 모델."""

_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(dict[str, str])


def load_stems(cache: Path) -> AddWords | None:
    """Return what finds the nouns within Korean compounds; None where the analyser is not installed.

    What was found of a text is kept in `cache`, a file: a night asks for its own papers only.
    """
    try:
        version = metadata.version("kiwipiepy")
    except metadata.PackageNotFoundError:
        return None
    return _Stems(cache, version)


def add_nothing(records: Sequence[Record]) -> Sequence[str]:
    return [""] * len(records)


class _Stems:
    def __init__(self, cache: Path, version: str) -> None:
        self._cache, self._version = cache, version
        self._kept: dict[str, str] = {}
        with suppress(OSError, msgspec.DecodeError):
            self._kept = _decoder.decode(cache.read_bytes())

    def __call__(self, records: Sequence[Record]) -> Sequence[str]:
        texts = [record.bullets if _HANGUL_WORD.search(record.bullets) else "" for record in records]
        keys = [self._key(text) if text else "" for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key and key not in self._kept}
        if new:
            self._kept.update(zip(new, map(" ".join, _missed_nouns(new.values())), strict=True))
            write_atomically(self._cache, _encoder.encode(dict(sorted(self._kept.items()))))
        return [self._kept[key] if key else "" for key in keys]

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._version}\0{text}".encode("utf-8", "replace")).hexdigest()[:20]


def _missed_nouns(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the nouns of each text with which none of its words begins, in order."""
    from kiwipiepy import Kiwi  # loads a model of 100 MB, which takes a second

    texts = list(texts)
    for text, tokens in zip(texts, Kiwi().tokenize(texts), strict=True):
        words = set(_HANGUL_WORD.findall(text))
        nouns = {token.form for token in tokens if token.tag in _NOUNS and len(token.form) >= _SHORT}
        yield sorted(noun for noun in nouns if not any(word.startswith(noun) for word in words))


def mine_glossary(records: Iterable[Record], names: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Return pairs of a Korean term and its English one, in lower case and singular, the surest first.

    `names` are those of topics, by language code, which come first, then what everybody calls things, then what
    summaries tell; together the pairs take GLOSSARY_BYTES at the most.
    """
    named = [(each["ko"], singular(each["en"])) for each in names if "ko" in each and "en" in each]
    told = [pair for pair in named if _KOREAN_TERM.fullmatch(pair[0]) and _ENGLISH_TERM.fullmatch(pair[1])]
    given = [*told, *read_glossary()]
    mined = _mined(record.bullets for record in records)
    pairs: list[tuple[str, str]] = []
    size = 0
    for pair in dict.fromkeys([*given, *mined]):
        size += len(_encoder.encode(pair)) + 1
        if size > GLOSSARY_BYTES:
            break
        pairs.append(pair)
    return pairs


def read_glossary() -> list[tuple[str, str]]:
    """Return the pairs of the packaged glossary, in its order."""
    lines = PACKAGED_GLOSSARY.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if line and not line.startswith("#"))
    return [(korean, singular(english)) for korean, english in pairs]


def singular(term: str) -> str:
    """Return an English term as the glossary has it: lower case, hyphens as blanks, its last word without plural s."""
    words = " ".join(term.lower().replace("-", " ").split())
    return words[:-1] if len(words) > 3 and words.endswith("s") and not words.endswith(("ss", "is", "us")) else words


def _mined(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of `texts`, those first that are seen most often."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    last: Counter[str] = Counter()
    for text in texts:
        for match in _PAIR.finditer(unicodedata.normalize("NFC", text)):
            ways = _endings(match[1].split())
            last[ways[0]] += 1
            for english in filter(None, (match[2], match[3])):
                seen[singular(english)].update(ways)
    found = []
    for english, terms in seen.items():
        best = _term(terms)
        if not best or terms[best] < MIN_SEEN or not _is_as_long(best, english):
            continue
        # Whatever stands before 모델(…) in its own word makes another term each time.
        if " " in best or terms[best] >= _OWN_SHARE * last[best]:
            found.append((-terms[best], best, english))
    return [(korean, english) for _, korean, english in sorted(found)]


def _is_as_long(korean: str, english: str) -> bool:
    """Whether a Korean term can be all of an English one: 비디오 is no text to video, nor T2V."""
    words = english.split()
    spoken = len(english) if len(words) == 1 and len(english) <= _ACRONYM else len(words)
    return len(korean.replace(" ", "")) >= _SYLLABLES_A_WORD * spoken


def _endings(words: list[str]) -> list[str]:
    """Return what the term at the end of `words` may be: its last word, its last two, … up to one with a particle."""
    terms = [words[-1]]
    for word in reversed(words[:-1]):
        if len(word) < _SHORT or _PARTICLE.search(word):
            break
        terms.append(f"{word} {terms[-1]}")
    return terms


def _term(terms: Counter[str]) -> str:
    """Return the Korean term of an English one: the last words that mostly stand together, however many they are."""
    best = max((term for term in terms if " " not in term), key=lambda term: (terms[term], term), default="")
    while best:
        longer = [term for term in terms if term.endswith(f" {best}") and term.count(" ") == best.count(" ") + 1]
        more = max(longer, key=lambda term: (terms[term], term), default="")
        if not more or terms[more] < _KEPT_SHARE * terms[best]:
            break
        best = more
    return best
