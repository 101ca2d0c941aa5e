"""Summaries of dates: every date has exactly one state, and the span ends with the newest known date."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.ledger import LedgerEntry
from daily_papers.index.day_summary import (
    NOT_ASKED,
    DaySummary,
    best_paper,
    count_days_with_papers,
    fill_missing_dates,
    summarize_day,
    summarize_unstored_date,
    votes_read_on,
)
from tests.factories import make_day, make_paper

MONDAY = dt.date(2026, 7, 13)
SINCE = dt.date(2026, 6, 1)


@given(
    st.dates(SINCE, dt.date(2026, 8, 1)),
    st.dictionaries(
        st.dates(dt.date(2026, 5, 1), dt.date(2026, 9, 1)), st.sampled_from(("complete", "moving", "empty", "failed"))
    ),
)
def test_every_date_since_the_first_has_exactly_one_state(since: dt.date, states: dict[dt.date, str]) -> None:
    known = [summarize_unstored_date(date, LedgerEntry(state)) for date, state in sorted(states.items())]  # type: ignore[arg-type]
    summaries = fill_missing_dates(known, since)
    dates = [summary.date for summary in summaries]
    assert dates == sorted(set(dates))
    assert set(states) <= set(dates)
    if states:
        last = max(states)
        span = (dt.date.fromordinal(number) for number in range(since.toordinal(), last.toordinal() + 1))
        assert set(dates) == set(span) | set(states)
    for summary in summaries:
        if summary.date in states:
            assert summary.state == states[summary.date]
        else:
            assert summary.state == ("weekend" if summary.date.weekday() > 4 else "missing")
            assert not summary.has_page


def test_the_span_ends_with_the_newest_known_date() -> None:
    assert fill_missing_dates([], SINCE) == []
    summaries = fill_missing_dates([DaySummary(MONDAY, "complete")], MONDAY - dt.timedelta(days=3))
    assert [summary.state for summary in summaries] == ["missing", "weekend", "weekend", "complete"]


def test_a_complete_day_without_some_summaries_is_pending_and_a_moving_one_stays_moving() -> None:
    day = make_day(MONDAY, make_paper(votes=1))
    assert summarize_day(day, LedgerEntry("complete"), pending=1).state == "pending"
    assert summarize_day(day, LedgerEntry("moving"), pending=1).state == "moving"
    assert summarize_day(day, LedgerEntry("complete")).state == "complete"


def test_a_failure_has_its_last_attempt_and_a_partial_day_its_rejected_records() -> None:
    failed = summarize_unstored_date(MONDAY, LedgerEntry("failed", "503", tried=MONDAY))
    assert (failed.reason, failed.tried) == ("503", MONDAY)
    assert summarize_day(make_day(MONDAY, make_paper()), LedgerEntry("partial", rejected=3)).rejected == 3


def test_a_stored_day_without_a_ledger_entry_or_with_an_empty_one_is_partial() -> None:
    day = make_day(MONDAY, make_paper())
    for entry in (None, LedgerEntry("empty")):
        summary = summarize_day(day, entry)
        assert (summary.state, summary.reason) == ("partial", NOT_ASKED.reason)


def test_the_best_paper_has_the_most_votes_and_of_equal_ones_is_the_first() -> None:
    day = make_day(MONDAY, make_paper(1, votes=None), make_paper(2, votes=7), make_paper(3, votes=7))
    best = best_paper(day)
    assert best is not None
    assert best.id == "2607.00002"
    assert summarize_day(day, None).best == "Paper 2"
    assert best_paper(make_day(MONDAY)) is None


def test_days_without_papers_are_not_counted() -> None:
    assert count_days_with_papers([DaySummary(MONDAY, "complete", papers=2), DaySummary(MONDAY, "empty")]) == 1


def test_votes_were_read_last_at_the_newest_reading_or_when_the_day_was_fetched() -> None:
    history = ((MONDAY, 1), (MONDAY + dt.timedelta(days=3), 2))
    read = make_paper(1, votes=2, vote_history=history)
    assert votes_read_on(make_day(MONDAY, make_paper(2), read)) == dt.date(2026, 7, 16)
    fetched_at = dt.datetime(2026, 7, 20, 3, tzinfo=dt.UTC)
    assert votes_read_on(make_day(MONDAY, read, fetched_at=fetched_at)) == dt.date(2026, 7, 20)
    assert votes_read_on(make_day(MONDAY, make_paper())) is None
