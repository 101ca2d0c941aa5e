"""Runs of Pagefind: errors are exceptions, and no run outlives `stop`."""

from __future__ import annotations

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from daily_papers.search.pagefind_program import Pagefind, find_pagefind


def program_of(folder: Path, script: str) -> Pagefind:
    program = folder / "pagefind"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    return Pagefind(program)


def test_it_is_found_if_the_extra_is_installed() -> None:
    path = find_pagefind()
    assert path is not None
    assert path.is_file()
    assert Pagefind(path).version()


def test_a_run_that_fails_or_does_not_start_raises_an_error(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        program_of(tmp_path, "echo Broken >&2; exit 3").run(tmp_path, 600)
    assert (caught.value.returncode, caught.value.stderr) == (3, b"Broken\n")
    with pytest.raises(subprocess.TimeoutExpired):
        program_of(tmp_path, "exec sleep 600").run(tmp_path, 0.1)
    with pytest.raises(ValueError, match=r"did not start: .*No such file"):
        Pagefind(tmp_path / "missing").run(tmp_path, 600)


def test_a_disk_on_which_nothing_can_be_written_any_more_raises_an_error(tmp_path: Path) -> None:
    """Pagefind exits 0 if the disk is full."""
    (tmp_path / "work").mkdir()
    with pytest.raises(FileNotFoundError):
        program_of(tmp_path, 'cd /; rmdir "$OLDPWD"').run(tmp_path / "work", 600)


def test_stop_ends_each_run_and_lets_none_start(tmp_path: Path) -> None:
    pagefind = program_of(tmp_path, "touch started; exec sleep 600")
    ended = threading.Event()
    with ThreadPoolExecutor() as threads:
        run = threads.submit(pagefind.run, tmp_path, 600)
        while not (tmp_path / "started").exists() and not run.done():
            ended.wait(0.01)
        pagefind.stop()
        with pytest.raises(subprocess.CalledProcessError):
            run.result(timeout=600)
    with pytest.raises(subprocess.SubprocessError, match="stopped"):
        pagefind.run(tmp_path, 600)
