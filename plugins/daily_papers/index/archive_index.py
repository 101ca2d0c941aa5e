"""What pages ask of many days: one light entry a date, each paper where it counts, and all of it on one ArchiveIndex.

Days and the ledger go in, a DaySummary a date and a Counted a paper come out; reading files is left to `archive`,
drawing to `pages`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import msgspec

from daily_papers.index.day_summary import DaySummary, votes_seen
from daily_papers.model.records import Day, Paper

Listings = Mapping[str, tuple[dt.date, ...]]
"""The dates of papers that are listed on several, oldest first, by id."""


def find_relisted(days: Iterable[Day]) -> Listings:
    """Return the dates of each paper that is listed on more than one, oldest first, by its id."""
    dates: defaultdict[str, list[dt.date]] = defaultdict(list)
    for day in days:
        for paper in day.papers:
            dates[paper.id].append(day.date)
    return {paper_id: tuple(sorted(listed)) for paper_id, listed in dates.items() if len(listed) > 1}


def assign_primary_dates(entries: dict[dt.date, DaySummary], days: Mapping[dt.date, Day], listed: Listings) -> None:
    """Note in `entries` what is counted on another date: a paper counts where it has the most votes, else first."""
    for paper_id, dates in listed.items():
        votes = _votes_by_date(paper_id, dates, days)
        counted = _counts_on(votes)
        for date in dates:
            if date != counted:
                entry = entries[date]
                entries[date] = msgspec.structs.replace(
                    entry,
                    elsewhere_papers=entry.elsewhere_papers + 1,
                    elsewhere_votes=entry.elsewhere_votes + votes[date],
                )


class PrimaryListing(msgspec.Struct, frozen=True, gc=False):
    """A paper on the one date where it counts: of those that list it, the one with most votes."""

    date: dt.date
    paper: Paper

    @property
    def votes(self) -> int:
        """Upvotes as last seen; unknown ones count 0."""
        return self.paper.votes or 0


def counted_papers(days: Mapping[dt.date, Day], listed: Listings) -> list[PrimaryListing]:
    """Return each paper once, oldest date first, on each date in the day's own ranking."""
    counts_on = {paper_id: _counts_on(_votes_by_date(paper_id, dates, days)) for paper_id, dates in listed.items()}
    return [
        PrimaryListing(date, paper)
        for date, day in sorted(days.items())
        for paper in day.ranked
        if counts_on.get(paper.id, date) == date
    ]


def _votes_by_date(paper_id: str, dates: Sequence[dt.date], days: Mapping[dt.date, Day]) -> dict[dt.date, int]:
    return {date: next(paper.votes or 0 for paper in days[date].papers if paper.id == paper_id) for date in dates}


def _counts_on(votes: Mapping[dt.date, int]) -> dt.date:
    """Return the date on which a paper counts, by its votes on each: the first of those with most."""
    return max(votes, key=lambda date: votes[date])


@dataclass(frozen=True)
class ArchiveIndex:
    """The whole archive as pages ask for it; nothing on it is changed once it stands."""

    days: Mapping[dt.date, Day] = field(default_factory=dict)
    """The days that have papers to show, as the curation has them."""
    entries: Sequence[DaySummary] = ()
    """Of each date that has a page, oldest first."""
    dates: Sequence[DaySummary] = ()
    """Of each date there should be, oldest first."""
    listed: Listings = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The topics of each paper, as slugs, the best first, by its id."""
    topic_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The name of each topic by language code, by slug, in the order of the taxonomy."""
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of earlier papers that a paper is related to, the nearest first, by its id."""

    @cached_property
    def counted(self) -> list[PrimaryListing]:
        return counted_papers(self.days, self.listed)

    @cached_property
    def changed(self) -> dict[dt.date, dt.date]:
        """When each day is known to have changed last, by its date."""
        return {date: votes_seen(day) or date for date, day in self.days.items()}

    def last_change(self, dates: Iterable[dt.date]) -> dt.date | None:
        """Return when a day of `dates` changed last; None where none of them has papers."""
        return max(filter(None, map(self.changed.get, set(dates))), default=None)

    @cached_property
    def known(self) -> dt.date | None:
        """The last UTC day of which the archive knows anything: what is newest in it, or when it was last asked for."""
        return max(chain(self.days, self.changed.values()), default=None)

    def first_listed(self, one: PrimaryListing) -> dt.date:
        """Return when a paper was first listed: unlike the date it counts on, votes do not move it."""
        return self.listed.get(one.paper.id, (one.date,))[0]

    @cached_property
    def first_listings(self) -> dict[str, tuple[dt.date, str]]:
        """Where each paper was first listed, and the title it had there, by its id."""
        first: dict[str, tuple[dt.date, str]] = {}
        for date, day in sorted(self.days.items()):
            for paper in day.papers:
                first.setdefault(paper.id, (date, paper.title))
        return first

    @cached_property
    def by_topic(self) -> dict[str, list[PrimaryListing]]:
        """The papers of each topic, oldest date first, by its slug, in the order of the taxonomy."""
        papers: dict[str, list[PrimaryListing]] = {slug: [] for slug in self.topic_names}
        for one in self.counted:
            for slug in self.topics.get(one.paper.id, ()):
                papers[slug].append(one)
        return papers

    @cached_property
    def newest(self) -> dt.date | None:
        """The newest date that has papers: where "this week" and "this month" count from."""
        return max(self.days, default=None)

    @cached_property
    def seen(self) -> dt.date | None:
        """The newest UTC day on which votes of any day are known to have been read."""
        return max(filter(None, map(votes_seen, self.days.values())), default=None)
