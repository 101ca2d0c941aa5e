"""The tools of a day in Chromium: filter, sort order, citations, shortcuts, and the functions they call."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.visit import WITHOUT_SCRIPTS, Visit

DAY = "2024/03/01/"
FULL_DAY = "2026/07/31/"
STARCODER, GRIFFIN = "2402.19173", "2402.19427"
LIB = "assets/daily-papers/js/lib"

PHONE_AND_DESKTOP = pytest.mark.parametrize(
    "visit",
    [{"viewport": {"width": 390, "height": 900}, "has_touch": True}, {"viewport": {"width": 1440, "height": 900}}],
    ids=["phone", "desktop"],
    indirect=True,
)
IN_BOTH_PALETTES = pytest.mark.parametrize(
    "visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=["light", "dark"], indirect=True
)
RECORD_CLIPBOARD = """
window.copied = [];
Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied.push(text); } } });
"""
HOSTILE: dict[str, Any] = {
    "id": "2402.00010",
    "title": 'A } {bad \\ "title" = 100% of $x_1$ & #more ~ ^ <b>\r\nER  - \n| `code` ](javascript:alert(1))',
    "authors": ["Ada Lovelace", "Ludwig van der Berg", "Simon and Garfunkel", "A, B, C", "김 수학", "DeepSeek-AI"],
    "date": "2024-02-29",
    "url": "https://example.org/a_b%7D}?x=<1> y",
    "doi": "10.48550/arXiv.2402.00010",
}


def shown(page: Page) -> list[str]:
    """Return the ids of the visible papers, in their order."""
    ids: list[str] = page.locator("article[id]:visible").evaluate_all("all => all.map((one) => one.id)")
    return ids


def open_filter(page: Page) -> None:
    page.locator(".dp-filter-toggle").click()
    expect(page.locator(".dp-form")).to_be_visible()


def in_lib(visit: Visit, module: str, body: str, value: object = None) -> Any:
    """Call `body`, a function of the module's exports and `value`, in the browser; return its result."""
    if not visit.page.url.startswith(visit.site):
        visit.open(DAY)
    address = f"{visit.site}{LIB}/{module}.mjs"
    return visit.page.evaluate(f"async ([at, value]) => ({body})(await import(at), value)", [address, value])


@PHONE_AND_DESKTOP
def test_words_filter_the_day_and_are_in_the_address(visit: Visit) -> None:
    page = visit.open(DAY)
    everything = shown(page)
    open_filter(page)
    page.get_by_label("들어 있는 낱말").press_sequentially("starcoder")
    assert shown(page) == [STARCODER]
    expect(page.locator("dp-filter output")).to_have_text(f"{len(everything)}편 중 1편")
    assert page.url.endswith("?q=starcoder")
    page.reload()
    assert shown(page) == [STARCODER]
    assert page.get_by_label("들어 있는 낱말").input_value() == "starcoder"
    page.get_by_role("button", name="조건 모두 지우기").click()
    assert shown(page) == everything
    assert page.url.endswith(DAY)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visit.errors == []


def test_korean_words_match_with_particles_and_words_can_be_excluded(visit: Visit) -> None:
    page = visit.open(DAY)
    everything = shown(page)
    open_filter(page)
    page.get_by_label("들어 있는 낱말").fill("커뮤니티")
    found = shown(page)
    assert STARCODER in found
    page.get_by_label("들어 있는 낱말").fill("")
    page.get_by_label("빼고 볼 낱말").fill("커뮤니티")
    assert shown(page) == [paper for paper in everything if paper not in found]


