"""Calendars and links between home, months, weeks and days, by keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.visit import WITHOUT_SCRIPTS, Visit

PHONE = pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 900}}], ids=["phone"], indirect=True)


def _focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.getAttribute('href') ?? ''")
    return found


def test_arrow_keys_move_in_a_month_whose_cells_have_labels_in_the_language_of_the_reader(visit: Visit) -> None:
    page = visit.open("2026/07/")
    page.locator("dp-language button[value=en]").click()
    cell = page.locator('.dp-large-month a[href="../../2026/07/14/"]')
    assert cell.inner_text().split("\n") == ["14", "12 papers", "270 votes", "incomplete"]
    cell.focus()
    for key, date in (("ArrowRight", "2026/07/15"), ("ArrowDown", "2026/07/22"), ("End", "2026/07/31")):
        page.keyboard.press(key)
        assert _focused(page) == f"../../{date}/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026/07/31/")
    page.locator('.dp-breadcrumbs a[href="../../../2026/w31/"]').press("Enter")
    page.wait_for_url("**/2026/w31/")


def test_the_name_of_a_month_is_a_tab_stop_before_its_days(visit: Visit) -> None:
    page = visit.open("archive/")
    page.locator("dp-calendar:defined").first.wait_for()
    page.locator('caption a[href="../2026/06/"]').focus()
    page.keyboard.press("ArrowRight")  # only days have neighbours
    assert _focused(page) == "../2026/06/"
    assert page.locator('dp-calendar td a[tabindex="0"]').count() == page.locator("dp-calendar").count()
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026/06/")


@WITHOUT_SCRIPTS
def test_the_best_paper_of_the_month_is_two_clicks_from_home(visit: Visit) -> None:
    page = visit.open("")
    page.locator('#best a[href="./2026/07/"]').click()
    best = page.locator(".dp-rows th a").first
    assert best.inner_text()
    best.click()
    page.locator("article:target").wait_for()


@PHONE
@pytest.mark.parametrize("address", ["2026/07/", "2026/w31/", "2026/", "top/"])
def test_every_navigation_link_is_at_least_44_pixels_high(visit: Visit, address: str) -> None:
    page = visit.open(address)
    links = page.locator(".dp :is(.dp-head, .dp-breadcrumbs, .dp-years, .dp-large-month, .dp-links-nav, h2, caption) a")
    heights = links.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert heights
    assert min(heights) >= 44


@PHONE
@pytest.mark.parametrize("address", ["archive/", "orgs/nvidia/"])
def test_every_feed_link_is_at_least_44_pixels_high_and_has_a_unique_name(visit: Visit, address: str) -> None:
    feeds = visit.open(address).locator(".dp a:is([type*=feed], [type*=atom]):visible").all()
    assert feeds
    boxes = [feed.bounding_box() or {"width": 0, "height": 0} for feed in feeds]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
    names = [feed.get_attribute("aria-label") or feed.inner_text() for feed in feeds]
    assert len(set(names)) == len(names)
