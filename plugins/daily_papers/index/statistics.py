"""The archive in numbers: what each month and weekday brought, which topics rise and fall, who is listed most.

An ArchiveIndex goes in, one Stats comes out; every paper counts once, on the date where it counts. The same archive
gives the same numbers whenever it is looked at: all spans end with the newest stored day. Drawing and words are left to
`pages`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import Organization, organizations
from daily_papers.index.rankings import within
from daily_papers.model.dates import add_months, month_of, months_of

NOW_MONTHS, BEFORE_MONTHS = 3, 12
"""How many full months a topic's share is looked at, and with how many before those it is compared."""
LEAST_PAPERS = 100
"""How many papers with a topic each of the two spans must have: in fewer a share says nothing."""
LEAST_OF_TOPIC = 20
"""How many papers a topic must have in both spans together to be told."""
LEAST_CHANGE = 0.005
"""By how much a share must differ for its topic to rise or fall: half a percentage point."""
MOST_MOVERS = 8
MOST_LISTED = 20
_FRIDAY = 4


class Month(msgspec.Struct, frozen=True):
    """What one calendar month brought; all 0 for one of which nothing is stored."""

    first: dt.date
    is_over: bool
    """Whether no weekday of it is still to come after the newest stored day."""
    days: int = 0
    """Dates on which a paper counts."""
    papers: int = 0
    votes: int = 0
    with_code: int | None = None
    with_video: int | None = None
    """None in the months before the first paper with one: upstream has told of code since March 2025 only."""

    @property
    def papers_a_day(self) -> float | None:
        return _ratio(self.papers, self.days)

    @property
    def votes_a_day(self) -> float | None:
        return _ratio(self.votes, self.days)

    @property
    def code_share(self) -> float | None:
        """Between 0 and 1; None where nothing is told, or without papers. The same for `video_share`."""
        return _ratio(self.with_code, self.papers)

    @property
    def video_share(self) -> float | None:
        return _ratio(self.with_video, self.papers)


class Weekday(msgspec.Struct, frozen=True):
    """What the days of one weekday brought, of those that have papers."""

    number: int
    """Monday is 0."""
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
    """One topic in the newest full months, and in those before them."""

    slug: str
    now: int
    before: int
    """Papers of the topic in each span."""
    share_now: float
    share_before: float
    """Of the papers of that span that have a topic, between 0 and 1."""

    @property
    def change(self) -> float:
        """What the share gained, between -1 and 1: 0.02 are two percentage points."""
        return self.share_now - self.share_before


class Trends(msgspec.Struct, frozen=True):
    """How the shares of topics moved: `share_now` in the span `now`, less `share_before` in the span `before`."""

    before: tuple[dt.date, dt.date]
    now: tuple[dt.date, dt.date]
    """First and last date of each span."""
    papers_before: int
    papers_now: int
    """Papers that have a topic; one of several topics is in the share of each."""
    topics: tuple[Trend, ...]
    """Those with LEAST_OF_TOPIC papers or more, what gained most first."""

    @property
    def rising(self) -> tuple[Trend, ...]:
        """What gained LEAST_CHANGE or more, most first, MOST_MOVERS at the most. The same for `falling`."""
        return tuple(trend for trend in self.topics if trend.change >= LEAST_CHANGE)[:MOST_MOVERS]

    @property
    def falling(self) -> tuple[Trend, ...]:
        return tuple(trend for trend in reversed(self.topics) if trend.change <= -LEAST_CHANGE)[:MOST_MOVERS]


class MostListed(msgspec.Struct, frozen=True):
    """The organizations that were listed most in one span."""

    first: dt.date
    last: dt.date
    papers: int
    """Of the span, with an organization or without."""
    with_organization: int
    listed: tuple[Organization, ...]
    """MOST_LISTED at the most, the one with most papers first, as `people` has them of that span."""


class Stats(msgspec.Struct, frozen=True):
    days: int
    papers: int
    votes: int
    months: tuple[Month, ...]
    """Every month from the first with papers to the newest, oldest first."""
    weekdays: tuple[Weekday, ...]
    """Those on which there was ever a paper, Monday first."""
    trends: Trends | None
    """None where either span has too few papers with a topic."""
    organizations: MostListed | None
    organizations_of_year: MostListed | None
    """The same of the twelve months that end with the newest day; both None for an empty archive."""

    @property
    def months_with_papers(self) -> int:
        return sum(1 for month in self.months if month.papers)


