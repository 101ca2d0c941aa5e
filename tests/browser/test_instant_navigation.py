"""A site with Material's instant navigation: pages are swapped, scripts run once, and our elements keep working."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import Visit, build_offline, new_context, serve
from tests.sites import REPOSITORY

NEWEST = "2026/07/31/"
BEFORE = "2026/07/29/"
ELEMENTS = (
    "dp-filter, dp-shortcuts, dp-language, dp-calendar, dp-topics, dp-library-page, dp-authors, "
    "dp-paper-actions, dp-cite-menu"
)


@pytest.fixture(scope="module")
def instant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the repository's own site with the feature, and with a page of an author."""
    folder = tmp_path_factory.mktemp("instant")
    shutil.copytree(REPOSITORY / "docs", folder / "docs")
    (folder / "docs/own").mkdir()
    (folder / "docs/own/note.md").write_text("# My own page\n\n[The newest day](../2026/07/31.md)\n", "utf-8")
    with serve(folder / "site") as address:
        config = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
        # Material swaps the pages that the sitemap lists, whose addresses must be those of this server.
        config = re.sub(r"(?m)^site_url: .*$", f"site_url: {address}", config)
        config = config.replace("  features:\n", "  features:\n    - navigation.instant\n")
        assert address in config
        assert "navigation.instant" in config
        (folder / "mkdocs.yml").write_text(config, "utf-8")
        build_offline(folder)
        yield address


@pytest.fixture
def visit(chromium: Browser, instant: str) -> Iterator[Visit]:
    context = new_context(chromium)
    yield Visit(context, instant)
    context.close()


def arrive(visit: Visit, path: str, *elements: str) -> None:
    """Wait until the page at `path` is swapped in with `elements`, and every custom element on it works."""
    page = visit.page
    page.wait_for_url(visit.site + path)
    # The address changes before the content does.
    canonical = visit.site + urlsplit(path).path
    page.wait_for_function("(address) => document.querySelector('link[rel=canonical]').href === address", arg=canonical)
    for element in elements:
        page.locator(f"{element}:defined").first.wait_for(state="attached")
    page.wait_for_function(
        f"() => [...document.querySelectorAll('{ELEMENTS}')].every((one) => one.matches(':defined'))"
    )
    assert page.evaluate("window.isFirst") is True, "the page was loaded again"
    try_keys(page)
    try_language(page)
    assert visit.errors == []


def try_keys(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    assert dialog.count() == 1
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def try_language(page: Page) -> None:
    for code in ("en", "ko"):
        page.locator(f'dp-language [value="{code}"]').click()
        expect(page.locator("dp-language [aria-pressed=true]")).to_have_attribute("value", code)
        assert page.evaluate("document.documentElement.dataset.dpLang") == code


def shown(page: Page) -> list[str]:
    return page.locator("article[id]:visible").evaluate_all("all => all.map((one) => one.id)")  # type: ignore[no-any-return]


def tab(page: Page, title: str) -> None:
    page.locator(".md-tabs__link", has_text=title).click()


def test_a_walk_through_the_site_is_one_page_load_without_errors(visit: Visit) -> None:
    page = visit.open("")
    page.evaluate("window.isFirst = true")
    page.wait_for_load_state("networkidle")
    page.locator(".dp-all").click()
    arrive(visit, NEWEST, "dp-filter", "dp-paper-actions", "dp-cite-menu")
    everything = shown(page)

    page.locator(".dp-filter-toggle").click()
    page.locator("dp-filter [name=q]").fill("model")
    arrive(visit, f"{NEWEST}?q=model")
    assert 0 < len(shown(page)) < len(everything)

    page.locator(".dp-prev").click()
    arrive(visit, BEFORE, "dp-filter", "dp-paper-actions", "dp-cite-menu")
    first, second = shown(page)[:2]
    page.evaluate("window.scrollTo(0, 0)")
    for paper in (first, second):
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.closest('article').id") == paper
    # A second listener would undo the mark at once.
    page.keyboard.press("s")
    expect(page.locator(f'[id="{second}"] dp-paper-actions [value=saved]')).to_have_attribute("aria-pressed", "true")

    tab(page, "주제")
    arrive(visit, "topics/", "dp-topics")
    page.locator("dp-topics input").first.check()
    page.locator("dp-topics .dp-topic-papers li").first.wait_for()
    tab(page, "지난 논문")
    arrive(visit, "archive/", "dp-calendar")
    tab(page, "내 서재")
    arrive(visit, "library/", "dp-library-page")
    expect(page.locator("dp-library-page .dp-paper-list > li > a")).to_have_count(1)
    tab(page, "저자")
    arrive(visit, "authors/", "dp-authors")
    page.locator("dp-authors input").fill("wei zhang")
    page.locator("dp-authors .dp-name-results a").first.wait_for()

    page.go_back()
    arrive(visit, "library/", "dp-library-page")
    page.go_back()
    arrive(visit, "archive/", "dp-calendar")
    page.go_back()
    page.wait_for_url(re.compile("/topics/"))
    page.locator("dp-topics .dp-topic-papers li").first.wait_for()
    page.go_back()
    arrive(visit, BEFORE, "dp-filter")
    expect(page.locator(f'[id="{second}"] dp-paper-actions [value=saved]')).to_have_attribute("aria-pressed", "true")
    page.go_back()
    arrive(visit, f"{NEWEST}?q=model", "dp-filter")
    assert 0 < len(shown(page)) < len(everything)
    page.go_back()
    arrive(visit, NEWEST)
    assert shown(page) == everything
    page.go_back()
    arrive(visit, "", "dp-calendar")


def test_a_day_opened_from_an_author_s_page_works_in_the_language_of_the_reader(visit: Visit) -> None:
    page = visit.open(NEWEST)
    page.locator('dp-language [value="en"]').click()
    page = visit.open("own/note/")
    page.evaluate("window.isFirst = true")
    page.wait_for_load_state("networkidle")
    page.locator(".md-content a", has_text="The newest day").click()
    page.wait_for_url(visit.site + NEWEST)
    expect(page.locator("dp-language [aria-pressed=true]")).to_have_attribute("value", "en")
    expect(page.locator("dp-filter select[name=sort] option").first).to_have_text("Votes")
    arrive(visit, NEWEST, "dp-filter", "dp-paper-actions", "dp-cite-menu")

    page.keyboard.press("Control+k")
    page.keyboard.type("starcod")
    page.locator(".dp-suggestions a").first.click()
    page.wait_for_url("**/2024/03/01/#2402.19173")
    expect(page.locator(".dp-suggestions")).to_be_empty()
    arrive(visit, "2024/03/01/#2402.19173", "dp-filter")
    page.keyboard.press("Control+k")
    expect(page.locator("dp-search-box input")).to_be_focused()


def test_back_undoes_one_choice_in_the_search(visit: Visit) -> None:
    page = visit.open("search/?q=starcoder")
    page.evaluate("window.isFirst = true")
    title = page.locator(".dp-result .dp-title").first
    title.wait_for()
    page.locator("select[name=sort]").select_option("date")
    page.wait_for_url("**/search/?q=starcoder&sort=date")
    page.go_back()
    expect(page.locator("select[name=sort]")).to_have_value("")
    expect(title).to_contain_text("StarCoder")
    assert page.evaluate("window.isFirst") is True
    assert visit.errors == []
