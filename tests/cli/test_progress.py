"""Progress of a job: the lines of a pipe. tests/cli/test_main.py tests the bar on a real terminal."""

from __future__ import annotations

import datetime as dt

import pytest

from daily_papers.cli.output import fetch_line
from daily_papers.cli.progress import show_progress
from daily_papers.errors import SourceError
from daily_papers.jobs.fetch import FetchOutcome

DATE = dt.date(2026, 7, 15)
STORED = FetchOutcome(DATE, "stored", papers=2, new=1)
FAILED = FetchOutcome(DATE, "failed", error=SourceError("HTTP 503", source="huggingface", url="https://huggingface.co"))


@pytest.mark.parametrize(("lines", "printed"), [(True, [STORED, FAILED]), (False, [FAILED])])
def test_a_pipe_gets_a_line_per_outcome_or_only_the_errors(
    capsys: pytest.CaptureFixture[str], lines: bool, printed: list[FetchOutcome]
) -> None:
    with show_progress("Fetching", fetch_line, lines=lines) as (on_start, on_outcome):
        on_start(2)
        on_outcome(STORED)
        on_outcome(FAILED)
    assert capsys.readouterr().out.splitlines() == [fetch_line(outcome) for outcome in printed]
