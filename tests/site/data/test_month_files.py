"""Data files for scripts: the papers of each month, and the dates of each paper."""

from __future__ import annotations

import datetime as dt
import json

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Github, Organization
from daily_papers.site.data import month_files
from daily_papers.site.urls import Urls
from tests.bundled import bundled_index, reversed_index
from tests.factories import make_day, make_index, make_paper, module_files, site_context

FIRST, SECOND = dt.date(2024, 2, 29), dt.date(2024, 3, 1)


def files_of(index: ArchiveIndex, urls: Urls | None = None) -> dict[str, bytes]:
    return module_files(month_files, site_context(index, urls=urls))


def test_a_month_s_file_has_each_paper_counted_in_it_without_absent_fields() -> None:
    complete = make_paper(
        1, authors=("A B",), votes=3, organization=Organization(name="Org"), github=Github(url="https://github.com/a/b")
    )
    index = make_index(
        make_day(FIRST, complete, make_paper(2, votes=1)),
        make_day(SECOND, make_paper(2, votes=9)),
        topics={"2607.00001": ("agents", "code")},
    )
    files = files_of(index, Urls("papers"))
    assert json.loads(files["papers/2024/02.json"]) == {
        "papers": [
            {
                "id": "2607.00001",
                "date": "2024-02-29",
                "title": "Paper 1",
                "authors": ["A B"],
                "votes": 3,
                "topics": ["agents", "code"],
                "org": "org",
                "code": True,
            }
        ]
    }
    assert json.loads(files["papers/2024/03.json"]) == {
        "papers": [{"id": "2607.00002", "date": "2024-03-01", "title": "Paper 2", "votes": 9}]
    }


def test_every_date_of_a_paper_is_in_the_file_of_its_id_newest_first() -> None:
    old_style, not_on_arxiv = make_paper(id="hep-th/9901001"), make_paper(id="x-0123456789ab")
    days = [make_day(FIRST, make_paper(2, votes=9), old_style), make_day(SECOND, make_paper(2), not_on_arxiv)]
    files = files_of(make_index(*days))
    listings = {name: json.loads(content) for name, content in files.items() if name.startswith("p/")}
    assert listings == {
        "p/2607.json": {"2607.00002": ["2024-03-01", "2024-02-29"]},
        "p/old.json": {"hep-th/9901001": ["2024-02-29"]},
        "p/x-0.json": {"x-0123456789ab": ["2024-03-01"]},
    }


def test_the_same_archive_gives_the_same_files() -> None:
    assert files_of(bundled_index()) == files_of(reversed_index())


def test_an_empty_archive_has_no_files() -> None:
    assert files_of(ArchiveIndex()) == {}
