"""The page of a paper has everything the archive knows of it, and its own metadata for other programs."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Arxiv, Organization, Paper, Summary
from daily_papers.search.records import Shard
from daily_papers.site.pages import paper as paper_page
from daily_papers.site.pages.paper import META_AUTHORS, SHOWN_AUTHORS
from daily_papers.site.urls import Urls
from tests.factories import THUMBNAIL, make_day, make_index, make_paper, site_context
from tests.html import HOSTILE, only, parse_page

DATE = dt.date(2026, 7, 15)
LATER = dt.date(2026, 7, 20)
SITE = "https://papers.example/archive/"


def files_of(index: ArchiveIndex, **settings: Any) -> dict[str, str]:
    """Return each page by its file."""
    context = site_context(index, site_url=SITE, site_name="Papers & more", **settings)
    return {name: html.decode() for group in paper_page.file_groups(context) for name, html in group}


def page_of(paper: Paper, **settings: Any) -> LexborHTMLParser:
    (html,) = files_of(make_index(make_day(DATE, paper)), **settings).values()
    return LexborHTMLParser(html)


def meta_of(page: LexborHTMLParser) -> dict[str, str]:
    named = [{**node.attributes} for node in page.css("meta[content]")]
    return {str(one.get("property") or one.get("name")): str(one["content"]) for one in named}


def test_a_paper_has_one_page_at_its_id_and_an_old_id_a_folder() -> None:
    listed = make_paper(1, votes=3)
    index = make_index(make_day(DATE, listed, make_paper(id="hep-th/9901001")), make_day(LATER, listed))
    assert sorted(files_of(index)) == ["p/2607.00001/index.html", "p/hep-th/9901001/index.html"]
    assert sorted(files_of(index, urls=Urls(directory_urls=False))) == ["p/2607.00001.html", "p/hep-th/9901001.html"]


def test_a_page_shows_every_date_that_listed_the_paper() -> None:
    index = make_index(make_day(DATE, make_paper(1, votes=3)), make_day(LATER, make_paper(1, votes=2)))
    page = LexborHTMLParser(files_of(index)["p/2607.00001/index.html"])
    links = [link.attributes["href"] for link in page.css(".dp-paper-facts a")]
    assert links == ["../../2026/07/15/#2607.00001", "../../2026/07/20/#2607.00001"]


def test_every_author_is_a_link_to_the_papers_under_that_name() -> None:
    names = tuple(f"Ada Brook {number}" for number in range(SHOWN_AUTHORS + 5))
    page = page_of(make_paper(authors=(*names, "+")))
    links = page.css(".dp-authors a")
    assert [link.text() for link in links] == [*names]
    assert links[0].attributes["href"] == "../../authors/#Ada%20Brook%200"
    assert len(page.css(".dp-authors > a")) == SHOWN_AUTHORS


def test_three_readings_of_votes_give_a_trend_line_and_two_do_not() -> None:
    history = ((DATE, 10), (DATE + dt.timedelta(days=1), 20), (DATE + dt.timedelta(days=4), 30))
    page = page_of(make_paper(votes=30, vote_history=history), languages=["en"])
    assert "10 on 15 July 2026 · 20 on 16 July 2026 · 30 on 19 July 2026" in (page.html or "")
    assert only(page, "svg.dp-trend polyline").attributes["points"] == "1,13 12,8 46,3"
    assert not page_of(make_paper(votes=20, vote_history=history[:2])).css("svg.dp-trend")


def test_all_summaries_and_the_abstract_are_shown() -> None:
    summaries = {
        "ko": Summary(("강은 흐른다.",), by="a-model"),
        "en": Summary(("A river flows.",), by="a-model"),
        "de": Summary(("Ein Fluss fließt.",), by="a-model"),
    }
    page = page_of(make_paper(abstract="Rivers, at length.", summaries=summaries))
    shown = [(one.attributes["lang"], only(one, "li").text().strip()) for one in page.css(".dp-paper-summary")]
    assert shown == [("ko", "강은 흐른다."), ("en", "A river flows."), ("de", "Ein Fluss fließt.")]
    assert only(page, "p.dp-abstract").text() == "Rivers, at length."


def test_a_long_abstract_is_shown_whole_where_there_is_no_summary() -> None:
    abstract = "A sentence on rivers. " * 60
    assert only(page_of(make_paper(abstract=abstract)), "p.dp-abstract").text().split() == abstract.split()


def test_the_head_describes_the_paper() -> None:
    summaries = {"ko": Summary(("**강**: 강은 흐른다.", "바다로 간다."), by="a-model")}
    arxiv = Arxiv(primary_category="cs.CL", doi="10.1000/rivers")
    paper = make_paper(
        title='On "rivers"', authors=("Ada Brook", "Ben Ford"), thumbnail=THUMBNAIL, summaries=summaries, arxiv=arxiv
    )
    page = page_of(paper)
    assert only(page, "title").text() == 'On "rivers" · Papers & more'
    assert only(page, "link[rel=canonical]").attributes["href"] == f"{SITE}p/2607.00001/"
    meta = meta_of(page)
    assert meta["description"] == meta["og:description"] == "강은 흐른다. 바다로 간다."
    assert (meta["og:title"], meta["og:image"]) == ('On "rivers"', THUMBNAIL)
    assert meta["og:url"] == f"{SITE}p/2607.00001/"
    assert meta["citation_title"] == 'On "rivers"'
    assert [node.attributes["content"] for node in page.css("meta[name=citation_author]")] == ["Ada Brook", "Ben Ford"]
    assert (meta["citation_arxiv_id"], meta["citation_doi"]) == ("2607.00001", "10.1000/rivers")
    data = json.loads(only(page, 'script[type="application/ld+json"]').text())
    assert data["@type"] == "ScholarlyArticle"
    assert data["identifier"] == ["arXiv:2607.00001", "doi:10.48550/arXiv.2607.00001", "doi:10.1000/rivers"]
    assert page.css_first("span.Z3988")
    assert "@misc{brook2026rivers" in only(page, ".dp-bibtex pre").text()


def test_the_head_of_a_large_team_is_bounded() -> None:
    page = page_of(make_paper(authors=tuple(f"Ada Brook {number}" for number in range(500))))
    assert len(page.css("meta[name=citation_author]")) == META_AUTHORS


def test_a_paper_of_another_source_has_no_arxiv_identifier() -> None:
    page = page_of(make_paper(id="x-0123456789ab", project_page="https://blog.example/rivers"))
    assert "citation_arxiv_id" not in meta_of(page)
    assert "arxiv.org" not in (only(page, "main").html or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_texts_stay_text(text: str) -> None:
    paper = make_paper(
        title=text,
        authors=(text,),
        abstract=text,
        keywords=(text,),
        organization=Organization(name=text, fullname=text),
        arxiv=Arxiv(categories=(text,), comment=text, journal_ref=text, doi=text),
        summaries={"ko": Summary((text,), by=text)},
    )
    (html,) = files_of(make_index(make_day(DATE, paper))).values()
    page = parse_page(html)
    assert only(page, "h1").text().strip() == text.strip()
    assert {node.attributes.get("type") for node in page.css("script:not([src])")} == {"application/ld+json"}


def test_the_page_needs_no_theme_and_little_html_around_its_content() -> None:
    page = page_of(make_paper(), shards=[Shard("recent", ()), Shard("1", ())])
    assert page.css_first("dp-search-box form")
    assert only(page, "header .dp-site-name").attributes["href"] == "../../"
    assert page.css_first("meta[http-equiv=Content-Security-Policy]")
    for node in page.css("main, title, meta[name], meta[property], link[rel=canonical], script:not([src])"):
        node.decompose()
    frame = re.sub(r"\s*\n\s*", "\n", page.html or "")
    assert len(frame.encode()) <= 2_000


def test_an_archive_without_papers_has_no_page() -> None:
    assert files_of(ArchiveIndex()) == {}
