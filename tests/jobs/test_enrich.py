"""Enriching from arXiv: at the pace it allows, without delaying a page, and once for each paper."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daily_papers.archive.day_files import read_day
from daily_papers.jobs.check import check
from daily_papers.jobs.enrich import MAX_TRIES, EnrichReport, enrich_archive, read_unknown
from daily_papers.jobs.fetch import fetch_archive
from daily_papers.model.records import Arxiv, Paper
from daily_papers.sources import arxiv_api as arxiv_source
from tests.factories import make_paper, store_day
from tests.upstream import (
    ARXIV_ERROR,
    Fault,
    Upstream,
    answer,
    answer_arxiv,
    atom,
    cut_unseen,
    entry,
    record,
    redirect,
    reset,
)

DATE = dt.date(2026, 7, 14)
NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)
SURELY_THERE = arxiv_source.CONTROL_ID


class Waits:
    """A clock that advances only by `sleep`."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


pytestmark = pytest.mark.usefixtures("no_backoff")


def store(root: Path, *ids: str, date: dt.date = DATE) -> None:
    papers = (make_paper(id=paper_id, title="A title", authors=("Ben Ford", "Ada Brook")) for paper_id in ids)
    store_day(root, date, *papers, fetched_at=NOW)


def run(root: Path, **options: Any) -> EnrichReport:
    waits = Waits()
    return enrich_archive(root, sleep=waits.sleep, clock=waits.clock, **options)


def paper(root: Path, number: int = 0, date: dt.date = DATE) -> Paper:
    day = read_day(root, date)
    assert day is not None
    return day.papers[number]


def asked(upstream: Upstream) -> list[list[str]]:
    """Return the ids of each request, without the control id."""
    return [[paper_id for paper_id in ids if paper_id != SURELY_THERE] for ids in upstream.arxiv_requests]


def test_categories_and_the_order_of_authors_are_filled_and_other_fields_stay(
    tmp_path: Path, upstream: Upstream
) -> None:
    more = (
        '<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">12 pages,\n  3 figures &lt;b&gt;</arxiv:comment>'
        '<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1/x</arxiv:doi>'
        '<arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Rivers 1 (2026)</arxiv:journal_ref>'
    )
    upstream.arxiv["2607.00001"] = entry("2607.00001", "Ada Brook", "Ben Ford", more=more, version=3)
    store(tmp_path, "2607.00001")
    assert str(run(tmp_path)) == "1 papers enriched"
    expected = Arxiv("cs.CL", ("cs.CL",), "12 pages, 3 figures <b>", "10.1/x", "J. Rivers 1 (2026)")
    assert paper(tmp_path) == Paper(id="2607.00001", title="A title", authors=("Ada Brook", "Ben Ford"), arxiv=expected)
    assert not list(check(tmp_path))


def test_250_papers_take_three_requests_of_at_most_100_ids_three_seconds_apart(
    tmp_path: Path, upstream: Upstream
) -> None:
    waits = Waits()
    store(tmp_path, *(f"2607.{number:05}" for number in range(250)))
    report = enrich_archive(tmp_path, sleep=waits.sleep, clock=waits.clock)
    assert report.complete
    assert [len(ids) for ids in upstream.arxiv_requests] == [100, 100, 53]
    assert waits.now == pytest.approx(2 * arxiv_source.INTERVAL_S)
    assert upstream.peak == 1


@pytest.mark.fault(35)
def test_retries_and_redirects_are_paced_by_the_real_clock(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arxiv_source, "INTERVAL_S", 0.3)
    monkeypatch.setattr(arxiv_source, "MAX_IDS", 3)
    monkeypatch.setattr("daily_papers.jobs.enrich.MAX_IDS", 3)
    there = f"/api/query?id_list=2607.00000,2607.00001,{SURELY_THERE}&max_results=3"
    upstream.arxiv_then(answer(500, b""), redirect(there))
    store(tmp_path, *(f"2607.{number:05}" for number in range(6)))
    started = time.monotonic()
    assert enrich_archive(tmp_path).complete
    assert len(upstream.arxiv_requests) == 5
    # Measured in total: a slow request seems to be close to the next one. A busy machine is only slower.
    assert time.monotonic() - started >= 4 * 0.3


def test_a_paper_of_several_dates_is_asked_for_once_and_stored_on_each(tmp_path: Path, upstream: Upstream) -> None:
    other = dt.date(2026, 7, 8)
    store(tmp_path, "2607.00001")
    store(tmp_path, "2607.00001", date=other)
    run(tmp_path)
    assert asked(upstream) == [["2607.00001"]]
    assert paper(tmp_path).arxiv == paper(tmp_path, date=other).arxiv == Arxiv("cs.CL", ("cs.CL",))


