"""Rankings: each paper once, in the stated order, and independent of today's date."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.rankings import (
    SETTLED_DAYS,
    SETTLED_VOTES,
    Gain,
    VoteHistory,
    late_bloomers,
    listed_between,
    rising,
    settled,
    spans,
    top,
    votes_on,
)
from daily_papers.model.records import Paper
from tests import strategies
from tests.factories import make_day, make_index, make_paper

DATE = dt.date(2024, 1, 1)
VOTES_READ_ON = dt.date(2024, 1, 12)


def listings_of(histories: Mapping[tuple[dt.date, str], VoteHistory]) -> list[PrimaryListing]:
    """Return the primary listings of papers, given as vote histories by date and paper id."""
    papers: defaultdict[dt.date, list[Paper]] = defaultdict(list)
    for (date, paper_id), readings in histories.items():
        votes = readings[-1][1] if readings else None
        papers[date].append(make_paper(id=paper_id, votes=votes, vote_history=tuple(readings)))
    return make_index(*(make_day(date, *of_date) for date, of_date in papers.items())).primary_listings


days_of_january = st.integers(1, 12).map(lambda day: dt.date(2024, 1, day))
histories = st.dictionaries(days_of_january, st.integers(0, 99), max_size=4).map(lambda h: tuple(sorted(h.items())))
archives = st.dictionaries(st.tuples(days_of_january, strategies.ids), histories, max_size=12).map(listings_of)


def history(*readings: tuple[int, int]) -> VoteHistory:
    """Return readings of votes, each given with its number of days after DATE."""
    return tuple((DATE + dt.timedelta(days=days), votes) for days, votes in readings)


def listing_of(*readings: tuple[int, int], paper_id: str = "2401.00001") -> PrimaryListing:
    votes = readings[-1][1] if readings else None
    return PrimaryListing(DATE, make_paper(id=paper_id, votes=votes, vote_history=tuple(history(*readings))))


class TestSpans:
    def test_spans_end_with_the_newest_day_and_each_contains_the_shorter_ones(self) -> None:
        assert {name: (str(first), str(last)) for name, (first, last) in spans(dt.date(2024, 3, 1)).items()} == {
            "today": ("2024-03-01", "2024-03-01"),
            "week": ("2024-02-26", "2024-03-01"),
            "month": ("2024-03-01", "2024-03-01"),
            "year": ("2024-01-01", "2024-03-01"),
            "all": ("0001-01-01", "2024-03-01"),
        }

    @given(archives, days_of_january, days_of_january)
    def test_a_span_contains_the_papers_of_its_dates_and_no_others(
        self, listings: list[PrimaryListing], first: dt.date, last: dt.date
    ) -> None:
        assert list(listed_between(listings, first, last)) == [each for each in listings if first <= each.date <= last]


class TestTop:
    @given(archives, st.integers(1, 20))
    def test_each_paper_is_listed_once_by_votes_then_newer_date_then_rank_of_its_day(
        self, listings: list[PrimaryListing], number: int
    ) -> None:
        ranked = top(listings, number)
        assert len(ranked) == min(number, len(listings))
        assert len({listing.paper.id for listing in ranked}) == len(ranked)
        positions = {listing.paper.id: position for position, listing in enumerate(listings)}
        for higher, lower in pairwise(ranked):
            assert (-higher.votes, -higher.date.toordinal(), positions[higher.paper.id]) < (
                -lower.votes,
                -lower.date.toordinal(),
                positions[lower.paper.id],
            )
        left_out = {listing.paper.id for listing in listings} - {listing.paper.id for listing in ranked}
        assert all(listing.votes <= ranked[-1].votes for listing in listings if listing.paper.id in left_out)


class TestVotesOn:
    @pytest.mark.parametrize(
        ("readings", "day", "votes"),
        [
            ([(1, 10)], 0, 10),  # before the first reading
            ([(1, 10)], 9, 10),  # after the last one
            ([(1, 10), (3, 30)], 1, 10),  # on a reading
            ([(1, 10), (3, 30)], 2, 20),  # evenly between two
            ([(0, 0), (3, 10)], 1, 4),  # rounded up, so that no gain is overstated
            ([(0, 10), (3, 0)], 1, 7),  # also if votes were taken back
            ([(0, 51), (998, 55)], 995, 55),
        ],
    )
    def test_votes_grow_evenly_between_two_readings(
        self, readings: list[tuple[int, int]], day: int, votes: int
    ) -> None:
        assert votes_on(history(*readings), DATE + dt.timedelta(days=day)) == votes

    @given(histories.filter(bool), days_of_january)
    def test_votes_are_never_above_or_below_all_readings(self, readings: VoteHistory, date: dt.date) -> None:
        assert min(votes for _, votes in readings) <= votes_on(readings, date) <= max(votes for _, votes in readings)
        for day, votes in readings:
            assert votes_on(readings, day) == votes


class TestRising:
    @pytest.mark.parametrize(
        ("readings", "gained"),
        [
            ([], None),  # never read
            ([(11, 50)], None),  # read once, even if new
            ([(0, 10), (8, 50)], None),  # the last change is older than the span
            ([(0, 10), (8, 20), (11, 50)], 30),  # votes at the beginning were read
            ([(0, 10), (8, 20), (9, 60), (11, 50)], 30),  # some were taken back
            ([(9, 12), (10, 30), (11, 31)], 19),  # first read within the span
            ([(7, 10), (9, 30), (10, 35)], 15),  # the beginning is between two readings
            ([(0, 10), (8, 50), (11, 40)], None),  # lost votes are no gain
        ],
    )
    def test_the_gain_is_the_votes_since_the_beginning_of_the_span(
        self, readings: list[tuple[int, int]], gained: int | None
    ) -> None:
        gains = rising([listing_of(*readings)], VOTES_READ_ON, 5)
        assert [gain.gained for gain in gains] == ([] if gained is None else [gained])

    def test_a_day_fetched_again_years_later_does_not_rise(self) -> None:
        old = listing_of((0, 51), (998, 80))
        assert rising([old], DATE + dt.timedelta(days=998), 5) == []

    def test_papers_are_sorted_by_gain_then_by_votes(self) -> None:
        papers = [
            listing_of((8, 10), (11, 20), paper_id="2401.00001"),
            listing_of((8, 90), (11, 95), paper_id="2401.00002"),
            listing_of((8, 50), (11, 60), paper_id="2401.00003"),
        ]
        gains = rising(papers, VOTES_READ_ON, 5)
        assert [(gain.listing.paper.id[-1], gain.gained) for gain in gains] == [("3", 10), ("1", 10), ("2", 5)]
        assert rising(papers, VOTES_READ_ON, 1) == gains[:1]

    @given(archives, st.integers(1, 9))
    def test_each_paper_is_listed_once_largest_gain_first(self, listings: list[PrimaryListing], days: int) -> None:
        gains = rising(listings, VOTES_READ_ON, 50, days)
        assert_gains_once(gains)
        assert [gain.gained for gain in gains] == sorted((gain.gained for gain in gains), reverse=True)
        assert all(gain.listing.paper.vote_history[-1][0] > VOTES_READ_ON - dt.timedelta(days=days) for gain in gains)


class TestLateBloomers:
    @pytest.mark.parametrize(
        ("readings", "gained"),
        [
            ([(0, 10), (1, 20), (7, 30), (30, 90)], 60),
            ([(0, 10), (1, 20), (6, 30), (8, 40), (30, 90)], 55),  # the seventh day is between two readings
            ([(0, 10), (1, 20), (7, 30)], None),  # nothing came late
            ([(0, 10), (30, 90)], None),  # read only twice: nobody knows when the votes came
            ([(20, 10), (30, 90)], None),  # first read after the week
            ([(0, 10), (1, 20), (7, 30), (30, 25)], None),
            ([], None),
        ],
    )
    def test_the_gain_is_the_votes_after_the_first_seven_days(
        self, readings: list[tuple[int, int]], gained: int | None
    ) -> None:
        gains = late_bloomers([listing_of(*readings)], 5)
        assert [gain.gained for gain in gains] == ([] if gained is None else [gained])

    def test_both_a_large_share_and_many_votes_count(self) -> None:
        papers = [
            listing_of((0, 1), (1, 2), (30, 22), paper_id="2401.00001"),  # nearly all its votes, but few
            listing_of((0, 100), (1, 400), (7, 500), (30, 560), paper_id="2401.00002"),  # many votes, but a small share
            listing_of((0, 10), (1, 20), (7, 50), (30, 100), paper_id="2401.00003"),  # 50 * 50 / 100
        ]
        assert [gain.listing.paper.id[-1] for gain in late_bloomers(papers, 5)] == ["3", "1", "2"]

    @given(archives)
    def test_each_paper_is_listed_once_in_the_order_of_the_formula(self, listings: list[PrimaryListing]) -> None:
        papers = [PrimaryListing(listing.date - dt.timedelta(days=5), listing.paper) for listing in listings]
        gains = late_bloomers(papers, 50)
        assert_gains_once(gains)
        values = [gain.gained**2 / gain.listing.paper.vote_history[-1][1] for gain in gains]
        assert values == sorted(values, reverse=True)


class TestSettled:
    def test_a_paper_with_enough_votes_is_settled_two_days_after_its_first_listing(self) -> None:
        later = DATE + dt.timedelta(days=5)
        index = make_index(
            make_day(DATE, make_paper(1, votes=SETTLED_VOTES), make_paper(2, votes=SETTLED_VOTES - 1)),
            make_day(later, make_paper(1, votes=SETTLED_VOTES + 1)),
        )
        assert [(date, listing.paper.id, listing.date) for date, listing in settled(index)] == [
            (DATE + dt.timedelta(days=SETTLED_DAYS), "2607.00001", later)
        ]

    def test_a_paper_is_not_settled_before_the_archive_knows_of_that_day(self) -> None:
        assert settled(make_index(make_day(DATE, make_paper(1, votes=SETTLED_VOTES)))) == []
        fetched_at = dt.datetime(2024, 1, 3, 3, tzinfo=dt.UTC)
        index = make_index(make_day(DATE, make_paper(1, votes=SETTLED_VOTES), fetched_at=fetched_at))
        assert [date for date, _ in settled(index)] == [DATE + dt.timedelta(days=SETTLED_DAYS)]


def assert_gains_once(gains: list[Gain]) -> None:
    """Check that each paper is listed once, and gained votes."""
    assert len({gain.listing.paper.id for gain in gains}) == len(gains)
    assert all(gain.gained > 0 for gain in gains)
