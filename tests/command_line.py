"""The command line for tests: called in this process, or started in one of its own."""

from __future__ import annotations

import io
import logging
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from daily_papers.cli.main import main
from tests.sites import NOWHERE

COMMAND = [sys.executable, "-m", "daily_papers.cli"]
NOW = "2026-07-15T03:17:00Z"
OFFLINE = {"GIT_ALLOW_PROTOCOL": "file", "PIP_INDEX_URL": f"{NOWHERE}/simple"}
"""Environment in which git and pip, which `doctor` runs, connect to no other machine."""


class Result(NamedTuple):
    """Exit code and output of a command."""

    returncode: int
    stdout: str
    stderr: str


def environment(endpoint: str = NOWHERE, now: str = NOW) -> dict[str, str]:
    """Return this process's environment with the clock at `now` and Hugging Face at `endpoint`.

    arXiv is where the environment has it, by default at NOWHERE: no test leaves the machine.
    """
    arxiv = os.environ.get("DAILY_PAPERS_ARXIV_ENDPOINT", NOWHERE)
    return {
        **os.environ,
        "HF_ENDPOINT": endpoint,
        "DAILY_PAPERS_ARXIV_ENDPOINT": arxiv,
        "DAILY_PAPERS_NOW": now,
        "NO_MKDOCS_2_WARNING": "1",
        **OFFLINE,
    }


def run_command(site: Path, *arguments: str, endpoint: str = NOWHERE, now: str = NOW) -> Result:
    """Run `daily-papers ARGUMENTS` in the folder `site`, in this process, as if its output were piped."""
    stdout, stderr = io.StringIO(), io.StringIO()
    stamina, package = logging.getLogger("stamina"), logging.getLogger("daily_papers")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
        patch.chdir(site)
        for name, value in environment(endpoint, now).items():
            patch.setenv(name, value)
        # The command line sets up logging as in a new process: pytest's handlers would keep it from doing so.
        patch.setattr(logging.root, "handlers", [])
        patch.setattr(stamina, "propagate", stamina.propagate)
        patch.setattr(package, "level", package.level)
        with pytest.raises(SystemExit) as end:
            main.main(list(arguments), prog_name="daily-papers")
    code = end.value.code
    assert isinstance(code, int), code
    return Result(code, stdout.getvalue(), stderr.getvalue())
