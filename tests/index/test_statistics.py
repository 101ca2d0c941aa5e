"""The archive in numbers: what is counted, by hand and for any archive, and the page that shows it."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing, find_relisted
from daily_papers.index.statistics import (
    LEAST_OF_TOPIC,
    LEAST_PAPERS,
    MOST_LISTED,
    Stats,
    Trend,
    find_trends,
    is_over,
    make_stats,
    year_before,
)
from daily_papers.model.dates import add_months
from daily_papers.model.records import Day, Github, Media, Organization, Paper
from daily_papers.site.components.charts import Point, draw_bars, draw_line, draw_rows
from daily_papers.site.pages import statistics
from tests import strategies
from tests.factories import LANGUAGES, module_pages, site_context
from tests.html import HOSTILE
from tests.html import parse_page as parse
from tests.sites import REPOSITORY

CODE = Github(url="https://github.com/a/b")
FILM = Media(url="https://cdn-uploads.huggingface.co/a.mp4", kind="video")
PICTURE = Media(url="https://cdn-uploads.huggingface.co/a.png", kind="image")
NVIDIA, KAIST = Organization(name="nvidia", fullname="NVIDIA"), Organization(name="KAIST-AI")


def a_shelf(days: Mapping[str, Iterable[Paper]], topics: Mapping[str, tuple[str, ...]] | None = None) -> ArchiveIndex:
    made = {
        (date := dt.date.fromisoformat(text)): Day(date=date, source="huggingface", papers=tuple(papers))
        for text, papers in days.items()
    }
    names = {slug: {"en": slug.title(), "ko": slug} for slugs in (topics or {}).values() for slug in slugs}
    return ArchiveIndex(days=made, listed=find_relisted(made.values()), topics=topics or {}, topic_names=names)


def paper(number: int, votes: int | None = None, **more: object) -> Paper:
    return Paper(id=f"2601.{number:05}", title=f"Paper {number}", votes=votes, **more)  # type: ignore[arg-type]


SMALL = a_shelf(
    {
        # Friday; 1 is listed again on Monday, with more votes, and counts there.
        "2026-01-30": [paper(1, 4), paper(2, 10), paper(3)],
        "2026-02-02": [paper(1, 5, github=CODE, organization=NVIDIA), paper(4, 3, media=(PICTURE,))],
        "2026-04-03": [paper(5, 7, github=CODE, media=(FILM,), organization=KAIST)],
        "2026-04-06": [paper(6, 1, organization=NVIDIA), paper(7, 2), paper(8, 0, media=(PICTURE, FILM))],
    }
)


class TestNumbers:
    def test_a_month_has_each_paper_once_where_it_counts(self) -> None:
        stats = make_stats(SMALL)
        assert (stats.days, stats.papers, stats.votes) == (4, 8, 28)
        assert [(month.first.month, month.days, month.papers, month.votes) for month in stats.months] == [
            (1, 1, 2, 10),
            (2, 1, 2, 8),
            (3, 0, 0, 0),
            (4, 2, 4, 10),
        ]
        april = stats.months[3]
        assert (april.papers_a_day, april.votes_a_day) == (2.0, 5.0)
        assert (stats.months[2].papers_a_day, stats.months[2].votes_a_day) == (None, None)

    def test_code_and_films_are_shares_of_a_months_papers_from_the_first_one_on(self) -> None:
        months = make_stats(SMALL).months
        assert [month.with_code for month in months] == [None, 1, 0, 1]
        assert [month.code_share for month in months] == [None, 0.5, None, 0.25]
        assert [month.with_video for month in months] == [None, None, None, 2]
        assert [month.video_share for month in months] == [None, None, None, 0.5]

    def test_a_weekday_is_the_mean_of_its_days_that_have_papers(self) -> None:
        monday, friday = make_stats(SMALL).weekdays
        assert (monday.number, monday.days, monday.papers_a_day, monday.votes_a_day) == (0, 2, 2.5, 5.5)
        assert (friday.number, friday.days, friday.papers_a_day, friday.votes_a_day) == (4, 2, 1.5, 8.5)

    @pytest.mark.parametrize(
        ("newest", "over"),
        [("2026-07-30", False), ("2026-07-31", True), ("2026-05-28", False), ("2026-05-29", True)],
    )
    def test_a_month_is_over_with_its_last_weekday(self, newest: str, over: bool) -> None:
        # The 31st of July 2026 is a Friday, that of May a Sunday.
        date = dt.date.fromisoformat(newest)
        assert is_over(date, date) is over
        assert is_over(add_months(date, -1), date)

    def test_organizations_stand_by_papers_then_votes_with_the_name_of_their_newest_paper(self) -> None:
        renamed = Organization(name="NVIDIA", fullname="NVIDIA Research")
        stats = make_stats(
            a_shelf(
                {
                    "2025-07-13": [paper(1, 9, organization=KAIST), paper(2, 9, organization=KAIST)],
                    "2025-07-14": [paper(3, 1, organization=NVIDIA), paper(4, 50)],
                    "2026-07-13": [paper(5, 2, organization=renamed), paper(6, 9, organization=KAIST)],
                }
            )
        )
        ever, of_year = stats.organizations, stats.organizations_of_year
        assert ever
        assert of_year
        assert [(one.title, len(one.papers), one.votes) for one in ever.listed] == [
            ("KAIST-AI", 3, 27),
            ("NVIDIA Research", 2, 3),
        ]
        assert (ever.papers, ever.with_organization) == (6, 5)
        # The year that ends on 2026-07-13 begins on 2025-07-14; there, the same organization by another case is one.
        assert [(one.title, len(one.papers), one.votes) for one in of_year.listed] == [
            ("NVIDIA Research", 2, 3),
            ("KAIST-AI", 1, 9),
        ]
        assert (of_year.first, of_year.papers, of_year.with_organization) == (dt.date(2025, 7, 14), 4, 3)

    def test_a_year_has_365_or_366_days(self) -> None:
        assert year_before(dt.date(2026, 8, 20)) == dt.date(2025, 8, 21)
        assert year_before(dt.date(2024, 2, 29)) == dt.date(2023, 3, 1)
        assert year_before(dt.date(2025, 2, 28)) == dt.date(2024, 2, 29)

    def test_an_empty_archive_has_no_numbers(self) -> None:
        assert make_stats(ArchiveIndex()) == Stats(0, 0, 0, (), (), None, None, None)


class TestTrends:
    NEWEST = dt.date(2026, 8, 5)
    """August is not over: the three full months are May to July, the twelve before begin in May 2025."""

    def spread(
        self, *spans: tuple[str, int, tuple[str, ...]]
    ) -> tuple[list[PrimaryListing], dict[str, tuple[str, ...]]]:
        """Return so many papers with these topics on each date."""
        counted: list[PrimaryListing] = []
        topics = {}
        for date, count, slugs in spans:
            for _ in range(count):
                counted.append(PrimaryListing(dt.date.fromisoformat(date), paper(len(counted))))
                topics[counted[-1].paper.id] = slugs
        return counted, topics

    def test_the_change_is_the_share_in_three_full_months_less_that_in_the_twelve_before(self) -> None:
        counted, topics = self.spread(
            ("2025-04-30", 500, ("agents",)),  # before both
            ("2025-05-01", 100, ("agents",)),
            ("2026-04-30", 300, ("images",)),
            ("2026-05-01", 100, ("agents", "images")),
            ("2026-07-31", 60, ("images",)),
            ("2026-07-31", 40, ("sound",)),
            ("2026-07-31", 1000, ()),  # without a topic
            ("2026-08-03", 500, ("sound",)),  # after both
        )
        trends = find_trends(counted, topics, self.NEWEST)
        assert trends
        assert trends.before == (dt.date(2025, 5, 1), dt.date(2026, 4, 30))
        assert trends.now == (dt.date(2026, 5, 1), dt.date(2026, 7, 31))
        assert (trends.papers_before, trends.papers_now) == (400, 200)
        assert trends.topics == (
            Trend("agents", 100, 100, 0.5, 0.25),
            Trend("sound", 40, 0, 0.2, 0.0),
            Trend("images", 160, 300, 0.8, 0.75),
        )
        assert [trend.slug for trend in trends.rising] == ["agents", "sound", "images"]
        assert trends.falling == ()

    def test_a_topic_of_few_papers_and_a_change_of_less_than_half_a_point_are_no_news(self) -> None:
        counted, topics = self.spread(
            ("2026-01-05", 1000, ("even", "other")),
            ("2026-01-05", LEAST_OF_TOPIC - 2, ("rare",)),
            ("2026-06-05", 1000, ("even", "new")),
            ("2026-06-05", 1, ("rare",)),
        )
        trends = find_trends(counted, topics, self.NEWEST)
        assert trends
        assert [trend.slug for trend in trends.topics] == ["new", "even", "other"]
        # Of 1018 papers 18 were rare: nearly two points, by which what is in all the others gains.
        assert [trend.slug for trend in trends.rising] == ["new", "even"]
        assert [trend.slug for trend in trends.falling] == ["other"]
        counted, topics = self.spread(("2026-01-05", 1000, ("even",)), ("2026-06-05", 1000, ("even",)))
        trends = find_trends(counted, topics, self.NEWEST)
        assert trends
        assert (trends.rising, trends.falling) == ((), ())

    @pytest.mark.parametrize("short", ["2026-01-05", "2026-06-05"])
    def test_a_span_with_too_few_papers_says_nothing(self, short: str) -> None:
        spans = {"2026-01-05": LEAST_PAPERS, "2026-06-05": LEAST_PAPERS}
        assert find_trends(*self.spread(*((date, count, ("a",)) for date, count in spans.items())), self.NEWEST)
        spans[short] -= 1
        assert not find_trends(*self.spread(*((date, count, ("a",)) for date, count in spans.items())), self.NEWEST)

    def test_the_newest_month_counts_once_it_is_over(self) -> None:
        counted, topics = self.spread(("2026-01-05", 100, ("a",)), ("2026-07-31", 100, ("a",)))
        trends = find_trends(counted, topics, dt.date(2026, 7, 31))
        assert trends
        assert trends.now == (dt.date(2026, 5, 1), dt.date(2026, 7, 31))
        assert find_trends(counted, topics, dt.date(2026, 7, 30)) is None


LISTED = st.builds(
    Paper,
    id=strategies.ids,
    title=st.just("t"),
    votes=st.none() | strategies.counts,
    organization=st.sampled_from((None, NVIDIA, KAIST)),
    github=st.sampled_from((None, CODE)),
    media=st.sampled_from(((), (PICTURE,), (PICTURE, FILM))),
)


@given(
    st.dictionaries(
        st.dates(dt.date(2024, 1, 1), dt.date(2025, 6, 30)).map(str),
        st.lists(LISTED, min_size=1, max_size=5, unique_by=lambda paper: paper.id),
        max_size=5,
    )
)
def test_for_any_archive_parts_sum_up_to_the_whole_and_shares_lie_between_nothing_and_all(
    days: dict[str, list[Paper]],
) -> None:
    shelf = a_shelf(days)
    stats = make_stats(shelf)
    ids = {one.paper.id for one in shelf.counted}
    assert stats.papers == len(ids)
    for parts in (stats.months, stats.weekdays):
        assert sum(part.papers for part in parts) == stats.papers
        assert sum(part.votes for part in parts) == stats.votes
        assert sum(part.days for part in parts) == stats.days
    for month in stats.months:
        assert all(share is None or 0 <= share <= 1 for share in (month.code_share, month.video_share))
    for of in (stats.organizations, stats.organizations_of_year):
        if of:
            assert sum(len(one.papers) for one in of.listed) <= of.with_organization <= of.papers <= stats.papers
            assert len(of.listed) <= MOST_LISTED


@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(2025, 4, 1), dt.date(2026, 8, 5)),
            st.integers(1, 150),
            st.sets(st.sampled_from("abcde"), max_size=3),
        ),
        max_size=8,
    )
)
def test_shares_of_topics_lie_between_nothing_and_all_and_rise_or_fall_but_not_both(
    spans: list[tuple[dt.date, int, set[str]]],
) -> None:
    enough = (("2026-01-05", LEAST_PAPERS, ("a", "b")), ("2026-06-05", LEAST_PAPERS, ("b", "c")))
    drawn = ((str(date), count, tuple(sorted(slugs))) for date, count, slugs in spans)
    trends = find_trends(*TestTrends().spread(*enough, *drawn), TestTrends.NEWEST)
    assert trends
    assert all(0 <= share <= 1 for trend in trends.topics for share in (trend.share_now, trend.share_before))
    assert not {trend.slug for trend in trends.rising} & {trend.slug for trend in trends.falling}
    assert list(trends.topics) == sorted(trends.topics, key=lambda trend: -trend.change)


def page_of(shelf: ArchiveIndex, *languages: str) -> str:
    (page,) = module_pages(statistics, site_context(shelf, languages=languages or LANGUAGES)).values()
    return page.render()


def with_topics() -> ArchiveIndex:
    """A shelf on which every part of the page has something to show."""
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
        topics |= {one.id: (slug,) for one in papers}
        days[date] = papers
    days["2026-08-03"] = [paper(900, 3, media=(FILM,))]
    return a_shelf(days, topics)


def cells(table: LexborNode) -> list[list[str]]:
    rows = table.css("tbody tr")
    return [[" ".join(cell.text().split()) for cell in row.css("th, td")] for row in rows]


class TestPage:
    def test_the_table_behind_each_plot_holds_its_numbers(self) -> None:
        shelf = with_topics()
        stats = make_stats(shelf)
        months, media, weekdays, topics, ever, of_year = map(cells, parse(page_of(shelf, "en")).css("table"))
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
        assert ever == [
            ["NVIDIA", "151", "11,175"],
            ["KAIST-AI", "150", "7,575"],
            ["Papers that name one, 15 July 2025 to 3 August 2026", "301 / 302", ""],
        ]
        assert of_year == [
            ["NVIDIA", "150", "11,175"],
            ["KAIST-AI", "150", "7,575"],
            ["Papers that name one, 4 August 2025 to 3 August 2026", "300 / 301", ""],
        ]

    def test_a_row_says_the_share_before_and_now_and_leads_to_its_page(self) -> None:
        page = parse(page_of(with_topics(), "en"))
        rows = [" ".join(row.text().split()) for row in page.css(".dp-bars li")]
        assert "Images 0.0% → 80.0%" in rows
        assert "Agents 100.0% → 20.0%" in rows
        assert page.css_first('.dp-bars a[href="../topics/images/"]')
        assert page.css_first('.dp-bars a[href="../orgs/nvidia/"]')

    def test_every_picture_has_a_name_and_every_table_heads_for_its_columns_and_rows(self) -> None:
        page = parse(page_of(with_topics()))
        assert len(page.css("svg")) >= 8
        for picture in page.css("svg"):
            assert picture.attributes["role"] == "img"
            assert picture.attributes["aria-label"]
            assert picture.attributes["viewBox"]
            assert "width" not in picture.attributes
        for table in page.css("details table"):
            assert all(cell.attributes["scope"] == "col" for cell in table.css("thead th"))
            assert len(table.css("tbody tr")) == len(table.css('tbody th[scope="row"]'))

    def test_plots_hold_shapes_and_numbers_only(self) -> None:
        page = LexborHTMLParser(page_of(with_topics()))
        for node in page.css("svg *"):
            assert node.tag in {"g", "rect", "path", "circle", "text", "title"}
            assert set(node.attributes) <= {"d", "x", "y", "width", "height", "cx", "cy", "r", "transform", "class"}
        texts = " ".join(node.text() for node in page.css("svg text, svg title"))
        assert texts
        assert not set(texts) - set("0123456789 -:,.%")

    def test_a_hostile_name_stays_text(self) -> None:
        papers = [paper(n, organization=Organization(name=f"o{n}", fullname=text)) for n, text in enumerate(HOSTILE)]
        page = LexborHTMLParser(page_of(a_shelf({"2026-06-15": papers, "2026-07-15": [paper(90)]})))
        names = [node.text() for node in page.css(".dp-bars a")]
        assert set(HOSTILE) <= set(names)
        assert not page.css("script, img, [onload], [onerror], [onmouseover]")

    @pytest.mark.parametrize(
        "days", [{}, {"2026-07-15": [paper(1)], "2026-07-16": [paper(2)]}], ids=["none", "one month"]
    )
    def test_an_archive_of_fewer_than_two_months_says_so_and_shows_the_ways_on(
        self, days: dict[str, list[Paper]]
    ) -> None:
        page = parse(page_of(a_shelf(days), "en"))
        assert [title.text() for title in page.css(".dp-notice h2")] == ["Too little to compare yet"]
        assert not page.css("svg, table")
        assert [link.attributes["href"] for link in page.css(".dp-links-nav a")] == ["../archive/", "../status/"]

    def test_without_topics_and_organizations_it_says_what_a_comparison_needs(self) -> None:
        page = parse(page_of(SMALL, "en"))
        assert f"needs {LEAST_PAPERS} papers with a topic" in page.text()
        bare = parse(page_of(a_shelf({"2026-06-15": [paper(1)], "2026-07-15": [paper(2)]}), "en"))
        assert "Most listed organizations" not in bare.text()

    def test_the_same_archive_gives_the_same_bytes_in_any_process(self) -> None:
        program = (
            "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1:];"
            "from tests.index.test_statistics import page_of, with_topics; sys.stdout.write(page_of(with_topics()))"
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

    def test_the_library_is_loaded_by_the_page_alone_and_leaves_no_finder_of_an_old_kind(self) -> None:
        program = (
            "import sys; import daily_papers.cli.main, daily_papers.mkdocs_plugin.plugin;"
            "assert 'pygal' not in sys.modules;"
            "from daily_papers.site.components.charts import Point, draw_bars; draw_bars([Point('a', 1)], str);"
            "assert 'pygal' in sys.modules; assert all(hasattr(one, 'find_spec') for one in sys.meta_path)"
        )
        subprocess.run([sys.executable, "-c", program], check=True)


class TestPlots:
    MONTHS = (("2026-01", 30.0), ("2026-02", 0.0), ("2026-03", 90.0), ("2026-04", 45.0))

    def test_bars_are_as_high_as_their_values_and_tell_them(self) -> None:
        points = [Point(name, value, is_open=name == "2026-04") for name, value in self.MONTHS]
        page = LexborHTMLParser(f"<svg>{draw_bars(points, statistics.whole).shapes}</svg>")
        bars = page.css("rect")
        heights = [float(bar.attributes["height"] or "") for bar in bars]
        assert heights == pytest.approx([heights[2] / 3, 0, heights[2], heights[2] / 2], abs=0.1)
        assert [node.text() for node in page.css("g title")] == [
            "2026-01: 30",
            "2026-02: 0",
            "2026-03: 90",
            "2026-04: 45",
        ]
        assert [bar.attributes.get("class") for bar in bars] == [None, None, None, "open"]

    def test_a_line_breaks_where_there_is_no_value(self) -> None:
        values = [0.1, 0.2, None, 0.4, 0.5]
        shapes = draw_line([Point(f"2026-0{n}", value) for n, value in enumerate(values, 1)], statistics.percent).shapes
        page = LexborHTMLParser(f"<svg>{shapes}</svg>")
        assert len(page.css("circle")) == 4
        assert len([path for path in page.css("path") if " L" in (path.attributes["d"] or "")]) == 2

    def test_rows_are_as_wide_as_their_share_of_the_most(self) -> None:
        plot = draw_rows([10, 5, 0], 20)
        page = LexborHTMLParser(f"<svg>{plot.shapes}</svg>")
        assert plot.box == "0 0 1 3"
        assert [float(bar.attributes["width"] or "") for bar in page.css("rect")] == [0.5, 0.25, 0]
        assert [float(bar.attributes["y"] or "") for bar in page.css("rect")] == [0.1, 1.1, 2.1]

    def test_years_are_named_at_their_january_and_a_short_span_at_its_ends(self) -> None:
        many = [add_months(dt.date(2010, 3, 1), n) for n in range(200)]
        ticks = statistics.ticks(many)
        assert all(month.month == 1 and text == str(month.year) for month, text in ticks.items())
        assert 5 <= len(ticks) <= 9
        assert statistics.ticks(many[:4]) == {many[0]: "2010-03", many[3]: "2010-06"}
