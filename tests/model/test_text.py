"""Cleaning of text and addresses from strangers; cases B29, B30 and B32 of the fault catalogue."""

from __future__ import annotations

import unicodedata
from typing import Literal
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.model.text import (
    ERROR_CHARS,
    MAX_COMBINING_MARKS,
    MAX_URL_CHARS,
    QUOTE_CHARS,
    clean_block,
    clean_line,
    cut,
    disarm_commands,
    error_line,
    normalize,
    quote,
    safe_url,
    single_line,
    strip_invisible,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  A wrapped\n  title ", "A wrapped title"),
        ("tab\tand\u00a0hard blank\u2028line", "tab and hard blank line"),
        ("nul\x00, bell\x07, escape\x1b, C1\x9f", "nul, bell, escape, C1"),
        ("next\x85line", "next line"),
        ("\ufeffzero\u200bwidth", "zerowidth"),
        ("right\u202eto left\u2066", "rightto left"),
        ("half a pair \ud83d, whole 😀", "half a pair \ufffd, whole 😀"),
        ("e\u0301", "é"),
        ("family 👩\u200d👧", "family 👩\u200d👧"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("<think> & [IDK] $1 --8<-- {{ x }} P(y|x)", "<think> & [IDK] $1 --8<-- {{ x }} P(y|x)"),
        (" \n\u200b ", ""),
    ],
)
def test_a_cleaned_line_has_all_visible_characters_and_no_invisible_ones(text: str, expected: str) -> None:
    assert clean_line(text) == expected
    assert clean_line(expected) == expected
    clean_line(text).encode()


def test_a_single_line_keeps_printable_text_and_cleans_any_other() -> None:
    assert single_line("  two  blanks ") == "two  blanks"
    assert single_line("  two  blanks\u200b\n") == "two blanks"


def test_stripping_invisible_characters_leaves_line_breaks() -> None:
    assert strip_invisible("two  blanks") == "two  blanks"
    assert strip_invisible("a\u200b\n\tb\x0bc\x1fd \ud83d \x00") == "a\n\tb c d \ufffd "


@pytest.mark.parametrize(("text", "expected"), [("12345", "12345"), ("123456", "1234…"), ("", "")])
def test_text_is_cut_to_a_number_of_characters_with_an_ellipsis(text: str, expected: str) -> None:
    assert cut(text, 5) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a title", '"a title"'),
        ("", '""'),
        (" ends ", '" ends "'),
        ("two\nlines\t\u2028of  text", '"two lines of text"'),
        ("zero\u200bwidth, bell\x07, bidi\u202e", r'"zero\u200bwidth, bell\x07, bidi\u202e"'),
        ("half a pair \ud83d", r'"half a pair \ud83d"'),
        ("family 👩\u200d👧, 한국어", '"family 👩\u200d👧, 한국어"'),
        ("x" * QUOTE_CHARS, f'"{"x" * QUOTE_CHARS}"'),
        ("x" * 5000, f'"{"x" * (QUOTE_CHARS - 1)}…"'),
        (True, "True"),
        (12, "12"),
        (None, "None"),
        (["a", "b\x1b"], r"['a', 'b\x1b']"),
        ({"a": ["b"]}, "{'a': ['b']}"),
        (["x"] * 5000, str(["x"] * 5000)[: QUOTE_CHARS - 1] + "…"),
    ],
)
def test_a_quoted_value_is_one_short_line_that_shows_invisible_characters(value: object, expected: str) -> None:
    assert quote(value) == expected


@given(st.text() | st.lists(st.text()), st.integers(1, 40))
def test_whatever_is_quoted_is_one_line_of_valid_utf_8_within_its_limit(value: object, limit: int) -> None:
    quoted = quote(value, limit)
    assert len(quoted) <= limit + 2
    assert quoted.splitlines() == [quoted]
    quoted.encode()
    assert not set(map(ord, quoted)) & {*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x200B}


