"""Two thousand generated records, and a thousand changed files; `python -m tests.fuzz 50000` checks more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import run
from tests.fuzz_readers import READERS, run_readers


@pytest.mark.fault(20, 28, 29, 31)
def test_no_generated_answer_raises_loses_a_record_or_becomes_markup(tmp_path: Path) -> None:
    checked = run(2000, tmp_path, same_each_time=True)
    assert checked.counts["records"] >= 2000
    assert checked.counts["papers"] > 500
    assert checked.counts["rejected"] > 500


@pytest.mark.fault(39, 47, 55)
def test_no_changed_file_or_answer_raises_an_exception_of_another_package(tmp_path: Path) -> None:
    """The second import of a changed digest or export changes nothing."""
    counts = run_readers(1000, tmp_path, same_each_time=True)
    assert counts.total() >= 1000
    for name in READERS:
        assert counts[f"{name} read"] + counts[f"{name} refused"] >= 1000 // len(READERS), name
