"""Four questions of a reader, each answered in two clicks from home, and every control used by keyboard alone."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.visit import EVERY_PALETTE, Visit

DAY = "2024/03/01/"
FULL_DAY = "2026/07/31/"
STARCODER = "2402.19173"
TITLE = "StarCoder 2 and The Stack v2: The Next Generation"
KEY = "daily-papers.library"
AT = "2026-07-01T10:00:00.000Z"
BACK = "Shift+Tab"
WIDTHS = (390, 1440)
NEWEST = {
    (390, "ko"): "2026. 7. 31. (금)",
    (390, "en"): "Fri 31 Jul 2026",
    (1440, "ko"): "2026년 7월 31일 금요일",
    (1440, "en"): "Friday 31 July 2026",
}
"""The date in the header of the newest day, by width and language."""
FIRST_OF_MARCH = {
    (390, "ko"): "2024. 3. 1. (금)",
    (390, "en"): "Fri 1 Mar 2024",
    (1440, "ko"): "2024년 3월 1일 금요일",
    (1440, "en"): "Friday 1 March 2024",
}
TEXTS = {
    "ko": {"papers": "논문 34편", "month": "2026년 7월", "topic": "LLM 에이전트", "authors": "저자"},
    "en": {"papers": "34 papers", "month": "July 2026", "topic": "LLM Agents", "authors": "Authors"},
}
FOUND = {"ko": "2024년 3월 1일", "en": "1 March 2024"}
SUMS = {"ko": re.compile(r"^논문 \d+편 · [\d,]+표$"), "en": re.compile(r"^\d+ papers · [\d,]+ votes$")}
RECORD_CLIPBOARD = """
window.copied = [];
Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied.push(text); } } });
"""


def _readers(*, with_scripts: bool, without: bool) -> pytest.MarkDecorator:
    """Parametrise by language and width; without scripts a page is in the site's first language."""
    readers = [(width, code, True) for width in WIDTHS for code in ("ko", "en") if with_scripts]
    readers += [(width, "ko", False) for width in WIDTHS if without]
    options = [
        ({"viewport": {"width": width, "height": 900}, "locale": code, "java_script_enabled": scripts}, code)
        for width, code, scripts in readers
    ]
    ids = [f"{width}-{code}{'' if scripts else '-no scripts'}" for width, code, scripts in readers]
    return pytest.mark.parametrize(("visit", "language"), options, ids=ids, indirect=["visit"])


class Journey:
    """Journey through the site from home, in the language of the reader, that counts the clicks."""

    def __init__(self, visit: Visit, language: str) -> None:
        self.page = visit.open("")
        self.clicks = 0
        self.texts = TEXTS[language]
        self._visit, self._language = visit, language
        if language != "ko":  # the choice is stored, as for a returning reader
            self.page.locator(f"dp-language button[value={language}]").click()

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def check_date(self, dates: dict[tuple[int, str], str]) -> None:
        """Check that the header of the current page has the date of `dates` for this language and width."""
        size = self.page.viewport_size
        assert size
        shown = self.page.locator("h1 .dp-wide" if size["width"] > min(WIDTHS) else "h1 .dp-narrow")
        expect(shown).to_have_text(dates[size["width"], self._language], use_inner_text=True)

    def end(self, *, clicks: int) -> None:
        assert self.clicks == clicks <= 2
        assert self._visit.errors == []


def expect_text(target: Locator, text: str) -> None:
    """Check that `text` is visible in `target`, which may contain hidden text in other languages."""
    expect(target).to_contain_text(text, use_inner_text=True)


@_readers(with_scripts=True, without=True)
def test_new_papers_are_on_home_and_all_of_them_one_click_away(visit: Visit, language: str) -> None:
    journey = Journey(visit, language)
    page = journey.page
    journey.check_date(NEWEST)
    first = page.locator("article[id] .dp-title > [lang]").first.inner_text()
    journey.click(page.locator(".dp-all"))
    page.wait_for_url(f"**/{FULL_DAY}")
    journey.check_date(NEWEST)
    expect_text(page.locator(".dp-total"), journey.texts["papers"])
    papers = page.locator("article[id]:visible")
    expect(papers).to_have_count(34)
    expect(papers.locator(".dp-title > [lang]").first).to_have_text(first)
    journey.end(clicks=1)


