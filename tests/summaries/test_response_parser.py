"""A model's response is parsed in every usual form; any other form is an error that quotes it."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.summaries.response_parser import (
    MAX_CHARS,
    MAX_OBJECTS,
    ResponseFormatError,
    parse_response,
    without_thoughts,
)

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
        JSON.replace("one is", "one\nis", 1),
        JSON + "\n" * MAX_CHARS,
        "\n" * MAX_CHARS + JSON,
        JSON.replace("[", "[" + " " * MAX_CHARS, 1),
        f"```json\n{json.dumps(BULLETS)}\n```",
        json.dumps({"answer": {"bullets": BULLETS}, "language": {"code": "ko"}}),
        JSON + ' and {"bullets": []} or {"points": ["x"]} or {"bullets": ["x"',
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
        ("{\nWhat's New: a\n}", "schema: "),
        ("{bullets: ['a',\n- b\n]}", "schema: "),
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


THOUGHTS = 'We write {"bullets": ["a", "b"]} with {braces}, {"a": 1} and ["texts"].\n- first {this\n- then that'
LIST = "- one is here\n- two is here\n- three is here"


@pytest.mark.parametrize(
    "form",
    [
        "<think>{}</think>{}",
        "<THINK>\n{}\n</THINK>\n\n{}",
        "{}</think>{}",
        "[THINK]{}[/THINK]{}",
        "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>{}",
        "<|channel>thought\n{}<channel|>{}",
        "<|begin_of_thought|>{}<|end_of_thought|>{}",
        "<|START_THINKING|>{}<|END_THINKING|>{}",
        "◁think▷{}◁/think▷{}",
        "<seed:think>{}</seed:think>{}",
        "<reasoning>{}</reasoning>{}",
    ],
)
def test_an_answer_is_found_behind_thoughts_in_any_marks(form: str) -> None:
    assert parse_response(form.format(THOUGHTS, JSON)) == BULLETS
    assert parse_response(form.format(THOUGHTS, LIST)) == BULLETS
    assert parse_response(form.format("x" * MAX_CHARS, JSON)) == BULLETS
    assert without_thoughts(form.format(THOUGHTS, JSON)) == JSON


@pytest.mark.parametrize("content", ["<think>- a\n- b", "[THINK] - a\n- b", "<|channel|>analysis<|message|>- a\n- b"])
def test_thoughts_without_an_end_are_no_list(content: str) -> None:
    with pytest.raises(ResponseFormatError, match="the answer is empty"):
        parse_response(content)


def test_separate_thoughts_are_searched_for_json_if_the_content_has_none() -> None:
    assert parse_response("", f"Hm.\n{JSON}") == BULLETS
    assert parse_response("Done.", JSON) == BULLETS
    assert parse_response(JSON, '{"bullets": ["a draft"]}') == BULLETS
    with pytest.raises(ResponseFormatError, match="the answer is empty"):
        parse_response("", LIST)


def test_json_is_whole_or_not_but_the_end_of_a_list_cannot_be_seen() -> None:
    assert parse_response(JSON, is_complete=False) == BULLETS
    assert parse_response(json.dumps(BULLETS), is_complete=False) == BULLETS
    for content in (LIST, JSON[:-2], ""):
        with pytest.raises(ResponseFormatError):
            parse_response(content, is_complete=False)


@pytest.mark.parametrize(
    "unit",
    [
        *["{", "}", "[", '["', '{"', '{"a":', '{"a":[', '{"a":1}', '{"bullets":["', "\\", "- a\n", "- ", "**", "1."],
        *["<think>", "</think>", "<", "<think", "[think]", "what's new", " x", "\n", "\t" * 49 + "x"],
    ],
)
def test_a_megabyte_of_anything_is_an_error(unit: str) -> None:
    with pytest.raises(ResponseFormatError):
        parse_response(unit * (2**20 // len(unit)), unit * (2**20 // len(unit)))


def test_only_the_last_objects_are_decoded() -> None:
    start = f'{{"a": 1}} {JSON}'
    assert parse_response(start + '{"a": 1}' * (MAX_OBJECTS - 1)) == BULLETS
    with pytest.raises(ResponseFormatError):
        parse_response(start + '{"a": 1}' * MAX_OBJECTS)


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
