"""The prompt: the site's instructions have precedence, and the paper is data that no text of it can end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.errors import ArchiveError
from daily_papers.summaries.prompt import (
    HASH_CHARS,
    MAX_REPEATED_CHARS,
    Prompt,
    correction,
    input_hash,
    language_in_english,
    merge_system,
    read_prompt,
    read_prompts,
)

PACKAGED_VERSIONS = {"ko": "70be584d1817", "en": "ff74c754739a"}
"""A changed version makes every summary outdated that was made with the prompt."""


@pytest.mark.parametrize("language", PACKAGED_VERSIONS)
def test_the_packaged_prompt_is_unchanged(tmp_path: Path, language: str) -> None:
    assert read_prompt(tmp_path, language).version == PACKAGED_VERSIONS[language]


def test_the_packaged_prompt_names_the_language_and_its_code(tmp_path: Path) -> None:
    text = read_prompt(tmp_path, "pt-BR").text
    assert "Portuguese (Brazil)" in text
    assert "pt-BR" in text
    assert "{language}" not in text
    assert "{code}" not in text


def test_the_sites_prompt_for_a_language_has_precedence_over_its_prompt_for_any(tmp_path: Path) -> None:
    (tmp_path / "prompts.yml").write_text("any: In {language} ({code}).\nko: |\n  한국어로.\n", "utf-8")
    assert read_prompt(tmp_path, "ko") == Prompt("한국어로.")
    assert read_prompt(tmp_path, "de") == Prompt("In German (de).")


def test_a_site_without_a_prompt_for_the_language_uses_the_packaged_one(tmp_path: Path) -> None:
    packaged = read_prompt(tmp_path, "de")
    (tmp_path / "prompts.yml").write_text("ko: 한국어로.\n", "utf-8")
    assert read_prompt(tmp_path, "de") == packaged


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}\n"])
def test_an_empty_file_has_no_prompts(tmp_path: Path, text: str) -> None:
    (tmp_path / "prompts.yml").write_text(text, "utf-8")
    assert read_prompts(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a\n- b\n", "expected a text for each language code"),
        ("ko:\n", 'ko is "": expected the instructions as a text'),
        ("ko: {a: b}\n", "ko is {'a': 'b'}: expected the instructions as a text"),
        ("ko: a\nko: b\n", '"ko" is repeated; the first is on line 1'),
        ("a: [\n", "is not YAML: "),
        ("\x00", "is not YAML in UTF-8: "),
        ("[" * 9999, "is nested more than 20 deep"),
        ("korean: a\n", "has \"korean\", expected a language code, as ko, or 'any'"),
    ],
)
def test_unusable_prompts_are_an_error_that_names_the_file(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "prompts.yml").write_text(text, "utf-8")
    with pytest.raises(ArchiveError) as caught:
        read_prompts(tmp_path)
    assert caught.value.path == tmp_path / "prompts.yml"
    assert caught.value.reason.startswith(reason)


def test_a_file_with_the_suffix_yaml_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "prompts.yaml").write_text("ko: 한국어로.\n", "utf-8")
    with pytest.raises(ArchiveError, match=r"rename it to prompts\.yml"):
        read_prompts(tmp_path)


@given(st.text(max_size=50), st.text(max_size=50))
def test_the_paper_is_one_json_object_whatever_its_text(title: str, abstract: str) -> None:
    system, user = Prompt("Summarize.").messages(title, abstract)
    assert system == {"role": "system", "content": "Summarize."}
    assert user["role"] == "user"
    assert json.loads(user["content"]) == {"title": title, "abstract": abstract}


def test_a_correction_repeats_the_answer_and_states_the_fault() -> None:
    assistant, user = correction("x" * 5000, "count: 2 bullets, expected 3 to 8")
    assert assistant == {"role": "assistant", "content": "x" * MAX_REPEATED_CHARS}
    assert user["role"] == "user"
    assert user["content"].endswith("count: 2 bullets, expected 3 to 8")
    assert correction("", "schema: the answer is empty")[0]["content"] == "…"


def test_a_merged_system_message_is_the_beginning_of_the_first_question() -> None:
    messages = [*Prompt("Summarize.").messages("T", "A"), *correction("x", "y")]
    assert merge_system(messages) == [
        {"role": "user", "content": 'Summarize.\n\n{"title":"T","abstract":"A"}'},
        *messages[2:],
    ]


def test_the_version_changes_with_the_text_and_the_input_hash_with_each_part() -> None:
    assert Prompt("a").version == Prompt("a").version
    assert Prompt("a").version != Prompt("b").version
    assert len(Prompt("a").version) == HASH_CHARS
    assert len({input_hash("a", "b"), input_hash("ab", ""), input_hash("", "ab"), input_hash("b", "a")}) == 4


@pytest.mark.parametrize(
    ("code", "name"), [("ko", "Korean"), ("pt-BR", "Portuguese (Brazil)"), ("xx", "xx"), ("?", "?")]
)
def test_a_language_has_its_english_name(code: str, name: str) -> None:
    assert language_in_english(code) == name
