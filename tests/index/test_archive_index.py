"""What pages ask of many days: every date has one state, and a paper of several dates counts once."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.ledger import LedgerEntry
from daily_papers.index.archive_index import assign_primary_dates, find_relisted
from daily_papers.index.day_summary import (
    DaySummary,
    every_date,
    sum_papers_and_votes,
    summarize_day,
    summarize_unstored_date,
)
from daily_papers.model.records import Day, Paper

MONDAY = dt.date(2026, 7, 13)
SINCE = dt.date(2026, 6, 1)


def a_day(date: dt.date, *votes: tuple[str, int]) -> Day:
    papers = tuple(Paper(id=paper_id, title=paper_id, votes=number) for paper_id, number in votes)
    return Day(date=date, source="huggingface", papers=papers)


@given(
    st.dates(SINCE, dt.date(2026, 8, 1)),
    st.dictionaries(
        st.dates(dt.date(2026, 5, 1), dt.date(2026, 9, 1)), st.sampled_from(("complete", "moving", "empty", "failed"))
    ),
)
def test_every_date_since_the_first_has_exactly_one_state(since: dt.date, states: dict[dt.date, str]) -> None:
    entries = [summarize_unstored_date(date, LedgerEntry(state)) for date, state in sorted(states.items())]  # type: ignore[arg-type]
    dates = every_date(entries, since)
    found = [entry.date for entry in dates]
    assert found == sorted(set(found))
    assert set(states) <= set(found)
    if states:
        last = max(states)
        span = (dt.date.fromordinal(number) for number in range(since.toordinal(), last.toordinal() + 1))
        assert set(found) == set(span) | set(states)
    for entry in dates:
        if entry.date in states:
            assert entry.state == states[entry.date]
        else:
            assert entry.state == ("weekend" if entry.date.weekday() > 4 else "missing")
            assert not entry.has_page


def test_the_span_ends_with_what_is_known() -> None:
    assert every_date([], SINCE) == []
    dates = every_date([DaySummary(MONDAY, "complete")], MONDAY - dt.timedelta(days=3))
    assert [entry.state for entry in dates] == ["missing", "weekend", "weekend", "complete"]


def test_a_complete_day_that_waits_for_summaries_says_so_and_a_moving_one_stays_moving() -> None:
    day = a_day(MONDAY, ("2607.00001", 1))
    assert summarize_day(day, LedgerEntry("complete"), pending=1).state == "pending"
    assert summarize_day(day, LedgerEntry("moving"), pending=1).state == "moving"
    assert summarize_day(day, LedgerEntry("complete")).state == "complete"


def test_a_failure_keeps_its_last_try_and_a_part_its_count() -> None:
    failed = summarize_unstored_date(MONDAY, LedgerEntry("failed", "503", tried=MONDAY))
    assert (failed.reason, failed.tried) == ("503", MONDAY)
    assert summarize_day(a_day(MONDAY, ("2607.00001", 1)), LedgerEntry("partial", rejected=3)).rejected == 3


def test_a_paper_of_several_dates_counts_once_where_it_has_the_most_votes() -> None:
    later = MONDAY + dt.timedelta(days=6)
    days = {
        MONDAY: a_day(MONDAY, ("2607.00001", 2), ("2607.00002", 5)),
        later: a_day(later, ("2607.00001", 42), ("2607.00003", 1)),
    }
    listed = find_relisted(days.values())
    assert listed == {"2607.00001": (MONDAY, later)}
    entries = {date: summarize_day(day, None) for date, day in days.items()}
    assign_primary_dates(entries, days, listed)
    assert sum_papers_and_votes(entries.values()) == (3, 48)
    assert sum_papers_and_votes([entries[MONDAY]]) == (1, 5)
    assert sum_papers_and_votes([entries[later]]) == (2, 43)
    assert (entries[MONDAY].papers, entries[MONDAY].votes) == (2, 7)
