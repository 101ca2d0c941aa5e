"""Schedule of fetches: the window and missing dates are due, settled and future dates are not."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.ledger import Ledger, LedgerEntry
from daily_papers.jobs.schedule import SETTLED_AFTER_DAYS, due_dates, phase
from daily_papers.model.dates import feed_day, weekdays

NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)  # a Wednesday
TODAY = dt.date(2026, 7, 15)
LONG_AGO = dt.date(2026, 6, 1)

# Difficult dates: both changes of New York's clock, ends of years, leap days, a year of 53 weeks.
_EDGES = (
    "2026-03-08",
    "2026-11-01",
    "2025-12-31",
    "2026-12-31",
    "2028-02-29",
    "2100-02-28",
    "2026-12-28",
    "2027-01-03",
)
instants = st.one_of(
    st.datetimes(dt.datetime(2023, 5, 4), dt.datetime(2110, 1, 1)),
    st.builds(
        lambda edge, minutes: dt.datetime.fromisoformat(edge) + dt.timedelta(minutes=minutes),
        st.sampled_from(_EDGES),
        st.integers(-3000, 3000),
    ),
).map(lambda instant: instant.replace(tzinfo=dt.UTC))
entries = st.one_of(
    st.sampled_from(("complete", "moving", "empty", "partial")).flatmap(
        lambda state: st.builds(
            LedgerEntry, st.just(state), phase=st.sampled_from(("open", "refreshed", "settled")), rejected=st.just(0)
        )
    ),
    st.builds(LedgerEntry, st.just("failed"), st.just("500"), tried=st.dates(dt.date(2023, 1, 1), dt.date(2026, 1, 1))),
)


def due(
    ledger: Ledger,
    *,
    now: dt.datetime = NOW,
    since: dt.date = LONG_AGO,
    refresh_days: int = 7,
    max_missing: int | None = None,
) -> list[str]:
    readable = [date for date, entry in ledger.items() if entry.state != "empty"]
    dates = due_dates(now, ledger, readable, since=since, refresh_days=refresh_days, max_missing=max_missing)
    return [str(date) for date in dates]


@pytest.mark.fault(50)
@given(instant=instants)
def test_the_feeds_day_is_new_yorks_and_changes_at_half_past_nine(instant: dt.datetime) -> None:
    local = instant.astimezone(ZoneInfo("America/New_York"))
    day = feed_day(instant)
    assert day - local.date() in (dt.timedelta(0), dt.timedelta(days=1))
    assert (day > local.date()) == ((local.hour, local.minute) >= (21, 30))
    # Never after the date in UTC, and at most one day before it.
    assert dt.timedelta(0) <= instant.date() - day <= dt.timedelta(days=1)
    assert feed_day(instant + dt.timedelta(days=1)) - day in (dt.timedelta(days=n) for n in (0, 1, 2))


@pytest.mark.fault(50)
@given(
    instant=instants,
    ages=st.dictionaries(st.integers(0, 120), entries, max_size=60),
    span=st.integers(0, 120),
    refresh_days=st.integers(0, 60),
    max_missing=st.none() | st.integers(0, 10),
)
def test_exactly_the_dates_with_something_to_ask_are_due(
    instant: dt.datetime,
    ages: dict[int, LedgerEntry],
    span: int,
    refresh_days: int,
    max_missing: int | None,
) -> None:
    today = feed_day(instant)
    since = today - dt.timedelta(days=span)
    ledger = {today - dt.timedelta(days=age): entry for age, entry in ages.items()}
    readable = [date for date, entry in ledger.items() if entry.state != "empty"]

    def ask(most: int | None) -> list[dt.date]:
        return due_dates(instant, ledger, readable, since=since, refresh_days=refresh_days, max_missing=most)

    found = ask(max_missing)
    assert len(set(found)) == len(found)
    assert all(since <= date <= today and date.weekday() < 5 for date in found)
    window = list(weekdays(max(since, today - dt.timedelta(days=refresh_days)), today))
    assert found[: len(window)] == window[::-1]
    everything = ask(None)
    assert found == everything[: len(window) + (len(everything) if max_missing is None else max_missing)]
    for date in weekdays(since, today):
        entry, age = ledger.get(date), (today - date).days
        expected = (
            age <= refresh_days
            or entry is None
            or entry.state == "failed"
            or (entry.last_phase == "open" and age >= refresh_days)
            or (entry.last_phase == "refreshed" and age >= max(SETTLED_AFTER_DAYS, refresh_days))
        )
        assert (date in everything) == expected, (date, entry)


@given(instant=instants, refresh_days=st.integers(0, 60), span=st.integers(0, 400))
def test_a_date_asked_for_in_its_phase_is_not_due_again(instant: dt.datetime, refresh_days: int, span: int) -> None:
    today = feed_day(instant)
    since = today - dt.timedelta(days=span)
    ledger = {date: LedgerEntry("empty", phase=phase(today, date, refresh_days)) for date in weekdays(since, today)}
    found = due_dates(instant, ledger, (), since=since, refresh_days=refresh_days)
    assert all((today - date).days <= refresh_days for date in found)


def test_missing_dates_are_due_newest_first_up_to_the_limit() -> None:
    assert due({}, refresh_days=1, max_missing=2) == ["2026-07-15", "2026-07-14", "2026-07-13", "2026-07-10"]


def test_dates_never_asked_for_come_before_failed_ones_and_these_longest_untried_first() -> None:
    complete = {date: LedgerEntry("complete") for date in weekdays(LONG_AGO, TODAY)}
    failed = {
        dt.date(2026, 6, 30): LedgerEntry("failed", "500", tried=dt.date(2026, 7, 14)),
        dt.date(2026, 6, 3): LedgerEntry("failed", "500", tried=dt.date(2026, 7, 13)),
        dt.date(2026, 6, 4): LedgerEntry("failed", "500"),
    }
    ledger = complete | failed
    del ledger[dt.date(2026, 6, 2)]
    ledger[dt.date(2026, 6, 1)] = LedgerEntry("moving", phase="refreshed")
    assert due(ledger, refresh_days=0) == [
        "2026-07-15",
        "2026-06-01",
        "2026-06-02",
        "2026-06-04",
        "2026-06-03",
        "2026-06-30",
    ]


@pytest.mark.fault(59)
@pytest.mark.parametrize("nights", [1, 3, 14])
def test_the_dates_of_skipped_nights_are_due_in_the_next_run(nights: int) -> None:
    asked = TODAY - dt.timedelta(days=nights + 1)
    ledger = {date: LedgerEntry("moving", phase=phase(asked, date, 7)) for date in weekdays(LONG_AGO, asked)}
    found = due(ledger)
    assert set(map(str, weekdays(asked + dt.timedelta(days=1), TODAY))) <= set(found)
    # Dates whose window closed during the skipped nights.
    assert {str(date) for date, entry in ledger.items() if entry.last_phase == "open"} <= set(found)


def test_a_missing_or_unreadable_day_is_due_even_if_it_has_settled() -> None:
    ledger = {date: LedgerEntry("complete") for date in weekdays(LONG_AGO, TODAY)}
    readable = set(ledger) - {LONG_AGO}
    dates = due_dates(NOW, ledger, readable, since=LONG_AGO, refresh_days=0)
    assert dates == [TODAY, LONG_AGO]
