"""A model's answer: whatever form it has, bullets come out, or what stood there instead."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.summaries.answer import MAX_CHARS, UnreadableAnswerError, read_answer

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
        (JSON + " and that is it", "schema: "),
        ('{"points": ["a"]}', "schema: "),
        ('{"bullets": ["a"], "more": 1}', "schema: "),
        ('{"bullets": [{"text": "a"}]}', "schema: "),
        ('{"bullets": "a"}', "schema: "),
        ('["a", "b"]', "schema: "),
        ("[" * 5000, "schema: "),
        ("I will not do that.", "schema: neither JSON nor a list: I will not do that."),
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
