"""A live preview: requested files are written before MkDocs' server looks for them, from the newest build."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from daily_papers.mkdocs_plugin.live_preview import Application, LivePreview

MOUNT = "/archive/"


@pytest.fixture
def preview() -> Iterator[LivePreview]:
    preview = LivePreview()
    yield preview
    preview.close()


def nothing() -> None:
    pass


def offer(preview: LivePreview, pages: dict[str, Callable[[], None]] | None = None, files: Iterable[str] = ()) -> None:
    preview.offer(pages or {}, iter(files), nothing)


@pytest.fixture
def ask(preview: LivePreview, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that requests a path from a server of the folder, as a browser does."""

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = tmp_path / environ["PATH_INFO"].removeprefix(MOUNT)
        path = path / "index.html" if os.path.isdir(path) else path  # noqa: PTH112  # whatever the name
        is_there = os.path.isfile(path)  # noqa: PTH113
        start_response("200 OK" if is_there else "404 Not Found", [])
        return [path.read_bytes() if is_there else b""]

    return partial(answer, preview.wrap(served, tmp_path, MOUNT))


def answer(application: Application, path: str) -> str:
    statuses: list[str] = []
    body = b"".join(application({"PATH_INFO": MOUNT + path}, lambda status, headers: statuses.append(status)))
    assert len(statuses) == 1
    return body.decode() if statuses == ["200 OK"] else statuses[0]


def writes(folder: Path, name: str, text: str, noted: list[str]) -> Callable[[], None]:
    def write() -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        noted.append(name)

    return write


def test_a_page_is_written_once_on_its_first_request(
    preview: LivePreview, ask: Callable[[str], str], tmp_path: Path
) -> None:
    noted: list[str] = []
    names = ["2026/07/13/index.html", "2026/07/14/index.html", "404.html"]
    offer(preview, {name: writes(tmp_path, name, f"of {name}", noted) for name in names})
    assert ask("2026/07/14/") == ask("2026/07/14") == ask("2026/07/14/index.html") == "of 2026/07/14/index.html"
    assert ask("404.html") == "of 404.html"
    assert ask("2026/07/15/") == "404 Not Found"
    assert noted == ["2026/07/14/index.html", "404.html"]


def test_a_page_that_raised_an_error_is_rendered_again(
    preview: LivePreview, ask: Callable[[str], str], tmp_path: Path
) -> None:
    mistakes = [ValueError("a mistake in a template"), None]

    def render() -> None:
        if mistake := mistakes.pop(0):
            raise mistake
        (tmp_path / "page.html").write_text("drawn")

    offer(preview, {"page.html": render})
    assert ask("page.html") == "500 Internal Server Error"
    assert ask("page.html") == "drawn"


@pytest.mark.parametrize("path", ["../beside.txt", "a/../../beside.txt", "x" * 300, "x" * 300 + ".json", "a\0b.json"])
def test_no_file_outside_of_the_site_is_served(
    preview: LivePreview, ask: Callable[[str], str], tmp_path: Path, path: str
) -> None:
    for folder in (preview.files, preview.search):
        folder.mkdir()
        (folder.parent / "beside.txt").write_text("a stranger's")
    offer(preview)
    assert ask(path) == "404 Not Found"
    assert not [*tmp_path.parent.glob("beside.txt")]
    assert not [*tmp_path.iterdir()]


def test_a_request_during_a_build_waits_for_its_end(
    preview: LivePreview, ask: Callable[[str], str], tmp_path: Path
) -> None:
    offer(preview, {"page.html": writes(tmp_path, "page.html", "earlier", [])})
    preview.pause()
    with ThreadPoolExecutor() as readers:
        asked: list[Future[str]] = [readers.submit(ask, "page.html") for _ in range(4)]
        assert not any(each.done() for each in asked)
        offer(preview, {"page.html": writes(tmp_path, "page.html", "new", [])})
        assert {each.result(timeout=600) for each in asked} == {"new"}


def test_a_page_requested_as_a_build_begins_is_of_the_new_build(preview: LivePreview, tmp_path: Path) -> None:
    """MkDocs' server waits for a pending build before it starts."""
    page, builds = tmp_path / "page.html", ["new"]

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if builds:
            preview.pause()
            page.unlink()
            offer(preview, {"page.html": writes(tmp_path, "page.html", builds.pop(), [])})
        start_response("200 OK" if page.is_file() else "404 Not Found", [])
        return [page.read_bytes() if page.is_file() else b""]

    offer(preview, {"page.html": writes(tmp_path, "page.html", "earlier", [])})
    assert answer(preview.wrap(served, tmp_path, MOUNT), "page.html") == "new"


def writing(preview: LivePreview, files: Mapping[str, str]) -> Iterator[str]:
    preview.files.mkdir(exist_ok=True)
    for name, text in files.items():
        (preview.files / name).write_text(text)
        yield name


def test_a_file_is_written_on_request_and_is_of_the_newest_build(
    preview: LivePreview, ask: Callable[[str], str], tmp_path: Path
) -> None:
    offer(preview, files=writing(preview, {"a.json": "a", "b.md": "b", "gone.xml": "c", "mine.txt": "d"}))
    assert [ask(name) for name in ("b.md", "gone.xml", "mine.txt", "a.json")] == ["b", "c", "d", "a"]
    preview.pause()
    for path in tmp_path.iterdir():
        path.unlink()
    (tmp_path / "mine.txt").write_text("the author's")
    offer(preview, files=writing(preview, {"a.json": "another a", "b.md": "another b"}))
    assert ask("b.md") == "another b"
    assert ask("gone.xml") == "404 Not Found"
    assert ask("mine.txt") == "the author's"
    assert ask("a.json") == "another a"


def test_files_are_written_until_the_next_build_begins(preview: LivePreview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daily_papers.mkdocs_plugin.live_preview.FIRST_LOOK_S", 0)
    some, steps = threading.Event(), 0

    def files() -> Iterator[str]:
        nonlocal steps
        while True:
            steps += 1
            if steps == 3:
                some.set()
            yield f"{steps}.json"

    offer(preview, files=files())
    assert some.wait(600), "three files were not written within 600 s"
    preview.pause()
    before = steps
    time.sleep(0.1)
    assert steps == before


def test_the_last_step_runs_when_all_files_are_written(preview: LivePreview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daily_papers.mkdocs_plugin.live_preview.FIRST_LOOK_S", 0)
    done = threading.Event()
    preview.offer({}, writing(preview, {"a.json": "a"}), done.set)
    assert done.wait(600), "the last step did not run within 600 s"


def test_a_new_search_index_is_served(preview: LivePreview, ask: Callable[[str], str], tmp_path: Path) -> None:
    offer(preview)
    entry = preview.search / "search/recent/entry.json"
    entry.parent.mkdir(parents=True)
    for text in ("once", "again"):
        entry.unlink(missing_ok=True)
        entry.write_text(text)
        assert ask("search/recent/entry.json") == text
        preview.pause()
        offer(preview)
        assert ask("search/recent/entry.json") == text, "it is kept for the next build"


def test_its_folders_are_removed_when_it_ends() -> None:
    preview = LivePreview()
    preview.files.mkdir()
    (preview.files / "a.txt").write_text("a")
    preview.close()
    assert not preview.files.parent.exists()
