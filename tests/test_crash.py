"""Kills at random moments: scripts/crash in short. By hand it kills two hundred times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CRASH = Path(__file__).parents[1] / "scripts" / "crash.py"


@pytest.mark.fault(44)
def test_a_command_killed_anywhere_leaves_every_day_readable_and_completes_when_run_again() -> None:
    done = subprocess.run(
        [sys.executable, CRASH, "--kills", "12"], capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("12 kills: every day readable, no paper lost, every run completed\n")
