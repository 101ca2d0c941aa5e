"""Topics: ROOT/topics.yml, the subjects of a site with their names, and the words that tell which a paper is about.

A folder goes in, a Taxonomy comes out, which tells the topics of a Paper. What the file may hold, and how words are
found and counted, stands in the first lines of the packaged one, which holds where a site has none of its own.
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

from daily_papers.archive.yaml_files import YamlFileError, entries, plain, read_by_hand, shown, unknown_key
from daily_papers.errors import ArchiveError
from daily_papers.model.records import LANGUAGE_PATTERN, Paper
from daily_papers.model.text import RESERVED_SLUGS, clean_line

TOPICS = "topics.yml"
PACKAGED_TOPICS = Path(__file__).with_name(TOPICS)

MAX_TOPICS = 5
"""A paper has at the most."""
REQUIRED_LANGUAGES = ("ko", "en")

# What a mention counts, in points: each of title, keywords and abstract gives four at the most, and four are enough.
_TITLE, _KEYWORD, _MENTION = 4, 2, 1
_MOST = _ENOUGH = 4
_OF_THE_BEST = 0.5
"""The share of the points of a paper's best topic that another one needs: below it, it is mentioned, and no more."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Words, and what may stand in and between them.
_PHRASE = re.compile(r"[^\W_][^\W_]*(?:[ './&+-]+[^\W_]+)*")

# Whatever is neither letter nor digit parts words, in ASCII and among the signs that abstracts have: translating by a
# table takes a tenth of the time of a pattern, and less where all is ASCII, as bytes. A line break is between keywords,
# or paragraphs: no phrase crosses it.
_BREAK = "\n"
_MARK = b"|"
_SPACED_BREAK = f" {_BREAK} "
_TO_WORDS = {
    code: " " for code in (*range(0x100), *range(0x2000, 0x2070), *range(0x3000, 0x3040)) if not chr(code).isalnum()
} | {ord(_BREAK): _MARK.decode()}
_ASCII_TO_WORDS = "".join(map(chr, range(0x80))).lower().translate(_TO_WORDS).encode() + bytes(range(0x80, 0x100))


class Topic(msgspec.Struct, frozen=True):
    """One subject of the site."""

    slug: str
    """Its place in addresses: lower-case letters, digits and hyphens."""
    names: dict[str, str]
    """By language code; Korean and English are always there."""
    words: tuple[str, ...]
    """Words and phrases, any of which is a mention of the topic."""
    exceptions: tuple[str, ...] = ()
    """Phrases in which `words` do not count."""


class Taxonomy:
    """The topics of a site, in the order of its file, ready to be looked for in papers."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics = tuple(topics)
        self._phrases = _Node()
        for number, topic in enumerate(self.topics):
            for phrase, count in _counts(topic).items():
                self._phrases.reach(phrase).counts.append((number, count))

    def match(self, paper: Paper) -> tuple[str, ...]:
        """Return the slugs of the topics of `paper`, five at the most: the best first, ties in the file's order."""
        points = self._points(paper)
        enough = max(_ENOUGH, _OF_THE_BEST * max(points.values(), default=0))
        best = sorted((-found, number) for number, found in points.items() if found >= enough)
        return tuple(self.topics[number].slug for _, number in best[:MAX_TOPICS])

    def _points(self, paper: Paper) -> dict[int, int]:
        """Return the points of each topic of which anything stands in `paper`, by the number of the topic."""
        mentions: dict[int, list[int]] = {}
        firsts = self._phrases.then
        for place, text in enumerate((paper.title, _BREAK.join(paper.keywords), paper.abstract or "")):
            words = _words(text)
            words.append(_MARK)  # an end that no phrase goes on with
            for end in compress(range(len(words)), map(firsts.__contains__, words)):
                node: _Node | None = firsts[words[end]]
                while node:
                    for number, count in node.counts:
                        mentions.setdefault(number, [0, 0, 0])[place] += count
                    end += 1
                    node = node.then.get(words[end])
        return {
            number: min(_MOST, _TITLE * in_title)
            + min(_MOST, _KEYWORD * in_keywords)
            + min(_MOST, _MENTION * in_abstract)
            for number, (in_title, in_keywords, in_abstract) in mentions.items()
        }


class Coverage(msgspec.Struct, frozen=True):
    """How much of an archive the topics reach; counted over the papers that have keywords."""

    papers: int
    covered: int
    """Of these, the papers with at least one topic."""
    median: float
    """Topics a paper."""
    most: int

    @property
    def share(self) -> float:
        """Of the papers, those that are covered: 0 to 1; 1 if there is no paper."""
        return self.covered / self.papers if self.papers else 1.0

    def __str__(self) -> str:
        return (
            f"topics: {self.share:.1%} of {self.papers} papers with keywords have one or more, "
            f"the median is {self.median:g}, the most {self.most}"
        )


def coverage(topics_of: Iterable[tuple[Paper, tuple[str, ...]]]) -> Coverage:
    """Return how much of some papers, each with its topics as `match` gave them, the topics reach."""
    counts = [len(slugs) for paper, slugs in topics_of if paper.keywords]
    return Coverage(
        papers=len(counts),
        covered=sum(map(bool, counts)),
        median=statistics.median(counts) if counts else 0,
        most=max(counts, default=0),
    )


def read_taxonomy(root: Path) -> Taxonomy:
    """Return the topics of the archive below `root`, the packaged ones if it has no file.

    Raises ArchiveError, with the line, for whatever is not as it is expected: half of what was meant would be worse.
    """
    return read_by_hand(root / TOPICS, _taxonomy) or _packaged()


