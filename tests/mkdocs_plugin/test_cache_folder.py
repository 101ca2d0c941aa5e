"""A cache folder that cannot be used: the site is complete, and one warning names the folder and the remedy."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from daily_papers.mkdocs_plugin.cache_folder import CacheFolder
from daily_papers.search.pagefind_program import find_pagefind
from tests.command_line import run_command
from tests.factories import make_paper, store_day
from tests.sites import build, make_site

MARCH = dt.date(2024, 3, 4)


def a_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("not a folder")


def a_read_only_folder(path: Path) -> None:
    """Make `path` a folder in which nobody can create a file, whatever their rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/proc")


def a_folder(path: Path) -> None:
    path.mkdir(parents=True)


UNUSABLE = pytest.mark.parametrize(
    ("make", "name"),
    [
        (a_file, ".cache"),
        (a_file, ".cache/daily-papers"),
        (a_read_only_folder, ".cache/daily-papers"),
        (a_file, ".cache/daily-papers/rendered"),
        (a_file, ".cache/daily-papers/search"),
        (a_read_only_folder, ".cache/daily-papers/search"),
        (a_file, ".cache/daily-papers/search/bundles"),
        (a_folder, ".cache/daily-papers/search/bundles.lock"),
    ],
)


def make_searchable_site(folder: Path) -> Path:
    site = make_site(folder, {"fetch": "never", "search": True})
    shutil.rmtree(site / ".cache", ignore_errors=True)  # of shared templates
    store_day(site / "docs", MARCH, make_paper(title="Kittens"))
    return site


def assert_complete_with_one_warning(site: Path, folder: Path, environment: dict[str, str]) -> None:
    """Build `site` and check that it has its search, and that no temporary folder is left."""
    temporary = site.parent / "temporary"
    temporary.mkdir()
    done = build(site, environment={"TMPDIR": str(temporary), **environment})
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line]
    assert len(warnings) == 1, done.stderr
    assert f"The cache folder {folder} cannot be used" in warnings[0]
    assert "delete it, make it writable, or free disk space" in warnings[0]
    assert "Built without its search" not in done.stderr
    assert "Kittens" in (site / "site/2024/03/04/index.html").read_text("utf-8")
    assert (site / "site/search/recent/pagefind.js").is_file()
    assert "box.remove()" not in (site / "site/assets/daily-papers/js/search/dp-search-box.mjs").read_text("utf-8")
    assert not [*temporary.iterdir()]


@UNUSABLE
def test_a_build_uses_a_temporary_folder(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    site = make_searchable_site(tmp_path / "site")
    make(site / name)
    assert_complete_with_one_warning(site, site / ".cache/daily-papers", {})


FULL_DISK = """
case $PWD in
  */.cache/*) rmdir "$PWD"/* 2>/dev/null; cd /; rm -rf "$OLDPWD"; exit 0 ;;
esac
exec {program} "$@"
"""
"""A program after which nothing can be written to its folder, like one that has filled the disk."""


def test_a_disk_that_fills_while_pagefind_runs_does_not_cost_the_search(tmp_path: Path) -> None:
    site = make_searchable_site(tmp_path / "site")
    program = tmp_path / "bin/pagefind"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n" + FULL_DISK.format(program=find_pagefind()), "utf-8")
    program.chmod(0o755)
    module = tmp_path / "modules/pagefind_bin_extended.py"
    module.parent.mkdir()
    module.write_text(f"def get_executable():\n    return {str(program)!r}\n", "utf-8")
    environment = {"PYTHONPATH": str(module.parent)}
    assert_complete_with_one_warning(site, site / ".cache/daily-papers", environment)


@UNUSABLE
def test_prerender_refuses_it(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    site = make_searchable_site(tmp_path / "site")
    make(site / name)
    done = run_command(site, "prerender", "2024")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Error: " in done.stderr


def test_a_temporary_folder_is_not_replaced_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    caches = CacheFolder(tmp_path / "file/daily-papers")
    temporary = caches.path
    assert temporary.is_dir()
    with pytest.raises(OSError, match="full"):
        caches.replace(OSError(28, "full"))
    caches.close()
    assert not temporary.exists()
