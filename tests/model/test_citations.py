"""BibTeX entries and RIS records: one text in, one harmless entry out."""

from __future__ import annotations

import datetime as dt
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.model.citations import (
    MAX_KEY_WORD_CHARS,
    Citation,
    bibtex_entry,
    citation_date,
    citation_key,
    citation_title,
    cite,
    is_name,
    ris_record,
)
from daily_papers.model.records import Arxiv, Paper

LISTED = dt.date(2024, 3, 1)


def author(name: str) -> str:
    """Return the author field of a BibTeX entry."""
    found = re.search(r"  author = {(.*)},\n", bibtex_entry(Citation("2402.00001", "t", (name,)), "key"))
    assert found
    return found[1]


def ris_author(name: str) -> str:
    found = re.search(r"AU  - (.*)\r\n", ris_record(Citation("2402.00001", "t", (name,))))
    assert found
    return found[1]


def test_a_paper_on_arxiv_has_the_address_and_doi_that_follow_from_its_id() -> None:
    paper = Paper(id="2402.19173", title="One: a Title", authors=("Ada Lovelace", "+"), published=dt.date(2024, 2, 29))
    assert cite(paper, LISTED) == Citation(
        id="2402.19173",
        title="One: a Title",
        authors=("Ada Lovelace",),
        date="2024-02-29",
        url="https://arxiv.org/abs/2402.19173",
        doi="10.48550/arXiv.2402.19173",
    )


def test_a_paper_outside_arxiv_has_its_project_page_and_no_doi() -> None:
    paper = Paper(id="x-0123456789ab", title="t", project_page="https://a.example/")
    assert cite(paper, LISTED) == Citation("x-0123456789ab", "t", date="2024-03-01", url="https://a.example/")


@pytest.mark.parametrize(
    ("paper", "date"),
    [
        (Paper(id="2401.00001", title="t", published=dt.date(2024, 1, 31)), "2024-01-31"),
        (Paper(id="2401.00001", title="t"), "2024-01"),
        (Paper(id="cs/0102003", title="t"), "2024-03-01"),
        (Paper(id="x-0123456789ab", title="t"), "2024-03-01"),
    ],
)
def test_the_date_is_arxivs_else_the_month_of_the_id_else_the_listing(paper: Paper, date: str) -> None:
    assert citation_date(paper, LISTED) == date


def test_a_blank_title_is_replaced_by_the_id() -> None:
    assert citation_title(" \u3000\x00", "2402.00001") == "2402.00001"
    assert citation_title(" A ", "2402.00001") == " A "


@pytest.mark.parametrize(("text", "expected"), [("Ada", True), ("3D", True), ("김", True), ("+", False), ("", False)])
def test_a_name_has_a_letter_or_a_digit(text: str, expected: bool) -> None:
    assert is_name(text) is expected


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("Ada B. Lovelace", "Lovelace, Ada B."),
        ("Ludwig van der Berg", "van der Berg, Ludwig"),
        ("van Gogh", "Gogh, van"),
        ("Müller, Jörg", "Müller, Jörg"),
        ("A, B, C", "A, B, C"),
        ("DeepSeek-AI", "DeepSeek-AI"),
        ("김 수학", "수학, 김"),
    ],
)
def test_a_name_is_split_as_bibtex_does(name: str, split: str) -> None:
    assert ris_author(name) == split


@pytest.mark.parametrize(
    ("name", "bibtex", "ris"),
    [
        ("Gemini Team", "{Gemini Team}", "Gemini Team"),
        ("o3 contributors", "{o3 contributors}", "o3 contributors"),
        ("DeepSeek-AI", "DeepSeek-AI", "DeepSeek-AI"),
        ("R&D Team", r"{R\&D Team}", "R&D Team"),
        ("Hal Daumé III", "Daumé, III, Hal", "Daumé, Hal, III"),
        ("Luc Van Gool", "Van Gool, Luc", "Van Gool, Luc"),
        ("Blaise Aguera y Arcas", "Aguera y Arcas, Blaise", "Aguera y Arcas, Blaise"),
        ("and Lei Bai", "Lei Bai", "Bai, Lei"),
        ("Simon and Garfunkel Jr.", "{Simon and Garfunkel Jr.}", "and Garfunkel, Simon, Jr."),
    ],
)
def test_teams_suffixes_and_particles_are_written_for_either_format(name: str, bibtex: str, ris: str) -> None:
    assert author(name) == bibtex
    assert ris_author(name) == ris


