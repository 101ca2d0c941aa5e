"""Two weeks of nightly runs against an upstream that grows by the hour: later runs make up for missed ones.

Lists and votes grow as measured on Hugging Face: a day has two thirds of its papers by its morning, and all of them
after a day; votes grow for three weeks.
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
"""The hour of its day in which each paper of a date is listed."""
SETTLED_H = 20 * 24
"""Hours after which votes no longer grow."""


def grow(upstream: Upstream, now: dt.datetime) -> None:
    """Set the lists and votes of `upstream` to those at `now`."""
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


def nightly_run(
    root: Path, upstream: Upstream, date: dt.date, monkeypatch: pytest.MonkeyPatch, *, fault: str = ""
) -> None:
    """Fetch as the nightly run of `date`: without a fault, with the host `gone`, or with `503` as every answer."""
    now = dt.datetime.combine(date, dt.time(3, 17), dt.UTC)
    grow(upstream, now)
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE if fault == "gone" else upstream.url)
    upstream.always(answer(503, "<html>") if fault == "503" else None)
    report = fetch_archive(root, "huggingface", now=now, since=FIRST, refresh_days=7, budget=NIGHTLY_BUDGET)
    assert report.complete == (not fault)


def papers(root: Path, *, votes: bool) -> dict[dt.date, list[Paper]]:
    """Return the stored papers by date, without the times at which their votes were read."""
    days = [day for date in stored_dates(root) if (day := read_day(root, date))]
    unseen = {"vote_history": ()} | ({} if votes else {"votes": None})
    return {day.date: [msgspec.structs.replace(paper, **unseen) for paper in day.papers] for day in days}


def two_weeks(
    root: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, skipped: Collection[int], fault: dict[int, str]
) -> None:
    for number, date in enumerate(NIGHTS):
        if number not in skipped:
            nightly_run(root, upstream, date, monkeypatch, fault=fault.get(number, ""))


@pytest.mark.fault(59)
@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("fault", ["gone", "503"])
def test_skipped_runs_and_an_upstream_that_was_down_leave_the_same_archive_as_uninterrupted_runs(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    steady, disturbed = tmp_path / "steady", tmp_path / "disturbed"
    two_weeks(steady, upstream, monkeypatch, (), {})
    two_weeks(disturbed, upstream, monkeypatch, (2, 3), {5: fault})
    assert papers(disturbed, votes=True) == papers(steady, votes=True)
    assert read_ledger(disturbed) == read_ledger(steady)
    assert not list(check(disturbed))


@pytest.mark.usefixtures("no_backoff")
def test_votes_missed_by_a_lost_run_are_read_later_and_after_a_month_the_archive_is_the_same(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Votes that were due a week after their date are read a day later, as are a few more."""
    steady, disturbed = tmp_path / "steady", tmp_path / "disturbed"
    two_weeks(steady, upstream, monkeypatch, (), {})
    two_weeks(disturbed, upstream, monkeypatch, (8, 11), {9: "gone"})
    assert papers(disturbed, votes=False) == papers(steady, votes=False)
    assert read_ledger(disturbed) == read_ledger(steady)
    for root in (steady, disturbed):
        for number in range(1, 46):
            nightly_run(root, upstream, NIGHTS[-1] + dt.timedelta(days=number), monkeypatch)
    assert papers(disturbed, votes=True) == papers(steady, votes=True)
    assert read_ledger(disturbed) == read_ledger(steady)
    settled = [entry.state for date, entry in read_ledger(steady).items() if date <= NIGHTS[-1]]
    assert set(settled) == {"complete"}


def test_a_settled_paper_has_its_votes_at_each_milestone(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(45):
        nightly_run(tmp_path, upstream, FIRST + dt.timedelta(days=number), monkeypatch)
    day = read_day(tmp_path, FIRST)
    assert day is not None
    late = day.papers[-1]
    ages = [(seen - FIRST).days for seen, _ in late.vote_history]
    assert ages == list(MILESTONES)
    assert [votes for _, votes in late.vote_history] == sorted(votes for _, votes in late.vote_history)
