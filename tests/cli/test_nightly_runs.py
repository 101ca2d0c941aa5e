"""A fortnight of nights against an upstream that grows with the hour: what is missed is made good.

Lists and votes grow as was measured of Hugging Face: two thirds of a day's papers by its morning, all of them after a
day; votes for three weeks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.archive.ledger import read_ledger
from daily_papers.jobs.check import check
from daily_papers.jobs.fetch import NIGHTLY_BUDGET, fetch_archive
from daily_papers.model.dates import weekdays
from daily_papers.model.merge import MILESTONES
from daily_papers.model.records import Paper
from tests.sites import NOWHERE
from tests.upstream import Upstream, answer, record

FIRST = dt.date(2026, 7, 1)  # a Wednesday
NIGHTS = [FIRST + dt.timedelta(days=number) for number in range(1, 15)]
HOURS_LISTED = (1, 3, 6, 8, 12, 16, 20, 23)
"""At which hour of its day each of a date's papers is listed."""
SETTLED_H = 20 * 24


def grow(upstream: Upstream, now: dt.datetime) -> None:
    """Let `upstream` list what it would at `now`."""
    upstream.days.clear()
    upstream.today = str(now.date())
    for date in weekdays(FIRST, now.date()):
        midnight = dt.datetime.combine(date, dt.time(), dt.UTC)
        hours = (now - midnight) / dt.timedelta(hours=1)
        upstream.list_papers(
            str(date),
            *(
                record(
                    f"2607.{date.timetuple().tm_yday:03}{number:02}", votes=int(min(hours, SETTLED_H) * (number + 1))
                )
                for number, listed in enumerate(HOURS_LISTED)
                if listed <= hours
            ),
        )


def night(root: Path, upstream: Upstream, date: dt.date, monkeypatch: pytest.MonkeyPatch, *, fault: str = "") -> None:
    """Fetch as a night of `date` does, with nothing wrong, the host `gone`, or everything answered by `503`."""
    now = dt.datetime.combine(date, dt.time(3, 17), dt.UTC)
    grow(upstream, now)
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE if fault == "gone" else upstream.url)
    upstream.always(answer(503, "<html>") if fault == "503" else None)
    report = fetch_archive(root, "huggingface", now=now, since=FIRST, refresh_days=7, budget=NIGHTLY_BUDGET)
    assert report.complete == (not fault)


def papers(root: Path, *, votes: bool) -> dict[dt.date, list[Paper]]:
    """Return what is stored, apart from when it was seen."""
    days = [day for date in stored_dates(root) if (day := read_day(root, date))]
    unseen = {"vote_history": ()} | ({} if votes else {"votes": None})
    return {day.date: [msgspec.structs.replace(paper, **unseen) for paper in day.papers] for day in days}


def fortnight(
    root: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, skipped: Collection[int], fault: dict[int, str]
) -> None:
    for number, date in enumerate(NIGHTS):
        if number not in skipped:
            night(root, upstream, date, monkeypatch, fault=fault.get(number, ""))


@pytest.mark.fault(59)
@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("fault", ["gone", "503"])
def test_nights_skipped_and_an_upstream_that_was_down_leave_the_archive_of_an_uninterrupted_run(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    fortnight(calm, upstream, monkeypatch, (), {})
    fortnight(rough, upstream, monkeypatch, (2, 3), {5: fault})
    assert papers(rough, votes=True) == papers(calm, votes=True)
    assert read_ledger(rough) == read_ledger(calm)
    assert not list(check(rough))


@pytest.mark.usefixtures("no_backoff")
def test_a_look_that_fell_to_a_lost_night_is_made_good_and_after_a_month_nothing_tells_it(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Votes that were to be read a week after their date are then read a day later, and so are a few more."""
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    fortnight(calm, upstream, monkeypatch, (), {})
    fortnight(rough, upstream, monkeypatch, (8, 11), {9: "gone"})
    assert papers(rough, votes=False) == papers(calm, votes=False)
    assert read_ledger(rough) == read_ledger(calm)
    for root in (calm, rough):
        for number in range(1, 46):
            night(root, upstream, NIGHTS[-1] + dt.timedelta(days=number), monkeypatch)
    assert papers(rough, votes=True) == papers(calm, votes=True)
    assert read_ledger(rough) == read_ledger(calm)
    settled = [entry.state for date, entry in read_ledger(calm).items() if date <= NIGHTS[-1]]
    assert set(settled) == {"complete"}


def test_the_votes_of_a_settled_paper_tell_their_course(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(45):
        night(tmp_path, upstream, FIRST + dt.timedelta(days=number), monkeypatch)
    day = read_day(tmp_path, FIRST)
    assert day is not None
    late = day.papers[-1]
    ages = [(seen - FIRST).days for seen, _ in late.vote_history]
    assert ages == list(MILESTONES)
    assert [votes for _, votes in late.vote_history] == sorted(votes for _, votes in late.vote_history)
