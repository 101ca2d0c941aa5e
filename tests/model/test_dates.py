"""Dates of lists: the clock, the newest open list, weekdays and months."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.errors import SettingError
from daily_papers.model.dates import add_months, current_instant, feed_day, month_of, months_of, weekdays

dates = st.dates(dt.date(1991, 1, 1), dt.date(2200, 1, 1))


@pytest.mark.parametrize(
    ("instant", "date"),
    [
        ("2026-07-15T01:29:59Z", "2026-07-14"),
        ("2026-07-15T01:30:00Z", "2026-07-15"),  # 21:30 in New York in summer
        ("2026-01-15T02:29:59Z", "2026-01-14"),
        ("2026-01-15T02:30:00Z", "2026-01-15"),  # 21:30 in New York in winter
        ("2026-11-01T01:30:00Z", "2026-11-01"),  # the night in which summer time ends
        ("2026-03-09T01:30:00Z", "2026-03-09"),  # the night after summer time began
        ("2028-02-29T01:30:00Z", "2028-02-28"),
        ("2026-01-01T02:00:00Z", "2025-12-31"),
    ],
)
def test_a_list_opens_at_half_past_nine_in_new_york(instant: str, date: str) -> None:
    assert str(feed_day(dt.datetime.fromisoformat(instant))) == date


def test_the_clock_can_be_set_by_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILY_PAPERS_NOW", "2026-07-15T03:17:00+09:00")
    assert current_instant() == dt.datetime(2026, 7, 14, 18, 17, tzinfo=dt.UTC)
    assert current_instant().tzinfo is dt.UTC


@pytest.mark.parametrize("text", [None, ""])
def test_the_clock_is_the_systems_without_the_variable(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    if text is not None:
        monkeypatch.setenv("DAILY_PAPERS_NOW", text)
    before = dt.datetime.now(dt.UTC)
    assert before <= current_instant() <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-07-15T03:17:00", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"]
)
def test_a_clock_without_an_instant_is_an_error_that_quotes_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DAILY_PAPERS_NOW", text)
    with pytest.raises(SettingError, match=r"DAILY_PAPERS_NOW is .*expected an instant with a time zone") as caught:
        current_instant()
    assert f'"{text}"' in str(caught.value)


@given(first=dates, days=st.integers(-10, 60))
def test_weekdays_are_the_dates_from_monday_to_friday_in_order(first: dt.date, days: int) -> None:
    last = first + dt.timedelta(days=days)
    every = [first + dt.timedelta(days=n) for n in range(days + 1)]
    assert list(weekdays(first, last)) == [day for day in every if day.isoweekday() <= 5]


@given(date=dates, months=st.integers(-300, 300))
def test_adding_months_and_taking_them_away_leads_back_to_the_month(date: dt.date, months: int) -> None:
    moved = add_months(date, months)
    assert moved.day == 1
    assert add_months(moved, -months) == month_of(date)
    assert (moved.year - date.year) * 12 + moved.month - date.month == months


def test_months_include_those_without_a_date() -> None:
    days = [dt.date(2024, 2, 29), dt.date(2023, 12, 31), dt.date(2024, 2, 1)]
    assert months_of(days) == [dt.date(2023, 12, 1), dt.date(2024, 1, 1), dt.date(2024, 2, 1)]
    assert months_of([]) == []
