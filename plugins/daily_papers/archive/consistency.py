"""Rules of a day that its JSON types do not express: `write_day` refuses a day that breaks one, `check` reports it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from daily_papers.model.records import Day, Paper

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years of a date. A site lists each weekday from the first date to the last: a typo must not add millennia."""

_INSTANT_EXPECTED = "expected an instant in UTC, in whole seconds, ending in Z"


def find_date_fault(date: dt.date) -> str:
    """Return the reason why an archive cannot have `date`; empty if it can."""
    if FIRST_YEAR <= date.year <= LAST_YEAR:
        return ""
    return f"is {date}, expected a year from {FIRST_YEAR} to {LAST_YEAR}"


def find_inconsistencies(day: Day) -> Iterator[tuple[str, str]]:
    """Yield the position, such as `$.papers[3].votes`, and the message of each broken rule of `day`."""
    if fault := find_date_fault(day.date):
        yield "$.date", fault
    if day.fetched_at and not _is_canonical(day.fetched_at):
        yield "$.fetched_at", _INSTANT_EXPECTED
    for number, paper in enumerate(day.papers):
        for field, message in _find_in_paper(paper):
            yield f"$.papers[{number}].{field}", message


def _find_in_paper(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield field and message of each broken rule."""
    dates = [date for date, _ in paper.vote_history]
    if not paper.title.strip():
        yield "title", "expected a title, or the id in its place"
    if dates != sorted(set(dates)):
        yield "vote_history", "expected one entry a date, oldest first"
    if paper.vote_history and paper.votes != paper.vote_history[-1][1]:
        yield "votes", f"is {paper.votes}, expected {paper.vote_history[-1][1]}, the last entry of vote_history"
    if paper.submitted_at and not _is_canonical(paper.submitted_at):
        yield "submitted_at", _INSTANT_EXPECTED
    for language, summary in paper.summaries.items():
        if summary.at and not _is_canonical(summary.at):
            yield f"summaries.{language}.at", _INSTANT_EXPECTED
        if summary.by != summary.by.strip().lower() == "hand":
            yield f"summaries.{language}.by", f"is {summary.by!r}, expected 'hand'"
    if paper.pinned:
        yield "pinned", "is set in a day file, where the next fetch removes it; pin the paper in curation.yml"
    for language, failure in paper.failures.items():
        if not _is_canonical(failure.at):
            yield f"failures.{language}.at", _INSTANT_EXPECTED


def _is_canonical(instant: dt.datetime) -> bool:
    """Return True if `instant` is in UTC and in whole seconds."""
    return not instant.utcoffset() and not instant.microsecond
