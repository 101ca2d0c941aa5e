"""The search in a real Chromium: a reader's ways to a paper, the box on every page, and what strangers wrote.

The site is the repository's own archive; a second one holds a paper with a hostile title and a Korean summary.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.visiting import EVERY_PALETTE, WITHOUT_SCRIPTS, Visit, build_offline, new_context, serve

STARCODER = "StarCoder 2 and The Stack v2: The Next Generation"
HOSTILE = '<img src=x onerror="document.title=1"></span>&lt;b&gt; ___PAGEFIND_WEIGHT___9 "quoted" \u2e3b Kittens'
BIDI = "Puppies \u202eesrever\u2066 and on"
MKDOCS = """
site_name: A test
site_url: https://papers.example/
plugins: [{daily-papers: {fetch: never}}]
theme: {name: material, language: ko, font: false}
"""


def day(date: str, papers: list[dict[str, Any]]) -> bytes:
    return json.dumps({"schema": 1, "date": date, "source": "huggingface", "papers": papers}).encode()


def paper(number: int, **rest: Any) -> dict[str, Any]:
    return {"id": f"2403.{number:05}", "title": f"Paper {number}", "votes": number, **rest}


def summary(language: str, *bullets: str) -> dict[str, Any]:
    return {language: {"bullets": list(bullets), "by": "hand"}}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of two closed months and an open one."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "mkdocs.yml").write_text(MKDOCS)
    days = {
        "2024-03-01": [
            paper(1, title=HOSTILE, authors=["Eve <b>Mallory</b>"]),
            paper(2, summaries=summary("ko", "강화학습으로 로봇의 걸음을 가르친다.", "새로운 모델은 빠르다.")),
        ],
        "2024-04-02": [
            paper(3, title="A Study of Diffusion Models", abstract="Noise is taken away step by step."),
            paper(4, title="Nothing of the Kind", summaries=summary("ko", "확산 모델을 쓴다.")),
        ],
        "2024-06-05": [
            paper(5, title="Kittens at Night", votes=9, github={"url": "https://github.com/a/b"}),
            paper(6, title="Kittens by Day", votes=70),
            paper(7, title=BIDI, abstract="x" * 1_000_000),
        ],
    }
    for date, papers in days.items():
        place = folder / "docs" / f"{date.replace('-', '/')}.json"
        place.parent.mkdir(parents=True)
        place.write_bytes(day(date, papers))
    build_offline(folder)
    with serve(folder / "site") as address:
        yield address


@pytest.fixture
def little(chromium: Browser, small: str) -> Iterator[Visit]:
    context = new_context(chromium)
    yield Visit(context, small)
    context.close()


def titles(page: Page) -> list[str]:
    page.locator(".dp-result .dp-title").first.wait_for()
    return page.locator(".dp-result .dp-title").all_inner_texts()


def test_a_paper_is_found_by_a_half_remembered_title_and_back_leads_to_the_results(visit: Visit) -> None:
    page = visit.open("search/")
    page.locator("dp-search-page input[name=q]").fill("starcoder generation next")
    expect(page.locator(".dp-result .dp-title").first).to_have_text(STARCODER)
    page.locator(".dp-result .dp-title a").first.click()
    page.wait_for_url("**/2024/03/01/#2402.19173")
    page.go_back()
    expect(page.locator("dp-search-page input[name=q]")).to_have_value("starcoder generation next")
    expect(page.locator(".dp-result .dp-title").first).to_have_text(STARCODER)
    assert not visit.complaints


def test_a_paper_is_found_by_its_author_and_by_its_number(visit: Visit) -> None:
    page = visit.open("search/?q=lozhkov")
    assert STARCODER in titles(page)
    page = visit.open("search/?q=2402.19173")
    assert titles(page)[0] == STARCODER


def test_a_paper_is_found_by_topic_and_year_with_code(visit: Visit) -> None:
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
    assert not visit.complaints


@pytest.mark.parametrize("query", ["강화 학습을", "강화학습", "로봇들의", "reinforcement learning"])
def test_a_korean_summary_is_found_whatever_follows_the_word_however_it_is_spaced_and_in_english(
    little: Visit, query: str
) -> None:
    assert "Paper 2" in titles(little.open(f"search/?q={query}"))


@pytest.mark.parametrize("query", ["확산 모델", "확산모델은", "diffusion models"])
def test_a_term_is_found_in_the_other_language_too(little: Visit, query: str) -> None:
    assert {"A Study of Diffusion Models", "Nothing of the Kind"} <= set(titles(little.open(f"search/?q={query}")))


@pytest.mark.parametrize("query", ["kittens!!", '"kittens"', "(kittens) -", "kittens: …", "c/kittens?", "  kittens,"])
def test_punctuation_never_empties_a_result(little: Visit, query: str) -> None:
    page = little.open("search/")
    page.locator("dp-search-page input[name=q]").fill(query)
    assert "Kittens at Night" in titles(page)


def test_what_closed_months_and_the_newest_have_stands_in_one_order(little: Visit) -> None:
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
    assert not little.complaints


def test_the_box_suggests_papers_and_is_reached_by_keys(visit: Visit) -> None:
    page = visit.open("top/")
    assert not [address for address in visit.asked if "pagefind" in address]
    page.keyboard.press("/")
    page.keyboard.type("starcod")
    link = page.locator(".dp-suggestions a").first
    expect(link).to_contain_text(STARCODER)
    page.keyboard.press("ArrowDown")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dp-search-box input")).to_be_focused()
    expect(page.locator(".dp-suggestions")).to_be_empty()
    page.wait_for_timeout(1000)  # longer than a search takes: nothing is suggested again
    expect(page.locator(".dp-suggestions")).to_be_empty()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=starcod")
    assert not visit.complaints


def test_on_a_day_the_slash_filters_it_and_ctrl_k_searches(visit: Visit) -> None:
    page = visit.open("2024/03/01/")
    page.locator("dp-filter:defined").wait_for()
    page.keyboard.press("/")
    expect(page.locator("dp-filter input[name=q]")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("dp-search-box input")).to_be_focused()


@WITHOUT_SCRIPTS
def test_without_scripts_a_plain_form_leads_to_what_the_search_needs(visit: Visit) -> None:
    page = visit.open("2024/03/01/")
    page.locator("dp-search-box input").fill("starcoder")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=starcoder")
    expect(page.locator("noscript .dp-notice")).to_be_visible()


@EVERY_PALETTE
def test_the_box_has_no_violation_of_accessibility_and_tells_how_much_it_found(visit: Visit) -> None:
    page = visit.open("top/")
    page.locator("dp-search-box input").fill("model")
    page.locator(".dp-suggestions a").first.wait_for()
    expect(page.locator("dp-search-box output")).to_have_text(re.compile(r"\d"))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_letters_typed_are_one_step_back_and_a_filter_is_another(little: Visit) -> None:
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
    assert not little.complaints


def test_a_search_computes_beside_the_page_which_it_never_holds_up(little: Visit) -> None:
    page = little.open("search/?q=kittens")
    assert len(titles(page)) == 3
    (worker,) = page.workers
    loaded = "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('pagefind.js'))"
    assert worker.evaluate(loaded)
    assert not page.evaluate(loaded)
    assert not little.complaints


def test_an_answer_that_comes_late_never_takes_the_place_of_a_newer_one(little: Visit) -> None:
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
def test_what_could_not_be_loaded_is_told_and_loaded_with_the_next_word(little: Visit, missing: str) -> None:
    page = little.open("search/")
    page.route(missing, lambda route: route.abort())
    field = page.locator("dp-search-page input[name=q]")
    field.fill("kitten")
    expect(page.locator("dp-search-page output")).to_contain_text("불러오지 못했습니다")
    page.unroute(missing)
    field.fill("kittens")
    assert "Kittens at Night" in titles(page)


def test_what_the_filters_leave_nothing_of_is_found_without_them(little: Visit) -> None:
    page = little.open("search/?q=kittens&video=1")
    expect(page.locator("dp-search-page output")).to_contain_text("없습니다")
    page.locator(".dp-status-line button").click()
    assert len(titles(page)) == 3
    expect(page.locator("dp-search-page input[name=q]")).to_be_focused()
    assert page.url.endswith("/search/?q=kittens")
    expect(page.locator(".dp-status-line button")).to_be_hidden()


def test_a_paper_of_marks_and_endless_words_is_found_and_moves_nothing(little: Visit) -> None:
    """Signs that turn the direction of writing stay within the title; a word without an end does not widen the page."""
    page = little.open("search/?q=puppies")
    assert titles(page) == [BIDI]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    title = page.locator(".dp-result .dp-title")
    box = title.evaluate("(node) => getComputedStyle(node.querySelector('a')).unicodeBidi")
    assert box == "isolate"
    assert not little.complaints
