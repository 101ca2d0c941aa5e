"""The home page: the newest day's best papers, the calendar of its year, and links to the rest."""

from __future__ import annotations

from pathlib import Path

from tests.factories import DATE, make_day, make_index, make_paper, render_archive, render_home, site_context
from tests.html import only, parse_page, text_of
from tests.site.pages.sample_archive import pages_of, rendered, store_vote_gain, targets


def test_home_has_the_first_five_papers_of_the_newest_day_and_a_link_to_all() -> None:
    day = make_day(DATE, *(make_paper(number, votes=number) for number in range(7)))
    page = parse_page(render_home(site_context(make_index(day), languages=["en"])))
    assert [node.attributes["id"] for node in page.css("article")] == [f"2607.0000{n}" for n in (6, 5, 4, 3, 2)]
    rest = only(page, ".dp-all")
    assert (rest.text(), rest.attributes["href"]) == ("See all 7 papers of this day", "./2024/03/01/")
    assert page.css(".dp-title span a")[0].attributes["href"] == "./p/2607.00006/"
    assert only(page, ".dp-wide").text() == "Friday 1 March 2024"
    assert len(page.css("section.dp-year")) == 1


def test_an_empty_archive_has_a_home_page_and_an_archive_page() -> None:
    site = site_context(languages=["en"])
    assert only(parse_page(render_home(site)), "h1").text() == "The archive is still empty"
    assert "No day is stored yet" in render_archive(site)


def test_home_has_the_best_papers_of_the_month_and_links_to_other_pages(archive: Path) -> None:
    page = rendered(pages_of(archive)["index"])
    assert [row.attributes["data-id"] for row in page.css(".dp-rows tbody tr")] == ["2501.02001", "2501.02000"]
    assert targets(page, "section h2 a", "index") == ["2025/01/", "2025/"]
    assert targets(page, ".dp-links-nav a", "index")[-4:] == ["top/", "topics/", "authors/", "archive/"]


def test_home_has_rising_papers_only_with_vote_history(archive: Path) -> None:
    assert not rendered(pages_of(archive)["index"]).css("#risen")
    store_vote_gain(archive)
    page = rendered(pages_of(archive)["index"])
    assert text_of(page, "#risen").startswith("Rising this week")
    assert [row.attributes["data-id"] for row in page.css(".dp-ranking")[0].css("tbody tr")] == ["2501.02000"]
