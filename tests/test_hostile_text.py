"""Text from outside: every function that reads it takes linear time, whatever the text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hostile_text import READERS, SUITE_CHARS, read, texts

PACKAGE = Path(__file__).parents[1] / "plugins/daily_papers"


@pytest.mark.parametrize("reader", READERS)
def test_no_text_takes_quadratic_time_or_raises(reader: str) -> None:
    """The test would not end in quadratic time: a text of this length would take minutes."""
    for _, text in texts(SUITE_CHARS):
        read(reader, text)


def test_only_one_function_normalizes_text() -> None:
    """Text with many combining marks in a row is cut there."""
    calls = [path for path in sorted(PACKAGE.rglob("*.py")) if "unicodedata.normalize(" in path.read_text("utf-8")]
    assert calls == [PACKAGE / "model/text.py"]
    assert len(re.findall(r"unicodedata\.normalize\(", calls[0].read_text("utf-8"))) == 1
