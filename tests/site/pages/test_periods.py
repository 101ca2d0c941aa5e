"""Years, months, weeks and rankings as pages: which there are, how they hang together, and what a night changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import urljoin

import pytest
from daily_papers.site.renderer import Renderer
from selectolax.lexbor import LexborHTMLParser, LexborNode

from daily_papers.archive.day_files import write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.index.day_summary import DaySummary
from daily_papers.model.records import Day, Paper
from daily_papers.site.page import SitePage
from daily_papers.site.pages.periods import PAPERS, make_month, make_periods
from daily_papers.site.site import Site
from daily_papers.site.urls import Urls
from tests.site.test_site import parse

FRIDAY = dt.date(2024, 3, 1)


def a_day(date: dt.date, *votes: int, prefix: str = "") -> Day:
    """A day whose papers are named by their date and place."""
    papers = (
        Paper(
            id=f"{date:%y%m}.{date.day:02}{number:03}",
            title=f"{prefix}Paper {number} of {date}",
            votes=count,
            vote_history=((date, count),),
        )
        for number, count in enumerate(votes)
    )
    return Day(date=date, source="huggingface", papers=tuple(papers))


def pages_of(root: Path, since: dt.date | None = None, urls: Urls | None = None) -> dict[str, SitePage]:
    """Return the pages of the archive below `root` by their source, without `.md`."""
    places = urls or Urls()
    draw = Renderer(languages=["en", "ko"], urls=places, media_hosts=())
    site = Site(root, urls=places, renderer=draw, languages=["en", "ko"], since=since)
    return {page.source.removesuffix(".md"): page for page in site.pages()}


def drawn(page: SitePage) -> LexborHTMLParser:
    return parse(page.render())


def text(node: LexborHTMLParser | LexborNode, selector: str) -> str:
    found = node.css(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return " ".join(found[0].text().split())


def ways(page: LexborHTMLParser, selector: str, source: str) -> list[str]:
    """Return where the links that `selector` names lead, from the site's root."""
    here = f"https://papers.example/{source}/" if source != "index" else "https://papers.example/"
    return [
        urljoin(here, node.attributes["href"] or "").removeprefix("https://papers.example/")
        for node in page.css(selector)
    ]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Days around a year's end, with gaps between months and years."""
    for date, votes in (
        (dt.date(2023, 5, 4), (7,)),
        (dt.date(2024, 2, 29), (30, 20)),
        (FRIDAY, (51, 12, 40)),
        (dt.date(2024, 12, 27), (3,)),
        (dt.date(2024, 12, 30), (4,)),
        (dt.date(2025, 1, 2), (5, 9)),
    ):
        write_day(tmp_path, a_day(date, *votes))
    write_ledger(tmp_path, {dt.date(2024, 3, 4): LedgerEntry("failed", "no answer")})
    return tmp_path


class TestWhichThereAre:
    def test_each_year_month_and_week_that_holds_a_date_with_a_page(self, archive: Path) -> None:
        periods = [source for source in pages_of(archive, since=dt.date(2023, 1, 1)) if source[:4].isdigit()]
        assert [source for source in periods if len(source) < 10] == [
            *("2023", "2024", "2025"),
            *("2023/05", "2024/02", "2024/03", "2024/12", "2025/01"),
            *("2023/w18", "2024/w09", "2024/w10", "2024/w52", "2025/w01"),
        ]

    def test_a_week_belongs_to_its_iso_year(self, archive: Path) -> None:
        pages = pages_of(archive)
        page = drawn(pages["2025/w01"])
        assert pages["2025/w01"].title == "Week 1, 2025"
        assert ways(page, ".dp-days th > a", "2025/w01") == ["2024/12/30/", "2025/01/02/"]
        assert ways(page, ".dp-breadcrumbs a", "2025/w01") == ["2025/", "2024/12/", "2025/01/"]
        assert ways(drawn(pages["2024/12/30"]), ".dp-breadcrumbs a", "2024/12/30") == ["2024/12/", "2025/w01/"]

    def test_a_date_that_was_never_asked_for_makes_no_period(self) -> None:
        entries = [DaySummary(FRIDAY, "missing"), DaySummary(dt.date(2024, 3, 2), "weekend")]
        assert make_periods("month", entries) == make_periods("week", entries) == []

    def test_an_empty_archive_has_none_and_top_says_so(self, tmp_path: Path) -> None:
        pages = pages_of(tmp_path)
        assert not any(source[0].isdigit() for source in pages)
        assert "No day has been stored" in text(drawn(pages["top"]), ".dp-notice")


