"""Day files: ROOT/YYYY/MM/DD.json with one Day, and ROOT/YYYY/MM/DD.rejected.json with its unreadable records.

This module is the only writer of these files. It reads and writes only below the given folder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from daily_papers.archive.consistency import FIRST_YEAR, LAST_YEAR, find_date_fault, find_inconsistencies
from daily_papers.archive.file_io import reject_symlinks, remove, write_atomically
from daily_papers.archive.json_maps import read_json
from daily_papers.errors import ArchiveError
from daily_papers.model.records import Day, Rejected

_DAY_FILE = re.compile(r"^(\d{4})/(\d\d)/(\d\d)(\.rejected)?\.json$", re.ASCII)
# Puts a vote and its day on one line, so that a change is one line of a diff. JSON strings contain no raw line break,
# so the pattern never matches inside a string.
_VOTE_ENTRY = re.compile(rb'\[\s+("[0-9-]{10}"),\s+(\d+)\s+\]')

_REMEDY = "fetch the date again"

_day_decoder = msgspec.json.Decoder(Day)
_rejected_decoder = msgspec.json.Decoder(tuple[Rejected, ...])
_encoder = msgspec.json.Encoder(order="deterministic")


def day_path(root: Path, date: dt.date) -> Path:
    """Return the path of the day file of `date` below `root`; the file need not exist."""
    return root / f"{date:%Y/%m/%d}.json"


def rejected_path(root: Path, date: dt.date) -> Path:
    """Return the path of the unreadable records of `date` below `root`; the file need not exist."""
    return root / f"{date:%Y/%m/%d}.rejected.json"


def stored_files(root: Path) -> Iterator[tuple[dt.date, Path]]:
    """Yield date and path of each day file and each file of unreadable records below `root`."""
    for path, match in _dated_files(root):
        if date := _date_of(match):
            yield date, path


def find_misplaced_files(root: Path) -> Iterator[ArchiveError]:
    """Yield an error for each file below `root` that is named like a day file, but not by a date of an archive."""
    for path, match in _dated_files(root):
        if _date_of(match) is None:
            expected = f"expected YYYY/MM/DD.json, a date of the years {FIRST_YEAR} to {LAST_YEAR}"
            yield ArchiveError(f"is not read: {expected}; correct its name, or remove it", path=path)


def find_blocked_folders(root: Path) -> Iterator[ArchiveError]:
    """Yield an error for each file below `root` with the name of a year's or month's folder, which it keeps out."""
    for pattern in ("[0-9][0-9][0-9][0-9]", "[0-9][0-9][0-9][0-9]/[0-9][0-9]"):
        for path in sorted(root.glob(pattern)):
            if not path.is_dir():
                yield ArchiveError("is not a folder, but has the name of one with day files; rename it", path=path)


def _dated_files(root: Path) -> Iterator[tuple[Path, re.Match[str]]]:
    for path in root.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].*json"):
        if match := _DAY_FILE.match(path.relative_to(root).as_posix()):
            yield path, match


def _date_of(match: re.Match[str]) -> dt.date | None:
    """Return the date in a path; None if there is no such date, as in 2024/02/31.json, or its year is not stored."""
    year, month, day = map(int, match.groups()[:3])
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    return None if find_date_fault(date) else date


def stored_dates(root: Path) -> list[dt.date]:
    """Return the dates with a day file below `root`, oldest first; the files need not be readable."""
    return sorted(date for date, path in stored_files(root) if not path.name.endswith(".rejected.json"))


def encode_day(day: Day) -> bytes:
    """Return the bytes of the day file; equal Days have equal bytes."""
    text = msgspec.json.format(_encoder.encode(day), indent=1)
    return _VOTE_ENTRY.sub(rb"[\1, \2]", text) + b"\n"


def read_day(root: Path, date: dt.date) -> Day | None:
    """Return the stored day of `date`, None if there is no file.

    Raises NewerSchemaError for a file of a later version. Raises ArchiveError for an unreadable file: truncated, with
    merge conflict markers, with an unknown key or an invalid value, or with another date than in its path.
    """
    path = day_path(root, date)
    reject_symlinks(root, path)
    day = read_json(path, _day_decoder, remedy=_REMEDY)
    if day is not None and day.date != date:
        raise ArchiveError(f"has the date {day.date}, expected {date}", path=path, at="$.date")
    return day


def write_day(root: Path, day: Day) -> bool:
    """Store `day` below `root`; return True if the bytes of the file changed.

    Raises ArchiveError, also for a day that `check` would report.
    """
    path = day_path(root, day.date)
    reject_symlinks(root, path)
    for at, message in find_inconsistencies(day):
        raise ArchiveError(f"cannot be stored: {message}", path=path, at=at)
    return write_atomically(path, encode_day(day))


def read_rejected(root: Path, date: dt.date) -> tuple[Rejected, ...]:
    """Return the unreadable records of `date`, empty if there is no file. Raises ArchiveError."""
    path = rejected_path(root, date)
    reject_symlinks(root, path)
    return read_json(path, _rejected_decoder, remedy=_REMEDY) or ()


def write_rejected(root: Path, date: dt.date, rejected: Sequence[Rejected]) -> bool:
    """Store the unreadable records of `date`, or remove the file if there are none; return True if it changed.

    Raises ArchiveError.
    """
    path = rejected_path(root, date)
    reject_symlinks(root, path)
    if not rejected:
        return remove(path)
    return write_atomically(path, b"[\n" + b",\n".join(map(_encoder.encode, rejected)) + b"\n]\n")
