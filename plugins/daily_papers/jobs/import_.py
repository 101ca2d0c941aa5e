"""Importing: digests that lie in files, folders and zips, and exports in JSON Lines -> the archive.

Paths and the archive's folder go in; every date found is merged with what is stored of it, one Outcome a date and what
was counted come out. The layout is `digest`'s business, the rules of merging are `merge`'s; the ledger is left alone,
since nothing was asked of upstream.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import stat
import zipfile
import zlib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import reduce
from lzma import LZMAError
from pathlib import Path, PurePath, PurePosixPath
from typing import IO, Literal

import msgspec

from daily_papers.archive.day_files import read_day, read_rejected, write_day, write_rejected
from daily_papers.archive.file_io import archive_lock
from daily_papers.archive.json_maps import READ_ERRORS, to_archive_error
from daily_papers.errors import DailyPapersError, DigestError, NewerSchemaError
from daily_papers.formats.digest import LANGUAGE, MAX_BYTES, Counted, contradicts, is_digest, read_digest, render_digest
from daily_papers.formats.exports import jsonl
from daily_papers.model.merge import merge_days, merge_unread
from daily_papers.model.records import Day, Paper, Rejected
from daily_papers.model.text import clean_line

MAX_ZIP_BYTES = 512 * 2**20
"""What is read of one zip may unpack to so much; twenty years of days have some 200 MB."""

_DIGEST_FILE = re.compile(r"(?:^|/)([0-9]{4}/[0-9]{2}/[0-9]{2}\.md)$")
_ZIP_BEGINS = b"PK\x03\x04"
_ENCRYPTED = 0x1
# What zipfile lets through of a file that was made to break it.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    OverflowError,
    ValueError,
    LZMAError,
    zlib.error,
)

_exported_decoder = msgspec.json.Decoder(Day)

Result = Literal["stored", "unchanged", "failed"]


class _Part(msgspec.Struct, frozen=True):
    """What one file says of one date."""

    name: str
    """What its lines are kept under: `2024/03/01.md`."""
    day: Day
    rejected: tuple[Rejected, ...]


class _Line(msgspec.Struct, frozen=True):
    """Where an export tells of one date: what is read is let go, and read again when its turn comes."""

    path: Path
    start: int
    size: int
    """In bytes."""
    unpacked: bytes | None = None
    """What holds it, of a zip: a member can be read from its beginning only."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one date; in a dry run, what would have."""

    date: dt.date
    result: Result
    papers: int = 0
    """How many are stored now."""
    new: int = 0
    files: int = 1
    """In how many places it was found; where these differ, the last one stands, by the rules of merging."""
    error: DailyPapersError | None = None
    """Why it failed: what was stored is as it was."""


class Report(msgspec.Struct, frozen=True):
    """What became of everything found: `outcomes` by date, oldest first."""

    outcomes: tuple[Outcome, ...]
    files: int
    """Digests that were read."""
    exported: int
    """Days that exports brought."""
    skipped: int
    """Other Markdown files, and links, that stood beside them."""
    counts: Counter[Counted]
    unread: tuple[Rejected, ...]
    """The lines that could not be read, and entries that a later file tells otherwise, by date."""
    repeated: tuple[str, ...]
    """Where a paper stands a second time on its date, and which."""
    misdated: tuple[str, ...]
    """Which files say another date than their path does."""
    errors: tuple[DigestError, ...]
    """What could not be read at all."""

    @property
    def complete(self) -> bool:
        """Whether every file, date and line was taken in."""
        return not (self.errors or self.unread or self.misdated or any(outcome.error for outcome in self.outcomes))

    @property
    def usable(self) -> bool:
        """Whether anything was taken in."""
        return any(outcome.result != "failed" for outcome in self.outcomes)

    def __str__(self) -> str:
        """Say how many dates ended how, in one line."""
        results = Counter(outcome.result for outcome in self.outcomes)
        return ", ".join(f"{count} {result}" for result, count in sorted(results.items())) or "nothing"


