"""Charts as SVG: bars and lines over time, rows of bars, and sparklines.

Each function takes numbers and returns a Chart: the size and the shapes of an `<svg>` element. The shapes contain no
style, script, link or id, and no words. Style sheets give the colours, templates the names. The same numbers give the
same bytes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import msgspec
from markupsafe import Markup

# The width of a phone's screen in CSS pixels: texts are readable there, and larger on wider screens.
WIDTH, HEIGHT = 360, 200
_TOP, _BOTTOM, _RIGHT = 12, 176, WIDTH - 2
"""Edges of the plotting area. The left edge depends on the labels of the y axis."""
_LABEL_GAP = 5
"""Distance between the labels of the y axis and the plotting area."""
_BASELINE = 192
"""Of the labels of the x axis."""
_MIDDLE = 4
"""Distance between the middle of a digit and its baseline."""
_TICK_LENGTH = 4
_CHAR_WIDTHS = {"%": 11, ",": 4, ".": 4, "-": 5}
_DIGIT_WIDTH = 7
"""Widths at a font size of 11 in a wide font, such as DejaVu Sans."""
_MAX_INTERVALS = 6
"""Maximum number of intervals between labels of the y axis."""
_BAR_SHARE, _MAX_BAR_WIDTH = 0.78, 36
"""A bar's share of the space between two points, and its maximum width."""
_DOT_RADIUS = 1.5

_ROW_GAP = 0.2
"""Share of a row's height."""
_SPARK_BAR, _SPARK_BAR_STEP, _SPARK_BARS_HEIGHT = 6, 8, 48
_SPARKLINE_WIDTH, _SPARKLINE_HEIGHT = 48, 16
_SPARKLINE_LEFT, _SPARKLINE_RIGHT, _SPARKLINE_TOP, _SPARKLINE_BOTTOM = 1, 46, 3, 13

FormatValue = Callable[[float], str]
"""Returns the text of a value, for the axis and the tooltip."""


class Chart(msgspec.Struct, frozen=True, gc=False):
    """The content of an `<svg>` element, and its size in user units."""

    width: int
    height: int
    shapes: Markup

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"


class Point(msgspec.Struct, frozen=True):
    """One value over time, 0 or more; None if it is missing."""

    name: str
    """Shown in the tooltip, before the value."""
    value: float | None
    tick: str = ""
    """Label at the x axis, or empty."""
    is_open: bool = False
    """True if the value may still change: it is drawn as an outline."""


def draw_bars(points: Sequence[Point], format_value: FormatValue, *, min_step: float) -> Chart:
    """Return a bar chart, with one bar per point and a y axis that starts at 0.

    `min_step` is the smallest distance of two labels at the y axis: the resolution of `format_value`.
    """
    return _draw_axes(points, format_value, min_step, _bars)


def draw_line(points: Sequence[Point], format_value: FormatValue, *, min_step: float) -> Chart:
    """Return a line chart, with one dot per point and a y axis that starts at 0. The line breaks at missing values.

    `min_step` is the smallest distance of two labels at the y axis: the resolution of `format_value`.
    """
    return _draw_axes(points, format_value, min_step, _line)


def draw_rows(values: Sequence[float], maximum: float) -> Chart:
    """Return horizontal bars in rows of height 1, the first on top. A bar of `maximum` is 1 wide, as is the chart."""
    bars = (
        Markup('<rect y="{:.2f}" width="{:.4f}" height="{:.2f}"/>').format(
            row + _ROW_GAP / 2, value / maximum if maximum else 0, 1 - _ROW_GAP
        )
        for row, value in enumerate(values)
    )
    return Chart(1, len(values), Markup().join(bars))


def draw_spark_bars(values: Sequence[int]) -> Chart:
    """Return small bars without axes. The largest value is as high as the chart, and 0 has no bar."""
    maximum = max(values, default=0) or 1
    heights = (round(_SPARK_BARS_HEIGHT * value / maximum) for value in values)
    bars = (
        Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
            number * _SPARK_BAR_STEP, _SPARK_BARS_HEIGHT - height, _SPARK_BAR, height
        )
        for number, height in enumerate(heights)
        if height
    )
    return Chart(max(len(values), 1) * _SPARK_BAR_STEP, _SPARK_BARS_HEIGHT, Markup().join(bars))


def draw_sparkline(readings: Sequence[tuple[dt.date, int]]) -> Chart:
    """Return a small line through values by date, oldest first, with a dot on the last one. There is at least one.

    The line spans the chart's height: from the lowest value to the highest.
    """
    first, days = readings[0][0], max((readings[-1][0] - readings[0][0]).days, 1)
    values = [value for _, value in readings]
    lowest, span = min(values), max(max(values) - min(values), 1)
    width, height = _SPARKLINE_RIGHT - _SPARKLINE_LEFT, _SPARKLINE_BOTTOM - _SPARKLINE_TOP
    coordinates = [
        (
            _SPARKLINE_LEFT + round(width * (date - first).days / days),
            _SPARKLINE_BOTTOM - round(height * (value - lowest) / span),
        )
        for date, value in readings
    ]
    line = " ".join(f"{x},{y}" for x, y in coordinates)
    shapes = Markup('<polyline points="{}"/><circle cx="{}" cy="{}" r="2"/>')
    return Chart(_SPARKLINE_WIDTH, _SPARKLINE_HEIGHT, shapes.format(line, _SPARKLINE_RIGHT, coordinates[-1][1]))


