"""Descriptions in HTML: their text, first picture, votes and authors."""

from __future__ import annotations

import pytest

from daily_papers.model.text import clean_block
from daily_papers.sources.feed_html import plain_text, read_archive_entry, read_description

BASE = "https://blog.example/posts/1/"


def test_scripts_and_comments_are_no_text() -> None:
    markup = "One<!-- <p>no</p> --><script>if (a < b) x()</script> <b title='a > b'>two</b> &lt;EOS&gt; 1 < 2"
    assert plain_text(markup) == "One two <EOS> 1 < 2"


def test_the_first_picture_is_joined_to_the_items_address() -> None:
    markup = (
        '<img src="/count.gif" width="1"><img src="data:image/png,x"><img alt="a > b" src="../a.png"><img src="b.png">'
    )
    assert read_description(markup, BASE).picture == "https://blog.example/posts/a.png"


@pytest.mark.parametrize(
    ("markup", "votes", "text"),
    [
        ("<p>Votes: 1,234</p><p>Of rivers.</p>", 1234, "Of rivers."),
        ("<p>Points: 7</p>", 7, ""),
        ("<p>12 upvotes</p><p>Of rivers.</p>", 12, "Of rivers."),
        ("<p>12 points | a comment on rivers</p>", 12, "12 points | a comment on rivers"),
        ("<p>추천: 3</p>", 3, ""),
        ("<p>30표 · Ada Brook</p>", 30, "30표 · Ada Brook"),
        ("<p>3 points that rivers make</p>", None, "3 points that rivers make"),
        ("<p>25 votes or more</p>", None, "25 votes or more"),
        (f"<p>Votes: {2**60}</p>", None, ""),
    ],
)
def test_a_line_may_state_votes(markup: str, votes: int | None, text: str) -> None:
    described = read_description(markup, BASE)
    assert (described.votes, clean_block(described.text)) == (votes, text)


@pytest.mark.parametrize(
    ("markup", "authors"),
    [
        ("Authors: Ada Brook, Ben Ford and Cy Delta<br>Of rivers.", ("Ada Brook", "Ben Ford", "Cy Delta")),
        ("<p><b>Author</b>: Ada Brook</p><p>Of rivers.</p>", ("Ada Brook",)),
        ("<p>저자: 김하나, 이두리</p><p>Of rivers.</p>", ("김하나", "이두리")),
        ("<p>By Ada Brook &amp; Ben van Ford</p><p>Of rivers.</p>", ("Ada Brook", "Ben van Ford")),
    ],
)
def test_a_line_may_name_the_authors(markup: str, authors: tuple[str, ...]) -> None:
    described = read_description(markup, BASE)
    assert described.authors == authors
    assert clean_block(described.text) == "Of rivers."


def test_a_sentence_names_no_authors() -> None:
    markup = "<p>By the river we sat down, and watched.</p>"
    assert read_description(markup, BASE).authors == ()
    assert clean_block(read_description(markup, BASE).text) == "By the river we sat down, and watched."


def test_the_text_of_an_archives_entry_is_the_abstract_alone() -> None:
    markup = (
        '<p><a href="x"><img src="https://a.example/t.png"></a></p><p>7 votes · Ada Brook, + 4 more</p>'
        '<ul lang="en"><li>Of rivers</li></ul><p lang="en">One &lt; two.</p><p lang="en">Three.</p><p>arXiv · PDF</p>'
    )
    described = read_archive_entry(markup, BASE)
    assert (described.text, described.votes, described.authors) == ("One < two.\n\nThree.", 7, ())
    assert described.picture == "https://a.example/t.png"


def test_a_number_that_is_too_long_for_a_character_is_no_error() -> None:
    assert plain_text(f"a&#{'9' * 10_000};b") == "a\ufffdb"
