"""Digests are written in the layout of the day logs, and no text of a record becomes structure."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from daily_papers.formats.digest_writer import render_digest
from daily_papers.model.records import Media, Paper, Summary
from daily_papers.model.text import clean_line
from tests.factories import make_day, make_paper
from tests.formats.digests import only_paper, read
from tests.fuzz import HOSTILE

DATE = dt.date(2024, 3, 1)
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2402.00001.png"
AVATAR = "https://cdn-avatars.huggingface.co/v1/production/uploads/cy.jpeg"
UPLOAD = "https://cdn-uploads.huggingface.co/production/uploads/cy/a"


def digest(*papers: Paper, languages: tuple[str, ...] = ("ko", "en")) -> str:
    return render_digest(make_day(DATE, *papers), languages)


def test_a_day_is_written_in_the_layout_of_the_logs() -> None:
    image = make_paper(
        id="2402.00010",
        title="A [bracketed] title",
        authors=("First Author", "Second Author"),
        votes=51,
        media=(Media(url="https://cdn.example/one.png", kind="image"),),
        summaries={
            "en": Summary(bullets=("in English",), by="huggingface"),
            "ko": Summary(bullets=("***새로운 점***: 첫째", "둘째"), by="hand"),
        },
    )
    video = make_paper(
        id="2402.00020",
        title="With a video",
        authors=("+",),
        thumbnail="https://cdn.example/still.png",
        media=(
            Media(url="https://cdn.example/a.png", kind="image"),
            Media(url="https://cdn.example/f.mp4", kind="video"),
        ),
        summaries={"en": Summary(bullets=("only English",), by="huggingface")},
    )
    assert digest(video, image) == (
        "## Daily Papers (2024-03-01)\n\n"
        "### [A [bracketed] title](https://arxiv.org/abs/2402.00010)\n\n"
        "![](https://cdn.example/one.png)\n\n"
        "Vote: 51\n\n"
        "Authors: First Author, Second Author\n\n"
        "- ***새로운 점***: 첫째\n"
        "- 둘째\n\n"
        "### [With a video](https://arxiv.org/abs/2402.00020)\n\n"
        "[Watch Video](https://cdn.example/f.mp4)\n"
        '<div><video controls src="https://cdn.example/f.mp4" muted="false"></video></div>\n\n'
        "Vote: -\n\n"
        "Authors: +\n\n"
        "- only English\n\n"
    )


def test_missing_fields_have_no_line() -> None:
    assert digest(make_paper(id="2402.00010", title="T", votes=0)) == (
        "## Daily Papers (2024-03-01)\n\n### [T](https://arxiv.org/abs/2402.00010)\n\nVote: 0\n\n"
    )


def test_papers_are_ordered_by_votes_and_unknown_votes_are_last() -> None:
    text = digest(
        make_paper(id="2402.00001", title="unknown"),
        make_paper(id="2402.00002", title="few", votes=0),
        make_paper(id="2402.00003", title="many", votes=9),
    )
    assert text.index("many") < text.index("few") < text.index("unknown")


def test_a_thumbnail_replaces_missing_media_and_an_address_cannot_end_its_line() -> None:
    text = digest(
        make_paper(id="2402.00001", title="a", thumbnail='https://cdn.example/x").png'),
        make_paper(id="2402.00002", title="b", media=(Media(url="javascript:alert(1)", kind="image"),)),
    )
    assert "![](https://cdn.example/x%22%29.png)\n" in text
    assert "javascript" not in text


def test_a_video_other_than_mp4_is_written_as_a_picture_as_in_the_logs() -> None:
    video = make_paper(id="2402.00001", title="a", media=(Media(url=f"{UPLOAD}.qt", kind="video"),))
    assert f"![]({UPLOAD}.qt)\n" in digest(video)


def test_a_paper_outside_arxiv_links_to_its_page_if_the_address_is_safe() -> None:
    text = digest(
        make_paper(id="x-0123456789ab", title="linked", project_page="https://example.org/p"),
        make_paper(id="x-0123456789ac", title="bare", project_page="javascript:alert(1)"),
    )
    assert "### [linked](https://example.org/p)\n" in text
    assert "### bare\n" in text


@pytest.mark.parametrize(
    ("title", "page"),
    [
        ("[A](https://arxiv.org/abs/2401.00001)", None),
        ("[A](https://arxiv.org/abs/2401.00001)", "https://example.org/p"),
        ("A", "https://arxiv.org/abs/2401.00001"),
    ],
)
def test_a_paper_outside_arxiv_cannot_be_read_as_one_on_arxiv(title: str, page: str | None) -> None:
    text = digest(make_paper(id="x-0123456789ab", title=title, project_page=page, votes=999))
    (fetched,) = read(text).days
    assert fetched.day.papers == ()
    assert len(fetched.rejected) == 2


def test_a_title_or_bullet_with_line_breaks_becomes_one_line() -> None:
    text = digest(make_paper(id="2402.00001", title="a\n## b", summaries={"ko": Summary(bullets=("x\n\ny",), by="m")}))
    assert "### [a ## b](" in text
    assert "- x y\n" in text


@pytest.mark.parametrize(
    ("bullet", "written"),
    [
        ("다음과 같습니다:\n1) 첫째\n2) 둘째", "- 다음과 같습니다:\n1) 첫째\n2) 둘째\n"),
        ("세부:\n  - 하나\n  - 둘", "- 세부:\n  - 하나\n  - 둘\n"),
        ("본문\n## Daily Papers (2024-03-02)", "- 본문 ## Daily Papers (2024-03-02)\n"),
        ("본문\n   ## Daily Papers (2024-03-02)", "- 본문    ## Daily Papers (2024-03-02)\n"),
        ("본문\n- 거짓", "- 본문 - 거짓\n"),
        ("본문\r\nVote: 999", "- 본문 Vote: 999\n"),
        ("본문\rAuthors: 아무개", "- 본문 Authors: 아무개\n"),
        ("본문\n![](https://a.example/b.png)", "- 본문 ![](https://a.example/b.png)\n"),
        (
            "본문\n<video src='https://a.example/b.mp4'></video>",
            "- 본문 <video src='https://a.example/b.mp4'></video>\n",
        ),
        ("\n \n본문\n", "- 본문\n"),
    ],
)
def test_a_line_of_a_bullet_is_kept_only_if_it_cannot_be_read_as_structure(bullet: str, written: str) -> None:
    text = digest(make_paper(id="2402.00001", title="a", summaries={"ko": Summary(bullets=(bullet,), by="hand")}))
    assert text.endswith(f"Vote: -\n\n{written}\n")


@pytest.mark.parametrize("names", [("Kim, Ada", "Ben O'Ford"), ("[Team", "B]"), ("Kim, A\\", 'B "b"')])
def test_names_that_commas_cannot_separate_are_written_as_a_list(names: tuple[str, ...]) -> None:
    text = digest(make_paper(id="2402.00001", title="a", authors=names))
    assert "\nAuthors: [" in text
    assert only_paper(text).authors == names


STRUCTURE = [
    "## Daily Papers (2024-03-02)",
    "### [A](https://arxiv.org/abs/2401.00001)",
    "](https://arxiv.org/abs/2401.00001)",
    "Vote: 7",
    "Authors: A, B",
    "- ",
    "-",
    "1. ",
    "  - x",
    f"![]({UPLOAD}.png)",
    f"[Watch Video]({UPLOAD}.mp4)",
    f"<video src='{UPLOAD}.mp4'></video>",
    "\n",
    "\r",
    "\r\n",
    "\x0b\x0c\x1c\x85\u2028",
    ", ",
    "['A', 'B']",
    "#",
    "한국어",
]
hostile = st.lists(
    st.sampled_from(STRUCTURE + [t for t in HOSTILE if t != "\ud800"]) | st.text(max_size=5), max_size=5
).map(lambda parts: "".join(parts).encode("utf-8", "replace").decode())


addresses = st.sampled_from(
    [THUMBNAIL, f"{THUMBNAIL}.mp4", AVATAR, f"{UPLOAD}.png", f"{UPLOAD}.gif", f"{UPLOAD}.webm", f"{UPLOAD}.mp4", UPLOAD]
)


@st.composite
def hostile_papers(draw: st.DrawFn, number: int) -> Paper:
    return make_paper(
        id=f"2402.{number:05}",
        title=draw(hostile),
        authors=draw(st.lists(hostile, max_size=3).map(tuple)),
        votes=draw(st.none() | st.integers(0, 2**53 - 1)),
        thumbnail=draw(st.none() | hostile | addresses),
        media=draw(st.lists(st.builds(Media, url=hostile | addresses), max_size=2).map(tuple)),
        summaries={"ko": Summary(bullets=draw(st.lists(hostile, max_size=4).map(tuple)), by="hand")},
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 9), unique=True, max_size=3).flatmap(lambda ns: st.tuples(*map(hostile_papers, ns))))
def test_a_digest_reads_back_and_no_text_becomes_structure(papers: tuple[Paper, ...]) -> None:
    (fetched,) = read(digest(*papers)).days
    assert fetched.rejected == ()
    ranked = make_day(DATE, *papers).ranked
    assert [paper.id for paper in fetched.day.papers] == [paper.id for paper in ranked]
    for given_paper, paper in zip(ranked, fetched.day.papers, strict=True):
        assert paper.title == (clean_line(given_paper.title) or paper.id)
        assert paper.votes == given_paper.votes
        assert paper.authors == tuple(filter(None, map(clean_line, given_paper.authors)))
        bullets = [text for text in given_paper.summaries["ko"].bullets if text.strip()]
        found = paper.summaries["ko"].bullets if bullets else ()
        assert [text.split() for text in found] == [text.split() for text in bullets]
        for text, bullet in zip(found, bullets, strict=True):
            assert text == bullet or "\n" in bullet or "\r" in bullet


@given(hostile_papers(1))
@example(make_paper(id="2402.00001", title="A", thumbnail=f"{UPLOAD}.mp4"))
def test_a_digest_that_was_read_is_written_unchanged(paper: Paper) -> None:
    text = digest(paper)
    (fetched,) = read(text).days
    assert render_digest(fetched.day, ["ko"]) == text