def test_an_entry_without_a_name_is_no_author() -> None:
    citation = Citation("2402.00001", "Rivers", ("and", "", "Ada Lovelace", " , "), "2024")
    assert "  author = {Ada Lovelace},\n" in bibtex_entry(citation, "key")
    assert ris_record(citation).count("AU  - ") == 1
    nobody = msgspec.structs.replace(citation, authors=("and",))
    assert "author" not in bibtex_entry(nobody, "key")
    assert citation_key(nobody, set()) == "anonymous2024rivers"


@pytest.mark.parametrize(
    ("authors", "key"),
    [
        (("Gemini Team", "Ada Lovelace"), "geminiteam2024rivers"),
        (("Hal Daumé III",), "daume2024rivers"),
        (("and Lei Bai",), "bai2024rivers"),
        (("Guy Van den Broeck",), "vandenbroeck2024rivers"),
        (("n" * 80,), "n" * MAX_KEY_WORD_CHARS + "2024rivers"),
    ],
)
def test_a_key_begins_with_the_family_name_or_the_team(authors: tuple[str, ...], key: str) -> None:
    assert citation_key(Citation("2402.00001", "Rivers", authors, "2024"), set()) == key


def test_a_key_is_made_of_the_beginning_of_a_long_word() -> None:
    long = "\u0301" * 2**20
    assert citation_key(Citation("2402.00001", long, (long,), "2024"), set()) == "anonymous2024240200001"


@pytest.mark.parametrize(
    ("category", "field"),
    [("cs.CL", "cs.CL"), ("hep-th", "hep-th"), ("cond-mat.str-el", "cond-mat.str-el"), (None, ""), ("a}, b = {c", "")],
)
def test_the_primary_class_is_arxivs_primary_category(category: str | None, field: str) -> None:
    paper = Paper(id="2402.19173", title="t", arxiv=Arxiv(primary_category=category))
    entry = bibtex_entry(cite(paper, LISTED), "key")
    assert ("  archiveprefix = {arXiv},\n  primaryClass = {" + field + "},\n" in entry) == bool(field)
    assert ("primaryClass" in entry) == bool(field)
    outside = msgspec.structs.replace(paper, id="x-0123456789ab")
    assert "primaryClass" not in bibtex_entry(cite(outside, LISTED), "key")


@pytest.mark.parametrize("name", ["Simon and Garfunkel", "A, B, C", "others", "Others"])
def test_a_name_that_bibtex_would_read_differently_is_in_braces(name: str) -> None:
    assert author(name) == f"{{{name}}}"


def test_a_key_has_author_year_and_first_word_of_the_title_and_is_unique() -> None:
    used: set[str] = set()
    citation = Citation("2402.00001", "On the Größe of it", ("Jörg Müller",), "2024-02")
    keys = [citation_key(citation, used) for _ in range(3)]
    assert keys == ["muller2024groe", "muller2024groe-2", "muller2024groe-3"]
    assert used == set(keys)
    assert citation_key(Citation("2402.00001", "한국어", (), "2024"), set()) == "anonymous2024240200001"
    assert citation_key(Citation("2402.00001", "x" * 200, ("B",), ""), set()) == "b" + "x" * MAX_KEY_WORD_CHARS


def test_characters_special_to_tex_are_escaped() -> None:
    entry = bibtex_entry(Citation("2402.00001", r"50% & $x_1$ #~^\ {y}", url="https://a.example/{a} b_c"), "key")
    assert r"title = {{50\% \& \$x\_1\$ \#{\textasciitilde}{\textasciicircum}{\textbackslash} " in entry
    assert r"{\textbraceleft}y{\textbraceright}}" in entry
    assert "  url = {https://a.example/%7Ba%7D%20b_c},\n" in entry


@given(text=st.text(), name=st.text(), key=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True))
def test_no_text_unbalances_an_entry_or_begins_a_line(text: str, name: str, key: str) -> None:
    citation = Citation("x-0123456789ab", text, (name,), "2024-03-01", text)
    lines = bibtex_entry(citation, key).split("\n")
    assert lines[0] == f"@misc{{{key},"
    assert lines[-2:] == ["}", ""]
    for line in lines[1:-2]:
        assert re.fullmatch(r"  [a-z]+ = {.*},", line)
        depths = [line[: end + 1].count("{") - line[: end + 1].count("}") for end in range(len(line))]
        assert min(depths) >= 0
        assert depths[-1] == 0
    for line in ris_record(citation).split("\r\n"):
        assert re.fullmatch(r"([A-Z][A-Z0-9]  - .*)?", line)
