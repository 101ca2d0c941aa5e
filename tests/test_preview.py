"""A live preview: what is asked for lies where MkDocs' server looks for it, and is never of an earlier build."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from daily_papers.preview import Preview

MOUNT = "/archive/"


@pytest.fixture
def preview() -> Iterator[Preview]:
    preview = Preview()
    yield preview
    preview.end()


@pytest.fixture
def ask(preview: Preview, tmp_path: Path) -> Callable[[str], str]:
    """Ask a server of the folder for what lies at a path, as its browser would."""

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = tmp_path / environ["PATH_INFO"].removeprefix(MOUNT)
        path = path / "index.html" if path.is_dir() else path
        return [path.read_bytes() if path.is_file() else b"404"]

    application = preview.before(served, tmp_path, MOUNT)
    return lambda path: b"".join(application({"PATH_INFO": MOUNT + path}, print)).decode()


def writes(folder: Path, name: str, text: str, noted: list[str]) -> Callable[[], None]:
    def write() -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        noted.append(name)

    return write


def test_a_page_is_written_once_and_when_it_is_asked_for(
    preview: Preview, ask: Callable[[str], str], tmp_path: Path
) -> None:
    noted: list[str] = []
    names = ["2026/07/13/index.html", "2026/07/14/index.html", "404.html"]
    preview.offer({name: writes(tmp_path, name, f"of {name}", noted) for name in names}, iter(()))
    assert ask("2026/07/14/") == ask("2026/07/14") == ask("2026/07/14/index.html") == "of 2026/07/14/index.html"
    assert ask("404.html") == "of 404.html"
    assert ask("2026/07/15/") == "404"
    assert noted == ["2026/07/14/index.html", "404.html"]


def test_a_page_that_could_not_be_drawn_is_tried_again(
    preview: Preview, ask: Callable[[str], str], tmp_path: Path
) -> None:
    mistakes = [ValueError("a mistake in a template"), None]

    def draw() -> None:
        if mistake := mistakes.pop(0):
            raise mistake
        (tmp_path / "page.html").write_text("drawn")

    preview.offer({"page.html": draw}, iter(()))
    with pytest.raises(ValueError, match="a mistake"):
        ask("page.html")
    assert ask("page.html") == "drawn"


def test_nothing_outside_of_the_site_is_brought(preview: Preview, ask: Callable[[str], str], tmp_path: Path) -> None:
    (preview.folder.parent / "beside.txt").write_text("a stranger's")
    preview.offer({}, iter(()))
    ask("../beside.txt")
    ask("a/../../beside.txt")
    assert not [*tmp_path.parent.glob("beside.txt")]
    assert not [*tmp_path.rglob("beside.txt")]
    (preview.folder.parent / "beside.txt").unlink()


def test_who_asks_during_a_build_waits_for_its_end(preview: Preview, ask: Callable[[str], str], tmp_path: Path) -> None:
    preview.offer({"page.html": writes(tmp_path, "page.html", "earlier", [])}, iter(()))
    preview.begin()
    with ThreadPoolExecutor() as readers:
        asked: list[Future[str]] = [readers.submit(ask, "page.html") for _ in range(4)]
        assert not any(each.done() for each in asked)
        preview.offer({"page.html": writes(tmp_path, "page.html", "new", [])}, iter(()))
        assert {each.result(timeout=10) for each in asked} == {"new"}


def test_files_are_written_until_the_next_build_begins_and_nothing_after_that(
    preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daily_papers.preview.FIRST_LOOK_S", 0)
    some, steps = threading.Event(), 0

    def files() -> Iterator[None]:
        nonlocal steps
        while True:
            steps += 1
            if steps == 3:
                some.set()
            yield

    preview.offer({}, files())
    assert some.wait(10)
    preview.begin()
    before = steps
    assert not some.wait(0.1) or steps == before


def test_a_file_that_was_made_anew_is_brought_anew(preview: Preview, ask: Callable[[str], str], tmp_path: Path) -> None:
    preview.offer({}, iter(()))
    for text in ("once", "again"):
        (preview.folder / "search").mkdir(exist_ok=True)
        (preview.folder / "search/entry.json").unlink(missing_ok=True)
        (preview.folder / "search/entry.json").write_text(text)
        assert ask("search/entry.json") == text
        preview.begin()
        preview.offer({}, iter(()))
        assert ask("search/entry.json") == text, "it is kept for the next build"


def test_its_folder_is_gone_when_it_ends() -> None:
    preview = Preview()
    (preview.folder / "a.txt").write_text("a")
    preview.end()
    assert not preview.folder.exists()
