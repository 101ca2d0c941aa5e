"""The Hugging Face source reads the format of every period, and limits a fault to its field; cases A16, B17-B33."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from daily_papers.errors import FetchError, ParseError
from daily_papers.model.records import (
    Day,
    FetchResult,
    Github,
    Media,
    Organization,
    Paper,
    Rejected,
    Submitter,
    Summary,
)
from daily_papers.net.client import Client
from daily_papers.net.retry import ATTEMPTS
from daily_papers.sources.huggingface import DEFAULT_LIMIT, MAX_PAGES, DayAccumulator, HuggingFace, read_page
from tests.upstream import Handler, Record, Upstream, answer, bomb, record, reset

DATE = dt.date(2026, 7, 15)
NOW = dt.datetime(2026, 7, 16, 3, 17, 40, 999, tzinfo=dt.UTC)
CDN = "https://cdn-uploads.huggingface.co/production/uploads/cy"


def fetch(upstream: Upstream, date: dt.date = DATE, **options: Any) -> FetchResult:
    """Fetch one date over HTTP."""

    async def ask() -> FetchResult:
        async with Client(source="huggingface", base_url=upstream.url) as client:
            return await HuggingFace(client, lambda: NOW, **options).fetch_day(date)

    return asyncio.run(ask())


def read(*records: object, date: dt.date = DATE, body: bytes | None = None) -> FetchResult:
    """Read one page, and assert that the result can be stored and read again."""
    accumulator = DayAccumulator(date, NOW)
    accumulator.add(read_page(json.dumps(records).encode() if body is None else body, date, NOW))
    fetched = accumulator.result()
    assert msgspec.json.decode(msgspec.json.encode(fetched.day), type=Day) == fetched.day
    assert msgspec.json.decode(msgspec.json.encode(fetched.rejected), type=tuple[Rejected, ...]) == fetched.rejected
    return fetched


def paper_of(one: object, date: dt.date = DATE) -> Paper:
    """Read one record without faults."""
    fetched = read(one, date=date)
    assert fetched.rejected == ()
    (paper,) = fetched.day.papers
    return paper


def fault_of(one: object) -> tuple[Paper, Rejected]:
    """Read one record with an unreadable part."""
    fetched = read(one)
    (paper,), (rejected,) = fetched.day.papers, fetched.rejected
    assert json.loads(bytes(rejected.record)) == one
    assert rejected.id == paper.id
    return paper, rejected


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


@pytest.mark.fault(9, 18)
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!doctype html><p>Sign in</p>", "HTML"),
        (b"\xef\xbb\xbf  <html>", "HTML"),
        (b'{"error": "Sorry\\u001b, busy"}', 'an error: "Sorry, busy"'),
        (b'{"papers": []}', "object"),
        (b"null", "null"),
        (b"true", "bool"),
        (b'"[]"', "str"),
        (b"17", "int"),
        (b"", "nothing"),
        (b"  \n", "nothing"),
        (b"[", "a broken or cut one"),
        (json.dumps([record()]).encode()[:-100], "a broken or cut one"),
        (b'[{"paper": {"id": "2607.00001"}}]]', "a broken or cut one"),
        (b"[{]}", "a broken or cut one"),
        (b'[{"a" 1}]', "broken JSON in record 0"),
        (b'[{"a": 1},]', "broken JSON in record 1"),
        (b'["' + b"\\" * 9, "a broken or cut one"),
        (b"[" * 100_000, "a broken or cut one"),
        (b"{" * 100_000, "something that is not JSON"),
        (b"\xff\xfe[\x00]\x00", "something that is not JSON"),
        (b"busy", "something that is not JSON"),
        (b"[" + b"{}," * 20_000 + b"{}]", "expected a page of some 100 records, got 20001"),
    ],
)
def test_the_error_for_a_body_that_is_no_list_names_what_it_is(body: bytes, found: str) -> None:
    """A9, A13, B18."""
    with pytest.raises(ParseError) as caught:
        read(body=body)
    assert found in str(caught.value)


def test_a_byte_order_mark_is_ignored() -> None:
    """B29."""
    assert read(body=b"\xef\xbb\xbf" + json.dumps([record()]).encode()).rejected == ()


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


# The formats of each period.


def test_every_field_of_a_record_of_today_is_read() -> None:
    assert paper_of(record("2607.01230", votes=7)) == Paper(
        id="2607.01230",
        title="Paper 2607.01230: a study of small rivers",
        authors=("Ada Brook", "Ben Ford"),
        abstract="We watch water run downhill. It does so on every day we looked.",
        published=dt.date(2026, 7, 13),
        submitted_at=dt.datetime(2026, 7, 15, tzinfo=dt.UTC),
        submitted_by=Submitter(name="cy", fullname="Cy Delta"),
        votes=7,
        vote_history=((dt.date(2026, 7, 16), 7),),
        comments=1,
        thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.01230.png",
        media=(Media(f"{CDN}/2607.01230.mp4", "video"),),
        keywords=("rivers", "gravity"),
        organization=Organization(name="river-lab", fullname="River Lab"),
        github=Github(url="https://github.com/river-lab/rivers", stars=12),
        project_page="https://rivers.example/",
        discussion="2" * 24,
        summaries={
            "en": Summary(bullets=("Water is seen to run downhill on all days of the study.",), by="huggingface")
        },
    )


def early(**outer: object) -> Record:
    """Return a record in the format of May and June 2024."""
    authors = [{"_id": "0", "name": "Ada Brook", "hidden": False, "user": {"user": "ada", "fullname": "Ada"}}]
    paper = {
        "id": "2405.00010",
        "authors": authors,
        "publishedAt": "2024-05-23T20:10:38.000Z",
        "title": "Small rivers,\n  and where they go",
        "summary": "We follow a river.\nIt is wet.\n  It ends in the sea.",
        "upvotes": 11,
    }
    return {
        "paper": paper,
        "publishedAt": "2024-05-27T02:16:38.679Z",
        "title": "Small rivers, and where they go",
        "numComments": 0,
        **outer,
    }


MAY = dt.date(2024, 5, 27)


def test_a_record_of_may_2024_has_one_media_address_and_an_outer_submission_date() -> None:
    thumbnail = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2405.00010.png"
    paper = paper_of(early(mediaUrl=thumbnail), MAY)
    assert paper == Paper(
        id="2405.00010",
        title="Small rivers, and where they go",
        authors=("Ada Brook",),
        abstract="We follow a river. It is wet.\nIt ends in the sea.",
        published=dt.date(2024, 5, 23),
        submitted_at=dt.datetime(2024, 5, 27, 2, 16, 38, tzinfo=dt.UTC),
        votes=11,
        vote_history=((dt.date(2026, 7, 16), 11),),
        comments=0,
        thumbnail=thumbnail,
    )


def test_the_single_media_address_may_be_a_video() -> None:
    paper = paper_of(early(mediaUrl=f"{CDN}/a.qt"), MAY)
    assert (paper.thumbnail, paper.media) == (None, (Media(f"{CDN}/a.qt", "video"),))


def test_a_record_of_summer_2024_has_an_outer_thumbnail_media_and_submitter() -> None:
    submitter = {"avatarUrl": "/a.svg", "fullname": "Cy 🤗 | Delta", "name": "cy", "type": "user"}
    media = [f"{CDN}/a.png", f"{CDN}/b.mp4"]
    thumbnail = "https://cdn-thumbnails.huggingface.co/x.png"
    one = early(thumbnail=thumbnail, mediaUrls=media, submittedBy=submitter, publishedAt="2024-08-02T00:01:02.000Z")
    one["paper"]["discussionId"] = "d1"
    paper = paper_of(one, dt.date(2024, 8, 2))
    assert paper.thumbnail == thumbnail
    assert paper.media == (Media(media[0], "image"), Media(media[1], "video"))
    assert paper.submitted_by == Submitter(name="cy", fullname="Cy 🤗 | Delta")
    assert paper.discussion == "d1"


@pytest.mark.parametrize(
    ("date", "outer", "submitted_at"),
    [
        ("2024-11-28", "2024-11-28T01:02:03.456Z", dt.datetime(2024, 11, 28, 1, 2, 3, tzinfo=dt.UTC)),
        ("2024-11-29", "2024-11-29T01:02:03.000Z", None),  # New York's local time with UTC's suffix
        ("2025-03-12", "2025-03-09T03:25:32.000Z", None),  # arXiv's date, shifted by four hours
        ("2024-11-28", "2024-11-22T13:59:59.000Z", None),  # the same, sent today for an old date
    ],
)
def test_the_outer_date_is_the_submission_date_only_until_november_2024(
    date: str, outer: str, submitted_at: object
) -> None:
    paper = paper_of(early(publishedAt=outer), dt.date.fromisoformat(date))
    assert paper.submitted_at == submitted_at


def test_a_record_of_march_2025_has_an_outer_summary_and_no_submitter() -> None:
    one = early(summary="We follow a river.", publishedAt="2025-03-09T03:25:32.000Z")
    del one["paper"]["summary"], one["paper"]["title"]
    paper = paper_of(one, dt.date(2025, 3, 12))
    assert paper.abstract == "We follow a river."
    assert paper.title == "Small rivers, and where they go"
    assert paper.submitted_by is None


def test_the_submitters_name_of_2025_is_read_from_the_key_user() -> None:
    one = record()
    del one["paper"]["submittedOnDailyBy"]["name"]
    assert paper_of(one).submitted_by == Submitter(name="cy", fullname="Cy Delta")


def test_the_inner_submitter_has_precedence_over_the_outer_one() -> None:
    one = record(submittedOnDailyBy={"user": "inner"})
    assert paper_of(one).submitted_by == Submitter(name="inner")


@pytest.mark.fault(21)
def test_the_organization_of_early_october_2025_is_read_from_another_key() -> None:
    """B21."""
    one = record()
    del one["paper"]["organization"]
    one["submitterOrganization"] = one.pop("organization")
    assert paper_of(one).organization == Organization(name="river-lab", fullname="River Lab")


def test_the_inner_title_has_precedence_and_becomes_one_line() -> None:
    one = record(title="Rivers\n  and $2 boats")
    one["title"] = "Rivers and boats"
    assert paper_of(one).title == "Rivers and $2 boats"


# Absent fields.

OPTIONAL_INNER = sorted(record()["paper"].keys() - {"id"})
OPTIONAL_OUTER = sorted(record().keys() - {"paper"})


@pytest.mark.fault(20)
@pytest.mark.parametrize("key", OPTIONAL_INNER)
def test_a_key_of_the_paper_may_be_absent(key: str) -> None:
    """B20."""
    one = record()
    del one["paper"][key]
    assert paper_of(one).id == "2607.00001"


@pytest.mark.parametrize("key", OPTIONAL_OUTER)
def test_a_key_around_the_paper_may_be_absent(key: str) -> None:
    """B20."""
    one = record()
    del one[key]
    assert paper_of(one).id == "2607.00001"


@pytest.mark.fault(20)
def test_a_record_with_only_an_id_is_a_paper() -> None:
    """B20."""
    assert paper_of({"paper": {"id": "2607.00001"}}) == Paper(id="2607.00001", title="2607.00001")


@pytest.mark.parametrize("key", sorted(set(OPTIONAL_INNER) - {"upvotes", "authors"}))
def test_null_means_absent(key: str) -> None:
    with_null, without = record(), record()
    with_null["paper"][key] = None
    del without["paper"][key]
    with_null["title"] = without["title"]
    with_null["summary"] = without["summary"]
    assert paper_of(with_null) == paper_of(without)


@pytest.mark.parametrize("key", OPTIONAL_OUTER)
def test_null_around_the_paper_means_absent(key: str) -> None:
    assert paper_of({**record(), key: None}).id == "2607.00001"


def test_null_for_votes_and_authors_is_a_fault() -> None:
    """B19: upstream always sends these."""
    paper, rejected = fault_of(record(votes=None, authors=[]) | {"x": 1})
    assert (paper.votes, paper.vote_history) == (None, ())
    assert rejected.reason == "votes: Expected int, got null"
    one = record()
    one["paper"]["authors"] = None
    paper, rejected = fault_of(one)
    assert paper.authors == ()
    assert rejected.reason == "authors: Expected array, got null"


# Unreadable fields.


def put(key: str, value: object) -> Callable[[Record], None]:
    def change(one: Record) -> None:
        target, name = (one["paper"], key[6:]) if key.startswith("paper.") else (one, key)
        target[name] = value

    return change


URL_FAULT = "expected an http(s) address"
BAD_FIELDS: list[tuple[str, object, str, object, str, str]] = [
    # The key, its value, the field of Paper, the field's value, the path of the fault, the reason.
    *(
        ("paper.upvotes", value, "votes", None, "votes", reason)
        for value, reason in [
            ("7", "Expected int, got str"),
            (True, "Expected int, got bool"),
            (7.0, "Expected int, got float"),
            (-1, "Expected int >= 0"),
            (2**63, "Expected int <= 9007199254740991"),
            ([7], "Expected int, got array"),
        ]
    ),
    ("numComments", "many", "comments", None, "comments", "Expected int, got str"),
    ("paper.title", 5, "title", "Paper 2607.00001: a study of small rivers", "title", "Expected str, got int"),
    ("paper.summary", ["x"], "abstract", None, "abstract", "Expected str, got array"),
    *(
        ("paper.publishedAt", value, "published", None, "published", reason)
        for value, reason in [
            ("", "Invalid RFC3339 encoded datetime"),
            ("0000-01-01T00:00:00Z", "Invalid RFC3339 encoded datetime"),
            ("0001-01-01T00:00:00+14:00", "expected a year from 1991 to 2027, got 1"),
            ("9999-12-31T23:59:59-14:00", "expected a year from 1991 to 2027, got 9999"),
            ("2016-12-31T23:59:60Z", "Invalid RFC3339 encoded datetime"),
            ("2026-07-13T00:00:00", "Expected datetime with a timezone component"),
            (1783900000, "Expected datetime, got int"),
        ]
    ),
    ("paper.submittedOnDailyAt", "soon", "submitted_at", None, "submitted_at", "Invalid RFC3339 encoded datetime"),
    ("paper.submittedOnDailyBy", "cy", "submitted_by", Submitter("cy", "Cy Delta"), "submitted_by", "Expected object, got str"),
    ("paper.submittedOnDailyBy", {"fullname": "F"}, "submitted_by", Submitter("cy", "Cy Delta"), "submitted_by", "expected a name"),
    ("paper.submittedOnDailyBy", {"name": "n", "fullname": 1}, "submitted_by", Submitter("n"), "submitted_by.fullname", "Expected str, got int"),
    ("paper.organization", [], "organization", Organization("river-lab", "River Lab"), "organization", "Expected object, got array"),
    ("paper.authors", "Ada", "authors", (), "authors", "Expected array, got str"),
    ("paper.authors", [{"name": "A"}, "B", {"name": "C"}], "authors", ("A", "C"), "authors[1]", "Expected object, got str"),
    ("paper.authors", [{"name": " "}, {"name": "B"}], "authors", ("B",), "authors[0].name", "expected a name"),
    ("thumbnail", "javascript:x", "thumbnail", None, "thumbnail", URL_FAULT),
    ("thumbnail", 4, "thumbnail", None, "thumbnail", "Expected str, got int"),
    ("mediaUrls", [f"{CDN}/a.svg"], "media", (Media(f"{CDN}/2607.00001.mp4", "video"),), "media[0]", "expected a file name that ends in one of mp4"),
    ("mediaUrls", ["data:x", f"{CDN}/a.gif"], "media", (Media(f"{CDN}/a.gif", "animation"), Media(f"{CDN}/2607.00001.mp4", "video")), "media[0]", URL_FAULT),
    ("mediaUrls", [None], "media", (Media(f"{CDN}/2607.00001.mp4", "video"),), "media[0]", "Expected str, got null"),
    ("mediaUrls", f"{CDN}/a.gif", "media", (Media(f"{CDN}/2607.00001.mp4", "video"),), "media", "Expected array, got str"),
    ("paper.ai_keywords", ["a", 1, "b"], "keywords", ("a", "b"), "keywords[1]", "Expected str, got int"),
    ("paper.githubRepo", 1, "github", None, "github.url", "Expected str, got int"),
    ("paper.githubStars", -1, "github", Github("https://github.com/river-lab/rivers"), "github.stars", "Expected int >= 0"),
    ("paper.projectPage", {}, "project_page", None, "project_page", "Expected str, got object"),
    ("paper.discussionId", 1, "discussion", None, "discussion", "Expected str, got int"),
    ("paper.ai_summary", 1, "summaries", {}, "summaries.en", "Expected str, got int"),
]  # fmt: skip


@pytest.mark.fault(26, 28)
@pytest.mark.parametrize(("key", "value", "field", "expected", "path", "reason"), BAD_FIELDS)
def test_a_bad_field_costs_only_that_field_and_its_record_is_stored(
    key: str, value: object, field: str, expected: object, path: str, reason: str
) -> None:
    """B19, B26, B28, B33."""
    one = record()
    if field == "abstract":
        del one["summary"]
    put(key, value)(one)
    paper, rejected = fault_of(one)
    assert getattr(paper, field) == expected
    assert rejected.at == f"$.papers[0].{path}"
    assert rejected.reason.startswith(f"{path}: {reason}")
    good = paper_of(record())
    others = set(Paper.__struct_fields__) - {field, "vote_history"}
    assert all(getattr(paper, name) == getattr(good, name) for name in others)


def test_all_faults_of_a_record_are_in_one_entry() -> None:
    one = record("2607.00004", votes="9", mediaUrls=["x", "y"], ai_keywords=[{}])
    fetched = read(record(), record("2607.00002"), record("2607.00003"), one)
    (rejected,) = fetched.rejected
    assert rejected.id == "2607.00004"
    assert rejected.at == "$.papers[3].votes"
    assert rejected.reason == (
        "votes: Expected int, got str; media[0]: expected an http(s) address (and 1 more); "
        "keywords[0]: Expected str, got object"
    )
    assert len(fetched.day.papers) == 4


def test_the_reason_for_a_thousand_bad_parts_is_short() -> None:
    paper, rejected = fault_of(record() | {"mediaUrls": list(range(1000))})
    assert rejected.reason == "media[0]: Expected str, got int (and 999 more)"
    assert len(paper.media) == 1


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


# Records with an unusable id.


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    ("one", "paper_id", "reason"),
    [
        (None, None, "expected an object with a paper in it, got null"),
        ("2607.00001", None, "expected an object with a paper in it, got str"),
        ([], None, "expected an object with a paper in it, got array"),
        ({}, None, "got a paper that is null"),
        ({"paper": None}, None, "got a paper that is null"),
        ({"paper": "2607.00001"}, None, "got a paper that is str"),
        ({"paper": {}}, None, "got null"),
        ({"paper": {"id": 2410.1021}}, "2410.1021", "got float"),
        ({"paper": {"id": True}}, "True", "got bool"),
        ({"paper": {"id": {"x": 1}}}, None, "got object"),
        ({"paper": {"id": ""}}, "", "got another text"),
        ({"paper": {"id": "2406.105"}}, "2406.105", "got another text"),
        ({"paper": {"id": "2410.1021"}}, "2410.1021", "got another text"),
        ({"paper": {"id": "../../x"}}, "../../x", "got another text"),
        ({"paper": {"id": "2607.00001/../x"}}, "2607.00001/../x", "got another text"),
        ({"paper": {"id": "２６０７.00001"}}, "２６０７.00001", "got another text"),
        ({"paper": {"id": "2607.00001\x00"}}, "2607.00001", "got another text"),
        ({"paper": {"id": "2607.00001" * 1000}}, "2607.00001" * 20, "got another text"),
    ],
)
def test_only_an_unusable_id_rejects_the_record(one: object, paper_id: str | None, reason: str) -> None:
    """B19, B24."""
    fetched = read(record(), one)
    assert [paper.id for paper in fetched.day.papers] == ["2607.00001"]
    (rejected,) = fetched.rejected
    assert (rejected.id, rejected.at) == (paper_id, "$.papers[1].id")
    assert rejected.reason.startswith("id: ")
    assert rejected.reason.endswith(reason)
    assert json.loads(bytes(rejected.record)) == one


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2410.10210", "2410.10210"),
        ("2410.10210v2", "2410.10210"),
        (" 2410.10210\n", "2410.10210"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136v1", "math.GT/0309136"),
        ("0704.0001", "0704.0001"),
    ],
)
def test_an_id_is_stored_as_text_without_its_version(sent: str, stored: str) -> None:
    """B24: a tenth of all ids ends in 0."""
    assert paper_of(record(id=sent)).id == stored


@pytest.mark.fault(23)
def test_an_id_listed_twice_is_one_paper_with_the_higher_votes() -> None:
    """B23."""
    fetched = read(record(votes=3), record("2607.00002"), record("2607.00001v2", votes=9), record(votes=None))
    assert [(paper.id, paper.votes) for paper in fetched.day.papers] == [("2607.00001", 9), ("2607.00002", 3)]
    assert [rejected.at for rejected in fetched.rejected] == ["$.papers[3].votes"]


# Untrusted text.


def test_authors_are_stored_as_listed() -> None:
    """In their order, with duplicates, odd names and hidden accounts: each is a name on the paper."""
    names = ["Ada  Brook", "+", "o3 contributors", "Ada Brook", "GLM-4. 5 Team"]
    one = record(authors=names)
    one["paper"]["authors"][0]["hidden"] = True
    assert paper_of(one).authors == ("Ada Brook", "+", "o3 contributors", "Ada Brook", "GLM-4. 5 Team")


@pytest.mark.fault(25)
@pytest.mark.parametrize("count", [664, 10_000])
def test_any_number_of_authors_is_stored(count: int) -> None:
    """B25."""
    assert len(paper_of(record(authors=[f"Author {n}" for n in range(count)])).authors) == count


@pytest.mark.fault(25, 30)
def test_a_text_of_any_length_is_stored() -> None:
    """B25, B30."""
    paper = paper_of(record(authors=["N" * 10**6], title="T" * 20_000))
    assert (len(paper.authors[0]), len(paper.title)) == (10**6, 20_000)


@pytest.mark.parametrize("title", ["", "  \n", "\u200b", "\x00"])
def test_an_empty_title_becomes_the_id(title: str) -> None:
    """B30."""
    assert paper_of(record(title=title)).title == "2607.00001"


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    "title",
    [
        "[IDK]",
        "<think>",
        "P(y|x)",
        "# x",
        '--8<-- "/etc/passwd"',
        "T {: onclick=x }",
        "{{ config }}",
        "</title><script>",
    ],
)
def test_a_title_is_stored_unescaped(title: str) -> None:
    """B30, B31: pages escape it."""
    assert paper_of(record(title=title)).title == title


@pytest.mark.fault(29)
@pytest.mark.parametrize("key", ["title", "summary", "discussionId", "githubRepo", "projectPage", "ai_summary"])
def test_odd_characters_are_stored_as_valid_utf8(key: str) -> None:
    """B29: `read` asserts that the result can be stored and read again."""
    one = record()
    one["paper"][key] = "half \ud83d nul \x00 C1 \x9f BOM \ufeff turn \u202e line \u2028 e\u0301"
    assert paper_of(one).id == "2607.00001"


def test_blank_and_repeated_keywords_are_omitted() -> None:
    assert paper_of(record(keywords=["a b", " ", "", "a\nb", "c"])).keywords == ("a b", "c")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (" https://rivers.example/x", "https://rivers.example/x"),
        ("https://github.com/\nriver/lab.git", "https://github.com/\nriver/lab.git"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("river lab", "river lab"),
        ("  ", None),
    ],
)
def test_the_address_of_code_or_project_is_stored_as_text(sent: str, stored: str | None) -> None:
    """B32: pages decide whether to link to it."""
    paper = paper_of(record(githubRepo=sent, projectPage=sent))
    assert paper.project_page == stored
    assert (paper.github.url if paper.github else None) == stored


@pytest.mark.fault(33)
def test_media_of_both_levels_are_merged_and_classified() -> None:
    """B33."""
    names = [
        "a.MP4",
        "b.webm",
        "c.mov",
        "d.qt",
        "e.m4v",
        "f.ogv",
        "g.png",
        "h.jpeg",
        "i.jpg",
        "j.webp",
        "k.avif",
        "l.gif",
    ]
    urls = [f"{CDN}/{name}" for name in names]
    one = record(mediaUrls=[f"{CDN}/m.mp4?x=.gif", *urls])
    one["mediaUrls"] = urls
    media = paper_of(one).media
    assert [one.kind for one in media] == ["video"] * 6 + ["image"] * 5 + ["animation", "video"]
    assert [one.url for one in media] == [*urls, f"{CDN}/m.mp4?x=.gif"]


# Records that a strict decoder refuses.

GOOD = json.dumps(record("2607.00002")).encode()


@pytest.mark.parametrize(
    "title",
    [b'"half \\ud83d"', b'"\xff\xfe"', b'"a\x00b"', b'"tab\there"', b'"[{,\\"]}"'],
    ids=["half a pair", "bad UTF-8", "NUL", "bare tab", "brackets"],
)
def test_a_record_with_broken_text_is_read(title: bytes) -> None:
    """B29."""
    fetched = read(body=b'[{"paper": {"id": "2607.00001", "title": ' + title + b"}}, " + GOOD + b"]")
    assert [paper.id for paper in fetched.day.papers] == ["2607.00001", "2607.00002"]
    assert fetched.rejected == ()


@pytest.mark.parametrize(
    "number", [b"NaN", b"-Infinity", b"1e999", b"9" * 5000], ids=["NaN", "inf", "1e999", "5000 digits"]
)
def test_an_invalid_number_costs_only_its_field_and_is_stored_as_text(number: bytes) -> None:
    """B26."""
    one = b'{"paper": {"id": "2607.00001", "title": "T", "upvotes": ' + number + b"}}"
    fetched = read(body=b"[" + one + b", " + GOOD + b"]")
    assert [paper.votes for paper in fetched.day.papers] == [None, 3]
    (rejected,) = fetched.rejected
    assert rejected.reason == "votes: Expected int, got float"
    assert json.loads(bytes(rejected.record)) == one.decode()


def test_a_date_of_broken_text_costs_only_its_field() -> None:
    """B28, B29."""
    fetched = read(record(publishedAt="\ud800"))
    assert fetched.day.papers[0].published is None
    assert fetched.rejected[0].at == "$.papers[0].published"


@pytest.mark.parametrize("depth", [600, 100_000])
def test_a_record_nested_too_deeply_costs_at_most_that_record(depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    fetched = read(body=b'[{"paper": {"id": "2607.00001", "authors": ' + deep + b"}}, " + GOOD + b"]")
    assert fetched.day.papers[-1].id == "2607.00002"
    (rejected,) = fetched.rejected
    assert rejected.at.startswith("$.papers[0]")
    assert deep in bytes(rejected.record)


def test_the_last_of_two_equal_keys_is_used() -> None:
    assert read(body=b'[{"paper": {"id": "2607.00001", "id": "2607.00002"}}]').day.papers[0].id == "2607.00002"


MANY_VALUES = {
    "numbers": b"[" + b"1," * 1_500_000 + b"1]",
    "empty lists": b"[" + b"[]," * 1_000_000 + b"[]]",
    "brackets": b"[" * 2_000_000,
    "one string": b'["' + b"a" * 3_000_000,
    "an object": b'{"a":[' + b"1," * 1_500_000 + b"1]}",
    "keys": b"{" + b",".join(b'"%d":1' % n for n in range(300_000)) + b"}",
}


@pytest.mark.parametrize("case", MANY_VALUES)
def test_a_page_of_millions_of_values_is_refused_before_they_are_built(case: str) -> None:
    tracemalloc.start()
    with pytest.raises(ParseError):
        read_page(MANY_VALUES[case], DATE, NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.parametrize("value", [b"1", b"{}", b'"a"', b"null"])
def test_a_record_of_too_many_values_is_rejected_and_the_others_are_read(value: bytes) -> None:
    good = msgspec.json.encode(record("2607.00002"))
    keywords = b",".join([value] * 200_000)
    bad = b'{"paper":{"id":"2607.00001","title":"Many","ai_keywords":[' + keywords + b"]}}"
    tracemalloc.start()
    page = read_page(b"[" + bad + b"," + good + b"]", DATE, NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
    assert [paper.id for paper in page.papers] == ["2607.00002"]
    (rejected,) = page.rejected
    assert rejected.reason.startswith("expected at most 100000 commas, got a record of ")
    assert len(bytes(rejected.record)) < 50_000


def test_a_page_larger_than_any_list_is_refused(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    upstream.always(bomb(5))

    async def ask() -> None:
        async with HuggingFace.open("huggingface", now=NOW, connect_attempts=1) as source:
            await source.fetch_day(DATE)

    with pytest.raises(FetchError, match="the response is longer than 4194304 bytes"):
        asyncio.run(ask())
    assert len(upstream.requests) == 1
