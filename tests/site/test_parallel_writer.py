"""The second process of a build: every page and generated file is written, even if that process fails."""

from __future__ import annotations

import os
import shutil
import time
from functools import partial
from pathlib import Path

import pytest

from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.site import Site
from tests.factories import generated_files, load_site
from tests.sites import REPOSITORY

MAIN_PROCESS = os.getpid()
PAGES = 300
FORKED = pytest.mark.parametrize("forked", [True, False])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("archive")
    shutil.copytree(REPOSITORY / "docs/2024", root / "2024")
    return load_site(root)


def content(number: int) -> str:
    return f"{number} 논문 " * (1 if number % 7 else 20_000)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder: Path, number: int) -> None:
    (folder / f"{number}.html").write_text(content(number), encoding="utf-8")


def expected(site: Site) -> dict[str, bytes]:
    return dict(generated_files(site)) | {f"{number}.html": content(number).encode() for number in range(PAGES)}


@FORKED
def test_every_page_and_generated_file_is_written(site: Site, tmp_path: Path, forked: bool) -> None:
    ParallelWriter(site, tmp_path, range(PAGES), partial(write, tmp_path), taken=(), forked=forked).finish()
    assert files(tmp_path) == expected(site)


def test_both_processes_write_pages(site: Site, tmp_path: Path) -> None:
    def note(number: int) -> None:
        time.sleep(0.01)
        write(tmp_path, number)
        (tmp_path / f"{number}.by").write_text(str(os.getpid()))

    ParallelWriter(site, tmp_path, range(PAGES), note, taken=(), forked=True).finish()
    assert len({path.read_text() for path in tmp_path.glob("*.by")}) == 2


def test_a_file_of_the_author_is_not_overwritten(site: Site, tmp_path: Path) -> None:
    ParallelWriter(site, tmp_path, [], partial(write, tmp_path), taken={"llms.txt"}, forked=True).finish()
    assert "llms.txt" not in files(tmp_path)
    assert "archive.json" in files(tmp_path)


def test_everything_is_written_when_the_second_process_dies(site: Site, tmp_path: Path) -> None:
    def die(number: int) -> None:
        if os.getpid() != MAIN_PROCESS:
            os._exit(9)
        time.sleep(0.01)  # otherwise this process may write every page before the other one starts
        write(tmp_path, number)

    ParallelWriter(site, tmp_path, range(PAGES), die, taken=(), forked=True).finish()
    assert files(tmp_path) == expected(site)


@FORKED
def test_an_error_in_a_page_is_raised_in_the_main_process(site: Site, tmp_path: Path, forked: bool) -> None:
    def refuse(number: int) -> None:
        raise ValueError(f"page {number}")

    with pytest.raises(ValueError, match="page"):
        ParallelWriter(site, tmp_path, range(PAGES), refuse, taken=(), forked=forked).finish()


def test_everything_is_written_when_no_process_can_be_started(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    ParallelWriter(site, tmp_path, range(PAGES), partial(write, tmp_path), taken=(), forked=True).finish()
    assert files(tmp_path) == expected(site)


def test_each_step_writes_one_file(site: Site, tmp_path: Path) -> None:
    steps = ParallelWriter(site, tmp_path, [], partial(write, tmp_path), taken=(), forked=False).files()
    for count in range(1, 4):
        assert next(steps) in files(tmp_path)
        assert len(files(tmp_path)) == count
