"""Digests are read with all irregularities of the day logs; every line that cannot be read is returned."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest

from daily_papers.errors import DigestError
from daily_papers.formats.digest import MAX_BYTES, MAX_LINES, contradicts, is_digest, read_digest
from daily_papers.model.records import Media, Paper, Summary
from tests.formats.digests import FILE, only_paper, read

DATE = dt.date(2024, 3, 1)
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2402.00001.png"
AVATAR = "https://cdn-avatars.huggingface.co/v1/production/uploads/cy.jpeg"
UPLOAD = "https://cdn-uploads.huggingface.co/production/uploads/cy/a"


def log(*lines: str, date: str = "2024-03-01") -> str:
    """Return a section with one paper, 2402.00001, and these lines below its heading."""
    heading = "### [강의 흐름](https://arxiv.org/abs/2402.00001)"
    return f"## Daily Papers ({date})\n\n{heading}\n\n" + "".join(f"{line}\n" for line in lines)


def unread(text: str | bytes) -> list[tuple[str, str]]:
    """Return the position and the text of each unreadable line."""
    rejected = [line for fetched in read(text).days for line in fetched.rejected]
    assert all(line.id is None and line.reason for line in rejected)
    return [(line.at, json.loads(bytes(line.record))) for line in rejected]


def test_every_field_of_a_regular_entry_is_read() -> None:
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


# The numbers are those of the list of irregularities. Those that need several files are tested in test_import_.
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
        "9 bare video",
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
        "13 labels of both kinds, and a typing error",
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
def test_irregularity_21_a_title_ends_at_the_last_link_and_is_unchanged(title: str) -> None:
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


def test_sections_of_two_dates_are_two_days_and_irregularity_25_both_may_have_an_id() -> None:
    parsed = read(log("Vote: 1") + log("Vote: 2", date="2024-03-04"))
    assert [(str(one.day.date), one.day.votes) for one in parsed.days] == [("2024-03-01", 1), ("2024-03-04", 2)]
    assert parsed.repeated == ()


def test_a_second_entry_of_an_id_on_a_date_fills_the_first_and_is_reported() -> None:
    parsed = read(log("Vote: 4") + log("Vote: 4", "Authors: A", "- 하나"))
    (fetched,) = parsed.days
    assert fetched.day.papers[0].votes == 4
    assert fetched.day.papers[0].authors == ("A",)
    assert fetched.day.papers[0].summaries["ko"].bullets == ("하나",)
    assert fetched.rejected == ()
    assert parsed.repeated == ("2024/03/01.md:8: 2402.00001",)
    assert (parsed.counts["papers"], parsed.counts["repeated"]) == (1, 1)


def test_a_second_entry_that_contradicts_the_first_is_returned_as_unreadable() -> None:
    text = log("- 처음") + log("- 나중")
    (fetched,) = read(text).days
    assert fetched.day.papers[0].summaries["ko"].bullets == ("처음",)
    assert unread(text) == [
        ("2024/03/01.md:8", "### [강의 흐름](https://arxiv.org/abs/2402.00001)"),
        ("2024/03/01.md:10", "- 나중"),
    ]


# The lines below the heading, of which the first has the number 5, and the numbers of the unreadable ones.
UNREAD: dict[str, tuple[list[str], list[int]]] = {
    "bullet without text": (["- ", "-"], [5, 6]),
    "invalid votes": (["Vote: many", "Vote: 1.5", f"Vote: {2**53}", "Vote: ٣", "Vote:"], [5, 6, 7, 8, 9]),
    "votes twice": (["Vote: 1", "Vote: 2"], [6]),
    "votes after a dash": (["Vote: -", "Vote: 2"], [6]),
    "authors twice": (["Authors: A", "Authors: B"], [6]),
    "unclosed list": (["Authors: ['A', 'B'"], [5]),
    "a call": (["Authors: [__import__('os').getcwd()]"], [5]),
    "deep list": (["Authors: " + "[" * 9000], [5]),
    "list of lists": (["Authors: [['A'], ['B']]"], [5]),
    "no such character": (["Authors: ['\\U00110000']"], [5]),
    "not an address": (["![](javascript:x())", "![](//a.example/b.png)", "[Watch Video]"], [5, 6, 7]),
    "unclosed video": (["<video src='https://a.example/b.mp4></video>"], [5]),
    "video without an address": (["<video controls></video>"], [5]),
    "picture with words": (["![그림](https://a.example/b.png)"], [5]),
    "text before a bullet": (["머리말", "- 하나"], [5]),
    "list before a bullet": (["1. 가", "  - 나"], [5, 6]),
    "text after a blank line": (["- 하나", "", "꼬리말"], [7]),
    "text after an unreadable line": (["- 하나", "Vote: x", "  - 가"], [6, 7]),
}


@pytest.mark.parametrize(("lines", "numbers"), UNREAD.values(), ids=UNREAD)
def test_an_unreadable_line_is_returned_with_its_position(lines: list[str], numbers: list[int]) -> None:
    assert unread(log(*lines)) == [(f"{FILE}:{number}", lines[number - 5]) for number in numbers]
    (fetched,) = read(log(*lines)).days
    assert [paper.id for paper in fetched.day.papers] == ["2402.00001"]


def test_a_line_that_is_not_utf_8_is_returned_with_its_bytes_escaped() -> None:
    text = log("- 하나", "  - 가", "- 둘").encode().replace("하".encode(), b"\xff")
    assert unread(text) == [(f"{FILE}:5", "- \\xff나"), (f"{FILE}:6", "  - 가")]
    (fetched,) = read(text).days
    assert fetched.day.papers[0].summaries["ko"].bullets == ("둘",)


@pytest.mark.parametrize(
    "link",
    [
        "http://arxiv.org/abs/2402.00002",
        "https://arxiv.org/abs/2402.00002v3",
        "https://arxiv.org/abs/2402.00002/",
        "https://www.arxiv.org/pdf/2402.00002v1.pdf",
        "https://huggingface.co/papers/2402.00002",
        '<https://arxiv.org/abs/2402.00002> "강물"',
        "https://arxiv.org/abs/2402.00002 '강물'",
    ],
)
def test_a_heading_may_link_to_any_address_of_a_paper(link: str) -> None:
    paper = only_paper(f"## Daily Papers (2024-03-01)\n### [강 [1](a)]({link})\nVote: 1,234\n")
    assert (paper.id, paper.title, paper.votes) == ("2402.00002", "강 [1](a)", 1234)


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
def test_lines_below_an_unreadable_heading_are_returned_and_belong_to_no_paper(heading: str) -> None:
    text = log("Vote: 1", "- 하나") + f"{heading}\n\nVote: 9\n\n- 둘\n  - 가\n"
    assert unread(text) == [
        (f"{FILE}:7", heading),
        (f"{FILE}:9", "Vote: 9"),
        (f"{FILE}:11", "- 둘"),
        (f"{FILE}:12", "  - 가"),
    ]
    (fetched,) = read(text).days
    assert (fetched.day.votes, fetched.day.papers[0].summaries["ko"].bullets) == (1, ("하나",))


def test_papers_of_a_section_without_a_date_are_returned_with_the_next_day() -> None:
    lost = log("- 하나", date="2024-02-31")
    text = "머리말\n" + lost + log("- 둘", date="2024-03-04")
    (fetched,) = read(text).days
    assert fetched.day.date == dt.date(2024, 3, 4)
    assert [line for _, line in unread(text)] == ["머리말", *filter(None, lost.splitlines())]


def test_a_heading_that_is_not_utf_8_ends_the_paper_before_it() -> None:
    broken = log("Vote: 1").encode() + b"### [\xff](https://arxiv.org/abs/2402.00002)\nVote: 2\n"
    (fetched,) = read(broken).days
    assert [(paper.id, paper.votes) for paper in fetched.day.papers] == [("2402.00001", 1)]
    assert len(fetched.rejected) == 2


def test_the_position_of_a_line_begins_with_the_name_of_its_file() -> None:
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


LINE_BYTES = 50_000_000


# The lines are made in the test: they would take half a gigabyte in every process that only collects the tests.
@pytest.mark.parametrize(
    ("start", "part", "end"),
    [
        ("- ", "가나다 ", ""),
        ("### [", "](https://arxiv.org/abs/", ""),
        ("Authors: [", "'a', ", ""),
        ("Authors: ['", "\\", ""),
        ("Vote: ", "9", ""),
        ("![](", "https://a.example/", ")"),
        ("<video ", "src=", "</video>"),
        ("", " ", "x"),
        ("", "1", ""),
    ],
)
def test_a_line_of_fifty_megabytes_is_read_or_returned(start: str, part: str, end: str) -> None:
    """The test would not end if the time did not grow linearly."""
    line = start + part * (LINE_BYTES // len(part.encode())) + end
    data = log("- 하나").encode() + line.encode() + b"\n- " + "둘".encode() + b"\n"
    (fetched,) = read_digest(data, FILE).days
    rejected = sum(len(msgspec.json.decode(bytes(one.record))) for one in fetched.rejected)
    accepted = sum(map(len, fetched.day.papers[0].summaries["ko"].bullets))
    assert rejected + accepted >= len(line)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (log().encode(), True),
        (b"# A blog\n\n## Daily Papers (2024", True),
        (b"# A blog\n\n ## Daily Papers (2024-03-01)", False),
        (b"## Daily Papers of March", False),
        (b"", False),
    ],
)
def test_a_digest_is_recognized_by_the_heading_of_a_section(data: bytes, expected: bool) -> None:
    assert is_digest(data) == expected


def test_entries_contradict_each_other_only_if_both_have_a_field_with_different_values() -> None:
    first = Paper(id="2402.00001", title="On rivers", votes=4)
    assert not contradicts(first, Paper(id="2402.00001", title="On rivers", authors=("A",)), DATE)
    assert contradicts(first, Paper(id="2402.00001", title="On rivers", votes=5), DATE)