def test_back_undoes_one_choice_and_all_typing_is_one_step(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    everything = shown(page)
    open_filter(page)
    page.get_by_label("코드 있음").check()
    with_code = shown(page)
    assert 0 < len(with_code) < len(everything)
    assert all(page.locator(f'[id="{paper}"] .dp-has-code').count() for paper in with_code)
    page.get_by_label("들어 있는 낱말").press_sequentially("model")
    assert page.url.endswith("?code=1&q=model")
    page.go_back()
    assert shown(page) == with_code
    assert page.get_by_label("들어 있는 낱말").input_value() == ""
    page.go_back()
    assert shown(page) == everything
    assert not page.get_by_label("코드 있음").is_checked()
    page.go_forward()
    assert shown(page) == with_code


def test_papers_are_filtered_by_organization_votes_and_video(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    open_filter(page)
    organization = page.locator(".dp-org").first.inner_text()
    page.get_by_label("기관").select_option(organization)
    slug = page.get_by_label("기관").input_value()
    assert shown(page)
    assert set(page.locator("article[id]:visible").evaluate_all("all => all.map((one) => one.dataset.org)")) == {slug}
    page.get_by_label("기관").select_option("")
    votes = page.locator("article[id]").evaluate_all("all => all.map((one) => Number(one.dataset.votes))")
    page.get_by_label("최소 투표 수").fill(str(votes[4]))
    assert len(shown(page)) == sum(count >= votes[4] for count in votes)
    page.get_by_label("최소 투표 수").fill("")
    page.get_by_label("영상 있음").check()
    assert len(shown(page)) == page.locator("article[id]:has(.dp-has-video)").count()


def test_topics_of_the_filter_have_their_names_in_the_language_of_the_reader(visit: Visit) -> None:
    visit.page.route(
        f"**/{DAY}",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=re.sub(r' data-topics="[^"]*"|<p class="dp-topics">.*?</p>', "", answer.text())
            .replace('data-position="0"', 'data-position="0" data-topics="a b"')
            .replace(
                '<div class="dp-paper-tools">',
                '<p class="dp-topics"><a href="#a"><dp-w lang="ko">가나</dp-w><dp-w lang="en">Alpha</dp-w></a> '
                '<a href="#b">Beta</a></p><div class="dp-paper-tools">',
            ),
        ),
    )
    page = visit.open(DAY)
    open_filter(page)
    topics = page.locator("select[name=topic] option")
    expect(topics).to_have_text(["모든 주제", "Beta", "가나"])
    page.locator("dp-language button[value=en]").click()
    expect(topics).to_have_text(["Any topic", "Beta", "Alpha"])
    page.get_by_label("Topic").select_option("Alpha")
    assert shown(page) == [page.locator('[data-position="0"]').get_attribute("id")]
    assert page.url.endswith("?topic=a")


def test_papers_are_sorted_by_votes_rise_and_listing(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    by_votes = shown(page)
    page.get_by_label("정렬").select_option("listing")
    positions = page.locator("article[id]").evaluate_all("all => all.map((one) => Number(one.dataset.position))")
    assert positions == sorted(positions)
    assert page.url.endswith("?sort=listing")
    page.get_by_label("정렬").select_option("rise")
    rises = page.locator("article[id]").evaluate_all("all => all.map((one) => Number(one.dataset.rise))")
    assert rises == sorted(rises, reverse=True)
    page.get_by_label("정렬").select_option("votes")
    assert shown(page) == by_votes
    assert page.url.endswith(FULL_DAY)


@PHONE_AND_DESKTOP
@pytest.mark.parametrize("query", ["", "?q=model", "?code=1&sort=listing", "?q=nothinghasthis", "?topic=unknown"])
def test_a_filter_in_the_address_is_applied_without_a_layout_shift(visit: Visit, query: str) -> None:
    def late(route: Route) -> None:
        visit.page.wait_for_timeout(300)
        route.continue_()

    # The page is painted before its scripts arrive.
    visit.page.route("**/js/main.mjs", late)
    page = visit.open(FULL_DAY + query)
    page.wait_for_load_state("networkidle")
    expect(page.locator("html[data-dp-filter-pending]")).to_have_count(0)
    assert shown(page) or "nothing" in query or "unknown" in query
    assert visit.layout_shift() < 0.0005


def test_a_filter_without_results_has_a_notice_with_a_reset_button(visit: Visit) -> None:
    page = visit.open(f"{DAY}?q=nothinghasthis&sort=listing&other=1")
    assert shown(page) == []
    assert page.locator(".dp-no-results h2").is_visible()
    page.locator(".dp-no-results button").click()
    assert len(shown(page)) == 11
    assert page.url.endswith("?sort=listing&other=1")
    assert not page.locator(".dp-no-results h2").is_visible()
    expect(page.get_by_label("들어 있는 낱말")).to_be_focused()


def test_the_tools_work_after_the_content_is_swapped(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    page.evaluate("document.querySelector('.dp').replaceWith(document.querySelector('.dp').cloneNode(true))")
    assert page.locator("dp-cite-menu > button").count() == page.locator("article[id]").count()
    page.locator("dp-cite-menu > button").first.press("Enter")
    expect(page.locator(".dp-menu")).to_be_visible()
    open_filter(page)
    page.get_by_label("코드 있음").check()
    assert 0 < len(shown(page)) == page.locator("article[id]:has(.dp-has-code)").count()
    page.keyboard.press("Tab")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('article').id") == shown(page)[0]


@WITHOUT_SCRIPTS
@pytest.mark.parametrize("path", [DAY, f"{DAY}?q=nothinghasthis"])
def test_without_scripts_there_are_all_papers_and_no_tools(visit: Visit, path: str) -> None:
    page = visit.open(path)
    assert len(shown(page)) == 11
    for tool in ("dp-filter .dp-filter-toggle", "dp-shortcuts button", "dp-cite-menu", ".dp-no-results"):
        assert not page.locator(tool).first.is_visible()


def test_a_day_shows_its_papers_if_scripts_fail_to_load(visit: Visit) -> None:
    visit.page.route("**/*.mjs", lambda route: route.abort())
    page = visit.open(f"{DAY}?q=starcoder")
    expect(page.locator("article[id]").first).to_be_visible()
    assert not page.locator(".dp-filter-toggle").is_visible()


def test_a_filtered_day_is_printed_in_full_width_without_tools(visit: Visit) -> None:
    page = visit.open(f"{DAY}?q=starcoder")
    expect(page.locator("html[data-dp-filter-pending]")).to_have_count(0)
    page.emulate_media(media="print")
    assert shown(page) == [STARCODER]
    paper, body = (page.locator(f'[id="{STARCODER}"]{part}').bounding_box() for part in ("", " .dp-body"))
    assert paper
    assert body
    assert body["width"] == paper["width"]
    for tool in (".dp-filter-toggle", ".dp-form", "dp-shortcuts button", "dp-cite-menu"):
        assert not page.locator(tool).first.is_visible()


@PHONE_AND_DESKTOP
def test_a_paper_is_copied_in_every_format(visit: Visit) -> None:
    visit.page.add_init_script(RECORD_CLIPBOARD)
    page = visit.open(DAY)
    tools = page.locator(f'[id="{STARCODER}"] dp-cite-menu')
    for form in ("BibTeX", "RIS", "Markdown", "링크"):
        tools.get_by_role("button", name="이 논문 복사").click()
        tools.get_by_role("button", name=form).click()
        expect(tools.get_by_role("status")).to_have_text(f"{form} 복사함")
        expect(tools.locator(".dp-menu-button")).to_be_focused()
        assert tools.locator(".dp-menu").count() == 0
    bibtex, ris, markdown, link = page.evaluate("window.copied")
    assert bibtex.startswith(
        "@misc{zucker2024starcoder,\n  title = {{StarCoder 2 and The Stack v2: The Next Generation}},"
    )
    assert "  eprint = {2402.19173},\n  archiveprefix = {arXiv}," in bibtex
    assert "Loubna Ben Allal and " in bibtex
    assert ris.startswith(
        "TY  - UNPB\r\nTI  - StarCoder 2 and The Stack v2: The Next Generation\r\nAU  - Zucker, Arthur\r\n"
    )
    assert markdown.startswith(
        "- [StarCoder 2 and The Stack v2: The Next Generation](<https://arxiv.org/abs/2402.19173>)"
    )
    assert link == f"{visit.site}p/#{STARCODER}"


def test_without_a_clipboard_a_paper_is_copied_by_selection_and_a_failure_is_reported(visit: Visit) -> None:
    visit.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "document.execCommand = (command) => {"
        " window.executed = [command, document.activeElement.value]; return window.succeeds; };"
    )
    page = visit.open(DAY)
    tools = page.locator(f'[id="{STARCODER}"] dp-cite-menu')
    for succeeds, message in ((True, "링크 복사함"), (False, "복사하지 못했습니다")):
        page.evaluate("(succeeds) => { window.succeeds = succeeds; }", succeeds)
        tools.locator(".dp-menu-button").click()
        tools.get_by_role("button", name="링크").click()
        expect(tools.get_by_role("status")).to_have_text(message)
        assert page.evaluate("window.executed") == ["copy", f"{visit.site}p/#{STARCODER}"]
        expect(tools.locator(".dp-menu-button")).to_be_focused()


def test_the_citation_formats_are_loaded_with_the_first_menu(visit: Visit) -> None:
    page = visit.open(DAY)
    page.wait_for_load_state("networkidle")
    assert not [address for address in visit.requests if address.endswith("citation-formats.mjs")]
    with page.expect_response("**/lib/citation-formats.mjs"):
        page.locator("dp-cite-menu .dp-menu-button").first.click()


def test_the_menu_closes_on_escape_on_a_click_elsewhere_and_on_losing_focus(visit: Visit) -> None:
    page = visit.open(DAY)
    opener, menu = page.locator("dp-cite-menu .dp-menu-button").first, page.locator(".dp-menu")
    opener.press("Enter")
    expect(menu.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    assert menu.count() == 0
    expect(opener).to_be_focused()
    opener.press("Enter")
    page.locator("h1").first.click()
    assert menu.count() == 0
    opener.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert menu.count() == 0
    assert opener.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 900}}], ids=["phone"], indirect=True)