@_readers(with_scripts=True, without=True)
def test_the_best_paper_is_the_first_row_of_its_month(visit: Visit, language: str) -> None:
    journey = Journey(visit, language)
    page = journey.page
    best = page.locator("#best ~ .dp-rows th > a").first.inner_text()
    journey.click(page.locator("#best a"))
    page.wait_for_url("**/2026/07/")
    expect_text(page.locator("h1"), journey.texts["month"])
    expect(page.locator(".dp-rows th > a").first).to_have_text(best)
    journey.click(page.locator(".dp-rows th > a").first)
    paper = page.locator("article:target")
    expect(paper.locator(".dp-title > [lang]")).to_have_text(best)
    expect(paper).to_be_in_viewport()
    journey.end(clicks=2)


@_readers(with_scripts=True, without=True)
def test_papers_on_a_subject_are_on_the_page_of_its_topic(visit: Visit, language: str) -> None:
    journey = Journey(visit, language)
    page = journey.page
    journey.click(page.locator('.dp-links-nav a[href$="topics/"]'))
    journey.click(page.locator(".dp-grid a").get_by_text(journey.texts["topic"], exact=True))
    page.wait_for_url("**/topics/agents/")
    expect(page.locator("h1")).to_have_text(journey.texts["topic"], use_inner_text=True)
    rows = page.locator(".dp-rows tbody tr:visible")
    assert rows.count() > 5
    expect(page.locator(".dp-topic-totals")).to_have_text(SUMS[language], use_inner_text=True)
    journey.end(clicks=2)


