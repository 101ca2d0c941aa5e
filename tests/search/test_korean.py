"""Korean search: nouns inside compounds, and a glossary of frequent and complete terms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.search.korean import (
    GLOSSARY_BYTES,
    find_no_words,
    load_noun_finder,
    mine_glossary,
    read_glossary,
    singular,
)
from daily_papers.search.records import Record

DATE = dt.date(2024, 3, 4)


def record(bullets: str = "") -> Record:
    return Record(id="2403.00001", date=DATE, title="A paper", bullets=bullets)


def test_the_glossary_has_terms_that_summaries_use_often_and_in_full() -> None:
    term = "잠재 확산 변환기(Latent Widget Transformers, LWT)를 쓴다."
    once = "한번뿐인말(Only Once)이다."
    mined = mine_glossary([record(f"새로운 {term}"), record(f"우리의 {term}"), record(once)], [])
    assert ("잠재 확산 변환기", "latent widget transformer") in mined
    assert not [pair for pair in mined if pair[1] == "only once"]
    assert mined[: len(read_glossary())] == list(dict.fromkeys(read_glossary()))


def test_names_of_topics_come_first_unless_they_are_no_plain_terms() -> None:
    names = [{"ko": "월드 모델", "en": "World Models"}, {"ko": "3D·비전", "en": "3D vision"}, {"en": "Agents"}]
    pairs = mine_glossary([], names)
    assert pairs[0] == ("월드 모델", "world model")
    assert not [pair for pair in pairs if pair[0] == "3D·비전"]


def test_the_glossary_never_exceeds_its_size() -> None:
    many = [record(f"말뭉치{chr(0xAC00 + number)}(Word{number}) ") for number in range(3000) for _ in range(2)]
    pairs = mine_glossary(many, [])
    assert sum(len(f'["{korean}","{english}"],'.encode()) for korean, english in pairs) <= GLOSSARY_BYTES


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("Diffusion Models", "diffusion model"),
        ("text-to-video", "text to video"),
        ("Loss", "loss"),
        ("Analysis", "analysis"),
        ("its", "its"),
    ],
)
def test_an_english_term_is_lower_case_and_singular(term: str, expected: str) -> None:
    assert singular(term) == expected


def test_nouns_inside_compounds_are_found_and_cached(tmp_path: Path) -> None:
    find_nouns = load_noun_finder(tmp_path / "nouns.json")
    assert find_nouns is not None, "tests need the extra 'search-ko'"
    (words,) = find_nouns([record("강화학습을 위한 새로운 방법이다.")])
    assert "학습" in words.split()
    assert "강화" not in words.split()  # a search finds the beginning of a word anyway
    cached = (tmp_path / "nouns.json").read_bytes()
    find_nouns_again = load_noun_finder(tmp_path / "nouns.json")
    assert find_nouns_again is not None
    assert find_nouns_again([record("강화학습을 위한 새로운 방법이다.")]) == [words]
    assert (tmp_path / "nouns.json").read_bytes() == cached


def test_a_damaged_cache_of_nouns_is_replaced(tmp_path: Path) -> None:
    cache = tmp_path / "nouns.json"
    cache.write_text("{", "utf-8")
    find_nouns = load_noun_finder(cache)
    assert find_nouns is not None
    assert "학습" in find_nouns([record("강화학습을 위한 새로운 방법이다.")])[0].split()
    assert cache.read_text("utf-8") != "{"


def test_without_the_analyser_no_words_are_added() -> None:
    assert list(find_no_words([record("강화학습"), record()])) == ["", ""]