def test_every_tool_is_at_least_44_pixels_and_the_formats_are_on_the_line_of_the_state(visit: Visit) -> None:
    page = visit.open(DAY)
    state, link = (page.locator(f".dp-status {one}").first.bounding_box() for one in (".dp-state", ".dp-formats a"))
    assert state
    assert link
    assert state["y"] == pytest.approx(link["y"], abs=1)
    open_filter(page)
    page.locator("dp-cite-menu .dp-menu-button").first.click()
    for tool in page.locator(
        "dp-filter :is(button, select, .dp-form label), dp-shortcuts > button, dp-cite-menu button"
    ).all():
        if box := tool.bounding_box():
            assert min(box["width"], box["height"]) >= 44, tool.inner_text()


@IN_BOTH_PALETTES
@pytest.mark.parametrize("tool", [".dp-filter-toggle", "dp-cite-menu .dp-menu-button", "dp-shortcuts > button"])
def test_an_open_tool_has_no_axe_violations(visit: Visit, tool: str) -> None:
    page = visit.open(f"{DAY}?votes=1")
    opener = page.locator(tool).first
    if opener.get_attribute("aria-expanded") != "true":
        opener.click()
    page.wait_for_load_state("networkidle")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_shortcuts_move_between_papers_and_open_them(visit: Visit) -> None:
    page = visit.open(DAY)
    papers = shown(page)
    for key, position in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        focused = page.evaluate(
            "[document.activeElement.closest('article').id,"
            " document.activeElement.parentElement.parentElement.className]"
        )
        assert focused == [papers[position], "dp-title"]
        top, head = page.evaluate(
            "[document.activeElement.getBoundingClientRect().top,"
            " document.querySelector('.dp-head').getBoundingClientRect().bottom]"
        )
        assert head <= top < 900
    with page.context.expect_page() as opened:
        page.keyboard.press("o")
    opened.value.wait_for_url(f"**/p/{papers[0]}/")
    page.keyboard.press("t")
    page.wait_for_url(visit.site)


