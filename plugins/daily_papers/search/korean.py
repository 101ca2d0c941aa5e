"""Korean search: the nouns inside compound words, and a glossary of Korean and English terms.

A search matches the beginnings of words. A morphological analyser, if it is installed, finds the nouns that such a
search would miss. The glossary is mined from pairs in the summaries, such as 한국어(English).
assets/js/search/query-parser.mjs splits the reader's query.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import msgspec

from daily_papers.archive.file_io import write_atomically
from daily_papers.errors import ArchiveError
from daily_papers.model.text import normalize
from daily_papers.search.records import Record

FindExtraWords = Callable[[Sequence[Record]], Sequence[str]]
"""Returns extra words for each record, which are indexed but never displayed; empty if there are none."""

PACKAGED_GLOSSARY = Path(__file__).with_name("glossary.txt")
GLOSSARY_BYTES = 30_000
"""Maximum size of the glossary, some 850 pairs. A reader's first search loads it, compressed to half of that."""
MIN_COUNT = 2
"""Minimum number of occurrences of a pair in summaries: a translation used once is an accident."""

_NOUN_TAGS = ("NNG", "NNP", "XR")
_MIN_NOUN_CHARS = 2
"""Too many words begin with a noun of fewer syllables."""
_HANGUL_WORD = re.compile("[가-힣]{2,}")
# The English of a Korean term, in brackets after it, and the words before a bracket. The second pattern is applied to
# MAX_WORDS_CHARS characters only: on a long text its time would be quadratic.
_TRANSLATION = re.compile(r" ?\(([A-Za-z][A-Za-z0-9 -]{1,40})(?:, ?([A-Za-z][A-Za-z0-9-]{1,10}))?\)")
_WORDS_BEFORE = re.compile("(?:[가-힣]+ ){0,3}[가-힣]{2,}$")
MAX_WORDS_CHARS = 80
"""Characters before a bracket that may belong to its term: four words."""
# A word with such an ending is not part of the term that follows it.
_PARTICLE = re.compile(
    "[가-힣](?:은|는|을|를|이|가|에|의|에서|으로|로|와|과|하는|하고|하여|되는|된|한|인|적인|위한|대한|및|등)$"
)
_KOREAN_TERM = re.compile("[가-힣]+(?: [가-힣]+)*")
_ENGLISH_TERM = re.compile("[a-z0-9]+(?: [a-z0-9]+)*")
_MAX_ACRONYM_CHARS = 4
_SYLLABLES_A_WORD = 2
_MIN_SHARE_OF_WORD = 0.3
_MIN_SHARE_OF_TERM = 0.6
"""A longer term replaces a shorter one if it has that share of its occurrences: 확산 모델 replaces 모델, but 새로운
확산 모델 does not replace 확산 모델."""

_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(dict[str, str])


def has_analyser() -> bool:
    """Return True if the Korean analyser is installed."""
    return _analyser_version() is not None


def load_noun_finder(cache: Path) -> FindExtraWords | None:
    """Return a function that finds the nouns inside Korean compounds; None if the analyser is not installed.

    The file `cache` stores the nouns of each text, so that only new papers are analysed.
    """
    version = _analyser_version()
    return _NounFinder(cache, version) if version else None


def _analyser_version() -> str | None:
    try:
        return metadata.version("kiwipiepy")
    except metadata.PackageNotFoundError:
        return None


def find_no_words(records: Sequence[Record]) -> Sequence[str]:
    """Return no extra words for any record."""
    return [""] * len(records)


class _NounFinder:
    def __init__(self, cache: Path, version: str) -> None:
        self._cache, self._version = cache, version
        # The nouns of each text, separated by spaces, by the text's key.
        self._nouns: dict[str, str] = {}
        with suppress(OSError, msgspec.DecodeError):
            self._nouns = _decoder.decode(cache.read_bytes())

    def __call__(self, records: Sequence[Record]) -> Sequence[str]:
        texts = [record.bullets if _HANGUL_WORD.search(record.bullets) else "" for record in records]
        keys = [self._key(text) if text else "" for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key and key not in self._nouns}
        if new:
            self._nouns.update(zip(new, map(" ".join, _inner_nouns(new.values())), strict=True))
            with suppress(ArchiveError):  # the next build analyses these texts again
                write_atomically(self._cache, _encoder.encode(dict(sorted(self._nouns.items()))))
        return [self._nouns[key] if key else "" for key in keys]

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._version}\0{text}".encode("utf-8", "replace")).hexdigest()[:20]


