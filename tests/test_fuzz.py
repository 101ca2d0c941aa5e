"""Two thousand generated records; `python tests/fuzz.py 50000` checks more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import run, run_feeds


@pytest.mark.fault(20, 28, 29, 31)
def test_no_generated_answer_raises_loses_a_record_or_becomes_markup(tmp_path: Path) -> None:
    checked = run(2000, tmp_path, same_each_time=True)
    assert checked.counts["records"] >= 2000
    assert checked.counts["papers"] > 500
    assert checked.counts["rejected"] > 500


def test_no_changed_feed_raises_anything_but_a_source_error(tmp_path: Path) -> None:
    counts = run_feeds(1000, tmp_path, same_each_time=True)
    assert counts["read"] > 100
    assert counts["refused"] > 10
