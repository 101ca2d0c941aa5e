"""Author names: teams stay whole, suffixes and particles are known, and remains of a list are removed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.model.author_names import AuthorName, clean_name, parse_name


@pytest.mark.parametrize(
    "name",
    [
        "Gemini Team",
        "Team GLM",
        "GLM-5 Team",
        "Imagen-Team-Google",
        "The Belle II Collaboration",
        "o3 contributors",
        "LG AI Research",
        "Inclusion AI",
        "Google, Inc.",
        "Gemini Team, Google",
    ],
)
def test_a_team_stays_whole(name: str) -> None:
    assert parse_name(name) == AuthorName(name, name, is_team=True)


@pytest.mark.parametrize(
    ("name", "family", "given_name"),
    [
        ("Ada Lovelace", "Lovelace", "Ada"),
        ("Mengyu Ai", "Ai", "Mengyu"),
        ("Teamy Labson", "Labson", "Teamy"),
        ("NVIDIA", "NVIDIA", ""),
        ("Ludwig van der Berg", "van der Berg", "Ludwig"),
        ("Guy Van den Broeck", "Van den Broeck", "Guy"),
        ("Fernando De la Torre", "De la Torre", "Fernando"),
        ("Fernando De La Torre", "De La Torre", "Fernando"),
        ("Luc Van Gool", "Van Gool", "Luc"),
        ("Lancelot Da Costa", "Da Costa", "Lancelot"),
        ("Blaise Aguera y Arcas", "Aguera y Arcas", "Blaise"),
        ("Gabriel Poesia Reis e Silva", "Reis e Silva", "Gabriel Poesia"),
        ("Le Song", "Song", "Le"),
        ("Quoc V. Le", "Le", "Quoc V."),
        ("Kiet Van Nguyen", "Nguyen", "Kiet Van"),
        ("Toan Huynh La Viet", "Viet", "Toan Huynh La"),
        ("yuelin bai", "bai", "yuelin"),
        ("Müller, Jörg", "Müller", "Jörg"),
        ("A, B, C", "A", "B, C"),
    ],
)
def test_a_persons_family_name_begins_at_its_particle_or_is_the_last_word(
    name: str, family: str, given_name: str
) -> None:
    found = parse_name(name)
    assert (found.family, found.given, found.suffix, found.is_team) == (family, given_name, "", False)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("Hal Daumé III", "Daumé, Hal, III"),
        ("Antonio Laverghetta Jr.", "Laverghetta, Antonio, Jr."),
        ("Ana de la Cruz Sr", "de la Cruz, Ana, Sr"),
        ("Laverghetta, Jr., Antonio", "Laverghetta, Antonio, Jr."),
        ("Laverghetta, Antonio, Jr.", "Laverghetta, Antonio, Jr."),
        ("Antonio Laverghetta, Jr.", "Laverghetta, Antonio, Jr."),
        ("Ragavendran P V", "V, Ragavendran P"),
    ],
)
def test_a_suffix_is_no_family_name(name: str, index: str) -> None:
    assert str(parse_name(name)) == index


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("and Lei Bai", "Lei Bai"),
        ("& Lei Bai", "Lei Bai"),
        ("Lei Bai, and", "Lei Bai"),
        ("; And  Lei Bai,", "Lei Bai"),
        ("Lei Bai*†", "Lei Bai"),
        ("Simon and Garfunkel", "Simon and Garfunkel"),
        ("Andrea Bai", "Andrea Bai"),
        ("and", ""),
        (" , ", ""),
        ("", ""),
    ],
)
def test_the_remains_of_a_list_are_removed(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", True),
        ("Ludwig van der Berg", True),
        ("van Gogh", True),
        ("Müller, Jörg", True),
        ("Luc Van Gool", False),
        ("yuelin bai", False),
        ("Hal Daumé III", False),
        ("A, B, C", False),
    ],
)
def test_a_name_that_bibtex_reads_otherwise_is_known(name: str, expected: bool) -> None:
    assert parse_name(name).is_read_by_bibtex is expected


@given(st.lists(st.sampled_from(["Van", "de", "Jr.", "III", "y", "Lab", "and", ",", "La", "Bo", "é"]), max_size=6))
def test_each_name_has_a_family_name(words: list[str]) -> None:
    if name := clean_name(" ".join(words)):
        found = parse_name(name)
        assert found.family
        assert found.name == name


@pytest.mark.parametrize("unit", ["a ", "and ", "a", "Van ", ", ", "* ", "- ", "\u0301", "de ", "Jr. "])
def test_a_megabyte_of_anything_is_parsed(unit: str) -> None:
    name = clean_name(unit * (2**20 // len(unit)) + "x")
    assert parse_name(name).name == name
