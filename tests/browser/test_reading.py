"""The pages in a real Chromium: on a phone and a desk, light and dark, with pictures that come and pictures that fail.

The site is the repository's own archive. No request leaves the machine: pictures and films are answered here.
"""

from __future__ import annotations

import base64
import http.server
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

from browser.chromium import find
from sites import REPOSITORY, build

WIDTHS = (390, 768, 1440)
SCHEMES = ("light", "dark")
DAY = "2024/03/01/"
FULL_DAY = "2026/07/31/"
PINNED = "2402.18734"
"""The paper of DAY with the fewest votes."""
PAGES = {"home": "", "archive": "archive/", "status": "status/", "day": DAY, "newest": FULL_DAY}
REPOSITORY_NAME = "mkdocs-daily-papers/mkdocs-daily-papers"
MEDIA_HOSTS = {"cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co"}

# Sums every shift that no key or click explains, as browsers count them.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""
MAKE_FILM = """
async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
  const chunks = [];
  recorder.ondataavailable = (event) => chunks.push(event.data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let frame = 0; frame < 60; frame++) {
    canvas.getContext("2d").fillRect(frame, 0, 9, 9);
    await new Promise((resolve) => setTimeout(resolve, 33));
  }
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""


def png(width: int = 64, height: int = 36) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x20\x60\x90" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the built site, served on loopback."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(REPOSITORY / "mkdocs.yml", folder)
    shutil.copytree(REPOSITORY / "docs", folder / "docs")
    (folder / "docs/curation.yml").write_text(f"{PINNED}: {{pin: true}}\n")
    done = build(folder, environment={"DAILY_PAPERS_FETCH": "never"})
    assert done.returncode == 0, done.stderr
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: while Playwright lives, its event loop is this thread's, and no other can run.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find()), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


class Visit:
    """A page that is being looked at, what it asked for and what it complained of."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.failing: set[str] = set()
        self.film: bytes | None = None
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._answer)
        self.page.add_init_script(WATCH_SHIFTS)

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path, wait_until="load")
        return self.page

    def scroll_through(self) -> None:
        """Go down the page as a reader does, so that everything that waits to be near is loaded."""
        self.page.evaluate(
            "async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) {"
            " window.scrollTo({ top: y, behavior: 'instant' });"
            " await new Promise((resolve) => setTimeout(resolve, 15)); } }"
        )
        self.page.wait_for_load_state("networkidle")

    def media(self) -> list[str]:
        return [address for address in self.asked if urlsplit(address).hostname in MEDIA_HOSTS]

    def _note(self, message: ConsoleMessage) -> None:
        # A picture that this test fails on purpose is told on the console by the browser itself.
        if message.type == "error" and message.location["url"] not in self.failing:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _answer(self, route: Route) -> None:
        address = route.request.url
        self.asked.append(address)
        if address.startswith(self.site):
            route.continue_()
        elif address in self.failing:
            route.fulfill(status=404, body="")
        elif self.film and address.endswith((".mp4", ".qt", ".mov", ".webm")):
            route.fulfill(status=200, content_type="video/webm", body=self.film)
        else:
            route.fulfill(status=200, content_type="image/png", body=png())


