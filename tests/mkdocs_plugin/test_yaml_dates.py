"""Dates in mkdocs.yml that do not exist: place, key and value."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.mkdocs_plugin.yaml_dates import find_impossible_date


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("since: 2026-31-01", "line 1: 'since' is 2026-31-01"),
        ("a:\n  - b:\n      since: 2026-02-30\n", "line 3: 'since' is 2026-02-30"),
        ("days: [2026-01-01, 2026-13-01]", "line 1: 'days' is 2026-13-01"),
        ("since: 2026-01-31\nother: '2026-31-01'\n", ""),
        ("name: !ENV [NAME, x]\nclass: !!python/name:a.b\nsince: 2026-00-10\n", "line 3: 'since' is 2026-00-10"),
        ("", ""),
    ],
)
def test_the_first_date_that_does_not_exist_is_named(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "mkdocs.yml"
    path.write_text(text, "utf-8")
    expected = f"{path} at {found}: expected a date such as 2023-05-04" if found else ""
    assert find_impossible_date(path) == expected
