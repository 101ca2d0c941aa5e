"""Similarity index: the earlier papers most similar to a paper, by BM25 over titles, keywords and abstracts.

Papers are added one date after another, oldest first. The index is SQLite's FTS5, in memory. Papers of the same or a
later date never change the result of a paper.
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

MAX_SIMILAR = 5
"""At most this many papers are found for a paper."""

# These values were chosen by looking at some hundred papers of two years.
_MIN_SHARE = 0.15
"""The least score of a similar paper, as a share of the score that the paper itself has."""
_MIN_SCORE = 8.0
"""The least score of a similar paper. Among few papers few words are known, and _MIN_SHARE is reached too easily."""
_COLUMNS = {"title": 4.0, "keywords": 2.0, "abstract": 1.0}
"""The weight of a word in each column."""
_ABSTRACT_TERMS = 8
"""Distinctive words of the abstract to look for. They replace keywords, which a third of the papers lack."""
_COMMON_SHARE, _ABSTRACT_SHARE, _NAME_SHARE = 1 / 5, 1 / 10, 1 / 50
"""A word in more than this share of the papers is not distinctive; the same for a word of an abstract, and for a name
in a title."""
_NEVER_COMMON = 10
"""A word in at most this many papers is distinctive, however few papers there are."""
# Limits for texts of any length; each is several times the largest value seen.
_MAX_CHARS, _MAX_WORDS, _MAX_KEYWORDS, _MAX_TERMS, _MAX_PHRASE_WORDS = 20_000, 2_000, 64, 64, 12

# Letters and digits only, so that no text contains FTS5 syntax or a NUL byte.
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W\d_]{3,}")
_BRACKET = re.compile(r"[()]")
# Function words, and words that titles are advertised with. Words that are frequent in all papers need no entry.
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
    """The papers added so far, and the number of papers that contain each word. Needs FTS5, see `is_supported`."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        """By row of the table; rows are numbered from 0."""
        self._papers_with_term: Counter[str] = Counter()
        """Papers of earlier dates that contain a word, or have a keyword of several words."""
        self._papers_with_name: Counter[str] = Counter()
        """Papers of earlier dates that have a name in their title."""
        self._table = sqlite3.connect(":memory:")
        self._table.execute(f"CREATE VIRTUAL TABLE papers USING fts5({', '.join(_COLUMNS)})")
        rank = f"bm25({', '.join(map(str, _COLUMNS.values()))})"
        self._table.execute("INSERT INTO papers(papers, rank) VALUES ('rank', ?)", [rank])

    @staticmethod
    def is_supported() -> bool:
        """Return True if the SQLite of this Python has FTS5."""
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

    def add_date(self, papers: Iterable[Paper], asked: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Add the papers of the next date; return the ids of similar earlier papers by each of their ids in `asked`.

        There are at most MAX_SIMILAR, the most similar first. Of equally similar papers the one of the later date
        comes first, then the one of the smaller id.
        """
        first = len(self._ids)
        # In reverse, so that of equally similar papers the highest row comes first.
        texts = [_Text(paper) for paper in sorted(papers, key=lambda paper: paper.id, reverse=True)]
        for row, text in enumerate(texts, first):
            self._ids.append(text.id)
            insert = "INSERT INTO papers(rowid, title, keywords, abstract) VALUES (?, ?, ?, ?)"
            self._table.execute(insert, (row, *text.columns))
        found = {text.id: self._find(row, text, first) for row, text in enumerate(texts, first) if text.id in asked}
        for text in texts:
            self._papers_with_term.update(text.all_terms)
            self._papers_with_name.update(text.names)
        return found

    def _find(self, row: int, text: _Text, first: int) -> tuple[str, ...]:
        """Return the ids most similar to the paper in `row`, among the rows before `first`."""
        terms = [f'"{term}"' for term in self._search_terms(text)]
        # Versions of one model (InternVL2.5, InternVL3) are more similar than a paper that is compared with both.
        names = [f'title : "{name}" *' for name in text.names if self._is_distinctive_name(name)]
        query = " OR ".join([*terms, *names][:_MAX_TERMS])
        if not query:
            return ()
        # One query for the paper's own score and for similar papers: most of the time goes into counting words.
        scored = self._table.execute(
            "SELECT rowid, rank FROM papers WHERE papers MATCH ? ORDER BY rank, rowid DESC LIMIT ?",
            (query, MAX_SIMILAR + len(self._ids) - first),
        ).fetchall()
        if not scored:
            return ()
        # FTS5's scores are negative, the best is the lowest. A very long paper may not be the most similar to itself.
        own = next((score for other, score in scored if other == row), scored[0][1])
        least = max(_MIN_SCORE, -own * _MIN_SHARE)
        similar = (other for other, score in scored if other < first and -score >= least)
        return tuple(self._ids[other] for other in islice(similar, MAX_SIMILAR))

    def _search_terms(self, text: _Text) -> Iterable[str]:
        """Return the distinctive words and phrases of title, keywords and abstract, each once."""
        distinctive = filter(self._is_distinctive, chain(text.title_terms, text.keyword_terms))
        return dict.fromkeys(chain(distinctive, self._abstract_terms(text)))

    def _is_distinctive(self, term: str) -> bool:
        """Return True if `term` is in earlier papers, as far as that is known, and not in too many."""
        words = term.split()
        if len(words) == 1:
            return _may_be_distinctive(term) and 0 < self._papers_with_term[term] <= self._limit(_COMMON_SHARE)
        # A long phrase that was never a keyword is rarely found word for word.
        return self._papers_with_term[term] > 0 or (
            len(words) == 2 and all(self._papers_with_term[word] for word in words)
        )

    def _is_distinctive_name(self, name: str) -> bool:
        return 0 < self._papers_with_name[name] <= self._limit(_NAME_SHARE)

    def _abstract_terms(self, text: _Text) -> list[str]:
        """Return the words of the abstract with the highest TF-IDF weight, of those that it contains repeatedly."""
        limit = self._limit(_ABSTRACT_SHARE)
        weighted = [
            (-(1 + math.log(times)) * math.log(len(self._ids) / self._papers_with_term[word]), word)
            for word, times in Counter(text.abstract).items()
            if times > 1 and _may_be_distinctive(word) and 0 < self._papers_with_term[word] <= limit
        ]
        return [word for _, word in sorted(weighted)[:_ABSTRACT_TERMS]]

    def _limit(self, share: float) -> float:
        """Return the number of papers that is `share` of all, at least _NEVER_COMMON."""
        return max(_NEVER_COMMON, len(self._ids) * share)


