"""Search records: their content, and the shards in which they are indexed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.model.records import Summary
from daily_papers.search.records import (
    RECENT,
    SHARD_PAPERS,
    WORD_CHARS,
    Record,
    make_records,
    plain,
    plan_shards,
)
from tests.factories import make_day, make_index, make_paper

MONDAY = dt.date(2024, 3, 4)


def test_a_record_has_the_fields_by_which_a_paper_is_found() -> None:
    summaries = {"ko": Summary(bullets=("첫째", "둘째"), by="hand"), "en": Summary(bullets=("third",), by="hand")}
    paper = make_paper(1, title="FrugalNeRF", authors=("Ada", "Bo"), keywords=("nerf",), summaries=summaries)
    index = make_index(
        make_day(MONDAY, paper),
        topics={paper.id: ("agents",)},
        topic_names={"agents": {"ko": "에이전트", "en": "Agents"}},
    )
    (record,) = make_records(
        index.primary_listings, index, lambda listing: (f"{listing.date}/#{listing.paper.id}", "a.png")
    )
    assert record == Record(
        id="2607.00001",
        date=MONDAY,
        title="FrugalNeRF",
        authors="Ada, Bo",
        bullets="첫째 둘째 third",
        keywords="nerf, 에이전트 Agents, NeRF",
        topics=("agents",),
        address="2024-03-04/#2607.00001",
        picture="a.png",
    )


def test_a_text_has_no_marks_of_pagefind_and_no_endless_words() -> None:
    assert "___" not in plain("see ___PAGEFIND_WEIGHT___9 now")
    assert "\u2e3b" not in plain("a \u2e3b b")
    assert max(map(len, plain("x" * 1_000_000).split())) == WORD_CHARS


def test_a_month_is_closed_once_its_votes_are_not_fetched_again() -> None:
    dates = [dt.date(2024, 1, 2), dt.date(2024, 2, 28), dt.date(2024, 3, 4)]
    listings = [PrimaryListing(date, make_paper(id=str(date))) for date in dates]
    shards = plan_shards(listings, settles_days=7)
    assert {shard.name: [listing.date for listing in shard.papers] for shard in shards} == {
        "1": dates[:1],
        RECENT: dates[1:],
    }
    assert [shard.name for shard in plan_shards(listings, settles_days=2)] == ["1", RECENT]
    assert plan_shards([], settles_days=7) == []


def test_a_full_closed_shard_takes_no_further_month() -> None:
    january = [PrimaryListing(dt.date(2024, 1, 2), make_paper(number)) for number in range(SHARD_PAPERS)]
    later = [PrimaryListing(dt.date(2024, month, 2), make_paper(month)) for month in (2, 3, 6)]
    shards = plan_shards([*january, *later], settles_days=7)
    assert [(shard.name, len(shard.papers)) for shard in shards] == [("1", SHARD_PAPERS), ("2", 2), (RECENT, 1)]


@pytest.mark.parametrize("kind", ["first", "second"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_set_and_language_has_sixty_queries_to_measure_by(kind: str, language: str) -> None:
    lines = (Path(__file__).parents[1] / "data/queries.jsonl").read_text("utf-8").splitlines()
    queries = [json.loads(line) for line in lines]
    assert sum((query["set"], query["language"]) == (kind, language) for query in queries) >= 60
    assert all(query.get("papers") or query.get("titled") for query in queries)
