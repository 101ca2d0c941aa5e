"""Content made of single days, kept in a store between builds and keyed by a fingerprint of its inputs."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from collections.abc import Callable, Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from daily_papers.model.records import Day
from daily_papers.site.cache.store import CacheStore

PACKAGE = Path(__file__).parents[2]
# Their versions change what we render: words, numbers and escapes.
_LIBRARIES = ("babel", "jinja2", "markupsafe", "msgspec")

_encoder = msgspec.msgpack.Encoder()


class DayCache:
    """Cache of content in `store`; without a store everything is made each time."""

    def __init__(self, store: CacheStore | None = None) -> None:
        self._store = store
        self.program = _program_fingerprint() if store else b""
        """Fingerprint of the code that renders; empty without a store."""
        self._days: dict[dt.date, bytes] = {}

    @property
    def is_enabled(self) -> bool:
        return self._store is not None

    def get_or_make(self, name: str, day: Day, make: Callable[[], bytes], *inputs: object) -> bytes:
        """Return the content called `name`, made by `make` of `day` as stored and of `inputs`, or kept from before."""
        return self.get(name, make, self.day_fingerprint(day), *inputs) if self._store else make()

    def get(self, name: str, make: Callable[[], bytes], *inputs: object) -> bytes:
        """Return the content called `name` if it was kept for the same `inputs`, else make and keep it."""
        if self._store is None:
            return make()
        key = fingerprint((self.program, inputs))
        content = self._store.get(name, key)
        if content is None:
            content = make()
            self._store.put(name, key, content)
        return content

    def day_fingerprint(self, day: Day) -> bytes:
        found = self._days.get(day.date)
        if found is None:
            found = self._days[day.date] = fingerprint(day)
        return found

    def write(self) -> None:
        """Write what this process has made, for the next build."""
        if self._store:
            self._store.write()

    def write_year(self, year: str) -> None:
        """Write what this process has made of one year."""
        if self._store:
            self._store.write_year(year)

    def close(self, names: Iterable[str]) -> None:
        """Write what was made and delete all content but `names`, once all processes of this build are done."""
        if self._store:
            self._store.write()
            self._store.delete_others(set(names))


def fingerprint(value: object) -> bytes:
    """Return a hash of any value that msgspec can encode, 16 bytes."""
    return hashlib.blake2b(_encoder.encode(value), digest_size=16).digest()


@cache  # the code that runs is the code at the start, whatever a developer edits during a preview
def _program_fingerprint() -> bytes:
    """Return a hash of the package's files and of the versions of Python and the libraries that render."""
    libraries = [(library, metadata.version(library)) for library in _LIBRARIES]
    paths = (path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    files = [(path.relative_to(PACKAGE).as_posix(), hashlib.blake2b(path.read_bytes()).digest()) for path in paths]
    return fingerprint((platform.python_version(), libraries, files))