class _Text:
    """The words of a paper: runs of letters and digits, in lower case."""

    def __init__(self, paper: Paper) -> None:
        self.id = paper.id
        title = paper.title[:_MAX_CHARS]
        self.title = _words(title)
        self.names = _names(title)
        self.abstract = _words(paper.abstract or "")
        # "large language models (LLMs)" is two keywords.
        keywords = chain.from_iterable(map(_BRACKET.split, paper.keywords[:_MAX_KEYWORDS]))
        self.keyword_terms = _phrases(keywords)
        # "DeepSeek-R1" as a phrase, and each word of it.
        self.title_terms = [*_phrases(islice(title.split(), _MAX_WORDS)), *self.title]
        self.columns = tuple(map(" ".join, (self.title, self.keyword_terms, self.abstract)))

    @property
    def all_terms(self) -> set[str]:
        words = chain.from_iterable(term.split() for term in self.keyword_terms)
        return {*self.title_terms, *self.keyword_terms, *words, *self.abstract}


def _words(text: str) -> list[str]:
    return [match[0].lower() for match in islice(_WORD.finditer(text[:_MAX_CHARS]), _MAX_WORDS)]


def _phrases(texts: Iterable[str]) -> list[str]:
    """Return each text as a search phrase: its words, separated by single spaces."""
    return [" ".join(words) for text in texts if 0 < len(words := _words(text)) <= _MAX_PHRASE_WORDS]


def _names(title: str) -> list[str]:
    """Return names of model families in lower case: `internvl` of InternVL3.5, a word with inner capitals or digits."""
    words = [match[0] for match in islice(_WORD.finditer(title), _MAX_WORDS)]
    found = ((word, match[0]) for word in words if (match := _NAME.match(word)))
    return list(dict.fromkeys(name.lower() for word, name in found if word != name or name[1:] != name[1:].lower()))


def _may_be_distinctive(word: str) -> bool:
    return len(word) > 1 and not word.isdecimal() and word not in _STOP_WORDS
