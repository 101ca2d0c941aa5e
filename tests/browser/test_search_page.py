"""The search page and the search box in Chromium.

The site is the repository's own archive; a second site has a paper with a hostile title and a Korean summary.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from daily_papers.model.records import Github, Paper, Summary
from tests.browser.visit import EVERY_PALETTE, WITHOUT_SCRIPTS, Visit, build_offline, new_context, serve
from tests.factories import make_paper, store_day
from tests.session import make_once

STARCODER = "StarCoder 2 and The Stack v2: The Next Generation"
HOSTILE = '<img src=x onerror="document.title=1"></span>&lt;b&gt; ___PAGEFIND_WEIGHT___9 "quoted" \u2e3b Kittens'
BIDI = "Puppies \u202eesrever\u2066 and on"
MKDOCS = """
site_name: A test
site_url: https://papers.example/
plugins: [{daily-papers: {fetch: never}}]
theme: {name: material, language: ko, font: false}
"""


def paper(number: int, **fields: Any) -> Paper:
    return make_paper(number, month="2403", **{"votes": number, **fields})


def korean(*bullets: str) -> dict[str, Summary]:
    return {"ko": Summary(bullets=bullets, by="hand")}


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    """Return the address of a site with two closed months and an open one."""
    with serve(make_once("small-searchable-site", _build_small) / "site") as address:
        yield address


def _build_small(folder: Path) -> None:
    (folder / "mkdocs.yml").write_text(MKDOCS)
    store_day(
        folder / "docs",
        dt.date(2024, 3, 1),
        paper(1, title=HOSTILE, authors=("Eve <b>Mallory</b>",)),
        paper(2, summaries=korean("강화학습으로 로봇의 걸음을 가르친다.", "새로운 모델은 빠르다.")),
    )
    store_day(
        folder / "docs",
        dt.date(2024, 4, 2),
        paper(3, title="A Study of Diffusion Models", abstract="Noise is taken away step by step."),
        paper(4, title="Nothing of the Kind", summaries=korean("확산 모델을 쓴다.")),
    )
    store_day(
        folder / "docs",
        dt.date(2024, 6, 5),
        paper(5, title="Kittens at Night", votes=9, github=Github("https://github.com/a/b")),
        paper(6, title="Kittens by Day", votes=70),
        paper(7, title=BIDI, abstract="x" * 1_000_000),
    )
    build_offline(folder)


@pytest.fixture
def little(chromium: Browser, small: str) -> Iterator[Visit]:
    context = new_context(chromium)
    yield Visit(context, small)
    context.close()


def titles(page: Page) -> list[str]:
    page.locator(".dp-result .dp-title").first.wait_for()
    return page.locator(".dp-result .dp-title").all_inner_texts()


def test_a_paper_is_found_by_words_of_its_title_and_back_returns_to_the_results(visit: Visit) -> None:
    page = visit.open("search/")
    page.locator("dp-search-page input[name=q]").fill("starcoder generation next")
    expect(page.locator(".dp-result .dp-title").first).to_have_text(STARCODER)
    page.locator(".dp-result .dp-title a").first.click()
    page.wait_for_url("**/2024/03/01/#2402.19173")
    page.go_back()
    expect(page.locator("dp-search-page input[name=q]")).to_have_value("starcoder generation next")
    expect(page.locator(".dp-result .dp-title").first).to_have_text(STARCODER)
    assert not visit.errors


def test_a_paper_is_found_by_its_author_and_by_its_id(visit: Visit) -> None:
    page = visit.open("search/?q=lozhkov")
    assert STARCODER in titles(page)
    page = visit.open("search/?q=2402.19173")
    assert titles(page)[0] == STARCODER


def test_a_paper_is_found_by_topic_year_and_code(visit: Visit) -> None:
    page = visit.open("search/")
    page.locator("select[name=year]").select_option("2026")
    page.locator("dp-search-page input[name=code]").check()
    assert titles(page)
    many = page.locator("dp-search-page output").inner_text()
    page.locator("select[name=topic]").select_option(index=1)
    page.wait_for_url("**/search/?*topic=*code=1*")
    expect(page.locator("dp-search-page output")).not_to_have_text(many)
    shown = titles(page)
    visit.open(page.url.removeprefix(visit.site))
    assert titles(page) == shown
    assert not visit.errors


@pytest.mark.parametrize("query", ["강화 학습을", "강화학습", "로봇들의", "reinforcement learning"])
def test_a_korean_summary_is_found_with_particles_other_spacing_and_in_english(little: Visit, query: str) -> None:
    assert "Paper 2" in titles(little.open(f"search/?q={query}"))


@pytest.mark.parametrize("query", ["확산 모델", "확산모델은", "diffusion models"])
def test_a_glossary_term_is_found_in_the_other_language(little: Visit, query: str) -> None:
    assert {"A Study of Diffusion Models", "Nothing of the Kind"} <= set(titles(little.open(f"search/?q={query}")))


@pytest.mark.parametrize("query", ["kittens!!", '"kittens"', "(kittens) -", "kittens: …", "c/kittens?", "  kittens,"])
def test_a_query_with_punctuation_has_results(little: Visit, query: str) -> None:
    page = little.open("search/")
    page.locator("dp-search-page input[name=q]").fill(query)
    assert "Kittens at Night" in titles(page)


def test_results_of_all_shards_are_in_one_order(little: Visit) -> None:
    page = little.open("search/?q=kittens&sort=votes")
    assert titles(page)[:2] == ["Kittens by Day", "Kittens at Night"]
    assert len(titles(page)) == 3
    assert titles(little.open("search/?q=kittens&sort=date"))[-1].endswith("Kittens")


def test_a_hostile_title_is_text_in_results_and_suggestions(little: Visit) -> None:
    page = little.open("search/?q=mallory")
    title = page.locator(".dp-result .dp-title").first
    title.wait_for()
    assert '<img src=x onerror="document.title=1"></span>&lt;b&gt;' in title.inner_text()
    assert page.locator(".dp-result .dp-title img, .dp-result b").count() == 0
    assert page.title() != "1"
    little.open("top/").locator("dp-search-box:defined").wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("quoted kittens")
    page.locator(".dp-suggestions a").first.wait_for()
    assert page.locator("dp-search-box :is(img, b)").count() == 0
    assert page.title() != "1"
    assert not little.errors


def test_the_search_box_suggests_papers_and_works_by_keyboard(visit: Visit) -> None:
    page = visit.open("top/")
    assert not [address for address in visit.requests if "pagefind" in address]
    page.keyboard.press("/")
    page.keyboard.type("starcod")
    link = page.locator(".dp-suggestions a").first
    expect(link).to_contain_text(STARCODER)
    page.keyboard.press("ArrowDown")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dp-search-box input")).to_be_focused()
    expect(page.locator(".dp-suggestions")).to_be_empty()
    page.wait_for_timeout(1000)  # in which a pending search would show suggestions again
    expect(page.locator(".dp-suggestions")).to_be_empty()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=starcod")
    assert not visit.errors


def test_on_a_day_slash_focuses_the_filter_and_ctrl_k_the_search(visit: Visit) -> None:
    page = visit.open("2024/03/01/")
    page.locator("dp-filter:defined").wait_for()
    page.keyboard.press("/")
    expect(page.locator("dp-filter input[name=q]")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("dp-search-box input")).to_be_focused()


@WITHOUT_SCRIPTS
def test_without_scripts_the_search_box_is_a_form_to_a_page_with_a_note(visit: Visit) -> None:
    page = visit.open("2024/03/01/")
    page.locator("dp-search-box input").fill("starcoder")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=starcoder")
    expect(page.locator("noscript .dp-notice")).to_be_visible()


@EVERY_PALETTE
def test_the_search_box_has_no_axe_violations_and_reports_the_number_of_results(visit: Visit) -> None:
    page = visit.open("top/")
    page.locator("dp-search-box input").fill("model")
    page.locator(".dp-suggestions a").first.wait_for()
    expect(page.locator("dp-search-box output")).to_have_text(re.compile(r"\d"))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_back_undoes_a_filter_first_and_then_all_typing(little: Visit) -> None:
    page = little.open("search/")
    field = page.locator("dp-search-page input[name=q]")
    page.locator("dp-search-page:defined").wait_for()
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    field.press_sequentially("kittens", delay=30)
    assert len(titles(page)) == 3
    page.locator("dp-search-page input[name=code]").check()
    expect(page.locator("dp-search-page output")).to_have_text("논문 1편")
    page.go_back()
    expect(page.locator("dp-search-page output")).to_have_text("논문 3편")
    expect(field).to_have_value("kittens")
    page.go_back()
    expect(field).to_have_value("")
    expect(page.locator(".dp-result")).to_have_count(0)
    assert not little.errors


def test_a_search_runs_in_a_worker(little: Visit) -> None:
    page = little.open("search/?q=kittens")
    assert len(titles(page)) == 3
    (worker,) = page.workers
    loaded = "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('pagefind.js'))"
    assert worker.evaluate(loaded)
    assert not page.evaluate(loaded)
    assert not little.errors


def test_a_late_result_never_replaces_a_newer_one(little: Visit) -> None:
    page = little.open("search/")
    field = page.locator("dp-search-page input[name=q]")
    held: list[Route] = []
    page.route("**/fragment/*", lambda route: held.append(route))
    field.fill("puppies")
    expect(page.locator("dp-search-page")).to_have_class(re.compile("dp-loading"))
    while not held:
        page.wait_for_timeout(10)
    page.unroute("**/fragment/*")
    field.fill("kittens")
    assert "Kittens at Night" in titles(page)
    for route in held:
        route.continue_()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    assert BIDI not in titles(page)


@pytest.mark.parametrize("missing", ["**/js/search/worker.mjs", "**/search/glossary.json", "**/pagefind.js"])
def test_a_file_that_fails_to_load_is_reported_and_requested_again(little: Visit, missing: str) -> None:
    page = little.open("search/")
    page.route(missing, lambda route: route.abort())
    field = page.locator("dp-search-page input[name=q]")
    field.fill("kitten")
    expect(page.locator("dp-search-page output")).to_contain_text("불러오지 못했습니다")
    page.unroute(missing)
    field.fill("kittens")
    assert "Kittens at Night" in titles(page)


def test_results_excluded_by_filters_are_found_by_resetting_them(little: Visit) -> None:
    page = little.open("search/?q=kittens&video=1")
    expect(page.locator("dp-search-page output")).to_contain_text("없습니다")
    page.locator(".dp-status-line button").click()
    assert len(titles(page)) == 3
    expect(page.locator("dp-search-page input[name=q]")).to_be_focused()
    assert page.url.endswith("/search/?q=kittens")
    expect(page.locator(".dp-status-line button")).to_be_hidden()


def test_a_title_with_bidi_marks_and_a_very_long_word_does_not_break_the_page(little: Visit) -> None:
    """Marks that change the direction of writing apply to the title only; a very long word does not widen the page."""
    page = little.open("search/?q=puppies")
    assert titles(page) == [BIDI]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    title = page.locator(".dp-result .dp-title")
    box = title.evaluate("(node) => getComputedStyle(node.querySelector('a')).unicodeBidi")
    assert box == "isolate"
    assert not little.errors
