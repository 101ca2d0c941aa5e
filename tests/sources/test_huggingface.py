"""The Hugging Face source reads the format of every period, and limits a fault to its field; cases A16, B17-B33."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from typing import Any

import pytest

from daily_papers.errors import FetchError, ParseError
from daily_papers.model.records import (
    Day,
    FetchResult,
)
from daily_papers.net.client import Client
from daily_papers.net.retry import ATTEMPTS
from daily_papers.sources.huggingface import DEFAULT_LIMIT, MAX_PAGES, HuggingFace
from tests.sources.pages import DATE, NOW, read
from tests.upstream import Handler, Upstream, answer, bomb, record, reset


def fetch(upstream: Upstream, date: dt.date = DATE, **options: Any) -> FetchResult:
    """Fetch one date over HTTP."""

    async def ask() -> FetchResult:
        async with Client(source="huggingface", base_url=upstream.url) as client:
            return await HuggingFace(client, lambda: NOW, **options).fetch_day(date)

    return asyncio.run(ask())


def serve(handler: Handler) -> None:
    """Answer without a fault."""
    handler.serve()


# Requests.


def test_a_date_is_requested_in_pages_of_a_hundred(upstream: Upstream) -> None:
    upstream.days[str(DATE)] = [record()]
    fetched = fetch(upstream)
    assert fetched.day.date == DATE
    assert fetched.day.source == "huggingface"
    assert fetched.day.fetched_at == NOW.replace(microsecond=0)
    assert [request.query for request in upstream.requests] == [{"date": "2026-07-15", "limit": "100"}]


@pytest.mark.parametrize("date", [DATE, dt.date(2026, 7, 18)])
def test_a_date_with_nothing_listed_is_an_empty_day(upstream: Upstream, date: dt.date) -> None:
    """B17: on a weekday and on a weekend."""
    assert fetch(upstream, date) == FetchResult(
        Day(date=date, source="huggingface", fetched_at=NOW.replace(microsecond=0), papers=())
    )


def many(count: int) -> list[Any]:
    return [record(f"2607.{n:05}", votes=count - n) for n in range(count)]


@pytest.mark.fault(22)
@pytest.mark.parametrize(
    ("count", "max_limit", "link", "requests"),
    [
        (99, 100, True, 1),
        (100, 100, True, 2),
        (100, 100, False, 2),
        (230, 100, True, 3),
        (230, 100, False, 3),
        (120, 50, True, 3),
        (120, 50, False, 3),
        (50, 50, False, 2),
        (23, 7, True, 4),
    ],
)
def test_every_page_is_requested(upstream: Upstream, count: int, max_limit: int, link: bool, requests: int) -> None:
    """B22: a Link or a full page announces another page, also if the server sends fewer papers than requested."""
    upstream.days[str(DATE)] = many(count)
    upstream.max_limit, upstream.link = max_limit, link
    fetched = fetch(upstream)
    assert [paper.id for paper in fetched.day.papers] == [one["paper"]["id"] for one in many(count)]
    assert [request.query.get("p") for request in upstream.requests] == [None, *map(str, range(1, requests))]
    assert all(request.query["limit"] == "100" for request in upstream.requests)


def test_a_server_that_ignores_the_limit_is_recognized(upstream: Upstream) -> None:
    upstream.days[str(DATE)] = many(78)
    upstream.max_limit, upstream.link = DEFAULT_LIMIT, False
    assert len(fetch(upstream).day.papers) == 78


@pytest.mark.fault(22)
def test_a_page_that_repeats_the_first_ends_the_paging(upstream: Upstream) -> None:
    """B22: a server that ignores page numbers."""
    body = json.dumps([*many(99), {"paper": None}]).encode()
    upstream.days[str(DATE)] = body
    fetched = fetch(upstream)
    assert (len(fetched.day.papers), len(fetched.rejected)) == (99, 1)
    assert len(upstream.requests) == 2


def test_a_link_announces_a_page_and_its_address_is_not_followed(upstream: Upstream) -> None:
    link = {"Link": '<http://evil.invalid/x>; rel="next"'}
    upstream.then(answer(200, many(3), link), answer(200, []))
    assert len(fetch(upstream).day.papers) == 3
    assert [request.query.get("p") for request in upstream.requests] == [None, "1"]


def test_endless_paging_is_stopped(upstream: Upstream) -> None:
    def endless(handler: Any) -> None:
        page = int(handler.query.get("p", 0))
        handler.send_json(200, [record(f"2607.{page:05}")], {"Link": '<x>; rel="next"'})

    upstream.always(endless)
    with pytest.raises(ParseError, match=f"more than {MAX_PAGES} pages"):
        fetch(upstream)
    assert len(upstream.requests) == MAX_PAGES


def test_a_date_fails_if_one_of_its_pages_fails(upstream: Upstream, no_backoff: None) -> None:
    upstream.days[str(DATE)] = many(150)
    upstream.then(serve, *[answer(500)] * ATTEMPTS)
    with pytest.raises(FetchError, match=r"HTTP 500.*p=1"):
        fetch(upstream)


def test_a_page_with_a_temporary_fault_is_requested_again(upstream: Upstream, no_backoff: None) -> None:
    upstream.days[str(DATE)] = many(150)
    upstream.then(answer(200, "<html>"), serve, reset(), answer(200, {"error": "busy"}))
    assert len(fetch(upstream).day.papers) == 150


def test_no_paper_is_duplicated_if_the_order_changes_between_pages(upstream: Upstream) -> None:
    first, second = many(150)[:100], many(150)[99:]
    upstream.then(answer(200, first), answer(200, second))
    assert len(fetch(upstream).day.papers) == 150


def test_a_date_in_the_future_fails_with_status_400(upstream: Upstream) -> None:
    """A12."""
    upstream.today = "2026-07-14"
    with pytest.raises(FetchError, match="Date must be before or equal to 2026-07-14") as caught:
        fetch(upstream)
    assert caught.value.status == 400


@pytest.mark.fault(21)
def test_unknown_keys_are_logged_once_a_run(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    """B21."""
    caplog.set_level(logging.INFO, "daily_papers")
    upstream.days[str(DATE)] = [{**record(mood="calm"), "zeta\x1b": 1}]

    async def fetch_twice() -> None:
        async with Client(source="huggingface", base_url=upstream.url) as client:
            source = HuggingFace(client, lambda: NOW)
            for _ in range(2):
                assert (await source.fetch_day(DATE)).rejected == ()

    asyncio.run(fetch_twice())
    messages = [entry.getMessage() for entry in caplog.records if entry.name == "daily_papers"]
    assert messages == ["huggingface: unknown keys, ignored: paper.mood, zeta"]


# The page as a whole.


@pytest.mark.fault(16)
def test_the_list_of_another_date_is_refused_and_requested_again(upstream: Upstream, no_backoff: None) -> None:
    """A16."""
    other = [record(date="2026-07-14"), record("2607.00002", date="2026-07-14")]
    upstream.days[str(DATE)] = [record("2607.00003")]
    upstream.then(answer(200, other))
    assert [paper.id for paper in fetch(upstream).day.papers] == ["2607.00003"]
    with pytest.raises(ParseError, match="another date: expected papers of 2026-07-15, got some of 2026-07-14"):
        read(*other)


def test_a_list_is_accepted_if_one_paper_has_the_requested_date_or_no_date() -> None:
    other = record(date="2026-07-14")
    assert len(read(other, record("2607.00002")).day.papers) == 2
    undated = record("2607.00002")
    del undated["paper"]["submittedOnDailyAt"]
    assert len(read(other, undated).day.papers) == 2


@pytest.mark.fault(19)
def test_one_bad_record_of_fifty_costs_only_that_record(upstream: Upstream) -> None:
    """B19."""
    upstream.days[str(DATE)] = [*many(24), {"paper": None}, *many(49)[24:]]
    fetched = fetch(upstream)
    assert len(fetched.day.papers) == 49
    (rejected,) = fetched.rejected
    assert (rejected.id, rejected.at, bytes(rejected.record)) == (None, "$.papers[24].id", b'{"paper": null}')


def test_positions_count_across_pages(upstream: Upstream) -> None:
    upstream.days[str(DATE)] = [*many(103), record("2607.09999", votes="3")]
    assert fetch(upstream).rejected[0].at == "$.papers[103].votes"


@pytest.mark.fault(23)
def test_an_id_listed_twice_is_one_paper_with_the_higher_votes() -> None:
    """B23."""
    fetched = read(record(votes=3), record("2607.00002"), record("2607.00001v2", votes=9), record(votes=None))
    assert [(paper.id, paper.votes) for paper in fetched.day.papers] == [("2607.00001", 9), ("2607.00002", 3)]
    assert [rejected.at for rejected in fetched.rejected] == ["$.papers[3].votes"]


def test_a_page_larger_than_any_list_is_refused(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    upstream.always(bomb(5))

    async def ask() -> None:
        async with HuggingFace.open("huggingface", now=NOW, connect_attempts=1) as source:
            await source.fetch_day(DATE)

    with pytest.raises(FetchError, match="the response is longer than 4194304 bytes"):
        asyncio.run(ask())
    assert len(upstream.requests) == 1