def _inner_nouns(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the sorted nouns of each text that none of its words begins with."""
    from kiwipiepy import Kiwi  # loads a model of 100 MB, which takes a second

    texts = list(texts)
    for text, tokens in zip(texts, Kiwi().tokenize(texts), strict=True):
        words = set(_HANGUL_WORD.findall(text))
        nouns = {token.form for token in tokens if token.tag in _NOUN_TAGS and len(token.form) >= _MIN_NOUN_CHARS}
        yield sorted(noun for noun in nouns if not any(word.startswith(noun) for word in words))


def mine_glossary(records: Iterable[Record], names: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Return pairs of a Korean term and an English one, in lower case and singular, the most reliable first.

    The order is: `names`, which are the topics' names by language code; the packaged glossary; pairs mined from the
    summaries of `records`. The pairs have up to GLOSSARY_BYTES in all.
    """
    pairs_of_names = [(each["ko"], singular(each["en"])) for each in names if "ko" in each and "en" in each]
    topics = [pair for pair in pairs_of_names if _KOREAN_TERM.fullmatch(pair[0]) and _ENGLISH_TERM.fullmatch(pair[1])]
    mined = _mine_pairs(record.bullets for record in records)
    pairs: list[tuple[str, str]] = []
    size = 0
    for pair in dict.fromkeys([*topics, *read_glossary(), *mined]):
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
    """Return an English term in lower case, with spaces for hyphens, and without the plural s of its last word."""
    words = " ".join(term.lower().replace("-", " ").split())
    return words[:-1] if len(words) > 3 and words.endswith("s") and not words.endswith(("ss", "is", "us")) else words


def _mine_pairs(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of `texts`, the most frequent first."""
    # Number of times that each Korean term precedes an English one, by the English one.
    candidates: defaultdict[str, Counter[str]] = defaultdict(Counter)
    last_words: Counter[str] = Counter()
    for text in texts:
        for words, translations in _find_pairs(normalize("NFC", text)):
            terms = _term_candidates(words)
            last_words[terms[0]] += 1
            for english in translations:
                candidates[singular(english)].update(terms)
    pairs = []
    for english, counts in candidates.items():
        best = _best_term(counts)
        if not best or counts[best] < MIN_COUNT or not _is_as_long(best, english):
            continue
        # A single word such as 모델 ends many longer terms, each with its own English term.
        if " " in best or counts[best] >= _MIN_SHARE_OF_WORD * last_words[best]:
            pairs.append((-counts[best], best, english))
    return [(korean, english) for _, korean, english in sorted(pairs)]


def _find_pairs(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the Korean words before each bracket that has an English term, up to four, and the terms in it."""
    end = 0
    for match in _TRANSLATION.finditer(text):
        before = text[max(end, match.start() - MAX_WORDS_CHARS) : match.start()]
        if words := _WORDS_BEFORE.search(before):
            yield words[0].split(), [term for term in match.groups() if term]
            end = match.end()


def _is_as_long(korean: str, english: str) -> bool:
    """Return True if a Korean term can be all of an English one: 비디오 is neither text to video nor T2V."""
    words = english.split()
    is_acronym = len(words) == 1 and len(english) <= _MAX_ACRONYM_CHARS
    word_count = len(english) if is_acronym else len(words)
    return len(korean.replace(" ", "")) >= _SYLLABLES_A_WORD * word_count


def _term_candidates(words: list[str]) -> list[str]:
    """Return the terms that `words` may end with: the last word, the last two, …, back to a word with a particle."""
    terms = [words[-1]]
    for word in reversed(words[:-1]):
        if len(word) < _MIN_NOUN_CHARS or _PARTICLE.search(word):
            break
        terms.append(f"{word} {terms[-1]}")
    return terms


def _best_term(counts: Counter[str]) -> str:
    """Return the Korean term of an English one: the longest one that mostly occurs as a whole."""
    best = max((term for term in counts if " " not in term), key=lambda term: (counts[term], term), default="")
    while best:
        longer = [term for term in counts if term.endswith(f" {best}") and term.count(" ") == best.count(" ") + 1]
        candidate = max(longer, key=lambda term: (counts[term], term), default="")
        if not candidate or counts[candidate] < _MIN_SHARE_OF_TERM * counts[best]:
            break
        best = candidate
    return best
