"""What can be found: each paper of the archive as a record of plain text, and the parts they are indexed in.

Counted papers go in, Records come out. A part is what is indexed by itself: the months that are closed, the oldest
first, in parts of a bounded size, since a search takes time with the square of what it looks in; and what may still
change with the next night. How a record is written for an indexer is `pages`' business, which
Korean words are added to it that of `korean`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import slug_of
from daily_papers.model.text import cut

PART_PAPERS = 6000
"""A closed part takes no further month once it has as many."""
RECENT = "recent"
"""The name of the part that still changes; the closed ones are `1`, `2`, …, the oldest first."""

TITLE_CHARS = 1000
NAMES_CHARS = 10_000
TEXT_CHARS = 20_000
"""A longer text is no abstract; what is beyond is not looked in."""
WORD_CHARS = 60
"""What has more signs without a blank is cut into such pieces: it is no word, and an index keeps each word whole."""

_LONG_WORD = re.compile(rf"\S{{{WORD_CHARS}}}(?=\S)")
# A name of several, of which the last has capitals of its own: NeRF in FrugalNeRF, which Pagefind takes for Ne and RF.
_NAME_WITHIN = re.compile(r"(?<![^\W\d_])[A-Z][a-z]+(?=([A-Z]\w*[A-Z]\w*))")
# Pagefind's own marks within a text; the dash of three widths is ours, between the parts of a record.
_MARKS = re.compile("_{3,}|\u2e3b")
_MARKS_BEGIN = ("___", "\u2e3b")


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One paper, as it can be found. Every text is one line in NFC; what the paper has not is empty."""

    id: str
    date: dt.date
    """The date it counts on."""
    title: str
    authors: str = ""
    """The names with commas between."""
    organization: str = ""
    organization_slug: str = ""
    keywords: str = ""
    """With the names of its topics in every language, and those within names of its title."""
    topics: tuple[str, ...] = ()
    """Slugs, the best first."""
    bullets: str = ""
    """Those of every language, one after the other."""
    abstract: str = ""
    votes: int | None = None
    has_code: bool = False
    has_video: bool = False
    address: str = ""
    """Where it stands, below the site's root."""
    picture: str = ""
    """The address of a picture that stands for it."""


class Shard(msgspec.Struct, frozen=True):
    name: str
    papers: tuple[PrimaryListing, ...]
    """Oldest date first."""


Show = Callable[[PrimaryListing], tuple[str, str]]
"""Returns a paper's address, and that of its picture."""


def make_records(papers: Iterable[PrimaryListing], shelf: ArchiveIndex, show: Show) -> list[Record]:
    """Return the record of each of `papers`, which stand on `shelf`, in their order."""
    names = {slug: " ".join(dict.fromkeys(names.values())) for slug, names in shelf.topic_names.items()}
    return [_record(one, shelf.topics.get(one.paper.id, ()), names, show(one)) for one in papers]


def part_papers(papers: Sequence[PrimaryListing], settles_days: int) -> list[Shard]:
    """Return `papers`, oldest date first, in the parts they are indexed in, of which none is empty.

    A month is closed when its last day is more than `settles_days` before the newest paper's: no night asks for the
    votes of its papers again.
    """
    if not papers:
        return []
    open_since = (papers[-1].date - dt.timedelta(days=settles_days)).replace(day=1)
    closed: list[list[PrimaryListing]] = []
    recent: list[PrimaryListing] = []
    for month, group in groupby(papers, key=lambda one: one.date.replace(day=1)):
        if month >= open_since:
            recent.extend(group)
            continue
        if not closed or len(closed[-1]) >= PART_PAPERS:
            closed.append([])
        closed[-1].extend(group)
    parts = [Shard(str(number), tuple(part)) for number, part in enumerate(closed, 1)]
    return [*parts, Shard(RECENT, tuple(recent))]


def plain(text: str, chars: int = TEXT_CHARS) -> str:
    """Return `text` as it can be indexed: one line of at most `chars`, no endless word, nothing an indexer obeys."""
    text = text[: 2 * chars]
    if any(mark in text for mark in _MARKS_BEGIN):  # looked for first, since hardly any text has one
        text = _MARKS.sub(" ", text)
    line = unicodedata.normalize("NFC", cut(" ".join(text.split()), chars))
    if max(map(len, line.split()), default=0) <= WORD_CHARS:
        return line
    return _LONG_WORD.sub(r"\g<0> ", line)


def _record(one: PrimaryListing, topics: tuple[str, ...], names: dict[str, str], shown: tuple[str, str]) -> Record:
    paper, organization = one.paper, one.paper.organization
    within = _NAME_WITHIN.findall(paper.title[:TITLE_CHARS])
    keywords = [*paper.keywords, *(names[slug] for slug in topics if slug in names), *within]
    return Record(
        id=paper.id,
        date=one.date,
        title=plain(paper.title, TITLE_CHARS),
        authors=_joined(paper.authors, ", "),
        organization=plain(organization.title, TITLE_CHARS) if organization else "",
        organization_slug=slug_of(paper),
        keywords=_joined(keywords, ", "),
        topics=topics,
        bullets=_joined((bullet for summary in paper.summaries.values() for bullet in summary.bullets), " "),
        abstract=plain(paper.abstract or ""),
        votes=paper.votes,
        has_code=paper.has_code,
        has_video=paper.has_video,
        address=shown[0],
        picture=shown[1],
    )


def _joined(texts: Iterable[str], between: str) -> str:
    return plain(between.join(texts), NAMES_CHARS)
