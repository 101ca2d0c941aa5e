"""The rankings page (/top/): best papers by span, rising papers and late bloomers."""

from __future__ import annotations

from pathlib import Path

from tests.html import text_of
from tests.site.pages.sample_archive import pages_of, rendered, store_vote_gain, targets


def test_every_span_ends_on_the_newest_day_and_links_to_its_page(archive: Path) -> None:
    page = rendered(pages_of(archive)["top"])
    sections = [node.attributes["id"] for node in page.css("section h2")]
    assert sections == ["today", "week", "month", "year", "all", "rising", "late"]
    assert targets(page, "nav a", "top") == [f"top/#{name}" for name in sections]
    assert targets(page, "section h2 a", "top") == ["2025/01/02/", "2025/w01/", "2025/01/", "2025/", "archive/"]
    papers = [
        [row.attributes["data-id"] for row in section.css("tbody tr")] for section in page.css("section.dp-ranking")
    ]
    assert papers[0] == ["2501.02001", "2501.02000"]
    assert papers[1] == ["2501.02001", "2501.02000", "2412.30000"]
    assert papers[2] == papers[3] == papers[0]
    assert papers[4][:3] == ["2403.01000", "2403.01002", "2402.29000"]


def test_each_ranking_explains_its_formula_in_one_sentence(archive: Path) -> None:
    sections = rendered(pages_of(archive)["top"]).css("section.dp-ranking")
    sentences = [text_of(section, ".dp-formula") for section in sections]
    assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in sentences)
    assert len(set(sentences)) == 3


def test_without_vote_history_the_page_explains_the_missing_rankings(archive: Path) -> None:
    page = rendered(pages_of(archive)["top"])
    assert ["read only once" in node.text() for node in page.css(".dp-no-data")] == [True, True]


def test_with_vote_history_the_page_has_the_votes_gained(archive: Path) -> None:
    store_vote_gain(archive)
    page = rendered(pages_of(archive)["top"])
    rising, late = page.css("section.dp-ranking")[-2:]
    assert [" ".join(node.text().split()) for node in rising.css("td.dp-count")] == ["40", "+30"]
    assert "up to 4 January 2025" in text_of(rising, ".dp-formula")
    assert "No paper has gained" in text_of(late, ".dp-no-data")
