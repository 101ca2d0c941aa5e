"""Statistics of the archive: months, weekdays, rising and falling topics, and the most listed organizations.

Every paper is counted once, on its primary date. All spans end with the newest stored day, not with today: the same
archive always has the same numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import OrganizationPapers, group_by_organization
from daily_papers.index.rankings import listed_between
from daily_papers.model.dates import add_months, month_of, months_of

RECENT_MONTHS, EARLIER_MONTHS = 3, 12
"""Number of full months in a trend's recent span, and in the earlier span with which it is compared."""
MIN_PAPERS = 100
"""Number of papers with a topic that each of the two spans needs; shares of fewer papers are not significant."""
MIN_TOPIC_PAPERS = 20
"""Number of papers that a topic needs in both spans together."""
MIN_CHANGE = 0.005
"""A topic rises or falls if its share changes by at least half a percentage point."""
MAX_MOVERS = 8
MAX_ORGANIZATIONS = 20
_FRIDAY = 4


class MonthStatistics(msgspec.Struct, frozen=True):
    """One calendar month. All numbers are 0 if none of its days is stored."""

    first: dt.date
    is_over: bool
    """True if no weekday of the month comes after the newest stored day."""
    days: int = 0
    """Number of primary dates."""
    papers: int = 0
    votes: int = 0
    with_code: int | None = None
    """None in the months before the first paper with code: upstream has reported code since March 2025 only."""
    with_video: int | None = None
    """None in the months before the first paper with a video."""

    @property
    def papers_a_day(self) -> float | None:
        return _ratio(self.papers, self.days)

    @property
    def votes_a_day(self) -> float | None:
        return _ratio(self.votes, self.days)

    @property
    def code_share(self) -> float | None:
        """Between 0 and 1; None if `with_code` is None or the month has no papers."""
        return _ratio(self.with_code, self.papers)

    @property
    def video_share(self) -> float | None:
        """Between 0 and 1; None if `with_video` is None or the month has no papers."""
        return _ratio(self.with_video, self.papers)


class Weekday(msgspec.Struct, frozen=True):
    """All days of one weekday that have papers."""

    number: int
    """0 is Monday."""
    days: int
    papers: int
    votes: int

    @property
    def papers_a_day(self) -> float:
        return self.papers / self.days

    @property
    def votes_a_day(self) -> float:
        return self.votes / self.days


class Trend(msgspec.Struct, frozen=True):
    """One topic in the recent span and in the earlier one."""

    slug: str
    now: int
    """Number of the topic's papers in the recent span."""
    before: int
    """Number of the topic's papers in the earlier span."""
    share_now: float
    share_before: float
    """Shares of all papers of that span that have a topic, between 0 and 1."""

    @property
    def change(self) -> float:
        """The difference of the shares, between -1 and 1: 0.02 is two percentage points."""
        return self.share_now - self.share_before


class Trends(msgspec.Struct, frozen=True):
    """The changes of the topics' shares from the earlier span, `before`, to the recent span, `now`."""

    before: tuple[dt.date, dt.date]
    now: tuple[dt.date, dt.date]
    """First and last date of each span."""
    papers_before: int
    papers_now: int
    """Number of papers that have a topic. A paper with several topics is in the share of each."""
    topics: tuple[Trend, ...]
    """The topics with at least MIN_TOPIC_PAPERS papers, the largest gain first."""

    @property
    def rising(self) -> tuple[Trend, ...]:
        """Up to MAX_MOVERS topics that gained at least MIN_CHANGE, the largest gain first."""
        return tuple(trend for trend in self.topics if trend.change >= MIN_CHANGE)[:MAX_MOVERS]

    @property
    def falling(self) -> tuple[Trend, ...]:
        """Up to MAX_MOVERS topics that lost at least MIN_CHANGE, the largest loss first."""
        return tuple(trend for trend in reversed(self.topics) if trend.change <= -MIN_CHANGE)[:MAX_MOVERS]


class MostListed(msgspec.Struct, frozen=True):
    """The organizations with the most papers in one span."""

    first: dt.date
    last: dt.date
    papers: int
    """Number of all papers in the span, with an organization or without."""
    with_organization: int
    listed: tuple[OrganizationPapers, ...]
    """Up to MAX_ORGANIZATIONS, in the order of `group_by_organization`, with their papers of the span."""


class Statistics(msgspec.Struct, frozen=True):
    days: int
    papers: int
    votes: int
    months: tuple[MonthStatistics, ...]
    """Every month from the first with papers to the newest, oldest first."""
    weekdays: tuple[Weekday, ...]
    """The weekdays that have papers, Monday first."""
    trends: Trends | None
    """None if one of the two spans has too few papers with a topic."""
    organizations: MostListed | None
    """Of all dates; None for an empty archive."""
    organizations_of_year: MostListed | None
    """Of the twelve months that end with the newest day; None for an empty archive."""

    @property
    def months_with_papers(self) -> int:
        return sum(1 for month in self.months if month.papers)


