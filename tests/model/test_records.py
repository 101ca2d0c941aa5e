"""Records: paper ids, kinds of media, and the properties that are computed from stored fields."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from daily_papers.model.records import (
    SCHEMA,
    Day,
    Github,
    Media,
    Organization,
    Paper,
    Rejected,
    file_extension,
    media_kind,
    read_paper_id,
)

DATE = dt.date(2024, 3, 1)


@pytest.mark.fault(24)
@pytest.mark.parametrize(
    ("text", "paper_id"),
    [
        ("2402.19173", "2402.19173"),
        (" 2402.19173v2\n", "2402.19173"),
        ("1412.6980", "1412.6980"),
        ("cs/0112017v12", "cs/0112017"),
        ("math.GT/0309136", "math.GT/0309136"),
        ("x-0123456789ab", "x-0123456789ab"),
        ("2410.1021", None),  # 2410.10210 stored as a number
        ("2402.191733", None),
        ("../../etc/passwd", None),
        ("٢٤٠٢.١٩١٧٣", None),
        ("2402.19173\nx", None),
        ("", None),
    ],
)
def test_a_paper_id_is_read_without_its_version_and_anything_else_is_none(text: str, paper_id: str | None) -> None:
    assert read_paper_id(text) == paper_id


@pytest.mark.parametrize(
    ("url", "extension", "kind"),
    [
        ("https://a.example/b.MP4?x=1#y.png", "mp4", "video"),
        ("https://a.example/b.gif", "gif", "animation"),
        ("https://a.example/b.jpeg", "jpeg", "image"),
        ("https://a.example/b.exe", "exe", None),
        ("https://a.example/", "/", None),
    ],
)
def test_the_kind_of_media_follows_from_the_file_extension(url: str, extension: str, kind: str | None) -> None:
    assert file_extension(url) == extension
    assert media_kind(url) == kind


def test_pinned_papers_are_ranked_first_then_votes_decide_and_unknown_votes_are_last() -> None:
    papers = (
        Paper(id="2402.00001", title="unknown"),
        Paper(id="2402.00002", title="none", votes=0),
        Paper(id="2402.00003", title="first of two", votes=7),
        Paper(id="2402.00004", title="second of two", votes=7),
        Paper(id="2402.00005", title="pinned", votes=1, pinned=True),
    )
    day = Day(date=DATE, source="huggingface", papers=papers)
    assert [paper.title for paper in day.ranked] == ["pinned", "first of two", "second of two", "none", "unknown"]
    assert day.votes == 15


def test_a_day_lists_no_paper_twice() -> None:
    paper = Paper(id="2402.00001", title="t")
    with pytest.raises(ValueError, match=r"paper 2402\.00001 is listed twice in one day"):
        Day(date=DATE, source="huggingface", papers=(paper, paper))


def test_a_paper_knows_its_code_its_video_and_if_it_is_on_arxiv() -> None:
    bare = Paper(id="2402.00001", title="t", media=(Media("https://a.example/b.png", "image"),))
    assert (bare.is_on_arxiv, bare.has_code, bare.has_video) == (True, False, False)
    full = Paper(
        id="x-0123456789ab",
        title="t",
        media=(*bare.media, Media("https://b.example/c.mp4", "video")),
        github=Github("https://github.com/a/b"),
    )
    assert (full.is_on_arxiv, full.has_code, full.has_video) == (False, True, True)


def test_an_organization_has_the_title_of_its_full_name_or_its_account() -> None:
    assert Organization("lab").title == "lab"
    assert Organization("lab", "The Lab").title == "The Lab"


@pytest.mark.parametrize(("at", "expected"), [("$.papers[3].votes", True), ("2024/03/01.md:17", False)])
def test_a_rejected_record_is_from_upstream_or_from_a_digest(at: str, expected: bool) -> None:
    assert Rejected(id=None, reason="r", at=at, record=msgspec.Raw(b"{}")).is_from_upstream is expected


def test_absent_fields_are_left_out_of_the_file_and_unknown_ones_are_refused() -> None:
    data = msgspec.json.encode(Day(date=DATE, source="x", papers=(Paper(id="2402.00001", title="t"),)))
    expected = b'{"schema":%d,"date":"2024-03-01","source":"x","papers":[{"id":"2402.00001","title":"t"}]}' % SCHEMA
    assert data == expected
    with pytest.raises(msgspec.ValidationError, match="unknown field `vote`"):
        msgspec.json.decode(data.replace(b'"title"', b'"vote":1,"title"'), type=Day)