def import_digests(
    root: Path,
    paths: Iterable[Path],
    *,
    today: dt.date = dt.date.max,
    dry_run: bool = False,
    on_start: Callable[[int], None] = lambda count: None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Merge the digests and exports that `paths` lead to into the archive below `root`; `dry_run` writes nothing.

    A path is a file, whatever its name, or a folder or zip with digests named YYYY/MM/DD.md and exports named *.jsonl
    at any depth. A date of an export is merged as a fetch of it would be, and comes into an archive
    that has it not byte for byte as it was. Each file and each date stands for itself: one that fails, as one after
    `today` does, costs none of the others. Importing the same again changes no byte. `on_start` is told how many dates
    there are. Raises ArchiveError if another run is writing; KeyboardInterrupt passes, and what was stored stays.
    """
    found = _Found(today)
    for path in paths:
        found.search(path)
    dates = sorted(found.dates.keys() | found.exported.keys())
    on_start(len(dates))
    outcomes, unread = [], []
    with nullcontext() if dry_run else archive_lock(root):
        for date in dates:
            parts, exported = found.dates.get(date, []), found.exported.get(date, [])
            lines = [*(line for part in parts for line in part.rejected), *_overruled(parts)]
            unread.extend(lines)
            outcomes.append(_store(root, date, parts, exported, lines, dry_run=dry_run))
            on_outcome(outcomes[-1])
    return Report(
        outcomes=tuple(outcomes),
        files=found.files,
        exported=sum(map(len, found.exported.values())),
        skipped=found.skipped,
        counts=found.counts,
        unread=tuple(unread),
        repeated=tuple(found.repeated),
        misdated=tuple(found.misdated),
        errors=tuple(found.errors),
    )


def _store(
    root: Path, date: dt.date, parts: list[_Part], exported: list[_Line], lines: list[Rejected], *, dry_run: bool
) -> Outcome:
    """Merge what exports and digests say of `date`, and the lines of these that were not read, with what is stored."""
    files = len(parts) + len(exported)
    try:
        stored = read_day(root, date)
        kept = read_rejected(root, date) if lines else ()
        day = stored
        for line in exported:
            # An export may have been of some papers, or without those that are hidden: no paper is gone for that.
            day = merge_days(day, _read_exported(line), lists_all=False)
        if parts:
            found = reduce(merge_days, (part.day for part in parts))
            day = merge_days(day, _new_in(found, day) if day else found)
        unread = merge_unread(kept, lines)
        is_new, has_new_lines = day != stored and bool(exported or (day and day.papers)), unread != kept
        if day and is_new and not dry_run:
            write_day(root, day)
        if has_new_lines and not dry_run:
            write_rejected(root, date, unread)
    except DailyPapersError as e:
        return Outcome(date, "failed", files=files, error=e)
    papers, before = (len(one.papers) if one else 0 for one in (day, stored))
    result: Result = "stored" if is_new or has_new_lines else "unchanged"
    return Outcome(date, result, papers=papers, new=papers - before, files=files)


def _read_exported(line: _Line) -> Day:
    """Return the day that an export tells of. Raises DigestError if the file has changed since it was found."""
    try:
        with line.path.open("rb") if line.unpacked is None else io.BytesIO(line.unpacked) as file:
            file.seek(line.start)
            return _decode_exported(file.read(line.size))
    except READ_ERRORS as e:
        raise DigestError(f"has changed while it was read: {_said(e)}", place=_shown(line.path)) from e


def _decode_exported(data: bytes) -> Day:
    """Return the day of one line, without pins: these are decisions of the site that exported it, not of the day."""
    day = _exported_decoder.decode(data.removeprefix(BOM_UTF8))
    if not any(paper.pinned for paper in day.papers):
        return day
    unpinned = tuple(msgspec.structs.replace(paper, pinned=False) for paper in day.papers)
    return msgspec.structs.replace(day, papers=unpinned)


def _new_in(found: Day, stored: Day) -> Day:
    """Return `found` without what was taken out of the archive by an export, and says less there than here.

    A digest tells neither the language of a bullet, nor whose it is, nor when a vote was seen.
    """
    papers = {paper.id: paper for paper in stored.papers}
    return msgspec.structs.replace(
        found, papers=tuple(_without_exported(paper, papers.get(paper.id)) for paper in found.papers)
    )


def _without_exported(paper: Paper, stored: Paper | None) -> Paper:
    if stored is None:
        return paper
    known = {summary.bullets for summary in stored.summaries.values()}
    summaries = {code: summary for code, summary in paper.summaries.items() if summary.bullets not in known}
    if stored.vote_history and paper.votes == stored.votes:
        return msgspec.structs.replace(paper, summaries=summaries, votes=None, vote_history=())
    return msgspec.structs.replace(paper, summaries=summaries)


def _overruled(parts: list[_Part]) -> Iterator[Rejected]:
    """Yield the papers of a date's files that a later file of them tells otherwise, as they stand in a digest."""
    for position, part in enumerate(parts):
        later = [paper for other in parts[position + 1 :] for paper in other.day.papers]
        for paper in part.day.papers:
            if any(other.id == paper.id and contradicts(paper, other, part.day.date) for other in later):
                entry = render_digest(msgspec.structs.replace(part.day, papers=(paper,)), [LANGUAGE])
                reason = f"{paper.id} is told otherwise by another file of this date, which was read later and stands"
                yield Rejected(id=None, reason=reason, at=part.name, record=msgspec.Raw(msgspec.json.encode(entry)))


class _Found:
    """What has been found so far, and what of it was read. No digest is of a date after `today`."""

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self.dates: dict[dt.date, list[_Part]] = {}
        self.exported: dict[dt.date, list[_Line]] = {}
        self.files = self.skipped = 0
        self.counts: Counter[Counted] = Counter()
        self.repeated: list[str] = []
        self.misdated: list[str] = []
        self.errors: list[DigestError] = []
        self._seen: set[Path] = set()
        self._reached = 0

    def search(self, path: Path) -> None:
        """Read every digest and export that `path` leads to."""
        before = self._reached + len(self.errors)
        try:
            if path.is_dir():
                self._search_folder(path)
            elif not path.is_file():
                self._fail(_shown(path), "is not there: expected a digest, or a folder or zip of digests")
            elif _is_zip(path):
                self._search_zip(path)
            elif jsonl.is_ours(path):
                self._take_export(path)
            elif _is_lines(path):
                self._fail(_shown(path), "is not what 'export --format jsonl' writes: expected a day a line")
            else:
                self._take_file(path)
        except _ZIP_ERRORS as e:
            self._fail(_shown(path), f"cannot be read: {_said(e)}; expected a digest, or a folder or zip of digests")
        if before == self._reached + len(self.errors):
            expected = "files named YYYY/MM/DD.md, as 2024/03/01.md, or what 'export --format jsonl' writes"
            self._fail(_shown(path), f"holds no digest and no export: expected {expected}")

    def _search_folder(self, folder: Path) -> None:
        def fail(error: OSError) -> None:
            self._fail(clean_line(str(error.filename)), f"cannot be read: {_said(error)}")

        # Links are not followed: they lead out of what was given, or to what is found anyway.
        for parent, folders, names in os.walk(folder, onerror=fail):
            folders[:] = sorted(name for name in folders if name != ".git")
            for path in (Path(parent, name) for name in sorted(names)):
                try:
                    if path.is_symlink() or not path.is_file():
                        self.skipped += _is_markdown(path)
                    elif _is_digest(path.absolute()):
                        self._take_file(path)
                    elif _is_lines(path) and jsonl.is_ours(path):
                        self._take_export(path)
                    elif _is_markdown(path):
                        self._skip(_shown(path), _read_file(path))
                except OSError as e:
                    self._fail(_shown(path), f"cannot be read: {_said(e)}")

    def _search_zip(self, path: Path) -> None:
        left = MAX_ZIP_BYTES
        with zipfile.ZipFile(path) as members:
            for info in sorted(members.infolist(), key=lambda info: info.filename):
                name = PurePosixPath(info.filename)
                if ".git" in name.parts or info.is_dir():
                    continue
                if stat.S_ISLNK(info.external_attr >> 16) or not (_is_markdown(name) or _is_lines(name)):
                    self.skipped += _is_markdown(name)
                    continue
                place = f"{_shown(path)}: {_shown(name)}"
                data = self._unpacked(members, info, place, left)
                left -= len(data)
                if _is_lines(name):
                    self._reached += bool(data)
                    self._take_lines(io.BytesIO(data), path, place, unpacked=data)
                elif not _is_digest(name):
                    self._skip(place, data)
                else:
                    self._reached += 1
                    if data:
                        self._take(data, name, place)

    def _unpacked(self, members: zipfile.ZipFile, info: zipfile.ZipInfo, place: str, left: int) -> bytes:
        """Return the bytes of a member, empty if it cannot be had; never more than it may have, whatever it says.

        Of lines that no export wrote there are none.
        """
        if info.flag_bits & _ENCRYPTED:
            self._fail(place, "is encrypted: unpack it yourself, and import the folder")
            return b""
        is_export = _is_lines(PurePosixPath(info.filename))
        try:
            with members.open(info) as file:
                if is_export and not jsonl.begins(file):
                    return b""
                file.seek(0)
                data = file.read((left if is_export else min(left, MAX_BYTES)) + 1)
        except _ZIP_ERRORS as e:
            self._fail(place, f"cannot be unpacked: {_said(e)}")
            return b""
        if len(data) > left:
            self._fail(place, f"is one too many: a zip may unpack to {MAX_ZIP_BYTES // 2**20} MB; unpack it yourself")
            return b""
        if not data:
            self._fail(place, "is empty")
        return data

    def _take_file(self, path: Path) -> None:
        self._reached += 1
        if self._is_seen(path):
            return
        self._take(_read_file(path), path.absolute(), _shown(path))

    def _is_seen(self, path: Path) -> bool:
        """Tell whether the file was read before, by whatever name."""
        real = path.resolve()
        is_seen = real in self._seen
        self._seen.add(real)
        return is_seen

    def _take_export(self, path: Path) -> None:
        self._reached += 1
        if self._is_seen(path):
            return
        with path.open("rb") as file:
            self._take_lines(file, path, _shown(path))

    def _take_lines(self, file: IO[bytes], path: Path, place: str, *, unpacked: bytes | None = None) -> None:
        start = number = 0
        while data := file.readline(MAX_BYTES):
            number += 1
            self._take_line(data, _Line(path, start, len(data), unpacked), f"{place}:{number}")
            start += len(data)

    def _take_line(self, data: bytes, line: _Line, place: str) -> None:
        if not data.strip():
            return
        try:
            date = _decode_exported(data).date
        except READ_ERRORS as e:
            is_newer = isinstance(to_archive_error(line.path, data, e, ""), NewerSchemaError)
            remedy = "update mkdocs-daily-papers" if is_newer else "expected what 'export --format jsonl' writes"
            self._fail(place, f"is no day of an archive: {_said(e)}; {remedy}")
            return
        if date > self._today:
            self._fail(place, f"says {date}, which is yet to come: correct the date")
            return
        self.exported.setdefault(date, []).append(line)

    def _take(self, data: bytes, path: PurePath, place: str) -> None:
        match = _DIGEST_FILE.search(path.as_posix())
        name = match[1] if match else clean_line(path.name)
        try:
            digest = read_digest(data, name)
        except DigestError as e:
            self._fail(place, e.reason)
            return
        self.files += 1
        self.counts += digest.counts
        self.repeated.extend(digest.repeated)
        for read in digest.days:
            date = read.day.date
            if date > self._today:
                self._fail(place, f"says {date}, which is yet to come: correct the heading")
                continue
            if match and match[1] != f"{date:%Y/%m/%d}.md":
                self.misdated.append(f"{place} says {date}, and is stored there")
            self.dates.setdefault(date, []).append(_Part(name, read.day, read.rejected))

    def _skip(self, place: str, data: bytes) -> None:
        """Leave a Markdown file alone that is not named as a digest, unless it is one."""
        self.skipped += 1
        if is_digest(data):
            self._fail(place, "has a digest's heading, but is not named YYYY/MM/DD.md: rename it, or import it by name")

    def _fail(self, place: str, reason: str) -> None:
        self.errors.append(DigestError(reason, place=place))


def _read_file(path: Path) -> bytes:
    """Return the file's bytes, and no more of them than tell that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _is_markdown(path: PurePath) -> bool:
    return path.suffix.lower() == ".md"


def _is_digest(path: PurePath) -> bool:
    return _DIGEST_FILE.search(path.as_posix()) is not None


def _is_lines(path: PurePath) -> bool:
    return path.suffix.lower() == ".jsonl"


def _is_zip(path: Path) -> bool:
    if path.suffix.lower() == ".zip":
        return True
    with path.open("rb") as file:
        return file.read(len(_ZIP_BEGINS)) == _ZIP_BEGINS


def _shown(path: PurePath) -> str:
    """Return a path as it may be printed: a zip's names are strangers' text."""
    return clean_line(str(path))


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or clean_line(str(error)) or type(error).__name__