@_readers(with_scripts=True, without=False)
def test_a_paper_is_found_by_its_author_or_its_id(visit: Visit, language: str) -> None:
    journey = Journey(visit, language)
    page = journey.page
    journey.click(page.locator('.dp-links-nav a[href$="authors/"]'))
    expect_text(page.locator("h1"), journey.texts["authors"])
    for element in ("dp-shortcuts", "dp-authors"):
        page.locator(f"{element}:defined").wait_for()
    page.keyboard.press("/")
    page.keyboard.insert_text("lozhkov")
    expect(page.locator(".dp-name-results li > a")).to_have_text(["Anton Lozhkov"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    found = page.locator(".dp-author-papers li", has_text=TITLE)
    expect_text(found, FOUND[language])
    journey.click(found.get_by_role("link"))
    _expect_starcoder(journey)
    journey.end(clicks=2)
    visit.open(f"p/#{STARCODER}")
    _expect_starcoder(journey)
    assert visit.errors == []


@_readers(with_scripts=False, without=True)
def test_a_paper_is_found_in_the_calendar_without_scripts(visit: Visit, language: str) -> None:
    journey = Journey(visit, language)
    page = journey.page
    journey.click(page.locator('.dp-links-nav a[href$="archive/"]'))
    journey.click(page.locator('dp-calendar a[href$="2024/03/01/"]'))
    expect(page.locator(f'[id="{STARCODER}"] .dp-title > [lang]')).to_have_text(TITLE)
    journey.check_date(FIRST_OF_MARCH)
    journey.end(clicks=2)


def _expect_starcoder(journey: Journey) -> None:
    page = journey.page
    page.wait_for_url(f"**/{DAY}#{STARCODER}")
    journey.check_date(FIRST_OF_MARCH)
    paper = page.locator("article:target")
    expect(paper.locator(".dp-title > [lang]")).to_have_text(TITLE)
    expect(paper).to_be_in_viewport()


def walk_to(page: Page, paper_id: str | None) -> None:
    """Move from paper to paper with the shortcut until `paper_id` has the focus."""
    page.locator("dp-shortcuts:defined").wait_for()
    for _ in range(60):
        if page.evaluate("document.activeElement.closest('article')?.id") == paper_id:
            return
        page.keyboard.press("j")
    raise AssertionError(f"{paper_id} is not reached with j")


def focused(page: Page) -> str:
    """Return the value, or else the text, of the focused element; `BODY` if none is focused."""
    found: str = page.evaluate(
        "(({ tagName, value, innerText }) => tagName === 'BODY' ? tagName : value || innerText.trim())"
        "(document.activeElement)"
    )
    return found


def press(visit: Visit, target: Locator, *keys: str, key: str = "Tab") -> None:
    """Move the focus to `target` with `key`, then press `keys`, by default Enter."""
    visit.tab_to(target, key=key)
    for each in keys or ("Enter",):
        visit.page.keyboard.press(each)


def put(visit: Visit, library: dict[str, object], aside: str = "") -> None:
    """Store a library, and an unreadable copy of one, in the browser."""
    page = visit.open("status.json")
    text = json.dumps({"version": 1, "follows": {"topics": [], "authors": [], "filters": []}, "visits": {}} | library)
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [KEY, text])
    if aside:
        page.evaluate("([name, text]) => localStorage.setItem(name, text)", [f"{KEY}.aside.1", aside])


def _paper(title: str, mark: str = "saved") -> dict[str, object]:
    return {"title": title, "authors": ["Ann Author"], "date": "2024-03-01", mark: AT}


def test_the_calendar_on_home_is_one_tab_stop_and_arrow_keys_reach_every_day(visit: Visit) -> None:
    page = visit.open("")
    page.locator("dp-calendar:defined").wait_for()
    visit.tab_to(page.locator('dp-calendar td a[tabindex="0"]'), key=BACK)
    for key, date in (("ArrowLeft", "2026/07/29"), ("ArrowUp", "2026/07/22"), ("Home", "2026/06/01")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == f"./{date}/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026/06/01/")


def test_a_day_is_filtered_sorted_and_its_filter_followed_by_keyboard(visit: Visit) -> None:
    page = visit.open(DAY)
    form, papers = page.locator(".dp-form"), page.locator("article[id]:visible")
    press(visit, page.locator("dp-filter select[name=sort]"), "ArrowDown", "ArrowDown")
    page.wait_for_url("**/?sort=listing")
    press(visit, page.locator(".dp-filter-toggle"))
    press(visit, form.locator("select[name=topic]"), "ArrowDown")
    page.wait_for_url(re.compile(r"topic="))
    assert 0 < papers.count() < 11
    press(visit, form.locator("input[name=votes]"), "9", "9")
    page.wait_for_url(re.compile(r"votes=99"))
    assert papers.count() == 0
    press(visit, form.locator("[value=clear]"))
    assert papers.count() == 11
    expect(form.locator("input[name=q]")).to_be_focused()
    press(visit, form.locator("input[name=code]"), "Space")
    page.wait_for_url(re.compile(r"code=1"))
    press(visit, form.locator("dp-follow button"))
    expect(form.locator("dp-follow button")).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "팔로우"
    assert page.url.endswith("?sort=listing&code=1")


def test_neighbouring_days_and_language_are_chosen_by_keyboard(visit: Visit) -> None:
    page = visit.open(DAY)
    press(visit, page.locator(".dp-next"))
    page.wait_for_url("**/2024/03/04/")
    press(visit, page.locator(".dp-prev"))
    page.wait_for_url(f"**/{DAY}")
    press(visit, page.locator("dp-language [value=en]"))
    expect(page.locator("h1 .dp-wide")).to_have_text(FIRST_OF_MARCH[1440, "en"], use_inner_text=True)
    assert focused(page) == "en"


def test_a_paper_is_saved_read_noted_and_hidden_by_keyboard_and_a_note_accepts_every_letter(visit: Visit) -> None:
    page = visit.open(DAY)
    page.locator("dp-paper-actions button[title]").first.wait_for()
    for key in "jsr":
        page.keyboard.press(key)
    tools = page.locator("article[id]").first.locator("dp-paper-actions")
    for mark in ("saved", "read"):
        expect(tools.locator(f"[value={mark}]")).to_have_attribute("aria-pressed", "true")
    press(visit, tools.locator("[value=note]"), "Enter", *"jkosrt/?")
    assert focused(page) == "jkosrt/?"
    page.keyboard.press("Escape")
    assert focused(page) == "note"
    assert page.locator("dialog").count() == 0
    for mark in ("saved", "read"):
        expect(tools.locator(f"[value={mark}]")).to_have_attribute("aria-pressed", "true")
    article = page.locator("article[id]").first
    for is_away in (True, False):
        press(visit, tools.locator("[value=hidden]")) if is_away else page.keyboard.press("Enter")
        expect(article.locator(".dp-authors")).to_be_visible(visible=not is_away)
        assert focused(page) == "hidden"
    assert page.url == visit.site + DAY


def test_a_paper_is_copied_in_every_format_by_keyboard(visit: Visit) -> None:
    visit.page.add_init_script(RECORD_CLIPBOARD)
    page = visit.open(DAY)
    tools = page.locator(f'[id="{STARCODER}"] dp-cite-menu')
    tools.locator(".dp-menu-button").wait_for()
    walk_to(page, STARCODER)
    visit.tab_to(tools.locator(".dp-menu-button"))
    for steps, form in enumerate(("BibTeX", "RIS", "Markdown", "링크")):
        page.keyboard.press("Enter")
        for _ in range(steps):
            page.keyboard.press("Tab")
        assert focused(page).lower() in (form.lower(), "link")
        page.keyboard.press("Enter")
        expect(tools.locator("output")).to_have_text(f"{form} 복사함")
        expect(tools.locator(".dp-menu-button")).to_be_focused()
    assert [text.split("{")[0][:5] for text in page.evaluate("window.copied")] == ["@misc", "TY  -", "- [St", "http:"]


def test_a_paper_and_a_related_one_are_opened_by_keyboard(visit: Visit) -> None:
    page = visit.open("2024/03/08/")
    page.locator("dp-shortcuts:defined").wait_for(state="attached")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*/")
    visit.open("2024/03/08/")
    papers = page.locator("article[id]").evaluate_all("all => all.map((one) => one.id)")
    related = page.locator("dd li a")
    for paper in papers:
        visit.open(f"p/{paper}/")
        if related.count():
            break
    earlier = related.first.get_attribute("href")
    press(visit, related.first)
    page.wait_for_url(f"**/{(earlier or '').strip('./')}/**")


def test_topics_are_combined_and_followed_by_keyboard(visit: Visit) -> None:
    page = visit.open("topics/")
    page.locator("dp-topics:defined").wait_for()
    boxes, lines = page.locator("dp-topics input"), page.locator(".dp-topic-papers li")
    for number in (0, 1):
        press(visit, boxes.nth(number), "Space")
    expect(lines.first).to_be_visible()
    visit.tab_to(page.locator("dp-topics [value=any]"), presses=100)
    for value in ("all", "date"):
        press(visit, page.locator(f"dp-topics [value={value}]"))
        expect(page.locator(f"dp-topics [value={value}]")).to_have_attribute("aria-pressed", "true")
        assert focused(page) == value
    page.wait_for_url(re.compile(r"\?topic=[a-z-]+&topic=[a-z-]+&all=1&sort=date$"))
    press(visit, page.locator("dp-topics [value=clear]"))
    expect(lines).to_have_count(0)
    expect(boxes.first).to_be_focused()
    press(visit, page.locator(".dp-grid a").first)
    press(visit, page.locator("dp-follow button"))
    expect(page.locator("dp-follow button")).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "팔로우"
    press(visit, page.locator(".dp-rows th > a").first)
    page.wait_for_url(re.compile(r"/20\d\d/\d\d/\d\d/#"))


def test_an_author_is_followed_and_left_by_keyboard(visit: Visit) -> None:
    page = visit.open("authors/")
    page.locator("dp-authors:defined").wait_for()
    visit.tab_to(page.locator("dp-authors input"))
    page.keyboard.insert_text("raymond l")
    expect(page.locator(".dp-name-results li > a")).to_have_text(["Raymond Li"])
    press(visit, page.locator(".dp-name-results li > a"))
    expect(page.locator(".dp-name-results h2")).to_be_focused()
    press(visit, page.locator(".dp-name-results dp-follow button"))
    expect(page.locator(".dp-name-results dp-follow button")).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "팔로우"
    press(visit, page.locator(".dp-name-results .dp-bar > a"))
    expect(page.locator(".dp-name-results li > a")).to_be_focused()


def test_names_that_load_late_do_not_move_the_focus_from_the_field(visit: Visit) -> None:
    page = visit.open("authors/")
    field, names = page.locator("dp-authors input"), page.locator(".dp-name-results li > a")
    field.fill("lozhkov")
    expect(names).to_have_text(["Anton Lozhkov"])
    held: list[Route] = []
    page.route("**/authors/n-*.json", lambda route: held.append(route))
    with page.expect_request("**/authors/n-*.json"):
        field.fill("raymond li")
    page.keyboard.press("ArrowDown")
    expect(names).to_be_focused()
    for route in held:
        route.continue_()
    expect(names).to_have_text(["Raymond Li"])
    expect(field).to_be_focused()


def test_organizations_are_sorted_and_filtered_by_keyboard(visit: Visit) -> None:
    page = visit.open("orgs/")
    press(visit, page.locator(".dp-sort input").first, "ArrowDown")
    expect(page.locator("#orgs-by-name")).to_be_visible()
    press(visit, page.locator("dp-table-filter input"), *"univ")
    expect(page.locator("dp-table-filter output")).not_to_be_empty()
    first = page.locator(".dp-orgs tbody tr:visible a").first
    name = first.inner_text()
    press(visit, first)
    expect(page.locator("h1")).to_have_text(name)


def test_periods_and_the_tables_of_charts_are_reached_by_keyboard(visit: Visit) -> None:
    page = visit.open("2026/07/")
    press(visit, page.locator(".dp-prev"))
    page.wait_for_url("**/2026/06/")
    press(visit, page.locator(".dp-next"))
    page.wait_for_url("**/2026/07/")
    press(visit, page.locator('.dp-breadcrumbs a[href$="2026/"]'))
    page.wait_for_url("**/2026/")
    page = visit.open("stats/")
    for summary in page.locator(".dp details > summary").all():
        press(visit, summary, "Space")
        expect(summary.locator("xpath=../table")).to_be_visible()


def test_the_library_is_searched_sorted_exported_and_imported_by_keyboard(visit: Visit) -> None:
    # Playwright intercepts file choosers only if the page has a listener, which must exist before the key is pressed.
    visit.page.on("filechooser", lambda _: None)
    put(visit, {"papers": {"2401.00001": _paper("Beta"), "2401.00002": _paper("Alpha")}})
    page = visit.open("library/")
    library = page.locator("dp-library-page")
    titles = library.locator(".dp-paper-list > li > a")
    press(visit, library.get_by_role("searchbox"), *"alp")
    expect(titles).to_have_text(["Alpha"])
    for _ in range(3):
        page.keyboard.press("Backspace")
    press(visit, library.locator("select").first, "End")
    expect(titles).to_have_text(["Alpha", "Beta"])
    with page.expect_download() as download:
        press(visit, library.get_by_role("button", name="파일로 내보내기"))
    assert download.value.suggested_filename == "daily-papers-library.json"
    press(visit, library.get_by_role("button", name="링크로 내보내기"))
    expect(page.get_by_label("서재가 담긴 링크")).to_be_focused()
    assert "#import=" in focused(page)
    page.keyboard.press(BACK)
    expect(library.locator("input[type=file]")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    more = {"version": 1, "papers": {"2401.00003": _paper("Gamma")}, "follows": {}}
    chooser.value.set_files({"name": "l.json", "mimeType": "application/json", "buffer": json.dumps(more).encode()})
    expect(library.locator(".dp-import-preview")).to_be_focused()
    press(visit, library.get_by_role("button", name="합치기"))
    expect(titles).to_have_text(["Alpha", "Beta", "Gamma"])
    expect(library.locator("input[type=file]")).to_be_focused()
    with page.expect_download() as download:
        press(visit, library.get_by_role("button", name="BibTeX"))
    assert download.value.suggested_filename == "daily-papers.bib"
    assert focused(page) == "BibTeX"


def test_the_focus_moves_to_a_neighbour_when_an_entry_is_removed_from_the_library(visit: Visit) -> None:
    papers = {f"2401.{number:05}": _paper(f"Paper {number:03}") for number in range(120)}
    papers |= {f"2402.{number:05}": _paper(f"Hidden {number}", "hidden") for number in range(2)}
    put(visit, {"papers": papers}, aside="{broken")
    page = visit.open("library/")
    page.get_by_role("button", name="따로 둔 내용 지우기").press("Enter")
    assert focused(page) == "저장한 논문"
    page.get_by_role("button", name="20편 더 보기").press("Enter")
    assert focused(page).startswith("Paper")
    assert page.locator("dp-library-page .dp-paper-list > li > a").all_inner_texts().index(focused(page)) == 100
    page.locator("dp-library-page summary", has_text="숨긴 논문 2편").press("Enter")
    for number, then in ((0, "다시 보기"), (1, "내보내기와 가져오기")):
        page.get_by_role("button", name=f"다시 보기: Hidden {number}").press("Enter")
        assert focused(page) == then
    assert visit.errors == []


# Returns the number of kinds of focusable elements, and those whose outline does not change when they get the focus.
UNMARKED = """
() => {
  const looks = (one) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one);
    return [outlineStyle !== "none" && parseFloat(outlineWidth) > 0 && outlineColor, boxShadow].join();
  };
  const kinds = new Map();
  const controls = "a[href], button, input, select, textarea, summary, video[controls]";
  for (const one of document.querySelectorAll(`.dp :is(${controls})`)) {
    const parent = one.parentElement;
    const owners = "dp-filter, dp-topics, dp-library-page, dp-cite-menu, dp-paper-actions, dp-calendar";
    const owner = one.closest(owners)?.tagName;
    const kind = [one.tagName, one.type, one.className, parent.tagName, parent.className, owner].join(" ");
    if (one.checkVisibility({ visibilityProperty: true }) && !kinds.has(kind)) kinds.set(kind, one);
  }
  const unmarked = [];
  for (const [kind, one] of kinds) {
    const marked = [one, one.closest("label") ?? one];
    document.activeElement.blur();
    const before = marked.map(looks);
    one.focus();
    const isSeen = marked.some((each, at) => looks(each) !== before[at]);
    if (document.activeElement !== one || !isSeen) unmarked.push(kind);
  }
  return [kinds.size, unmarked];
}
"""


@EVERY_PALETTE
def test_the_focused_element_is_visibly_marked(visit: Visit) -> None:
    papers = {STARCODER: _paper(TITLE) | {"note": "seen"}, "2402.00001": _paper("Hidden", "hidden")}
    put(visit, {"papers": papers, "follows": {"topics": ["agents"], "authors": ["Ann Author"], "filters": []}})
    for path, ready, least in (
        ("", "dp-paper-actions button[title]", 25),
        (f"{DAY}?votes=1", ".dp-form [value=clear]:visible", 22),
        ("topics/?topic=agents", ".dp-topic-papers li", 6),
        ("library/", "dp-library-page input[type=file]", 9),
        ("orgs/", "dp-table-filter:defined", 5),
        ("p/", "dp-paper-redirect:defined", 4),
    ):
        page = visit.open(path)
        page.locator(ready).first.wait_for()
        page.keyboard.press("Tab")  # so that the browser shows the focus as for keyboard users
        kinds, unmarked = page.evaluate(UNMARKED)
        assert kinds >= least, path
        assert unmarked == [], path


# Returns the controls that another element covers in the middle of each of their boxes.
COVERED = """
() => {
  document.documentElement.dataset.dpFullLayout = "";
  const covered = [];
  for (const one of document.querySelectorAll(".dp :is(a[href], button, input, select, summary)")) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const target = one.closest("label") ?? one;
    const boxes = [...target.getClientRects()].filter(({ width, height }) => width > 2 && height > 2);
    const isHit = ({ left, top, width, height }) => {
      const at = document.elementFromPoint(left + width / 2, top + height / 2);
      return target.contains(at) || at?.contains(target) && at.matches("a, button, label, summary");
    };
    if (boxes.length && !boxes.some(isHit)) covered.push(target.outerHTML.slice(0, 99));
  }
  return covered;
}
"""


@pytest.mark.parametrize(
    "visit", [{"viewport": {"width": width, "height": 900}} for width in WIDTHS], ids=map(str, WIDTHS), indirect=True
)
def test_no_element_covers_a_control_or_the_focused_element(visit: Visit) -> None:
    for path, ready in (("", "dp-paper-actions button[title]"), (f"{DAY}?votes=1", ".dp-form [value=clear]:visible")):
        page = visit.open(path)
        page.locator(ready).first.wait_for()
        assert page.evaluate(COVERED) == []
    # Move up the page with Shift+Tab: the sticky header must not cover the focused element.
    page.locator("article[id] dp-paper-actions [value=hidden]").nth(4).focus()
    for _ in range(40):
        page.keyboard.press(BACK)
        top, head = page.evaluate(
            "[document.activeElement, document.querySelector('.dp-head')].map((one) => one.getBoundingClientRect())"
            ".reduce((focused, head) => [focused.top, head.bottom])"
        )
        assert top >= head, page.evaluate("document.activeElement.outerHTML.slice(0, 99)")
