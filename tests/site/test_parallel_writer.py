"""The second process of a build: every page and data file is written, even if that process fails."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Container, Sequence
from functools import partial
from pathlib import Path

import pytest

from daily_papers.site.context import SiteContext
from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.site import file_groups
from tests.factories import data_files, load_site
from tests.sites import REPOSITORY

MAIN_PROCESS = os.getpid()
PAGES = 300
FORKED = pytest.mark.parametrize("forked", [True, False])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteContext:
    root = tmp_path_factory.mktemp("archive")
    shutil.copytree(REPOSITORY / "docs/2024", root / "2024")
    return load_site(root)


def content(number: int) -> str:
    return f"{number} 논문 " * (1 if number % 7 else 20_000)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder: Path, number: int) -> None:
    (folder / f"{number}.html").write_text(content(number), encoding="utf-8")


def expected(site: SiteContext) -> dict[str, bytes]:
    return dict(data_files(site)) | {f"{number}.html": content(number).encode() for number in range(PAGES)}


def writer(
    site: SiteContext,
    folder: Path,
    pages: Sequence[int],
    write_page: Callable[[int], None],
    *,
    reserved: Container[str],
    forked: bool,
) -> ParallelWriter:
    return ParallelWriter(
        file_groups(site), folder, pages, write_page, reserved=reserved, forked=forked, flush=site.day_cache.write
    )


@FORKED
def test_every_page_and_data_file_is_written(site: SiteContext, tmp_path: Path, forked: bool) -> None:
    writer(site, tmp_path, range(PAGES), partial(write, tmp_path), reserved=(), forked=forked).finish()
    assert files(tmp_path) == expected(site)


def test_both_processes_write_pages(site: SiteContext, tmp_path: Path) -> None:
    def note(number: int) -> None:
        time.sleep(0.01)
        write(tmp_path, number)
        (tmp_path / f"{number}.by").write_text(str(os.getpid()))

    writer(site, tmp_path, range(PAGES), note, reserved=(), forked=True).finish()
    assert len({path.read_text() for path in tmp_path.glob("*.by")}) == 2


def test_a_file_of_the_author_is_not_overwritten(site: SiteContext, tmp_path: Path) -> None:
    writer(site, tmp_path, [], partial(write, tmp_path), reserved={"llms.txt"}, forked=True).finish()
    assert "llms.txt" not in files(tmp_path)
    assert "archive.json" in files(tmp_path)


def test_everything_is_written_when_the_second_process_dies(site: SiteContext, tmp_path: Path) -> None:
    def die(number: int) -> None:
        if os.getpid() != MAIN_PROCESS:
            os._exit(9)
        time.sleep(0.01)  # otherwise this process may write every page before the other one starts
        write(tmp_path, number)

    writer(site, tmp_path, range(PAGES), die, reserved=(), forked=True).finish()
    assert files(tmp_path) == expected(site)


@FORKED
def test_an_error_in_a_page_is_raised_in_the_main_process(site: SiteContext, tmp_path: Path, forked: bool) -> None:
    def refuse(number: int) -> None:
        raise ValueError(f"page {number}")

    with pytest.raises(ValueError, match="page"):
        writer(site, tmp_path, range(PAGES), refuse, reserved=(), forked=forked).finish()


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["disk", "stopped"])
def test_an_expected_error_in_the_second_process_prints_no_traceback(
    site: SiteContext, tmp_path: Path, capfd: pytest.CaptureFixture[str], error: BaseException
) -> None:
    def refuse_there(number: int) -> None:
        if os.getpid() != MAIN_PROCESS:
            raise error
        time.sleep(0.01)  # otherwise this process may write every page before the other one starts
        write(tmp_path, number)

    writer(site, tmp_path, range(PAGES), refuse_there, reserved=(), forked=True).finish()
    assert files(tmp_path) == expected(site)
    assert capfd.readouterr().err == ""


def test_everything_is_written_when_no_process_can_be_started(
    site: SiteContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    writer(site, tmp_path, range(PAGES), partial(write, tmp_path), reserved=(), forked=True).finish()
    assert files(tmp_path) == expected(site)


def test_each_step_writes_one_file(site: SiteContext, tmp_path: Path) -> None:
    steps = writer(site, tmp_path, [], partial(write, tmp_path), reserved=(), forked=False).write_files()
    for count in range(1, 4):
        assert next(steps) in files(tmp_path)
        assert len(files(tmp_path)) == count
