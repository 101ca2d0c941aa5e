"""What an earlier build has made, in a folder of SQLite files: content by name, with the mark of what it was made of.

Names, marks and bytes go in, bytes come out where the mark is still the same. What cannot be read or written is as good
as not there: it is made again. Two processes of a build, or a build and a preview, may use one folder at a time. Each
year has a file, by the year that names begin with, so that years can be made on several machines, and put together by
putting their files into one folder.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FORMAT = 1
"""Of a file; one of another is begun anew."""
HELD_BYTES = 8_000_000
"""What is held in memory of a file before it is written, so that a build of years fits into it."""
OF_NO_YEAR = "others"
_WAIT_S = 2
_PAGE_BYTES = 65_536  # a content of ours is a few of these: half the time of SQLite's usual 4,096
_TABLE = "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, mark BLOB NOT NULL, content BLOB NOT NULL)"
_YEAR = re.compile(r"[0-9]{4}\b", re.ASCII)


def year_of(name: str) -> str:
    """Return the year that `name` begins with, OF_NO_YEAR if with none."""
    found = _YEAR.match(name)
    return found[0] if found else OF_NO_YEAR


class CacheStore:
    """The content of `folder`, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    def get(self, name: str, mark: bytes) -> bytes | None:
        """Return what was put there by `name`, None if that was with another mark, or never."""
        return self._file(year_of(name)).get(name, mark)

    def put(self, name: str, mark: bytes, content: bytes) -> None:
        self._file(year_of(name)).put(name, mark, content)

    def write(self) -> None:
        """Write what is new, and let go of the files; a process ends with it."""
        for file in self._files.values():
            file.write()

    def write_year(self, year: str) -> None:
        """Write what is new of `year`, and nothing else."""
        self._file(year).write()

    def forget_others(self, names: Container[str]) -> None:
        """Let go of all but `names`, at the end of a build."""
        with suppress(OSError):
            for path in self._folder.glob("*.sqlite"):
                self._file(path.stem).forget_others(names)

    def _file(self, year: str) -> _File:
        file = self._files.get(year)
        if file is None:
            file = self._files[year] = _File(self._folder / f"{year}.sqlite")
        return file


class _File:
    """One file; each process opens it for itself, and uses it in one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: sqlite3.Connection | None = None
        self._process = 0
        self._new: list[tuple[str, bytes, bytes]] = []
        self._new_bytes = 0

    def get(self, name: str, mark: bytes) -> bytes | None:
        with self._at_worst_anew():
            if not self._opened and not self._path.exists():
                return None
            row = self._open().execute("SELECT content FROM kept WHERE name = ? AND mark = ?", (name, mark)).fetchone()
            return row[0] if row else None
        return None

    def put(self, name: str, mark: bytes, content: bytes) -> None:
        self._new.append((name, mark, content))
        self._new_bytes += len(content)
        if self._new_bytes >= HELD_BYTES:
            self.write()

    def write(self) -> None:
        if self._new:
            with self._at_worst_anew(), self._open() as opened:
                opened.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", self._new)
            self._new, self._new_bytes = [], 0
        self._close()

    def forget_others(self, names: Container[str]) -> None:
        with self._at_worst_anew(), self._open() as opened:
            if gone := [(name,) for (name,) in opened.execute("SELECT name FROM kept") if name not in names]:
                opened.executemany("DELETE FROM kept WHERE name = ?", gone)
        self._close()

    def _open(self) -> sqlite3.Connection:
        if self._opened is None or self._process != os.getpid():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._opened = _connect(self._path)
            self._process = os.getpid()
        return self._opened

    @contextmanager
    def _at_worst_anew(self) -> Iterator[None]:
        """Let nothing fail in here; a file that is spoilt, wherever in it, is taken away."""
        try:
            yield
        except (sqlite3.OperationalError, OSError):
            pass  # another build writes, or the disk is full: the file is none the worse
        except sqlite3.DatabaseError:
            self._close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        """Let go of the file until somebody asks for it again."""
        if self._opened:
            self._opened.close()
            self._opened = None


def _connect(path: Path) -> sqlite3.Connection:
    # A preview goes on in another thread, one after the other.
    opened = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
    try:
        opened.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        # What a crash of the whole machine spoils does not read, and is made anew.
        opened.execute("PRAGMA synchronous = OFF")
        (version,) = opened.execute("PRAGMA user_version").fetchone()
        with opened:
            if version != FORMAT:
                opened.execute("DROP TABLE IF EXISTS kept")
                opened.execute(f"PRAGMA user_version = {FORMAT}")
            opened.execute(_TABLE)
    except BaseException:
        opened.close()
        raise
    return opened
