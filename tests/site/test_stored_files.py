"""The files of an archive's folder that are published as they are stored, and those that are not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.site.context import SiteSettings
from daily_papers.site.load import load_site
from daily_papers.site.stored_files import is_private, published_files
from daily_papers.site.urls import Urls
from tests.factories import store_titles

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 7, day) for day in (13, 14, 15))
SETTINGS = SiteSettings(("en",), urls=Urls("papers"))


@pytest.mark.parametrize(
    "name",
    [
        *("ledger.json", "usage.json.bak", "arxiv.json", "media.json", "curation.yml", "topics.yaml~"),
        *("2026/07/related.json", "2026/07/13.rejected.json", "2026/07/13.json.unreadable", "2026/07/13.json~"),
    ],
)
def test_settings_working_files_and_backups_are_private(name: str) -> None:
    assert is_private(name)


@pytest.mark.parametrize("name", ["2026/07/13.json", "media/ab/abc-320.webp", "guide/ledger.json", "index.md"])
def test_records_thumbnails_and_files_of_the_author_are_not_private(name: str) -> None:
    assert not is_private(name)


def test_records_are_published_as_stored_or_as_curated_but_not_if_excluded_or_unreadable(tmp_path: Path) -> None:
    for date in (MONDAY, TUESDAY, WEDNESDAY):
        store_titles(tmp_path, date, "One", "Two")
    (tmp_path / "2026/07/15.json").write_text("{")
    (tmp_path / "curation.yml").write_text("2607.14000: {hide: true}\n")
    published = published_files(load_site(tmp_path, SETTINGS), tmp_path, lambda _: False)
    assert published.keys() == {"papers/2026/07/13.json", "papers/2026/07/14.json"}
    assert published["papers/2026/07/13.json"]() == (tmp_path / "2026/07/13.json").read_bytes()
    assert b"2607.14000" not in published["papers/2026/07/14.json"]()
    others = published_files(load_site(tmp_path, SETTINGS), tmp_path, lambda date: date == MONDAY)
    assert others.keys() == {"papers/2026/07/14.json"}


def test_thumbnails_are_published_below_the_path(tmp_path: Path) -> None:
    (tmp_path / "media/ab").mkdir(parents=True)
    (tmp_path / "media/ab/abc-320.webp").write_bytes(b"RIFF")
    published = published_files(load_site(tmp_path, SETTINGS), tmp_path, lambda _: False)
    assert {address: read() for address, read in published.items()} == {"papers/media/ab/abc-320.webp": b"RIFF"}
