"""A visit to the built site in a real Chromium, with its requests, errors and layout shifts.

The site is the repository's own archive, with one paper pinned. No request leaves the machine: pictures and videos are
answered here. A worker has one Chromium for all browser tests, and all workers share one built site.
"""

from __future__ import annotations

import http.server
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)

from tests.browser.chromium import LAUNCH_ARGUMENTS, find
from tests.session import make_once
from tests.sites import REPOSITORY, build

WIDTHS = (390, 768, 1440)
SCHEMES = ("light", "dark")
PINNED = "2402.18734"
"""The paper of 2024-03-01 with the fewest votes."""
WAIT_MS = 120_000
"""Limit of every wait in the browser. A wait ends as soon as its condition is met."""
MEDIA_HOSTS = {"cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co"}

# Adds up every layout shift that no key or click explains, as browsers count them.
WATCH_SHIFTS = """
window.layoutShift = 0;
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) window.layoutShift += value;
}).observe({ type: "layout-shift", buffered: true });
"""
RECORD_VIDEO = """
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
    """Return a picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x20\x60\x90" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Log nothing; send a file that is requested with the word `slowly` in pieces, as over a slow line."""

    def log_message(self, *_: object) -> None:
        pass

    def copyfile(self, source: Any, outputfile: Any) -> None:
        size, pause = (150, 0.003) if self.path.endswith("slowly") else (1 << 16, 0)
        with suppress(ConnectionError):  # the client has closed the connection
            while piece := source.read(size):
                outputfile.write(piece)
                time.sleep(pause)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Return the address of the built site, served on loopback."""
    with serve(make_once("bundled-site", _build_bundled) / "site") as address:
        yield address


def _build_bundled(folder: Path) -> None:
    shutil.copy(REPOSITORY / "mkdocs.yml", folder)
    shutil.copytree(REPOSITORY / "docs", folder / "docs")
    (folder / "docs/curation.yml").write_text(f"{PINNED}: {{pin: true}}\n")
    build_offline(folder)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve `folder`, which need not exist yet, on loopback; yield the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def build_offline(folder: Path) -> None:
    done = build(folder, environment={"DAILY_PAPERS_FETCH": "never"})
    assert done.returncode == 0, done.stderr


class _Chromium:
    """The one Chromium of this worker, started by the first test that needs it."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def get(self) -> Browser:
        if self._browser is None:
            self._playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.launch(
                executable_path=str(find(install=False)), args=LAUNCH_ARGUMENTS, timeout=WAIT_MS
            )
            expect.set_options(timeout=WAIT_MS)
        return self._browser

    def close(self) -> None:
        """Close Chromium. While Playwright runs, its event loop is this thread's, and no test can run another."""
        if self._browser and self._playwright:
            self._browser.close()
            self._playwright.stop()
            self._browser = self._playwright = None


_chromium = _Chromium()


def launched_chromium() -> Browser:
    return _chromium.get()


@pytest.fixture
def chromium() -> Browser:
    return launched_chromium()


def close_chromium() -> None:
    _chromium.close()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a context in which every wait may take as long as a slow machine needs."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    context.set_default_timeout(WAIT_MS)
    return context


@contextmanager
def visit_site(browser: Browser, folder: Path) -> Iterator[Visit]:
    """Serve `folder`, a built site; yield a visit in a context of its own."""
    with serve(folder) as address:
        context = new_context(browser)
        yield Visit(context, address)
        context.close()


class Visit:
    """An open page, with the addresses that it requested and the errors that it reported."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.failing: set[str] = set()
        self.video: bytes | None = None
        self.page.on("console", self._record_error)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.route("**/*", self._respond)
        self.page.add_init_script(WATCH_SHIFTS)

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path, wait_until="load")
        return self.page

    def tab_to(self, target: Locator, *, presses: int = 60, key: str = "Tab") -> None:
        """Move the focus to `target` by pressing `key`; Shift+Tab goes backwards, from the page's start to its end."""
        target.wait_for()
        for _ in range(presses):
            self.page.keyboard.press(key)
            if target.evaluate("(node) => node === document.activeElement"):
                return
        raise AssertionError(f"{target} is not reached with {presses} presses of {key}")

    def scroll_through(self) -> None:
        """Scroll down the page as a reader does, so that everything that is loaded lazily is loaded."""
        self.page.evaluate(
            "async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) {"
            " window.scrollTo({ top: y, behavior: 'instant' });"
            " await new Promise((resolve) => setTimeout(resolve, 15)); } }"
        )
        self.page.wait_for_load_state("networkidle")

    def layout_shift(self) -> float:
        """Return the layout shift of this page, of 1, that no key or click explains.

        Browsers' tools round a value below 0.0005 to 0. It is seldom exactly 0 on a busy machine: a number that is
        painted after the icon beside it counts 0.00001.
        """
        return self.page.evaluate("window.layoutShift")  # type: ignore[no-any-return]

    def media_requests(self) -> list[str]:
        return [address for address in self.requests if urlsplit(address).hostname in MEDIA_HOSTS]

    def _record_error(self, message: ConsoleMessage) -> None:
        # The browser reports a picture that this test fails on purpose.
        if message.type == "error" and message.location["url"] not in self.failing:
            self.errors.append(f"{message.text} ({message.location['url']})")

    def _respond(self, route: Route) -> None:
        address = route.request.url
        self.requests.append(address)
        if address.startswith(self.site):
            route.continue_()
        elif address in self.failing:
            route.fulfill(status=404, body="")
        elif self.video and address.endswith((".mp4", ".qt", ".mov", ".webm")):
            route.fulfill(status=200, content_type="video/webm", body=self.video)
        else:
            route.fulfill(status=200, content_type="image/png", body=png())


@pytest.fixture
def visit(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return a visit; parametrise it indirectly with options of the browser's context."""
    context = new_context(chromium, **getattr(request, "param", {}))
    yield Visit(context, site)
    context.close()


def _screens(*screens: tuple[int, str]) -> pytest.MarkDecorator:
    options = [{"viewport": {"width": width, "height": 900}, "color_scheme": scheme} for width, scheme in screens]
    return pytest.mark.parametrize(
        "visit", options, ids=[f"{width}-{scheme}" for width, scheme in screens], indirect=True
    )


EVERY_SCREEN = _screens(*((width, scheme) for width in WIDTHS for scheme in SCHEMES))
# A palette changes no size, and the layout of a tablet is that of a phone or of a desktop.
EVERY_WIDTH = _screens((390, "light"), (768, "dark"), (1440, "light"))
EVERY_PALETTE = _screens((390, "dark"), (1440, "light"))
WITHOUT_SCRIPTS = pytest.mark.parametrize("visit", [{"java_script_enabled": False}], ids=["no scripts"], indirect=True)
