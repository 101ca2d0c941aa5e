"""The digest: the layout of the day logs, written from whatever a record holds, and read with all its oddities."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from daily_papers.errors import DigestError
from daily_papers.formats.digest import MAX_BYTES, MAX_LINES, ParsedDigest, read_digest, render_digest
from daily_papers.model.records import Day, Media, Paper, Summary
from daily_papers.model.text import clean_line
from tests.fuzz import HOSTILE

DATE = dt.date(2024, 3, 1)
FILE = "2024/03/01.md"
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2402.00001.png"
AVATAR = "https://cdn-avatars.huggingface.co/v1/production/uploads/cy.jpeg"
UPLOAD = "https://cdn-uploads.huggingface.co/production/uploads/cy/a"


def digest(*papers: Paper, languages: tuple[str, ...] = ("ko", "en")) -> str:
    return render_digest(Day(date=DATE, source="huggingface", papers=papers), languages)


def log(*lines: str, date: str = "2024-03-01") -> str:
    """One section with one paper, 2402.00001, and these lines below its heading."""
    heading = "### [강의 흐름](https://arxiv.org/abs/2402.00001)"
    return f"## Daily Papers ({date})\n\n{heading}\n\n" + "".join(f"{line}\n" for line in lines)


def read(text: str | bytes) -> ParsedDigest:
    return read_digest(text if isinstance(text, bytes) else text.encode(), FILE)


def only_paper(text: str) -> Paper:
    """The one paper of a digest of which every line was read."""
    (fetched,) = read(text).days
    assert fetched.rejected == ()
    (paper,) = fetched.day.papers
    return paper


def unread(text: str | bytes) -> list[tuple[str, str]]:
    """Place and text of each line that was not read."""
    rejected = [line for fetched in read(text).days for line in fetched.rejected]
    assert all(line.id is None and line.reason for line in rejected)
    return [(line.at, json.loads(bytes(line.record))) for line in rejected]


# Writing.


def test_a_full_day_in_the_layout_of_the_logs() -> None:
    image = Paper(
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
    film = Paper(
        id="2402.00020",
        title="With a film",
        authors=("+",),
        thumbnail="https://cdn.example/still.png",
        media=(
            Media(url="https://cdn.example/a.png", kind="image"),
            Media(url="https://cdn.example/f.mp4", kind="video"),
        ),
        summaries={"en": Summary(bullets=("only English",), by="huggingface")},
    )
    assert digest(film, image) == (
        "## Daily Papers (2024-03-01)\n\n"
        "### [A [bracketed] title](https://arxiv.org/abs/2402.00010)\n\n"
        "![](https://cdn.example/one.png)\n\n"
        "Vote: 51\n\n"
        "Authors: First Author, Second Author\n\n"
        "- ***새로운 점***: 첫째\n"
        "- 둘째\n\n"
        "### [With a film](https://arxiv.org/abs/2402.00020)\n\n"
        "[Watch Video](https://cdn.example/f.mp4)\n"
        '<div><video controls src="https://cdn.example/f.mp4" muted="false"></video></div>\n\n'
        "Vote: -\n\n"
        "Authors: +\n\n"
        "- only English\n\n"
    )


def test_what_is_missing_leaves_no_line_behind() -> None:
    assert digest(Paper(id="2402.00010", title="T", votes=0)) == (
        "## Daily Papers (2024-03-01)\n\n### [T](https://arxiv.org/abs/2402.00010)\n\nVote: 0\n\n"
    )


def test_papers_stand_by_votes_and_unknown_votes_last() -> None:
    text = digest(
        Paper(id="2402.00001", title="unknown"),
        Paper(id="2402.00002", title="few", votes=0),
        Paper(id="2402.00003", title="many", votes=9),
    )
    assert text.index("many") < text.index("few") < text.index("unknown")


def test_a_thumbnail_stands_in_and_an_address_cannot_end_its_line() -> None:
    text = digest(
        Paper(id="2402.00001", title="a", thumbnail='https://cdn.example/x").png'),
        Paper(id="2402.00002", title="b", media=(Media(url="javascript:alert(1)", kind="image"),)),
    )
    assert "![](https://cdn.example/x%22%29.png)\n" in text
    assert "javascript" not in text


def test_a_film_that_is_no_mp4_stands_as_the_logs_have_it() -> None:
    film = Paper(id="2402.00001", title="a", media=(Media(url=f"{UPLOAD}.qt", kind="video"),))
    assert f"![]({UPLOAD}.qt)\n" in digest(film)


def test_a_paper_that_is_not_on_arxiv_links_to_its_page_if_that_is_safe() -> None:
    text = digest(
        Paper(id="x-0123456789ab", title="linked", project_page="https://example.org/p"),
        Paper(id="x-0123456789ac", title="bare", project_page="javascript:alert(1)"),
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
def test_a_paper_that_is_not_on_arxiv_does_not_pass_for_one_that_is(title: str, page: str | None) -> None:
    text = digest(Paper(id="x-0123456789ab", title=title, project_page=page, votes=999))
    (fetched,) = read(text).days
    assert fetched.day.papers == ()
    assert len(fetched.rejected) == 2


def test_a_title_or_bullet_with_line_breaks_stays_one_line() -> None:
    text = digest(Paper(id="2402.00001", title="a\n## b", summaries={"ko": Summary(bullets=("x\n\ny",), by="m")}))
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
def test_a_line_within_a_bullet_stands_only_where_it_is_not_taken_for_structure(bullet: str, written: str) -> None:
    text = digest(Paper(id="2402.00001", title="a", summaries={"ko": Summary(bullets=(bullet,), by="hand")}))
    assert text.endswith(f"Vote: -\n\n{written}\n")


@pytest.mark.parametrize("names", [("Kim, Ada", "Ben O'Ford"), ("[Team", "B]"), ("Kim, A\\", 'B "b"')])
def test_names_that_commas_would_not_keep_apart_are_written_as_a_list(names: tuple[str, ...]) -> None:
    text = digest(Paper(id="2402.00001", title="a", authors=names))
    assert "\nAuthors: [" in text
    assert only_paper(text).authors == names


MARKS = [
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
    st.sampled_from(MARKS + [t for t in HOSTILE if t != "\ud800"]) | st.text(max_size=5), max_size=5
).map(lambda parts: "".join(parts).encode("utf-8", "replace").decode())


addresses = st.sampled_from(
    [THUMBNAIL, f"{THUMBNAIL}.mp4", AVATAR, f"{UPLOAD}.png", f"{UPLOAD}.gif", f"{UPLOAD}.webm", f"{UPLOAD}.mp4", UPLOAD]
)


@st.composite
def hostile_papers(draw: st.DrawFn, number: int) -> Paper:
    return Paper(
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
def test_what_is_written_reads_back_and_no_text_becomes_structure(papers: tuple[Paper, ...]) -> None:
    (fetched,) = read(digest(*papers)).days
    assert fetched.rejected == ()
    ranked = Day(date=DATE, source="x", papers=papers).ranked
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
@example(Paper(id="2402.00001", title="A", thumbnail=f"{UPLOAD}.mp4"))
def test_writing_what_was_read_changes_nothing(paper: Paper) -> None:
    text = digest(paper)
    (fetched,) = read(text).days
    assert render_digest(fetched.day, ["ko"]) == text


# Reading.


def test_everything_a_regular_entry_says() -> None:
    paper = only_paper(
        log(f"![]({UPLOAD}.png)", "", "Vote: 51", "", "Authors: 김 아무개, Ben Ford, +", "", "- 하나.", "- 둘.", "")
    )
    assert paper == Paper(
        id="2402.00001",
        title="강의 흐름",
        authors=("김 아무개", "Ben Ford", "+"),
        votes=51,
        vote_history=((DATE, 51),),
        media=(Media(f"{UPLOAD}.png", "image"),),
        summaries={"ko": Summary(bullets=("하나.", "둘."), by="digest")},
    )


def bullets(*texts: str) -> dict[str, Any]:
    return {"summaries": {"ko": Summary(bullets=texts, by="digest")}}


# The numbers are those of the list of irregularities; what a file alone cannot show is tested in test_importing.
IRREGULARITIES: list[tuple[str, str, dict[str, Any], dict[str, int]]] = [
    ("2 list", log("Authors: ['Ada Kim', \"Ben O'Ford\"]"), {"authors": ("Ada Kim", "Ben O'Ford")}, {"authors": 1}),
    ("2 empty list", log("Authors: []"), {"authors": ()}, {"authors": 1}),
    ("3 names twice", log("Authors: A, B, A"), {"authors": ("A", "B", "A")}, {"authors": 1}),
    ("4 order as given", log("Authors: Z, A"), {"authors": ("Z", "A")}, {}),
    ("5 no votes", log("Authors: A"), {"votes": None, "vote_history": ()}, {"no votes": 1, "votes": 0}),
    ("6 unknown votes", log("Vote: -"), {"votes": None, "vote_history": ()}, {"dash votes": 1, "no votes": 0}),
    (
        "7 only bullets",
        log("- 하나"),
        {"authors": (), "media": (), "thumbnail": None, **bullets("하나")},
        {"authors": 0},
    ),
    (
        "8 no parentheses",
        log(f"[Watch Video]{UPLOAD}.mp4"),
        {"media": (Media(f"{UPLOAD}.mp4", "video"),)},
        {"video": 1},
    ),
    (
        "8 with its player",
        log(f"[Watch Video]{UPLOAD}.mp4", f'<div><video controls src="{UPLOAD}.mp4" muted="false"></video></div>'),
        {"media": (Media(f"{UPLOAD}.mp4", "video"),)},
        {"video": 1},
    ),
    (
        "9 bare film",
        log(f"<video src='{UPLOAD}.mp4'></video>"),
        {"media": (Media(f"{UPLOAD}.mp4", "video"),)},
        {"video": 1},
    ),
    ("10 qt", log(f"![]({UPLOAD}.qt)"), {"media": (Media(f"{UPLOAD}.qt", "video"),)}, {"video": 1}),
    ("10 webm", log(f"![]({UPLOAD}.webm)"), {"media": (Media(f"{UPLOAD}.webm", "video"),)}, {"video": 1}),
    (
        "11 relative avatar",
        log("![](/avatars/0a1b.svg)"),
        {"thumbnail": "https://huggingface.co/avatars/0a1b.svg", "media": ()},
        {"avatar": 1, "thumbnail": 0},
    ),
    ("11 avatar", log(f"![]({AVATAR})"), {"thumbnail": AVATAR, "media": ()}, {"avatar": 1, "thumbnail": 0}),
    ("12 thumbnail", log(f"![]({THUMBNAIL})"), {"thumbnail": THUMBNAIL, "media": ()}, {"thumbnail": 1, "image": 0}),
    ("12 animation", log(f"![]({UPLOAD}.gif)"), {"media": (Media(f"{UPLOAD}.gif", "animation"),)}, {"animation": 1}),
    ("12 no ending", log(f"![]({UPLOAD})"), {"media": (Media(UPLOAD, "image"),)}, {"image": 1}),
    (
        "13 labels of both kinds, and a slip",
        log("- **What's New**: 하나", "- ***Details***: 둘", "- ***L*: 셋"),
        bullets("**What's New**: 하나", "***Details***: 둘", "***L*: 셋"),
        {"bullets": 3},
    ),
    (
        "14 other labels",
        log("- **What’s New**: ㄱ", "- **핵심**: ㄴ"),
        bullets("**What’s New**: ㄱ", "**핵심**: ㄴ"),
        {},
    ),
    ("15 repr", log("- **L**: {'a': ['b', 'c']}"), bullets("**L**: {'a': ['b', 'c']}"), {"bullets": 1}),
    (
        "16 nested",
        log("- 하나", "  - 가", "  - 나", "- 둘"),
        bullets("하나\n  - 가\n  - 나", "둘"),
        {"bullets": 2, "nested": 2},
    ),
    ("16 after a blank line", log("- 하나", "", "  - 가"), bullets("하나\n  - 가"), {"bullets": 1, "nested": 1}),
    (
        "17 1.",
        log("- 하나:", "1. **가**: 나", "2. **다**: 라"),
        bullets("하나:\n1. **가**: 나\n2. **다**: 라"),
        {"numbered": 2},
    ),
    ("17 1)", log("- 하나:", "1) 가", "- 둘"), bullets("하나:\n1) 가", "둘"), {"bullets": 2, "numbered": 1}),
    (
        "18 free line",
        log("- 하나", "y=log(x) 입니다.", "- 둘"),
        bullets("하나\ny=log(x) 입니다.", "둘"),
        {"bullets": 2, "free": 1},
    ),
    ("19 one bullet", log("- 하나"), bullets("하나"), {"bullets": 1}),
    (
        "20 control characters",
        log("- \textit{가} \benchbench", "- \framework\u2062 \rho"),
        bullets("\textit{가} \benchbench", "\framework\u2062 \rho"),
        {"bullets": 2},
    ),
    ("22 markup", log("- <b> `x` | [a](b) $1 ==c== ~d~"), bullets("<b> `x` | [a](b) $1 ==c== ~d~"), {}),
    ("22 blanks at its ends", log("-   하나  "), bullets("  하나  "), {}),
    ("23 another language", log("- 一个", "- слово"), bullets("一个", "слово"), {}),
    ("24 ends in an address", log("- 코드는 https://a.example/b에서"), bullets("코드는 https://a.example/b에서"), {}),
    ("blank lines between bullets", log("- 하나", "", "- 둘", ""), bullets("하나", "둘"), {"bullets": 2}),
    ("no blank lines", log(f"![]({THUMBNAIL})", "Authors: A", "- 하나"), {"authors": ("A",), **bullets("하나")}, {}),
    ("CRLF", log("Vote: 3", "", "- 하나").replace("\n", "\r\n"), {"votes": 3, **bullets("하나")}, {}),
    ("BOM", "\ufeff" + log("Vote: 3"), {"votes": 3}, {"papers": 1}),
    ("no end of line", log("- 하나").rstrip("\n"), bullets("하나"), {}),
]


@pytest.mark.parametrize(
    ("text", "fields", "counts"), [row[1:] for row in IRREGULARITIES], ids=[r[0] for r in IRREGULARITIES]
)
def test_each_irregularity_is_read(text: str, fields: dict[str, Any], counts: dict[str, int]) -> None:
    paper = only_paper(text)
    assert {name: getattr(paper, name) for name in fields} == fields
    assert {key: value for key, value in read(text).counts.items() if key in counts and value} == {
        key: value for key, value in counts.items() if value
    }


@pytest.mark.parametrize(
    "title",
    [
        "[IDK] 모릅니다",
        "P(y|x) [초안]",
        "$λ$-흐름",
        "M$^{2}$UGen & `code`",
        '<think> "*" \\cmd',
        "a](https://arxiv.org/abs/2401.00001)",
    ],
)
def test_irregularity_21_a_title_is_read_to_the_last_link_as_given(title: str) -> None:
    text = f"## Daily Papers (2024-03-01)\n\n### [{title}](https://arxiv.org/abs/2402.00002)\n"
    assert (only_paper(text).id, only_paper(text).title) == ("2402.00002", title)


@pytest.mark.parametrize(
    ("stated", "paper_id"),
    [("2402.00001v3", "2402.00001"), ("hep-th/9901001", "hep-th/9901001"), ("0704.0001", "0704.0001")],
)
def test_an_id_is_read_without_its_version(stated: str, paper_id: str) -> None:
    assert only_paper(f"## Daily Papers (2024-03-01)\n### [T](https://arxiv.org/abs/{stated})\n").id == paper_id


def test_irregularity_1_sections_of_one_date_are_one_day_in_the_files_order() -> None:
    first = log("Vote: 1", "", "- 하나")
    second = log("Vote: 9", "", "- 둘").replace("2402.00001", "2402.00002")
    parsed = read(f"{first}\n{second}")
    (fetched,) = parsed.days
    assert [paper.id for paper in fetched.day.papers] == ["2402.00001", "2402.00002"]
    assert (fetched.day.source, fetched.day.fetched_at, fetched.rejected) == ("digest", None, ())
    assert parsed.counts["papers"] == 2
    assert parsed.repeated == ()


def test_sections_of_two_dates_are_two_days_and_irregularity_25_one_id_may_stand_in_both() -> None:
    parsed = read(log("Vote: 1") + log("Vote: 2", date="2024-03-04"))
    assert [(str(one.day.date), one.day.votes) for one in parsed.days] == [("2024-03-01", 1), ("2024-03-04", 2)]
    assert parsed.repeated == ()


def test_an_id_that_stands_twice_on_a_date_is_the_first_filled_from_the_second_and_told() -> None:
    parsed = read(log("Vote: 4") + log("Vote: 4", "Authors: A", "- 하나"))
    (fetched,) = parsed.days
    assert fetched.day.papers[0].votes == 4
    assert fetched.day.papers[0].authors == ("A",)
    assert fetched.day.papers[0].summaries["ko"].bullets == ("하나",)
    assert fetched.rejected == ()
    assert parsed.repeated == ("2024/03/01.md:8: 2402.00001",)
    assert (parsed.counts["papers"], parsed.counts["repeated"]) == (1, 1)


def test_what_a_second_entry_says_otherwise_is_kept_unread() -> None:
    text = log("- 처음") + log("- 나중")
    (fetched,) = read(text).days
    assert fetched.day.papers[0].summaries["ko"].bullets == ("처음",)
    assert unread(text) == [
        ("2024/03/01.md:8", "### [강의 흐름](https://arxiv.org/abs/2402.00001)"),
        ("2024/03/01.md:10", "- 나중"),
    ]


# What stands below the heading, and which of these lines are not read, counted from 5, the first.
UNREAD: dict[str, tuple[list[str], list[int]]] = {
    "bullet without text": (["- ", "-"], [5, 6]),
    "votes that are none": (["Vote: many", "Vote: 1.5", f"Vote: {2**53}", "Vote: ٣", "Vote:"], [5, 6, 7, 8, 9]),
    "votes twice": (["Vote: 1", "Vote: 2"], [6]),
    "votes after a dash": (["Vote: -", "Vote: 2"], [6]),
    "authors twice": (["Authors: A", "Authors: B"], [6]),
    "unclosed list": (["Authors: ['A', 'B'"], [5]),
    "a call": (["Authors: [__import__('os').getcwd()]"], [5]),
    "deep list": (["Authors: " + "[" * 9000], [5]),
    "list of lists": (["Authors: [['A'], ['B']]"], [5]),
    "no such character": (["Authors: ['\\U00110000']"], [5]),
    "not an address": (["![](javascript:x())", "![](//a.example/b.png)", "[Watch Video]"], [5, 6, 7]),
    "unclosed film": (["<video src='https://a.example/b.mp4></video>"], [5]),
    "film without an address": (["<video controls></video>"], [5]),
    "picture with words": (["![그림](https://a.example/b.png)"], [5]),
    "text before a bullet": (["머리말", "- 하나"], [5]),
    "list before a bullet": (["1. 가", "  - 나"], [5, 6]),
    "text after a blank line": (["- 하나", "", "꼬리말"], [7]),
    "text after what was not read": (["- 하나", "Vote: x", "  - 가"], [6, 7]),
}


@pytest.mark.parametrize(("lines", "numbers"), UNREAD.values(), ids=UNREAD)
def test_a_line_that_cannot_be_read_is_kept_with_its_place(lines: list[str], numbers: list[int]) -> None:
    assert unread(log(*lines)) == [(f"{FILE}:{number}", lines[number - 5]) for number in numbers]
    (fetched,) = read(log(*lines)).days
    assert [paper.id for paper in fetched.day.papers] == ["2402.00001"]


def test_a_line_that_is_not_utf_8_is_kept_with_its_bytes_spelled_out() -> None:
    text = log("- 하나", "  - 가", "- 둘").encode().replace("하".encode(), b"\xff")
    assert unread(text) == [(f"{FILE}:5", "- \\xff나"), (f"{FILE}:6", "  - 가")]
    (fetched,) = read(text).days
    assert fetched.day.papers[0].summaries["ko"].bullets == ("둘",)


@pytest.mark.parametrize(
    "heading",
    [
        "### 주소가 없는 제목",
        "### [닫히지 않은(https://arxiv.org/abs/2402.00002)",
        "### [T](https://arxiv.org/abs/2402.00002) 그리고",
        "### [T](https://arxiv.org/abs/../../x)",
        "### [T](https://arxiv.org/abs/2402.1)",
        "### [T](https://arxiv.org/abs/x-0123456789ab)",
        "### [T](https://example.org/abs/2402.00002)",
        "###[T](https://arxiv.org/abs/2402.00002)",
        "#### [T](https://arxiv.org/abs/2402.00002)",
        "## Daily Papers (2024-13-01)",
        "## Daily Papers",
    ],
)
def test_all_below_a_heading_that_cannot_be_read_is_kept_and_falls_to_no_other_paper(heading: str) -> None:
    text = log("Vote: 1", "- 하나") + f"{heading}\n\nVote: 9\n\n- 둘\n  - 가\n"
    assert unread(text) == [
        (f"{FILE}:7", heading),
        (f"{FILE}:9", "Vote: 9"),
        (f"{FILE}:11", "- 둘"),
        (f"{FILE}:12", "  - 가"),
    ]
    (fetched,) = read(text).days
    assert (fetched.day.votes, fetched.day.papers[0].summaries["ko"].bullets) == (1, ("하나",))


def test_papers_below_a_section_without_a_date_are_kept_unread_until_one_has() -> None:
    lost = log("- 하나", date="2024-02-31")
    text = "머리말\n" + lost + log("- 둘", date="2024-03-04")
    (fetched,) = read(text).days
    assert fetched.day.date == dt.date(2024, 3, 4)
    assert [line for _, line in unread(text)] == ["머리말", *filter(None, lost.splitlines())]


def test_a_heading_that_is_not_utf_8_takes_no_line_from_the_paper_before() -> None:
    broken = log("Vote: 1").encode() + b"### [\xff](https://arxiv.org/abs/2402.00002)\nVote: 2\n"
    (fetched,) = read(broken).days
    assert [(paper.id, paper.votes) for paper in fetched.day.papers] == [("2402.00001", 1)]
    assert len(fetched.rejected) == 2


def test_a_line_without_a_number_is_known_by_the_file_it_stands_in() -> None:
    (fetched,) = read_digest(log("머리말").encode(), "notes.txt").days
    assert fetched.rejected[0].at == "notes.txt:5"


@pytest.mark.parametrize("data", [b"", b"# A blog\n\nText.\n", b"\xff\xfe#\x00#\x00", b"## Daily Papers (2024-3-1)\n"])
def test_a_file_without_a_section_is_no_digest(data: bytes) -> None:
    with pytest.raises(DigestError, match=r"2024/03/01\.md: is no digest: no line is a heading '## Daily Papers \("):
        read(data)


@pytest.mark.parametrize("data", [b" " * (MAX_BYTES + 1), b"\n" * (MAX_LINES + 1)])
def test_a_file_that_is_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(DigestError, match="is too large to be a day's digest: expected at most 64 MB in 200,000 lines"):
        read(data)


LINE_CHARS = 50_000_000


@pytest.mark.parametrize(
    "line",
    [
        "- " + "가나다 " * (LINE_CHARS // 10),
        "### [" + "](https://arxiv.org/abs/" * (LINE_CHARS // 24),
        "Authors: [" + "'a', " * (LINE_CHARS // 5),
        "Authors: ['" + "\\" * LINE_CHARS,
        "Vote: " + "9" * LINE_CHARS,
        "![](" + "https://a.example/" * (LINE_CHARS // 18) + ")",
        "<video " + "src=" * (LINE_CHARS // 4) + "</video>",
        " " * LINE_CHARS + "x",
        "1" * LINE_CHARS,
    ],
    ids=lambda line: line[:8],
)
def test_a_line_of_fifty_megabytes_is_read_or_kept(line: str) -> None:
    """Where time did not grow in proportion, this would not end."""
    data = log("- 하나").encode() + line.encode() + b"\n- " + "둘".encode() + b"\n"
    (fetched,) = read_digest(data, FILE).days
    kept = sum(len(msgspec.json.decode(bytes(one.record))) for one in fetched.rejected)
    taken = sum(map(len, fetched.day.papers[0].summaries["ko"].bullets))
    assert kept + taken >= len(line)
