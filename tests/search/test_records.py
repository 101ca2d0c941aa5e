"""What can be found of a paper, the parts it is indexed in, and the Korean side of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing, counted_papers, find_relisted
from daily_papers.model.records import Day, Paper, Summary
from daily_papers.search.korean import GLOSSARY_BYTES, load_stems, mine_glossary, read_glossary
from daily_papers.search.pagefind import find_pagefind, record_html
from daily_papers.search.records import RECENT, WORD_CHARS, Record, make_records, part_papers, plain

MONDAY = dt.date(2024, 3, 4)


def record(bullets: str = "", title: str = "A paper") -> Record:
    return Record(id="2403.00001", date=MONDAY, title=title, bullets=bullets)


def shelf_of(*papers: Paper, date: dt.date = MONDAY) -> ArchiveIndex:
    days = {date: Day(date=date, source="huggingface", papers=papers)}
    return ArchiveIndex(
        days=days, topics={"1": ("agents",)}, topic_names={"agents": {"ko": "에이전트", "en": "Agents"}}
    )


def records_of(shelf: ArchiveIndex) -> list[Record]:
    return make_records(shelf.counted, shelf, lambda one: (f"{one.date}/#{one.paper.id}", ""))


def test_a_record_has_what_a_paper_is_looked_for_by() -> None:
    summaries = {"ko": Summary(bullets=("첫째", "둘째"), by="hand"), "en": Summary(bullets=("third",), by="hand")}
    paper = Paper(id="1", title="FrugalNeRF", authors=("Ada", "Bo"), keywords=("nerf",), summaries=summaries)
    (found,) = records_of(shelf_of(paper))
    assert found.authors == "Ada, Bo"
    assert found.bullets == "첫째 둘째 third"
    assert found.keywords == "nerf, 에이전트 Agents, NeRF"
    assert found.topics == ("agents",)


def test_nothing_in_a_text_is_obeyed_or_without_an_end() -> None:
    assert "___" not in plain("see ___PAGEFIND_WEIGHT___9 now")
    assert "\u2e3b" not in plain("a \u2e3b b")
    assert max(map(len, plain("x" * 1_000_000).split())) == WORD_CHARS
    hostile = record_html(record(title="</span><script>alert(1)</script> & \ud800"))
    assert "<script>" not in hostile
    assert "&lt;script&gt;" in hostile


def test_a_month_is_closed_when_no_night_asks_for_its_votes_again() -> None:
    dates = [dt.date(2024, 1, 2), dt.date(2024, 2, 28), dt.date(2024, 3, 4)]
    papers = [PrimaryListing(date, Paper(id=str(date), title="x")) for date in dates]
    parts = {part.name: [one.date for one in part.papers] for part in part_papers(papers, settles_days=7)}
    assert parts == {"1": dates[:1], RECENT: dates[1:]}
    assert [part.name for part in part_papers(papers, settles_days=2)] == ["1", RECENT]
    assert part_papers([], settles_days=7) == []


def test_a_paper_of_two_dates_is_one_record() -> None:
    days = {
        date: Day(date=date, source="huggingface", papers=(Paper(id="1", title="x", votes=votes),))
        for date, votes in ((MONDAY, 1), (MONDAY + dt.timedelta(days=1), 5))
    }
    listed = find_relisted(days.values())
    assert [one.date.day for one in counted_papers(days, listed)] == [5]


def test_the_glossary_tells_what_summaries_say_often_and_in_full() -> None:
    term = "잠재 확산 변환기(Latent Widget Transformers, LWT)를 쓴다."
    once = "한번뿐인말(Only Once)이다."
    mined = mine_glossary([record(f"새로운 {term}"), record(f"우리의 {term}"), record(once)], [])
    assert ("잠재 확산 변환기", "latent widget transformer") in mined
    assert not [pair for pair in mined if pair[1] == "only once"]
    assert mined[: len(read_glossary())] == list(dict.fromkeys(read_glossary()))


def test_the_glossary_never_outgrows_its_size() -> None:
    many = [record(f"말뭉치{chr(0xAC00 + number)}(Word{number}) ") for number in range(3000) for _ in range(2)]
    pairs = mine_glossary(many, [])
    assert sum(len(f'["{korean}","{english}"],'.encode()) for korean, english in pairs) <= GLOSSARY_BYTES


def test_nouns_within_compounds_are_found_and_kept(tmp_path: Path) -> None:
    stems = load_stems(tmp_path / "nouns.json")
    assert stems is not None, "the extra 'search' is what the tests need too"
    (words,) = stems([record("강화학습을 위한 새로운 방법이다.")])
    assert "학습" in words.split()
    assert "강화" not in words.split()  # the beginning of a word is found as it is
    kept = (tmp_path / "nouns.json").read_bytes()
    again = load_stems(tmp_path / "nouns.json")
    assert again is not None
    assert again([record("강화학습을 위한 새로운 방법이다.")]) == [words]
    assert (tmp_path / "nouns.json").read_bytes() == kept


def test_pagefind_is_found_where_the_extra_is_installed() -> None:
    program = find_pagefind()
    assert program is not None
    assert program.is_file()


@pytest.mark.parametrize("kind", ["first", "second"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_there_are_sixty_queries_of_each_set_and_language_to_measure_by(kind: str, language: str) -> None:
    lines = (Path(__file__).parents[1] / "data/queries.jsonl").read_text("utf-8").splitlines()
    queries = [json.loads(line) for line in lines]
    assert sum((query["set"], query["language"]) == (kind, language) for query in queries) >= 60
    assert all(query.get("papers") or query.get("titled") for query in queries)
