"""`daily-papers prerender`: years rendered on several machines make the site that one machine builds, byte for byte."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from daily_papers.model.records import Organization
from tests.command_line import run_command
from tests.factories import make_paper, store_day
from tests.sites import build, make_site

DATES = [dt.date(2024, 12, 30), dt.date(2025, 1, 2), dt.date(2025, 6, 2), dt.date(2026, 7, 1)]
YEARS = ["2024", "2025", "2026"]
CACHE = Path(".cache/daily-papers")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a search, papers listed in several years, and a page by its author."""
    site = make_site(tmp_path / "site", {"fetch": "never", "search": True, "path": "papers"})
    (site / "docs/index.md").write_text("# Mine\n\n[A day](papers/2025/01/02.md)\n")
    for number, date in enumerate(DATES):
        papers = (
            make_paper(
                id=f"2412.0000{number}", title=f"Robots of {date}", votes=9, organization=Organization(name="one")
            ),
            make_paper(id="2412.00009", title="An agent that is listed again", votes=number),
        )
        store_day(site / "docs/papers", date, *papers)
    return site


def published(site: Path) -> dict[str, bytes]:
    done = build(site, "--strict", environment={"SOURCE_DATE_EPOCH": "1782864000"})
    assert done.returncode == 0, done.stderr
    folder = site / "site"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_years_prerendered_apart_make_the_site_that_is_built_at_once(site: Path, tmp_path: Path) -> None:
    together = tmp_path / "together"
    shutil.copytree(site, together)
    for year in YEARS:
        machine = tmp_path / year
        shutil.copytree(site, machine)
        done = run_command(machine, "prerender", year)
        assert done.returncode == 0, done.stderr
        assert sorted(path.stem for path in (machine / CACHE / "rendered").iterdir()) == [year]
        shutil.copytree(machine / CACHE, together / CACHE, dirs_exist_ok=True)
    rendered = {path: path.read_bytes() for path in sorted((together / CACHE).rglob("*.sqlite"))}
    bundles = set((together / CACHE / "search/bundles").iterdir())
    assert published(together) == published(site)
    assert {path: path.read_bytes() for path in rendered} == rendered, "a year was rendered again"
    assert set((together / CACHE / "search/bundles").iterdir()) == bundles, "a part of the search was indexed again"


@pytest.mark.parametrize("command", ["prerender", "draw"])
def test_prerender_reports_what_it_stored_under_its_former_name_too(site: Path, command: str) -> None:
    done = run_command(site, command, "2025")
    # Two dates, two months, two weeks and the year.
    assert done.stdout == f"Stored 7 pages and 1 search shard in {site / CACHE}\n"
    assert run_command(site, command).returncode == 2


def test_the_former_name_is_not_listed_in_the_help(site: Path) -> None:
    commands = run_command(site, "--help").stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in commands.strip().splitlines()] == [
        "attach",
        "check",
        "doctor",
        "export",
        "fetch",
        "forget",
        "import",
        "new",
        "prerender",
        "summarize",
    ]
