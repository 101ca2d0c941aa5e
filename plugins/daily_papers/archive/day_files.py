"""Day files: ROOT/YYYY/MM/DD.json, one Day each, and ROOT/YYYY/MM/DD.rejected.json beside it.

Reads and writes only below the folder it is given, and is the only writer of these files (the ledger is `ledger`'s).
Knows no network, no HTML, and no rule of merging.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from daily_papers.archive.file_io import remove, write_atomically
from daily_papers.archive.json_maps import read_json
from daily_papers.errors import ArchiveError
from daily_papers.model.records import Day, Rejected

_DAY_FILE = re.compile(r"^(\d{4})/(\d\d)/(\d\d)(\.rejected)?\.json$", re.ASCII)
# A vote and its day belong on one line of a diff; JSON strings hold no raw line break, so only structure matches.
_VOTE_ENTRY = re.compile(rb'\[\s+("[0-9-]{10}"),\s+(\d+)\s+\]')

_REMEDY = "fetch the date again"

_day_decoder = msgspec.json.Decoder(Day)
_rejected_decoder = msgspec.json.Decoder(tuple[Rejected, ...])
_encoder = msgspec.json.Encoder(order="deterministic")


def day_path(root: Path, date: dt.date) -> Path:
    """Return where the day of `date` lies below `root`, whether or not it is there."""
    return root / f"{date:%Y/%m/%d}.json"


def rejected_path(root: Path, date: dt.date) -> Path:
    """Return where the records of `date` that could not be read lie."""
    return root / f"{date:%Y/%m/%d}.rejected.json"


def stored_files(root: Path) -> Iterator[tuple[dt.date, Path]]:
    """Yield date and path of each file whose place below `root` is one of the archive's."""
    for path in root.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].*json"):
        match = _DAY_FILE.match(path.relative_to(root).as_posix())
        if match:
            year, month, day = map(int, match.groups()[:3])
            try:
                yield dt.date(year, month, day), path
            except ValueError:
                continue  # 2024/02/31.json is nobody's day


def stored_dates(root: Path) -> list[dt.date]:
    """Return the dates that have a day file below `root`, oldest first, whether or not it reads."""
    return sorted(date for date, path in stored_files(root) if not path.name.endswith(".rejected.json"))


def encode_day(day: Day) -> bytes:
    """Return the file's bytes: the same Day always gives the same ones."""
    text = msgspec.json.format(_encoder.encode(day), indent=1)
    return _VOTE_ENTRY.sub(rb"[\1, \2]", text) + b"\n"


def read_day(root: Path, date: dt.date) -> Day | None:
    """Return the stored day of `date`, None if there is no file.

    Raises NewerSchemaError for a file of a later version, ArchiveError for one that does not read whole: cut, merge
    marks, a mistyped key, a value that breaks the record's rules, another date than its path says.
    """
    path = day_path(root, date)
    refuse_links(path)
    day = read_json(path, _day_decoder, remedy=_REMEDY)
    if day is not None and day.date != date:
        raise ArchiveError(f"holds the day {day.date}, expected {date}", path=path, at="$.date")
    return day


def write_day(root: Path, day: Day) -> bool:
    """Store `day` below `root`; return whether the file's bytes changed. Raises ArchiveError."""
    path = day_path(root, day.date)
    refuse_links(path)
    return write_atomically(path, encode_day(day))


def read_rejected(root: Path, date: dt.date) -> tuple[Rejected, ...]:
    """Return what of `date` could not be read, empty if nothing. Raises ArchiveError."""
    path = rejected_path(root, date)
    refuse_links(path)
    return read_json(path, _rejected_decoder, remedy=_REMEDY) or ()


def write_rejected(root: Path, date: dt.date, rejected: Sequence[Rejected]) -> bool:
    """Store what of `date` could not be read; nothing left removes the file."""
    path = rejected_path(root, date)
    refuse_links(path)
    if not rejected:
        return remove(path)
    return write_atomically(path, b"[\n" + b",\n".join(map(_encoder.encode, rejected)) + b"\n]\n")


def refuse_links(path: Path) -> None:
    """Raise ArchiveError if `path`, a file of a month, or the month's or year's folder is a symbolic link.

    A link may lead out of the archive.
    """
    try:
        is_link = any(part.is_symlink() for part in (path, path.parent, path.parent.parent))
    except OSError as e:
        raise ArchiveError(f"cannot be read: {e.strerror or e}; check its permissions", path=path) from e
    if is_link:
        raise ArchiveError("leads elsewhere by a symbolic link; expected a file of the archive itself", path=path)