def test_shortcuts_send_save_and_read_events_from_the_focused_paper_only(visit: Visit) -> None:
    page = visit.open(DAY)
    page.evaluate(
        "window.events = []; for (const name of ['dp-save', 'dp-read'])"
        " document.addEventListener(name, ({ type, target }) => window.events.push([type, target.id]));"
    )
    page.keyboard.press("s")
    assert page.evaluate("window.events") == []
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.keyboard.press("r")
    first = shown(page)[0]
    assert page.evaluate("window.events") == [["dp-save", first], ["dp-read", first]]


def test_shortcuts_work_on_a_korean_keyboard_and_skip_hidden_papers(visit: Visit) -> None:
    page = visit.open(f"{DAY}?q=starcoder")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ㅓ', code: 'KeyJ', bubbles: true }))"
    )
    assert page.evaluate("document.activeElement.closest('article').id") == STARCODER
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('article').id") == STARCODER


def test_shortcuts_are_ignored_while_typing_with_modifiers_and_in_a_dialog(visit: Visit) -> None:
    page = visit.open(DAY)
    page.keyboard.press("/")
    words = page.get_by_label("들어 있는 낱말")
    expect(words).to_be_focused()
    page.keyboard.type("jkot?/s")
    assert words.input_value() == "jkot?/s"
    assert page.locator("dialog").count() == 0
    page.locator("h1").first.click()
    for keys in ("Control+j", "Alt+j", "Meta+j"):
        page.keyboard.press(keys)
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.dp-paper')") is None


