"""The limited fetch at the start of a build, option `fetch`."""

from __future__ import annotations

import logging
import os

from mkdocs.exceptions import PluginError

from daily_papers.errors import DailyPapersError
from daily_papers.mkdocs_plugin.config import FETCH_CHOICES
from daily_papers.mkdocs_plugin.project import Project
from daily_papers.model.dates import current_instant

FETCH_VARIABLE = "DAILY_PAPERS_FETCH"

log = logging.getLogger("mkdocs.plugins.daily_papers")


def fetch_before_build(project: Project) -> None:
    """Fetch as much as a build may; the build goes on whatever happens. Raises PluginError for a wrong variable."""
    options = project.options
    if _fetch_option(options.fetch) == "never":
        return
    # HTTP and retries take a tenth of a second to import, which a build that asks nothing need not pay.
    from daily_papers.jobs.fetch import BUILD_BUDGET, fetch_archive

    try:
        report = fetch_archive(
            project.archive_root,
            options.source,
            now=current_instant(),
            since=project.since,
            refresh_days=options.refresh_days,
            budget=BUILD_BUDGET,
        )
    except DailyPapersError as e:
        log.info(f"Not fetched, the site is built from what is stored: {e}")
        return
    notice = f"Fetched: {report}"
    if failure := next((outcome.error for outcome in report.outcomes if outcome.result == "failed"), None):
        notice += f"; the rest is built from what is stored: {failure}"
    # Not a warning, which --strict would count: the site is not at fault for its upstream.
    log.info(notice)


def _fetch_option(configured: str) -> str:
    value = os.environ.get(FETCH_VARIABLE) or configured
    if value not in FETCH_CHOICES:
        raise PluginError(f"{FETCH_VARIABLE} is {value!r}: expected one of {', '.join(FETCH_CHOICES)}")
    return value