@pytest.fixture
def visit(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visit; parametrise it indirectly with options of the browser's context."""
    options: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    yield Visit(context, site)
    context.close()


EVERY_SCREEN = pytest.mark.parametrize(
    "visit",
    [{"viewport": {"width": width, "height": 900}, "color_scheme": scheme} for width in WIDTHS for scheme in SCHEMES],
    ids=[f"{width}-{scheme}" for width in WIDTHS for scheme in SCHEMES],
    indirect=True,
)
WITHOUT_SCRIPTS = pytest.mark.parametrize("visit", [{"java_script_enabled": False}], ids=["no scripts"], indirect=True)


@EVERY_SCREEN
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_shifts_or_complains_and_pictures_that_fail_give_way(visit: Visit, name: str) -> None:
    page = visit.open(PAGES[name])
    visit.failing = set(page.locator("dp-media img").evaluate_all("all => all.map((one) => one.src)")[::3])
    page = visit.open(PAGES[name])
    visit.scroll_through()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("window.shifts") == []
    assert visit.complaints == []
    outside = {urlsplit(address).hostname for address in visit.asked} - {"127.0.0.1"}
    assert outside <= MEDIA_HOSTS
    assert page.locator("dp-media img").evaluate_all("all => all.every((one) => !one.complete || one.naturalWidth > 0)")


@EVERY_SCREEN
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit: Visit, name: str) -> None:
    page = visit.open(PAGES[name])
    visit.scroll_through()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("visit", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"], indirect=True)
def test_a_picture_that_fails_shows_the_drawn_card_with_the_title(visit: Visit) -> None:
    first = "https://cdn-uploads.huggingface.co/production/uploads/60f1abe7544c2adfd699860c/FUbEjaqJTyfiCVLfIMcgk.png"
    visit.failing = {first}
    page = visit.open(DAY)
    page.wait_for_load_state("networkidle")
    card = page.locator('[id="2402.19173"] .dp-card')
    assert "StarCoder 2" in card.inner_text()
    assert _on_top(page, "2402.19173", ".dp-card")
    assert not _on_top(page, "2402.19427", ".dp-card")


def _on_top(page: Page, paper: str, selector: str) -> bool:
    """Whether what `selector` names of a paper is what one sees in its picture's box.

    A picture of no size, as a failed one is, covers nothing.
    """
    pictures = page.locator(f'[id="{paper}"] dp-media img')
    covered = pictures.evaluate_all("all => all.some((one) => one.naturalWidth > 0)")
    return page.locator(f'[id="{paper}"] {selector}').first.is_visible() and not covered


def test_nothing_is_asked_for_before_it_is_near(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    page.wait_for_load_state("networkidle")
    before = len(visit.media())
    visit.scroll_through()
    after = len(visit.media())
    assert 0 < before < after / 2
    assert not [address for address in visit.media() if address.endswith((".mp4", ".webm", ".qt", ".mov"))]


def test_one_film_plays_at_a_time_and_starts_silent(visit: Visit) -> None:
    page = visit.open(DAY)
    visit.film = base64.b64decode(page.evaluate(MAKE_FILM))
    films = page.locator("dp-media video")
    assert films.evaluate_all("all => all.every((one) => one.muted && one.controls && one.preload === 'none')")
    for number in (0, 1):
        films.nth(number).scroll_into_view_if_needed()
        films.nth(number).evaluate("film => film.play()")
    page.wait_for_function("document.querySelectorAll('dp-media video')[0].paused")
    assert not films.nth(1).evaluate("film => film.paused")


def test_the_list_shows_a_paper_a_line_and_is_remembered(visit: Visit) -> None:
    page = visit.open(FULL_DAY)
    page.locator("dp-view button[value=list]").click()
    heights = page.locator("article[id]").evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert max(heights) <= 2 * 900 / 50
    visit.open(DAY)
    assert page.locator("dp-view button[value=list]").get_attribute("aria-pressed") == "true"
    assert page.evaluate("window.shifts") == []
    page.locator("dp-view button[value=cards]").press("Enter")
    assert page.locator("article[id] .dp-media").first.is_visible()


def test_the_choice_of_view_works_where_storage_is_refused(visit: Visit) -> None:
    visit.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = visit.open(DAY)
    page.locator("dp-view button[value=list]").click()
    assert page.locator(".dp-papers").get_attribute("data-view") == "list"


def test_the_arrow_keys_move_in_the_calendar(visit: Visit) -> None:
    page = visit.open("archive/")
    page.locator('a[href="../2024/03/01/"]').focus()
    for key, date in (("ArrowRight", "2024/03/04"), ("ArrowLeft", "2024/03/01"), ("Home", "2024/02/29")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == f"../{date}/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/02/29/")


def test_the_rest_of_the_authors_unfolds_in_place(visit: Visit) -> None:
    page = visit.open(DAY)
    authors = page.locator('[id="2402.19173"] .dp-authors')
    assert "Qian Liu" not in authors.inner_text()
    authors.locator("summary").press("Enter")
    assert "Qian Liu" in authors.inner_text()


def test_the_repository_is_linked_and_never_asked(visit: Visit) -> None:
    page = visit.open(DAY)
    page.wait_for_load_state("networkidle")
    assert page.locator(".md-header a.md-source").get_attribute("href") == "https://github.com/" + REPOSITORY_NAME
    assert not [address for address in visit.asked if "github" in urlsplit(address).netloc]
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 900}}], ids=["phone"], indirect=True)
def test_a_mistake_can_be_reported_with_a_thumb(visit: Visit) -> None:
    report = visit.open(DAY).locator(".dp-by a").first
    assert (report.get_attribute("href") or "").startswith(f"https://github.com/{REPOSITORY_NAME}/issues/new?")
    box = report.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44


def test_a_pinned_paper_stands_first_in_both_views(visit: Visit) -> None:
    page = visit.open(DAY)
    assert page.locator("article[id]").first.get_attribute("id") == PINNED
    mark = page.locator(f'[id="{PINNED}"] .dp-pinned')
    assert mark.is_visible()
    page.locator("dp-view button[value=list]").click()
    assert mark.is_visible()


@WITHOUT_SCRIPTS
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_without_scripts(visit: Visit, name: str) -> None:
    page = visit.open(PAGES[name])
    assert page.locator("h1").first.is_visible()
    assert not page.locator("dp-view").first.is_visible()
    for link in page.locator(".dp a[href]").all()[:200]:
        assert link.get_attribute("href")
    if name == "status":
        assert page.locator(".dp table tbody tr").first.is_visible()
    elif name != "archive":
        assert page.locator("article[id]").first.is_visible()
    if name in ("home", "archive"):
        assert page.locator("dp-calendar a").count() > 20


@WITHOUT_SCRIPTS
def test_a_reader_without_scripts_gets_from_home_to_any_day(visit: Visit) -> None:
    page = visit.open("")
    page.locator('.dp a[href="./archive/"]').last.click()
    page.locator('a[href="../2024/03/01/"]').click()
    assert page.locator("article[id]").count() == 11
    page.locator(".dp-next").click()
    page.wait_for_url("**/2024/03/04/")
