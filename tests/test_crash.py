"""A short run of scripts/crash, which kills commands at random moments. By default it kills 200 times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.processes import run_process

CRASH = Path(__file__).parents[1] / "scripts" / "crash.py"


@pytest.mark.starts_first
@pytest.mark.fault(44)
def test_a_command_killed_at_any_moment_leaves_every_day_readable_and_completes_when_run_again() -> None:
    done = run_process([sys.executable, CRASH, "--kills", "12"], limit_s=3600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("12 kills: every day readable, no paper lost, every run completed\n")
