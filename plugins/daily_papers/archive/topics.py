"""Topics: ROOT/topics.yml, the subjects of a site with their names and the words that identify them in papers.

`read_taxonomy` reads the file into a Taxonomy, which returns the topics of a Paper. A site without the file uses the
packaged one. The comment at the beginning of the packaged file describes the format and the scoring.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import compress
from pathlib import Path
from typing import Any

import msgspec
import yaml

from daily_papers.archive.yaml_files import (
    YamlFileError,
    mapping_items,
    node_value,
    quote_value,
    read_yaml_file,
    unknown_key_error,
)
from daily_papers.errors import ArchiveError
from daily_papers.model.records import LANGUAGE_PATTERN, Paper
from daily_papers.model.text import RESERVED_SLUGS, clean_line

TOPICS = "topics.yml"
"""Name of the file, below the archive's folder."""
PACKAGED_TOPICS = Path(__file__).with_name(TOPICS)

MAX_TOPICS = 5
"""The largest number of topics of one paper."""
REQUIRED_LANGUAGES = ("ko", "en")
"""Languages in which every topic has a name."""

# Points for one mention in each field. A field gives at most four points, and a topic needs four in total.
_TITLE_POINTS, _KEYWORD_POINTS, _ABSTRACT_POINTS = 4, 2, 1
_MAX_FIELD_POINTS = _MIN_POINTS = 4
_MIN_SHARE = 0.5
"""The least share of the best topic's points; a topic with fewer is only mentioned in passing."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Words, and the characters allowed within and between them.
_PHRASE = re.compile(r"[^\W_][^\W_]*(?:[ './&+-]+[^\W_]+)*")

# Every character that is neither letter nor digit separates words, in ASCII and in the Unicode blocks of punctuation
# that abstracts use. A translation table takes a tenth of the time of a pattern, and less for ASCII text, as bytes.
# A line break separates keywords or paragraphs; no phrase extends across it.
_BREAK = "\n"
_BREAK_WORD = b"|"
_SPACED_BREAK = f" {_BREAK} "
_SEPARATORS = {
    code: " " for code in (*range(0x100), *range(0x2000, 0x2070), *range(0x3000, 0x3040)) if not chr(code).isalnum()
} | {ord(_BREAK): _BREAK_WORD.decode()}
_ASCII_SEPARATORS = "".join(map(chr, range(0x80))).lower().translate(_SEPARATORS).encode() + bytes(range(0x80, 0x100))


class Topic(msgspec.Struct, frozen=True):
    """One subject of the site."""

    slug: str
    """The topic's part of addresses: lower-case letters, digits and hyphens."""
    names: dict[str, str]
    """Names by language code; Korean and English always have one."""
    words: tuple[str, ...]
    """Words and phrases; each is a mention of the topic."""
    exceptions: tuple[str, ...] = ()
    """Phrases within which `words` do not count."""