class NamelessError(Exception):
    """An exception without message."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("two\nlines \x1b[31mred\u202e"), "two lines [31mred"),
        (FileNotFoundError(2, "No such file or directory", "/secret/place"), "No such file or directory"),
        (OSError("only a message"), "only a message"),
        (NamelessError(), "NamelessError"),
        (NamelessError("\n\u200b"), "NamelessError"),
        (ValueError("x" * 5000), "x" * (ERROR_CHARS - 1) + "…"),
    ],
)
def test_the_line_of_an_error_is_its_message_or_else_its_type(error: Exception, expected: str) -> None:
    assert error_line(error) == expected


def test_the_line_of_an_error_has_a_limit() -> None:
    assert error_line(ValueError("123456"), limit=5) == "1234…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line\nwrapped at\neighty.", "One line wrapped at eighty."),
        ("First.\n  Second, as arXiv\nindents it.", "First.\nSecond, as arXiv indents it."),
        ("First.\n\n\nSecond.\n \nThird.", "First.\nSecond.\nThird."),
        ("\n\n \u200b\n\n", ""),
    ],
)
def test_a_cleaned_block_has_one_line_a_paragraph(text: str, expected: str) -> None:
    assert clean_block(text) == expected
    assert clean_block(expected.replace("\n", "\n\n")) == expected


@pytest.mark.parametrize(
    "url", ["https://a.example/x?y=1#z", "http://a.example:8080", "http://127.0.0.1/x", "HTTPS://A.example/"]
)
def test_an_ordinary_address_is_safe_without_surrounding_white_space(url: str) -> None:
    assert safe_url(f"  {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/x",
        "/relative",
        "https://",
        "https://good.example@evil.example/",
        "https://user:word@good.example/",
        "https://g\u043e\u043ed.example/",
        "https://good.example/\u202egpj.exe",
        "https://good.example/a b",
        "https://good.example/\nother",
        "https://good.example:99999/",
        "https://[::1/",
        "https://good.example/" + "x" * MAX_URL_CHARS,
    ],
)
def test_any_other_address_is_unsafe(url: str | None) -> None:
    assert safe_url(url) is None


@given(
    st.text(alphabet="htps:/.@a1-_~%#?=&+\\ \n\u0430", max_size=30)
    | st.from_regex(r"https?://[a-zA-Z0-9.:@\-\[\]]*(/[ -~]*)?", fullmatch=True)
)
def test_a_safe_address_has_a_plain_host_and_no_user_name(text: str) -> None:
    url = safe_url(text)
    if url is not None:
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert parts.hostname.isascii()
        assert "@" not in parts.netloc
        assert parts.port != 0
        assert not set(url) & set(" \t\n\r")


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_ordinary_text_has_the_normal_form_of_unicode(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    longest_run = "e" + "\u0301" * MAX_COMBINING_MARKS
    for text in ("plain", "Ångström, naïve", "한국어 각", "ﷺ ½ ﬁ", longest_run, "\u0915\u093c"):
        assert normalize(form, text) == unicodedata.normalize(form, text)


def test_a_long_run_of_combining_marks_is_cut() -> None:
    """The test would not end if the marks were sorted as they are."""
    text = "a" + "\u0301\u0327" * 500_000 + "b" + "\u0301" * 5
    cleaned = clean_line(text)
    assert len(unicodedata.normalize("NFD", cleaned)) == 1 + MAX_COMBINING_MARKS + 1 + 5
    assert clean_line(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "disarmed"),
    [
        ("::error::x", ": :error::x"),
        (" \t::add-mask::x", " \t: :add-mask::x"),
        ("a\n::error::x\n", "a\n: :error::x\n"),
        ("a\r::error::x", "a : :error::x"),
        ("a\r\n\u2028::error::x", "a \n\u2028: :error::x"),
        ("\x1b[0m::error::", " [0m::error::"),
        ("x ##[error]y", "x ## [error]y"),
        ("###[error]", "### [error]"),
        ("##vso[task.setvariable]", "## vso[task.setvariable]"),
        (":::error::", ": : :error::"),
        ("std::vector, [::1]:8000, ## Heading, ##", "std::vector, [::1]:8000, ## Heading, ##"),
        ("", ""),
    ],
)
def test_text_for_a_log_has_no_command_of_a_runner(text: str, disarmed: str) -> None:
    assert disarm_commands(text) == disarmed
    assert disarm_commands(disarmed) == disarmed


@pytest.mark.parametrize("gap", [" ", "  ", "\n\t ", " " * 70_000])
def test_a_long_text_is_cleaned_like_a_short_one(gap: str) -> None:
    """It is handled in parts of 65,536 characters; here a word, a blank and a gap are at the end of one."""
    for length in range(65_533, 65_538):
        text = f"{gap}{'a' * (length - len(gap))}{gap}b{gap}{'c' * 70_000}{gap}"
        assert clean_line(text) == " ".join(text.split())
