"""Authors: the papers of each name, and lists of names that a browser can search.

A list contains the names that have a word beginning with the list's key. The lists are small: a browser finds any of
fifty thousand names with one or two files. assets/js/authors/name-index.mjs folds a reader's input as `fold_name` does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import chain, groupby

import msgspec

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.model.text import normalize

MAX_NAME_CHARS = 200
"""A longer name is a text in the wrong field; the lists leave it out."""
KEY_CHARS = 2
"""Length of a list's key, as long as the list is small enough."""
MAX_LIST_BYTES = 64_000
"""A larger list is split by one more letter."""
# Letters without a Unicode decomposition, as people type them without diacritics; and the marks within a word.
_FOLDED = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ς": "σ",
        **dict.fromkeys("'`´‘’ʻʼ", ""),
    }
)
_WORD = re.compile(r"[^\W_]+")
_encoder = msgspec.json.Encoder()


class Author(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name as given: two people of the same name are one, one person under two names is two."""

    name: str
    papers: int
    months: tuple[int, ...]
    """The months of its papers' primary dates, as 202403, newest first."""


def fold_name(name: str) -> str:
    """Return the words of `name` for comparison, separated by spaces: lower case, no diacritics, no punctuation.

    Hangul is decomposed into letters, so that a half-typed syllable is a prefix of the whole one. The result is empty
    if `name` has neither letters nor digits.
    """
    if name.isascii():
        return " ".join(_WORD.findall(name.lower().replace("'", "").replace("`", "")))
    decomposed = normalize("NFKD", name)
    name = "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))
    return " ".join(_WORD.findall(name.lower().translate(_FOLDED)))


def collect_authors(listings: Iterable[PrimaryListing]) -> list[Author]:
    """Return the authors of `listings`, which are oldest date first, sorted by name. Too long names are left out."""
    months_by_name: defaultdict[str, list[int]] = defaultdict(list)
    for listing in listings:
        month = listing.date.year * 100 + listing.date.month
        for name in dict.fromkeys(listing.paper.authors):
            months_by_name[name].append(month)
    # Four of five names have a single paper.
    return [
        Author(name, len(months), tuple(dict.fromkeys(reversed(months))) if len(months) > 1 else (months[0],))
        for name, months in sorted(months_by_name.items())
        if len(name) <= MAX_NAME_CHARS
    ]


def most_listed_authors(listings: Iterable[PrimaryListing], how_many: int) -> list[tuple[str, int]]:
    """Return the names with the most papers, and the number of these; equal ones are sorted by name."""
    papers = Counter(chain.from_iterable(dict.fromkeys(listing.paper.authors) for listing in listings))
    names = ((name, count) for name, count in papers.items() if len(name) <= MAX_NAME_CHARS)
    return nsmallest(how_many, names, key=lambda entry: (-entry[1], entry[0]))


def name_lists(people: Sequence[Author]) -> dict[str, list[Author]]:
    """Return the authors in lists, by the beginnings of their words. An author is in one list for each word.

    The list of a word has the longest key that the word begins with. A key has KEY_CHARS letters, or as many more as
    keep its list within MAX_LIST_BYTES. When a list is split, its key keeps the words that are equal to it.
    """
    words: defaultdict[str, list[Author]] = defaultdict(list)
    for author in people:
        for word in set(fold_name(author.name).split()):
            words[word].append(author)
    sizes = {author.name: len(_encoder.encode(author)) + 1 for author in people}
    return dict(_split(sorted(words.items()), KEY_CHARS, sizes))


_Words = Sequence[tuple[str, Sequence[Author]]]


def _split(words: _Words, key_chars: int, sizes: dict[str, int]) -> Iterator[tuple[str, list[Author]]]:
    """Yield key and list for `words`, which are sorted and share all but the last of their first `key_chars` letters.

    `sizes` are the sizes of the authors' entries in bytes, by name.
    """
    for key, same_key in groupby(words, key=lambda entry: entry[0][:key_chars]):
        group = list(same_key)
        members = {author.name: author for _, people in group for author in people}
        is_key_a_word = group[0][0] == key
        if (is_key_a_word and len(group) == 1) or sum(map(sizes.__getitem__, members)) <= MAX_LIST_BYTES:
            yield key, [author for _, author in sorted(members.items())]
            continue
        if is_key_a_word:
            yield key, sorted(group[0][1], key=lambda author: author.name)
        longer = group[1:] if is_key_a_word else group
        yield from _split(longer, key_chars + 1, sizes)
