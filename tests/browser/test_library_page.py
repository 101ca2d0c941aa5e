"""The reader's library in Chromium: saved papers stay on this device, and nothing is lost."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.visit import WITHOUT_SCRIPTS, Visit, new_context

DAY = "2024/03/01/"
LIBRARY = "library/"
PAPER = "2402.19173"
TITLE = "StarCoder 2 and The Stack v2: The Next Generation"
KEY = "daily-papers.library"
ASIDE = f"{KEY}.aside.1"
HOSTILE = '<img src=x onerror="window.hit = 1">'
AT = "2026-07-01T10:00:00.000Z"
LATER = "2026-07-02T10:00:00.000Z"
REFUSED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
FULL = """
const set = Storage.prototype.setItem;
Storage.prototype.setItem = function (name, value) {
  if (name.startsWith('daily-papers.library')) throw new DOMException('full', 'QuotaExceededError');
  set.call(this, name, value);
};
"""
MONTHS = re.compile(r"/2026/0[67]\.json$")
NARROW = pytest.mark.parametrize(
    "visit",
    [{"viewport": {"width": width, "height": 900}} for width in (390, 1440)],
    ids=["390", "1440"],
    indirect=True,
)


def paper(title: str = "A paper", **fields: Any) -> dict[str, Any]:
    return {"title": title, "authors": ["Ann Author", "Bo Writer"], "date": "2024-03-01", **fields}


def library(papers: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    follows: dict[str, list[Any]] = {"topics": [], "authors": [], "filters": []}
    return {"version": 1, "papers": papers or {}, "follows": follows, "visits": {}, **fields}


def put(visit: Visit, text: str, name: str = KEY) -> None:
    """Store `text` in the browser before the scripts of the site run."""
    page = visit.open("status.json")
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, text])


def stored(page: Page, name: str = KEY) -> Any:
    text = page.evaluate("(name) => localStorage.getItem(name)", name)
    return None if text is None else json.loads(text)


def button(page: Page, value: str, paper_id: str = PAPER) -> Any:
    return page.locator(f'[id="{paper_id}"] dp-paper-actions [value={value}]')


def rows(page: Page) -> list[str]:
    """Return the titles of the list in their order."""
    page.locator("dp-library-page .dp-tools").wait_for(state="attached")
    return page.locator("dp-library-page section:not(:has(details)) .dp-paper-list > li > a").all_inner_texts()


def pure(page: Page, script: str, *values: Any) -> Any:
    """Return the result of `script`, the body of a function of the values; `lib` has the exports of `modules`."""
    names = ", ".join(f"v{number}" for number in range(len(values)))
    folder = "/assets/daily-papers/js/library"
    modules = ("model", "merge", "store")
    exports = ", ".join(f"...await import('{folder}/{name}.mjs')" for name in modules)
    lib = f"{{{exports}}}"
    return page.evaluate(f"async ([{names}]) => {{ const lib = {lib}; {script} }}", list(values))


@NARROW
def test_saved_read_and_noted_papers_survive_a_reload_and_are_in_the_library(visit: Visit) -> None:
    page = visit.open(DAY)
    for value in ("saved", "read", "note"):
        button(page, value).click()
    page.keyboard.type("worth a second look")
    page.reload()
    assert button(page, "saved").get_attribute("aria-pressed") == "true"
    assert button(page, "read").get_attribute("aria-pressed") == "true"
    page.locator(f'[id="{PAPER}"] .dp-title', has_text="(저장함) (읽음) (메모 있음)").wait_for()
    entry = stored(page)["papers"][PAPER]
    assert (entry["title"], entry["date"], entry["note"]) == (TITLE, "2024-03-01", "worth a second look")
    assert entry["authors"][0] == page.locator(f'[id="{PAPER}"] .dp-first-author').inner_text()
    assert "Qian Liu" in entry["authors"]
    page = visit.open(LIBRARY)
    assert rows(page) == [TITLE]
    assert page.locator("dp-library-page textarea").input_value() == "worth a second look"
    page.locator("dp-library-page .dp-paper-list a").first.click()
    page.wait_for_url(f"**/{DAY}#{PAPER}")
    assert visit.errors == []


def test_the_buttons_have_names_in_the_language_of_the_reader(visit: Visit) -> None:
    page = visit.open(DAY)
    page.get_by_role("button", name="저장", exact=True).first.wait_for()
    page.locator("dp-language [value=en]").click()
    page.get_by_role("button", name="Save", exact=True).first.click()
    assert stored(page)["papers"]
    page.locator(".dp-title .dp-sr-only", has_text="(saved)").wait_for(state="attached")


@NARROW
def test_a_hidden_paper_is_one_line_from_the_first_paint_on_and_can_be_shown_again(visit: Visit) -> None:
    page = visit.open(DAY)
    button(page, "hidden").click()
    article = page.locator(f'[id="{PAPER}"]')
    assert article.bounding_box()["height"] < 60  # type: ignore[index]
    page.reload()
    visit.scroll_through()
    assert visit.layout_shift() < 0.0005
    assert TITLE in article.inner_text()
    again = page.get_by_role("button", name="다시 보기")
    again.press("Enter")
    assert article.bounding_box()["height"] > 60  # type: ignore[index]
    assert page.evaluate("document.activeElement.value") == "hidden"


def test_a_row_has_its_bookmark_and_a_read_paper_a_lighter_title(visit: Visit) -> None:
    page = visit.open(DAY)
    row = page.locator(".dp-compact").first
    save = row.locator("[value=saved]")
    save.click()
    row.evaluate("""one => one.dispatchEvent(new CustomEvent("dp-read", {bubbles: true}))""")
    assert save.get_attribute("aria-pressed") == "true"
    weights = page.locator(".dp-title").evaluate_all("all => all.map((one) => getComputedStyle(one).fontWeight)")
    assert len(set(weights)) == 2


def test_events_of_shortcuts_toggle_saved_and_read(visit: Visit) -> None:
    page = visit.open(DAY)
    send = """([id, name]) => {
      document.getElementById(id).firstElementChild.dispatchEvent(new CustomEvent(name, {bubbles: true}));
    }"""
    for name, mark in (("dp-save", "saved"), ("dp-read", "read")):
        page.evaluate(send, [PAPER, name])
        assert stored(page)["papers"][PAPER][mark]
        page.evaluate(send, [PAPER, name])
        assert mark not in stored(page)["papers"][PAPER]
        assert stored(page)["papers"][PAPER]["undone"][mark]


def test_a_paper_is_saved_noted_found_and_removed_by_keyboard(visit: Visit) -> None:
    page = visit.open(DAY)
    button(page, "saved").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("by keys")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.value") == "note"
    page = visit.open(LIBRARY)
    page.locator("dp-library-page").get_by_role("searchbox").focus()
    page.keyboard.type("by keys")
    assert rows(page) == [TITLE]
    for _ in range(3):  # sort, kind, title
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == TITLE
    for _ in range(3):  # read, note, remove
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert PAPER in stored(page)["papers"]
    assert "saved" not in stored(page)["papers"][PAPER]
    assert page.evaluate("document.activeElement.value") == "undo"
    page.keyboard.press("Enter")
    assert stored(page)["papers"][PAPER]["note"] == "by keys"
    assert stored(page)["papers"][PAPER]["saved"]


def test_the_list_is_sorted_searched_and_filtered_by_read_and_unread(visit: Visit) -> None:
    papers = {
        "2401.00001": paper("Beta", saved=AT, date="2024-03-06"),
        "2401.00002": paper("Alpha", saved=LATER, date="2024-03-04", read=AT),
        "2401.00003": paper("Gamma", note="on snails", date="2024-03-05"),
        "2401.00004": paper("Hidden", hidden=AT),
        "2401.00005": paper("Only read", read=AT),
    }
    put(visit, json.dumps(library(papers)))
    page = visit.open(LIBRARY)
    assert rows(page) == ["Alpha", "Beta", "Gamma"]
    sort, kind = page.locator("dp-library-page select").all()
    sort.select_option("date")
    assert rows(page) == ["Beta", "Gamma", "Alpha"]
    sort.select_option("title")
    assert rows(page) == ["Alpha", "Beta", "Gamma"]
    kind.select_option("unread")
    assert rows(page) == ["Beta", "Gamma"]
    page.locator("dp-library-page").get_by_role("searchbox").fill("SNAILS gam")
    assert rows(page) == ["Gamma"]
    page.locator("dp-library-page").get_by_role("searchbox").fill("nothing like it")
    assert rows(page) == []
    page.locator("dp-library-page summary", has_text="숨긴 논문 1편").click()
    page.get_by_role("button", name="다시 보기: Hidden").click()
    assert "hidden" not in stored(page)["papers"]["2401.00004"]


@NARROW
@pytest.mark.parametrize("is_full", [False, True], ids=["empty", "full"])
def test_the_library_has_no_overflow_layout_shift_error_or_axe_violation(visit: Visit, is_full: bool) -> None:
    papers = {f"2401.{number:05}": paper(f"Paper {number} " * 9, saved=AT, note="n" * 300) for number in range(150)}
    papers |= {"2402.00001": paper("Hidden", hidden=AT)}
    follows = {"topics": ["agents"], "authors": ["Ann Author"], "filters": [{"query": "code=1"}]}
    answer_months(visit)
    put(visit, json.dumps(library(papers, follows=follows) if is_full else library()))
    page = visit.open(LIBRARY)
    rows(page)
    page.wait_for_load_state("networkidle")
    assert visit.layout_shift() < 0.0005
    visit.scroll_through()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visit.errors == []
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    if is_full:
        assert len(rows(page)) >= 100
        page.get_by_role("button", name="50편 더 보기").click()
        assert sum(title.startswith("Paper") for title in rows(page)) == 150


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 900}}], ids=["phone"], indirect=True)
def test_every_control_is_at_least_44_pixels_high(visit: Visit) -> None:
    put(visit, json.dumps(library({PAPER: paper(saved=AT)})))
    for path in (DAY, LIBRARY):
        page = visit.open(path)
        page.locator("dp-paper-actions button[title], dp-library-page button[title]").first.wait_for()
        boxes = [
            one.bounding_box()
            for one in page.locator("dp-paper-actions button, dp-library-page button, dp-library-page select").all()
        ]
        sizes = [min(box["width"], box["height"]) for box in boxes if box]
        assert sizes
        assert min(sizes) >= 44


CORRUPT = {
    "cut short": json.dumps(library({PAPER: paper(saved=AT)}))[:-20],
    "no JSON": "\x00 hello",
    "another shape": "[1, 2]",
    "null": "null",
    "no version": json.dumps({"papers": {PAPER: paper(saved=AT)}}),
    "an invalid paper": json.dumps(library({PAPER: paper(saved=AT), "2401.00001": 7})),
    "an invalid instant": json.dumps(library({PAPER: paper(saved="yesterday")})),
    "an invalid id": json.dumps(library({"../../x y": paper(saved=AT)})),
    "the prototype": '{"version":1,"papers":{"__proto__":{"title":"x","saved":"' + AT + '"}}}',
    "deep": "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("text", CORRUPT.values(), ids=CORRUPT)
def test_an_unreadable_library_is_kept_as_a_copy_and_the_page_is_usable(visit: Visit, text: str) -> None:
    put(visit, text)
    page = visit.open(DAY)
    button(page, "saved", "2402.19427").click()
    assert page.evaluate("(name) => localStorage.getItem(name)", ASIDE) == text
    assert stored(page)["papers"]["2402.19427"]["saved"]
    page = visit.open(LIBRARY)
    assert len(rows(page)) >= 1
    with page.expect_download() as download:
        page.get_by_role("button", name="원래 내용 내려받기").click()
    assert download.value.path().read_text(encoding="utf-8") == text
    page.get_by_role("button", name="따로 둔 내용 지우기").click()
    assert page.evaluate("(name) => localStorage.getItem(name)", ASIDE) is None
    assert visit.errors == []


def test_readable_entries_of_a_damaged_library_stay_and_a_second_copy_overwrites_nothing(visit: Visit) -> None:
    put(visit, json.dumps(library({PAPER: paper("Readable", saved=AT), "2401.00001": None})))
    assert rows(visit.open(LIBRARY)) == ["Readable"]
    put(visit, "{")
    page = visit.open(LIBRARY)
    rows(page)
    assert page.evaluate("(name) => localStorage.getItem(name)", f"{KEY}.aside.2") == "{"
    assert "Readable" in page.evaluate("(name) => localStorage.getItem(name)", ASIDE)


def test_a_library_of_a_newer_version_is_shown_with_a_note_and_not_changed(visit: Visit) -> None:
    text = json.dumps(library({PAPER: paper("From the future", saved=AT)}, version=2, wings=True))
    put(visit, text)
    page = visit.open(DAY)
    button(page, "saved", "2402.19427").click()
    page.locator("dp-paper-actions [role=status]", has_text="새로운 버전").wait_for()
    page = visit.open(LIBRARY)
    assert rows(page) == ["From the future"]
    assert page.locator(".dp-storage-error", has_text="새로운 버전").is_visible()
    assert page.evaluate("(name) => localStorage.getItem(name)", KEY) == text


def test_without_storage_the_library_works_for_the_visit_with_a_note(visit: Visit) -> None:
    visit.page.add_init_script(REFUSED)
    page = visit.open(DAY)
    button(page, "saved").click()
    assert button(page, "saved").get_attribute("aria-pressed") == "true"
    page.locator("dp-paper-actions [role=status]", has_text="저장을 막고 있어").wait_for()
    page = visit.open(LIBRARY)
    page.locator(".dp-storage-error", has_text="저장을 막고 있어").wait_for()
    accept(page, export_text({PAPER: paper("For this visit", saved=AT)}))
    # The scripts of the theme report errors.
    assert rows(page) == ["For this visit"]


def test_a_full_storage_is_reported_and_nothing_is_lost(visit: Visit) -> None:
    text = json.dumps(library({PAPER: paper(saved=AT)}), separators=(",", ":"))
    put(visit, text)
    visit.page.add_init_script(FULL)
    page = visit.open(DAY)
    button(page, "saved", "2402.19427").click()
    page.locator("dp-paper-actions [role=status]", has_text="가득 차").wait_for()
    assert button(page, "saved", "2402.19427").get_attribute("aria-pressed") == "false"
    assert page.evaluate("(name) => localStorage.getItem(name)", KEY) == text


def test_an_unreadable_library_is_not_changed_if_there_is_no_room_for_a_copy(visit: Visit) -> None:
    put(visit, "{broken")
    visit.page.add_init_script(FULL)
    page = visit.open(DAY)
    button(page, "saved").click()
    page.locator("dp-paper-actions [role=status]", has_text="그대로 둡니다").wait_for()
    assert page.evaluate("(name) => localStorage.getItem(name)", KEY) == "{broken"


def test_two_tabs_share_their_changes_and_lose_none(visit: Visit) -> None:
    first = visit.open(DAY)
    second = visit.page.context.new_page()
    second.goto(visit.site + DAY)
    button(second, "saved").click()
    first.locator(f'[id="{PAPER}"] [value=saved][aria-pressed=true]').wait_for()
    button(first, "saved", "2402.19427").click()
    second.locator('[id="2402.19427"] [value=saved][aria-pressed=true]').wait_for()
    assert set(stored(first)["papers"]) == {PAPER, "2402.19427"}


def export_text(papers: dict[str, Any], **fields: Any) -> str:
    exported = library(papers, **fields)
    del exported["visits"]
    return json.dumps(exported)


def accept(page: Page, text: str) -> None:
    """Import a file of `text`, and confirm."""
    page.locator("dp-library-page input[type=file]").set_input_files(
        {"name": "library.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    page.get_by_role("button", name="합치기").click()


def download(page: Page, name: str) -> tuple[str, str]:
    """Press the button `name`; return the name and text of the downloaded file."""
    with page.expect_download() as found:
        page.get_by_role("button", name=name, exact=True).click()
    path: Path = found.value.path()
    return found.value.suggested_filename, path.read_bytes().decode()


FOLLOWS = {"topics": ["agents"], "authors": ["Ann Author"], "filters": [{"query": "votes=5"}]}


@NARROW
def test_importing_an_export_gives_the_same_library(visit: Visit) -> None:
    papers = {
        PAPER: paper(saved=AT, note="한글 note"),
        "2401.00001": paper("B", read=AT, undone={"saved": LATER}, more=3),
    }
    put(visit, json.dumps(library(papers, follows=FOLLOWS)))
    page = visit.open(LIBRARY)
    name, text = download(page, "파일로 내보내기")
    assert name == "daily-papers-library.json"
    assert json.loads(text)["papers"] == papers
    assert "visits" not in json.loads(text)
    page.evaluate("localStorage.clear()")
    page = visit.open(LIBRARY)
    accept(page, text)
    page.locator("dp-library-page [role=status]", has_text="서재에 합쳤습니다").wait_for()
    assert download(page, "파일로 내보내기")[1] == text
    page.locator("dp-library-page input[type=file]").set_input_files(
        {"name": "again.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    page.locator("dp-library-page [role=status]", has_text="이미 서재에 다 있는").wait_for()


def test_an_import_lists_its_changes_and_waits_for_confirmation(visit: Visit) -> None:
    put(visit, json.dumps(library({PAPER: paper(saved=AT)})))
    page = visit.open(LIBRARY)
    text = export_text({PAPER: paper(saved=AT, note="theirs"), "2401.00001": paper("B", saved=AT)}, follows=FOLLOWS)
    page.locator("dp-library-page input[type=file]").set_input_files(
        {"name": "l.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    offer = page.locator(".dp-import-preview")
    offer.wait_for()
    changes = offer.locator("li").all_inner_texts()
    assert changes == ["새로 들어올 논문 1편", "표시나 메모가 달라질 논문 1편", "새로 팔로우할 것 3개"]
    assert set(stored(page)["papers"]) == {PAPER}
    page.get_by_role("button", name="그만두기").click()
    assert not offer.is_visible()
    assert set(stored(page)["papers"]) == {PAPER}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2, "papers": {}}', '{"version": 1}'])
def test_a_file_that_is_no_library_is_refused_with_a_message(visit: Visit, text: str) -> None:
    page = visit.open(LIBRARY)
    page.locator("dp-library-page input[type=file]").set_input_files(
        {"name": "l.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    page.locator("dp-library-page [role=status]", has_text="가져올 수 있는 서재가 아닙니다").wait_for()
    switch_language(page, "en")
    page.locator("dp-library-page [role=status]", has_text="not a library").wait_for()


@pytest.mark.parametrize("plain", [False, True], ids=["deflated", "plain"])
def test_a_link_transfers_the_library_to_another_browser_without_sending_it_to_a_server(
    visit: Visit, chromium: Browser, plain: bool
) -> None:
    put(visit, json.dumps(library({PAPER: paper("링크로 온 paper", saved=AT)})))
    if plain:
        visit.page.add_init_script("delete window.CompressionStream;")
    page = visit.open(LIBRARY)
    page.get_by_role("button", name="링크로 내보내기").click()
    link = page.get_by_label("서재가 담긴 링크")
    link.wait_for()
    address = link.input_value()
    assert address.startswith(f"{visit.site}{LIBRARY}#import={'t' if plain else 'z'}")
    context = new_context(chromium)
    other = Visit(context, visit.site)
    page = other.open(address.removeprefix(visit.site))
    page.get_by_role("button", name="합치기").click()
    assert rows(page) == ["링크로 온 paper"]
    assert page.url == visit.site + LIBRARY
    assert not [sent for sent in other.requests if address.split("=")[1][:40] in sent and "#" not in sent]
    assert other.errors == []
    context.close()


@pytest.mark.parametrize("packed", ["", "z", "z!!!", "zAAAA", "t%E0%A4%A", "q123"])
def test_a_damaged_link_is_refused_with_a_message(visit: Visit, packed: str) -> None:
    page = visit.open(f"{LIBRARY}#import={packed}")
    page.locator("dp-library-page [role=status]", has_text="가져올 수 있는 서재가 아닙니다").wait_for()
    assert visit.errors == []


def test_a_library_too_large_for_a_link_is_reported(visit: Visit) -> None:
    page = visit.open(LIBRARY)
    papers = pure(
        page,
        "const random = () => Math.random().toString(36).slice(2);"
        "return Object.fromEntries(Array.from({length: 900}, (_, number) => ["
        " `2401.${number}`, {saved: v0, title: random(), authors: [1, 2, 3, 4].map(random), date: ''}]))",
        AT,
    )
    put(visit, json.dumps(library(papers)))
    page = visit.open(LIBRARY)
    page.get_by_role("button", name="링크로 내보내기").click()
    page.locator("dp-library-page [role=status]", has_text="링크에 담기에는").wait_for()


FORMATS = {
    "BibTeX": ("daily-papers.bib", "@"),
    "RIS": ("daily-papers.ris", "TY  - "),
    "CSL-JSON": ("daily-papers.csl.json", "["),
    "Markdown": ("daily-papers.md", ""),
    "CSV": ("daily-papers.csv", "id,"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_saved_papers_are_exported_as_citations(visit: Visit, name: str) -> None:
    put(visit, json.dumps(library({PAPER: paper(TITLE, saved=AT), "2401.00001": paper("Only read", read=AT)})))
    page = visit.open(LIBRARY)
    file, text = download(page, name)
    assert file == FORMATS[name][0]
    assert text.startswith(FORMATS[name][1])
    assert TITLE in text
    assert f"https://arxiv.org/abs/{PAPER}" in text
    assert "Only read" not in text


def test_a_hostile_title_and_note_stay_text_everywhere(visit: Visit) -> None:
    follows = {
        "topics": [HOSTILE],
        "authors": [HOSTILE],
        "filters": [{"query": HOSTILE, "org": HOSTILE}, {"query": "org=x", "org": HOSTILE}],
    }
    papers = {
        "2401.00001": paper(HOSTILE, authors=[HOSTILE], saved=AT, note=HOSTILE),
        "2401.00002": paper(HOSTILE, hidden=AT),
    }
    answer_months(visit, [{"id": "2607.00001", "date": "2026-07-30", "title": HOSTILE, "authors": [HOSTILE]}])
    put(visit, json.dumps(library(papers, follows=follows)))
    page = visit.open(LIBRARY)
    assert rows(page)[-1] == HOSTILE
    page.locator("dp-library-page .dp-paper-list a", has_text="onerror").first.wait_for()
    page.locator("dp-library-page button[value=remove]").first.click()
    assert page.locator("dp-library-page img").count() == 0
    assert page.evaluate("window.hit") is None
    assert visit.errors == []


def answer_months(visit: Visit, papers: list[dict[str, Any]] | None = None) -> None:
    """Answer the data file of the newest month with `papers`, and that of the month before with none."""

    def answer(route: Any) -> None:
        newest = route.request.url.endswith("/2026/07.json")
        route.fulfill(
            status=200, content_type="application/json", body=json.dumps({"papers": papers or [] if newest else []})
        )

    visit.page.route(MONTHS, answer)


def test_new_papers_of_followed_topics_are_first_and_old_on_the_next_visit(visit: Visit) -> None:
    papers: list[dict[str, Any]] = [
        {"id": "2607.00001", "date": "2026-07-29", "title": "By topic", "authors": ["X"], "topics": ["agents"]},
        {"id": "2607.00002", "date": "2026-07-30", "title": "By author", "authors": ["Ann Author", "Y"]},
        {"id": "2607.00003", "date": "2026-07-28", "title": "By filter", "authors": ["Z"], "votes": 5},
        {"id": "2607.00004", "date": "2026-07-30", "title": "Not followed", "authors": ["W"], "votes": 4},
    ]
    answer_months(visit, papers)
    put(visit, json.dumps(library(follows=FOLLOWS)))
    page = visit.open(LIBRARY)
    news = page.locator("dp-library-page section").nth(1)
    news.get_by_text("새 논문 3편").wait_for()
    assert news.locator("li > a").all_inner_texts() == ["By author", "By topic", "By filter"]
    value = stored(page)
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    value["visits"]["looking"]["at"] = long_ago.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    put(visit, json.dumps(value))
    papers.append({"id": "2607.00005", "date": "2026-07-30", "title": "Came late", "authors": ["Ann Author"]})
    page = visit.open(LIBRARY)
    news = page.locator("dp-library-page section").nth(1)
    news.get_by_text("새 논문 1편").wait_for()
    assert news.locator("ul").first.locator("a").all_inner_texts() == ["Came late"]
    news.locator("summary").click()
    assert news.locator("details a").count() == 3


def test_without_the_data_files_of_months_the_page_has_a_note_and_still_works(visit: Visit) -> None:
    visit.page.route(MONTHS, lambda route: route.fulfill(status=404, body=""))
    put(visit, json.dumps(library({PAPER: paper(saved=AT)}, follows=FOLLOWS)))
    page = visit.open(LIBRARY)
    page.get_by_text("최근 논문 목록을 가져오지 못했습니다").wait_for()
    assert rows(page) == ["A paper"]


def test_followed_items_are_listed_and_can_be_removed(visit: Visit) -> None:
    answer_months(visit)
    put(visit, json.dumps(library(follows=FOLLOWS)))
    page = visit.open(LIBRARY)
    page.get_by_role("button", name="팔로우: Ann Author", pressed=True).click()
    assert stored(page)["follows"]["authors"] == []
    page.get_by_role("button", name="팔로우: Ann Author", pressed=False).click()
    page.get_by_role("button", name="팔로우: LLM 에이전트", pressed=True).click()
    page.get_by_role("button", name="팔로우: ▲ 5", pressed=True).click()
    assert stored(page)["follows"] == {"topics": [], "authors": ["Ann Author"], "filters": []}


def test_a_follow_button_follows_the_item_in_its_data(visit: Visit) -> None:
    page = visit.open(DAY)
    page.evaluate(
        """() => {
          for (const data of [{topic: "agents"}, {author: "Ann Author"}, {query: "code=1", name: "with code"}]) {
            const button = document.createElement("dp-follow");
            Object.assign(button.dataset, data);
            document.querySelector(".dp").prepend(button);
          }
        }"""
    )
    for name in ("agents", "Ann Author", "with code"):
        page.get_by_role("button", name=f"팔로우: {name}", pressed=False).click()
        page.get_by_role("button", name=f"팔로우: {name}", pressed=True).wait_for()
    filters = [{"query": "code=1"}]
    assert stored(page)["follows"] == {"topics": ["agents"], "authors": ["Ann Author"], "filters": filters}


def test_the_first_visit_has_no_count_of_new_papers_and_a_later_one_has(visit: Visit) -> None:
    page = visit.open("")
    page.locator("dp-paper-actions button[title]").first.wait_for()
    assert page.locator("dp-new-papers").inner_text() == ""
    assert page.locator(".dp-new").count() == 0
    page.wait_for_function("() => '2026-07-31' in JSON.parse(localStorage['daily-papers.library']).visits.days")
    value = stored(page)
    assert value["visits"]["days"]["2026-07-31"] == 34
    value["visits"]["days"] |= {"2026-07-31": 30, "2026-07-29": value["visits"]["days"]["2026-07-29"] - 1}
    value["visits"]["at"] = "2026-07-29T12:00:00.000Z"
    put(visit, json.dumps(value))
    page = visit.open("")
    link = page.locator("dp-new-papers a")
    link.wait_for()
    assert link.inner_text() == "7월 29일 (수) 이후 새 논문 5편"
    assert page.locator(".dp-new").count() == 2
    assert "새 논문 4편" in (page.locator('a.dp-new[href$="2026/07/31/"]').text_content() or "")
    assert visit.layout_shift() < 0.0005
    page.locator("dp-language [value=en]").click()
    page.get_by_text("5 new since Wed 29 Jul").wait_for()
    page = visit.open("archive/")
    page.locator(".dp-new").first.wait_for()
    assert page.locator(".dp-new").count() == 2
    page = visit.open("")
    page.locator("dp-new-papers a").click()
    page.wait_for_url("**/2026/07/29/")
    assert visit.errors == []


def test_changes_on_the_library_page_are_on_the_day_when_going_back(visit: Visit) -> None:
    page = visit.open(DAY)
    button(page, "saved").click()
    page.locator(".md-tabs__link", has_text="내 서재").click()
    page.wait_for_url(f"**/{LIBRARY}")
    assert rows(page) == [TITLE]
    page.locator("dp-library-page [value=remove]").click()
    page.go_back()
    page.locator(f'[id="{PAPER}"] [value=saved][aria-pressed=false]').wait_for()
    assert visit.errors == []


def switch_language(page: Page, code: str) -> None:
    """Switch the language, and wait until the library is rendered in it."""
    page.locator(f"dp-language [value={code}]").click()
    page.locator("dp-library-page h2", has_text={"en": "Saved papers", "ko": "저장한 논문"}[code]).wait_for()


def test_changing_the_language_keeps_typed_text_the_sort_order_and_undo(visit: Visit) -> None:
    answer_months(visit)
    papers = {
        "2401.00001": paper("Beta", saved=AT),
        "2401.00002": paper("Alpha", saved=LATER),
        "2401.00003": paper("Alphabet", saved=LATER, read=AT),
        "2401.00004": paper("Gamma", saved=LATER),
        "2401.00005": paper("Delta", hidden=AT),
    }
    put(visit, json.dumps(library(papers, follows=FOLLOWS)))
    page = visit.open(LIBRARY)
    assert len(rows(page)) == 4
    sort, kind = page.locator("dp-library-page select").all()
    sort.select_option("title")
    kind.select_option("unread")
    page.locator("dp-library-page").get_by_role("searchbox").fill("alpha")
    page.get_by_role("button", name="메모: Alpha", exact=True).click()
    page.locator("dp-library-page").get_by_role("searchbox").fill("a")
    page.get_by_role("button", name="빼기: Gamma").click()
    page.get_by_role("button", name="팔로우: Ann Author").click()
    page.locator("dp-library-page summary", has_text="숨긴 논문").click()
    switch_language(page, "en")
    assert page.locator("dp-library-page details a", has_text="Delta").is_visible()
    assert page.locator("dp-library-page").get_by_role("searchbox").input_value() == "a"
    assert [select.input_value() for select in page.locator("dp-library-page select").all()] == ["title", "unread"]
    assert rows(page) == ["Alpha", "Beta"]
    assert page.locator("dp-library-page textarea").count() == 1
    page.get_by_role("button", name="Follow: Ann Author", pressed=False).click()
    page.get_by_role("button", name="Undo").click()
    assert rows(page) == ["Alpha", "Beta", "Gamma"]
    assert stored(page)["papers"]["2401.00004"]["saved"] == LATER
    assert stored(page)["follows"]["authors"] == ["Ann Author"]
    assert visit.errors == []


@pytest.mark.parametrize("by", ["link", "file"])
def test_changing_the_language_keeps_a_pending_import(visit: Visit, by: str) -> None:
    text = export_text({"2401.00001": paper("Offered", saved=AT)})
    packed = pure(
        visit.open("status/"),
        "return (await import(v1)).compress(v0)",
        text,
        "/assets/daily-papers/js/lib/url-compress.mjs",
    )
    page = visit.open(f"{LIBRARY}#import={packed}" if by == "link" else LIBRARY)
    if by == "file":
        page.locator("dp-library-page input[type=file]").set_input_files(
            {"name": "l.json", "mimeType": "application/json", "buffer": text.encode()}
        )
    page.locator(".dp-import-preview li", has_text="새로 들어올 논문 1편").wait_for()
    switch_language(page, "en")
    page.locator(".dp-import-preview li", has_text="1 new paper").wait_for()
    assert "papers" not in (stored(page) or {}) or not stored(page)["papers"]
    page.get_by_role("button", name="Merge").click()
    assert rows(page) == ["Offered"]
    switch_language(page, "ko")
    assert not page.locator(".dp-import-preview").is_visible()
    assert visit.errors == []


def test_a_link_with_the_library_is_copied_and_kept_when_the_language_changes(visit: Visit) -> None:
    put(visit, json.dumps(library({PAPER: paper(saved=AT)})))
    visit.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "document.execCommand = (command) => { window.did = [command, document.activeElement.value]; return true; };"
    )
    page = visit.open(LIBRARY)
    page.get_by_role("button", name="링크로 내보내기").click()
    page.locator("dp-library-page [role=status]", has_text="링크를 복사했습니다").wait_for()
    address = page.get_by_label("서재가 담긴 링크").input_value()
    assert page.evaluate("window.did") == ["copy", address]
    switch_language(page, "en")
    assert page.get_by_label("Link that contains the library").input_value() == address


def test_a_followed_filter_is_stored_as_its_query_and_named_in_the_language_of_the_reader(visit: Visit) -> None:
    answer_months(
        visit, [{"id": "2607.00001", "date": "2026-07-30", "title": "Found", "topics": ["agents"], "code": True}]
    )
    page = visit.open(f"{DAY}?topic=agents&code=1")
    page.get_by_role("button", name="팔로우: ").locator("visible=true").click()
    page = visit.open("2026/07/31/")
    organization = page.locator(".dp-org").first.inner_text()
    page.locator(".dp-filter-toggle").click()
    page.get_by_label("기관").select_option(organization)
    slug = page.get_by_label("기관").input_value()
    page.get_by_role("button", name=f"팔로우: {organization}").click()
    assert stored(page)["follows"]["filters"] == [
        {"query": "topic=agents&code=1"},
        {"query": f"org={slug}", "org": organization},
    ]
    page = visit.open(LIBRARY)
    filters = page.locator("dp-library-page .dp-followed a")
    filters.first.wait_for()
    assert filters.all_inner_texts() == ["LLM 에이전트, 코드 있음", organization]
    assert "LLM 에이전트, 코드 있음" in page.locator("dp-library-page .dp-paper-list small").first.inner_text()
    switch_language(page, "en")
    assert filters.all_inner_texts() == ["LLM Agents, Has code", organization]
    page.get_by_role("button", name="Follow: LLM Agents, Has code", pressed=True).wait_for()
    assert visit.errors == []


def test_a_day_names_a_followed_organization_and_topic_without_a_paper_on_it(visit: Visit) -> None:
    followed = {"query": "org=a-lab", "org": "A Laboratory"}
    put(visit, json.dumps(library(follows={"topics": [], "authors": [], "filters": [followed]})))
    page = visit.open(f"{DAY}?org=a-lab")
    assert page.get_by_label("기관").locator("option:checked").text_content() == "A Laboratory"
    for pressed in (True, False):
        page.get_by_role("button", name="팔로우: A Laboratory", pressed=pressed).click()
    assert stored(page)["follows"]["filters"] == [followed]
    page = visit.open(f"{DAY}?topic=driving&org=nobody")
    page.get_by_role("button", name="팔로우: 자율주행, nobody").click()
    assert stored(page)["follows"]["filters"] == [followed, {"query": "topic=driving&org=nobody"}]
    page.locator("dp-language [value=en]").click()
    page.get_by_role("button", name="Follow: Autonomous Driving, nobody", pressed=True).wait_for()
    assert visit.errors == []


OLD_IDS = ["hep-th/9901001", "math.AG/0601001"]


@pytest.mark.parametrize("by", ["link", "file"])
def test_papers_with_old_arxiv_ids_are_imported_linked_and_cited(visit: Visit, by: str) -> None:
    text = export_text({one: paper(one, saved=AT) for one in OLD_IDS})
    packed = pure(
        visit.open("status/"),
        "return (await import(v1)).compress(v0)",
        text,
        "/assets/daily-papers/js/lib/url-compress.mjs",
    )
    page = visit.open(f"{LIBRARY}#import={packed}" if by == "link" else LIBRARY)
    if by == "link":
        page.get_by_role("button", name="합치기").click()
    else:
        accept(page, text)
    assert set(rows(page)) == set(OLD_IDS)
    assert set(stored(page)["papers"]) == set(OLD_IDS)
    assert page.locator(".dp-paper-list a").first.get_attribute("href") == "../2024/03/01/#hep-th%2F9901001"
    _, cited = download(page, "CSL-JSON")
    assert [one["URL"] for one in json.loads(cited)] == [f"https://arxiv.org/abs/{one}" for one in OLD_IDS]


def test_a_toggle_has_a_pressed_state_or_a_changing_name_but_not_both(visit: Visit) -> None:
    page = visit.open(DAY)
    for value in ("saved", "read", "note", "hidden"):
        one = button(page, value)
        one.and_(page.locator("[aria-label]")).wait_for()
        before = [one.get_attribute(name) for name in ("aria-label", "aria-pressed")]
        one.click()
        if value == "note":
            page.keyboard.type("n")
        after = [one.get_attribute(name) for name in ("aria-label", "aria-pressed")]
        changed = [old != new for old, new in zip(before, after, strict=True)]
        assert changed == {"hidden": [True, False], "note": [False, False]}.get(value, [False, True]), value
    assert button(page, "hidden").get_attribute("aria-pressed") is None
    assert button(page, "hidden").inner_text() == "다시 보기"


def test_the_note_button_has_its_expanded_state_and_controls_the_note(visit: Visit) -> None:
    put(visit, json.dumps(library({"2402.19427": paper("On the shelf", saved=AT)})))
    for path, note in (
        (DAY, button(visit.page, "note")),
        (LIBRARY, visit.page.locator("dp-library-page [value=note]")),
    ):
        page = visit.open(path)
        note.and_(page.locator("[aria-expanded=false]")).wait_for()
        note.click()
        assert note.get_attribute("aria-expanded") == "true"
        field = page.locator(f'[id="{note.get_attribute("aria-controls")}"]')
        assert field.evaluate("(node) => node.localName === 'textarea' && node === document.activeElement")
        note.click()
        assert note.get_attribute("aria-expanded") == "false"
        assert field.count() == 0
    page = visit.open(DAY)
    button(page, "note").click()
    page.keyboard.press("Escape")
    assert button(page, "note").get_attribute("aria-expanded") == "false"


@WITHOUT_SCRIPTS
def test_without_scripts_the_library_page_has_a_note(visit: Visit) -> None:
    page = visit.open(LIBRARY)
    assert "자바스크립트" in page.locator("dp-library-page").inner_text()
    assert not visit.open(DAY).locator("dp-paper-actions").first.is_visible()


@pytest.fixture
def bare(visit: Visit) -> Page:
    """A page of the site on which modules can be imported, with no library of its own."""
    return visit.open("status/")


def test_a_merge_keeps_the_newest_decision_and_joins_notes(bare: Page) -> None:
    ours = library({"1": paper(saved=AT, note="ours"), "2": paper(undone={"saved": LATER}), "3": paper(read=LATER)})
    theirs = library({"1": paper(undone={"saved": LATER}, note="theirs"), "2": paper(saved=AT), "4": paper(hidden=AT)})
    merged = pure(bare, "return lib.merge(v0, v1)", ours, theirs)["papers"]
    assert merged["1"] == paper(undone={"saved": LATER}, note="ours\n\ntheirs")
    assert merged["2"] == paper(undone={"saved": LATER})
    assert merged["3"] == paper(read=LATER)
    assert merged["4"] == paper(hidden=AT)


def test_a_merge_is_idempotent(bare: Page) -> None:
    ours = library({"1": paper(saved=AT, note="ours"), "2": paper(read=AT)}, follows=FOLLOWS)
    theirs = library({"1": paper(read=LATER, note="theirs"), "3": paper(hidden=AT)}, follows=FOLLOWS)
    script = "const once = lib.merge(v0, v1); return [once, lib.merge(once, v1), lib.merge(v0, v0)].map(lib.encode)"
    once, twice, same = pure(bare, script, ours, theirs)
    assert once == twice
    assert json.loads(same) == ours


def test_the_text_of_a_library_does_not_depend_on_the_order_of_its_entries(bare: Page) -> None:
    papers = {"2": paper(saved=AT, read=LATER), "10": paper(note="n"), "1": paper(hidden=AT)}
    turned = {key: dict(reversed(value.items())) for key, value in reversed(papers.items())}
    one, other = pure(bare, "return [v0, v1].map(lib.exportText)", library(papers), library(turned))
    assert one == other


def test_limits_refuse_additions_and_allow_removals(bare: Page) -> None:
    script = """
      const kept = {};
      const setItem = (name, text) => { kept[name] = text; };
      const storage = {getItem: (name) => kept[name] ?? null, setItem, length: 0};
      const store = new lib.LibraryStore(() => storage);
      const about = {title: "t", authors: [], date: ""};
      const all = Array.from({length: lib.MAX_PAPERS}, (_, number) => [`a${number}`, {...about, saved: v0}]);
      const papers = Object.fromEntries(all);
      const outcomes = [store.update((library) => ({...library, papers}))];
      outcomes.push(store.update((library) => lib.setMark(library, "b", "saved", true, v0, about)));
      outcomes.push(store.update((library) => lib.setMark(library, "a1", "saved", false, v0, about)));
      outcomes.push(store.update((library) => lib.setMark(library, "b", "saved", true, v0, about)));
      outcomes.push(store.update((library) => lib.setNote(library, "b", "n".repeat(lib.MAX_CHARS), about)));
      return outcomes;
    """
    assert pure(bare, script, AT) == ["", "papers", "", "", "size"]


def test_the_messages_of_the_limits_have_their_numbers(bare: Page) -> None:
    papers, characters = pure(bare, "return [lib.MAX_PAPERS, lib.MAX_CHARS]")
    module = "/assets/daily-papers/js"
    words = bare.evaluate(f"import('{module}/i18n/en.mjs').then((it) => it.default)")
    link = bare.evaluate(f"import('{module}/lib/url-compress.mjs').then((it) => it.MAX_URL_CHARS)")
    assert f"{papers:,}" in words["library_papers"]
    assert characters == 2_000_000
    assert "two million" in words["library_size"]
    assert f"{link:,}" in words["library_link_long"]


def test_a_visit_begins_after_half_an_hour_and_keeps_what_was_new(bare: Page) -> None:
    script = """
      const at = (minutes) => new Date(Date.parse(v0) + minutes * 60_000).toISOString();
      let visits = lib.addVisit({}, at(0), {"2026-07-01": 3});
      const first = lib.newPapersSince(visits, {"2026-07-01": 9});
      visits = lib.addVisit(visits, at(29), {"2026-07-01": 4});
      const same = visits.then;
      const days = {"2026-07-01": 6, "2026-07-02": 2, "2026-06-01": 5};
      visits = lib.addVisit(visits, at(60), days);
      return [first, same ?? null, visits.since, lib.newPapersSince(visits, days)];
    """
    first, same, since, news = pure(bare, script, AT)
    assert (first, same) == ({}, None)
    assert since == "2026-07-01T10:29:00.000Z"
    assert news == {"2026-07-01": 2, "2026-07-02": 2}


def test_a_compressed_text_that_would_be_too_long_is_not_decompressed(bare: Page) -> None:
    script = """
      const {compress, decompress} = await import("/assets/daily-papers/js/lib/url-compress.mjs");
      const compressed = await compress("한".repeat(100_000));
      const [short, whole] = [await decompress(compressed, 1000), await decompress(compressed, 300_000)];
      return [compressed.length < 5000, short ?? null, whole.length];
    """
    assert pure(bare, script) == [True, None, 100_000]