class TestAPeriod:
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
        assert ways(drawn(page), ".dp-head > a", source) == neighbours
        assert page.head().count('rel="prev ') + page.head().count('rel="next ') == len(neighbours)

    def test_its_totals_count_a_paper_of_several_dates_once(self, archive: Path) -> None:
        listed_again = a_day(FRIDAY, 51, 12, 40).papers[0]
        write_day(archive, Day(date=dt.date(2024, 3, 5), source="huggingface", papers=(listed_again,)))
        pages = pages_of(archive)
        for source in ("2024/03", "2024/w09"):
            assert text(drawn(pages[source]), ".dp-head h1 .dp-total").startswith(
                "3 papers · 103 votes" if source == "2024/03" else "5 papers · 153 votes"
            )
        ids = [row.attributes["data-id"] for row in drawn(pages["2024/03"]).css(".dp-rows tbody tr")]
        assert len(ids) == len(set(ids))

    def test_the_top_papers_are_its_own_by_votes_and_no_more_than_are_wanted(self, archive: Path) -> None:
        write_day(archive, a_day(dt.date(2024, 3, 6), *range(60)))
        page = drawn(pages_of(archive)["2024/03"])
        votes = [int(node.text()) for node in page.css(".dp-rows td.dp-count")]
        assert votes == sorted(votes, reverse=True)
        assert votes[:2] == [59, 58]
        assert len(votes) == PAPERS["month"]
        assert not [href for href in ways(page, ".dp-rows a", "2024/03") if not href.startswith("2024/03/")]

    def test_the_ways_lead_down_and_up_again(self, archive: Path) -> None:
        pages = pages_of(archive)
        assert ways(drawn(pages["archive"]), "h2 a", "archive") == ["2025/", "2024/", "2023/"]
        assert ways(drawn(pages["2024"]), "caption a", "2024") == ["2024/02/", "2024/03/", "2024/12/"]
        month = drawn(pages["2024/03"])
        assert ways(month, ".dp-years a", "2024/03") == ["2024/w09/", "2024/w10/"]
        assert ways(month, "dp-calendar td a", "2024/03") == ["2024/03/01/", "2024/03/04/"]
        assert ways(month, ".dp-breadcrumbs a", "2024/03") == ["2024/"]
        assert ways(drawn(pages["2024"]), ".dp-breadcrumbs a", "2024") == ["archive/"]
        for source in ("2024/03/01", "2024/03/04"):  # one with papers, one without
            assert ways(drawn(pages[source]), ".dp-breadcrumbs a", source)[0] == "2024/03/"

    def test_a_month_says_papers_votes_and_state_of_each_day_in_words(self, archive: Path) -> None:
        page = drawn(pages_of(archive, since=dt.date(2024, 1, 1))["2024/03"])
        cells = [" ".join(node.text().split()) for node in page.css(".dp-large-month td > *")]
        assert cells[0] == "1 3 papers 103 votes incomplete"
        assert cells[1] == "2"  # a Saturday
        assert cells[3] == "4 could not be fetched"
        assert cells[4] == "5 not fetched yet"
        assert len(cells) == 31

    def test_every_day_of_a_month_stands_in_its_weekdays_column(self) -> None:
        for month in range(1, 13):
            for week in make_month([DaySummary(dt.date(2024, month, 9), "complete", papers=1)]):
                for column, cell in enumerate(week):
                    assert cell is None or dt.date(2024, month, cell.day).weekday() == column

    def test_a_week_is_a_line_a_day_with_its_best_paper(self, archive: Path) -> None:
        page = drawn(pages_of(archive)["2024/w09"])
        lines = [" ".join(node.text(separator=" ").split()) for node in page.css(".dp-days tbody tr")]
        assert lines == [
            "2 50 Thursday 29 February 2024 best: Paper 0 of 2024-02-29 incomplete",
            "3 103 Friday 1 March 2024 best: Paper 0 of 2024-03-01 incomplete",
        ]

    def test_titles_of_strangers_stay_text(self, archive: Path) -> None:
        write_day(archive, a_day(dt.date(2025, 1, 3), 99, prefix="<script>alert(1)</script>"))
        pages = pages_of(archive)
        for source in ("index", "top", "2025", "2025/01", "2025/w01"):
            assert "<script>alert" not in pages[source].render()
        assert "<script>alert(1)</script>" in pages["2025/01"].description

    def test_addresses_hold_below_a_path_and_without_folders(self, archive: Path) -> None:
        pages = pages_of(archive, urls=Urls("papers", directory_urls=False))
        links = [node.attributes["href"] for node in LexborHTMLParser(pages["papers/2024/03"].render()).css(".dp a")]
        assert "../../papers/2024/w09.html" in links
        assert "../../papers/2024.html" in links


