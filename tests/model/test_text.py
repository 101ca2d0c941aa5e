"""What is done to text and addresses from strangers; cases B29, B30 and B32 of the fault catalogue."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.model.text import MAX_URL_CHARS, clean_block, clean_line, safe_url


@pytest.mark.parametrize(
    ("given", "kept"),
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
def test_a_line_loses_what_cannot_be_seen_and_nothing_else(given: str, kept: str) -> None:
    assert clean_line(given) == kept
    assert clean_line(kept) == kept
    clean_line(given).encode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("One line\nwrapped at\neighty.", "One line wrapped at eighty."),
        ("First.\n  Second, as arXiv\nindents it.", "First.\nSecond, as arXiv indents it."),
        ("First.\n\n\nSecond.\n \nThird.", "First.\nSecond.\nThird."),
        ("\n\n \u200b\n\n", ""),
    ],
)
def test_a_block_keeps_its_paragraphs_and_no_hard_wrap(given: str, kept: str) -> None:
    assert clean_block(given) == kept
    assert clean_block(kept.replace("\n", "\n\n")) == kept


@pytest.mark.parametrize(
    "url", ["https://a.example/x?y=1#z", "http://a.example:8080", "http://127.0.0.1/x", "HTTPS://A.example/"]
)
def test_an_ordinary_address_is_safe(url: str) -> None:
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
def test_any_other_address_is_not_linked_to(url: str | None) -> None:
    assert safe_url(url) is None


@given(
    st.text(alphabet="htps:/.@a1-_~%#?=&+\\ \n\u0430", max_size=30)
    | st.from_regex(r"https?://[a-zA-Z0-9.:@\-\[\]]*(/[ -~]*)?", fullmatch=True)
)
def test_an_address_that_is_linked_to_names_a_plain_host_and_nobody(text: str) -> None:
    url = safe_url(text)
    if url is not None:
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert parts.hostname.isascii()
        assert "@" not in parts.netloc
        assert parts.port != 0
        assert not set(url) & set(" \t\n\r")
