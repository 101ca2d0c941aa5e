"""The search page and the glossary that it loads; a site without an index has neither."""

from __future__ import annotations

import datetime as dt
import json

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Organization
from daily_papers.search.records import plan_shards
from daily_papers.site.context import SiteContext
from daily_papers.site.pages import search
from daily_papers.site.pages.search import ORGANIZATION_PAPERS, records_of
from tests.factories import THUMBNAIL, make_day, make_index, make_paper, module_files, module_pages, site_context
from tests.html import only, parse_page

FIRST, SECOND = dt.date(2023, 12, 29), dt.date(2024, 3, 1)
NAMES = {"agents": {"en": "Agents", "ko": "에이전트"}, "vision": {"en": "Vision", "ko": "비전"}}
LAB, FEW = Organization("lab", "The Lab"), Organization("few")


def archive_index() -> ArchiveIndex:
    """Return an index in which one organization has enough papers for the filter and another has not."""
    papers = [make_paper(number, organization=LAB) for number in range(ORGANIZATION_PAPERS)]
    return make_index(
        make_day(FIRST, *papers),
        make_day(SECOND, make_paper(90, organization=FEW, thumbnail=THUMBNAIL)),
        topics={"2607.00090": ("agents",)},
        topic_names=NAMES,
    )


def searchable_site() -> SiteContext:
    index = archive_index()
    return site_context(index, languages=["en", "ko"], shards=plan_shards(index.primary_listings, 7))


def test_a_site_without_an_index_has_no_search_page_and_no_glossary() -> None:
    site = site_context(archive_index())
    assert not module_pages(search, site)
    assert not module_files(search, site)


def test_the_page_has_filters_for_years_topics_with_papers_and_large_organizations() -> None:
    (page,) = module_pages(search, searchable_site()).values()
    tree = parse_page(page.render())
    assert [option.text() for option in tree.css("select[name=year] option")][1:] == ["2024", "2023"]
    assert [option.attributes["value"] for option in tree.css("select[name=topic] option")] == ["", "agents"]
    assert [option.text() for option in tree.css("select[name=org] option")][1:] == ["The Lab"]
    assert only(tree, "dp-search-page").attributes["data-shards"] == "1 recent"


def test_the_glossary_is_pairs_of_terms_and_has_the_names_of_topics() -> None:
    files = module_files(search, searchable_site())
    pairs = json.loads(files["search/glossary.json"])
    assert all(len(pair) == 2 for pair in pairs)
    assert ["에이전트", "agent"] in pairs


def test_a_record_has_the_address_of_the_paper_and_its_small_picture() -> None:
    site = searchable_site()
    record = records_of(site, site.index.primary_listings)[-1]
    assert (record.id, record.date, record.organization) == ("2607.00090", SECOND, "few")
    assert "2024/03/01/#2607.00090" in str(record)
    assert THUMBNAIL in str(record)
