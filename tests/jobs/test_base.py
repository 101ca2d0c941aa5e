"""Shared parts of jobs: a run stops for one reason, ends at its time limit, and skips unreadable files."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import day_path, read_day
from daily_papers.archive.file_io import LOCK
from daily_papers.archive.ledger import ledger_path, read_ledger
from daily_papers.errors import ArchiveError, NewerSchemaError, SymlinkError
from daily_papers.jobs.base import (
    Report,
    Run,
    TimeLimit,
    count_results,
    ignore,
    read_day_if_readable,
    read_or_quarantine,
    readable_days,
    update_papers,
    write_access,
)
from tests.factories import make_paper, store_day

MONDAY = dt.date(2024, 3, 4)
DATES = [MONDAY + dt.timedelta(days=number) for number in range(10)]


class DateOutcome(msgspec.Struct, frozen=True):
    date: dt.date
    result: str = "done"
    error: Exception | None = None


def run_on(root: Path, reported: list[DateOutcome] | None = None) -> Run[DateOutcome]:
    return Run(root, ignore if reported is None else reported.append)


def test_items_are_handled_in_order_and_each_outcome_is_reported(tmp_path: Path) -> None:
    reported: list[DateOutcome] = []
    run = run_on(tmp_path, reported)

    async def handle(date: dt.date) -> DateOutcome:
        return DateOutcome(date)

    asyncio.run(run.process(DATES, handle, at_once=1, run_s=None))
    assert [outcome.date for outcome in run.outcomes] == DATES
    assert reported == run.outcomes
    assert run.stopped_by == ""


@pytest.mark.parametrize("at_once", [1, 3, 20])
def test_at_most_the_allowed_number_of_items_is_under_way(tmp_path: Path, at_once: int) -> None:
    run = run_on(tmp_path)
    under_way = peak = 0

    async def handle(date: dt.date) -> DateOutcome:
        nonlocal under_way, peak
        under_way += 1
        peak = max(peak, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return DateOutcome(date)

    asyncio.run(run.process(DATES, handle, at_once=at_once, run_s=None))
    assert peak == min(at_once, len(DATES))
    assert sorted(outcome.date for outcome in run.outcomes) == DATES


def test_a_stopped_run_begins_no_item_and_finishes_those_under_way(tmp_path: Path) -> None:
    run = run_on(tmp_path)

    async def handle(date: dt.date) -> DateOutcome | None:
        if date == DATES[2]:
            run.stop("the first reason")
            run.stop("another reason")
            return None
        await asyncio.sleep(0.01)
        return DateOutcome(date)

    asyncio.run(run.process(DATES, handle, at_once=3, run_s=None))
    assert [outcome.date for outcome in run.outcomes] == DATES[:2]
    assert run.stopped_by == "the first reason"


def test_a_run_ends_at_its_time_limit_and_cancels_items_under_way(tmp_path: Path) -> None:
    run = run_on(tmp_path)
    cancelled = []

    async def handle(date: dt.date) -> DateOutcome:
        if date != DATES[0]:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                cancelled.append(date)
                raise
        return DateOutcome(date)

    asyncio.run(run.process(DATES, handle, at_once=2, run_s=1))
    assert [outcome.date for outcome in run.outcomes] == DATES[:1]
    assert sorted(cancelled) == DATES[1:3]
    assert run.stopped_by == "the run's time limit of 1 s is reached"


def test_an_error_of_one_item_cancels_the_others_and_is_raised(tmp_path: Path) -> None:
    run = run_on(tmp_path)

    async def handle(date: dt.date) -> DateOutcome:
        if date == DATES[1]:
            raise ArchiveError("cannot be written", path=tmp_path)
        await asyncio.sleep(3600)
        return DateOutcome(date)

    with pytest.raises(ArchiveError, match="cannot be written"):
        asyncio.run(run.process(DATES, handle, at_once=2, run_s=None))
    assert run.outcomes == []


def test_an_interrupt_in_a_callback_passes(tmp_path: Path) -> None:
    def interrupt(outcome: DateOutcome) -> None:
        raise KeyboardInterrupt

    async def handle(date: dt.date) -> DateOutcome:
        return DateOutcome(date)

    run: Run[DateOutcome] = Run(tmp_path, interrupt)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run.process(DATES, handle, at_once=2, run_s=None))


def test_a_time_limit_is_reached_after_its_seconds_by_the_given_clock() -> None:
    now = 100.0
    limit = TimeLimit(5, clock=lambda: now)
    assert not limit.is_reached
    now = 104.9
    assert not limit.is_reached
    now = 105.0
    assert limit.is_reached
    assert limit.reason == "the run's time limit of 5 s is reached"


def test_without_a_time_limit_a_run_never_reaches_it() -> None:
    assert not TimeLimit(None).is_reached


def test_a_report_is_complete_if_nothing_is_left() -> None:
    assert Report(outcomes=(DateOutcome(MONDAY),)).complete
    assert not Report[DateOutcome](outcomes=(), left=1, stopped_by="a reason").complete


def test_results_are_counted_in_alphabetical_order() -> None:
    outcomes = [DateOutcome(MONDAY, "stored"), DateOutcome(MONDAY, "failed"), DateOutcome(MONDAY, "stored")]
    assert count_results(outcomes) == "1 failed, 2 stored"
    assert count_results([]) == ""


def test_write_access_holds_the_lock_and_removes_the_temporary_files_of_dead_processes(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    stale = tmp_path / f".01.json.{dead.pid}.tmp"
    stale.touch()
    with write_access(tmp_path):
        assert (tmp_path / LOCK).exists()
        assert not stale.exists()
    assert not (tmp_path / LOCK).exists()


def test_an_unreadable_file_is_renamed_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ledger_path(tmp_path).write_text("{")
    with caplog.at_level(logging.WARNING, "daily_papers"):
        assert read_or_quarantine(lambda: read_ledger(tmp_path), "every date is asked for again") is None
    assert (tmp_path / "ledger.json.unreadable").read_text() == "{"
    assert not ledger_path(tmp_path).exists()
    (message,) = caplog.messages
    assert message.startswith(f"{ledger_path(tmp_path)}: ")
    assert message.endswith("; it was renamed to ledger.json.unreadable, and every date is asked for again")


def test_a_valid_file_is_read_and_not_renamed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read_or_quarantine(lambda: read_ledger(tmp_path)) == {}
    ledger_path(tmp_path).write_text('{"2024-03-04": {"state": "empty"}}')
    assert list(read_or_quarantine(lambda: read_ledger(tmp_path)) or ()) == [MONDAY]
    assert not caplog.messages


def test_unreadable_days_are_skipped_in_either_order(tmp_path: Path) -> None:
    first, _, third = (store_day(tmp_path, date, make_paper()) for date in DATES[:3])
    day_path(tmp_path, DATES[1]).write_text("{")
    assert list(readable_days(tmp_path)) == [first, third]
    assert list(readable_days(tmp_path, newest_first=True)) == [third, first]
    assert read_day_if_readable(tmp_path, DATES[1]) is None
    assert read_day_if_readable(tmp_path, DATES[9]) is None
    assert read_day_if_readable(tmp_path, DATES[0]) == first


def test_updated_papers_are_stored_in_their_order(tmp_path: Path) -> None:
    day = store_day(tmp_path, MONDAY, make_paper(1, title="Rivers"), make_paper(2, title="Glaciers"))
    update_papers(tmp_path, day, lambda paper: msgspec.structs.replace(paper, title=paper.title.upper()))
    stored = read_day(tmp_path, MONDAY)
    assert stored is not None
    assert [paper.title for paper in stored.papers] == ["RIVERS", "GLACIERS"]
    assert stored.source == day.source


@pytest.mark.parametrize("kind", [SymlinkError, NewerSchemaError])
def test_a_protected_file_is_neither_renamed_nor_read(tmp_path: Path, kind: type[ArchiveError]) -> None:
    path = tmp_path / "ledger.json"
    path.write_text("{}")

    def read() -> None:
        raise kind("must stay", path=path)

    with pytest.raises(kind):
        read_or_quarantine(read)
    assert list(tmp_path.iterdir()) == [path]