class Taxonomy:
    """The topics of a site in the order of its file, with an index that finds them in papers."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics = tuple(topics)
        self._phrases = _TrieNode()
        for number, topic in enumerate(self.topics):
            for phrase, weight in _phrase_weights(topic).items():
                self._phrases.insert(phrase).weights.append((number, weight))

    def match(self, paper: Paper) -> tuple[str, ...]:
        """Return the slugs of at most MAX_TOPICS topics of `paper`, best first, ties in the order of the file."""
        points = self._points(paper)
        threshold = max(_MIN_POINTS, _MIN_SHARE * max(points.values(), default=0))
        best = sorted((-total, number) for number, total in points.items() if total >= threshold)
        return tuple(self.topics[number].slug for _, number in best[:MAX_TOPICS])

    def _points(self, paper: Paper) -> dict[int, int]:
        """Return the points of each topic that `paper` mentions, by the number of the topic."""
        mentions: dict[int, list[int]] = {}
        roots = self._phrases.children
        for field, text in enumerate((paper.title, _BREAK.join(paper.keywords), paper.abstract or "")):
            words = _split_words(text)
            words.append(_BREAK_WORD)  # no phrase contains it, so every search ends here
            for end in compress(range(len(words)), map(roots.__contains__, words)):
                node: _TrieNode | None = roots[words[end]]
                while node:
                    for number, weight in node.weights:
                        mentions.setdefault(number, [0, 0, 0])[field] += weight
                    end += 1
                    node = node.children.get(words[end])
        return {
            number: min(_MAX_FIELD_POINTS, _TITLE_POINTS * in_title)
            + min(_MAX_FIELD_POINTS, _KEYWORD_POINTS * in_keywords)
            + min(_MAX_FIELD_POINTS, _ABSTRACT_POINTS * in_abstract)
            for number, (in_title, in_keywords, in_abstract) in mentions.items()
        }


class Coverage(msgspec.Struct, frozen=True):
    """Numbers of papers with topics, counted over the papers of an archive that have keywords."""

    papers: int
    covered: int
    """Number of these papers with at least one topic."""
    median: float
    """Median number of topics of a paper."""
    most: int
    """Largest number of topics of a paper."""

    @property
    def share(self) -> float:
        """The share of covered papers, 0 to 1; 1 if there is no paper."""
        return self.covered / self.papers if self.papers else 1.0

    def __str__(self) -> str:
        return (
            f"topics: {self.share:.1%} of {self.papers} papers with keywords have one or more, "
            f"the median is {self.median:g}, the most {self.most}"
        )


def coverage(topics_of: Iterable[tuple[Paper, tuple[str, ...]]]) -> Coverage:
    """Return the coverage of papers, each given with its topics as returned by `Taxonomy.match`."""
    counts = [len(slugs) for paper, slugs in topics_of if paper.keywords]
    return Coverage(
        papers=len(counts),
        covered=sum(map(bool, counts)),
        median=statistics.median(counts) if counts else 0,
        most=max(counts, default=0),
    )


def read_taxonomy(root: Path) -> Taxonomy:
    """Return the topics of the archive below `root`, the packaged ones if it has no file.

    Raises ArchiveError, with the line, for any mistake in the file: using only a part of it would be worse.
    """
    return read_yaml_file(root / TOPICS, _parse_taxonomy) or _packaged_taxonomy()


@cache  # a live preview reads the file only once
def _packaged_taxonomy() -> Taxonomy:
    taxonomy = read_yaml_file(PACKAGED_TOPICS, _parse_taxonomy)
    if taxonomy is None:
        raise ArchiveError("is missing from the package; install mkdocs-daily-papers again", path=PACKAGED_TOPICS)
    return taxonomy


_Phrase = tuple[bytes, ...]
"""A phrase as its words in UTF-8."""


class _TrieNode:
    """A node of the trie of all phrases, keyed by their words."""

    __slots__ = ("children", "weights")

    def __init__(self) -> None:
        self.weights: list[tuple[int, int]] = []
        """Number of a topic and weight in it, for each topic with the phrase that ends here."""
        self.children: dict[bytes, _TrieNode] = {}

    def insert(self, phrase: _Phrase) -> _TrieNode:
        """Return the node of `phrase` below this one; add the missing nodes."""
        node = self
        for word in phrase:
            node = node.children.setdefault(word, _TrieNode())
        return node


def _phrase_weights(topic: Topic) -> dict[_Phrase, int]:
    """Return the weights of all phrases of `topic`: a word counts 1 everywhere, but 0 within an exception.

    A phrase within a longer one is found together with it, so the weight of the longer one subtracts that of the
    shorter ones. With the word `speech` and the exception `hate speech`, the latter has weight -1. Phrases with weight
    0 are left out.
    """
    totals = dict.fromkeys(_spellings(topic.words), 1) | dict.fromkeys(_spellings(topic.exceptions), 0)
    weights: dict[_Phrase, int] = {}
    for phrase in sorted(totals, key=len):
        parts = (phrase[i:j] for i in range(len(phrase)) for j in range(i + 1, len(phrase) + 1))
        if weight := totals[phrase] - sum(weights.get(part, 0) for part in parts):
            weights[phrase] = weight
    return weights


def _split_words(text: str) -> list[bytes]:
    """Return the words of `text` in lower case and UTF-8, with _BREAK_WORD for each line break."""
    spaced = text.replace(_BREAK, _SPACED_BREAK)
    if spaced.isascii():
        return spaced.encode().translate(_ASCII_SEPARATORS).split()
    return " ".join(spaced.lower().translate(_SEPARATORS).split()).encode("utf-8", "surrogatepass").split(b" ")


def _spellings(phrases: Iterable[str]) -> Iterator[_Phrase]:
    """Yield every spelling of `phrases`: with and without hyphens, in singular and plural."""
    for phrase in phrases:
        for spelling in {phrase, phrase.replace("-", "")}:
            *words, last = _split_words(spelling)
            yield *words, last
            yield *words, _plural(last)


def _plural(word: bytes) -> bytes:
    if re.search(b"(s|x|z|ch|sh)$", word):
        return word + b"es"
    return word[:-1] + b"ies" if re.search(b"[^aeiou]y$", word) else word + b"s"


def _parse_taxonomy(root: yaml.Node | None) -> Taxonomy:
    if root is None or not (topics := list(_parse_topics(root))):
        raise YamlFileError("has no topic; add some, or remove the file to use those of the package", root)
    return Taxonomy(topics)


def _parse_topics(root: yaml.Node) -> Iterator[Topic]:
    for key, node in mapping_items(root, "topics by their slugs, such as 'robotics: {names: …, words: …}'"):
        slug = key.value
        if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
            raise YamlFileError(f"{quote_value(slug)} is no slug: expected a-z, 0-9 and single hyphens", key)
        yield _parse_topic(key, node)


def _parse_topic(slug: yaml.ScalarNode, node: yaml.Node) -> Topic:
    values = {}
    for key, value in mapping_items(node, f"names and words below {slug.value}"):
        parse = _FIELDS.get(key.value)
        if parse is None:
            raise unknown_key_error(slug.value, key, _FIELDS)
        values[key.value] = parse(slug.value, key, value)
    for name, example in (("names", "names: {ko: …, en: …}"), ("words", "words: [a phrase, another one]")):
        if name not in values:
            raise YamlFileError(f"{slug.value} has no {name}: add '{example}' to it", slug)
    return Topic(slug.value, values["names"], values["words"], values.get("except", ()))


def _parse_names(slug: str, key: yaml.ScalarNode, node: yaml.Node) -> dict[str, str]:
    names = {}
    for language, value in mapping_items(node, f"names of {slug} by language, such as {{ko: 로보틱스, en: Robotics}}"):
        if not re.fullmatch(LANGUAGE_PATTERN, language.value):
            raise YamlFileError(
                f"{quote_value(language.value)} in the names of {slug} is no language: expected a code such as ko",
                language,
            )
        name = node_value(value)
        if not isinstance(name, str) or not clean_line(name):
            message = f"{language.value} of {slug} is {quote_value(name)}: expected the name in that language"
            raise YamlFileError(message, language)
        names[language.value] = clean_line(name)
    for code in REQUIRED_LANGUAGES:
        if code not in names:
            raise YamlFileError(f"{slug} has no name in {code}: add '{code}: …' to its names", key)
    return names


def _parse_phrases(slug: str, key: yaml.ScalarNode, node: yaml.Node) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        message = (
            f"{key.value} of {slug} is {quote_value(node_value(node))}: expected a list, such as [robot, robot arm]"
        )
        raise YamlFileError(message, key)
    return tuple(_parse_phrase(slug, key, item) for item in node.value)


def _parse_phrase(slug: str, key: yaml.ScalarNode, node: yaml.Node) -> str:
    phrase = node_value(node)
    if not isinstance(phrase, str) or not _PHRASE.fullmatch(phrase):
        raise YamlFileError(
            f"{quote_value(phrase)} in '{key.value}' of {slug} is no phrase: expected plain words, such as "
            "text-to-image model; patterns are not allowed, and plurals are found without being listed",
            node,
        )
    return phrase


_FIELDS: dict[str, Callable[[str, yaml.ScalarNode, yaml.Node], Any]] = {
    "names": _parse_names,
    "words": _parse_phrases,
    "except": _parse_phrases,
}
