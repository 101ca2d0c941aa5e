"""Store of cached content in a folder of SQLite files: content by name, with the fingerprint of its inputs.

Content that cannot be read or written is made again. Two processes of a build, or a build and a preview, may use one
folder at a time. Each year has a file of its own, by the year that names begin with: several machines can render one
year each, and their files are then put into one folder.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FORMAT = 2
"""The version of a file; a file of another version is emptied."""
BUFFER_BYTES = 8_000_000
"""New content of a file is held in memory up to this size, so that a build of many years fits into memory."""
WITHOUT_YEAR = "others"
_WAIT_S = 2
_PAGE_BYTES = 65_536  # content takes a few of these: half the time of SQLite's default of 4,096
_TABLE = "CREATE TABLE IF NOT EXISTS content (name TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, bytes BLOB NOT NULL)"
_YEAR = re.compile(r"[0-9]{4}\b", re.ASCII)


def year_of(name: str) -> str:
    """Return the year that `name` begins with, or WITHOUT_YEAR."""
    match = _YEAR.match(name)
    return match[0] if match else WITHOUT_YEAR


class CacheStore:
    """The content in `folder`, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    def get(self, name: str, fingerprint: bytes) -> bytes | None:
        """Return the content called `name`; None if there is none, or one with another fingerprint."""
        return self._file(year_of(name)).get(name, fingerprint)

    def put(self, name: str, fingerprint: bytes, content: bytes) -> None:
        self._file(year_of(name)).put(name, fingerprint, content)

    def write(self) -> None:
        """Write new content and close the files. Called when a process is done."""
        for file in self._files.values():
            file.write()

    def write_year(self, year: str) -> None:
        """Write the new content of `year`, and nothing else."""
        self._file(year).write()

    def delete_others(self, names: Container[str]) -> None:
        """Delete all content but `names`, at the end of a build."""
        with suppress(OSError):
            for path in self._folder.glob("*.sqlite"):
                self._file(path.stem).delete_others(names)

    def _file(self, year: str) -> _File:
        file = self._files.get(year)
        if file is None:
            file = self._files[year] = _File(self._folder / f"{year}.sqlite")
        return file


class _File:
    """One SQLite file. Each process opens it for itself and uses it in one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._new: list[tuple[str, bytes, bytes]] = []
        self._new_bytes = 0

    def get(self, name: str, fingerprint: bytes) -> bytes | None:
        query = "SELECT bytes FROM content WHERE name = ? AND fingerprint = ?"
        with self._ignoring_errors():
            if not self._connection and not self._path.exists():
                return None
            row = self._open().execute(query, (name, fingerprint)).fetchone()
            return row[0] if row else None
        return None

    def put(self, name: str, fingerprint: bytes, content: bytes) -> None:
        self._new.append((name, fingerprint, content))
        self._new_bytes += len(content)
        if self._new_bytes >= BUFFER_BYTES:
            self.write()

    def write(self) -> None:
        if self._new:
            with self._ignoring_errors(), self._open() as connection:
                connection.executemany("INSERT OR REPLACE INTO content VALUES (?, ?, ?)", self._new)
            self._new, self._new_bytes = [], 0
        self._close()

    def delete_others(self, names: Container[str]) -> None:
        with self._ignoring_errors(), self._open() as connection:
            if gone := [(name,) for (name,) in connection.execute("SELECT name FROM content") if name not in names]:
                connection.executemany("DELETE FROM content WHERE name = ?", gone)
        self._close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(self._path)
            self._process = os.getpid()
        return self._connection

    @contextmanager
    def _ignoring_errors(self) -> Iterator[None]:
        """Ignore I/O errors; delete a corrupt file."""
        try:
            yield
        except (sqlite3.OperationalError, OSError):
            pass  # another build writes, or the disk is full: the file is intact
        except sqlite3.DatabaseError:
            self._close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    # A preview goes on in another thread, one at a time.
    connection = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        # A file that a crash of the machine corrupts does not read, and is made again.
        connection.execute("PRAGMA synchronous = OFF")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        with connection:
            if version != FORMAT:
                connection.execute("DROP TABLE IF EXISTS content")
                connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection
