"""Years that are drawn on several machines: put together, they are the site that one machine builds, byte for byte."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daily_papers.archive.day_files import write_day
from daily_papers.model.records import Day, Organization, Paper
from tests.sites import build, make_site

DATES = [dt.date(2024, 12, 30), dt.date(2025, 1, 2), dt.date(2025, 6, 2), dt.date(2026, 7, 1)]
YEARS = ["2024", "2025", "2026"]
CACHE = Path(".cache/daily-papers")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a search, whose papers are listed in several years, and a page of its author's."""
    site = make_site(tmp_path / "site", {"fetch": "never", "search": True, "path": "papers"})
    (site / "docs/index.md").write_text("# Mine\n\n[A day](papers/2025/01/02.md)\n")
    for number, date in enumerate(DATES):
        papers = (
            Paper(id=f"2412.0000{number}", title=f"Robots of {date}", votes=9, organization=Organization(name="one")),
            Paper(id="2412.00009", title="An agent that is listed again", votes=number),
        )
        write_day(site / "docs/papers", Day(date=date, source="huggingface", papers=papers))
    return site


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "daily_papers.cli", *arguments],
        cwd=site,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def published(site: Path) -> dict[str, bytes]:
    done = build(site, "--strict", environment={"SOURCE_DATE_EPOCH": "1782864000"})
    assert done.returncode == 0, done.stderr
    folder = site / "site"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_years_drawn_apart_make_the_site_that_is_built_at_once(site: Path, tmp_path: Path) -> None:
    together = tmp_path / "together"
    shutil.copytree(site, together)
    for year in YEARS:
        machine = tmp_path / year
        shutil.copytree(site, machine)
        done = run(machine, "draw", year)
        assert done.returncode == 0, done.stderr
        assert sorted(path.stem for path in (machine / CACHE / "drawn").iterdir()) == [year]
        shutil.copytree(machine / CACHE, together / CACHE, dirs_exist_ok=True)
    drawn = {path: path.read_bytes() for path in sorted((together / CACHE).rglob("*.sqlite"))}
    bundles = set((together / CACHE / "search/bundles").iterdir())
    assert published(together) == published(site)
    assert {path: path.read_bytes() for path in drawn} == drawn, "a year was drawn again"
    assert set((together / CACHE / "search/bundles").iterdir()) == bundles, "a part was indexed again"


def test_what_is_drawn_of_a_year_is_told(site: Path) -> None:
    done = run(site, "draw", "2025")
    # Two dates, two months, two weeks and the year.
    assert done.stdout == f"7 pages and 1 part of the search are kept in {site / CACHE}\n"
    assert run(site, "draw").returncode == 2
