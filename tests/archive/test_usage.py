"""The usage of each month is stored, one line a month."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.usage import USAGE_FILE, Usage, read_usage, write_usage
from daily_papers.errors import ArchiveError

usages = st.builds(Usage, *[st.integers(0, 10**6)] * 3, st.integers(0, 10**6).map(float))


@given(usages, usages)
def test_subtraction_reverses_addition(first: Usage, second: Usage) -> None:
    assert first + second - second == first


def test_usage_is_reported_in_calls_and_tokens_and_its_cost_if_there_is_any() -> None:
    assert str(Usage(2, 300, 400)) == "2 calls, 700 tokens"
    assert str(Usage(2, 300, 400, 0.5)) == "2 calls, 700 tokens, cost 0.5000"


def test_the_file_has_one_line_a_month(tmp_path: Path) -> None:
    months = {"2026-07": Usage(1, 2, 3, 0.5), "2026-06": Usage(1)}
    assert write_usage(tmp_path, months)
    assert not write_usage(tmp_path, months)
    text = (tmp_path / USAGE_FILE).read_text("utf-8")
    assert [line.strip()[:9] for line in text.splitlines()] == ["{", '"2026-06"', '"2026-07"', "}"]
    assert json.loads(text)["2026-07"] == {"calls": 1, "prompt_tokens": 2, "completion_tokens": 3, "cost": 0.5}


def test_an_archive_without_the_file_has_no_usage(tmp_path: Path) -> None:
    assert read_usage(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"2026-07": {"calls": -1}}', '{"2026-07": {"call": 1}}', '{"a": "\udcff"}']
)
def test_an_unreadable_file_is_an_error_with_a_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / USAGE_FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArchiveError, match=r"usage\.json.*restore it from git, or delete it to count from nothing"):
        read_usage(tmp_path)
