"""Fetching: dates do not affect each other, settled ones are not asked again, and the ledger has each result."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daily_papers.archive.day_files import day_path, encode_day, read_day, read_rejected, rejected_path
from daily_papers.archive.ledger import LedgerEntry, ledger_path, read_ledger, write_ledger
from daily_papers.jobs.fetch import FAILURES_IN_A_ROW, MAX_AT_ONCE, FetchBudget, FetchReport, fetch_archive
from daily_papers.model.dates import weekdays
from tests.factories import make_day, make_paper, store_day
from tests.jobs.reports import results
from tests.upstream import Upstream, answer, record, stall

NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)  # a Wednesday
TODAY = dt.date(2026, 7, 15)
MONDAY = dt.date(2026, 7, 13)
LONG_AGO = dt.date(2026, 6, 1)  # a Monday


@pytest.fixture(autouse=True)
def endpoint(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)


def fetch(
    root: Path, since: dt.date = MONDAY, until: dt.date = TODAY, now: dt.datetime = NOW, *, force: bool = False
) -> FetchReport:
    return fetch_archive(root, "huggingface", now=now, since=since, until=until, refresh_days=7, force=force)


def test_listed_papers_are_stored_and_the_date_is_moving_in_the_ledger(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001", votes=7), record("2607.00002", votes=9))
    report = fetch(tmp_path)
    assert results(report) == {"2026-07-13": "stored", "2026-07-14": "empty", "2026-07-15": "empty"}
    stored = read_day(tmp_path, MONDAY)
    assert stored is not None
    assert [paper.id for paper in stored.papers] == ["2607.00001", "2607.00002"]
    assert stored.fetched_at == NOW
    assert report.complete
    assert read_ledger(tmp_path)[MONDAY] == LedgerEntry("moving")


@pytest.mark.fault(17, 50)
def test_weekends_and_future_dates_are_not_asked_for(tmp_path: Path, upstream: Upstream) -> None:
    fetch(tmp_path, since=dt.date(2026, 7, 10), until=dt.date(2026, 8, 1))
    asked = sorted(request.query["date"] for request in upstream.requests)
    assert asked == ["2026-07-10", "2026-07-13", "2026-07-14", "2026-07-15"]


def test_a_second_run_asks_only_for_dates_in_the_window(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"))
    fetch(tmp_path, since=LONG_AGO)
    upstream.requests.clear()
    fetch(tmp_path, since=LONG_AGO)
    assert sorted(request.query["date"] for request in upstream.requests) == [
        str(date) for date in weekdays(dt.date(2026, 7, 8), TODAY)
    ]


def test_a_date_is_asked_once_more_when_its_window_has_closed_and_once_when_it_has_settled(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.list_papers("2026-07-13", record("2607.00001", votes=1))
    fetch(tmp_path, since=MONDAY, until=MONDAY)
    upstream.list_papers("2026-07-13", record("2607.00001", votes=5))
    later = NOW + dt.timedelta(days=8)
    fetch(tmp_path, since=MONDAY, until=MONDAY, now=later)
    assert read_ledger(tmp_path)[MONDAY] == LedgerEntry("moving", phase="refreshed")
    assert not fetch(tmp_path, since=MONDAY, until=MONDAY, now=later).outcomes
    later = NOW + dt.timedelta(days=28)
    fetch(tmp_path, since=MONDAY, until=MONDAY, now=later)
    assert read_ledger(tmp_path)[MONDAY] == LedgerEntry("complete")
    upstream.requests.clear()
    assert not fetch(tmp_path, since=MONDAY, until=MONDAY, now=later).outcomes
    assert not upstream.requests
    assert results(fetch(tmp_path, since=MONDAY, until=MONDAY, now=later, force=True)) == {"2026-07-13": "unchanged"}


def test_a_bundled_day_is_completed_by_the_first_fetch(tmp_path: Path, upstream: Upstream) -> None:
    store_day(tmp_path, LONG_AGO, make_paper(id="2606.00001", title="Bundled"))
    upstream.list_papers("2026-06-01", record("2606.00001", title="Bundled", votes=3), record("2606.00002"))
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    stored = read_day(tmp_path, LONG_AGO)
    assert stored is not None
    assert [paper.id for paper in stored.papers] == ["2606.00001", "2606.00002"]
    assert stored.papers[0].abstract


@pytest.mark.usefixtures("no_backoff")
def test_a_date_that_fails_does_not_affect_the_others(tmp_path: Path, upstream: Upstream) -> None:
    for date in ("2026-07-13", "2026-07-15"):
        upstream.list_papers(date, record("2607.00001"))
    upstream.always(answer(500), date="2026-07-14")
    report = fetch(tmp_path)
    assert results(report) == {"2026-07-13": "stored", "2026-07-14": "failed", "2026-07-15": "stored"}
    assert not report.complete
    entry = read_ledger(tmp_path)[dt.date(2026, 7, 14)]
    assert entry.state == "failed"
    assert "500" in (entry.reason or "")


@pytest.mark.fault(9, 13, 17, 18)
@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("body", [b"[]", b'{"error": "gone"}', b"<!doctype html>", b"[{", b""])
def test_an_empty_or_invalid_answer_does_not_change_the_stored_day(
    tmp_path: Path, upstream: Upstream, body: bytes
) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001", votes=4))
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    before = day_path(tmp_path, LONG_AGO).read_bytes()
    upstream.days["2026-06-01"] = body
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO, force=True, now=NOW + dt.timedelta(days=1))
    assert day_path(tmp_path, LONG_AGO).read_bytes() == before


def test_an_empty_answer_does_not_replace_an_unreadable_day(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"))
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    day_path(tmp_path, LONG_AGO).write_bytes(b"<<<<<<< HEAD")
    upstream.days["2026-06-01"] = []
    report = fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    assert results(report) == {"2026-06-01": "failed"}
    assert day_path(tmp_path, LONG_AGO).read_bytes() == b"<<<<<<< HEAD"
    reason = read_ledger(tmp_path)[LONG_AGO].reason or ""
    assert "git merge" in reason
    assert str(tmp_path) not in reason


@pytest.mark.fault(10)
def test_a_403_ends_the_run_and_does_not_change_the_ledger(tmp_path: Path, upstream: Upstream) -> None:
    upstream.always(answer(403, "<html>blocked</html>"))
    report = fetch(tmp_path, since=LONG_AGO)
    assert set(results(report).values()) == {"failed", "not asked"}
    assert len(upstream.requests) <= MAX_AT_ONCE
    assert not ledger_path(tmp_path).exists()


@pytest.mark.fault(12)
def test_a_date_that_upstream_does_not_know_yet_is_not_a_failure(tmp_path: Path, upstream: Upstream) -> None:
    upstream.today = "2026-07-14"
    report = fetch(tmp_path)
    assert results(report)["2026-07-15"] == "early"
    assert report.complete
    assert TODAY not in read_ledger(tmp_path)


@pytest.mark.fault(6)
def test_a_wait_longer_than_a_run_ends_it_and_does_not_change_the_ledger(tmp_path: Path, upstream: Upstream) -> None:
    upstream.always(answer(429, headers={"Retry-After": "86400"}))
    report = fetch(tmp_path, since=LONG_AGO)
    assert set(results(report).values()) == {"failed", "not asked"}
    assert "asks for no further request until" in str(report.outcomes[0].error)
    assert not ledger_path(tmp_path).exists()


def test_an_unreadable_ledger_is_renamed_and_a_new_one_is_written(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"))
    ledger_path(tmp_path).write_text("{")
    assert fetch(tmp_path, since=LONG_AGO, until=LONG_AGO).complete
    assert read_ledger(tmp_path) == {LONG_AGO: LedgerEntry("complete")}
    assert (tmp_path / "ledger.json.unreadable").read_text() == "{"


def test_an_unreadable_file_of_rejected_records_is_renamed_and_reported(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"))
    path = rejected_path(tmp_path, LONG_AGO)
    path.parent.mkdir(parents=True)
    path.write_text("{")
    report = fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    assert not report.complete
    assert results(report) == {"2026-06-01": "stored"}
    assert path.with_name("01.rejected.json.unreadable").read_text() == "{"


def test_a_missing_day_is_asked_for_again_even_if_its_rejected_records_exist(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"), record("no id"))
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    day_path(tmp_path, LONG_AGO).unlink()
    assert results(fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)) == {"2026-06-01": "stored"}


def test_a_rejected_record_is_removed_only_after_the_day_with_the_paper_is_on_disk(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001", votes="many"))
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    upstream.list_papers("2026-06-01", record("2606.00001", votes=7))
    # A folder at the path of the temporary file makes the write fail, like a full disk.
    day_path(tmp_path, LONG_AGO).with_name(f".01.json.{os.getpid()}.tmp").mkdir()
    assert results(fetch(tmp_path, since=LONG_AGO, until=LONG_AGO, force=True)) == {"2026-06-01": "failed"}
    assert rejected_path(tmp_path, LONG_AGO).exists()


@pytest.mark.fault(1)
def test_an_unreachable_host_ends_the_run_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_backoff: None
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    write_ledger(tmp_path, {MONDAY: LedgerEntry("moving")})
    before = ledger_path(tmp_path).read_bytes()
    report = fetch(tmp_path, since=LONG_AGO)
    ended = set(results(report).values())
    assert ended == {"failed", "not asked"}
    assert list(results(report).values()).count("failed") <= MAX_AT_ONCE
    assert "unreachable" in str(report.outcomes[0].error)
    assert ledger_path(tmp_path).read_bytes() == before


@pytest.mark.fault(19, 24)
def test_a_record_that_cannot_be_read_is_stored_in_the_rejected_file(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"), record("../../etc/passwd"))
    report = fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    assert (report.outcomes[0].papers, report.outcomes[0].rejected) == (1, 1)
    assert [rejected.id for rejected in read_rejected(tmp_path, LONG_AGO)] == ["../../etc/passwd"]
    assert read_ledger(tmp_path)[LONG_AGO].state == "partial"


@pytest.mark.fault(47)
def test_an_unreadable_day_is_renamed_and_asked_for_again(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"))
    fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    whole = day_path(tmp_path, LONG_AGO).read_bytes()
    day_path(tmp_path, LONG_AGO).write_bytes(whole[:50])
    report = fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    assert "truncated" in str(report.outcomes[0].error)
    assert not report.complete
    assert day_path(tmp_path, LONG_AGO).read_bytes() == whole
    assert day_path(tmp_path, LONG_AGO).with_suffix(".json.unreadable").read_bytes() == whole[:50]


@pytest.mark.fault(48)
def test_a_day_of_a_newer_schema_is_not_changed(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers("2026-06-01", record("2606.00001"))
    newer = encode_day(make_day(LONG_AGO)).replace(b'"schema": 1', b'"schema": 2')
    day_path(tmp_path, LONG_AGO).parent.mkdir(parents=True)
    day_path(tmp_path, LONG_AGO).write_bytes(newer)
    report = fetch(tmp_path, since=LONG_AGO, until=LONG_AGO)
    assert results(report) == {"2026-06-01": "failed"}
    assert day_path(tmp_path, LONG_AGO).read_bytes() == newer


@pytest.mark.fault(8, 13)
@pytest.mark.usefixtures("no_backoff")
def test_faults_that_pass_lead_to_the_same_archive(tmp_path: Path, upstream: Upstream) -> None:
    for number, date in enumerate(weekdays(LONG_AGO, TODAY)):
        upstream.list_papers(str(date), record(f"2606.{number:05}", votes=number), record(f"2605.{number:05}"))
    fetch(tmp_path / "calm", since=LONG_AGO)
    upstream.then(answer(503, "<html>"), answer(200, "[{"), answer(200, '{"error": "x"}'), answer(429))
    fetch(tmp_path / "stormy", since=LONG_AGO)
    calm, stormy = (
        {p.relative_to(r): p.read_bytes() for p in r.rglob("*.json")} for r in (tmp_path / "calm", tmp_path / "stormy")
    )
    assert calm == stormy


def test_at_most_the_allowed_number_of_dates_is_asked_for_at_once(tmp_path: Path, upstream: Upstream) -> None:
    upstream.latency_s = 0.02
    fetch(tmp_path, since=LONG_AGO)
    assert 1 < upstream.peak <= MAX_AT_ONCE


def test_dates_beyond_the_time_limit_are_not_asked(tmp_path: Path, upstream: Upstream) -> None:
    upstream.latency_s = 0.3
    report = fetch_archive(
        tmp_path, "huggingface", now=NOW, since=dt.date(2026, 1, 1), refresh_days=7, budget=FetchBudget(seconds=1.0)
    )
    ended = list(results(report).values())
    assert "empty" in ended
    assert ended.count("not asked") > len(ended) / 2
    assert set(read_ledger(tmp_path)) == {outcome.date for outcome in report.outcomes if outcome.result == "empty"}


def test_dates_beyond_the_limit_of_requests_come_first_in_the_next_run(tmp_path: Path, upstream: Upstream) -> None:
    def run() -> FetchReport:
        budget = FetchBudget(requests=20)
        return fetch_archive(tmp_path, "huggingface", now=NOW, since=LONG_AGO, refresh_days=2, budget=budget)

    dates = list(weekdays(LONG_AGO, TODAY))
    first = run()
    assert 20 <= len(upstream.requests) <= 20 + MAX_AT_ONCE
    assert "the run's limit of 20 requests is reached" in str(first)
    left = {outcome.date for outcome in first.outcomes if outcome.result == "not asked"}
    assert left == set(dates[: len(left)])
    upstream.requests.clear()
    assert run().complete
    assert {request.query["date"] for request in upstream.requests} >= {str(date) for date in left}
    assert set(read_ledger(tmp_path)) == set(dates)


@pytest.mark.usefixtures("no_backoff")
def test_several_failed_dates_in_a_row_end_the_run(tmp_path: Path, upstream: Upstream) -> None:
    upstream.always(answer(503, "<html>"))
    report = fetch(tmp_path, since=dt.date(2026, 1, 1))
    failed = [outcome for outcome in report.outcomes if outcome.result == "failed"]
    assert FAILURES_IN_A_ROW <= len(failed) < FAILURES_IN_A_ROW + MAX_AT_ONCE
    assert f"{FAILURES_IN_A_ROW} dates in a row failed" in str(report)
    assert all(entry.tried == NOW.date() for entry in read_ledger(tmp_path).values())


@pytest.mark.usefixtures("no_backoff")
def test_failed_dates_that_are_not_in_a_row_do_not_end_the_run(tmp_path: Path, upstream: Upstream) -> None:
    dates = list(weekdays(dt.date(2026, 4, 1), TODAY))
    for date in dates[::8]:
        upstream.always(answer(500), date=str(date))
    report = fetch(tmp_path, since=dates[0])
    assert set(results(report).values()) == {"failed", "empty"}


@pytest.mark.fault(17)
def test_a_date_without_papers_is_empty_and_asked_for_again(tmp_path: Path, upstream: Upstream) -> None:
    fetch(tmp_path)
    assert read_ledger(tmp_path)[MONDAY] == LedgerEntry("empty")
    assert read_ledger(tmp_path)[TODAY] == LedgerEntry("moving")  # its list opened a short time ago
    upstream.list_papers("2026-07-13", record("2607.00001"))
    assert results(fetch(tmp_path))["2026-07-13"] == "stored"


@pytest.mark.fault(51)
def test_an_interrupted_command_keeps_what_was_stored_and_prints_no_traceback(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.list_papers("2026-07-15", record("2607.00001"))
    upstream.always(stall(3600), date="2026-03-02")  # the fetch waits there until it is stopped
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nplugins: [daily-papers]\n")
    environment = {**os.environ, "DAILY_PAPERS_NOW": "2026-07-15T03:17:00Z"}
    command = [sys.executable, "-m", "daily_papers.cli", "fetch", "--since", "2026-01-01"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("2026-07-")  # one of the newest eight, which are asked for at once
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=600)
    assert process.returncode == 130
    assert errors == "Stopped. Everything stored so far is kept.\n"
    assert read_ledger(tmp_path / "docs")
