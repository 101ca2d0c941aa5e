"""Rankings: each paper once, in an order that can be said in one sentence, and never by the clock."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.index.archive_index import PrimaryListing, counted_papers, find_relisted
from daily_papers.index.rankings import Gain, VoteHistory, late_bloomers, rising, spans, top, votes_on, within
from daily_papers.model.records import Day, Paper
from tests import strategies

DATE = dt.date(2024, 1, 1)
SEEN = dt.date(2024, 1, 12)


def archive(listed: Mapping[tuple[dt.date, str], VoteHistory]) -> list[PrimaryListing]:
    papers: defaultdict[dt.date, list[Paper]] = defaultdict(list)
    for (date, paper_id), readings in listed.items():
        votes = readings[-1][1] if readings else None
        papers[date].append(Paper(id=paper_id, title=paper_id, votes=votes, vote_history=tuple(readings)))
    days = {date: Day(date=date, source="huggingface", papers=tuple(found)) for date, found in papers.items()}
    return counted_papers(days, find_relisted(days.values()))


days_of_january = st.integers(1, 12).map(lambda day: dt.date(2024, 1, day))
histories = st.dictionaries(days_of_january, st.integers(0, 99), max_size=4).map(lambda h: tuple(sorted(h.items())))
archives = st.dictionaries(st.tuples(days_of_january, strategies.ids), histories, max_size=12).map(archive)


def history(*readings: tuple[int, int]) -> VoteHistory:
    """Votes by days after DATE."""
    return tuple((DATE + dt.timedelta(days=days), votes) for days, votes in readings)


def a_paper(*readings: tuple[int, int], name: str = "2401.00001") -> PrimaryListing:
    votes = readings[-1][1] if readings else None
    return PrimaryListing(DATE, Paper(id=name, title=name, votes=votes, vote_history=tuple(history(*readings))))


class TestSpans:
    def test_they_end_with_the_newest_day_and_each_holds_the_shorter_ones(self) -> None:
        assert {name: (str(first), str(last)) for name, (first, last) in spans(dt.date(2024, 3, 1)).items()} == {
            "today": ("2024-03-01", "2024-03-01"),
            "week": ("2024-02-26", "2024-03-01"),
            "month": ("2024-03-01", "2024-03-01"),
            "year": ("2024-01-01", "2024-03-01"),
            "all": ("0001-01-01", "2024-03-01"),
        }

    @given(archives, days_of_january, days_of_january)
    def test_within_a_span_are_the_papers_of_its_dates_and_no_others(
        self, counted: list[PrimaryListing], first: dt.date, last: dt.date
    ) -> None:
        assert list(within(counted, first, last)) == [one for one in counted if first <= one.date <= last]


class TestTop:
    @given(archives, st.integers(1, 20))
    def test_each_paper_once_by_votes_then_newer_date_then_the_order_of_its_day(
        self, counted: list[PrimaryListing], number: int
    ) -> None:
        ranked = top(counted, number)
        assert len(ranked) == min(number, len(counted))
        assert len({one.paper.id for one in ranked}) == len(ranked)
        places = {one.paper.id: place for place, one in enumerate(counted)}
        for one, other in pairwise(ranked):
            assert (-one.votes, -one.date.toordinal(), places[one.paper.id]) < (
                -other.votes,
                -other.date.toordinal(),
                places[other.paper.id],
            )
        left_out = {one.paper.id for one in counted} - {one.paper.id for one in ranked}
        assert all(one.votes <= ranked[-1].votes for one in counted if one.paper.id in left_out)


class TestVotesOn:
    @pytest.mark.parametrize(
        ("readings", "day", "votes"),
        [
            ([(1, 10)], 0, 10),  # before the first reading
            ([(1, 10)], 9, 10),  # after the last one
            ([(1, 10), (3, 30)], 1, 10),  # on one
            ([(1, 10), (3, 30)], 2, 20),  # evenly between two
            ([(0, 0), (3, 10)], 1, 4),  # rounded up, so that no gain is overstated
            ([(0, 10), (3, 0)], 1, 7),  # and of votes that were taken back
            ([(0, 51), (998, 55)], 995, 55),
        ],
    )
    def test_between_two_readings_votes_grow_evenly(
        self, readings: list[tuple[int, int]], day: int, votes: int
    ) -> None:
        assert votes_on(history(*readings), DATE + dt.timedelta(days=day)) == votes

    @given(histories.filter(bool), days_of_january)
    def test_they_are_never_more_or_less_than_was_read(self, readings: VoteHistory, date: dt.date) -> None:
        assert min(votes for _, votes in readings) <= votes_on(readings, date) <= max(votes for _, votes in readings)
        for day, votes in readings:
            assert votes_on(readings, day) == votes


class TestRising:
    @pytest.mark.parametrize(
        ("readings", "gained"),
        [
            ([], None),  # nothing was ever read
            ([(11, 50)], None),  # read once, however new
            ([(0, 10), (8, 50)], None),  # the last change is older than the span
            ([(0, 10), (8, 20), (11, 50)], 30),  # votes at the beginning were read
            ([(0, 10), (8, 20), (9, 60), (11, 50)], 30),  # some were taken back
            ([(9, 12), (10, 30), (11, 31)], 19),  # first seen within the span
            ([(7, 10), (9, 30), (10, 35)], 15),  # the beginning lies between two readings
            ([(0, 10), (8, 50), (11, 40)], None),  # lost votes do not rise
        ],
    )
    def test_gained_are_the_votes_since_the_beginning_of_the_span(
        self, readings: list[tuple[int, int]], gained: int | None
    ) -> None:
        found = rising([a_paper(*readings)], SEEN, 5)
        assert [gain.gained for gain in found] == ([] if gained is None else [gained])

    def test_a_day_that_is_asked_for_again_years_later_does_not_rise(self) -> None:
        old = a_paper((0, 51), (998, 80))
        assert rising([old], DATE + dt.timedelta(days=998), 5) == []

    def test_by_gain_then_votes(self) -> None:
        papers = [
            a_paper((8, 10), (11, 20), name="2401.00001"),
            a_paper((8, 90), (11, 95), name="2401.00002"),
            a_paper((8, 50), (11, 60), name="2401.00003"),
        ]
        found = rising(papers, SEEN, 5)
        assert [(gain.counted.paper.id[-1], gain.gained) for gain in found] == [("3", 10), ("1", 10), ("2", 5)]
        assert rising(papers, SEEN, 1) == found[:1]

    @given(archives, st.integers(1, 9))
    def test_each_paper_once_most_gained_first(self, counted: list[PrimaryListing], days: int) -> None:
        found = rising(counted, SEEN, 50, days)
        _is_a_ranking(found)
        assert [gain.gained for gain in found] == sorted((gain.gained for gain in found), reverse=True)
        assert all(gain.counted.paper.vote_history[-1][0] > SEEN - dt.timedelta(days=days) for gain in found)


class TestLateBloomers:
    @pytest.mark.parametrize(
        ("readings", "gained"),
        [
            ([(0, 10), (1, 20), (7, 30), (30, 90)], 60),
            ([(0, 10), (1, 20), (6, 30), (8, 40), (30, 90)], 55),  # the seventh day lies between two readings
            ([(0, 10), (1, 20), (7, 30)], None),  # nothing came late
            ([(0, 10), (30, 90)], None),  # read twice only: nobody knows when they came
            ([(20, 10), (30, 90)], None),  # first read when the week was over
            ([(0, 10), (1, 20), (7, 30), (30, 25)], None),
            ([], None),
        ],
    )
    def test_gained_are_the_votes_after_the_first_seven_days(
        self, readings: list[tuple[int, int]], gained: int | None
    ) -> None:
        found = late_bloomers([a_paper(*readings)], 5)
        assert [gain.gained for gain in found] == ([] if gained is None else [gained])

    def test_both_a_large_share_and_many_votes_count(self) -> None:
        papers = [
            a_paper((0, 1), (1, 2), (30, 22), name="2401.00001"),  # nearly all it has, but that is little
            a_paper((0, 100), (1, 400), (7, 500), (30, 560), name="2401.00002"),  # many, but a small share
            a_paper((0, 10), (1, 20), (7, 50), (30, 100), name="2401.00003"),  # 50 * 50 / 100
        ]
        assert [gain.counted.paper.id[-1] for gain in late_bloomers(papers, 5)] == ["3", "1", "2"]

    @given(archives)
    def test_each_paper_once_in_the_order_of_the_formula(self, counted: list[PrimaryListing]) -> None:
        papers = [PrimaryListing(one.date - dt.timedelta(days=5), one.paper) for one in counted]
        found = late_bloomers(papers, 50)
        _is_a_ranking(found)
        values = [gain.gained**2 / gain.counted.paper.vote_history[-1][1] for gain in found]
        assert values == sorted(values, reverse=True)


def _is_a_ranking(found: list[Gain]) -> None:
    assert len({gain.counted.paper.id for gain in found}) == len(found)
    assert all(gain.gained > 0 for gain in found)
