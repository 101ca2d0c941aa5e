"""Reading an archive folder into a site: what is shown of it, and which files may be unreadable."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive.day_files import day_path
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.errors import ArchiveError
from daily_papers.summaries.plan import Settings
from tests.factories import load_site, make_paper, store_day

FRIDAY, MONDAY, TUESDAY = dt.date(2024, 3, 1), dt.date(2024, 3, 4), dt.date(2024, 3, 5)
MODEL = Settings(model="a-model", languages=("ko",))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store_day(tmp_path, FRIDAY, make_paper(1, title="Agents that plan", votes=5), make_paper(2))
    store_day(tmp_path, MONDAY, make_paper(1, title="Agents that plan", votes=7))
    write_ledger(tmp_path, {FRIDAY: LedgerEntry("complete"), TUESDAY: LedgerEntry("failed", "503")})
    return tmp_path


def test_stored_days_are_shown_with_the_state_of_the_ledger(root: Path) -> None:
    index = load_site(root).index
    assert list(index.days) == [FRIDAY, MONDAY]
    assert [(entry.date, entry.state) for entry in index.day_summaries] == [
        (FRIDAY, "complete"),
        (MONDAY, "partial"),
        (TUESDAY, "failed"),
    ]
    assert index.relisted_dates == {"2607.00001": (FRIDAY, MONDAY)}


def test_every_date_since_the_first_one_is_in_the_calendar(root: Path) -> None:
    assert [entry.date for entry in load_site(root).index.calendar_days] == [FRIDAY, MONDAY, TUESDAY]
    calendar = load_site(root, since=dt.date(2024, 2, 29)).index.calendar_days
    assert [entry.state for entry in calendar] == ["missing", "complete", "weekend", "weekend", "partial", "failed"]


def test_an_unreadable_day_is_an_error_and_a_date_without_papers(root: Path) -> None:
    day_path(root, MONDAY).write_text("{")
    site = load_site(root)
    assert [error.path for error in site.errors] == [day_path(root, MONDAY)]
    assert list(site.index.days) == [FRIDAY]
    entry = next(entry for entry in site.index.day_summaries if entry.date == MONDAY)
    assert (entry.state, entry.papers) == ("partial", 0)


@pytest.mark.parametrize("name", ["ledger.json", "2024/03/related.json", "media.json"])
def test_a_site_is_loaded_without_a_generated_file_that_is_unreadable(root: Path, name: str) -> None:
    (root / name).write_text("{")
    site = load_site(root, mirrored=True)
    assert [error.path for error in site.errors] == [root / name]
    assert list(site.index.days) == [FRIDAY, MONDAY]


@pytest.mark.parametrize("name", ["curation.yml", "topics.yml"])
def test_a_site_is_not_loaded_without_a_file_of_the_author_that_is_unreadable(root: Path, name: str) -> None:
    (root / name).write_text("- [")
    with pytest.raises(ArchiveError, match=name):
        load_site(root)


def test_hidden_papers_are_left_out_and_changed_days_are_curated(root: Path) -> None:
    (root / "curation.yml").write_text("2607.00002: {hide: true}\n")
    site = load_site(root)
    assert [paper.id for paper in site.index.days[FRIDAY].papers] == ["2607.00001"]
    assert [day.date for day in site.curated] == [FRIDAY]
    (root / "curation.yml").write_text("2607.00001: {hide: true}\n2607.00002: {hide: true}\n")
    assert not load_site(root).index.days


def test_papers_have_topics_and_the_coverage_counts_them(root: Path) -> None:
    site = load_site(root)
    assert site.index.topics["2607.00001"] == ("agents",)
    assert "2607.00002" not in site.index.topics
    assert site.coverage is not None


def test_a_complete_date_that_waits_for_summaries_is_pending(root: Path) -> None:
    store_day(root, FRIDAY, make_paper(1, abstract="An abstract."))
    states = {entry.date: entry.state for entry in load_site(root, summaries=MODEL).index.day_summaries}
    assert states[FRIDAY] == "pending"
    assert {entry.date: entry.state for entry in load_site(root).index.day_summaries}[FRIDAY] == "complete"


def test_only_a_site_with_a_search_has_shards(root: Path) -> None:
    assert not load_site(root).shards
    assert [shard.name for shard in load_site(root, search_refresh_days=7).shards] == ["recent"]
