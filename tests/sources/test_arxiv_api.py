"""arXiv's query API: papers are matched by id, and an answer that is no complete feed is an error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.errors import FetchError, ParseError, SourceError
from daily_papers.model.records import Arxiv
from daily_papers.net.client import Response
from daily_papers.sources.arxiv_api import ATTEMPTS, CONTROL_ID, INTERVAL_S, ArxivPaper, open_arxiv, read_papers
from tests.upstream import ARXIV_ERROR, Fault, Upstream, answer, atom, entry


class Clock:
    """A clock that advances only while something sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def read(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def response(body: str | bytes) -> Response:
    data = body.encode() if isinstance(body, str) else body
    return Response(body=data, headers=httpx.Headers(), url="https://export.arxiv.org/api/query")


def fetch(*batches: Sequence[str], clock: Clock | None = None) -> list[dict[str, ArxivPaper]]:
    """Fetch each batch of ids over one connection."""
    clock = clock or Clock()

    async def run() -> list[dict[str, ArxivPaper]]:
        async with open_arxiv(sleep=clock.sleep, clock=clock.read) as arxiv:
            return [await arxiv.fetch_papers(ids) for ids in batches]

    return asyncio.run(run())


def test_all_metadata_of_an_entry_is_read_as_plain_lines() -> None:
    more = (
        '<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">12 pages,\n  3 figures &lt;b&gt;</arxiv:comment>'
        '<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1/x</arxiv:doi>'
        '<arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Rivers 1 (2026)</arxiv:journal_ref>'
        '<category term="cs.AI"/>'
    )
    assert read_papers(response(atom(entry("2607.00001", "Ada  Brook", "Ben Ford", more=more, version=3)))) == {
        "2607.00001": ArxivPaper(
            arxiv=Arxiv("cs.CL", ("cs.CL", "cs.AI"), "12 pages, 3 figures <b>", "10.1/x", "J. Rivers 1 (2026)"),
            authors=("Ada Brook", "Ben Ford"),
        )
    }


def test_the_first_category_is_the_primary_one_if_arxiv_names_none() -> None:
    primary = '<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CL"/>'
    papers = read_papers(response(atom(entry("2607.00001").replace(primary, ""))))
    assert papers is not None
    assert papers["2607.00001"].arxiv == Arxiv("cs.CL", ("cs.CL",))


def test_an_entry_without_a_papers_id_is_ignored() -> None:
    papers = read_papers(response(atom(entry("2607.00001"), entry("no-id"))))
    assert papers is not None
    assert list(papers) == ["2607.00001"]


def test_the_error_for_a_wrong_id_is_recognized() -> None:
    assert read_papers(response(ARXIV_ERROR)) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><p>Rate exceeded", "expected an RSS or Atom feed, got HTML"),
        (b"", "expected an RSS or Atom feed, got nothing"),
        (b"Rate exceeded.", "expected an RSS or Atom feed, got something else"),
        (atom(entry("2607.00001")).encode()[:-40], "a feed that cannot be read to its end: "),
        (atom(entry("2607.00001", "Jos\u00e9")).encode("latin-1"), "a feed that cannot be read to its end: "),
        (b'<!DOCTYPE f [<!ENTITY a "b">]>' + atom(entry("2607.00001", "&a;")).encode(), "a feed that defines entities"),
        (atom().encode(), "a feed without entries"),
    ],
)
def test_anything_but_a_complete_feed_with_entries_is_an_error(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_papers(response(body))
    assert caught.value.reason.startswith(reason)


@settings(max_examples=100)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: atom(entry("2607.00001", text)).encode()))
def test_no_body_raises_anything_but_a_source_error(body: bytes) -> None:
    with suppress(SourceError):
        read_papers(response(body))


def test_a_request_has_all_ids_and_the_control_id(upstream: Upstream) -> None:
    (papers,) = fetch(["2607.00001", "hep-th/9901001"])
    assert list(papers) == ["2607.00001", "hep-th/9901001"]
    assert upstream.arxiv_requests == [["2607.00001", "hep-th/9901001", CONTROL_ID]]


def test_the_control_id_is_returned_only_if_it_is_requested(upstream: Upstream) -> None:
    assert fetch([CONTROL_ID])[0].keys() == {CONTROL_ID}
    assert upstream.arxiv_requests == [[CONTROL_ID]]


def test_a_paper_that_arxiv_does_not_know_is_absent(upstream: Upstream) -> None:
    upstream.arxiv["2607.00001"] = None
    assert fetch(["2607.00001"]) == [{}]


@pytest.mark.usefixtures("no_backoff")
def test_requests_are_three_seconds_apart(upstream: Upstream) -> None:
    clock = Clock()
    fetch(["2607.00001"], ["2607.00002"], ["2607.00003"], clock=clock)
    assert clock.now_s == pytest.approx(2 * INTERVAL_S)
    assert upstream.peak == 1


@pytest.mark.parametrize("status", [200, 400])
def test_an_id_that_arxiv_refuses_is_found_by_halving_the_list(upstream: Upstream, status: int) -> None:
    ids = [f"2607.{number:05}" for number in range(8)]

    def refuse_one(requested: list[str]) -> Fault:
        if "2607.00005" in requested:
            return answer(status, ARXIV_ERROR.encode())
        return answer(200, atom(*map(entry, requested)).encode())

    upstream.arxiv_always(lambda handler: refuse_one(handler.query["id_list"].split(","))(handler))
    assert fetch(ids)[0].keys() == set(ids) - {"2607.00005"}


@pytest.mark.parametrize("status", [200, 400])
def test_an_api_that_refuses_every_list_is_an_error_after_two_requests(upstream: Upstream, status: int) -> None:
    upstream.arxiv_always(answer(status, ARXIV_ERROR.encode()))
    with pytest.raises(FetchError, match="arxiv: refuses every list of papers"):
        fetch([f"2607.{number:05}" for number in range(8)])
    assert len(upstream.arxiv_requests) == 2


@pytest.mark.usefixtures("no_backoff")
def test_an_empty_feed_is_requested_again_and_then_is_an_error(upstream: Upstream) -> None:
    upstream.arxiv_then(answer(200, atom().encode()))
    assert fetch(["2607.00001"])[0].keys() == {"2607.00001"}
    upstream.arxiv_requests.clear()
    upstream.arxiv_always(answer(200, atom().encode()))
    with pytest.raises(ParseError, match="a feed without entries"):
        fetch(["2607.00001"])
    assert len(upstream.arxiv_requests) == ATTEMPTS


def test_an_endpoint_that_is_no_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILY_PAPERS_ARXIV_ENDPOINT", "no address")
    with pytest.raises(FetchError, match="arxiv: "):
        fetch(["2607.00001"])
