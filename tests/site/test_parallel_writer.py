"""The second process of a build: whatever becomes of it, each page and all that lies beside them is written."""

from __future__ import annotations

import os
import shutil
import time
from functools import partial
from pathlib import Path

import pytest

from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.renderer import Renderer
from daily_papers.site.site import Site
from daily_papers.site.urls import Urls
from tests.sites import REPOSITORY

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


def content(number: int) -> str:
    return f"{number} 논문 " * (1 if number % 7 else 20_000)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder: Path, number: int) -> None:
    (folder / f"{number}.html").write_text(content(number), encoding="utf-8")


def expected(site: Site) -> dict[str, bytes]:
    beside = {address: content for part in site.beside() for address, content in part}
    return beside | {f"{number}.html": content(number).encode() for number in range(MANY)}


@FORKED
def test_each_page_and_all_beside_them_is_written(site: Site, tmp_path: Path, forked: bool) -> None:
    ParallelWriter(site, tmp_path, range(MANY), partial(write, tmp_path), taken=(), forked=forked).finish()
    assert files(tmp_path) == expected(site)


def test_both_processes_write_pages(site: Site, tmp_path: Path) -> None:
    def note(number: int) -> None:
        time.sleep(0.01)
        write(tmp_path, number)
        (tmp_path / f"{number}.by").write_text(str(os.getpid()))

    ParallelWriter(site, tmp_path, range(MANY), note, taken=(), forked=True).finish()
    assert len({path.read_text() for path in tmp_path.glob("*.by")}) == 2


def test_what_is_an_author_s_own_stays(site: Site, tmp_path: Path) -> None:
    ParallelWriter(site, tmp_path, [], partial(write, tmp_path), taken={"llms.txt"}, forked=True).finish()
    assert "llms.txt" not in files(tmp_path)
    assert "archive.json" in files(tmp_path)


def test_a_process_that_dies_costs_nothing(site: Site, tmp_path: Path) -> None:
    def die(number: int) -> None:
        if os.getpid() != HERE:
            os._exit(9)
        time.sleep(0.01)  # or this process would have done all before the other begins
        write(tmp_path, number)

    ParallelWriter(site, tmp_path, range(MANY), die, taken=(), forked=True).finish()
    assert files(tmp_path) == expected(site)


@FORKED
def test_a_mistake_in_a_page_is_told_by_the_process_that_builds(site: Site, tmp_path: Path, forked: bool) -> None:
    def refuse(number: int) -> None:
        raise ValueError(f"page {number}")

    with pytest.raises(ValueError, match="page"):
        ParallelWriter(site, tmp_path, range(MANY), refuse, taken=(), forked=forked).finish()


def test_where_no_further_process_can_be_had_everything_is_done_here(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    ParallelWriter(site, tmp_path, range(MANY), partial(write, tmp_path), taken=(), forked=True).finish()
    assert files(tmp_path) == expected(site)


def test_a_file_is_written_at_each_step(site: Site, tmp_path: Path) -> None:
    steps = ParallelWriter(site, tmp_path, [], partial(write, tmp_path), taken=(), forked=False).files()
    for count in range(1, 4):
        assert next(steps) in files(tmp_path)
        assert len(files(tmp_path)) == count
