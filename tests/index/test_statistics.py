"""Statistics: numbers checked by hand for a small archive, and rules that hold for any archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.statistics import (
    MAX_ORGANIZATIONS,
    MIN_PAPERS,
    MIN_TOPIC_PAPERS,
    Statistics,
    Trend,
    compute_statistics,
    find_trends,
    is_over,
    year_before,
)
from daily_papers.model.dates import add_months
from daily_papers.model.records import Github, Media, Organization, Paper
from tests import strategies
from tests.factories import make_day, make_index, make_paper

CODE = Github(url="https://github.com/a/b")
VIDEO = Media(url="https://cdn-uploads.huggingface.co/a.mp4", kind="video")
PICTURE = Media(url="https://cdn-uploads.huggingface.co/a.png", kind="image")
NVIDIA, KAIST = Organization(name="nvidia", fullname="NVIDIA"), Organization(name="KAIST-AI")


def index_of(days: Mapping[str, Iterable[Paper]], topics: Mapping[str, tuple[str, ...]] | None = None) -> ArchiveIndex:
    """Return the index of `days`, given as papers by date. `topics` are slugs by paper id."""
    names = {slug: {"en": slug.title(), "ko": slug} for slugs in (topics or {}).values() for slug in slugs}
    made = (make_day(dt.date.fromisoformat(date), *papers) for date, papers in days.items())
    return make_index(*made, topics=topics or {}, topic_names=names)


def paper(number: int, votes: int | None = None, **fields: Any) -> Paper:
    return make_paper(number, votes=votes, **fields)


SMALL = index_of(
    {
        # A Friday. Paper 1 is listed again on Monday with more votes, and is counted there.
        "2026-01-30": [paper(1, 4), paper(2, 10), paper(3)],
        "2026-02-02": [paper(1, 5, github=CODE, organization=NVIDIA), paper(4, 3, media=(PICTURE,))],
        "2026-04-03": [paper(5, 7, github=CODE, media=(VIDEO,), organization=KAIST)],
        "2026-04-06": [paper(6, 1, organization=NVIDIA), paper(7, 2), paper(8, 0, media=(PICTURE, VIDEO))],
    }
)


class TestNumbers:
    def test_a_month_has_each_paper_of_its_primary_dates_once(self) -> None:
        stats = compute_statistics(SMALL)
        assert (stats.days, stats.papers, stats.votes) == (4, 8, 28)
        assert [(month.first.month, month.days, month.papers, month.votes) for month in stats.months] == [
            (1, 1, 2, 10),
            (2, 1, 2, 8),
            (3, 0, 0, 0),
            (4, 2, 4, 10),
        ]
        april = stats.months[3]
        assert (april.papers_a_day, april.votes_a_day) == (2.0, 5.0)
        assert (stats.months[2].papers_a_day, stats.months[2].votes_a_day) == (None, None)

    def test_code_and_videos_are_shares_of_a_month_s_papers_from_the_first_one_on(self) -> None:
        months = compute_statistics(SMALL).months
        assert [month.with_code for month in months] == [None, 1, 0, 1]
        assert [month.code_share for month in months] == [None, 0.5, None, 0.25]
        assert [month.with_video for month in months] == [None, None, None, 2]
        assert [month.video_share for month in months] == [None, None, None, 0.5]

    def test_a_weekday_is_the_mean_of_its_days_that_have_papers(self) -> None:
        monday, friday = compute_statistics(SMALL).weekdays
        assert (monday.number, monday.days, monday.papers_a_day, monday.votes_a_day) == (0, 2, 2.5, 5.5)
        assert (friday.number, friday.days, friday.papers_a_day, friday.votes_a_day) == (4, 2, 1.5, 8.5)

    @pytest.mark.parametrize(
        ("newest", "over"),
        [("2026-07-30", False), ("2026-07-31", True), ("2026-05-28", False), ("2026-05-29", True)],
    )
    def test_a_month_is_over_with_its_last_weekday(self, newest: str, over: bool) -> None:
        # 31 July 2026 is a Friday, 31 May a Sunday.
        date = dt.date.fromisoformat(newest)
        assert is_over(date, date) is over
        assert is_over(add_months(date, -1), date)

    def test_organizations_are_sorted_by_papers_then_votes_and_named_by_their_newest_paper(self) -> None:
        renamed = Organization(name="NVIDIA", fullname="NVIDIA Research")
        stats = compute_statistics(
            index_of(
                {
                    "2025-07-13": [paper(1, 9, organization=KAIST), paper(2, 9, organization=KAIST)],
                    "2025-07-14": [paper(3, 1, organization=NVIDIA), paper(4, 50)],
                    "2026-07-13": [paper(5, 2, organization=renamed), paper(6, 9, organization=KAIST)],
                }
            )
        )
        of_all_time, of_year = stats.organizations, stats.organizations_of_year
        assert of_all_time
        assert of_year
        assert [(each.title, len(each.papers), each.votes) for each in of_all_time.listed] == [
            ("KAIST-AI", 3, 27),
            ("NVIDIA Research", 2, 3),
        ]
        assert (of_all_time.papers, of_all_time.with_organization) == (6, 5)
        # The year that ends on 2026-07-13 begins on 2025-07-14. Names that differ in case only are one organization.
        assert [(each.title, len(each.papers), each.votes) for each in of_year.listed] == [
            ("NVIDIA Research", 2, 3),
            ("KAIST-AI", 1, 9),
        ]
        assert (of_year.first, of_year.papers, of_year.with_organization) == (dt.date(2025, 7, 14), 4, 3)

    def test_a_year_has_365_or_366_days(self) -> None:
        assert year_before(dt.date(2026, 8, 20)) == dt.date(2025, 8, 21)
        assert year_before(dt.date(2024, 2, 29)) == dt.date(2023, 3, 1)
        assert year_before(dt.date(2025, 2, 28)) == dt.date(2024, 2, 29)

    def test_an_empty_archive_has_no_numbers(self) -> None:
        assert compute_statistics(ArchiveIndex()) == Statistics(0, 0, 0, (), (), None, None, None)


class TestTrends:
    NEWEST = dt.date(2026, 8, 5)
    """August is not over: the three full months are May to July, and the twelve before begin in May 2025."""

    def listings_and_topics(
        self, *spans: tuple[str, int, tuple[str, ...]]
    ) -> tuple[list[PrimaryListing], dict[str, tuple[str, ...]]]:
        """Return listings and their topics; each span is a date, a number of papers, and their topics."""
        listings: list[PrimaryListing] = []
        topics = {}
        for date, count, slugs in spans:
            for _ in range(count):
                listings.append(PrimaryListing(dt.date.fromisoformat(date), paper(len(listings))))
                topics[listings[-1].paper.id] = slugs
        return listings, topics

    def test_the_change_is_the_share_in_three_full_months_less_that_in_the_twelve_before(self) -> None:
        listings, topics = self.listings_and_topics(
            ("2025-04-30", 500, ("agents",)),  # before both spans
            ("2025-05-01", 100, ("agents",)),
            ("2026-04-30", 300, ("images",)),
            ("2026-05-01", 100, ("agents", "images")),
            ("2026-07-31", 60, ("images",)),
            ("2026-07-31", 40, ("sound",)),
            ("2026-07-31", 1000, ()),  # without a topic
            ("2026-08-03", 500, ("sound",)),  # after both spans
        )
        trends = find_trends(listings, topics, self.NEWEST)
        assert trends
        assert trends.before == (dt.date(2025, 5, 1), dt.date(2026, 4, 30))
        assert trends.now == (dt.date(2026, 5, 1), dt.date(2026, 7, 31))
        assert (trends.papers_before, trends.papers_now) == (400, 200)
        assert trends.topics == (
            Trend("agents", 100, 100, 0.5, 0.25),
            Trend("sound", 40, 0, 0.2, 0.0),
            Trend("images", 160, 300, 0.8, 0.75),
        )
        assert [trend.slug for trend in trends.rising] == ["agents", "sound", "images"]
        assert trends.falling == ()

    def test_a_topic_with_few_papers_or_a_change_below_half_a_point_neither_rises_nor_falls(self) -> None:
        listings, topics = self.listings_and_topics(
            ("2026-01-05", 1000, ("even", "other")),
            ("2026-01-05", MIN_TOPIC_PAPERS - 2, ("rare",)),
            ("2026-06-05", 1000, ("even", "new")),
            ("2026-06-05", 1, ("rare",)),
        )
        trends = find_trends(listings, topics, self.NEWEST)
        assert trends
        assert [trend.slug for trend in trends.topics] == ["new", "even", "other"]
        # 18 of 1018 papers were rare: nearly two points, which the topics of all other papers gain.
        assert [trend.slug for trend in trends.rising] == ["new", "even"]
        assert [trend.slug for trend in trends.falling] == ["other"]
        listings, topics = self.listings_and_topics(("2026-01-05", 1000, ("even",)), ("2026-06-05", 1000, ("even",)))
        trends = find_trends(listings, topics, self.NEWEST)
        assert trends
        assert (trends.rising, trends.falling) == ((), ())

    @pytest.mark.parametrize("short", ["2026-01-05", "2026-06-05"])
    def test_a_span_with_too_few_papers_gives_no_trends(self, short: str) -> None:
        numbers = {"2026-01-05": MIN_PAPERS, "2026-06-05": MIN_PAPERS}
        enough = [(date, number, ("a",)) for date, number in numbers.items()]
        assert find_trends(*self.listings_and_topics(*enough), self.NEWEST)
        numbers[short] -= 1
        too_few = [(date, number, ("a",)) for date, number in numbers.items()]
        assert not find_trends(*self.listings_and_topics(*too_few), self.NEWEST)

    def test_the_newest_month_is_full_once_it_is_over(self) -> None:
        listings, topics = self.listings_and_topics(("2026-01-05", 100, ("a",)), ("2026-07-31", 100, ("a",)))
        trends = find_trends(listings, topics, dt.date(2026, 7, 31))
        assert trends
        assert trends.now == (dt.date(2026, 5, 1), dt.date(2026, 7, 31))
        assert find_trends(listings, topics, dt.date(2026, 7, 30)) is None


LISTED = st.builds(
    Paper,
    id=strategies.ids,
    title=st.just("t"),
    votes=st.none() | strategies.counts,
    organization=st.sampled_from((None, NVIDIA, KAIST)),
    github=st.sampled_from((None, CODE)),
    media=st.sampled_from(((), (PICTURE,), (PICTURE, VIDEO))),
)


@given(
    st.dictionaries(
        st.dates(dt.date(2024, 1, 1), dt.date(2025, 6, 30)).map(str),
        st.lists(LISTED, min_size=1, max_size=5, unique_by=lambda paper: paper.id),
        max_size=5,
    )
)
def test_for_any_archive_the_parts_add_up_and_shares_are_between_0_and_1(
    days: dict[str, list[Paper]],
) -> None:
    index = index_of(days)
    stats = compute_statistics(index)
    ids = {listing.paper.id for listing in index.primary_listings}
    assert stats.papers == len(ids)
    for parts in (stats.months, stats.weekdays):
        assert sum(part.papers for part in parts) == stats.papers
        assert sum(part.votes for part in parts) == stats.votes
        assert sum(part.days for part in parts) == stats.days
    for month in stats.months:
        assert all(share is None or 0 <= share <= 1 for share in (month.code_share, month.video_share))
    for ranking in filter(None, (stats.organizations, stats.organizations_of_year)):
        papers = sum(len(organization.papers) for organization in ranking.listed)
        assert papers <= ranking.with_organization <= ranking.papers <= stats.papers
        assert len(ranking.listed) <= MAX_ORGANIZATIONS


@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(2025, 4, 1), dt.date(2026, 8, 5)),
            st.integers(1, 150),
            st.sets(st.sampled_from("abcde"), max_size=3),
        ),
        max_size=8,
    )
)
def test_shares_of_topics_are_between_0_and_1_and_no_topic_both_rises_and_falls(
    spans: list[tuple[dt.date, int, set[str]]],
) -> None:
    enough = (("2026-01-05", MIN_PAPERS, ("a", "b")), ("2026-06-05", MIN_PAPERS, ("b", "c")))
    others = ((str(date), count, tuple(sorted(slugs))) for date, count, slugs in spans)
    trends = find_trends(*TestTrends().listings_and_topics(*enough, *others), TestTrends.NEWEST)
    assert trends
    assert all(0 <= share <= 1 for trend in trends.topics for share in (trend.share_now, trend.share_before))
    assert not {trend.slug for trend in trends.rising} & {trend.slug for trend in trends.falling}
    assert list(trends.topics) == sorted(trends.topics, key=lambda trend: -trend.change)
