"""Authors: each name is found by every one of its words, in a list of bounded size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.people import (
    KEY_CHARS,
    MAX_LIST_BYTES,
    MAX_NAME_CHARS,
    Author,
    collect_authors,
    fold_name,
    most_listed_authors,
    name_lists,
)
from tests.bundled import bundled_index
from tests.factories import make_day, make_index, make_paper
from tests.strategies import characters

FIRST, SECOND = dt.date(2024, 2, 29), dt.date(2024, 3, 1)


def list_of(word: str, lists: dict[str, list[Author]]) -> list[Author]:
    """Return the list that a browser searches for a whole word: the longest key that the word begins with."""
    return lists[max((key for key in lists if word.startswith(key)), key=len)]


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Anton Lozhkov", "anton lozhkov"),
        ("Jean-Baptiste O'Brien, Jr.", "jean baptiste obrien jr"),
        ("Łukasz Kaiser", "lukasz kaiser"),
        ("Søren Nießner", "soren niessner"),
        ("Ahmet ÜSTÜN", "ahmet ustun"),
        ("İbrahim Ilgın", "ibrahim ilgin"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("王 小明", "王 小明"),
        ("+", ""),
        ("", ""),
    ],
)
def test_names_are_folded_as_people_type_them(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_a_half_typed_syllable_is_a_prefix_of_the_whole_one() -> None:
    assert fold_name("김철수").startswith(fold_name("기"))
    assert fold_name("김철수").startswith(fold_name("김처"))


@given(st.text(characters, max_size=40))
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


def assert_all_are_found(listings: Sequence[PrimaryListing]) -> None:
    lists = name_lists(collect_authors(listings))
    for listing in listings:
        for name in listing.paper.authors:
            for word in fold_name(name).split() if len(name) <= MAX_NAME_CHARS else []:
                matches = [author for author in list_of(word, lists) if author.name == name]
                assert len(matches) == 1, (name, word)
                assert listing.date.year * 100 + listing.date.month in matches[0].months


def test_every_author_of_the_bundled_archive_is_found_by_each_word_of_the_name() -> None:
    assert_all_are_found(bundled_index().primary_listings)


@given(st.lists(st.lists(st.text(characters, min_size=1, max_size=20), max_size=4), max_size=4))
def test_any_author_is_found_by_each_word_of_the_name(names: list[list[str]]) -> None:
    day = make_day(FIRST, *(make_paper(number, authors=tuple(names)) for number, names in enumerate(names)))
    assert_all_are_found(make_index(day).primary_listings)


def test_a_list_that_is_too_long_is_split_and_every_name_still_found() -> None:
    names = [f"Given{number:04} {family}" for number in range(1500) for family in ("Zhang", "Zhao", "Zh", "Zhu-Zhang")]
    listings = make_index(make_day(FIRST, make_paper(1, authors=tuple(names)))).primary_listings
    lists = name_lists(collect_authors(listings))
    assert "zh" in lists
    assert max(map(len, lists)) > KEY_CHARS
    for key, people in lists.items():
        words = {word for author in people for word in fold_name(author.name).split() if word.startswith(key)}
        assert len(msgspec.json.encode(people)) <= MAX_LIST_BYTES + 1 or len(words) == 1, key
    assert_all_are_found(listings)


def test_an_author_is_counted_once_per_paper_and_a_too_long_name_is_left_out() -> None:
    too_long = "word " * 50
    listings = make_index(
        make_day(FIRST, make_paper(1, authors=("A B", "A B", too_long))),
        make_day(SECOND, make_paper(2, authors=("A B",))),
    ).primary_listings
    assert collect_authors(listings) == [Author("A B", 2, (202403, 202402))]
    assert most_listed_authors(listings, 9) == [("A B", 2)]


def test_names_with_the_most_papers_come_first_then_by_name() -> None:
    listings = make_index(
        make_day(FIRST, make_paper(1, authors=("C", "B", "A")), make_paper(2, authors=("C",)))
    ).primary_listings
    assert most_listed_authors(listings, 2) == [("C", 2), ("A", 1)]
