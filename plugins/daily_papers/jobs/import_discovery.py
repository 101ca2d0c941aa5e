"""Find digests and exports in files, folders and zip files, and read them.

A digest is a Markdown file of one or more dates. An export is a file in JSON Lines with one day a line. Digests are
read at once. Of an export only the position of each line is stored, since all of its days may not fit into memory.
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
from collections.abc import Iterable
from lzma import LZMAError
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

import msgspec

from daily_papers.archive.consistency import find_date_fault
from daily_papers.archive.json_maps import READ_ERRORS, read_error
from daily_papers.errors import DigestError, NewerSchemaError
from daily_papers.formats.digest import MAX_BYTES, ItemKind, is_digest, read_digest
from daily_papers.formats.exports import jsonl
from daily_papers.model.records import Day, Rejected
from daily_papers.model.text import clean_line, error_line

MAX_ZIP_BYTES = 512 * 2**20
"""Limit of the unpacked bytes that are read of one zip file; twenty years of days have some 200 MB."""

_DIGEST_FILE = re.compile(r"(?:^|/)([0-9]{4}/[0-9]{2}/[0-9]{2}\.md)$")
_ZIP_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
# The exceptions of zipfile for a file that was made to break it.
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

_day_decoder = msgspec.json.Decoder(Day)


class DigestPart(msgspec.Struct, frozen=True):
    """The content of one digest for one date."""

    name: str
    """The name that the locations of its rejected lines begin with: `2024/03/01.md`."""
    day: Day
    rejected: tuple[Rejected, ...]
    """The lines that could not be read."""


class ExportedDay(msgspec.Struct, frozen=True):
    """The position of one day in an export; `read_exported` reads it."""

    path: Path
    start: int
    size: int
    """In bytes, like `start`."""
    unpacked: bytes | None = None
    """Of an export in a zip file, the whole unpacked export: a member of a zip file has no random access."""


class Discovery:
    """The digests and exports found by `discover`, with counts and errors."""

    def __init__(self, today: dt.date) -> None:
        self.digests: dict[dt.date, list[DigestPart]] = {}
        self.exported: dict[dt.date, list[ExportedDay]] = {}
        self.files = 0
        """Digests that were read."""
        self.skipped = 0
        """Other Markdown files, and symbolic links, in the same folders and zip files."""
        self.counts: Counter[ItemKind] = Counter()
        self.repeated: list[str] = []
        """Location and id of each paper that a digest lists a second time for a date."""
        self.misdated: list[str] = []
        """A message for each digest whose heading has another date than its path."""
        self.errors: list[DigestError] = []
        self._today = today
        self._read_files: set[Path] = set()
        self._found = 0

    def search(self, path: Path) -> None:
        """Add every digest and export that `path` leads to: a file, a folder or a zip file."""
        before = self._found + len(self.errors)
        try:
            self._search(path)
        except _ZIP_ERRORS as e:
            expected = "expected a digest, or a folder or zip of digests"
            self._fail(_printable(path), f"cannot be read: {error_line(e)}; {expected}")
        if before == self._found + len(self.errors):
            expected = "files named YYYY/MM/DD.md, as 2024/03/01.md, or what 'export --format jsonl' writes"
            self._fail(_printable(path), f"contains no digest and no export: expected {expected}")

    def _search(self, path: Path) -> None:
        if path.is_dir():
            self._search_folder(path)
        elif not path.is_file():
            self._fail(_printable(path), "does not exist: expected a digest, or a folder or zip of digests")
        elif _is_zip(path):
            self._search_zip(path)
        elif _is_export(path):
            self._add_export_file(path)
        elif _is_jsonl(path):
            self._fail(_printable(path), "is not what 'export --format jsonl' writes: expected a day a line")
        else:
            self._add_digest_file(path)

    def _search_folder(self, folder: Path) -> None:
        def fail(error: OSError) -> None:
            self._fail(clean_line(str(error.filename)), f"cannot be read: {error_line(error)}")

        # Links are not followed: they may lead out of the folder, and files in the folder are found anyway.
        for parent, folders, names in os.walk(folder, onerror=fail):
            folders[:] = sorted(name for name in folders if name != ".git")
            for path in (Path(parent, name) for name in sorted(names)):
                try:
                    self._add_file_of_folder(path)
                except OSError as e:
                    self._fail(_printable(path), f"cannot be read: {error_line(e)}")

    def _add_file_of_folder(self, path: Path) -> None:
        if path.is_symlink() or not path.is_file():
            self.skipped += _is_markdown(path)
        elif _has_digest_name(path.absolute()):
            self._add_digest_file(path)
        elif _is_jsonl(path) and _is_export(path):
            self._add_export_file(path)
        elif _is_markdown(path):
            self._skip_markdown(_printable(path), _read_file(path))

    def _search_zip(self, path: Path) -> None:
        left = MAX_ZIP_BYTES
        with zipfile.ZipFile(path) as members:
            for info in sorted(members.infolist(), key=lambda info: info.filename):
                name = PurePosixPath(info.filename)
                if ".git" in name.parts or info.is_dir():
                    continue
                if stat.S_ISLNK(info.external_attr >> 16) or not (_is_markdown(name) or _is_jsonl(name)):
                    self.skipped += _is_markdown(name)
                    continue
                location = f"{_printable(path)}: {_printable(name)}"
                data = self._unpack(members, info, location, left)
                left -= len(data)
                if _is_jsonl(name):
                    self._found += bool(data)
                    self._add_export(io.BytesIO(data), path, location, unpacked=data)
                elif not _has_digest_name(name):
                    self._skip_markdown(location, data)
                else:
                    self._found += 1
                    if data:
                        self._add_digest(data, name, location)

    def _unpack(self, members: zipfile.ZipFile, info: zipfile.ZipInfo, location: str, left: int) -> bytes:
        """Return the bytes of a member, empty if it cannot be read, or is JSON Lines but not an export.

        At most `left` bytes are unpacked, whatever size the zip file states.
        """
        if info.flag_bits & _ENCRYPTED:
            self._fail(location, "is encrypted: unpack it yourself, and import the folder")
            return b""
        is_export = _is_jsonl(PurePosixPath(info.filename))
        try:
            with members.open(info) as file:
                if is_export and not jsonl.contains_day(file, left):
                    return b""
                file.seek(0)
                data = file.read((left if is_export else min(left, MAX_BYTES)) + 1)
        except _ZIP_ERRORS as e:
            self._fail(location, f"cannot be unpacked: {error_line(e)}")
            return b""
        if len(data) > left:
            limit = f"a zip may unpack to {MAX_ZIP_BYTES // 2**20} MB"
            self._fail(location, f"exceeds the limit: {limit}; unpack it yourself, and import the folder")
            return b""
        if not data:
            self._fail(location, "is empty")
        return data

    def _add_digest_file(self, path: Path) -> None:
        self._found += 1
        if self._is_new_file(path):
            self._add_digest(_read_file(path), path.absolute(), _printable(path))

    def _add_export_file(self, path: Path) -> None:
        self._found += 1
        if self._is_new_file(path):
            with path.open("rb") as file:
                self._add_export(file, path, _printable(path))

    def _is_new_file(self, path: Path) -> bool:
        """Remember a file; return False if it was read before, under any name."""
        real = path.resolve()
        is_new = real not in self._read_files
        self._read_files.add(real)
        return is_new

    def _add_export(self, file: IO[bytes], path: Path, location: str, *, unpacked: bytes | None = None) -> None:
        start = number = 0
        while data := file.readline(MAX_BYTES):
            number += 1
            self._add_exported_day(data, ExportedDay(path, start, len(data), unpacked), f"{location}:{number}")
            start += len(data)

    def _add_exported_day(self, data: bytes, exported: ExportedDay, location: str) -> None:
        if not data.strip():
            return
        try:
            date = _decode_day(data).date
        except READ_ERRORS as e:
            error = read_error(exported.path, data, e, "")
            newer = error.reason if isinstance(error, NewerSchemaError) else None
            reason = newer or f"{error_line(e)}; expected what 'export --format jsonl' writes"
            self._fail(location, f"is no day of an archive: {reason}")
            return
        if fault := self._date_fault(date):
            self._fail(location, f"{fault}: correct the date")
            return
        self.exported.setdefault(date, []).append(exported)

    def _add_digest(self, data: bytes, path: PurePath, location: str) -> None:
        match = _DIGEST_FILE.search(path.as_posix())
        name = match[1] if match else clean_line(path.name)
        try:
            digest = read_digest(data, name)
        except DigestError as e:
            self._fail(location, e.reason)
            return
        self.files += 1
        self.counts += digest.counts
        self.repeated.extend(digest.repeated)
        for result in digest.days:
            date = result.day.date
            if fault := self._date_fault(date):
                self._fail(location, f"{fault}: correct the heading")
                continue
            if match and match[1] != f"{date:%Y/%m/%d}.md":
                self.misdated.append(f"{location} has the date {date} in its heading, and is stored under that date")
            self.digests.setdefault(date, []).append(DigestPart(name, result.day, result.rejected))

    def _date_fault(self, date: dt.date) -> str:
        """Return the reason why no day of `date` can be stored; empty if it can."""
        if date > self._today:
            return f"has the date {date}, which is yet to come"
        fault = find_date_fault(date)
        return fault and f"has a date that {fault}"

    def _skip_markdown(self, location: str, data: bytes) -> None:
        """Count a Markdown file that is not named like a digest. It is an error if it has a digest's heading."""
        self.skipped += 1
        if is_digest(data):
            self._fail(
                location, "has a digest's heading, but is not named YYYY/MM/DD.md: rename it, or import it by name"
            )

    def _fail(self, location: str, reason: str) -> None:
        self.errors.append(DigestError(reason, location=location))


