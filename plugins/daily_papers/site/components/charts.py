"""Plots as SVG: bars and lines over months, and bars behind the rows of a list.

Numbers and labels that need no language go in, Plots come out. Over months pygal finds scales, ticks and shapes; of
what it draws, only shapes, texts and the classes that stats.css knows are written out: no style, script, link, id or
date, so that the same numbers give the same bytes, and colours are the page's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import msgspec
from markupsafe import Markup

# A plot is as wide as a phone, in units of about a pixel there: its texts can be read without a second drawing.
WIDTH, HEIGHT = 360, 200
_TEXT = 11
_ROW_GAP = 0.2  # of a row's height

_DECIMALS = re.compile(r"-?[0-9]+\.[0-9]+")
_SHAPES: frozenset[Any] = frozenset(("g", "rect", "path", "circle", "text", "title"))
_GEOMETRY = frozenset(("d", "x", "y", "width", "height", "cx", "cy", "r", "transform"))
_DROPPED = frozenset(("background", "tooltip"))
_CLASSES = frozenset(("axis", "x", "y", "guide", "open"))

Label = Callable[[float], str]
"""How a value is written at the axis and in a tooltip."""


class Plot(msgspec.Struct, frozen=True):
    """What stands in an `<svg>` of the template: its viewBox, and the shapes."""

    box: str
    shapes: Markup


class Point(msgspec.Struct, frozen=True):
    """One value over time, None where there is none; `name` is told on hover, `tick` at the axis, if not empty."""

    name: str
    value: float | None
    tick: str = ""
    is_open: bool = False
    """Whether more may come to it: drawn as an outline."""


def draw_bars(points: Sequence[Point], label: Label) -> Plot:
    """Return a bar a point, from 0 upwards."""
    return _over_time(_pygal().Bar, points, label)


def draw_line(points: Sequence[Point], label: Label) -> Plot:
    """Return a line with a dot a point, from 0 upwards; it breaks where a point has no value."""
    return _over_time(_pygal().Line, points, label, dots_size=1.5, allow_interruptions=True)


def draw_rows(values: Sequence[float], most: float) -> Plot:
    """Return a bar a value, the first on top, in as many rows of height 1; one of `most` is as wide as the plot, 1.

    There is no scale to find and nothing to name, so this is written down as it is.
    """
    bars = (
        Markup('<rect y="{:.2f}" width="{:.4f}" height="{:.2f}"></rect>').format(
            row + _ROW_GAP / 2, value / most if most else 0, 1 - _ROW_GAP
        )
        for row, value in enumerate(values)
    )
    return Plot(f"0 0 1 {len(values)}", Markup().join(bars))


_BARE: Mapping[str, Any] = {
    "show_legend": False,
    "no_data_text": "",
    "margin": 0,
    "spacing": 0,
    "js": (),
    "css": (),
    "no_prefix": True,
}


def _over_time(kind: Any, points: Sequence[Point], label: Label, **options: object) -> Plot:
    library = _pygal()
    chart = kind(
        width=WIDTH,
        height=HEIGHT,
        style=library.style.Style(label_font_size=_TEXT, major_label_font_size=_TEXT),
        x_labels=[point.tick for point in points],
        truncate_label=-1,  # a year stands wider than its month
        value_formatter=label,
        include_x_axis=True,
        show_x_guides=False,
        min_scale=2,
        max_scale=5,
        **{**_BARE, "margin_right": 14, "margin_top": 8, "margin_bottom": 2, "spacing": 9},
        **options,
    )
    chart.add("", [_value(point, label) for point in points])
    return _written(chart)


def _value(point: Point, label: Label) -> dict[str, object] | None:
    if point.value is None:
        return None
    told = {"value": point.value, "tooltip": f"{point.name}: {label(point.value)}"}
    return told | ({"node": {"class": "open"}} if point.is_open else {})


def _written(chart: Any) -> Plot:
    root = chart.render_tree()
    shapes = (part for child in root if child.tag != "title" for part in _write(child))
    return Plot(root.get("viewBox"), Markup().join(shapes))


def _write(node: Any, in_axis: str = "") -> Iterator[Markup]:
    """Yield the HTML of a node of the drawing, without what only pygal's own style and script make sense of."""
    if node.tag not in _SHAPES:  # nor a comment, which in lxml, if pygal finds that, has no class
        return
    classes = set(node.get("class", "").split())
    if classes & _DROPPED:
        return
    if (in_axis and node.tag == "title") or (in_axis == "x" and node.tag == "path"):
        return
    if "axis" in classes and node.tag == "g":
        in_axis = "x" if "x" in classes else "y"
    inner = Markup().join(part for child in node for part in _write(child, in_axis))
    if not inner and node.tag in ("g", "text", "title") and not node.text:
        return
    kept = [(name, _rounded(value)) for name, value in node.items() if name in _GEOMETRY]
    if known := sorted(classes & _CLASSES):
        kept.append(("class", " ".join(known)))
    if node.tag == "g" and not kept and not node.findall("title"):
        yield inner
        return
    attributes = Markup().join(Markup(' {}="{}"').format(name, value) for name, value in kept)
    yield Markup("<{0}{1}>{2}{3}</{0}>").format(node.tag, attributes, node.text or "", inner)


def _rounded(value: str) -> str:
    """Return `value` with its numbers to a tenth: they are pixels."""
    return _DECIMALS.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value)


def _pygal() -> ModuleType:
    """Return the library; it costs a tenth of a second to load, which no command but a build need pay."""
    import pygal
    import pygal.style

    # It adds a finder for maps that Python 3.12 passes over, and of which 3.11 warns on every import that fails.
    sys.meta_path[:] = [finder for finder in sys.meta_path if not type(finder).__module__.startswith("pygal")]
    module: ModuleType = pygal
    return module
