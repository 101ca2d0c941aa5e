"""The authors page and its lists of names, which scripts load."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Organization
from daily_papers.site.page import SitePage
from daily_papers.site.pages import authors
from tests.bundled import bundled_index, reversed_index
from tests.factories import make_day, make_index, make_paper, module_files, module_pages, site_context
from tests.html import HOSTILE, parse_page

DATE = dt.date(2024, 2, 29)


def page_of(index: ArchiveIndex) -> SitePage:
    (page,) = module_pages(authors, site_context(index)).values()
    return page


def files_of(index: ArchiveIndex) -> dict[str, bytes]:
    return module_files(authors, site_context(index))


def test_without_scripts_the_page_explains_what_it_needs_and_lists_the_most_listed_names() -> None:
    day = make_day(DATE, make_paper(1, authors=("A B", "C D")), make_paper(2, authors=("C D",)))
    page = parse_page(page_of(make_index(day)).render())
    assert page.css_first("noscript p")
    assert [item.text(strip=True) for item in page.css(".dp-most-listed li")] == ["C D2", "A B1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text: str) -> None:
    paper = make_paper(authors=(text,), organization=Organization(name=text, fullname=text))
    page = page_of(make_index(make_day(DATE, paper)))
    tree = parse_page(page.render())
    assert not tree.css("script, img, svg")
    assert text.split()[0] in "".join(root.text() for root in tree.css(".dp"))
    assert not [link for link in tree.css("a") if "javascript:" in (link.attributes["href"] or "")]


def test_the_index_contains_every_list_of_names_and_its_size() -> None:
    files = files_of(bundled_index())
    index = json.loads(files.pop("authors/names.json"))
    assert {f"authors/{authors.list_file(key)}": size for key, size in index.items()} == {
        name: len(content) for name, content in files.items()
    }
    assert max(index.values()) < 150_000


def test_file_names_are_safe_whatever_the_names_begin_with() -> None:
    names = ("王小明", "../../etc", "Ǆ \u0600x", "con aux", "%2e", "😀", "ⅷ")
    for name in files_of(make_index(make_day(DATE, make_paper(authors=names)))):
        assert set(name.removeprefix("authors/")) <= set("abcdefghijklmnopqrstuvwxyz0123456789-."), name


def test_the_same_archive_gives_the_same_page_and_files() -> None:
    assert page_of(bundled_index()).source == page_of(reversed_index()).source
    assert page_of(bundled_index()).render() == page_of(reversed_index()).render()
    assert files_of(bundled_index()) == files_of(reversed_index())


def test_an_empty_archive_has_a_page_and_an_empty_index() -> None:
    assert parse_page(page_of(ArchiveIndex()).render()).css_first("h1")
    assert list(files_of(ArchiveIndex())) == ["authors/names.json"]
