"""Every kind of page in Chromium: phone and desktop, light and dark, with pictures that load or fail."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.visit import EVERY_PALETTE, EVERY_WIDTH, MEDIA_HOSTS, PINNED, RECORD_VIDEO, WITHOUT_SCRIPTS, Visit

DAY = "2024/03/01/"
FULL_DAY = "2026/07/31/"
PAGES = {
    "home": "",
    "archive": "archive/",
    "status": "status/",
    "library": "library/",
    "stats": "stats/",
    "topics": "topics/",
    "topic": "topics/agents/",
    "day": DAY,
    "newest": FULL_DAY,
    "year": "2026/",
    "month": "2026/07/",
    "week": "2026/w31/",
    "top": "top/",
    "authors": "authors/",
    "organizations": "orgs/",
    "organization": "orgs/google/",
    "jump": "p/",
    "search": "search/?q=model",
}
REPOSITORY_NAME = "mkdocs-daily-papers/mkdocs-daily-papers"


@EVERY_WIDTH
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_overflow_layout_shift_or_error_even_if_pictures_fail(visit: Visit, name: str) -> None:
    page = visit.open(PAGES[name])
    visit.failing = set(page.locator("dp-media img").evaluate_all("all => all.map((one) => one.src)")[::3])
    page = visit.open(PAGES[name])
    visit.scroll_through()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visit.layout_shift() < 0.0005
    assert visit.errors == []
    outside = {urlsplit(address).hostname for address in visit.requests} - {"127.0.0.1"}
    assert outside <= MEDIA_HOSTS
    assert page.locator("dp-media img").evaluate_all("all => all.every((one) => !one.complete || one.naturalWidth > 0)")


@EVERY_PALETTE
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_axe_violations(visit: Visit, name: str) -> None:
    page = visit.open(PAGES[name])
    visit.scroll_through()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("visit", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"], indirect=True)
def test_a_picture_that_fails_is_replaced_by_a_card_with_the_title(visit: Visit) -> None:
    first = "https://cdn-uploads.huggingface.co/production/uploads/60f1abe7544c2adfd699860c/FUbEjaqJTyfiCVLfIMcgk.png"
    visit.failing = {first}
    page = visit.open(DAY)
    page.wait_for_load_state("networkidle")
    card = page.locator('[id="2402.19173"] .dp-card')
    assert "StarCoder 2" in card.inner_text()
    assert _on_top(page, "2402.19173", ".dp-card")
    assert not _on_top(page, "2402.19427", ".dp-card")


def _on_top(page: Page, paper: str, selector: str) -> bool:
    """Return True if `selector` is the visible element in the box of a paper's picture.

    A picture that failed has no size and covers nothing.
    """
    pictures = page.locator(f'[id="{paper}"] dp-media img')
    covered = pictures.evaluate_all("all => all.some((one) => one.naturalWidth > 0)")
    return page.locator(f'[id="{paper}"] {selector}').first.is_visible() and not covered


def test_media_are_requested_only_when_they_are_near_the_viewport(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    page.wait_for_load_state("networkidle")
    before = len(visit.media_requests())
    visit.scroll_through()
    after = len(visit.media_requests())
    assert 0 < before < after * 2 / 3
    assert not [address for address in visit.media_requests() if address.endswith((".mp4", ".webm", ".qt", ".mov"))]


def test_one_video_plays_at_a_time_and_starts_muted(visit: Visit) -> None:
    page = visit.open(DAY)
    visit.video = base64.b64decode(page.evaluate(RECORD_VIDEO))
    videos = page.locator("dp-media video")
    assert videos.evaluate_all("all => all.every((one) => one.muted && !one.controls && one.preload === 'none')")
    for number in (0, 1):
        page.locator(".dp-start").first.click()  # it is gone then
        assert videos.nth(number).evaluate("video => video.controls && video === document.activeElement")
    page.wait_for_function("document.querySelectorAll('dp-media video')[0].paused")
    assert not videos.nth(1).evaluate("video => video.paused")


def test_arrow_keys_move_in_the_calendar(visit: Visit) -> None:
    page = visit.open("archive/")
    page.locator("dp-calendar:defined").first.wait_for()
    page.locator('a[href="../2024/03/01/"]').focus()
    for key, date in (("ArrowRight", "2024/03/04"), ("ArrowLeft", "2024/03/01"), ("Home", "2024/02/29")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == f"../{date}/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/02/29/")


def test_the_day_is_a_front_page_whose_rows_unfold(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    kinds = page.locator("article[id]").evaluate_all("all => all.map((one) => one.classList[1])")
    assert kinds[:6] == ["dp-lead", *["dp-feature"] * 4, "dp-compact"]
    heights = page.locator(".dp-compact").evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert max(heights) <= 140
    row = visit.open(DAY).locator(".dp-compact").first
    assert not row.locator(".dp-attribution").first.is_visible()
    row.locator("summary").click()
    assert row.locator(".dp-attribution").first.is_visible()


def test_a_playing_video_has_the_width_of_the_text(visit: Visit) -> None:
    page = visit.open(DAY)
    row = page.locator(".dp-compact", has=page.locator("video")).first
    small = row.locator(".dp-media").bounding_box()
    row.locator(".dp-start").click()
    page.locator(".dp-playing").wait_for()
    large = row.locator(".dp-media").bounding_box()
    assert small
    assert large
    assert large["width"] > 4 * small["width"]


def test_the_repository_is_linked_and_never_requested(visit: Visit) -> None:
    page = visit.open(DAY)
    page.wait_for_load_state("networkidle")
    assert page.locator(".md-header a.md-source").get_attribute("href") == "https://github.com/" + REPOSITORY_NAME
    assert not [address for address in visit.requests if "github" in urlsplit(address).netloc]
    assert visit.errors == []


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 900}}], ids=["phone"], indirect=True)
def test_the_issue_link_is_at_least_44_pixels_high_on_a_phone(visit: Visit) -> None:
    report = visit.open("p/2402.19173/").locator(".dp-attribution a").first
    assert (report.get_attribute("href") or "").startswith(f"https://github.com/{REPOSITORY_NAME}/issues/new?")
    box = report.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44


def test_a_pinned_paper_is_the_first(visit: Visit) -> None:
    page = visit.open(DAY)
    assert page.locator("article[id]").first.get_attribute("id") == PINNED
    mark = page.locator(f'[id="{PINNED}"] .dp-pinned')
    assert mark.is_visible()


@WITHOUT_SCRIPTS
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_complete_without_scripts(visit: Visit, name: str) -> None:
    page = visit.open(PAGES[name])
    assert page.locator("h1").first.is_visible()
    assert not page.locator("dp-filter").first.is_visible()
    for link in page.locator(".dp a[href]").all()[:200]:
        assert link.get_attribute("href")
    if name == "status":
        assert page.locator(".dp table tbody tr").first.is_visible()
    elif name == "stats":
        assert page.locator(".dp svg rect").first.is_visible()
        page.locator(".dp summary").first.click()
        assert page.locator(".dp table tbody tr").first.is_visible()
    elif name in ("year", "month", "week", "top"):
        assert page.locator(".dp table tbody tr").last.is_visible()
    elif name in ("home", "day", "newest"):
        assert page.locator("article[id]").first.is_visible()
    if name in ("home", "archive", "year"):
        assert page.locator("dp-calendar a").count() > 20


@WITHOUT_SCRIPTS
def test_every_day_can_be_reached_from_home_without_scripts(visit: Visit) -> None:
    page = visit.open("")
    page.locator('.dp a[href="./archive/"]').last.click()
    page.locator('a[href="../2024/03/01/"]').click()
    assert page.locator("article[id]").count() == 11
    page.locator(".dp-next").click()
    page.wait_for_url("**/2024/03/04/")