def discover(paths: Iterable[Path], *, today: dt.date) -> Discovery:
    """Return the digests and exports that `paths` lead to. A digest or day of a date after `today` is an error.

    A path is a file of any name, or a folder or zip file with digests named YYYY/MM/DD.md and exports named *.jsonl, at
    any depth.
    """
    discovery = Discovery(today)
    for path in paths:
        discovery.search(path)
    return discovery


def read_exported(exported: ExportedDay) -> Day:
    """Return the day at this position. Raises DigestError if the file has changed since it was found."""
    try:
        with exported.path.open("rb") if exported.unpacked is None else io.BytesIO(exported.unpacked) as file:
            file.seek(exported.start)
            return _decode_day(file.read(exported.size))
    except READ_ERRORS as e:
        message = f"has changed while it was read: {error_line(e)}; import it again"
        raise DigestError(message, location=_printable(exported.path)) from e


def _decode_day(data: bytes) -> Day:
    """Return the day of one line, without pins, which are decisions of the exporting site and not part of the day."""
    day = _day_decoder.decode(data.removeprefix(BOM_UTF8))
    if not any(paper.pinned for paper in day.papers):
        return day
    unpinned = tuple(msgspec.structs.replace(paper, pinned=False) for paper in day.papers)
    return msgspec.structs.replace(day, papers=unpinned)


def _read_file(path: Path) -> bytes:
    """Return the file's bytes, at most one more than the limit of a digest."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _is_markdown(path: PurePath) -> bool:
    return path.suffix.lower() == ".md"


def _has_digest_name(path: PurePath) -> bool:
    return _DIGEST_FILE.search(path.as_posix()) is not None


def _is_jsonl(path: PurePath) -> bool:
    return path.suffix.lower() == ".jsonl"


def _is_export(path: Path) -> bool:
    """Return True if a file begins like an export, or is named *.jsonl and has a line of one."""
    if not _is_jsonl(path):
        return jsonl.is_export(path)
    with path.open("rb") as file:
        return jsonl.contains_day(file, MAX_ZIP_BYTES)


def _is_zip(path: Path) -> bool:
    if path.suffix.lower() == ".zip":
        return True
    with path.open("rb") as file:
        return file.read(len(_ZIP_SIGNATURE)) == _ZIP_SIGNATURE


def _printable(path: PurePath) -> str:
    """Return a path that is safe to print: names in a zip file are text from strangers."""
    return clean_line(str(path))
