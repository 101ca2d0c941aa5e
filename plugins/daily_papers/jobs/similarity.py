"""Which earlier papers a paper is near to: BM25, as SQLite's FTS5 has it, over titles, keywords and abstracts.

The papers of one date after another go in, oldest first; the nearest of those before come out, as ids. In memory: knows
no files, and nothing that comes after a paper's own date changes what is near it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import closing
from itertools import chain, islice

from daily_papers.model.records import Paper

try:
    import sqlite3
except ImportError:  # a Python that was built without it
    sqlite3 = None  # type: ignore[assignment]

MOST_NEAR = 5

# These are chosen by eye, on some hundred papers of two years.
_LEAST_SHARE = 0.15
"""What a paper that is near another scores, as a share of what that one scores itself."""
_LEAST_SCORE = 8.0
"""The least that such a paper scores: among few papers, of which few words are known, a share is easily had."""
_COLUMNS = {"title": 4.0, "keywords": 2.0, "abstract": 1.0}
_ABSTRACT_TERMS = 8
"""A third of the papers have no keywords: the words that tell an abstract from others stand in for them."""
_COMMON_SHARE, _ABSTRACT_SHARE, _NAME_SHARE = 1 / 5, 1 / 10, 1 / 50
"""A word that more of the papers have tells nothing of one; of an abstract, or a name in a title, even fewer may."""
_NEVER_COMMON = 10
"""What so few papers have is not common, however few there are."""
# A stranger's text may have any length; these are several times what has been seen.
_MOST_CHARS, _MOST_WORDS, _MOST_KEYWORDS, _MOST_TERMS, _LONGEST_PHRASE = 20_000, 2_000, 64, 64, 12

# Letters and digits only, so that nothing of a text can be FTS5's syntax, or a byte that ends it.
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W\d_]{3,}")
_BRACKET = re.compile(r"[()]")
# What titles are joined and advertised with; words that are frequent everywhere need no entry.
_STOP_WORDS = frozenset(
    _WORD.findall("""
        a about across after all already also an and any are as at aware based be been before better between beyond both
        but by can case could do does done effective efficient empowering enable enabling enhanced enhancing enough
        every exploring far first for framework from further general good guided has have high how if improved improving
        in into introducing is it its know less let level leveraging like make makes making many matter matters may
        method methods more most much need needs new no not novel now of off on one only or other our out over paper
        ready real really report rethinking revisiting robust say scalable secretly should simple so some still study
        such system systems task tasks technical than that the their them then there these they this those three through
        to toward towards two under unified unlocking up us use using very via want was way we well what when where
        whether which while who why will with within without work works would you your yours
    """)
)


class SimilarityIndex:
    """The papers so far, and how many of them have each word. Needs what `can_be` tells of."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        """By row of the table, which counts from 0 here."""
        self._having: Counter[str] = Counter()
        """How many papers of earlier dates have a word, or a keyword of several words."""
        self._named: Counter[str] = Counter()
        """How many of them have a name in their title."""
        self._table = sqlite3.connect(":memory:")
        self._table.execute(f"CREATE VIRTUAL TABLE papers USING fts5({', '.join(_COLUMNS)})")
        measure = f"bm25({', '.join(map(str, _COLUMNS.values()))})"
        self._table.execute("INSERT INTO papers(papers, rank) VALUES ('rank', ?)", [measure])

    @staticmethod
    def can_be() -> bool:
        """Return whether this Python's SQLite has FTS5."""
        if sqlite3 is None:
            return False
        with closing(sqlite3.connect(":memory:")) as database:
            try:
                database.execute("CREATE VIRTUAL TABLE papers USING fts5(title)")
            except sqlite3.OperationalError:
                return False
        return True

    def close(self) -> None:
        self._table.close()

    def take(self, papers: Iterable[Paper], asked: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Take in one date's papers; return the nearest ones before, at most MOST_NEAR, of each id that is `asked`.

        Of equally near ones the later date comes first, then the smaller id.
        """
        first = len(self._ids)
        # So that among equals the highest row is the one that comes first.
        texts = [_Text(paper) for paper in sorted(papers, key=lambda paper: paper.id, reverse=True)]
        for row, text in enumerate(texts, first):
            self._ids.append(text.id)
            into = "INSERT INTO papers(rowid, title, keywords, abstract) VALUES (?, ?, ?, ?)"
            self._table.execute(into, (row, *text.columns))
        found = {text.id: self._nearest(row, text, first) for row, text in enumerate(texts, first) if text.id in asked}
        for text in texts:
            self._having.update(text.having)
            self._named.update(text.names)
        return found

    def _nearest(self, row: int, text: _Text, first: int) -> tuple[str, ...]:
        """Return the ids nearest to the paper in `row`, of the rows before `first`."""
        terms = [f'"{term}"' for term in self._terms(text)]
        # InternVL3 is near InternVL2.5, whatever either does, and more so than a paper that compares itself to both.
        names = [f'title : "{name}" *' for name in text.names if self._is_name(name)]
        query = " OR ".join([*terms, *names][:_MOST_TERMS])
        if not query:
            return ()
        # One look for the paper's own score and for what is near it: counting the words anew is what takes time.
        scored = self._table.execute(
            "SELECT rowid, rank FROM papers WHERE papers MATCH ? ORDER BY rank, rowid DESC LIMIT ?",
            (query, MOST_NEAR + len(self._ids) - first),
        ).fetchall()
        if not scored:
            return ()
        # FTS5's scores are negative, the best the lowest. A very long paper may not be the nearest to itself.
        own = next((score for other, score in scored if other == row), scored[0][1])
        least = max(_LEAST_SCORE, -own * _LEAST_SHARE)
        near = (other for other, score in scored if other < first and -score >= least)
        return tuple(self._ids[other] for other in islice(near, MOST_NEAR))

    def _terms(self, text: _Text) -> Iterable[str]:
        """Return the words and phrases to look for: of title and keywords, and what tells the abstract from others."""
        told = filter(self._tells, chain(text.title_terms, text.keyword_terms))
        return dict.fromkeys(chain(told, self._abstract_terms(text)))

    def _tells(self, term: str) -> bool:
        """Whether `term` is in earlier papers, as far as that is known, and not in too many."""
        words = term.split()
        if len(words) == 1:
            return _is_telling(term) and 0 < self._having[term] <= self._share(_COMMON_SHARE)
        # A long phrase that never was a keyword hardly stands anywhere else word for word.
        return self._having[term] > 0 or (len(words) == 2 and all(self._having[word] for word in words))

    def _is_name(self, name: str) -> bool:
        return 0 < self._named[name] <= self._share(_NAME_SHARE)

    def _abstract_terms(self, text: _Text) -> list[str]:
        most = self._share(_ABSTRACT_SHARE)
        weighed = [
            (-(1 + math.log(times)) * math.log(len(self._ids) / self._having[word]), word)
            for word, times in Counter(text.abstract).items()
            if times > 1 and _is_telling(word) and 0 < self._having[word] <= most
        ]
        return [word for _, word in sorted(weighed)[:_ABSTRACT_TERMS]]

    def _share(self, share: float) -> float:
        return max(_NEVER_COMMON, len(self._ids) * share)


class _Text:
    """What a paper says, in words: runs of letters and digits, in lower case."""

    def __init__(self, paper: Paper) -> None:
        self.id = paper.id
        title = paper.title[:_MOST_CHARS]
        self.title = _words(title)
        self.names = _names(title)
        self.abstract = _words(paper.abstract or "")
        # "large language models (LLMs)" are two.
        keywords = chain.from_iterable(map(_BRACKET.split, paper.keywords[:_MOST_KEYWORDS]))
        self.keyword_terms = _phrases(keywords)
        # "DeepSeek-R1" as it stands, and each word of it.
        self.title_terms = [*_phrases(islice(title.split(), _MOST_WORDS)), *self.title]
        self.columns = tuple(map(" ".join, (self.title, self.keyword_terms, self.abstract)))

    @property
    def having(self) -> set[str]:
        words = chain.from_iterable(term.split() for term in self.keyword_terms)
        return {*self.title_terms, *self.keyword_terms, *words, *self.abstract}


def _words(text: str) -> list[str]:
    return [match[0].lower() for match in islice(_WORD.finditer(text[:_MOST_CHARS]), _MOST_WORDS)]


def _phrases(texts: Iterable[str]) -> list[str]:
    """Return each text as it is looked for: its words with a blank between them."""
    return [" ".join(words) for text in texts if 0 < len(words := _words(text)) <= _LONGEST_PHRASE]


def _names(title: str) -> list[str]:
    """Return what looks like a model's family: InternVL of "InternVL3.5", as a capital or digit within a word tells."""
    words = [match[0] for match in islice(_WORD.finditer(title), _MOST_WORDS)]
    found = ((word, match[0]) for word in words if (match := _NAME.match(word)))
    return list(dict.fromkeys(name.lower() for word, name in found if word != name or name[1:] != name[1:].lower()))


def _is_telling(word: str) -> bool:
    return len(word) > 1 and not word.isdecimal() and word not in _STOP_WORDS
