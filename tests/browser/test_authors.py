"""Authors, organizations and the redirect to a paper in Chromium."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.index.people import fold_name
from daily_papers.model.records import PAPER_ID_PATTERN
from daily_papers.site.data.month_files import listing_file
from daily_papers.site.pages.authors import list_file
from tests.browser.visit import EVERY_SCREEN, WITHOUT_SCRIPTS, Visit
from tests.factories import PAPER_ADDRESSES
from tests.html import HOSTILE
from tests.sites import REPOSITORY

PHONE = pytest.mark.parametrize(
    "visit", [{"viewport": {"width": 390, "height": 844}, "has_touch": True}], ids=["phone"], indirect=True
)
NAMES = [
    "Raphaël Lévêque",
    "Łukasz Ørsted",
    "İlker Şahin",
    "ΟΔΥΣΣΕΥΣ Ελύτης",
    "Nießner–O'Brien",
    "김철수",
    "김 철수",
    "王小明",
    "が ガ ｶﾞ",
    "Đặng Thị",
    "محمّد",
    "राम कुमार",
    "ﬁn ⅷ ㎏ ½",
    "\u0130\u0307 \u017f K",
    "constructor __proto__",
    "😀 a_b",
    *HOSTILE,
]
SCRIPTS = "assets/daily-papers/js"


def results(page: Page) -> list[str]:
    return page.locator(".dp-name-results li > a").all_inner_texts()


def call(page: Page, module: str, function: str, *arguments: object) -> object:
    """Return the result of a function of one of our modules, called in the browser."""
    return page.evaluate(
        "async ([module, name, given]) => (await import(module))[name](...given)",
        [f"/{SCRIPTS}/{module}.mjs", function, list(arguments)],
    )


def test_python_and_javascript_fold_names_the_same_way(visit: Visit) -> None:
    page = visit.open("authors/")
    days = (read_day(REPOSITORY / "docs", date) for date in stored_dates(REPOSITORY / "docs"))
    names = [*NAMES, *{name for day in days if day for paper in day.papers for name in paper.authors}]
    folded = page.evaluate(
        "async ([module, names]) => { const { foldName } = await import(module); return names.map(foldName); }",
        [f"/{SCRIPTS}/authors/name-index.mjs", names],
    )
    assert folded == [fold_name(name) for name in names]


def test_python_and_javascript_give_data_files_the_same_names(visit: Visit) -> None:
    page = visit.open("authors/")
    for key in ("an", "zhan", "王小", fold_name("김")[:2], "\u0623\u0644", "a1"):
        assert call(page, "authors/name-index", "shardFile", key) == list_file(key)
    for paper_id in ("2402.19173", "hep-th/9901001", "math.AG/0601001", "x-0123456789ab"):
        assert call(page, "lib/paper-id", "listingFile", paper_id) == listing_file(paper_id)
    pattern = page.evaluate("async (module) => (await import(module)).PAPER_ID.source", f"/{SCRIPTS}/lib/paper-id.mjs")
    assert pattern.replace("\\/", "/") == PAPER_ID_PATTERN


@pytest.mark.parametrize(
    ("text", "paper_id"),
    [
        ("2402.19173", "2402.19173"),
        (" 2402.19173v2 ", "2402.19173"),
        ("arXiv:2402.19173", "2402.19173"),
        ("arxiv.org/pdf/2402.19173.pdf", "2402.19173"),
        ("doi: 10.48550/arXiv.2402.19173", "2402.19173"),
        *PAPER_ADDRESSES.items(),
        ("x-0123456789ab", "x-0123456789ab"),
        ("2402.19173\n../../x", None),
        ("../2402.19173", None),
        ("https://evil.example/2402.19173", None),
        ("\u0662402.19173", None),
        ("hello", None),
        ("", None),
    ],
)
def test_the_id_of_a_paper_is_read_from_pasted_text(visit: Visit, text: str, paper_id: str | None) -> None:
    page = visit.open("p/")
    assert call(page, "lib/paper-id", "parsePaperId", text) == paper_id


def test_typed_words_match_beginnings_in_any_order_and_whole_words_are_first(visit: Visit) -> None:
    page = visit.open("authors/")
    authors = [
        {"name": name, "papers": papers, "months": [], "words": fold_name(name).split()}
        for name, papers in (("Lin Wangari", 9), ("Li Wang", 1), ("Wang Lin", 2), ("Wang Ann", 5))
    ]
    ranked = call(page, "authors/name-index", "rank", ["wang", "li"], authors)
    assert isinstance(ranked, list)
    assert [author["name"] for author in ranked] == ["Li Wang", "Wang Lin", "Lin Wangari"]


def test_the_smallest_name_lists_are_fetched_and_too_large_ones_are_not(visit: Visit) -> None:
    page = visit.open("authors/")
    index = {"zh": 9, "zhan": 50_000, "zhao": 40_000, "li": 30_000, "x": 5, "xi": 400_000}
    for words, lists in (
        (["zhang"], ["zhan"]),
        (["zha"], ["zhan", "zhao", "zh"]),
        (["zhang", "li"], ["li"]),
        (["constructor"], []),
        (["x"], None),
    ):
        assert call(page, "authors/name-index", "smallestShards", words, index) == lists, words


@PHONE
def test_an_author_is_found_by_surname_on_a_phone(visit: Visit) -> None:
    page = visit.open("authors/")
    page.locator("dp-authors input").fill("lozhkov")
    link = page.get_by_role("link", name="Anton Lozhkov")
    link.tap()
    paper = page.locator(".dp-author-papers a", has_text="StarCoder 2")
    paper.tap()
    page.wait_for_url("**/2024/03/01/#2402.19173")
    page.go_back()
    expect(page.locator(".dp-name-results h2")).to_have_text("Anton Lozhkov")
    page.evaluate("window.fields = []; addEventListener('focusin', ({ target }) => window.fields.push(target.tagName))")
    page.locator(".dp-name-results .dp-bar > a").tap()
    expect(link).to_be_focused()
    assert "INPUT" not in page.evaluate("window.fields")  # a focused field opens the phone's keyboard
    assert visit.errors == []


def test_an_author_is_found_by_keyboard(visit: Visit) -> None:
    page = visit.open("authors/")
    page.locator("dp-authors:defined input").focus()
    page.keyboard.type("raymond l")
    expect(page.locator(".dp-name-results li > a")).to_have_text(["Raymond Li"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    heading = page.locator(".dp-name-results h2")
    expect(heading).to_be_focused()
    visit.tab_to(page.locator(".dp-author-papers a").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/20\d\d/\d\d/\d\d/#"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [("tur ozan", "Ozan Türkbey"), ("ｗａｎｇ", "Wei Wang"), ("o'neill", "O'Neill"), ("조혜", "조혜진")],
)
def test_names_in_any_script_are_found_while_typing(visit: Visit, typed: str, name: str) -> None:
    """The lists are made up here, since the archive has few such names."""
    words = fold_name(name).split()
    index = {word[:2]: 60 for word in words}
    lists = {list_file(key): [[name, 1, [202403]]] for key in index}
    page = visit.page
    page.route("**/authors/names.json", lambda route: route.fulfill(json=index))
    page.route("**/authors/n-*.json", lambda route: route.fulfill(json=lists[route.request.url.rpartition("/")[2]]))
    visit.open("authors/")
    page.locator("dp-authors input").fill(typed)
    expect(page.locator(".dp-name-results li > a")).to_have_text([name])


def test_the_search_for_an_author_is_in_the_address(visit: Visit) -> None:
    page = visit.open("authors/")
    page.locator("dp-authors input").fill("raymond li")
    page.wait_for_url("**/authors/?q=raymond+li")
    page.get_by_role("link", name="Raymond Li", exact=True).click()
    page.wait_for_url("**/authors/?q=raymond+li#Raymond%20Li")
    visit.open("authors/?q=raymond+li#Raymond%20Li")
    page.reload()
    expect(page.locator(".dp-name-results h2")).to_have_text("Raymond Li")
    page.locator(".dp-name-results .dp-bar a").click()
    expect(page.locator(".dp-name-results li > a")).to_have_text(["Raymond Li"])
    page.locator("dp-authors input").fill("")
    expect(page.locator(".dp-most-listed")).to_be_visible()
    assert "q=" not in page.url


def test_a_name_without_papers_is_reported(visit: Visit) -> None:
    page = visit.open("authors/#%3Cimg%20src=x%3E")
    expect(page.locator("dp-authors output")).to_contain_text("<img src=x>")
    page = visit.open("authors/?q=qqqqqq")
    expect(page.locator("dp-authors output")).to_contain_text("0")
    assert visit.errors == []


def test_the_number_of_names_is_in_the_language_of_the_reader(visit: Visit) -> None:
    page = visit.open("authors/?q=lozhkov")
    expect(page.locator("dp-authors output")).to_have_text("이름 1개")
    page.locator("dp-language button[value=en]").click()
    expect(page.locator("dp-authors output")).to_have_text("1 author")


def test_a_name_list_that_fails_to_load_is_reported_and_requested_again(visit: Visit) -> None:
    page = visit.page
    page.route("**/authors/n-*.json", lambda route: route.abort())
    visit.open("authors/")
    page.locator("dp-authors input").fill("lozhkov")
    expect(page.locator("dp-authors output")).not_to_be_empty()
    assert results(page) == []
    page.unroute("**/authors/n-*.json")
    page.locator("dp-authors input").fill("lozhkov a")
    expect(page.locator(".dp-name-results li > a")).to_have_text(["Anton Lozhkov"])


def test_organizations_are_filtered_while_typing_in_either_order(visit: Visit) -> None:
    page = visit.open("orgs/")
    shown = page.locator(".dp-orgs tbody tr:visible")
    everything = shown.count()
    page.locator("dp-table-filter input").fill("univ")
    expect(page.locator("dp-table-filter output")).not_to_be_empty()
    names = shown.locator("a").all_inner_texts()
    assert 0 < len(names) < everything
    page.locator(".dp-sort label").nth(1).click()
    by_name = shown.locator("a").all_inner_texts()
    assert sorted(by_name) == sorted(names)
    assert [fold_name(name) for name in by_name] == sorted(fold_name(name) for name in by_name)


@WITHOUT_SCRIPTS
def test_without_scripts_the_pages_have_their_lists_or_a_note(visit: Visit) -> None:
    page = visit.open("orgs/")
    assert not page.locator("dp-table-filter").is_visible()
    page.locator(".dp-sort label").nth(1).click()
    assert page.locator("#orgs-by-name").is_visible()
    assert not page.locator("#orgs-by-papers").is_visible()
    page = visit.open("authors/")
    assert page.locator("noscript p").is_visible()
    assert page.locator(".dp-most-listed li").count() == 100
    assert not page.locator("dp-authors input").is_visible()
    page = visit.open("p/#2402.19173")
    assert page.locator("noscript p").is_visible()
    assert not page.locator("dp-paper-redirect").is_visible()


@pytest.mark.parametrize("address", ["p/#2402.19173", "p/#2402.19173v2"])
def test_the_address_of_a_paper_redirects_to_its_newest_listing(visit: Visit, address: str) -> None:
    page = visit.open("")
    page.goto(visit.site + address)
    page.wait_for_url("**/2024/03/01/#2402.19173")
    page.go_back()
    assert page.url == visit.site


def test_a_paper_listed_twice_is_opened_on_its_last_date(visit: Visit) -> None:
    visit.page.route("**/p/2402.json", lambda route: route.fulfill(json={"2402.19173": ["2024-03-04", "2024-03-01"]}))
    visit.page.goto(visit.site + "p/#2402.19173")
    visit.page.wait_for_url("**/2024/03/04/#2402.19173")


def test_a_pasted_address_redirects_too(visit: Visit) -> None:
    page = visit.open("p/")
    page.locator("dp-paper-redirect input").fill("https://arxiv.org/abs/2402.19173v2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/03/01/#2402.19173")


def test_an_unknown_id_is_reported_and_an_invalid_one_is_not_requested(visit: Visit) -> None:
    page = visit.open("p/#2402.99999")
    expect(page.locator(".dp-status-line")).to_contain_text("2402.99999")
    assert page.locator(".dp-status-line a").get_attribute("href") == "https://arxiv.org/abs/2402.99999"
    before = len(visit.requests)
    for odd in ("../../2024/03/01", "9912.00001", "<img src=x onerror=alert(1)>"):
        page.locator("dp-paper-redirect input").fill(odd)
        page.locator("dp-paper-redirect button").click()
        expect(page.locator(".dp-status-line p")).not_to_be_empty()
    assert [address for address in visit.requests[before:] if "/p/" in address] == []
    assert visit.errors == []


STATES = {
    "names found": "authors/?q=li",
    "papers of an author": "authors/?q=li#Raymond%20Li",
    "no such paper": "p/#2402.99999",
    "an organization": "orgs/google/",
}


@EVERY_SCREEN
@pytest.mark.parametrize("state", STATES)
def test_dynamic_content_has_no_overflow_and_no_axe_violations(visit: Visit, state: str) -> None:
    page = visit.open(STATES[state])
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert visit.errors == []


def test_the_index_of_names_is_small(visit: Visit) -> None:
    answer = visit.page.request.get(visit.site + "authors/names.json")
    assert len(answer.body()) < 20_000
    assert max(json.loads(answer.text()).values()) < 150_000
