"""Feeds list a paper on the date of its first listing, even if its date changes later."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive.day_files import read_day, read_rejected, stored_dates
from daily_papers.archive.ledger import LedgerEntry, read_ledger
from daily_papers.jobs.check import check
from daily_papers.jobs.feed_listing import keep_first_dates
from daily_papers.jobs.fetch import FetchReport, fetch_archive
from daily_papers.model.records import Day, FetchResult, Paper
from tests.jobs.reports import results
from tests.upstream import Upstream, answer

MONDAY = dt.date(2026, 11, 16)
TUESDAY, WEDNESDAY = MONDAY + dt.timedelta(1), MONDAY + dt.timedelta(2)


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>A blog</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int, date: dt.date | None = None, title: str = "On rivers") -> str:
    dated = f"<pubDate>{date} 05:00</pubDate>" if date else ""
    return f"<item><title>{title}</title><guid>https://blog.example/{number}</guid>{dated}</item>"


def atom(updated: dt.date, title: str) -> bytes:
    entry = f"<entry><id>urn:a</id><title>{title}</title><updated>{updated}T05:00:00Z</updated></entry>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{entry}</feed>'.encode()


def announced(date: dt.date, *ids: str) -> bytes:
    entries = "".join(f"<entry><id>oai:arXiv.org:{each}v1</id><title>Paper {each}</title></entry>" for each in ids)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>cs.CL</title><updated>{date}T05:00:00Z</updated>{entries}</feed>'
    ).encode()


def fetch(root: Path, source: str, date: dt.date) -> FetchReport:
    now = dt.datetime.combine(date, dt.time(6), dt.UTC)
    return fetch_archive(root, source, now=now, since=dt.date(2026, 1, 1), refresh_days=7)


def titles(root: Path) -> dict[str, list[str]]:
    days = (read_day(root, date) for date in stored_dates(root))
    return {str(day.date): [paper.title for paper in day.papers] for day in days if day}


@pytest.mark.parametrize("is_dated", [False, True], ids=["undated", "dated anew by each build"])
def test_an_item_stays_on_the_day_it_first_came(tmp_path: Path, upstream: Upstream, is_dated: bool) -> None:
    source = f"{upstream.url}/feed.xml"
    upstream.always(answer(200, rss(item(1, MONDAY if is_dated else None))))
    assert results(fetch(tmp_path, source, MONDAY)) == {"2026-11-16": "stored"}
    before = (tmp_path / "2026/11/16.json").read_bytes()
    upstream.always(answer(200, rss(item(1, TUESDAY if is_dated else None))))
    assert results(fetch(tmp_path, source, TUESDAY)) == {"2026-11-17": "repeated", "2026-11-16": "unchanged"}
    assert (tmp_path / "2026/11/16.json").read_bytes() == before
    items = item(1, WEDNESDAY if is_dated else None), item(2, WEDNESDAY if is_dated else None, "New")
    upstream.always(answer(200, rss(*items)))
    assert results(fetch(tmp_path, source, WEDNESDAY)) == {"2026-11-18": "stored", "2026-11-16": "unchanged"}
    assert titles(tmp_path) == {"2026-11-16": ["On rivers"], "2026-11-18": ["New"]}
    assert not list(check(tmp_path))


def test_an_item_that_was_edited_is_updated_on_its_first_day(tmp_path: Path, upstream: Upstream) -> None:
    source = f"{upstream.url}/feed.xml"
    upstream.always(answer(200, atom(MONDAY, "On rivers")))
    fetch(tmp_path, source, MONDAY)
    upstream.always(answer(200, atom(WEDNESDAY, "On rivers and lakes")))
    fetch(tmp_path, source, WEDNESDAY)
    assert titles(tmp_path) == {"2026-11-16": ["On rivers and lakes"]}


def test_the_same_batch_of_arxiv_on_the_next_day_is_no_news_and_is_reported(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILY_PAPERS_ARXIV_ENDPOINT", upstream.url)
    upstream.always(answer(200, announced(TUESDAY, "2611.00001", "2611.00002")))
    fetch(tmp_path, "arxiv:cs.CL", TUESDAY)
    upstream.always(answer(200, announced(WEDNESDAY, "2611.00001", "2611.00002")))
    report = fetch(tmp_path, "arxiv:cs.CL", WEDNESDAY)
    assert results(report) == {"2026-11-18": "repeated", "2026-11-17": "unchanged"}
    assert report.outcomes[0].papers == 2
    assert report.complete
    assert list(titles(tmp_path)) == ["2026-11-17"]
    assert read_ledger(tmp_path) == {TUESDAY: LedgerEntry("complete")}


def test_an_unreadable_item_without_a_date_is_kept_once(tmp_path: Path, upstream: Upstream) -> None:
    source = f"{upstream.url}/feed.xml"
    upstream.always(answer(200, rss(item(1, MONDAY), "<item><b></item>")))
    for date in (MONDAY, TUESDAY, WEDNESDAY):
        fetch(tmp_path, source, date)
    assert [len(read_rejected(tmp_path, date)) for date in (MONDAY, TUESDAY, WEDNESDAY)] == [1, 0, 0]


def test_several_feeds_make_one_archive(tmp_path: Path, upstream: Upstream) -> None:
    source = f"{upstream.url}/a.xml {upstream.url}/b.json"
    feed = """{"version": "https://jsonfeed.org/version/1.1", "items": [
        {"id": "urn:b", "title": "Of lakes", "date_published": "2026-11-16"},
        {"id": "https://blog.example/1", "title": "The same item", "date_published": "2026-11-17"}]}"""

    def serve(handler: object) -> None:
        body = rss(item(1, MONDAY)) if handler.route == "/a.xml" else feed.encode()  # type: ignore[attr-defined]
        answer(200, body)(handler)  # type: ignore[arg-type]

    upstream.always(serve)
    fetch(tmp_path, source, TUESDAY)
    assert titles(tmp_path) == {"2026-11-16": ["On rivers", "Of lakes"]}
    day = read_day(tmp_path, MONDAY)
    assert day is not None
    assert day.source == source
    before = (tmp_path / "2026/11/16.json").read_bytes()
    fetch(tmp_path, source, WEDNESDAY)
    assert (tmp_path / "2026/11/16.json").read_bytes() == before


def test_a_feed_that_fails_is_named_and_the_others_are_stored(tmp_path: Path, upstream: Upstream) -> None:
    def serve(handler: object) -> None:
        body = rss(item(1, MONDAY)) if handler.route == "/a.xml" else b"<html></html>"  # type: ignore[attr-defined]
        answer(200, body)(handler)  # type: ignore[arg-type]

    upstream.always(serve)
    report = fetch(tmp_path, f"{upstream.url}/b.xml {upstream.url}/a.xml", TUESDAY)
    assert [outcome.result for outcome in report.outcomes] == ["failed", "stored"]
    assert f"{upstream.url}/b.xml: expected an RSS or Atom feed, got HTML" in str(report.outcomes[0].error)
    assert not report.complete
    assert titles(tmp_path) == {"2026-11-16": ["On rivers"]}


def test_a_paper_is_never_published_after_the_date_that_lists_it() -> None:
    listed = FetchResult(
        Day(date=TUESDAY, source="a", papers=(Paper(id="2611.00001", title="One", published=TUESDAY),))
    )
    (fetched,) = keep_first_dates("a b", [listed], {"2611.00001": MONDAY}).values()
    assert fetched.day.date == fetched.day.papers[0].published == MONDAY
    assert fetched.day.source == "a b"
