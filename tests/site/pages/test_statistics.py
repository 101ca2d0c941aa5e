"""Statistics page: each chart has a name and a table with its numbers, and the same archive gives the same bytes."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.statistics import MIN_PAPERS, compute_statistics
from daily_papers.model.dates import add_months
from daily_papers.model.records import Organization, Paper
from daily_papers.site.pages import statistics
from tests.factories import LANGUAGES, module_pages, site_context
from tests.html import HOSTILE, parse_page
from tests.index.test_statistics import CODE, KAIST, NVIDIA, SMALL, VIDEO, index_of, paper
from tests.sites import REPOSITORY


def page_of(index: ArchiveIndex, *languages: str) -> str:
    (page,) = module_pages(statistics, site_context(index, languages=languages or LANGUAGES)).values()
    return page.render()


def with_topics() -> ArchiveIndex:
    """Return an index for which every part of the page has content."""
    days: dict[str, list[Paper]] = {}
    topics: dict[str, tuple[str, ...]] = {}
    spans = (
        ("2025-07-15", 1, "agents", NVIDIA),
        ("2025-09-15", 150, "agents", NVIDIA),
        ("2026-06-15", 120, "images", KAIST),
        ("2026-07-15", 30, "agents", KAIST),
    )
    for date, count, slug, organization in spans:
        papers = [paper(len(topics) + n, n, organization=organization, github=CODE) for n in range(count)]
        topics |= {each.id: (slug,) for each in papers}
        days[date] = papers
    days["2026-08-03"] = [paper(900, 3, media=(VIDEO,))]
    return index_of(days, topics)


def cells(table: LexborNode) -> list[list[str]]:
    rows = table.css("tbody tr")
    return [[" ".join(cell.text().split()) for cell in row.css("th, td")] for row in rows]


class TestPage:
    def test_the_table_of_each_chart_contains_its_numbers(self) -> None:
        index = with_topics()
        stats = compute_statistics(index)
        months, media, weekdays, topics, of_all_time, of_year = map(
            cells, parse_page(page_of(index, "en")).css("table")
        )
        assert months[0] == ["August 2026", "1", "1", "3", "1.0", "3.0"]
        assert [row[2] for row in months] == [f"{month.papers:,}" for month in reversed(stats.months)]
        assert [row[3] for row in months] == [f"{month.votes:,}" for month in reversed(stats.months)]
        assert media[0] == ["August 2026", "1", "0", "0.0%", "1", "100.0%"]
        assert media[-1] == ["July 2025", "1", "1", "100.0%", "–", "–"]
        assert weekdays == [
            ["Monday", "3", "271", "18,318", "90.3", "6,106.0"],
            ["Tuesday", "1", "1", "0", "1.0", "0.0"],
            ["Wednesday", "1", "30", "435", "30.0", "435.0"],
        ]
        assert topics == [
            ["Images", "0", "0.0%", "120", "80.0%", "+80.0"],
            ["Agents", "151", "100.0%", "30", "20.0%", "−80.0"],
            ["Papers with a topic", "151", "", "150", "", ""],
        ]
        assert of_all_time == [
            ["NVIDIA", "151", "11,175"],
            ["KAIST-AI", "150", "7,575"],
            ["Papers with an organization, 15 July 2025 to 3 August 2026", "301 / 302", ""],
        ]
        assert of_year == [
            ["NVIDIA", "150", "11,175"],
            ["KAIST-AI", "150", "7,575"],
            ["Papers with an organization, 4 August 2025 to 3 August 2026", "300 / 301", ""],
        ]

    def test_a_topic_s_row_has_both_shares_and_a_link_to_its_page(self) -> None:
        page = parse_page(page_of(with_topics(), "en"))
        rows = [" ".join(row.text().split()) for row in page.css(".dp-bars li")]
        assert "Images 0.0% → 80.0%" in rows
        assert "Agents 100.0% → 20.0%" in rows
        assert page.css_first('.dp-bars a[href="../topics/images/"]')
        assert page.css_first('.dp-bars a[href="../orgs/nvidia/"]')

    def test_every_chart_has_a_name_and_every_table_headers_for_its_columns_and_rows(self) -> None:
        page = parse_page(page_of(with_topics()))
        assert len(page.css("svg")) >= 8
        for chart in page.css("svg"):
            assert chart.attributes["role"] == "img"
            assert chart.attributes["aria-label"]
            assert chart.attributes["viewBox"]
            assert "width" not in chart.attributes
        for table in page.css("details table"):
            assert all(cell.attributes["scope"] == "col" for cell in table.css("thead th"))
            assert len(table.css("tbody tr")) == len(table.css('tbody th[scope="row"]'))

    def test_charts_contain_shapes_and_numbers_only(self) -> None:
        page = LexborHTMLParser(page_of(with_topics()))
        for node in page.css("svg *"):
            assert node.tag in {"g", "rect", "path", "circle", "text", "title"}
            assert set(node.attributes) <= {"d", "x", "y", "width", "height", "cx", "cy", "r", "class"}
        texts = " ".join(node.text() for node in page.css("svg text, svg title"))
        assert texts
        assert not set(texts) - set("0123456789 -:,.%")

    def test_a_hostile_name_stays_text(self) -> None:
        papers = [paper(n, organization=Organization(name=f"o{n}", fullname=text)) for n, text in enumerate(HOSTILE)]
        page = LexborHTMLParser(page_of(index_of({"2026-06-15": papers, "2026-07-15": [paper(90)]})))
        names = [node.text() for node in page.css(".dp-bars a")]
        assert set(HOSTILE) <= set(names)
        assert not page.css("script, img, [onload], [onerror], [onmouseover]")

    @pytest.mark.parametrize(
        "days", [{}, {"2026-07-15": [paper(1)], "2026-07-16": [paper(2)]}], ids=["none", "one month"]
    )
    def test_an_archive_of_fewer_than_two_months_has_a_notice_and_links(self, days: dict[str, list[Paper]]) -> None:
        page = parse_page(page_of(index_of(days), "en"))
        assert [title.text() for title in page.css(".dp-notice h2")] == ["Too little to compare yet"]
        assert not page.css("svg, table")
        assert [link.attributes["href"] for link in page.css(".dp-links-nav a")] == ["../archive/", "../status/"]

    def test_without_topics_the_page_states_what_a_comparison_needs(self) -> None:
        page = parse_page(page_of(SMALL, "en"))
        assert f"needs {MIN_PAPERS} papers with a topic" in page.text()
        bare = parse_page(page_of(index_of({"2026-06-15": [paper(1)], "2026-07-15": [paper(2)]}), "en"))
        assert "Most listed organizations" not in bare.text()

    def test_the_same_archive_gives_the_same_bytes_in_any_process(self) -> None:
        program = (
            "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1:];"
            "from tests.site.pages.test_statistics import page_of, with_topics;"
            "sys.stdout.write(page_of(with_topics()))"
        )
        pages = [
            subprocess.run(
                [sys.executable, "-c", program, str(REPOSITORY)],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=True,
            ).stdout
            for seed in ("1", "2")
        ]
        assert pages[0] == pages[1] == page_of(with_topics())


def test_the_x_axis_names_years_at_their_january_or_the_ends_of_a_short_span() -> None:
    many = [add_months(dt.date(2010, 3, 1), n) for n in range(200)]
    ticks = statistics.ticks(many)
    assert all(month.month == 1 and text == str(month.year) for month, text in ticks.items())
    assert 5 <= len(ticks) <= 9
    assert statistics.ticks(many[:4]) == {many[0]: "2010-03", many[3]: "2010-06"}
