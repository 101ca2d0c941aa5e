"""The files of a project."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.factories import store_titles
from tests.sites import build, make_site

MONDAY = dt.date(2026, 7, 13)


@pytest.mark.parametrize("name", ["curation.yml", "topics.yml"])
def test_a_misplaced_settings_file_is_reported(tmp_path: Path, name: str) -> None:
    site = make_site(tmp_path, {"path": "papers", "fetch": "never"})
    (site / "docs/index.md").write_text("# Home")
    store_titles(site / "docs/papers", MONDAY, "One")
    (site / "docs" / name).write_text("{}")
    done = build(site, "--strict")
    assert done.returncode == 1
    assert f"{site}/docs/{name} is not read there: it belongs to {site}/docs/papers/{name}" in done.stderr
