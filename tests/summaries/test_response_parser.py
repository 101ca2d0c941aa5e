"""A model's response is parsed in every usual form; any other form is an error that quotes it."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.summaries.response_parser import MAX_CHARS, ResponseFormatError, parse_response

BULLETS = ("one is here", "two is here", "three is here")
JSON = json.dumps({"bullets": BULLETS})


@pytest.mark.parametrize(
    "content",
    [
        JSON,
        f"  \n{JSON}\n",
        f"```json\n{JSON}\n```",
        f"```\n{JSON}\n```",
        "- one is here\n- two is here\n- three is here",
        "Here is the summary:\n\n* one is here\n* two is here\n\n* three\nis here",
        "1. one is here\n2) two is here\n3. three is here",
        "• one is here\n• two is here\n• three is here\n",
        f"Here is the summary:\n{JSON}\nAnything else?",
        f"<think>{{the paper}} is - hm\n- long</think>\n{JSON}",
        json.dumps({"bullets": BULLETS, "language": "ko"}),
        json.dumps(BULLETS),
        "- one is here\n- two is here\n- three is here\n\nLet me know if you need more!",
        json.dumps({"bullets": ["one  is\nhere", " two is here ", "three\tis here"]}),
    ],
)
def test_bullets_are_parsed_from_json_a_code_block_or_a_list(content: str) -> None:
    assert parse_response(content) == BULLETS


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "schema: the answer is empty"),
        (" \n ", "schema: the answer is empty"),
        ("{", "schema: "),
        ('{"bullets": ["a"', "schema: "),
        ('{"points": ["a"]}', "schema: "),
        ('{"bullets": [{"text": "a"}]}', "schema: "),
        ('{"bullets": "a"}', "schema: "),
        ('["a", 1]', "schema: "),
        ("```json" + "\n" * 6000 + "x", "schema: neither JSON nor a list"),
        ("[" * 5000, "schema: "),
        ("I will not do that.", 'schema: neither JSON nor a list: "I will not do that."'),
        ("x" * (MAX_CHARS + 1), f"schema: the answer has {MAX_CHARS + 1} characters"),
    ],
)
def test_any_other_response_is_an_error_with_a_short_reason(content: str, reason: str) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        parse_response(content)
    assert str(caught.value).startswith(reason)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("What's New:", "**What's New**:"),
        ("**What’s New**:", "**What's New**:"),
        ("**What's New:**", "**What's New**:"),
        ("***technical details***:", "**Technical Details**:"),
        ("Performance Highlights :", "**Performance Highlights**:"),
        ("**Something else**:", "**Something else**:"),
    ],
)
def test_a_label_is_normalized_to_the_form_of_the_record(written: str, label: str) -> None:
    assert parse_response(json.dumps({"bullets": [f"{written} 글"]})) == (f"{label} 글",)


@given(st.text(max_size=200))
def test_no_response_raises_another_error(content: str) -> None:
    with contextlib.suppress(ResponseFormatError):
        assert all(isinstance(bullet, str) for bullet in parse_response(content))


def test_paragraphs_with_known_labels_are_bullets_and_a_brace_in_a_list_is_text() -> None:
    assert parse_response("What's New: one.\n\nTechnical Details: two\nlines.\n") == (
        "**What's New**: one.",
        "**Technical Details**: two lines.",
    )
    assert parse_response("- of {a, b}\n- two") == ("of {a, b}", "two")