class TestWhatANightChanges:
    def test_a_page_changes_only_with_its_own_days(self, archive: Path) -> None:
        before = {source: page.render() for source, page in pages_of(archive).items()}
        write_day(archive, a_day(dt.date(2025, 1, 3), 500, 1))
        after = {source: page.render() for source, page in pages_of(archive).items()}
        assert {source for source in before if before[source] != after[source]} == {
            *("index", "archive", "library", "status", "stats", "top", "2025", "2025/01", "2025/w01", "2025/01/02"),
        }

    def test_it_says_when_its_own_days_last_changed(self, archive: Path) -> None:
        pages = pages_of(archive)
        assert pages["2024/03"].changed == FRIDAY
        assert pages["2024"].changed == dt.date(2024, 12, 30)
        assert pages["2024/w10"].changed is None  # it holds a date that could not be fetched, and no other


class TestTop:
    def test_every_span_counts_from_the_newest_day_and_leads_to_its_page(self, archive: Path) -> None:
        page = drawn(pages_of(archive)["top"])
        sections = [node.attributes["id"] for node in page.css("section h2")]
        assert sections == ["today", "week", "month", "year", "all", "rising", "late"]
        assert ways(page, "nav a", "top") == [f"top/#{name}" for name in sections]
        assert ways(page, "section h2 a", "top") == ["2025/01/02/", "2025/w01/", "2025/01/", "2025/", "archive/"]
        papers = [
            [row.attributes["data-id"] for row in section.css("tbody tr")] for section in page.css("section.dp-ranking")
        ]
        assert papers[0] == ["2501.02001", "2501.02000"]
        assert papers[1] == ["2501.02001", "2501.02000", "2412.30000"]
        assert papers[2] == papers[3] == papers[0]
        assert papers[4][:3] == ["2403.01000", "2403.01002", "2402.29000"]

    def test_each_ranking_has_the_sentence_of_its_formula(self, archive: Path) -> None:
        sections = drawn(pages_of(archive)["top"]).css("section.dp-ranking")
        sentences = [text(section, ".dp-formula") for section in sections]
        assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in sentences)
        assert len(set(sentences)) == 3

    def test_without_a_history_it_says_why_nothing_rises(self, archive: Path) -> None:
        page = drawn(pages_of(archive)["top"])
        assert ["read only once" in node.text() for node in page.css(".dp-no-data")] == [True, True]

    def test_with_one_it_says_what_was_gained(self, archive: Path) -> None:
        _rise(archive)
        page = drawn(pages_of(archive)["top"])
        rising, late = page.css("section.dp-ranking")[-2:]
        assert [" ".join(node.text().split()) for node in rising.css("td.dp-count")] == ["40", "+30"]
        assert "up to 4 January 2025" in text(rising, ".dp-formula")
        assert "No paper is known" in text(late, ".dp-no-data")


class TestHome:
    def test_it_has_the_best_of_the_month_and_the_ways_on(self, archive: Path) -> None:
        page = drawn(pages_of(archive)["index"])
        assert [row.attributes["data-id"] for row in page.css(".dp-rows tbody tr")] == ["2501.02001", "2501.02000"]
        assert ways(page, "section h2 a", "index") == ["2025/01/", "2025/"]
        assert ways(page, ".dp-links-nav a", "index")[-4:] == ["top/", "topics/", "authors/", "archive/"]

    def test_what_rose_stands_there_only_where_something_is_known(self, archive: Path) -> None:
        assert not drawn(pages_of(archive)["index"]).css("#risen")
        _rise(archive)
        page = drawn(pages_of(archive)["index"])
        assert text(page, "#risen").startswith("Rising this week")
        assert [row.attributes["data-id"] for row in page.css(".dp-ranking")[0].css("tbody tr")] == ["2501.02000"]


def _rise(archive: Path) -> None:
    """Let a paper of the newest day gain 30 votes in two nights."""
    history = ((dt.date(2025, 1, 2), 10), (dt.date(2025, 1, 4), 40))
    paper = Paper(id="2501.02000", title="t", votes=40, vote_history=history)
    write_day(archive, Day(date=dt.date(2025, 1, 2), source="huggingface", papers=(paper,)))
