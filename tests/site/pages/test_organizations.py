"""Pages of organizations: one for each that a day links, with its best and newest papers and its topics."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.organizations import organization_slug
from daily_papers.model.records import Organization
from daily_papers.site.page import SitePage
from daily_papers.site.pages import organizations
from tests.bundled import bundled_index, reversed_index
from tests.factories import make_day, make_index, make_paper, module_pages, site_context
from tests.html import HOSTILE, parse_page

DATE = dt.date(2024, 2, 29)


def pages_of(index: ArchiveIndex) -> dict[str, SitePage]:
    return module_pages(organizations, site_context(index))


def test_every_organization_that_a_day_links_has_its_page() -> None:
    index = bundled_index()
    names = {listing.paper.organization.name for listing in index.primary_listings if listing.paper.organization}
    assert {f"orgs/{organization_slug(name)}.md" for name in names} | {"orgs.md"} == set(pages_of(index))


def test_a_page_lists_the_best_and_the_newest_papers() -> None:
    organization = Organization(name="Org", fullname="The Org")
    day = make_day(DATE, *(make_paper(number, votes=number, organization=organization) for number in range(60)))
    page = parse_page(pages_of(make_index(day))["orgs/org.md"].render())
    best, newest = ([row.attributes["data-id"] for row in table.css("tr[data-id]")] for table in page.css("table"))
    assert best == [f"2607.{number:05}" for number in range(59, 49, -1)]
    assert len(newest) == organizations.NEWEST
    assert page.css_first('a[href="https://huggingface.co/Org"]')


def test_a_few_papers_are_listed_once() -> None:
    day = make_day(DATE, make_paper(1, votes=1, organization=Organization(name="Org", fullname="The Org")))
    assert len(parse_page(pages_of(make_index(day))["orgs/org.md"].render()).css("table")) == 1


def test_a_page_lists_the_most_frequent_topics_first() -> None:
    organization = Organization(name="org")
    index = make_index(
        make_day(DATE, make_paper(1, organization=organization), make_paper(2, organization=organization)),
        topics={"2607.00001": ("agents", "vision"), "2607.00002": ("vision",)},
        topic_names={slug: {"en": slug.title(), "ko": slug} for slug in ("agents", "vision", "audio")},
    )
    page = parse_page(pages_of(index)["orgs/org.md"].render())
    assert [link.attributes["href"] for link in page.css(".dp-topics a")] == [
        "../../topics/vision/",
        "../../topics/agents/",
    ]


def test_the_list_of_all_is_sorted_by_papers_and_by_name() -> None:
    named = [Organization(name=name) for name in ("zeta", "alpha", "Beta")]
    day = make_day(DATE, *(make_paper(number, organization=named[min(number, 2)]) for number in range(4)))
    page = parse_page(pages_of(make_index(day))["orgs.md"].render())
    names = {table.attributes["id"]: [link.text() for link in table.css("th a")] for table in page.css("table")}
    assert names == {"orgs-by-papers": ["Beta", "alpha", "zeta"], "orgs-by-name": ["alpha", "Beta", "zeta"]}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text: str) -> None:
    paper = make_paper(authors=(text,), organization=Organization(name=text, fullname=text))
    for page in pages_of(make_index(make_day(DATE, paper))).values():
        tree = parse_page(page.render())
        assert not tree.css("script, img, svg"), page.source
        assert text.split()[0] in "".join(root.text() for root in tree.css(".dp"))
        assert not [link for link in tree.css("a") if "javascript:" in (link.attributes["href"] or "")]


def test_the_same_archive_gives_the_same_pages() -> None:
    pages, others = pages_of(bundled_index()), pages_of(reversed_index())
    assert list(pages) == list(others)
    for source in itertools.islice(pages, 20):
        assert pages[source].render() == others[source].render()


def test_an_empty_archive_has_an_empty_list() -> None:
    for page in pages_of(ArchiveIndex()).values():
        assert parse_page(page.render()).css_first("h1")