def test_a_second_run_asks_for_nothing_and_papers_outside_arxiv_are_never_asked_for(
    tmp_path: Path, upstream: Upstream
) -> None:
    store(tmp_path, "2607.00001", "x-0123456789ab")
    run(tmp_path)
    assert str(run(tmp_path)) == "nothing to ask"
    assert asked(upstream) == [["2607.00001"]]


@pytest.mark.fault(37)
def test_an_answer_in_another_order_with_repeats_and_versions_is_matched_by_id(
    tmp_path: Path, upstream: Upstream
) -> None:
    ids = ["2607.00001", "2607.00002", "hep-th/9901001"]
    feed = atom(
        entry(ids[2], "Cy Delta"), entry(ids[1], "Eva", version=12), entry("2601.99999", "Nobody"), entry(ids[1], "Eva")
    )
    upstream.arxiv_then(answer(200, feed.encode()))
    store(tmp_path, *ids)
    report = run(tmp_path)
    assert report.outcomes[0].unknown == 1
    assert [paper(tmp_path, number).authors for number in range(3)] == [
        ("Ben Ford", "Ada Brook"),
        ("Eva",),
        ("Cy Delta",),
    ]
    assert read_unknown(tmp_path) == {"2607.00001": 1}


def test_a_paper_unknown_to_arxiv_is_not_asked_for_after_several_runs(tmp_path: Path, upstream: Upstream) -> None:
    upstream.arxiv["2607.00001"] = None
    store(tmp_path, "2607.00001")
    for number in range(1, MAX_TRIES + 1):
        assert "1 not known there" in str(run(tmp_path))
        assert read_unknown(tmp_path) == {"2607.00001": number}
    assert str(run(tmp_path)) == "nothing to ask"
    assert len(upstream.arxiv_requests) == MAX_TRIES


