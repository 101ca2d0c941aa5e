"""Charts: shapes proportional to their values, readable axes, and nothing but shapes and numbers."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from daily_papers.site.components.charts import (
    HEIGHT,
    WIDTH,
    Chart,
    Point,
    draw_bars,
    draw_line,
    draw_rows,
    draw_spark_bars,
    draw_sparkline,
)

FRIDAY = dt.date(2026, 7, 10)
HOSTILE = '<script>alert(1)</script> & "x"'
NUMBER = re.compile(r"-?[0-9.]+")


def whole(value: float) -> str:
    return f"{value:,.0f}"


def percent(value: float) -> str:
    return f"{value:.1%}"


def bars(points: list[Point]) -> Chart:
    return draw_bars(points, whole, min_step=1)


def line(points: list[Point]) -> Chart:
    return draw_line(points, percent, min_step=0.001)


def parse(chart: Chart) -> LexborHTMLParser:
    return LexborHTMLParser(f'<svg viewBox="{chart.view_box}">{chart.shapes}</svg>')


def number(node: LexborNode, name: str) -> float:
    return float(node.attributes[name] or "")


def labels(chart: Chart) -> list[str]:
    """Return the texts at the y axis, from the bottom up."""
    return [node.text() for node in parse(chart).css(".y text")]


names = st.text(st.characters(codec="utf-8"), max_size=8)
ticks = st.sampled_from(("", "", "2026", "2026-01"))


def points_of(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[Point]]:
    return st.lists(st.builds(Point, names, st.none() | values, ticks, st.booleans()), max_size=30)


counts = points_of(st.integers(0, 10**9).map(float))
shares = points_of(st.floats(0, 1))


def assert_inside_the_box(chart: Chart) -> None:
    assert chart.view_box == f"0 0 {WIDTH} {HEIGHT}"
    page = parse(chart)
    for node in page.css("text, circle, rect"):
        prefix = "c" if node.tag == "circle" else ""
        x, y = number(node, f"{prefix}x"), number(node, f"{prefix}y")
        assert 0 <= x <= x + float(node.attributes.get("width") or 0) <= WIDTH
        assert 0 <= y <= y + float(node.attributes.get("height") or 0) <= HEIGHT
    for path in page.css("path"):
        coordinates = [float(text) for text in NUMBER.findall(path.attributes["d"] or "")]
        assert all(0 <= value <= WIDTH for value in coordinates)


class TestBars:
    MONTHS = (("2026-01", 30.0), ("2026-02", 0.0), ("2026-03", 90.0), ("2026-04", 45.0))

    def test_bars_are_as_high_as_their_values_and_name_them_on_hover(self) -> None:
        page = parse(bars([Point(name, value, is_open=name == "2026-04") for name, value in self.MONTHS]))
        rects = page.css("rect")
        heights = [number(rect, "height") for rect in rects]
        assert heights == pytest.approx([heights[2] / 3, 0, heights[2], heights[2] / 2], abs=0.1)
        assert [node.text() for node in page.css("g title")] == [
            "2026-01: 30",
            "2026-02: 0",
            "2026-03: 90",
            "2026-04: 45",
        ]
        assert [rect.attributes.get("class") for rect in rects] == [None, None, None, "open"]

    def test_a_missing_value_has_no_bar_but_keeps_its_space(self) -> None:
        first, last = parse(bars([Point("a", 1), Point("b", None), Point("c", 1)])).css("rect")
        first_of_two, last_of_two = parse(bars([Point("a", 1), Point("c", 1)])).css("rect")
        assert number(first, "x") < number(first_of_two, "x")
        assert number(last, "x") > number(last_of_two, "x")

    def test_a_few_bars_are_not_as_wide_as_the_chart(self) -> None:
        (rect,) = parse(bars([Point("a", 1)])).css("rect")
        assert number(rect, "width") < WIDTH / 5


class TestLine:
    def test_a_line_breaks_where_there_is_no_value(self) -> None:
        values = [0.1, 0.2, None, 0.4, 0.5]
        page = parse(line([Point(f"2026-0{n}", value) for n, value in enumerate(values, 1)]))
        assert len(page.css("circle")) == 4
        assert len([path for path in page.css("path") if " L" in (path.attributes["d"] or "")]) == 2

    def test_a_single_value_between_missing_ones_is_a_dot(self) -> None:
        page = parse(line([Point("a", None), Point("b", 0.5), Point("c", None)]))
        assert len(page.css("circle")) == 1
        assert not [path for path in page.css("path") if " L" in (path.attributes["d"] or "")]

    def test_an_open_month_has_an_open_dot(self) -> None:
        page = parse(line([Point("a", 0.5), Point("b", 0.5, is_open=True)]))
        assert [dot.attributes.get("class") for dot in page.css("circle")] == [None, "open"]


class TestAxes:
    @pytest.mark.parametrize(
        ("highest", "expected"),
        [
            (0, ["0", "1"]),
            (1, ["0", "1"]),
            (2, ["0", "1", "2"]),
            (7, ["0", "2", "4", "6", "8"]),
            (590, ["0", "100", "200", "300", "400", "500", "600"]),
            (7995, ["0", "2,000", "4,000", "6,000", "8,000"]),
        ],
    )
    def test_whole_numbers_have_round_labels_up_to_the_highest_value(self, highest: int, expected: list[str]) -> None:
        assert labels(bars([Point("a", highest)])) == expected

    def test_shares_have_round_labels_without_binary_noise(self) -> None:
        assert labels(line([Point("a", 0.617)])) == ["0.0%", "20.0%", "40.0%", "60.0%", "80.0%"]
        assert labels(line([Point("a", 0.0031)])) == ["0.0%", "0.1%", "0.2%", "0.3%", "0.4%"]
        assert labels(line([Point("a", 0.00001)])) == ["0.0%", "0.1%"]

    @given(counts)
    def test_labels_rise_evenly_and_none_is_repeated(self, points: list[Point]) -> None:
        texts = labels(bars(points))
        values = [int(text.replace(",", "")) for text in texts]
        assert values[0] == 0
        assert len({right - left for left, right in pairwise(values)}) == 1
        assert values[1] > 0
        assert values[-1] >= max((point.value or 0 for point in points), default=0)
        assert len(values) <= 7

    def test_a_label_of_the_x_axis_stays_inside_the_chart(self) -> None:
        chart = bars([Point(str(n), 1, tick="2026-08" if n == 39 else "") for n in range(40)])
        (text,) = parse(chart).css(".x text")
        assert text.text() == "2026-08"
        assert number(text, "x") <= WIDTH - 20


class TestAnySeries:
    @given(counts)
    def test_bars_are_finite_and_inside_the_box(self, points: list[Point]) -> None:
        assert_inside_the_box(bars(points))

    @given(shares)
    def test_lines_are_finite_and_inside_the_box(self, points: list[Point]) -> None:
        assert_inside_the_box(line(points))

    @given(counts)
    def test_a_series_has_a_tooltip_for_each_value_and_the_same_bytes_each_time(self, points: list[Point]) -> None:
        known = [point for point in points if point.value is not None]
        for draw in (bars, line):
            chart = draw(points)
            assert chart == draw(points)
            assert len(parse(chart).css("g > title")) == len(known)

    def test_a_hostile_name_stays_text(self) -> None:
        for draw in (bars, line):
            page = parse(draw([Point(HOSTILE, 1, tick=HOSTILE)]))
            assert not page.css("script")
            assert HOSTILE in page.css("title")[0].text()

    def test_a_chart_has_shapes_and_texts_only(self) -> None:
        points = [Point("2026-01", 1, "2026"), Point("2026-02", 2, is_open=True)]
        for draw in (bars, line):
            for node in parse(draw(points)).css("svg *"):
                assert node.tag in {"g", "rect", "path", "circle", "text", "title"}
                assert set(node.attributes) <= {"d", "x", "y", "width", "height", "cx", "cy", "r", "class"}


class TestRows:
    def test_rows_are_as_wide_as_their_share_of_the_maximum(self) -> None:
        chart = draw_rows([10, 5, 0], 20)
        rects = parse(chart).css("rect")
        assert chart.view_box == "0 0 1 3"
        assert [number(rect, "width") for rect in rects] == [0.5, 0.25, 0]
        assert [number(rect, "y") for rect in rects] == [0.1, 1.1, 2.1]

    def test_rows_of_nothing_have_no_width(self) -> None:
        assert [number(rect, "width") for rect in parse(draw_rows([0, 0], 0)).css("rect")] == [0, 0]


class TestSparkBars:
    def test_the_largest_value_is_as_high_as_the_chart_and_zero_has_no_bar(self) -> None:
        chart = draw_spark_bars([4, 0, 1])
        assert chart.view_box == "0 0 24 48"
        assert chart.shapes == ('<rect x="0" y="0" width="6" height="48"/><rect x="16" y="36" width="6" height="12"/>')

    @pytest.mark.parametrize(("values", "view_box"), [([], "0 0 8 48"), ([0], "0 0 8 48"), ([0, 0], "0 0 16 48")])
    def test_without_values_the_chart_is_empty(self, values: list[int], view_box: str) -> None:
        chart = draw_spark_bars(values)
        assert (chart.view_box, chart.shapes) == (view_box, "")


class TestSparkline:
    READINGS = ((FRIDAY, 10), (FRIDAY + dt.timedelta(days=1), 20), (FRIDAY + dt.timedelta(days=4), 30))

    @staticmethod
    def coordinates(chart: Chart) -> str | None:
        (polyline,) = parse(chart).css("polyline")
        return polyline.attributes["points"]

    def test_values_are_spaced_by_date_and_the_last_one_has_a_dot(self) -> None:
        chart = draw_sparkline(self.READINGS)
        assert self.coordinates(chart) == "1,13 12,8 46,3"
        (dot,) = parse(chart).css("circle")
        assert (number(dot, "cx"), number(dot, "cy")) == (46, 3)
        assert (chart.width, chart.height, chart.view_box) == (48, 16, "0 0 48 16")

    def test_equal_values_are_a_flat_line(self) -> None:
        assert self.coordinates(draw_sparkline([(date, 7) for date, _ in self.READINGS])) == "1,13 12,13 46,13"

    def test_readings_of_one_date_are_drawn_too(self) -> None:
        # Only an edit by hand leaves such a history. `check` reports it; the site is built all the same.
        assert self.coordinates(draw_sparkline([(FRIDAY, votes) for _, votes in self.READINGS])) == "1,13 1,8 1,3"

    @given(st.lists(st.tuples(st.dates(), st.integers(0, 10**9)), min_size=1, max_size=9).map(sorted))
    def test_any_readings_stay_inside_the_box(self, readings: list[tuple[dt.date, int]]) -> None:
        text = self.coordinates(draw_sparkline(readings)) or ""
        pairs = [tuple(map(int, pair.split(","))) for pair in text.split()]
        assert len(pairs) == len(readings)
        assert all(0 <= x <= 48 and 0 <= y <= 16 for x, y in pairs)
