"""The pages of years, months, weeks and rankings: which exist, their links, and what a new day changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.index.day_summary import DaySummary
from daily_papers.site.page import SitePage
from daily_papers.site.pages.periods import PAPERS, make_month, make_periods
from daily_papers.site.urls import Urls
from tests.factories import make_day_of_votes, make_paper, site_pages, store_day
from tests.html import parse_page, text_of

FRIDAY = dt.date(2024, 3, 1)


def pages_of(root: Path, **options: Any) -> dict[str, SitePage]:
    return site_pages(root, languages=["en", "ko"], **options)


def rendered(page: SitePage) -> LexborHTMLParser:
    return parse_page(page.render())


def targets(page: LexborHTMLParser, selector: str, source: str) -> list[str]:
    """Return the targets of the links that `selector` matches, relative to the site's root."""
    here = f"https://papers.example/{source}/" if source != "index" else "https://papers.example/"
    return [
        urljoin(here, node.attributes["href"] or "").removeprefix("https://papers.example/")
        for node in page.css(selector)
    ]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with days around the end of a year and gaps between months and years."""
    for date, votes in (
        (dt.date(2023, 5, 4), (7,)),
        (dt.date(2024, 2, 29), (30, 20)),
        (FRIDAY, (51, 12, 40)),
        (dt.date(2024, 12, 27), (3,)),
        (dt.date(2024, 12, 30), (4,)),
        (dt.date(2025, 1, 2), (5, 9)),
    ):
        write_day(tmp_path, make_day_of_votes(date, *votes))
    write_ledger(tmp_path, {dt.date(2024, 3, 4): LedgerEntry("failed", "no answer")})
    return tmp_path


class TestWhichPeriods:
    def test_every_year_month_and_week_with_a_dated_page_has_a_page(self, archive: Path) -> None:
        periods = [source for source in pages_of(archive, since=dt.date(2023, 1, 1)) if source[:4].isdigit()]
        assert [source for source in periods if len(source) < 10] == [
            *("2023", "2024", "2025"),
            *("2023/05", "2024/02", "2024/03", "2024/12", "2025/01"),
            *("2023/w18", "2024/w09", "2024/w10", "2024/w52", "2025/w01"),
        ]

    def test_a_week_belongs_to_its_iso_year(self, archive: Path) -> None:
        pages = pages_of(archive)
        page = rendered(pages["2025/w01"])
        assert pages["2025/w01"].title == "Week 1, 2025"
        assert targets(page, ".dp-days th > a", "2025/w01") == ["2024/12/30/", "2025/01/02/"]
        assert targets(page, ".dp-breadcrumbs a", "2025/w01") == ["2025/", "2024/12/", "2025/01/"]
        assert targets(rendered(pages["2024/12/30"]), ".dp-breadcrumbs a", "2024/12/30") == ["2024/12/", "2025/w01/"]

    def test_a_date_that_was_never_fetched_gives_no_period(self) -> None:
        entries = [DaySummary(FRIDAY, "missing"), DaySummary(dt.date(2024, 3, 2), "weekend")]
        assert make_periods("month", entries) == make_periods("week", entries) == []

    def test_an_empty_archive_has_no_periods_and_a_notice_on_the_rankings_page(self, tmp_path: Path) -> None:
        pages = pages_of(tmp_path)
        assert not any(source[0].isdigit() for source in pages)
        assert "No day is stored yet" in text_of(rendered(pages["top"]), ".dp-notice")


class TestPeriod:
    @pytest.mark.parametrize(
        ("source", "neighbours"),
        [
            ("2023", ["2024/"]),
            ("2024", ["2023/", "2025/"]),
            ("2024/02", ["2023/05/", "2024/03/"]),
            ("2024/03", ["2024/02/", "2024/12/"]),
            ("2025/01", ["2024/12/"]),
            ("2024/w10", ["2024/w09/", "2024/w52/"]),
            ("2025/w01", ["2024/w52/"]),
        ],
    )
    def test_previous_and_next_are_the_nearest_that_have_a_page(
        self, archive: Path, source: str, neighbours: list[str]
    ) -> None:
        page = pages_of(archive)[source]
        assert targets(rendered(page), ".dp-head > a", source) == neighbours
        assert page.head().count('rel="prev ') + page.head().count('rel="next ') == len(neighbours)

    def test_totals_count_a_paper_listed_on_several_dates_once(self, archive: Path) -> None:
        listed_again = make_day_of_votes(FRIDAY, 51, 12, 40).papers[0]
        store_day(archive, dt.date(2024, 3, 5), listed_again)
        pages = pages_of(archive)
        for source in ("2024/03", "2024/w09"):
            assert text_of(rendered(pages[source]), ".dp-head h1 .dp-total").startswith(
                "3 papers · 103 votes" if source == "2024/03" else "5 papers · 153 votes"
            )
        ids = [row.attributes["data-id"] for row in rendered(pages["2024/03"]).css(".dp-rows tbody tr")]
        assert len(ids) == len(set(ids))

    def test_the_top_papers_are_those_of_the_period_by_votes_up_to_a_limit(self, archive: Path) -> None:
        write_day(archive, make_day_of_votes(dt.date(2024, 3, 6), *range(60)))
        page = rendered(pages_of(archive)["2024/03"])
        votes = [int(node.text()) for node in page.css(".dp-rows td.dp-count")]
        assert votes == sorted(votes, reverse=True)
        assert votes[:2] == [59, 58]
        assert len(votes) == PAPERS["month"]
        assert not [href for href in targets(page, ".dp-rows a", "2024/03") if not href.startswith("2024/03/")]

    def test_links_lead_to_shorter_and_to_longer_periods(self, archive: Path) -> None:
        pages = pages_of(archive)
        assert targets(rendered(pages["archive"]), "h2 a", "archive") == ["2025/", "2024/", "2023/"]
        assert targets(rendered(pages["2024"]), "caption a", "2024") == ["2024/02/", "2024/03/", "2024/12/"]
        month = rendered(pages["2024/03"])
        assert targets(month, ".dp-years a", "2024/03") == ["2024/w09/", "2024/w10/"]
        assert targets(month, "dp-calendar td a", "2024/03") == ["2024/03/01/", "2024/03/04/"]
        assert targets(month, ".dp-breadcrumbs a", "2024/03") == ["2024/"]
        assert targets(rendered(pages["2024"]), ".dp-breadcrumbs a", "2024") == ["archive/"]
        for source in ("2024/03/01", "2024/03/04"):  # one with papers, one without
            assert targets(rendered(pages[source]), ".dp-breadcrumbs a", source)[0] == "2024/03/"

    def test_a_month_has_papers_votes_and_state_of_each_day_in_words(self, archive: Path) -> None:
        page = rendered(pages_of(archive, since=dt.date(2024, 1, 1))["2024/03"])
        cells = [" ".join(node.text().split()) for node in page.css(".dp-large-month td > *")]
        assert cells[0] == "1 3 papers 103 votes incomplete"
        assert cells[1] == "2"  # a Saturday
        assert cells[3] == "4 could not be fetched"
        assert cells[4] == "5 not fetched yet"
        assert len(cells) == 31

    def test_every_day_of_a_month_is_in_the_column_of_its_weekday(self) -> None:
        for month in range(1, 13):
            for week in make_month([DaySummary(dt.date(2024, month, 9), "complete", papers=1)]):
                for column, cell in enumerate(week):
                    assert cell is None or dt.date(2024, month, cell.day).weekday() == column

    def test_a_week_has_a_row_per_day_with_its_best_paper(self, archive: Path) -> None:
        page = rendered(pages_of(archive)["2024/w09"])
        lines = [" ".join(node.text(separator=" ").split()) for node in page.css(".dp-days tbody tr")]
        assert lines == [
            "2 50 Thursday 29 February 2024 Top: Paper 0 of 2024-02-29 incomplete",
            "3 103 Friday 1 March 2024 Top: Paper 0 of 2024-03-01 incomplete",
        ]

    def test_hostile_titles_stay_text(self, archive: Path) -> None:
        write_day(archive, make_day_of_votes(dt.date(2025, 1, 3), 99, prefix="<script>alert(1)</script>"))
        pages = pages_of(archive)
        for source in ("index", "top", "2025", "2025/01", "2025/w01"):
            assert "<script>alert" not in pages[source].render()
        assert "<script>alert(1)</script>" in pages["2025/01"].description

    def test_links_are_right_below_a_path_and_without_directory_urls(self, archive: Path) -> None:
        pages = pages_of(archive, urls=Urls("papers", directory_urls=False))
        links = [node.attributes["href"] for node in LexborHTMLParser(pages["papers/2024/03"].render()).css(".dp a")]
        assert "../../papers/2024/w09.html" in links
        assert "../../papers/2024.html" in links


class TestChanges:
    def test_a_new_day_changes_only_the_pages_that_contain_it(self, archive: Path) -> None:
        before = {source: page.render() for source, page in pages_of(archive).items()}
        write_day(archive, make_day_of_votes(dt.date(2025, 1, 3), 500, 1))
        after = {source: page.render() for source, page in pages_of(archive).items()}
        assert {source for source in before if before[source] != after[source]} == {
            *("index", "archive", "library", "status", "stats", "top", "2025", "2025/01", "2025/w01", "2025/01/02"),
        }

    def test_a_period_last_changed_when_one_of_its_days_did(self, archive: Path) -> None:
        pages = pages_of(archive)
        assert pages["2024/03"].changed == FRIDAY
        assert pages["2024"].changed == dt.date(2024, 12, 30)
        assert pages["2024/w10"].changed is None  # its only date could not be fetched


class TestRankings:
    def test_every_span_ends_on_the_newest_day_and_links_to_its_page(self, archive: Path) -> None:
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

    def test_each_ranking_explains_its_formula_in_one_sentence(self, archive: Path) -> None:
        sections = rendered(pages_of(archive)["top"]).css("section.dp-ranking")
        sentences = [text_of(section, ".dp-formula") for section in sections]
        assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in sentences)
        assert len(set(sentences)) == 3

    def test_without_vote_history_the_page_explains_the_missing_rankings(self, archive: Path) -> None:
        page = rendered(pages_of(archive)["top"])
        assert ["read only once" in node.text() for node in page.css(".dp-no-data")] == [True, True]

    def test_with_vote_history_the_page_has_the_votes_gained(self, archive: Path) -> None:
        _rise(archive)
        page = rendered(pages_of(archive)["top"])
        rising, late = page.css("section.dp-ranking")[-2:]
        assert [" ".join(node.text().split()) for node in rising.css("td.dp-count")] == ["40", "+30"]
        assert "up to 4 January 2025" in text_of(rising, ".dp-formula")
        assert "No paper has gained" in text_of(late, ".dp-no-data")


class TestHome:
    def test_home_has_the_best_papers_of_the_month_and_links_to_other_pages(self, archive: Path) -> None:
        page = rendered(pages_of(archive)["index"])
        assert [row.attributes["data-id"] for row in page.css(".dp-rows tbody tr")] == ["2501.02001", "2501.02000"]
        assert targets(page, "section h2 a", "index") == ["2025/01/", "2025/"]
        assert targets(page, ".dp-links-nav a", "index")[-4:] == ["top/", "topics/", "authors/", "archive/"]

    def test_home_has_rising_papers_only_with_vote_history(self, archive: Path) -> None:
        assert not rendered(pages_of(archive)["index"]).css("#risen")
        _rise(archive)
        page = rendered(pages_of(archive)["index"])
        assert text_of(page, "#risen").startswith("Rising this week")
        assert [row.attributes["data-id"] for row in page.css(".dp-ranking")[0].css("tbody tr")] == ["2501.02000"]


def _rise(archive: Path) -> None:
    """Add a reading of votes to the newest day: one of its papers gained 30 votes in two days."""
    history = ((dt.date(2025, 1, 2), 10), (dt.date(2025, 1, 4), 40))
    store_day(archive, dt.date(2025, 1, 2), make_paper(2000, month="2501", votes=40, vote_history=history))
