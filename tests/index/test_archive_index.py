"""The archive in memory: a paper of several dates is counted once, and dates of changes come from the record."""

from __future__ import annotations

import datetime as dt

from daily_papers.index.archive_index import (
    ArchiveIndex,
    PrimaryListing,
    assign_primary_dates,
    find_primary_listings,
    find_relisted,
)
from daily_papers.index.day_summary import sum_papers_and_votes, summarize_day
from tests.factories import make_day, make_index, make_paper

MONDAY = dt.date(2026, 7, 13)
TUESDAY = MONDAY + dt.timedelta(days=1)
SUNDAY = MONDAY + dt.timedelta(days=6)
NIGHT = dt.datetime(2026, 7, 15, 3, tzinfo=dt.UTC)


def test_a_paper_of_several_dates_is_counted_where_it_has_the_most_votes() -> None:
    days = {
        MONDAY: make_day(MONDAY, make_paper(1, votes=2), make_paper(2, votes=5)),
        SUNDAY: make_day(SUNDAY, make_paper(1, votes=42), make_paper(3, votes=1)),
    }
    relisted_dates = find_relisted(days.values())
    assert relisted_dates == {"2607.00001": (MONDAY, SUNDAY)}
    summaries = {date: summarize_day(day, None) for date, day in days.items()}
    assign_primary_dates(summaries, days, relisted_dates)
    assert sum_papers_and_votes(summaries.values()) == (3, 48)
    assert sum_papers_and_votes([summaries[MONDAY]]) == (1, 5)
    assert sum_papers_and_votes([summaries[SUNDAY]]) == (2, 43)
    assert (summaries[MONDAY].papers, summaries[MONDAY].votes) == (2, 7)


def test_a_paper_of_several_dates_has_one_primary_listing() -> None:
    days = {
        MONDAY: make_day(MONDAY, make_paper(1, votes=1)),
        TUESDAY: make_day(TUESDAY, make_paper(1, votes=5)),
    }
    listings = find_primary_listings(days, find_relisted(days.values()))
    assert [(listing.date, listing.votes) for listing in listings] == [(TUESDAY, 5)]


def test_with_equal_votes_a_paper_is_counted_on_its_first_date() -> None:
    index = make_index(make_day(TUESDAY, make_paper(1, votes=5)), make_day(MONDAY, make_paper(1, votes=5)))
    assert [listing.date for listing in index.primary_listings] == [MONDAY]


def test_the_first_listing_of_a_paper_does_not_depend_on_votes() -> None:
    index = make_index(
        make_day(MONDAY, make_paper(1, votes=1, title="First title")),
        make_day(TUESDAY, make_paper(1, votes=5, title="Later title")),
    )
    (listing,) = index.primary_listings
    assert listing.date == TUESDAY
    assert index.first_listed(listing) == MONDAY
    assert index.first_listings == {"2607.00001": (MONDAY, "First title")}


def test_papers_of_a_topic_are_oldest_first_and_topics_in_the_order_of_the_taxonomy() -> None:
    index = make_index(
        make_day(TUESDAY, make_paper(2)),
        make_day(MONDAY, make_paper(1)),
        topics={"2607.00001": ("vision", "agents"), "2607.00002": ("agents",)},
        topic_names={slug: {"en": slug} for slug in ("agents", "sound", "vision")},
    )
    assert {slug: [listing.date for listing in listings] for slug, listings in index.by_topic.items()} == {
        "agents": [MONDAY, TUESDAY],
        "sound": [],
        "vision": [MONDAY],
    }
    assert list(index.by_topic) == ["agents", "sound", "vision"]


def test_a_day_changed_last_when_its_votes_were_read_last() -> None:
    fetched = make_day(MONDAY, make_paper(1), fetched_at=NIGHT)
    bundled = make_day(TUESDAY, make_paper(2))
    index = make_index(fetched, bundled)
    assert index.change_dates == {MONDAY: NIGHT.date(), TUESDAY: TUESDAY}
    assert index.last_change([MONDAY, TUESDAY]) == NIGHT.date()
    assert index.last_change([TUESDAY, SUNDAY]) == TUESDAY
    assert index.last_change([SUNDAY]) is None
    assert (index.newest, index.last_known_date, index.votes_read_on) == (TUESDAY, NIGHT.date(), NIGHT.date())


def test_an_empty_archive_has_no_dates() -> None:
    index = ArchiveIndex()
    assert index.primary_listings == []
    assert (index.newest, index.last_known_date, index.votes_read_on) == (None, None, None)


def test_unknown_votes_of_a_listing_are_0() -> None:
    assert PrimaryListing(MONDAY, make_paper(votes=None)).votes == 0
