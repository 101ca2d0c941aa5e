"""The search's query parser and ranking: search/query-parser.mjs and search/ranking.mjs, run in Chromium.

The modules are served from the package; no site is built.
"""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.visit import launched_chromium, new_context, serve
from tests.sites import REPOSITORY

SCRIPTS = REPOSITORY / "plugins/daily_papers/assets/js"
GLOSSARY = [
    ["강화 학습", "reinforcement learning"],
    ["확산 모델", "diffusion model"],
    ["언어 모델", "language model"],
    ["서베이", "survey"],
    ["라마", "llama"],
]
# Searches are given as [shard, term, [[id, score], ...]], with the scores that Pagefind gives.
RANK = """
async ([name, searches, terms]) => {
  const ranking = await import("/search/ranking.mjs");
  const hits = (list) => list.map(([id, score]) => ({ id, score, data: async () => ({ id, score }) }));
  const ranked = ranking[name](searches.map(([shard, term, list]) => ({ shard, term, hits: hits(list) })), terms);
  return JSON.parse(JSON.stringify(ranked, (key, value) => (key === "terms" ? [...value] : value)));
}
"""
WHOLE = -1


@pytest.fixture(scope="module")
def modules() -> Iterator[Page]:
    """Return a page on which the modules can be imported."""
    with serve(SCRIPTS) as address:
        page = new_context(launched_chromium()).new_page()
        page.goto(address)
        yield page
        page.close()


def parsed(page: Page, typed: str) -> Any:
    script = """async ([typed, glossary]) => {
      const { parse, Dictionary } = await import("/search/query-parser.mjs");
      return parse(typed, new Dictionary(glossary));
    }"""
    return page.evaluate(script, [typed, GLOSSARY])


def terms(page: Page, typed: str) -> list[list[str]]:
    found: list[list[str]] = parsed(page, typed)["terms"]
    return found


def ids(papers: list[dict[str, Any]]) -> list[str]:
    return [paper["hit"]["id"] for paper in papers]


@pytest.mark.parametrize(
    ("typed", "stem"),
    [
        ("로봇은", "로봇"),
        ("로봇들을", "로봇"),
        ("로봇에서는", "로봇"),
        ("로봇으로부터", "로봇"),
        ("압축하는", "압축"),
        ("압축했습니다", "압축"),
        ("압축된", "압축"),
        ("서베이", "서베이"),  # a glossary term that ends like a word with a particle
        ("나무", "나무"),  # the stem would be too short
        ("robots", "robots"),
    ],
)
def test_a_korean_word_is_searched_by_its_stem(modules: Page, typed: str, stem: str) -> None:
    assert terms(modules, typed)[0][0] == stem


@pytest.mark.parametrize("typed", ["강화 학습", "강화학습", "강화학습을", "강화 학습으로", "reinforcement learning"])
def test_a_glossary_term_is_searched_in_both_spacings_and_languages(modules: Page, typed: str) -> None:
    (ways,) = terms(modules, typed)
    assert {"강화 학습", "reinforcement learning"} <= set(ways)
    if typed != "reinforcement learning":
        assert "강화학습" in ways


@pytest.mark.parametrize("typed", ["라마 3", "라마3", "라마-3"])
def test_a_name_in_hangul_is_searched_in_latin_letters_too(modules: Page, typed: str) -> None:
    assert any("llama" in ways for ways in terms(modules, typed))


@pytest.mark.parametrize("typed", ["RAG을", "CLIP인코더", "CLIP-인코더", "GPT-4o의", "RAG에서"])
def test_hangul_particles_are_removed_from_a_foreign_word(modules: Page, typed: str) -> None:
    first = terms(modules, typed)[0]
    assert not any("가" <= sign <= "힣" for sign in first[0])


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("gpt-4o", ["gpt4o", "gpt 4o"]),
        ("2402.19173", ["240219173", "2402 19173"]),
        ("state-of-the-art", ["stateoftheart", "state art"]),  # the postings of "of" are too long to read
    ],
)
def test_a_compound_is_searched_joined_and_split(modules: Page, typed: str, ways: list[str]) -> None:
    assert terms(modules, typed) == [ways]