@cache  # a preview reads it once
def _packaged() -> Taxonomy:
    taxonomy = read_by_hand(PACKAGED_TOPICS, _taxonomy)
    if taxonomy is None:
        raise ArchiveError("is missing from the package; install it anew", path=PACKAGED_TOPICS)
    return taxonomy


_Phrase = tuple[bytes, ...]
"""Words in UTF-8."""


class _Node:
    """A place in the tree of all phrases, by their words: what has been read so far, and how it may go on."""

    __slots__ = ("counts", "then")

    def __init__(self) -> None:
        self.counts: list[tuple[int, int]] = []
        """If this ends a phrase: the number of each topic that it tells something about, and what it counts there."""
        self.then: dict[bytes, _Node] = {}

    def reach(self, phrase: _Phrase) -> _Node:
        """Return the place of `phrase` below this one, which is made if need be."""
        node = self
        for word in phrase:
            node = node.then.setdefault(word, _Node())
        return node


def _counts(topic: Topic) -> dict[_Phrase, int]:
    """Return what each phrase of `topic` counts, so that its words count 1 wherever they stand, but 0 in an exception.

    A phrase within a longer one is found with it, so the longer one takes back what the shorter ones count: with the
    word `speech` and the exception `hate speech`, the latter counts -1. What then counts 0 need not be looked for.
    """
    wanted = dict.fromkeys(_forms(topic.words), 1) | dict.fromkeys(_forms(topic.exceptions), 0)
    counts: dict[_Phrase, int] = {}
    for phrase in sorted(wanted, key=len):
        within = (phrase[i:j] for i in range(len(phrase)) for j in range(i + 1, len(phrase) + 1))
        if count := wanted[phrase] - sum(counts.get(part, 0) for part in within):
            counts[phrase] = count
    return counts


def _words(text: str) -> list[bytes]:
    """Return the words of `text` in lower case, in UTF-8, a mark in place of each line break."""
    spaced = text.replace(_BREAK, _SPACED_BREAK)
    if spaced.isascii():
        return spaced.encode().translate(_ASCII_TO_WORDS).split()
    return " ".join(spaced.lower().translate(_TO_WORDS).split()).encode("utf-8", "surrogatepass").split(b" ")


def _forms(phrases: Iterable[str]) -> Iterator[_Phrase]:
    """Yield every form in which `phrases` are looked for: with and without their hyphens, singular and plural."""
    for phrase in phrases:
        for written in {phrase, phrase.replace("-", "")}:
            *words, last = _words(written)
            yield *words, last
            yield *words, _plural(last)


def _plural(word: bytes) -> bytes:
    if re.search(b"(s|x|z|ch|sh)$", word):
        return word + b"es"
    return word[:-1] + b"ies" if re.search(b"[^aeiou]y$", word) else word + b"s"


def _taxonomy(root: yaml.Node | None) -> Taxonomy:
    if root is None or not (topics := list(_topics(root))):
        raise YamlFileError("holds no topic; write some, or remove the file to have those of the package", root)
    return Taxonomy(topics)


def _topics(root: yaml.Node) -> Iterator[Topic]:
    for key, node in entries(root, "topics by their slugs, as in 'robotics: {names: …, words: …}'"):
        slug = key.value
        if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
            raise YamlFileError(f"{shown(slug)} is no slug: expected a-z, 0-9 and single hyphens, as robotics", key)
        yield _topic(key, node)


def _topic(slug: yaml.ScalarNode, node: yaml.Node) -> Topic:
    values = {}
    for key, value in entries(node, f"below {slug.value} its names and words"):
        read = _FIELDS.get(key.value)
        if read is None:
            raise unknown_key(slug.value, key, _FIELDS)
        values[key.value] = read(slug.value, key, value)
    for name, example in (("names", "names: {ko: …, en: …}"), ("words", "words: [a phrase, another one]")):
        if name not in values:
            raise YamlFileError(f"{slug.value} has no {name}: add '{example}' to it", slug)
    return Topic(slug.value, values["names"], values["words"], values.get("except", ()))


def _names(slug: str, key: yaml.ScalarNode, node: yaml.Node) -> dict[str, str]:
    names = {}
    for language, value in entries(node, f"names of {slug} by language, as {{ko: 로보틱스, en: Robotics}}"):
        if not re.fullmatch(LANGUAGE_PATTERN, language.value):
            raise YamlFileError(f"{shown(language.value)} is no language of {slug}: expected a code, as ko", language)
        name = plain(value)
        if not isinstance(name, str) or not clean_line(name):
            message = f"{language.value} of {slug} is {shown(name)}: expected its name in that language"
            raise YamlFileError(message, language)
        names[language.value] = clean_line(name)
    for code in REQUIRED_LANGUAGES:
        if code not in names:
            raise YamlFileError(f"{slug} has no name in '{code}': add '{code}: …' to its names", key)
    return names


def _phrases(slug: str, key: yaml.ScalarNode, node: yaml.Node) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        message = f"{key.value} of {slug} is {shown(plain(node))}: expected a list of phrases, as [robot, robot arm]"
        raise YamlFileError(message, key)
    return tuple(_phrase(slug, key, one) for one in node.value)


def _phrase(slug: str, key: yaml.ScalarNode, node: yaml.Node) -> str:
    phrase = plain(node)
    if not isinstance(phrase, str) or not _PHRASE.fullmatch(phrase):
        raise YamlFileError(
            f"{shown(phrase)} in '{key.value}' of {slug} is no phrase: expected plain words, as text-to-image model, "
            "without signs of patterns; plurals are found by themselves",
            node,
        )
    return phrase


_FIELDS: dict[str, Callable[[str, yaml.ScalarNode, yaml.Node], Any]] = {
    "names": _names,
    "words": _phrases,
    "except": _phrases,
}
