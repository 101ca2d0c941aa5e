"""A model's answer: whatever form it has, bullets come out, or what stood there instead."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.summaries.response_parser import MAX_CHARS, UnreadableAnswerError, read_answer

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
def test_bullets_are_read_from_json_a_fence_or_a_list(content: str) -> None:
    assert read_answer(content) == BULLETS


@pytest.mark.parametrize(
    ("content", "says"),
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
def test_anything_else_is_said_to_be_no_answer(content: str, says: str) -> None:
    with pytest.raises(UnreadableAnswerError) as caught:
        read_answer(content)
    assert str(caught.value).startswith(says)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("given_label", "label"),
    [
        ("What's New:", "**What's New**:"),
        ("**What’s New**:", "**What's New**:"),
        ("**What's New:**", "**What's New**:"),
        ("***technical details***:", "**Technical Details**:"),
        ("Performance Highlights :", "**Performance Highlights**:"),
        ("**Something else**:", "**Something else**:"),
    ],
)
def test_a_label_is_set_as_in_the_record(given_label: str, label: str) -> None:
    assert read_answer(json.dumps({"bullets": [f"{given_label} 글"]})) == (f"{label} 글",)


@given(st.text(max_size=200))
def test_no_answer_breaks_the_reader(content: str) -> None:
    with contextlib.suppress(UnreadableAnswerError):
        assert all(isinstance(bullet, str) for bullet in read_answer(content))


def test_paragraphs_under_our_labels_are_bullets_and_a_brace_in_a_list_is_text() -> None:
    assert read_answer("What's New: one.\n\nTechnical Details: two\nlines.\n") == (
        "**What's New**: one.",
        "**Technical Details**: two lines.",
    )
    assert read_answer("- of {a, b}\n- two") == ("of {a, b}", "two")
