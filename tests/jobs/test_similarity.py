"""Similarity index: distinctive words and names decide, whatever a text contains."""

from __future__ import annotations

import pytest

from daily_papers.jobs.similarity import MAX_SIMILAR, SimilarityIndex
from daily_papers.model.records import Paper
from tests.factories import make_keyword_paper, make_unrelated_papers, number_as_word

RIVERS = ("Mapping rivers from satellites", "Rivers and satellites", "How rivers look to satellites")


def find_similar(papers: list[Paper], asked: Paper) -> tuple[str, ...]:
    """Return the ids similar to `asked`, listed on the date after `papers`."""
    index = SimilarityIndex()
    try:
        index.add_date(papers, ())
        return index.add_date([asked], {asked.id})[asked.id]
    finally:
        index.close()


def test_a_name_weighs_more_than_common_words() -> None:
    others = [
        make_keyword_paper(f"2401.{n:05}", f"Large language models {n}", "language models", "reasoning")
        for n in range(40)
    ]
    family = make_keyword_paper("2401.00050", "DeepSeek-Coder: code intelligence", "code generation")
    asked = make_keyword_paper("2402.00001", "DeepSeek-V3 of language models", "language models", "reasoning")
    assert find_similar([*others, family, *make_unrelated_papers()], asked)[0] == family.id


def test_versions_of_one_model_are_similar() -> None:
    older = make_keyword_paper("2401.00001", "InternVL2.5 in the open")
    assert find_similar(
        [older, *make_unrelated_papers(600)], make_keyword_paper("2402.00001", "InternVL3: recipes")
    ) == (older.id,)


def test_distinctive_words_of_the_abstract_are_looked_for() -> None:
    abstract = "Documents become markdown. The markdown of documents keeps their layout, whatever a layout is."
    older = make_keyword_paper("2401.00001", "Sandpiper", abstract=abstract)
    asked = make_keyword_paper("2402.00001", "Kittiwake report", abstract=f"{abstract} A kittiwake.")
    assert find_similar([older, *make_unrelated_papers()], asked) == (older.id,)
    assert find_similar([older, *make_unrelated_papers()], make_keyword_paper("2402.00001", "Kittiwake report")) == ()


def test_one_shared_word_does_not_make_a_paper_similar() -> None:
    older = make_keyword_paper(
        "2401.00001", "Rivers", abstract=f"Of {' '.join(f'matter{n}' for n in range(200))} and glaciers."
    )
    asked = make_keyword_paper("2402.00001", RIVERS[0], *(f"subject {n}" for n in range(8)), "glaciers")
    known = [make_keyword_paper(f"2401.0001{n}", f"Zo{n}", f"subject {n}") for n in range(8)]
    related = find_similar([older, *known, *make_unrelated_papers()], asked)
    assert set(related) <= {one.id for one in known}


def test_equally_similar_papers_are_sorted_by_later_date_then_smaller_id() -> None:
    index = SimilarityIndex()
    index.add_date([make_keyword_paper("2401.00001", RIVERS[1]), *make_unrelated_papers()], ())
    index.add_date([make_keyword_paper("2401.00009", RIVERS[1]), make_keyword_paper("2401.00003", RIVERS[1])], ())
    found = index.add_date([make_keyword_paper("2402.00001", RIVERS[1])], {"2402.00001"})
    index.close()
    assert found == {"2402.00001": ("2401.00003", "2401.00009", "2401.00001")}


def test_a_word_that_all_of_a_few_papers_contain_does_not_make_them_similar() -> None:
    older = [
        make_keyword_paper(f"2401.0000{n}", f"Language models {number_as_word(n)}", "language models") for n in range(9)
    ]
    assert find_similar(older, make_keyword_paper("2402.00001", "Language models of rivers", "language models")) == ()


def test_at_most_five_papers_are_found() -> None:
    many = [make_keyword_paper(f"2401.0000{n}", RIVERS[1]) for n in range(9)]
    assert (
        len(find_similar([*many, *make_unrelated_papers(200)], make_keyword_paper("2402.00001", RIVERS[1])))
        == MAX_SIMILAR
    )


HOSTILE = {
    "syntax": 'rivers" OR title : * NEAR(a b, 2) ^x + - NOT AND (',
    "columns": "title: abstract: rank:",
    "quotes": "\"\"\"' '' `",
    "NUL": "riv\0ers \0 rivers",
    "nothing": " \t ",
    "signs": "!!! ??? *** :::",
    "Korean": "강의 흐름을 따라가는 언어 모델",
    "characters that FTS5 skips": "²³ ½ Ⅷ 🌊🌊 ꙮ 𝟙 \u0345 \U0001e900",
    "a million characters": "rivers " * 143_000,
    "one word of a million": "r" * 1_000_000,
    "a million names": "InternVL3.5-" * 80_000,
    "one of many words": "-".join(f"river{n}" for n in range(200_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_never_query_syntax(text: str) -> None:
    older = [make_keyword_paper(f"2401.0000{n}", text, text, abstract=text) for n in range(2)]
    asked = make_keyword_paper("2402.00001", text, text, *[text[:2000]] * 200, abstract=text)
    assert set(find_similar([*older, *make_unrelated_papers()], asked)) <= {one.id for one in older}


def test_shared_words_of_korean_titles_are_found() -> None:
    older = make_keyword_paper("2401.00001", "강의 흐름을 따라가는 모델")
    assert find_similar(
        [older, *make_unrelated_papers()], make_keyword_paper("2402.00001", "강의 흐름을 재는 방법")
    ) == (older.id,)


def test_papers_of_the_same_or_a_later_date_are_never_found() -> None:
    index = SimilarityIndex()
    twins = [make_keyword_paper("2401.00001", RIVERS[1]), make_keyword_paper("2401.00002", RIVERS[1])]
    assert index.add_date([*twins, *make_unrelated_papers()], {"2401.00001", "2401.00002"}) == {
        "2401.00001": (),
        "2401.00002": (),
    }
    assert index.add_date([make_keyword_paper("2402.00001", RIVERS[1])], ()) == {}
    index.close()


def test_fts5_is_supported_here() -> None:
    assert SimilarityIndex.is_supported()
