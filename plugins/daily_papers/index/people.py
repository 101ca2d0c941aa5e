"""Organizations and authors: what the archive has of each, and under which name each stands in an address.

Counted papers go in, plain data comes out: organizations by slug, and the names of authors in small lists by the
beginnings of their words, so that a browser finds any of fifty thousand names with a file or two. How a name is folded
here is what assets/js/authors/name-index.mjs does with what a reader types. Pages are left to `pages`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from itertools import chain, groupby

import msgspec

from daily_papers.index.archive_index import PrimaryListing

MAX_NAME_CHARS = 200
"""A longer author is no name but a text that slipped in; the lists leave it out."""
KEY_CHARS = 2
"""What a list of names is called by, until there are too many."""
MAX_LIST_BYTES = 64_000
"""From here on a list is parted by one more letter."""
# Letters that do not come apart, as people type them without; and the signs within a word.
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
    """One name as given: two people of the same name are one, one person under two names is two."""

    name: str
    papers: int
    months: tuple[int, ...]
    """The months its papers count in, as 202403, newest first."""


def fold_name(name: str) -> str:
    """Return the words of `name` as they are compared, with blanks between: lower case, no marks, no punctuation.

    Hangul comes apart into its letters, so that a syllable half typed is the beginning of the whole one. Empty where
    `name` has neither letters nor digits.
    """
    if name.isascii():
        return " ".join(_WORD.findall(name.lower().replace("'", "").replace("`", "")))
    parts = unicodedata.normalize("NFKD", name)
    name = "".join(sign for sign in parts if not unicodedata.category(sign).startswith("M"))
    return " ".join(_WORD.findall(name.lower().translate(_FOLDED)))


def authors(counted: Iterable[PrimaryListing]) -> list[Author]:
    """Return each author's name that can be looked for, by name; `counted` is oldest date first."""
    months: defaultdict[str, list[int]] = defaultdict(list)
    for one in counted:
        month = one.date.year * 100 + one.date.month
        for name in dict.fromkeys(one.paper.authors):
            months[name].append(month)
    # Four names of five stand on one paper.
    return [
        Author(name, len(theirs), tuple(dict.fromkeys(reversed(theirs))) if len(theirs) > 1 else (theirs[0],))
        for name, theirs in sorted(months.items())
        if len(name) <= MAX_NAME_CHARS
    ]


def most_listed(counted: Iterable[PrimaryListing], how_many: int) -> list[tuple[str, int]]:
    """Return the names that stand on most papers, with how many those are."""
    papers = Counter(chain.from_iterable(dict.fromkeys(one.paper.authors) for one in counted))
    names = ((name, count) for name, count in papers.items() if len(name) <= MAX_NAME_CHARS)
    return nsmallest(how_many, names, key=lambda entry: (-entry[1], entry[0]))


def name_lists(found: Sequence[Author]) -> dict[str, list[Author]]:
    """Return the authors in lists by what their words begin with; each stands in the list of each of its words.

    The list of a word is the one whose key is the longest that the word begins with. A key has KEY_CHARS letters, or
    as many more as keep its list within MAX_LIST_BYTES; the key it was parted from keeps the words that end there.
    """
    words: defaultdict[str, list[Author]] = defaultdict(list)
    for author in found:
        for word in set(fold_name(author.name).split()):
            words[word].append(author)
    sizes = {author.name: len(_encoder.encode(author)) + 1 for author in found}
    return dict(_parted(sorted(words.items()), KEY_CHARS, sizes))


_Words = Sequence[tuple[str, Sequence[Author]]]


def _parted(words: _Words, chars: int, sizes: dict[str, int]) -> Iterable[tuple[str, list[Author]]]:
    """Yield key and list of `words`, which are sorted and share all but the last of their first `chars` letters."""
    for key, together in groupby(words, key=lambda entry: entry[0][:chars]):
        group = list(together)
        members = {author.name: author for _, theirs in group for author in theirs}
        ends_here = group[0][0] == key
        if (ends_here and len(group) == 1) or sum(map(sizes.__getitem__, members)) <= MAX_LIST_BYTES:
            yield key, [author for _, author in sorted(members.items())]
            continue
        if ends_here:
            yield key, sorted(group[0][1], key=lambda author: author.name)
        yield from _parted(group[ends_here:], chars + 1, sizes)
