"""The page that redirects from a paper's id to the paper on its date."""

from __future__ import annotations

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.site.data import month_files
from daily_papers.site.page import SitePage
from daily_papers.site.pages import paper_redirect
from tests.bundled import bundled_index, reversed_index
from tests.factories import module_files, module_pages, site_context
from tests.html import parse_page


def page_of(index: ArchiveIndex) -> SitePage:
    (page,) = module_pages(paper_redirect, site_context(index)).values()
    return page


def test_without_scripts_the_page_explains_how_to_find_a_paper() -> None:
    page = parse_page(page_of(bundled_index()).render())
    assert page.css_first("noscript p")
    assert page.css_first('.dp-links-nav a[href="../archive/"]')


def test_the_page_names_every_file_of_listings() -> None:
    page = parse_page(page_of(bundled_index()).render())
    files = {
        name.removeprefix("p/").removesuffix(".json")
        for name in module_files(month_files, site_context(bundled_index()))
        if name.startswith("p/")
    }
    assert [(element.attributes["data-files"] or "").split() for element in page.css("dp-paper-redirect")] == [
        sorted(files)
    ]


def test_the_same_archive_gives_the_same_page() -> None:
    assert page_of(bundled_index()).source == page_of(reversed_index()).source
    assert page_of(bundled_index()).render() == page_of(reversed_index()).render()


def test_an_empty_archive_has_the_page_too() -> None:
    assert parse_page(page_of(ArchiveIndex()).render()).css_first("h1")
