"""The archive in memory: its days, a summary of each date, and each paper on its primary date.

A paper that several dates list is counted once, on its primary date: the one where it has the most votes. `archive`
reads the files, `site` renders the pages.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import msgspec

from daily_papers.index.day_summary import DaySummary, votes_read_on
from daily_papers.model.records import Day, Paper

Relisted = Mapping[str, tuple[dt.date, ...]]
"""The dates of papers that are listed on more than one, oldest first, by paper id."""


class PrimaryListing(msgspec.Struct, frozen=True, gc=False):
    """A paper on its primary date, with its record of that date."""

    date: dt.date
    paper: Paper

    @property
    def votes(self) -> int:
        """The last known number of upvotes; 0 if unknown."""
        return self.paper.votes or 0


def find_relisted(days: Iterable[Day]) -> Relisted:
    """Return the dates of each paper that is listed on more than one, oldest first, by paper id."""
    dates_by_id: defaultdict[str, list[dt.date]] = defaultdict(list)
    for day in days:
        for paper in day.papers:
            dates_by_id[paper.id].append(day.date)
    return {paper_id: tuple(sorted(dates)) for paper_id, dates in dates_by_id.items() if len(dates) > 1}


def assign_primary_dates(
    summaries: dict[dt.date, DaySummary], days: Mapping[dt.date, Day], relisted_dates: Relisted
) -> None:
    """Add to `summaries` the papers and votes that are counted on another date, for all papers of `relisted_dates`."""
    for paper_id, dates in relisted_dates.items():
        votes = _votes_by_date(paper_id, dates, days)
        primary_date = _primary_date(votes)
        for date in dates:
            if date != primary_date:
                summary = summaries[date]
                summaries[date] = msgspec.structs.replace(
                    summary,
                    elsewhere_papers=summary.elsewhere_papers + 1,
                    elsewhere_votes=summary.elsewhere_votes + votes[date],
                )


def find_primary_listings(days: Mapping[dt.date, Day], relisted_dates: Relisted) -> list[PrimaryListing]:
    """Return each paper once, oldest date first, and within a date in the day's ranking."""
    primary_dates = {
        paper_id: _primary_date(_votes_by_date(paper_id, dates, days)) for paper_id, dates in relisted_dates.items()
    }
    return [
        PrimaryListing(date, paper)
        for date, day in sorted(days.items())
        for paper in day.ranked
        if primary_dates.get(paper.id, date) == date
    ]


def _votes_by_date(paper_id: str, dates: Sequence[dt.date], days: Mapping[dt.date, Day]) -> dict[dt.date, int]:
    return {date: next(paper.votes or 0 for paper in days[date].papers if paper.id == paper_id) for date in dates}


def _primary_date(votes: Mapping[dt.date, int]) -> dt.date:
    """Return the date with the most votes; of equal ones, the first in the order of `votes`."""
    return max(votes, key=lambda date: votes[date])


@dataclass(frozen=True)
class ArchiveIndex:
    """The whole archive, as pages need it. It does not change after its construction."""

    days: Mapping[dt.date, Day] = field(default_factory=dict)
    """The days with papers to show, after the curation was applied, by date."""
    day_summaries: Sequence[DaySummary] = ()
    """Each date that has a page, oldest first."""
    calendar_days: Sequence[DaySummary] = ()
    """Each date of the calendar, oldest first, with weekends and missing dates."""
    relisted_dates: Relisted = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The slugs of each paper's topics, best match first, by paper id."""
    topic_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The name of each topic by language code, by topic slug, in the order of the taxonomy."""
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of earlier papers that are related to a paper, most similar first, by paper id."""

    @cached_property
    def primary_listings(self) -> list[PrimaryListing]:
        """Each paper once, oldest date first, and within a date in the day's ranking."""
        return find_primary_listings(self.days, self.relisted_dates)

    @cached_property
    def change_dates(self) -> dict[dt.date, dt.date]:
        """The last UTC day on which each day is known to have changed, by date; the date itself if it is unknown."""
        return {date: votes_read_on(day) or date for date, day in self.days.items()}

    def last_change(self, dates: Iterable[dt.date]) -> dt.date | None:
        """Return the UTC day of the last change among `dates`; None if none of them has papers."""
        return max(filter(None, map(self.change_dates.get, set(dates))), default=None)

    @cached_property
    def last_known_date(self) -> dt.date | None:
        """The newest date in the archive, or the last UTC day on which it is known to have changed if later."""
        return max(chain(self.days, self.change_dates.values()), default=None)

    def first_listed(self, listing: PrimaryListing) -> dt.date:
        """Return the first date that lists a paper. Unlike the primary date, it does not depend on votes."""
        return self.relisted_dates.get(listing.paper.id, (listing.date,))[0]

    @cached_property
    def first_listings(self) -> dict[str, tuple[dt.date, str]]:
        """The first date that lists each paper, and the title on that date, by paper id."""
        first: dict[str, tuple[dt.date, str]] = {}
        for date, day in sorted(self.days.items()):
            for paper in day.papers:
                first.setdefault(paper.id, (date, paper.title))
        return first

    @cached_property
    def by_topic(self) -> dict[str, list[PrimaryListing]]:
        """The papers of each topic, oldest date first, by topic slug, in the order of the taxonomy."""
        papers: dict[str, list[PrimaryListing]] = {slug: [] for slug in self.topic_names}
        for listing in self.primary_listings:
            for slug in self.topics.get(listing.paper.id, ()):
                papers[slug].append(listing)
        return papers

    @cached_property
    def newest(self) -> dt.date | None:
        """The newest date that has papers. "This week" and "this month" end with it."""
        return max(self.days, default=None)

    @cached_property
    def votes_read_on(self) -> dt.date | None:
        """The last UTC day on which the votes of any day are known to have been read."""
        return max(filter(None, map(votes_read_on, self.days.values())), default=None)
