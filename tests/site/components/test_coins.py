"""COinS: what stands in the span of a paper, read back as a reference manager does."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.model.citations import bibtex_entry, cite, ris_record
from daily_papers.model.records import Arxiv, Paper
from daily_papers.site.components.coins import MAX_AUTHORS, citation_attributes

LISTED = dt.date(2024, 3, 1)
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "50% & more &amp; rft.au=Nobody&rft_id=https://evil.example/ #? +1",
    "한국어 제목 – naïve café 𝔘",
    r"C:\ {brace} }{ $\alpha$ ~ ^ _",
    "lone \ud800 surrogate",
]


def attributes(paper: Paper, address: str = "") -> dict[str, str | None]:
    html = f"<span class=Z3988 {citation_attributes(paper, paper.authors, LISTED, address)}></span>"
    span = LexborHTMLParser(html).css_first("span")
    assert span is not None
    return span.attributes


def read(paper: Paper, address: str = "") -> dict[str, list[str]]:
    """Return the values by key."""
    return parse_qs(attributes(paper, address)["title"] or "", strict_parsing=True, keep_blank_values=True)


def test_a_paper_is_read_back_as_a_preprint_with_title_authors_date_address_and_doi() -> None:
    paper = Paper(
        id="2402.00010", title="One: a Title", authors=("Ada B. Lovelace", "김 수학"), published=dt.date(2024, 1, 31)
    )
    assert read(paper, "https://arxiv.org/abs/2402.00010") == {
        "ctx_ver": ["Z39.88-2004"],
        "rft_val_fmt": ["info:ofi/fmt:kev:mtx:dc"],
        "rft.type": ["preprint"],
        "rft.title": ["One: a Title"],
        "rft.au": ["Ada B. Lovelace", "김 수학"],
        "rft.date": ["2024-01-31"],
        "rft_id": ["https://arxiv.org/abs/2402.00010", "info:doi/10.48550/arXiv.2402.00010"],
        "rft.publisher": ["arXiv"],
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was_and_adds_neither_key_nor_attribute(text: str) -> None:
    paper = Paper(id="x-0123456789ab", title=text, authors=(text, "B"))
    values = read(paper, "https://example.org/?a=1&rft.au=Nobody")
    shown = text.replace("\ud800", "?")
    assert (values["rft.title"], values["rft.au"]) == ([shown], [shown, "B"])
    assert values["rft_id"] == ["https://example.org/?a=1&rft.au=Nobody"]
    assert "rft.publisher" not in values
    assert attributes(paper).keys() == {"class", "title"}


@pytest.mark.parametrize(
    ("paper", "date"),
    [
        (Paper(id="2402.00010", title="t", published=dt.date(2024, 1, 31)), "2024-01-31"),
        (Paper(id="2402.00010", title="t"), "2024-02"),
        (Paper(id="x-0123456789ab", title="t"), "2024-03-01"),
        (Paper(id="cs/0102003", title="t"), "2024-03-01"),
    ],
)
def test_the_date_is_arxivs_else_the_month_of_the_id_else_the_listing(paper: Paper, date: str) -> None:
    assert read(paper)["rft.date"] == [date]


def test_the_primary_category_is_the_subject() -> None:
    paper = Paper(id="2402.00010", title="t", arxiv=Arxiv(primary_category="cs.CL"))
    assert read(paper)["rft.subject"] == ["cs.CL"]
    hostile = Paper(id="2402.00010", title="t", arxiv=Arxiv(primary_category='"><b>'))
    assert "rft.subject" not in read(hostile)


def test_of_many_authors_the_first_are_named_and_all_are_counted() -> None:
    paper = Paper(id="2402.00010", title="t", authors=tuple(f"Author {n}" for n in range(MAX_AUTHORS + 7)))
    values = read(paper)
    assert values["rft.au"] == list(paper.authors[:MAX_AUTHORS])
    assert values["rft.description"] == [f"The first {MAX_AUTHORS} of {MAX_AUTHORS + 7} authors."]
    assert attributes(paper)["data-authors"] == str(MAX_AUTHORS + 7)


def test_a_paper_with_a_blank_title_is_called_by_its_id() -> None:
    assert read(Paper(id="2402.00001", title=" \u3000"))["rft.title"] == ["2402.00001"]
    cited = cite(Paper(id="2402.00001", title=" \u3000"), LISTED)
    assert "  title = {{2402.00001}},\n" in bibtex_entry(cited, "key")
    assert "TI  - 2402.00001\r\n" in ris_record(cited)


def test_what_is_no_name_is_no_author() -> None:
    assert read(Paper(id="2402.00010", title="t", authors=("+", "Anton L.", "…", "3D Lab")))["rft.au"] == [
        "Anton L.",
        "3D Lab",
    ]