class _Scale(msgspec.Struct, frozen=True):
    """Convert a point's number and its value to coordinates."""

    left: float
    band: float
    """Width of each point's share of the x axis."""
    maximum: float

    def x(self, number: int) -> float:
        """Return the middle of a point's band."""
        return self.left + self.band * (number + 0.5)

    def y(self, value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / self.maximum


_DrawPoints = Callable[[Sequence[Point], _Scale, FormatValue], Iterator[Markup]]


def _draw_axes(points: Sequence[Point], format_value: FormatValue, min_step: float, draw_points: _DrawPoints) -> Chart:
    values = _axis_values(max((point.value or 0 for point in points), default=0), min_step)
    left = max(_text_width(format_value(value)) for value in values) + _LABEL_GAP
    scale = _Scale(left, (_RIGHT - left) / max(len(points), 1), values[-1])
    shapes = [
        *_y_axis(values, scale, format_value),
        *_x_axis([point.tick for point in points], scale),
        *draw_points(points, scale, format_value),
    ]
    return Chart(WIDTH, HEIGHT, Markup().join(shapes))


def _axis_values(maximum: float, min_step: float) -> list[float]:
    """Return multiples of a round step, from 0 to `maximum` or just above. A round step is 1, 2 or 5 times 10ⁿ."""
    least = max(maximum / _MAX_INTERVALS, min_step)
    power = math.floor(math.log10(least))
    steps = [(digit, exponent) for exponent in (power, power + 1) for digit in (1, 2, 5)]
    digit, exponent = next(step for step in steps if _decimal(*step) >= least)
    intervals = max(math.ceil(maximum / _decimal(digit, exponent)), 1)
    return [_decimal(digit * number, exponent) for number in range(intervals + 1)]


def _decimal(digits: int, exponent: int) -> float:
    """Return `digits` times 10 to the power of `exponent`, exactly rounded: 3 * 0.1 is more than 0.3."""
    return float(digits * 10**exponent) if exponent >= 0 else digits / 10**-exponent


def _y_axis(values: Sequence[float], scale: _Scale, format_value: FormatValue) -> Iterator[Markup]:
    yield Markup('<g class="axis y">')
    for value in values:
        y, line_class = scale.y(value), "guide" if value else "axis"
        yield Markup('<path d="M{} {}H{}" class="{}"/>').format(_round(scale.left), _round(y), _RIGHT, line_class)
        yield _text(scale.left - _LABEL_GAP, y + _MIDDLE, format_value(value))
    yield Markup("</g>")


def _x_axis(ticks: Sequence[str], scale: _Scale) -> Iterator[Markup]:
    yield Markup('<g class="axis x">')
    for number, tick in enumerate(ticks):
        if tick:
            x, half = scale.x(number), _text_width(tick) / 2
            yield Markup('<path d="M{} {}v{}"/>').format(_round(x), _BOTTOM, _TICK_LENGTH)
            yield _text(min(max(x, half), WIDTH - half), _BASELINE, tick)
    yield Markup("</g>")


def _bars(points: Sequence[Point], scale: _Scale, format_value: FormatValue) -> Iterator[Markup]:
    width = min(_BAR_SHARE * scale.band, _MAX_BAR_WIDTH)
    rect = Markup('<rect x="{}" y="{}" width="{}" height="{}"{}/>')
    for number, point in enumerate(points):
        if point.value is not None:
            x, y = scale.x(number) - width / 2, round(scale.y(point.value), 1)
            bar = rect.format(_round(x), _round(y), _round(width), _round(_BOTTOM - y), _open_class(point))
            yield _with_tooltip(point, format_value(point.value), bar)


def _line(points: Sequence[Point], scale: _Scale, format_value: FormatValue) -> Iterator[Markup]:
    dots = [(scale.x(number), scale.y(point.value or 0), point) for number, point in enumerate(points)]
    for is_missing, group in groupby(dots, key=lambda dot: dot[2].value is None):
        if not is_missing:
            yield _path((x, y) for x, y, _ in group)
    circle = Markup('<circle cx="{}" cy="{}" r="{}"{}/>')
    for x, y, point in dots:
        if point.value is not None:
            dot = circle.format(_round(x), _round(y), _DOT_RADIUS, _open_class(point))
            yield _with_tooltip(point, format_value(point.value), dot)


def _path(coordinates: Iterable[tuple[float, float]]) -> Markup:
    """Return a line through `coordinates`; nothing for a single one, which has its dot."""
    start, *rest = (f"{_round(x)} {_round(y)}" for x, y in coordinates)
    return Markup('<path d="M{} L{}"/>').format(start, " ".join(rest)) if rest else Markup()


def _open_class(point: Point) -> Markup:
    return Markup(' class="open"') if point.is_open else Markup()


def _with_tooltip(point: Point, value: str, shape: Markup) -> Markup:
    return Markup("<g><title>{}: {}</title>{}</g>").format(point.name, value, shape)


def _text(x: float, y: float, text: str) -> Markup:
    return Markup('<text x="{}" y="{}">{}</text>').format(_round(x), _round(y), text)


def _text_width(text: str) -> int:
    return sum(_CHAR_WIDTHS.get(char, _DIGIT_WIDTH) for char in text)


def _round(number: float) -> str:
    """Return `number` to one decimal, a tenth of a pixel on a phone."""
    return f"{number:.1f}".removesuffix(".0")
