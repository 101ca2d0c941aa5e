"""Search records: each paper as plain text, and the shards that are indexed separately.

A shard is either several closed months, or all papers that may still change. Closed shards have a bounded size, since
a search takes time with the square of a shard's size. They do not change, so their indexes can be reused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import slug_of
from daily_papers.model.text import cut, normalize

SHARD_PAPERS = 6000
"""A closed shard with that many papers takes no further month."""
RECENT = "recent"
"""Name of the shard that still changes. The closed ones are `1`, `2`, …, oldest first."""

TITLE_CHARS = 1000
NAMES_CHARS = 10_000
TEXT_CHARS = 20_000
"""A longer text is no abstract; the rest of it is not indexed."""
WORD_CHARS = 60
"""A longer word is split into pieces of that length: an index stores every word whole."""

_LONG_WORD = re.compile(rf"\S{{{WORD_CHARS}}}(?=\S)")
# A name inside another one that has capitals of its own: NeRF in FrugalNeRF. Pagefind splits it into Ne and RF.
_INNER_NAME = re.compile(r"(?<![^\W\d_])[A-Z][a-z]+(?=([A-Z]\w*[A-Z]\w*))")
# Pagefind interprets three underscores. U+2E3B separates the fields of a record.
_MARKS = re.compile("_{3,}|\u2e3b")
_MARK_STARTS = ("___", "\u2e3b")


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A paper's searchable data. Every text is one line in NFC; absent texts are empty."""

    id: str
    date: dt.date
    """The primary date."""
    title: str
    authors: str = ""
    """Names, separated by commas."""
    organization: str = ""
    organization_slug: str = ""
    keywords: str = ""
    """Keywords, the names of its topics in every language, and inner names of its title."""
    topics: tuple[str, ...] = ()
    """Slugs, best match first."""
    bullets: str = ""
    """The bullets of all languages."""
    abstract: str = ""
    votes: int | None = None
    has_code: bool = False
    has_video: bool = False
    address: str = ""
    """Relative to the site's root."""
    picture: str = ""
    """Address of a small picture."""


class Shard(msgspec.Struct, frozen=True):
    """Papers that are indexed together."""

    name: str
    papers: tuple[PrimaryListing, ...]
    """Oldest date first."""


FindAddresses = Callable[[PrimaryListing], tuple[str, str]]
"""Returns the address of a paper and that of its picture."""


def make_records(
    listings: Iterable[PrimaryListing], index: ArchiveIndex, find_addresses: FindAddresses
) -> list[Record]:
    """Return the record of each of `listings`, in their order."""
    topic_names = {slug: " ".join(dict.fromkeys(names.values())) for slug, names in index.topic_names.items()}
    return [
        _record(listing, index.topics.get(listing.paper.id, ()), topic_names, find_addresses(listing))
        for listing in listings
    ]


def plan_shards(listings: Sequence[PrimaryListing], settles_days: int) -> list[Shard]:
    """Return `listings`, oldest date first, in shards; none of them is empty.

    A month is closed if its last day is more than `settles_days` days before the newest paper: its votes are not
    fetched again.
    """
    if not listings:
        return []
    open_since = (listings[-1].date - dt.timedelta(days=settles_days)).replace(day=1)
    closed: list[list[PrimaryListing]] = []
    recent: list[PrimaryListing] = []
    for month, of_month in groupby(listings, key=lambda listing: listing.date.replace(day=1)):
        if month >= open_since:
            recent.extend(of_month)
            continue
        if not closed or len(closed[-1]) >= SHARD_PAPERS:
            closed.append([])
        closed[-1].extend(of_month)
    shards = [Shard(str(number), tuple(papers)) for number, papers in enumerate(closed, 1)]
    return [*shards, Shard(RECENT, tuple(recent))]


def plain(text: str, chars: int = TEXT_CHARS) -> str:
    """Return `text` for the index: one line of at most `chars`, without very long words and Pagefind's marks."""
    text = text[: 2 * chars]
    if any(marker in text for marker in _MARK_STARTS):  # checked first, because few texts contain one
        text = _MARKS.sub(" ", text)
    line = normalize("NFC", cut(" ".join(text.split()), chars))
    if max(map(len, line.split()), default=0) <= WORD_CHARS:
        return line
    return _LONG_WORD.sub(r"\g<0> ", line)


def _record(
    listing: PrimaryListing, topics: tuple[str, ...], topic_names: dict[str, str], addresses: tuple[str, str]
) -> Record:
    paper, organization = listing.paper, listing.paper.organization
    inner_names = _INNER_NAME.findall(paper.title[:TITLE_CHARS])
    keywords = [*paper.keywords, *(topic_names[slug] for slug in topics if slug in topic_names), *inner_names]
    address, picture = addresses
    return Record(
        id=paper.id,
        date=listing.date,
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
        address=address,
        picture=picture,
    )


def _joined(texts: Iterable[str], separator: str) -> str:
    return plain(separator.join(texts), NAMES_CHARS)
