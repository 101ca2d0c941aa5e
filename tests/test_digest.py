"""The digest: the layout of the day logs, whatever a record holds or lacks."""

from __future__ import annotations

import datetime as dt

from daily_papers.digest import render_digest
from daily_papers.models import Day, Media, Paper, Summary


def digest(*papers: Paper, languages: tuple[str, ...] = ("ko", "en")) -> str:
    return render_digest(Day(date=dt.date(2024, 3, 1), source="huggingface", papers=papers), languages)


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


def test_a_paper_that_is_not_on_arxiv_links_to_its_page_if_that_is_safe() -> None:
    text = digest(
        Paper(id="x-0123456789ab", title="linked", project_page="https://example.org/p"),
        Paper(id="x-0123456789ac", title="bare", project_page="javascript:alert(1)"),
    )
    assert "### [linked](https://example.org/p)\n" in text
    assert "### bare\n" in text


def test_a_title_or_bullet_with_line_breaks_stays_one_line() -> None:
    text = digest(Paper(id="2402.00001", title="a\n## b", summaries={"ko": Summary(bullets=("x\n\ny",), by="m")}))
    assert "### [a ## b](" in text
    assert "- x y\n" in text
