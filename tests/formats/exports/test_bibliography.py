"""Exports to BibTeX and RIS have one entry a paper, and hostile text stays text."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from daily_papers.jobs.export import export_whole
from daily_papers.model.citations import bibtex_entry, citation_key, cite, ris_record
from tests.factories import make_paper, store_day
from tests.formats.exports.samples import DATE, HOSTILE


def test_a_paper_of_several_dates_has_one_entry_as_first_listed(root: Path, tmp_path: Path) -> None:
    export_whole(root, tmp_path / "out.bib", "bibtex")
    text = (tmp_path / "out.bib").read_text("utf-8")
    assert re.findall("^@misc{(.+),$", text, re.MULTILINE) == ["lovelace2024diffusion", "anonymous2024plain"]
    assert "  title = {{Diffusion of models}},\n  author = {Ada Lovelace and 김 수학},\n  year = {2024},\n" in text
    export_whole(root, tmp_path / "out.ris", "ris")
    assert (tmp_path / "out.ris").read_bytes().count(b"TY  - UNPB\r\n") == 2


def test_a_new_day_changes_no_entry_of_earlier_days(tmp_path: Path) -> None:
    texts = []
    for number in range(3):
        paper = make_paper(id=f"2402.0000{number}", title="Rivers", authors=("Ada Lovelace",))
        store_day(tmp_path / "docs", DATE + dt.timedelta(days=number), paper)
        export_whole(tmp_path / "docs", tmp_path / "out.bib", "bibtex")
        texts.append((tmp_path / "out.bib").read_text("utf-8"))
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    keys = re.findall("^@misc{(.+),$", texts[-1], re.MULTILINE)
    assert keys == ["lovelace2024rivers", "lovelace2024rivers-2", "lovelace2024rivers-3"]


def test_all_authors_are_cited_except_names_without_letters() -> None:
    authors = (*(f"Author {number}" for number in range(300)), "+", "n" * 500)
    cited = cite(make_paper(id="2402.00001", title="t", authors=authors), DATE)
    assert cited.authors[:300] == authors[:300]
    assert cited.authors[300:] == ("n" * 79 + "…",)


def test_a_paper_outside_arxiv_has_no_doi_and_no_unsafe_address() -> None:
    cited = cite(make_paper(id="x-0123456789ab", title="t", project_page="javascript:alert(1)"), DATE)
    assert (cited.url, cited.doi, cited.date) == ("", "", "2024-03-01")
    assert "eprint" not in bibtex_entry(cited, "key")
    assert "arXiv" not in ris_record(cited)


@pytest.mark.fault(30)
def test_no_text_unbalances_an_entry_or_begins_a_line() -> None:
    paper = make_paper(id="x-0123456789ab", title=HOSTILE, authors=(HOSTILE, "Simon and Garfunkel"))
    citation = msgspec.structs.replace(cite(paper, DATE), url=HOSTILE)
    entry = bibtex_entry(citation, citation_key(citation, set()))
    assert entry.count("{") == entry.count("}")
    depth = 0
    for sign in entry:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert all(re.match(r"@misc{[a-z0-9-]{1,120},$|  [a-z]+ = {.*},$|}$", line) for line in entry.splitlines())
    lines = ris_record(citation).split("\r\n")
    assert all(line == "" or re.match(r"[A-Z][A-Z0-9]  - [^\r\n]*$", line) for line in lines)


def test_a_ris_export_without_papers_can_be_replaced(tmp_path: Path) -> None:
    store_day(tmp_path / "archive", dt.date(2024, 3, 1))
    for _ in range(2):
        assert export_whole(tmp_path / "archive", tmp_path / "out.ris", "ris").written == 1
