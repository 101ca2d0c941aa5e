"""Topics of papers: `topics.yml`, its mistakes, and how words in title, keywords and abstract become topics."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.topics import (
    MAX_TOPICS,
    PACKAGED_TOPICS,
    REQUIRED_LANGUAGES,
    TOPICS,
    Coverage,
    Taxonomy,
    Topic,
    coverage,
    read_taxonomy,
)
from daily_papers.errors import ArchiveError
from daily_papers.jobs.check import check
from daily_papers.model.records import Paper

ROOT = Path(__file__).parents[2]
PACKAGED = read_taxonomy(Path("no such folder"))


def topic(slug: str, *words: str, exceptions: tuple[str, ...] = ()) -> Topic:
    return Topic(slug, {"ko": slug, "en": slug}, words, exceptions)


def matched(*topics: Topic, title: str = "x", keywords: tuple[str, ...] = (), abstract: str = "") -> tuple[str, ...]:
    return Taxonomy(topics).match(Paper(id="2607.00001", title=title, keywords=keywords, abstract=abstract))


def taxonomy(folder: Path, text: str) -> Taxonomy:
    (folder / TOPICS).write_text(text, "utf-8")
    return read_taxonomy(folder)


@pytest.mark.parametrize(
    "title",
    [
        "Robot arms",
        "On ROBOTS",
        "Robot: a story",
        "(robot)",
        "Nine robot/human teams",
        "A robot's day",
        "Cross–robot learning",
    ],
)
def test_a_whole_word_matches_in_any_case_and_number_next_to_any_punctuation(title: str) -> None:
    assert matched(topic("t", "robot"), title=title) == ("t",)


@pytest.mark.parametrize("title", ["Robotics", "Microrobot", "Roboton", "Rob ot"])
def test_a_part_of_a_word_does_not_match(title: str) -> None:
    assert matched(topic("t", "robot"), title=title) == ()


@pytest.mark.parametrize("title", ["Pre-training", "Pre training", "Pretraining", "pre‑training", "PRE - TRAINING"])
def test_a_hyphen_matches_a_blank_or_nothing(title: str) -> None:
    assert matched(topic("t", "pre-training"), title=title) == ("t",)


@pytest.mark.parametrize(
    ("word", "plural"), [("study", "studies"), ("bias", "biases"), ("toy", "toys"), ("box", "boxes")]
)
def test_the_plural_matches_the_singular(word: str, plural: str) -> None:
    assert matched(topic("t", f"odd {word}"), title=f"On odd {plural}") == ("t",)


def test_a_phrase_does_not_extend_from_one_keyword_or_paragraph_to_the_next() -> None:
    found = topic("t", "red fox")
    assert matched(found, keywords=("red", "fox", "red", "fox")) == ()
    assert matched(found, title="red", keywords=("fox",)) == ()
    assert matched(found, abstract="red\nfox\n" * 5) == ()
    assert matched(found, keywords=("red fox", "a red fox")) == ("t",)


def test_a_title_or_two_keywords_are_enough_and_a_few_words_in_the_abstract_are_not() -> None:
    found = topic("t", "fox")
    assert matched(found, title="The fox") == ("t",)
    assert matched(found, keywords=("fox", "red fox")) == ("t",)
    assert matched(found, keywords=("fox",), abstract="A fox, two foxes.") == ("t",)
    assert matched(found, abstract="Fox, fox, fox, fox.") == ("t",)
    assert matched(found, keywords=("fox",), abstract="A fox.") == ()
    assert matched(found, abstract="Fox, fox, fox.") == ()


def test_words_do_not_count_within_an_exception_and_count_outside_of_it() -> None:
    found = topic("t", "speech", "speech recognition", exceptions=("hate speech", "online hate speech"))
    assert matched(found, title="Hate speech") == ()
    assert matched(found, title="Online hate-speeches, and hate speech") == ()
    assert matched(found, title="Hate speech in speech") == ("t",)
    assert matched(found, title="Speech recognition") == ("t",)


def test_a_phrase_within_a_longer_one_counts_only_once() -> None:
    found = topic("t", "language", "language model", "large language model")
    assert matched(found, abstract="Large language models, large language models, large language models.") == ()
    assert matched(found, abstract="Large language models, language models, a language, languages.") == ("t",)


def test_topics_are_ordered_by_points_and_then_by_the_file() -> None:
    a, b, c = topic("a", "ant"), topic("b", "bee"), topic("c", "cat")
    assert matched(a, b, c, title="Cats, bees, ants") == ("a", "b", "c")
    assert matched(c, b, a, title="Cats, bees, ants") == ("c", "b", "a")
    assert matched(a, b, title="Ants and bees", abstract="Bees.") == ("b", "a")


def test_a_topic_with_less_than_half_the_points_of_the_best_is_left_out() -> None:
    a, b = topic("a", "ant"), topic("b", "bee")
    texts = {"title": "Ants", "keywords": ("ant", "ants"), "abstract": "Bee, bee, bee, bee. Ant."}
    assert matched(a, b, **texts) == ("a",)  # type: ignore[arg-type]
    assert matched(a, b, **{**texts, "keywords": ("ant",)}) == ("a", "b")  # type: ignore[arg-type]


def test_a_paper_has_at_most_five_topics() -> None:
    topics = [topic(f"t{n}", "fox") for n in range(9)]
    assert matched(*topics, title="Fox") == ("t0", "t1", "t2", "t3", "t4")


words = st.sampled_from(["robot", "hate", "speech", "3d", "-", "language model", "LLMs", "\n", "|", "\x00", "ß", "İ"])
texts = st.lists(words | st.text(max_size=6), max_size=12).map(" ".join)


@given(title=texts, keywords=st.lists(texts, max_size=4).map(tuple), abstract=texts | st.none())
def test_any_paper_has_at_most_five_topics_and_the_same_ones_each_time(
    title: str, keywords: tuple[str, ...], abstract: str | None
) -> None:
    paper = Paper(id="2607.00001", title=title, keywords=keywords, abstract=abstract)
    slugs = PACKAGED.match(paper)
    assert len(slugs) == len(set(slugs)) <= MAX_TOPICS
    assert {one.slug for one in PACKAGED.topics}.issuperset(slugs)
    assert read_taxonomy(Path("no such folder")).match(paper) == slugs


def test_the_packaged_topics_have_unique_names_in_each_language() -> None:
    assert 35 <= len(PACKAGED.topics) <= 50
    assert len({one.slug for one in PACKAGED.topics}) == len(PACKAGED.topics)
    for code in REQUIRED_LANGUAGES:
        assert len({one.names[code] for one in PACKAGED.topics}) == len(PACKAGED.topics)


def test_each_word_of_a_packaged_topic_matches_in_a_title_and_no_exception_does() -> None:
    for one in PACKAGED.topics:
        alone = Taxonomy([one])
        for word in one.words:
            slugs = alone.match(Paper(id="2607.00001", title=word))
            assert slugs == (() if word in one.exceptions else (one.slug,)), (one.slug, word)
        for exception in one.exceptions:
            assert not alone.match(Paper(id="2607.00001", title=exception)), (one.slug, exception)


def test_the_site_of_this_repository_has_the_packaged_topics_byte_for_byte() -> None:
    assert (ROOT / "docs" / TOPICS).read_bytes() == PACKAGED_TOPICS.read_bytes()


def test_a_site_with_its_own_file_has_no_packaged_topics(tmp_path: Path) -> None:
    text = "foxes:\n  names: {ko: 여우, en: 'Foxes, red', de: Füchse}\n  words: [fox, 1]\n  except: [fox-hole]\n"
    names = {"ko": "여우", "en": "Foxes, red", "de": "Füchse"}
    assert taxonomy(tmp_path, text).topics == (Topic("foxes", names, ("fox", "1"), ("fox-hole",)),)
    (tmp_path / TOPICS).unlink()
    assert read_taxonomy(tmp_path).topics == PACKAGED.topics


NAMES = "  names: {ko: 여우, en: Foxes}\n"
WORDS = "  words: [fox]\n"
FOX = f"foxes:\n{NAMES}{WORDS}"
MISTAKES = {
    "nothing": ("# to come\n", "line 1", "has no topic; add some, or remove the file"),
    "an empty mapping": ("\n{}\n", "line 2", "has no topic; add some, or remove the file"),
    "a list": ("- foxes", "line 1", "expected topics by their slugs, such as 'robotics: {names: …, words: …}'"),
    "a slug": (f"Red Foxes:\n{NAMES}{WORDS}", "line 1", '"Red Foxes" is no slug: expected a-z, 0-9 and single hyphens'),
    "a slug with a slash": (f"{FOX}a/b:\n{NAMES}{WORDS}", "line 4", '"a/b" is no slug'),
    "a slug twice": (f"{FOX}foxes:\n{NAMES}{WORDS}", "line 4", '"foxes" is repeated; the first is on line 1'),
    "a key twice": (f"{FOX}{WORDS}", "line 4", '"words" is repeated; the first is on line 3'),
    "a mistyped key": (f"{FOX}  excpt: [hole]", "line 4", 'foxes has the unknown key "excpt"; did you mean "except"?'),
    "another key": (f"{FOX}  colour: red", "line 4", 'unknown key "colour"; expected one of names, words, except'),
    "a slug alone": ("foxes:", "line 1", 'expected names and words below foxes, found ""'),
    "no names": (f"foxes:\n{WORDS}", "line 1", "foxes has no names: add 'names: {ko: …, en: …}' to it"),
    "no Korean name": (
        f"foxes:\n  names: {{en: Foxes}}\n{WORDS}",
        "line 2",
        "no name in ko: add 'ko: …' to its names",
    ),
    "one name": (
        f"foxes:\n  names: Foxes\n{WORDS}",
        "line 2",
        "expected names of foxes by language, such as {ko: 로보틱스",
    ),
    "an empty name": (f"foxes:\n  names:\n    ko: ''\n    en: Foxes\n{WORDS}", "line 3", 'ko of foxes is "": expected'),
    "a comma": (
        f"foxes:\n  names: {{ko: 여우, en: Red, White}}\n{WORDS}",
        "line 2",
        '"White" in the names of foxes is no language',
    ),
    "no words": (f"foxes:\n{NAMES}", "line 1", "foxes has no words: add 'words: [a phrase, another one]' to it"),
    "empty words": (f"foxes:\n{NAMES}  words: []", "line 3", "words of foxes is []: expected a list"),
    "a word": (f"foxes:\n{NAMES}  words: fox", "line 3", 'words of foxes is "fox": expected a list'),
    "a pattern": (
        f"foxes:\n{NAMES}  words:\n    - fox\n    - fox.*",
        "line 5",
        "\"fox.*\" in 'words' of foxes is no phrase",
    ),
    "a bad pattern": (
        f"foxes:\n{NAMES}  words: ['(fox']",
        "line 3",
        "expected plain words, such as text-to-image model",
    ),
    "an empty word": (f"{FOX}  except: ['']", "line 4", "\"\" in 'except' of foxes is no phrase"),
    "only a sign": (f"{FOX}  except: ['-']", "line 4", "\"-\" in 'except' of foxes is no phrase"),
    "words in words": (f"foxes:\n{NAMES}  words: [[fox]]", "line 3", "['fox'] in 'words' of foxes is no phrase"),
    "no YAML": (f"foxes:\n{NAMES}  words: [fox\n", "line 4", "is not YAML"),
    "an alias": (f"foxes: &a\n{NAMES}{WORDS}bees: *a", "line 4", "*a is a YAML alias"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_names_file_and_line_what_was_expected_and_the_remedy(tmp_path: Path, case: str) -> None:
    text, at, message = MISTAKES[case]
    with pytest.raises(ArchiveError) as caught:
        taxonomy(tmp_path, text)
    assert caught.value.path == tmp_path / TOPICS
    assert caught.value.at == at
    assert message in str(caught.value)
    assert [str(error) for error in check(tmp_path)] == [str(caught.value)]


def test_a_file_with_another_suffix_is_reported(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text(FOX)
    with pytest.raises(ArchiveError, match=r"topics\.yaml: is not read under this name; rename it to topics\.yml"):
        read_taxonomy(tmp_path)


def test_coverage_counts_only_papers_with_keywords() -> None:
    with_keywords, without = Paper(id="2607.00001", title="x", keywords=("y",)), Paper(id="2607.00002", title="x")
    found = coverage([(with_keywords, ("a", "b")), (with_keywords, ("a",)), (with_keywords, ()), (without, ("a",) * 5)])
    assert found == Coverage(papers=3, covered=2, median=1, most=2)
    assert str(found) == "topics: 66.7% of 3 papers with keywords have one or more, the median is 1, the most 2"
    assert str(coverage([])) == "topics: 100.0% of 0 papers with keywords have one or more, the median is 0, the most 0"