def make_stats(shelf: ArchiveIndex) -> Stats:
    """Return the numbers of the whole archive."""
    counted = shelf.counted
    dates = Counter(one.date for one in counted)
    votes: Counter[dt.date] = Counter()
    for one in counted:
        votes[one.date] += one.votes
    newest = max(dates, default=None)
    return Stats(
        days=len(dates),
        papers=len(counted),
        votes=votes.total(),
        months=tuple(_months(counted, newest)) if newest else (),
        weekdays=tuple(_weekdays(dates, votes)),
        trends=find_trends(counted, shelf.topics, newest) if newest else None,
        organizations=_most_listed(counted, min(dates), newest) if newest else None,
        organizations_of_year=_most_listed(counted, year_before(newest), newest) if newest else None,
    )


def find_trends(
    counted: Iterable[PrimaryListing], topics: Mapping[str, tuple[str, ...]], newest: dt.date
) -> Trends | None:
    """Return how topics moved in the last NOW_MONTHS months that are over by `newest`, against BEFORE_MONTHS before.

    `topics` are those of each paper by its id. None where either span has fewer than LEAST_PAPERS papers with one.
    """
    end = month_of(newest) if not is_over(newest, newest) else add_months(newest, 1)
    middle, start = add_months(end, -NOW_MONTHS), add_months(end, -NOW_MONTHS - BEFORE_MONTHS)
    now, before = Counter[str](), Counter[str]()
    papers_now = papers_before = 0
    for one in counted:
        slugs = topics.get(one.paper.id)
        if not slugs or not start <= one.date < end:
            continue
        if one.date >= middle:
            papers_now += 1
            now.update(slugs)
        else:
            papers_before += 1
            before.update(slugs)
    if min(papers_now, papers_before) < LEAST_PAPERS:
        return None
    trends = [
        Trend(slug, now[slug], before[slug], now[slug] / papers_now, before[slug] / papers_before)
        for slug in sorted(now | before)
        if now[slug] + before[slug] >= LEAST_OF_TOPIC
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
    """Return whether no weekday of the month that `month` lies in comes after `newest`."""
    last = add_months(month, 1) - dt.timedelta(days=1)
    return newest >= last - dt.timedelta(days=max(0, last.weekday() - _FRIDAY))


def year_before(newest: dt.date) -> dt.date:
    """Return the first date of the year that ends with `newest`."""
    if (newest.month, newest.day) == (2, 29):
        return dt.date(newest.year - 1, 3, 1)
    return newest.replace(year=newest.year - 1) + dt.timedelta(days=1)


def _months(counted: Iterable[PrimaryListing], newest: dt.date) -> Iterator[Month]:
    by_month: defaultdict[dt.date, list[PrimaryListing]] = defaultdict(list)
    for one in counted:
        by_month[month_of(one.date)].append(one)
    has_code = has_video = False
    for first in months_of(by_month):
        papers = by_month[first]
        code = sum(one.paper.has_code for one in papers)
        video = sum(one.paper.has_video for one in papers)
        has_code, has_video = has_code or code > 0, has_video or video > 0
        yield Month(
            first=first,
            is_over=is_over(first, newest),
            days=len({one.date for one in papers}),
            papers=len(papers),
            votes=sum(one.votes for one in papers),
            with_code=code if has_code else None,
            with_video=video if has_video else None,
        )


def _weekdays(papers: Counter[dt.date], votes: Counter[dt.date]) -> Iterator[Weekday]:
    for number in range(7):
        dates = [date for date in papers if date.weekday() == number]
        if dates:
            yield Weekday(number, len(dates), sum(papers[date] for date in dates), sum(votes[date] for date in dates))


def _most_listed(counted: Sequence[PrimaryListing], first: dt.date, last: dt.date) -> MostListed:
    of_span = within(counted, first, last)
    found = [*organizations(of_span).values()]
    return MostListed(
        first=first,
        last=last,
        papers=len(of_span),
        with_organization=sum(len(each.papers) for each in found),
        listed=tuple(found[:MOST_LISTED]),
    )


def _ratio(part: int | None, whole: int) -> float | None:
    return part / whole if part is not None and whole else None
