"""Combined topics, the language of a page, and following."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import WITHOUT_SCRIPTS, Visit

DAY = "2024/03/01/"
FULL_DAY = "2026/07/31/"
PHONE = pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 900}}], ids=["phone"], indirect=True)


def test_combined_topics_are_in_the_address_and_can_be_chosen_by_keyboard(visit: Visit) -> None:
    page = visit.open("topics/")
    page.locator("dp-topics:defined").wait_for()
    for slug in ("agents", "code"):
        page.locator(f'dp-topics input[value="{slug}"]').press("Space")
    page.wait_for_load_state("networkidle")
    page.locator(".dp-topic-papers li").first.wait_for()
    either = page.locator(".dp-topic-papers li").count()
    page.locator('dp-topics button[value="all"]').press("Enter")
    page.wait_for_url("**/topics/?topic=agents&topic=code&all=1")
    page.wait_for_function(f"() => document.querySelectorAll('.dp-topic-papers li').length < {either}")
    both = page.locator(".dp-topic-papers a").all_inner_texts()
    assert 0 < len(both) < either
    again = visit.open("topics/?topic=agents&topic=code&all=1")
    again.locator(".dp-topic-papers a").first.wait_for()
    assert again.locator(".dp-topic-papers a").all_inner_texts() == both
    again.locator('dp-topics button[value="clear"]').click()
    assert again.url.endswith("/topics/")
    assert visit.errors == []


def test_topics_without_a_common_paper_give_a_hint(visit: Visit) -> None:
    page = visit.open("topics/?topic=games&topic=documents&topic=audio&topic=driving&all=1")
    page.locator(".dp-tools p").wait_for()
    assert page.locator(".dp-topic-papers li").count() == 0
    assert page.locator('.dp-tools [role="status"]').inner_text()


@WITHOUT_SCRIPTS
def test_without_scripts_topics_are_links_without_checkboxes(visit: Visit) -> None:
    page = visit.open("topics/")
    assert not page.locator("dp-topics input").first.is_visible()
    page.locator(".dp-grid a").first.click()
    assert page.locator(".dp-rows tbody tr").count() > 5


def test_the_chosen_language_applies_at_once_and_on_later_pages(visit: Visit) -> None:
    page = visit.open(DAY)
    assert page.locator(".dp-wide").inner_text() == "2024년 3월 1일 금요일"
    page.locator('dp-language button[value="en"]').click()
    assert page.locator(".dp-wide").inner_text() == "Friday 1 March 2024"
    page.locator(".md-tabs__link", has_text="Archive").wait_for()
    assert page.locator("dp-shortcuts > button").get_attribute("aria-label") == "Keyboard shortcuts"
    page = visit.open("archive/")
    page.wait_for_function("() => document.querySelector('dp-calendar a span').textContent.includes('votes')")
    assert page.locator("h1").inner_text() == "Archive"
    # The tabs of the theme are in the first language until scripts run, and shift a little then.
    assert visit.layout_shift() < 0.002
    page.locator('dp-language button[value="ko"]').press("Enter")
    assert page.locator("h1").inner_text() == "지난 논문"
    page.wait_for_function("() => document.querySelector('dp-calendar a span').textContent.includes('표')")
    assert visit.errors == []


def test_summaries_follow_the_chosen_language(visit: Visit) -> None:
    page = visit.open(DAY)
    lead = page.locator('[id="2402.19173"] .dp-fold')
    lead.evaluate("details => { details.open = true; }")
    for language in ("ko", "en", "ko"):
        page.locator(f'dp-language button[value="{language}"]').click()
        shown = lead.locator(".dp-gist:visible, .dp-rest:visible")
        assert shown.evaluate_all("all => all.map((one) => one.lang)") == [language] * 2


def test_the_language_works_without_storage_and_an_unknown_one_is_ignored(visit: Visit) -> None:
    visit.page.add_init_script("document.documentElement.dataset.dpLang = 'tlh'")
    visit.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = visit.open(DAY)
    assert page.locator(".dp-wide").inner_text() == "2024년 3월 1일 금요일"
    page.locator('dp-language button[value="en"]').click()
    assert page.locator(".dp-wide").inner_text() == "Friday 1 March 2024"


@PHONE
def test_on_a_phone_the_label_of_a_topic_is_at_least_44_pixels_high(visit: Visit) -> None:
    page = visit.open("topics/")
    box = page.locator(".dp-grid label").first.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    page.locator(".dp-grid label").first.click()
    assert page.locator(".dp-tools").is_visible()


def test_a_filter_and_an_author_can_be_followed(visit: Visit) -> None:
    page = visit.open(f"{DAY}?q=model&code=1")
    page.get_by_role("button", name="팔로우: model, 코드 있음").click()
    page = visit.open("authors/#Hao%20Chen")
    page.get_by_role("button", name="팔로우: Hao Chen").click()
    follows = page.evaluate("JSON.parse(localStorage['daily-papers.library']).follows")
    assert [one["query"] for one in follows["filters"]] == ["code=1&q=model"]
    assert follows["authors"] == ["Hao Chen"]


@PHONE
def test_a_jump_on_a_phone_ends_at_the_paper_despite_lazy_content(visit: Visit) -> None:
    ids = visit.open(FULL_DAY).locator("article[id].dp-paper").evaluate_all("all => all.map((one) => one.id)")
    page = visit.open("")
    page = visit.open(f"{FULL_DAY}#{ids[20]}")
    page.wait_for_load_state("networkidle")
    assert 0 < _top(page, ids[20]) < 200
    page = visit.open(FULL_DAY)
    page.locator("dp-shortcuts:defined").wait_for()
    for _ in range(12):
        page.keyboard.press("j")
    expect(page.locator(f'[id="{ids[11]}"] .dp-title')).to_be_in_viewport()


def _top(page: Page, paper: str) -> float:
    return float(page.locator(f'[id="{paper}"]').evaluate("one => one.getBoundingClientRect().top"))
