"""Made-up answers: two thousand records here; `python tests/fuzz.py 50000` takes more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import run


@pytest.mark.fault(20, 28, 29, 31)
def test_whatever_upstream_sends_nothing_escapes_is_lost_or_becomes_markup(tmp_path: Path) -> None:
    found = run(2000, tmp_path, same_each_time=True)
    assert found.counts["records"] >= 2000
    assert found.counts["papers"] > 500
    assert found.counts["rejected"] > 500
