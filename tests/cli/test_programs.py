"""Programs that the commands ask: their output, or None."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from daily_papers.cli import programs
from daily_papers.cli.programs import output_of


def test_a_program_s_output_is_stripped(tmp_path: Path) -> None:
    assert output_of(tmp_path, sys.executable, "-c", "import os; print(os.getcwd())") == str(tmp_path)


@pytest.mark.parametrize("code", ["import sys; sys.exit(1)", "print('\\udcff')", "import time; time.sleep(600)"])
def test_without_an_answer_it_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(programs, "PROGRAM_TIMEOUT_S", 2)
    assert output_of(tmp_path, sys.executable, "-c", code) is None
    assert output_of(tmp_path, "no-such-program") is None
