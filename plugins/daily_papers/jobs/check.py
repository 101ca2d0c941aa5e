"""Check an archive: each stored file can be read, and each record is consistent.

`check` and `unlisted_corrections` change nothing. `fix_layout` rewrites day files that an editor formatted differently.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from daily_papers.archive.consistency import find_inconsistencies
from daily_papers.archive.curation import read_curation, unlisted_ids
from daily_papers.archive.day_files import (
    day_path,
    encode_day,
    find_blocked_folders,
    find_misplaced_files,
    read_day,
    read_rejected,
    stored_dates,
    stored_files,
    write_day,
)
from daily_papers.archive.file_io import QUARANTINE_SUFFIX, archive_lock
from daily_papers.archive.ledger import read_ledger
from daily_papers.archive.related import find_unreadable_months
from daily_papers.archive.thumbnails import read_index
from daily_papers.archive.topics import read_taxonomy
from daily_papers.archive.usage import read_usage
from daily_papers.errors import ArchiveError
from daily_papers.jobs.base import readable_days
from daily_papers.jobs.enrich import read_unknown
from daily_papers.model.records import Day
from daily_papers.summaries.prompt import read_prompts

_MAX_QUOTED_CHARS = 100


def check(root: Path) -> Iterator[ArchiveError]:
    """Yield an error, with file and place, for each unreadable file below `root` and each inconsistent record."""
    for date, path in sorted(stored_files(root)):
        try:
            if path.name.endswith(".rejected.json"):
                read_rejected(root, date)
            elif day := read_day(root, date):
                yield from _check_day(path, day)
        except ArchiveError as e:
            yield e
    yield from find_blocked_folders(root)
    yield from sorted(find_misplaced_files(root), key=lambda error: error.path)
    yield from find_unreadable_months(root)
    for read in (read_ledger, read_unknown, read_index, read_usage, read_curation, read_taxonomy, read_prompts):
        try:
            read(root)
        except ArchiveError as e:
            yield e
    for path in sorted(root.glob(f"**/*.json*{QUARANTINE_SUFFIX}")):
        yield ArchiveError(
            "was renamed because it could not be read; restore its records from it or from git, then delete it",
            path=path,
        )


def fix_layout(root: Path) -> Iterator[Path]:
    """Rewrite each day file below `root` that is laid out differently from what `write_day` writes; yield its path.

    Only the layout changes, never the content. Unreadable files, and those with a repeated key, are left as they are;
    `check` reports them. Raises ArchiveError if another run is writing.
    """
    with archive_lock(root):
        for date in stored_dates(root):
            try:
                day = read_day(root, date)
                if day and not _repeated_key(day_path(root, date).read_bytes()) and write_day(root, day):
                    yield day_path(root, date)
            except ArchiveError:
                continue


def unlisted_corrections(root: Path) -> list[str]:
    """Return the ids in the curation that no stored day lists; empty if the curation cannot be read."""
    try:
        curation = read_curation(root)
    except ArchiveError:
        return []
    return unlisted_ids(curation, readable_days(root)) if curation.corrections else []


def _check_day(path: Path, day: Day) -> Iterator[ArchiveError]:
    """Yield an error for the first line that `write_day` would write differently, and for each inconsistency."""
    data, expected = path.read_bytes(), encode_day(day)
    if data != expected:
        if key := _repeated_key(data):
            message = f"has {key!r} twice in one object; readers of JSON use only the last one: keep one"
            yield ArchiveError(message, path=path)
            return
        yield _layout_error(path, data, expected)
    for at, message in find_inconsistencies(day):
        yield ArchiveError(message, path=path, at=at)


def _layout_error(path: Path, data: bytes, expected: bytes) -> ArchiveError:
    """Return the error for the first line of `data` that differs from `expected`."""
    pairs = zip_longest(expected.split(b"\n"), data.split(b"\n"))
    line, wanted = next((number, wanted) for number, (wanted, found) in enumerate(pairs, 1) if wanted != found)
    quoted = "the end of the file" if wanted is None else repr(wanted.decode()[:_MAX_QUOTED_CHARS])
    remedy = "'daily-papers check --fix' changes the layout of the file and none of its content"
    return ArchiveError(f"expected {quoted}, the standard layout; {remedy}", path=path, at=f"line {line}")


def _repeated_key(data: bytes) -> str | None:
    """Return a key that one object has twice, or None. Readers of JSON see only the last value of such a key."""
    repeated: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        counts = Counter(key for key, _ in pairs)
        repeated.extend(key for key, count in counts.items() if count > 1)

    json.loads(data, object_pairs_hook=note)
    return repeated[0] if repeated else None
