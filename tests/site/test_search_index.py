"""Indexing of a built site, and the removal of its search."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.search.pagefind_program import find_pagefind
from daily_papers.search.records import Shard, plan_shards
from daily_papers.site.search_index import disable_search, shards_of_years, start_indexing
from tests.factories import make_day, make_index, make_paper, site_context

OLD, NEW = dt.date(2023, 12, 29), dt.date(2024, 3, 1)


def shard(name: str, *dates: dt.date) -> Shard:
    return Shard(name, tuple(PrimaryListing(date, make_paper()) for date in dates))


def test_a_shard_belongs_to_the_year_in_which_it_ends() -> None:
    shards = [shard("1", OLD), shard("2", OLD, NEW), shard("recent", NEW), shard("empty")]
    assert [one.name for one in shards_of_years(shards, {2023})] == ["1"]
    assert [one.name for one in shards_of_years(shards, {2024})] == ["2", "recent"]
    assert shards_of_years(shards, set()) == []


def refuse(error: OSError) -> Path:
    raise error


def test_an_index_has_a_bundle_per_shard_below_the_search_folder(tmp_path: Path) -> None:
    index = make_index(make_day(NEW, make_paper(title="Kittens")))
    shards = plan_shards(index.primary_listings, 7)
    site = site_context(index, shards=shards)
    program = find_pagefind()
    assert program is not None
    folder, cache = tmp_path / "site", tmp_path / "cache"
    start_indexing(
        site, shards, program, folder=folder, cache=cache, replace_cache=refuse, in_background=False
    ).finish()
    assert (folder / "search/recent/pagefind-entry.json").is_file()
    assert (cache / "bundles").is_dir()


def test_without_a_search_its_scripts_remove_the_boxes_and_explain_why(tmp_path: Path) -> None:
    site = site_context(languages=["en"])
    scripts = tmp_path / site.urls.asset("js/search")
    scripts.mkdir(parents=True)
    disable_search(site, tmp_path)
    assert "box.remove()" in (scripts / "dp-search-box.mjs").read_text("utf-8")
    assert site.messages.texts["search_failed"] in (scripts / "dp-search-page.mjs").read_text("utf-8")