def test_a_paper_that_arxiv_knows_later_is_removed_from_the_list_of_unknown_ones(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.arxiv["2607.00001"] = None
    store(tmp_path, "2607.00001")
    run(tmp_path)
    del upstream.arxiv["2607.00001"]
    run(tmp_path)
    assert not (tmp_path / "arxiv.json").exists()


@pytest.mark.fault(36)
@pytest.mark.parametrize("status", [200, 400])
def test_an_id_that_makes_arxiv_refuse_a_list_is_found_by_halving(
    tmp_path: Path, upstream: Upstream, status: int
) -> None:
    bad = "2607.00005"
    known = {f"2607.{number:05}": entry(f"2607.{number:05}") for number in range(9)}

    def reply(ids: list[str]) -> Fault:
        if bad in ids:
            return answer(status, ARXIV_ERROR.encode())
        return answer(200, atom(*(known[paper_id] for paper_id in ids if paper_id in known)).encode())

    upstream.arxiv_always(lambda handler: reply(handler.query["id_list"].split(","))(handler))
    store(tmp_path, *known)
    report = run(tmp_path)
    assert report.complete
    enriched = [bool(paper(tmp_path, number).arxiv) for number in range(9)]
    assert enriched == [number != 5 for number in range(9)]


@pytest.mark.parametrize("status", [200, 400])
def test_an_arxiv_that_refuses_every_list_ends_the_run_and_no_paper_becomes_unknown(
    tmp_path: Path, upstream: Upstream, status: int
) -> None:
    upstream.arxiv_always(answer(status, ARXIV_ERROR.encode()))
    store(tmp_path, *(f"2607.{number:05}" for number in range(9)))
    report = run(tmp_path)
    assert "9 left for the next run: arxiv: refuses every list" in str(report)
    assert len(upstream.arxiv_requests) == 2
    assert not read_unknown(tmp_path)


HOSTILE = {
    "HTML": b"<!doctype html><html><p>Rate exceeded</p></html>",
    "nothing": b"",
    "text": b"Rate exceeded.",
    "cut XML": atom(entry("2607.00001"), entry("2607.00002")).encode()[:-200],
    "an empty feed": atom().encode(),
    "an entity bomb": b'<!DOCTYPE f [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    + atom(entry("2607.00001", "&b;")).encode(),
    "a file": b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + atom(entry("2607.00001", "&x;")).encode(),
    "another encoding": atom(entry("2607.00001", "Jos\u00e9")).encode("latin-1"),
}


@pytest.mark.fault(38, 39)
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_an_answer_that_is_not_a_complete_feed_is_retried_and_then_left(
    tmp_path: Path, upstream: Upstream, body: bytes
) -> None:
    store(tmp_path, "2607.00001", "2607.00002")
    before = (tmp_path / "2026/07/14.json").read_bytes()
    upstream.arxiv_then(answer(200, body))
    assert run(tmp_path).complete
    assert paper(tmp_path).authors == ("Ada Brook", "Ben Ford")
    (tmp_path / "2026/07/14.json").write_bytes(before)
    upstream.arxiv_always(answer(200, body))
    report = run(tmp_path)
    assert "2 left for the next run: arxiv: " in str(report)
    assert (tmp_path / "2026/07/14.json").read_bytes() == before
    assert not read_unknown(tmp_path)


@pytest.mark.fault(35)
@pytest.mark.parametrize(
    "fault",
    [answer(429, b"Rate exceeded."), answer(503, "<html>"), answer(403, "<html>"), reset(), cut_unseen(b"<feed")],
)
def test_a_failing_arxiv_ends_the_run_and_earlier_answers_stay(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr("daily_papers.jobs.enrich.MAX_IDS", 3)
    store(tmp_path, *(f"2607.{number:05}" for number in range(6)))
    upstream.arxiv_then(answer_arxiv(["2607.00000", "2607.00001"]))
    upstream.arxiv_always(fault)
    report = run(tmp_path)
    assert not report.complete
    assert report.left == 4
    assert [bool(paper(tmp_path, number).arxiv) for number in range(6)] == [True, True, False, False, False, False]
    assert len(upstream.arxiv_requests) <= 1 + arxiv_source.ATTEMPTS
    upstream.arxiv_always(None)
    upstream.arxiv_requests.clear()
    assert run(tmp_path).complete
    assert asked(upstream) == [["2607.00002", "2607.00003"], ["2607.00004", "2607.00005"]]


def test_a_redirect_to_another_host_is_not_followed(tmp_path: Path, upstream: Upstream) -> None:
    store(tmp_path, "2607.00001")
    upstream.arxiv_always(redirect("http://elsewhere.example/api/query"))
    assert "redirected" in str(run(tmp_path))


def test_fetching_and_enriching_give_the_same_record_in_either_order(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    upstream.list_papers(str(DATE), record("2607.00001", authors=["Ben Ford", "Ada Brook"]))

    def fetch(root: Path, hour: int) -> None:
        now = NOW + dt.timedelta(hours=hour)
        fetch_archive(root, "huggingface", now=now, since=DATE, until=DATE, refresh_days=7)

    once, twice = tmp_path / "once", tmp_path / "twice"
    fetch(once, 0)
    run(once)
    fetch(twice, 0)
    run(twice)
    fetch(twice, 5)
    assert read_day(once, DATE) == read_day(twice, DATE)
    assert paper(twice).authors == ("Ada Brook", "Ben Ford")
    assert read_day(once, DATE).fetched_at == NOW  # type: ignore[union-attr]


def test_an_unreadable_list_of_unknown_papers_is_renamed(tmp_path: Path, upstream: Upstream) -> None:
    (tmp_path / "arxiv.json").write_text("{")
    store(tmp_path, "2607.00001")
    assert run(tmp_path).complete
    assert (tmp_path / "arxiv.json.unreadable").read_text() == "{"


def test_an_unreadable_day_is_skipped(tmp_path: Path, upstream: Upstream) -> None:
    store(tmp_path, "2607.00001")
    store(tmp_path, "2607.00002", date=dt.date(2026, 7, 13))
    (tmp_path / "2026/07/14.json").write_text("{")
    assert run(tmp_path).complete
    assert paper(tmp_path, date=dt.date(2026, 7, 13)).arxiv


def test_only_papers_of_the_given_range_are_asked_for(tmp_path: Path, upstream: Upstream) -> None:
    store(tmp_path, "2607.00001")
    store(tmp_path, "2607.00002", date=dt.date(2026, 7, 13))
    run(tmp_path, since=DATE)
    assert asked(upstream) == [["2607.00001"]]


def test_authors_stay_if_arxiv_has_none(tmp_path: Path, upstream: Upstream) -> None:
    nobody = entry("2607.00001").replace("<author><name>Ada Brook</name></author>", "")
    upstream.arxiv["2607.00001"] = nobody.replace("<author><name>Ben Ford</name></author>", "")
    store(tmp_path, "2607.00001")
    run(tmp_path)
    assert paper(tmp_path) == msgspec.structs.replace(
        paper(tmp_path), authors=("Ben Ford", "Ada Brook"), arxiv=Arxiv("cs.CL", ("cs.CL",))
    )