@PHONE_AND_DESKTOP
def test_the_help_opens_by_button_and_key_and_returns_the_focus(visit: Visit) -> None:
    page = visit.open(DAY)
    button = page.locator("dp-shortcuts > button")
    for closed_by in ("Escape", "button", "click outside"):
        button.press("Enter")
        dialog = page.get_by_role("dialog", name="단축키")
        expect(dialog).to_be_visible()
        assert dialog.locator("kbd").all_inner_texts() == ["j", "k", "o", "s", "r", "/", "t", "?", "Ctrl K"]
        if closed_by == "Escape":
            page.keyboard.press("Escape")
        elif closed_by == "button":
            dialog.get_by_role("button", name="닫기").click()
        else:
            page.mouse.click(3, 3)
        expect(dialog).to_have_count(0)
        expect(button).to_be_focused()
    page.locator(".dp-title a").first.focus()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".dp-title a").first).to_be_focused()


class TestCite:
    def text(self, visit: Visit, form: str, *papers: dict[str, Any]) -> str:
        text: str = in_lib(visit, "citation-formats", f"(cite, papers) => cite.{form}(papers)", list(papers))
        return text

    def test_bibtex_has_balanced_braces_and_escapes_tex(self, visit: Visit) -> None:
        text = self.text(visit, "bibtex", HOSTILE)
        assert text.count("{") == text.count("}")
        depth = 0
        for sign in text:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0
        title = text.split("title = {{", 1)[1].split("}},\n", 1)[0]
        assert title.startswith(
            r'A {\textbraceright} {\textbraceleft}bad {\textbackslash} "title" = 100\% of \$x\_1\$ \& \#more '
            r"{\textasciitilde} {\textasciicircum} <b> ER - | "
        )
        author = text.split("author = {", 1)[1].split("},\n", 1)[0]
        assert author == (
            "Ada Lovelace and Ludwig van der Berg and {Simon and Garfunkel} and {A, B, C} and 김 수학 and DeepSeek-AI"
        )
        assert "  url = {https://example.org/a_b%7D%7D?x=<1>%20y},\n" in text

    def test_bibtex_keys_are_unique_and_ascii(self, visit: Visit) -> None:
        papers = [
            {"id": "2402.00001", "title": "The Größe of it", "authors": ["Jörg Müller"], "date": "2024-02"},
            {"id": "2402.00002", "title": "On the Größe", "authors": ["Ann Müller"], "date": "2024"},
            {"id": "2402.00003", "title": "한국어", "authors": ["김수학"]},
            {"id": "2402.00004", "title": "", "authors": []},
        ]
        keys = [entry.split(",", 1)[0] for entry in self.text(visit, "bibtex", *papers).split("@misc{")[1:]]
        assert keys == ["muller2024groe", "muller2024groe-2", "anonymous240200003", "anonymous240200004"]

    def test_a_cut_list_of_authors_is_marked_in_every_format(self, visit: Visit) -> None:
        paper = {**HOSTILE, "authors": ["Ada Lovelace"], "more": 311}
        assert "author = {Ada Lovelace and others}" in self.text(visit, "bibtex", paper)
        assert "N1  - The first 1 of 312 authors.\r\n" in self.text(visit, "ris", paper)
        assert json.loads(self.text(visit, "csl", paper))[0]["note"] == "The first 1 of 312 authors."
        assert "Ada Lovelace; et al." in self.text(visit, "csv", paper)
        assert "Ada Lovelace et al." in self.text(visit, "markdown", paper)

    def test_ris_has_one_tag_a_line_and_none_from_a_title(self, visit: Visit) -> None:
        text = self.text(visit, "ris", HOSTILE, {"id": "x-0123456789ab", "title": "t"})
        assert text.endswith("\r\n")
        lines = text.split("\r\n")
        assert not any("\n" in line or "\r" in line for line in lines)
        assert all(line == "" or (line[2:6] == "  - " and line[:2].isupper()) for line in lines)
        assert [line for line in lines if line.startswith("ER")] == ["ER  - ", "ER  - "]
        assert [line[6:] for line in lines if line.startswith("AU")] == [
            "Lovelace, Ada",
            "van der Berg, Ludwig",
            "and Garfunkel, Simon",
            "A, B, C",
            "수학, 김",
            "DeepSeek-AI",
        ]
        assert "DA  - 2024/02/29/" in lines

    def test_csl_is_json_with_names_dates_and_numbers(self, visit: Visit) -> None:
        hostile, bare = json.loads(self.text(visit, "csl", HOSTILE, {"id": "x-0123456789ab", "title": "t"}))
        assert hostile["title"] == HOSTILE["title"]
        assert hostile["author"][1] == {"family": "van der Berg", "given": "Ludwig"}
        assert hostile["author"][-1] == {"literal": "DeepSeek-AI"}
        assert hostile["issued"] == {"date-parts": [[2024, 2, 29]]}
        assert hostile["number"] == "arXiv:2402.00010"
        assert bare == {"id": "x-0123456789ab", "type": "article", "title": "t", "author": []}

    def test_csl_has_suffixes_and_whole_teams(self, visit: Visit) -> None:
        paper = {"id": "2402.00001", "title": "t", "authors": ["Hal Daumé III", "Gemini Team", "and"]}
        assert json.loads(self.text(visit, "csl", paper))[0]["author"] == [
            {"family": "Daumé", "given": "Hal", "suffix": "III"},
            {"literal": "Gemini Team"},
        ]

    def test_markdown_is_escaped_and_on_one_line(self, visit: Visit) -> None:
        text = self.text(visit, "markdown", HOSTILE)
        assert text.count("\n") == 1
        assert r"\`code\` \](javascript:alert(1))](<https://example.org/a_b%7D}?x=%3C1%3E%20y>)" in text
        assert r"\<b\>" in text
        assert text.endswith("Ada Lovelace, Ludwig van der Berg, Simon and Garfunkel et al.. 2024-02-29\n")

    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
    def test_csv_is_quoted_and_has_no_formulas(self, visit: Visit, begin: str) -> None:
        paper = {"id": "2402.00010", "title": f'{begin}HYPERLINK("x"),\n1', "authors": ["A", "B"], "date": "2024-02"}
        text = self.text(visit, "csv", paper)
        head, row = text.split("\r\n", 1)
        assert head == "id,title,authors,date,url,doi"
        assert row == f'2402.00010,"\'{begin}HYPERLINK(""x""),\n1",A; B,2024-02,,\r\n'


