"""The first paint: it waits for no script, and nothing shifts when the rest of the page arrives."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visit import EVERY_WIDTH, Visit

PAGES = ("", "2026/07/31/", "search/")
STREAMED = ("", "2024/03/01/", "2026/07/31/", "2026/07/", "2026/w31/", "archive/", "orgs/google/", "status/", "top/")
PAINTED = """
() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length) resolve(true);
  }).observe({ type: "paint", buffered: true });
  setTimeout(() => resolve(false), 120_000);
})
"""
BLOCKING = """
() => [...document.head.querySelectorAll("script[src]")]
  .filter((script) => script.type !== "module" && !script.async && !script.defer)
  .map((script) => script.src)
"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_painted_before_any_script_is_delivered(visit: Visit, path: str) -> None:
    page = visit.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(lambda address: address.endswith((".js", ".mjs")), hold)
    page.goto(visit.site + path, wait_until="commit")
    assert page.evaluate(PAINTED), "nothing was painted within 120 s"
    expect(page.locator(".dp h1")).to_be_visible()
    assert any(route.request.url.endswith("js/main.mjs") for route in held)
    assert page.evaluate("customElements.get('dp-language')") is None
    for route in held:
        route.continue_()


@EVERY_WIDTH
@pytest.mark.parametrize("path", STREAMED)
def test_a_page_that_arrives_in_pieces_does_not_shift(visit: Visit, path: str) -> None:
    visit.open(f"{path}?slowly")
    visit.scroll_through()
    assert visit.layout_shift() < 0.02  # a title that is split between two pieces may still wrap


@pytest.mark.parametrize("path", PAGES)
def test_the_head_has_no_blocking_script(visit: Visit, path: str) -> None:
    assert visit.open(path).evaluate(BLOCKING) == []
