"""The second process of a build: whatever becomes of it, each page is drawn and all that lies beside them written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from daily_papers.pages.beside import Beside
from daily_papers.pages.page import SitePage
from daily_papers.pages.render import Renderer
from daily_papers.pages.site import Site
from daily_papers.pages.urls import Urls
from sites import REPOSITORY

HERE = os.getpid()
MANY = 300
FORKED = pytest.mark.parametrize("forked", [True, False])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("archive")
    shutil.copytree(REPOSITORY / "docs/2024", root / "2024")
    urls = Urls()
    renderer = Renderer(languages=["ko", "en"], urls=urls, media_hosts=[])
    return Site(root, urls=urls, renderer=renderer, languages=["ko", "en"])


def pages(render: Callable[[int], str]) -> list[SitePage]:
    return [SitePage(f"{number}.md", "", "", partial(render, number), "") for number in range(MANY)]


def content(number: int) -> str:
    """A page larger than what fits into a pipe, now and then."""
    return f"{number} 논문 " * (1 if number % 7 else 20_000)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@FORKED
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "from the last"])
def test_each_page_is_drawn_and_all_beside_them_written(site: Site, tmp_path: Path, forked: bool, order: int) -> None:
    drawn = pages(content)
    beside = Beside(site, tmp_path, drawn, taken=(), forked=forked)
    for page in drawn[::order]:
        assert beside.draw(page) == page.render()
    beside.finish()
    assert files(tmp_path) == dict(site.beside())


def test_a_process_that_dies_costs_nothing(site: Site, tmp_path: Path) -> None:
    def render(number: int) -> str:
        if number > MANY // 2 and os.getpid() != HERE:
            os._exit(9)
        return content(number)

    drawn = pages(render)
    beside = Beside(site, tmp_path, drawn, taken=(), forked=True)
    assert [beside.draw(page) for page in drawn] == [content(n) for n in range(MANY)]
    beside.finish()
    assert files(tmp_path) == dict(site.beside())


def test_a_mistake_in_a_page_is_told_by_the_process_that_builds(site: Site, tmp_path: Path) -> None:
    def render(number: int) -> str:
        raise ValueError(f"page {number}")

    drawn = pages(render)
    beside = Beside(site, tmp_path, drawn, taken=(), forked=True)
    with pytest.raises(ValueError, match="page 0"):
        beside.draw(drawn[0])
    beside.finish()
    assert files(tmp_path) == dict(site.beside())


@FORKED
def test_pages_that_nobody_asks_for_keep_nobody_waiting(site: Site, tmp_path: Path, forked: bool) -> None:
    drawn = pages(content)
    beside = Beside(site, tmp_path, drawn, taken=(), forked=forked)
    assert beside.draw(drawn[3]) == content(3)
    beside.finish()
    assert files(tmp_path) == dict(site.beside())


def test_where_no_further_process_can_be_had_everything_is_done_here(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    drawn = pages(content)
    beside = Beside(site, tmp_path, drawn, taken=(), forked=True)
    assert [beside.draw(page) for page in drawn] == [content(n) for n in range(MANY)]
    beside.finish()
    assert files(tmp_path) == dict(site.beside())