class TestCoins:
    def test_a_paper_is_read_from_its_coins_span(self, visit: Visit) -> None:
        coins = "ctx_ver=Z39.88-2004&rft.title=A+%26+b%2B1&rft.au=X&rft.au=Y&rft.date=2024-02&rft_id=https://a.b/c"
        coins += "&rft_id=info:doi/10.1/2"
        assert in_lib(visit, "coins", "(coins, text) => coins.parseCoins('2402.00010', text, 9)", coins) == {
            "id": "2402.00010",
            "title": "A & b+1",
            "authors": ["X", "Y"],
            "more": 7,
            "date": "2024-02",
            "url": "https://a.b/c",
            "doi": "10.1/2",
        }

    def test_the_subject_is_the_category(self, visit: Visit) -> None:
        read = "(coins, text) => coins.parseCoins('2402.00010', text).category"
        assert in_lib(visit, "coins", read, "rft.title=A&rft.subject=cs.CL") == "cs.CL"


class TestFilter:
    def fits(self, visit: Visit, query: str, text: str) -> bool:
        found: bool = in_lib(
            visit,
            "paper-filter",
            "(filter, [query, text]) => filter.predicate(filter.parse(new URLSearchParams(query)))"
            "({ topics: [], org: '', code: false, video: false, votes: 3, text: () => text })",
            [query, text],
        )
        return found

    @pytest.mark.parametrize(
        ("query", "text", "is_found"),
        [
            ("q=rl", "the world model", False),
            ("q=rl", "RL for all", True),
            ("q=rl", "강화학습(RL)을", True),
            ("q=rl", "딥RL을", True),
            ("q=agent", "Agents at work", True),
            ("q=모델", "언어모델의 크기", True),
            ("q=two words", "words come in two", True),
            ('q="two words"', "words come in two", False),
            ('q="two words"', "TWO  words", True),
            ("q=ＲＬ", "rl", True),
            ("q=c%2B%2B", "in C++ now", True),
            ("q=(a|b)*[", "(a|b)*[", True),
            ("q=한국어", "한국어", True),
            ("not=world", "the world", False),
            ("not=other&q=world", "the world", True),
            ("q=%20%20", "anything", True),
            ("votes=4", "anything", False),
            ("votes=3", "anything", True),
        ],
    )
    def test_words_match_as_expected(self, visit: Visit, query: str, text: str, is_found: bool) -> None:
        assert self.fits(visit, query, text) is is_found

    @pytest.mark.parametrize(
        ("query", "written"),
        [
            ("", ""),
            ("topic=a-b&org=c&code=1&video=1&votes=10&q=x+y&not=z&sort=rise", None),
            ("sort=votes&votes=0&q=++&code=0", ""),
            ("sort=odd&votes=-1&code=yes&topic=%22%3E&votes=1e99", ""),
            ("votes=1.5&video=true", ""),
            ("utm=1&q=a", None),
        ],
    )
    def test_a_filter_is_parsed_and_serialized_and_invalid_values_are_dropped(
        self, visit: Visit, query: str, written: str | None
    ) -> None:
        serialized = in_lib(
            visit,
            "paper-filter",
            "(filter, query) => { const all = new URLSearchParams(query);"
            " return filter.serialize(filter.parse(all), all).toString(); }",
            query,
        )
        assert serialized == (query if written is None else written)