@pytest.mark.parametrize("around", ['"{}"', "({}) -", "{}: …", "«{}»!?", "c/{}?", "{}'s", "\u200b{}\u202e", "- {} -"])
def test_a_query_with_punctuation_is_not_empty(modules: Page, around: str) -> None:
    looked_for = [way for ways in terms(modules, around.format("kittens")) for way in ways]
    assert any(way.startswith("kittens") for way in looked_for)


@pytest.mark.parametrize("typed", ["the", "is it", "및", "a", "model", "언어 모델의 학습", "the data of a model"])
def test_stop_words_are_searched_only_if_there_are_no_other_words(modules: Page, typed: str) -> None:
    assert any(way for ways in terms(modules, typed) for way in ways)


@pytest.mark.parametrize("typed", ["", "   ", "?!…", "\u200b", "「」"])
def test_a_query_without_words_is_empty(modules: Page, typed: str) -> None:
    assert parsed(modules, typed) == {"terms": [], "phrases": []}


def test_a_query_is_the_same_in_every_unicode_normal_form(modules: Page) -> None:
    for typed in ("강화 학습을", "naïve café"):
        assert parsed(modules, unicodedata.normalize("NFD", typed)) == parsed(modules, typed)


def test_random_characters_give_a_query_of_limited_length(modules: Page) -> None:
    chance = random.Random(6)
    for _ in range(20):
        signs = [chr(chance.choice([chance.randrange(32, 127), chance.randrange(sys.maxunicode)])) for _ in range(200)]
        query = parsed(modules, "".join(signs).encode("utf-8", "replace").decode())
        ways = [way for term in query["terms"] for way in term]
        assert len(query["terms"]) <= 12
        assert all(way == way.strip() and not set(way) & set("\"'()*<>\\") for way in [*ways, *query["phrases"]])


def test_a_paper_with_every_term_is_ranked_before_papers_with_some(modules: Page) -> None:
    found = [
        [0, 0, [["both", 1.0], ["first", 9.0], ["a", 1.0], ["b", 1.0], ["c", 1.0], ["d", 1.0]]],
        [0, 1, [["both", 1.0], ["second", 9.0]]],
    ]
    assert ids(modules.evaluate(RANK, ["rankByRelevance", found, 2]))[0] == "both"


def test_a_rare_term_has_more_weight_than_a_frequent_one(modules: Page) -> None:
    frequent = [[f"paper {number}", 1.0] for number in range(50)]
    found = [[0, 0, frequent], [0, 1, [["rare", 1.0]]]]
    assert ids(modules.evaluate(RANK, ["rankByRelevance", found, 2]))[0] == "rare"


def test_a_match_of_the_whole_query_raises_the_rank(modules: Page) -> None:
    words = [[f"paper {number}", 1.0] for number in range(6)]
    found = [[0, 0, words], [0, 1, words], [0, WHOLE, [["paper 4", 3.0]]]]
    assert ids(modules.evaluate(RANK, ["rankByRelevance", found, 2]))[0] == "paper 4"


def test_a_paper_that_matches_several_terms_is_listed_once(modules: Page) -> None:
    found = [[0, 0, [["one", 2.0]]], [0, 0, [["one", 1.0], ["two", 0.5]]]]
    assert ids(modules.evaluate(RANK, ["rankByRelevance", found, 1])) == ["one", "two"]


def test_results_of_sorted_shards_are_merged_in_order(modules: Page) -> None:
    script = """async (votes) => {
      const { mergeShards } = await import("/search/ranking.mjs");
      const parts = votes.map((part) => part.map((each) => ({ hit: { data: async () => ({ votes: each }) } })));
      const shown = [];
      for await (const { votes } of mergeShards(parts, (data) => data.votes)) shown.push(votes);
      return shown;
    }"""
    assert modules.evaluate(script, [[9, 4, 4], [7, 1], [8]]) == [9, 8, 7, 4, 4, 1]
    assert modules.evaluate(script, []) == []


def test_results_keep_their_order_within_a_shard(modules: Page) -> None:
    found = [[0, 0, [["new", 2.0], ["old", 1.0]]], [1, 0, [["newest", 5.0]]], [0, 1, [["old", 2.0], ["new", 1.0]]]]
    parts = modules.evaluate(RANK, ["rankByScore", found, 1])
    assert [sorted(ids(part)) for part in parts] == [["new", "old"], ["newest"]]