def compute_statistics(index: ArchiveIndex) -> Statistics:
    listings = index.primary_listings
    papers_by_date = Counter(listing.date for listing in listings)
    votes_by_date: Counter[dt.date] = Counter()
    for listing in listings:
        votes_by_date[listing.date] += listing.votes
    newest = max(papers_by_date, default=None)
    return Statistics(
        days=len(papers_by_date),
        papers=len(listings),
        votes=votes_by_date.total(),
        months=tuple(_months(listings, newest)) if newest else (),
        weekdays=tuple(_weekdays(papers_by_date, votes_by_date)),
        trends=find_trends(listings, index.topics, newest) if newest else None,
        organizations=_most_listed(listings, min(papers_by_date), newest) if newest else None,
        organizations_of_year=_most_listed(listings, year_before(newest), newest) if newest else None,
    )


def find_trends(
    listings: Iterable[PrimaryListing], topics: Mapping[str, tuple[str, ...]], newest: dt.date
) -> Trends | None:
    """Return the trends of the last RECENT_MONTHS full months, compared with the EARLIER_MONTHS months before them.

    A month is full if it is over by `newest`. `topics` are those of each paper, by paper id. Return None if one of the
    two spans has fewer than MIN_PAPERS papers with a topic.
    """
    end = month_of(newest) if not is_over(newest, newest) else add_months(newest, 1)
    middle, start = add_months(end, -RECENT_MONTHS), add_months(end, -RECENT_MONTHS - EARLIER_MONTHS)
    now, before = Counter[str](), Counter[str]()
    papers_now = papers_before = 0
    for listing in listings:
        slugs = topics.get(listing.paper.id)
        if not slugs or not start <= listing.date < end:
            continue
        if listing.date >= middle:
            papers_now += 1
            now.update(slugs)
        else:
            papers_before += 1
            before.update(slugs)
    if min(papers_now, papers_before) < MIN_PAPERS:
        return None
    trends = [
        Trend(slug, now[slug], before[slug], now[slug] / papers_now, before[slug] / papers_before)
        for slug in sorted(now | before)
        if now[slug] + before[slug] >= MIN_TOPIC_PAPERS
    ]
    day = dt.timedelta(days=1)
    return Trends(
        before=(start, middle - day),
        now=(middle, end - day),
        papers_before=papers_before,
        papers_now=papers_now,
        topics=tuple(sorted(trends, key=lambda trend: -trend.change)),
    )


def is_over(month: dt.date, newest: dt.date) -> bool:
    """Return True if no weekday of the month that contains the date `month` comes after `newest`."""
    last = add_months(month, 1) - dt.timedelta(days=1)
    return newest >= last - dt.timedelta(days=max(0, last.weekday() - _FRIDAY))


def year_before(newest: dt.date) -> dt.date:
    """Return the first date of the year that ends with `newest`."""
    if (newest.month, newest.day) == (2, 29):
        return dt.date(newest.year - 1, 3, 1)
    return newest.replace(year=newest.year - 1) + dt.timedelta(days=1)


def _months(listings: Iterable[PrimaryListing], newest: dt.date) -> Iterator[MonthStatistics]:
    by_month: defaultdict[dt.date, list[PrimaryListing]] = defaultdict(list)
    for listing in listings:
        by_month[month_of(listing.date)].append(listing)
    has_code = has_video = False
    for first in months_of(by_month):
        of_month = by_month[first]
        with_code = sum(listing.paper.has_code for listing in of_month)
        with_video = sum(listing.paper.has_video for listing in of_month)
        has_code, has_video = has_code or with_code > 0, has_video or with_video > 0
        yield MonthStatistics(
            first=first,
            is_over=is_over(first, newest),
            days=len({listing.date for listing in of_month}),
            papers=len(of_month),
            votes=sum(listing.votes for listing in of_month),
            with_code=with_code if has_code else None,
            with_video=with_video if has_video else None,
        )


def _weekdays(papers: Counter[dt.date], votes: Counter[dt.date]) -> Iterator[Weekday]:
    for number in range(7):
        dates = [date for date in papers if date.weekday() == number]
        if dates:
            yield Weekday(number, len(dates), sum(papers[date] for date in dates), sum(votes[date] for date in dates))


def _most_listed(listings: Sequence[PrimaryListing], first: dt.date, last: dt.date) -> MostListed:
    of_span = listed_between(listings, first, last)
    ranked = [*group_by_organization(of_span).values()]
    return MostListed(
        first=first,
        last=last,
        papers=len(of_span),
        with_organization=sum(len(organization.papers) for organization in ranked),
        listed=tuple(ranked[:MAX_ORGANIZATIONS]),
    )


def _ratio(part: int | None, whole: int) -> float | None:
    return part / whole if part is not None and whole else None
