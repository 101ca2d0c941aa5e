"""BibTeX and RIS written by Python and by JavaScript: the same paper has the same entry and key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.model.citations import Citation, bibtex_entry, citation_key, cite, ris_record
from daily_papers.model.records import Paper
from daily_papers.site.components.coins import MAX_AUTHORS
from tests.browser.visit import Visit
from tests.sites import REPOSITORY

LIB = "assets/daily-papers/js/lib"
DAY = dt.date(2024, 3, 1)
BLANKS = "\u00a0\u1680\u2003\u2028\u202f\u205f\u3000\ufeff\x00\x1c\x85\u200b"
AUTHORS = [
    "Ada Lovelace",
    "Ludwig van der Berg",
    "van Gogh",
    "Simon and Garfunkel",
    "A, B, C",
    "Müller, Jörg",
    "김 수학",
    "DeepSeek-AI",
    "Others",
    "ÉCOLE ß",
    "ﬁne Ligature",
    "ΑΝΔ ανδ",
    "and",
    f"Blank{BLANKS}Name",
    "et {al} \\ & %$#_~^",
    "Gemini Team",
    "Team R&D, Inc.",
    "o3 contributors",
    "Hal Daumé III",
    "Laverghetta, Jr., Antonio",
    "and Lei Bai, and",
    "Guy Van den Broeck",
    "Fernando De La Torre",
    "Toan Huynh La Viet",
    "Kiet Van Nguyen",
    "Blaise Aguera y Arcas",
    "yuelin bai",
    "Simon and Garfunkel Jr.",
    "&;",
    "n" * 100 + " \U0001d518" * 200,
]
TITLES = [
    "On the Größe of it",
    "A/B: what the — dash–is",
    "한국어 제목 🤖",
    "",
    " \u3000\t",
    "Of the",
    "  Ⅷ: ½ ㎏ İstanbul",
    "x" * 200,
    'A } {bad \\ "title" = 100% of $x_1$ & #more ~ ^ <b>\r\nER  - \n| `code` ](javascript:alert(1))',
    f"Tab\tand{BLANKS}blanks",
]
CITATIONS = [
    *(
        Citation(f"2402.{number:05}", "Rivers", (name, "B. C."), "2024-02-29", "https://arxiv.org/abs/a", "10.1/a_b{}")
        for number, name in enumerate(AUTHORS)
    ),
    *(Citation(f"x-00000000000{number}", title, (), "2024-02") for number, title in enumerate(TITLES)),
    Citation("hep-th/9901001", "Strings", tuple(AUTHORS), "1999-12-01", "https://example.org/a_b%7D}\\?x=<1> y"),
    Citation("2402.99999", "Without a date", ("Ada Lovelace",)),
    Citation("2402.88888", "\U0001d518" * 200 + "x", ("\u0301" * 500,), "2024", category="cs.CL"),
    Citation("x-999999999999", "Elsewhere", (), "2024", category="cs.CL"),
]


def in_browser(visit: Visit, form: str, papers: list[dict[str, Any]]) -> str:
    text: str = visit.page.evaluate(
        f"async ([at, papers]) => (await import(at)).{form}(papers)",
        [f"{visit.site}{LIB}/citation-formats.mjs", papers],
    )
    return text


def in_python(citations: list[Citation]) -> dict[str, str]:
    used_keys: set[str] = set()
    return {
        "bibtex": "\n".join(bibtex_entry(citation, citation_key(citation, used_keys)) for citation in citations),
        "ris": "".join(map(ris_record, citations)),
    }


@pytest.mark.parametrize("form", ["bibtex", "ris"])
def test_python_and_javascript_write_unusual_names_titles_and_addresses_the_same_way(visit: Visit, form: str) -> None:
    visit.open(f"{DAY:%Y/%m/%d}/")
    papers = [msgspec.to_builtins(citation) for citation in CITATIONS]
    assert in_browser(visit, form, papers).split("\n") == in_python(CITATIONS)[form].split("\n")


@pytest.mark.parametrize("form", ["bibtex", "ris"])
@pytest.mark.parametrize("date", [DAY, max(stored_dates(REPOSITORY / "docs"))], ids=str)
def test_a_page_and_an_export_give_the_same_citation_of_every_paper(visit: Visit, form: str, date: dt.date) -> None:
    day = read_day(REPOSITORY / "docs", date)
    assert day is not None
    page = visit.open(f"{date:%Y/%m/%d}/")
    papers: dict[str, Any] = page.evaluate(
        """async (at) => {
          const { parseCoins } = await import(at);
          const spans = [...document.querySelectorAll("article .Z3988")];
          const id = (span) => span.closest("article").id;
          return Object.fromEntries(spans.map((span) => [id(span), parseCoins(id(span), span.title)]));
        }""",
        f"{visit.site}{LIB}/coins.mjs",
    )
    compared = [paper for paper in day.papers if len(paper.authors) <= MAX_AUTHORS]
    assert len(compared) > 5
    citations = [cite(paper, date) for paper in compared]
    assert in_browser(visit, form, [papers[paper.id] for paper in compared]) == in_python(citations)[form]


def test_an_export_lists_all_of_many_authors_and_has_the_same_key(visit: Visit) -> None:
    authors = tuple(f"Author {number}" for number in range(MAX_AUTHORS + 9))
    cited = cite(Paper(id="2402.00001", title="Rivers", authors=authors), DAY)
    visit.open(f"{DAY:%Y/%m/%d}/")
    cut = msgspec.to_builtins(msgspec.structs.replace(cited, authors=authors[:MAX_AUTHORS])) | {"more": 9}
    assert in_browser(visit, "bibtex", [cut]).splitlines()[0] == f"@misc{{{citation_key(cited, set())},"
    assert authors[-1] in bibtex_entry(cited, "key")
