"""/stats/ in a real Chromium: plots that can be read on a phone, follow the palette, and lie where their words are."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.visiting import EVERY_SCREEN, Visit

OPEN_ALL = "document.querySelectorAll('.dp details').forEach((one) => { one.open = true; })"
LEAST_PIXELS = 10
MIDDLES = "all => all.map((one) => one.getBoundingClientRect()).map((box) => (box.top + box.bottom) / 2)"


@EVERY_SCREEN
def test_with_every_table_open_axe_finds_nothing_and_nothing_overflows_in_either_language(visit: Visit) -> None:
    page = visit.open("stats/")
    page.evaluate(OPEN_ALL)
    for language in ("ko", "en"):
        page.locator(f"dp-language button[value={language}]").click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert visit.complaints == []


@EVERY_SCREEN
def test_texts_of_plots_can_be_read_and_each_bar_lies_behind_its_row(visit: Visit) -> None:
    page = visit.open("stats/")
    texts = page.locator(".dp-plot text")
    assert texts.count() > 10
    sizes = texts.evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"
    )
    assert min(sizes) >= LEAST_PIXELS
    for rows in page.locator(".dp-bars").all():
        lines = rows.locator("li").evaluate_all(MIDDLES)
        assert rows.locator("rect").evaluate_all(MIDDLES) == pytest.approx(lines, abs=1)


def test_plots_take_the_colours_of_the_palette(visit: Visit) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        page = visit.open("stats/")
        colours[scheme] = [
            page.locator(shape).first.evaluate(f"one => getComputedStyle(one).{of}")
            for shape, of in ((".dp-plot rect", "fill"), (".dp-plot text", "fill"), (".dp-plot .guide", "stroke"))
        ]
    assert all(light != dark for light, dark in zip(colours["light"], colours["dark"], strict=True))
