"""/stats/ in a real Chromium: charts are readable on a phone, follow the palette, and bars match their rows."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.visit import EVERY_SCREEN, Visit

OPEN_ALL = "document.querySelectorAll('.dp details').forEach((one) => { one.open = true; })"
MIN_FONT_PIXELS = 10
MIDDLES = "all => all.map((one) => one.getBoundingClientRect()).map((box) => (box.top + box.bottom) / 2)"


@EVERY_SCREEN
def test_with_every_table_open_nothing_overflows_in_either_language_and_axe_finds_no_violation(
    visit: Visit,
) -> None:
    page = visit.open("stats/")
    page.evaluate(OPEN_ALL)
    for language in ("ko", "en"):
        page.locator(f"dp-language button[value={language}]").click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert visit.errors == []


@EVERY_SCREEN
def test_chart_texts_are_readable_and_each_bar_is_behind_its_row(visit: Visit) -> None:
    page = visit.open("stats/")
    texts = page.locator(".dp-plot text")
    assert texts.count() > 10
    sizes = texts.evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"
    )
    assert min(sizes) >= MIN_FONT_PIXELS
    for rows in page.locator(".dp-bars").all():
        items = rows.locator("li").evaluate_all(MIDDLES)
        assert rows.locator("rect").evaluate_all(MIDDLES) == pytest.approx(items, abs=1)


def test_charts_take_the_colours_of_the_palette(visit: Visit) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        page = visit.open("stats/")
        colours[scheme] = [
            page.locator(shape).first.evaluate(f"one => getComputedStyle(one).{of}")
            for shape, of in ((".dp-plot rect", "fill"), (".dp-plot text", "fill"), (".dp-plot .guide", "stroke"))
        ]
    assert all(light != dark for light, dark in zip(colours["light"], colours["dark"], strict=True))


def test_a_month_s_dot_shows_its_tooltip_when_the_pointer_is_near(visit: Visit) -> None:
    page = visit.open("stats/")
    dot = page.locator(".dp-plot circle").last
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    name = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('g').querySelector('title').textContent", [x + 4, y]
    )
    assert name == dot.locator("xpath=..").locator("title").text_content()
