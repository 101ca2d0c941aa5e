"""Day files: ROOT/YYYY/MM/DD.json, one Day each, and ROOT/YYYY/MM/DD.rejected.json beside it.

Reads and writes only below the folder it is given, and is the only writer of these files (the ledger is `ledger`'s).
Knows no network, no HTML, and no rule of merging.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec

from daily_papers.curation import read_curation
from daily_papers.errors import ArchiveError, NewerSchemaError
from daily_papers.files import UNREADABLE, remove, write_atomically
from daily_papers.ledger import read_ledger
from daily_papers.models import SCHEMA, Day, Paper, Rejected

_DAY_FILE = re.compile(r"^(\d{4})/(\d\d)/(\d\d)(\.rejected)?\.json$", re.ASCII)
_PLACE = re.compile(r" - at `(?P<at>[^`]*)`$")
_BYTE = re.compile(r" \(byte (?P<byte>\d+)\)$")
# A vote and its day belong on one line of a diff; JSON strings hold no raw line break, so only structure matches.
_VOTE_ENTRY = re.compile(rb'\[\s+("[0-9-]{10}"),\s+(\d+)\s+\]')

_PLAIN_INSTANT = "expected an instant in UTC, in whole seconds, ending in Z"
_MAX_SHOWN_CHARS = 100

_READ_ERRORS = (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_day_decoder = msgspec.json.Decoder(Day)
_rejected_decoder = msgspec.json.Decoder(tuple[Rejected, ...])
_encoder = msgspec.json.Encoder(order="deterministic")


def day_path(root: Path, date: dt.date) -> Path:
    """Return where the day of `date` lies below `root`, whether or not it is there."""
    return root / f"{date:%Y/%m/%d}.json"


def rejected_path(root: Path, date: dt.date) -> Path:
    """Return where the records of `date` that could not be read lie."""
    return root / f"{date:%Y/%m/%d}.rejected.json"


def stored_dates(root: Path) -> list[dt.date]:
    """Return the dates that have a day file below `root`, oldest first, whether or not it reads."""
    return sorted(date for date, path in _layout(root) if not path.name.endswith(".rejected.json"))


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
    data = b""
    try:
        _refuse_links(path)
        data = path.read_bytes()
        day = _day_decoder.decode(data)
    except FileNotFoundError:
        return None
    except _READ_ERRORS as e:
        raise _unreadable(path, data, e) from e
    if day.date != date:
        raise ArchiveError(f"holds the day {day.date}, expected {date}", path=path, at="$.date")
    return day


def write_day(root: Path, day: Day) -> bool:
    """Store `day` below `root`; return whether the file's bytes changed. Raises ArchiveError."""
    path = day_path(root, day.date)
    _refuse_links(path)
    return write_atomically(path, encode_day(day))


def read_rejected(root: Path, date: dt.date) -> tuple[Rejected, ...]:
    """Return what of `date` could not be read, empty if nothing. Raises ArchiveError."""
    path = rejected_path(root, date)
    data = b""
    try:
        _refuse_links(path)
        data = path.read_bytes()
        return _rejected_decoder.decode(data)
    except FileNotFoundError:
        return ()
    except _READ_ERRORS as e:
        raise _unreadable(path, data, e) from e


def write_rejected(root: Path, date: dt.date, rejected: Sequence[Rejected]) -> bool:
    """Store what of `date` could not be read; nothing left removes the file."""
    path = rejected_path(root, date)
    _refuse_links(path)
    if not rejected:
        return remove(path)
    return write_atomically(path, b"[\n" + b",\n".join(map(_encoder.encode, rejected)) + b"\n]\n")


def check(root: Path) -> Iterator[ArchiveError]:
    """Yield an error, with file and place, for each stored file that does not read or keep the record's promises."""
    for date, path in sorted(_layout(root)):
        try:
            if path.name.endswith(".rejected.json"):
                read_rejected(root, date)
            elif day := read_day(root, date):
                yield from _broken_promises(path, day)
        except ArchiveError as e:
            yield e
    for read in (read_ledger, read_curation):
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

    Only the layout changes: what a file says stays, and one that does not read is left to `check`.
    """
    for date in stored_dates(root):
        try:
            if (day := read_day(root, date)) and write_day(root, day):
                yield day_path(root, date)
        except ArchiveError:
            continue


def _layout(root: Path) -> Iterator[tuple[dt.date, Path]]:
    """Yield date and path of each file whose place below `root` is one of the archive's."""
    for path in root.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].*json"):
        match = _DAY_FILE.match(path.relative_to(root).as_posix())
        if match:
            year, month, day = map(int, match.groups()[:3])
            try:
                yield dt.date(year, month, day), path
            except ValueError:
                continue  # 2024/02/31.json is nobody's day


def _broken_promises(path: Path, day: Day) -> Iterator[ArchiveError]:
    found, expected = path.read_bytes().split(b"\n"), encode_day(day).split(b"\n")
    if found != expected:
        pairs = zip_longest(expected, found)
        line, wanted = next((n, ours) for n, (ours, theirs) in enumerate(pairs) if ours != theirs)
        shown = "the end of the file" if wanted is None else repr(wanted.decode()[:_MAX_SHOWN_CHARS])
        remedy = "'daily-papers check --fix' lays the file out so, which changes nothing it says"
        message = f"expected {shown}, as the same day is always written; {remedy}"
        yield ArchiveError(message, path=path, at=f"line {line + 1}")
    if day.fetched_at and not _is_plain(day.fetched_at):
        yield ArchiveError(_PLAIN_INSTANT, path=path, at="$.fetched_at")
    for number, paper in enumerate(day.papers):
        for field, message in _paper_faults(paper):
            yield ArchiveError(message, path=path, at=f"$.papers[{number}].{field}")


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
    for language, failure in paper.failures.items():
        if not _is_plain(failure.at):
            yield f"failures.{language}.at", _PLAIN_INSTANT


def _is_plain(instant: dt.datetime) -> bool:
    return not instant.utcoffset() and not instant.microsecond


def _refuse_links(path: Path) -> None:
    """Raise if a day's file, or its month's or year's folder, is a symbolic link and so may lead anywhere."""
    if path.is_symlink() or path.parent.is_symlink() or path.parent.parent.is_symlink():
        raise ArchiveError("leads elsewhere by a symbolic link; expected a file of the archive itself", path=path)


def _unreadable(path: Path, data: bytes, error: Exception) -> ArchiveError:
    message, at = str(error), ""
    if match := _PLACE.search(message):
        message, at = message[: match.start()], match["at"]
    elif match := _BYTE.search(message):
        line = data.count(b"\n", 0, int(match["byte"])) + 1
        at = f"line {line}"
    if at == "$.schema":
        found = msgspec.json.decode(data)["schema"]
        message = f"has schema {found!r}, this version reads {SCHEMA}"
        if isinstance(found, int) and found > SCHEMA:
            return NewerSchemaError(f"{message}: update mkdocs-daily-papers", path=path, at=at)
    if b"<<<<<<< " in data:
        message = "holds the marks of an unfinished git merge"
    return ArchiveError(f"{message}; restore it from git, or fetch the date again", path=path, at=at)
