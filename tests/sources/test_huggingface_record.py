"""A record is read in the format of every period, and a fault costs only its field; cases B19-B33."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from collections.abc import Callable

import msgspec
import pytest

from daily_papers.model.records import Github, Media, Organization, Paper, Submitter, Summary
from tests.sources.pages import fault_of, paper_of, read
from tests.upstream import Record, record

CDN = "https://cdn-uploads.huggingface.co/production/uploads/cy"

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


@pytest.mark.parametrize("value", [b"1", b"{}", b'"a"', b"null"])
def test_a_record_of_too_many_values_is_rejected_and_the_others_are_read(value: bytes) -> None:
    good = msgspec.json.encode(record("2607.00002"))
    keywords = b",".join([value] * 200_000)
    bad = b'{"paper":{"id":"2607.00001","title":"Many","ai_keywords":[' + keywords + b"]}}"
    tracemalloc.start()
    fetched = read(body=b"[" + bad + b"," + good + b"]")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
    assert [paper.id for paper in fetched.day.papers] == ["2607.00002"]
    (rejected,) = fetched.rejected
    assert rejected.reason.startswith("expected at most 100000 commas, got a record of ")
    assert len(bytes(rejected.record)) < 50_000
