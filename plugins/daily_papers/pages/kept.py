"""What an earlier build has drawn, in one SQLite file: content by name, with the mark of what it was drawn from.

Names, marks and bytes go in, bytes come out where the mark is still the same. What cannot be read or written is as good
as not there: it is drawn again. Two processes of a build, or a build and a preview, may use one file at a time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

FORMAT = 1
"""Of the file; one of another is begun anew."""
HELD_BYTES = 8_000_000
"""What is held in memory before it is written, so that a build of years fits into it."""
_WAIT_S = 2
_PAGE_BYTES = 65_536  # a content of ours is a few of these: half the time of SQLite's usual 4,096
_TABLE = "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, mark BLOB NOT NULL, content BLOB NOT NULL)"


class Kept:
    """The content of `file`, which need not be there; each process, and each thread, opens it for itself."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened: sqlite3.Connection | None = None
        self._process = 0
        self._new: list[tuple[str, bytes, bytes]] = []
        self._new_bytes = 0

    def get(self, name: str, mark: bytes) -> bytes | None:
        """Return what was put there by `name`, None if that was with another mark, or never."""
        with suppress(sqlite3.Error, OSError):
            row = self._open().execute("SELECT content FROM kept WHERE name = ? AND mark = ?", (name, mark)).fetchone()
            return row[0] if row else None
        return None

    def put(self, name: str, mark: bytes, content: bytes) -> None:
        self._new.append((name, mark, content))
        self._new_bytes += len(content)
        if self._new_bytes >= HELD_BYTES:
            self.write()

    def write(self) -> None:
        """Write what is new; a process ends with it."""
        if self._new:
            with suppress(sqlite3.Error, OSError), self._open() as opened:
                opened.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", self._new)
            self._new, self._new_bytes = [], 0

    def forget_others(self, names: Container[str]) -> None:
        """Let go of all but `names`, at the end of a build."""
        with suppress(sqlite3.Error, OSError), self._open() as opened:
            if gone := [(name,) for (name,) in opened.execute("SELECT name FROM kept") if name not in names]:
                opened.executemany("DELETE FROM kept WHERE name = ?", gone)

    def _open(self) -> sqlite3.Connection:
        if self._opened is None or self._process != os.getpid():
            self._opened = self._connect()
            self._process = os.getpid()
        return self._opened

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self._file)
        except sqlite3.DatabaseError as e:
            if isinstance(e, sqlite3.OperationalError):
                raise  # another build writes, or the disk is full: the file is none the worse
            self._file.unlink(missing_ok=True)
            return _connect(self._file)


def _connect(file: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(file, timeout=_WAIT_S)
    opened.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    # What a crash of the whole machine spoils does not read, and is drawn anew.
    opened.execute("PRAGMA synchronous = OFF")
    (version,) = opened.execute("PRAGMA user_version").fetchone()
    with opened:
        if version != FORMAT:
            opened.execute("DROP TABLE IF EXISTS kept")
            opened.execute(f"PRAGMA user_version = {FORMAT}")
        opened.execute(_TABLE)
    return opened
