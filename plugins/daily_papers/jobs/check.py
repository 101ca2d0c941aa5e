"""Checking an archive: whether every file of it reads, and keeps the record's promises.

An archive folder goes in, errors that name file and place come out. Nothing is changed but, on request, the layout of
day files that an editor has laid out otherwise.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

from daily_papers.archive.curation import CURATION, read_curation, unlisted_ids
from daily_papers.archive.day_files import (
    day_path,
    encode_day,
    read_day,
    read_rejected,
    stored_dates,
    stored_files,
    write_day,
)
from daily_papers.archive.file_io import UNREADABLE, archive_lock
from daily_papers.archive.ledger import read_ledger
from daily_papers.archive.related import find_unreadable_months
from daily_papers.archive.thumbnails import read_index
from daily_papers.archive.topics import read_taxonomy
from daily_papers.errors import ArchiveError
from daily_papers.jobs.enrich import read_unknown
from daily_papers.model.records import Day, Paper
from daily_papers.summaries.budget import read_usage
from daily_papers.summaries.prompt import read_prompts

_PLAIN_INSTANT = "expected an instant in UTC, in whole seconds, ending in Z"
_MAX_SHOWN_CHARS = 100


def check(root: Path) -> Iterator[ArchiveError]:
    """Yield an error, with file and place, for each stored file that does not read or keep the record's promises."""
    for date, path in sorted(stored_files(root)):
        try:
            if path.name.endswith(".rejected.json"):
                read_rejected(root, date)
            elif day := read_day(root, date):
                yield from _broken_promises(path, day)
        except ArchiveError as e:
            yield e
    yield from find_unreadable_months(root)
    for read in (read_ledger, read_unknown, read_index, read_usage, read_curation, read_taxonomy, read_prompts):
        try:
            read(root)
        except ArchiveError as e:
            yield e
    for path in sorted(root.glob(f"**/*.json*{UNREADABLE}")):
        yield ArchiveError(
            "was set aside because it did not read; take what is missing from it, or from git, and delete it", path=path
        )


def write_anew(root: Path) -> Iterator[Path]:
    """Yield each day file that was laid out otherwise than they always are, as an editor leaves it, and is no longer.

    Only the layout changes: what a file says stays, and one that does not read, or says a thing twice, is left to
    `check`.
    """
    with archive_lock(root):
        for date in stored_dates(root):
            try:
                day = read_day(root, date)
                if day and not _repeated_key(day_path(root, date).read_bytes()) and write_day(root, day):
                    yield day_path(root, date)
            except ArchiveError:
                continue


def unlisted(root: Path) -> list[str]:
    """Return the ids of the curation that no stored day has; none where the curation does not read."""
    try:
        curation = read_curation(root)
    except ArchiveError:
        return []
    return unlisted_ids(curation, _readable_days(root)) if curation.corrections else []


def _readable_days(root: Path) -> Iterator[Day]:
    for date in stored_dates(root):
        with suppress(ArchiveError):
            if day := read_day(root, date):
                yield day


def _broken_promises(path: Path, day: Day) -> Iterator[ArchiveError]:
    found, expected = path.read_bytes().split(b"\n"), encode_day(day).split(b"\n")
    if found != expected:
        pairs = zip_longest(expected, found)
        line, wanted = next((n, ours) for n, (ours, theirs) in enumerate(pairs) if ours != theirs)
        shown = "the end of the file" if wanted is None else repr(wanted.decode()[:_MAX_SHOWN_CHARS])
        if key := _repeated_key(path.read_bytes()):
            yield ArchiveError(f"has {key!r} twice in one place, of which only the last counts: keep one", path=path)
            return
        remedy = "'daily-papers check --fix' lays the file out so, which changes nothing it says"
        message = f"expected {shown}, as the same day is always written; {remedy}"
        yield ArchiveError(message, path=path, at=f"line {line + 1}")
    if day.fetched_at and not _is_plain(day.fetched_at):
        yield ArchiveError(_PLAIN_INSTANT, path=path, at="$.fetched_at")
    for number, paper in enumerate(day.papers):
        for field, message in _paper_faults(paper):
            yield ArchiveError(message, path=path, at=f"$.papers[{number}].{field}")


def _repeated_key(data: bytes) -> str | None:
    """Return a key that stands twice in one object: whoever reads JSON gets only the last."""
    repeated: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        counts = Counter(key for key, _ in pairs)
        repeated.extend(key for key, count in counts.items() if count > 1)

    json.loads(data, object_pairs_hook=note)
    return repeated[0] if repeated else None


def _paper_faults(paper: Paper) -> Iterator[tuple[str, str]]:
    dates = [date for date, _ in paper.vote_history]
    if not paper.title.strip():
        yield "title", "expected a title, or the id in its place"
    if dates != sorted(set(dates)):
        yield "vote_history", "expected one entry a date, oldest first"
    if paper.vote_history and paper.votes != paper.vote_history[-1][1]:
        yield "votes", f"is {paper.votes}, expected {paper.vote_history[-1][1]}, the last entry of vote_history"
    if paper.submitted_at and not _is_plain(paper.submitted_at):
        yield "submitted_at", _PLAIN_INSTANT
    for language, summary in paper.summaries.items():
        if summary.at and not _is_plain(summary.at):
            yield f"summaries.{language}.at", _PLAIN_INSTANT
        if summary.by != summary.by.strip().lower() == "hand":
            yield f"summaries.{language}.by", f"is {summary.by!r}, expected 'hand'"
    if paper.pinned:
        yield "pinned", f"is set in a day file, where the next fetch forgets it; pin the paper in {CURATION}"
    for language, failure in paper.failures.items():
        if not _is_plain(failure.at):
            yield f"failures.{language}.at", _PLAIN_INSTANT


def _is_plain(instant: dt.datetime) -> bool:
    return not instant.utcoffset() and not instant.microsecond
