"""The outcomes of a run, for asserts."""

from __future__ import annotations

from daily_papers.jobs.fetch import FetchReport
from daily_papers.jobs.import_ import ImportReport


def results(report: FetchReport | ImportReport) -> dict[str, str]:
    """Return the result of each date."""
    return {str(outcome.date): outcome.result for outcome in report.outcomes}
