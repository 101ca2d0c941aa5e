"""What need not be made again: content by the days it is made of, kept from one build to the next.

A Kept, days, and what else pages depend on go in; content comes out, made or as it was kept. Content that is of the
whole archive changes every night, and is not asked for here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path

import msgspec

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.organizations import slug_of, slugs_with_page
from daily_papers.model.records import Day
from daily_papers.site.cache.store import CacheStore

PACKAGE = Path(__file__).parents[2]
# What writes words, numbers and marks of its own into what we draw.
_LIBRARIES = ("babel", "jinja2", "markupsafe", "msgspec")

_encoder = msgspec.msgpack.Encoder()


class RenderCache:
    """Content of one build; without `kept` all of it is made.

    First `take` asks for what is made of a day alone; then `take_drawn`, once `place` has told what stands around it.
    Without `keeps_drawn` that is drawn each time: a preview has another address than the site, and draws what is looked
    at.
    """

    def __init__(self, kept: CacheStore | None = None, *, keeps_drawn: bool = True) -> None:
        self._kept, self._keeps_drawn = kept, keeps_drawn
        self.program = _program() if kept else b""
        self._days: dict[dt.date, bytes] = {}

    def place(self, shelf: ArchiveIndex, copies: Mapping[str, str], settings: object) -> None:
        """Tell what pages are drawn of: `copies` are the mirror's, `settings` whatever else but days and program."""
        self._shelf, self._copies = shelf, copies
        self._settings = _digest((settings, shelf.topic_names))
        self._entries = {entry.date: entry for entry in shelf.dates}
        self._placed: dict[dt.date, bytes] = {}

    def take(self, name: str, day: Day, make: Callable[[], bytes], *words: object) -> bytes:
        """Return what `make` gives for `name`, of `day` as it is stored and of `words`."""
        return self._take(name, make, self._of_stored(day), *words) if self._kept else make()

    def take_drawn(self, name: str, dates: Iterable[dt.date], draw: Callable[[], bytes], *words: str) -> bytes:
        """Return what `draw` gives for `name`; `dates` are of all the days in it, `words` what it has of others."""
        if self._kept is None or not self._keeps_drawn:
            return draw()
        return self._take(name, draw, self._settings, words, [(date, self._of_placed(date)) for date in dates])

    def _take(self, name: str, make: Callable[[], bytes], *made_of: object) -> bytes:
        assert self._kept
        mark = _digest((self.program, made_of))
        content = self._kept.get(name, mark)
        if content is None:
            content = make()
            self._kept.put(name, mark, content)
        return content

    def write(self) -> None:
        """Keep what this process has drawn for the next build."""
        if self._kept:
            self._kept.write()

    def write_year(self, year: str) -> None:
        """Keep what this process has drawn of one year."""
        if self._kept:
            self._kept.write_year(year)

    def close(self, names: Iterable[str]) -> None:
        """Keep what was drawn, and of earlier builds only `names`, when all processes of this one are done."""
        if self._kept:
            self._kept.write()
            self._kept.forget_others(set(names))

    def _of_stored(self, day: Day) -> bytes:
        mark = self._days.get(day.date)
        if mark is None:
            mark = self._days[day.date] = _digest(day)
        return mark

    def _of_placed(self, date: dt.date) -> bytes:
        """Return the mark of all that is shown of `date`, on its page or on others."""
        mark = self._placed.get(date)
        if mark is None:
            day = self._shelf.days.get(date)
            told = (self._of_stored(day), list(self._around(day))) if day else ()
            mark = self._placed[date] = _digest((self._entries.get(date), told))
        return mark

    def _around(self, day: Day) -> Iterator[object]:
        """Yield what other days, or the whole archive, tell of each paper of `day`."""
        shelf = self._shelf
        for paper in day.papers:
            yield (
                shelf.topics.get(paper.id),
                shelf.listed.get(paper.id),
                (paper.id, day.date) in self._counted,
                slug_of(paper) in self._organizations,
                self._copies.get(paper.thumbnail or ""),
                [shelf.first_listings.get(other) for other in shelf.related.get(paper.id, ())],
            )

    @cached_property
    def _organizations(self) -> set[str]:
        return slugs_with_page(self._shelf.counted)

    @cached_property
    def _counted(self) -> set[tuple[str, dt.date]]:
        return {(one.paper.id, one.date) for one in self._shelf.counted if one.paper.id in self._shelf.listed}


def _digest(told: object) -> bytes:
    return hashlib.blake2b(_encoder.encode(told), digest_size=16).digest()


@cache  # what runs is what has been there at the start, whatever a developer edits during a preview
def _program() -> bytes:
    """Return the mark of what draws: our files, and whatever of others has a say."""
    libraries = [(library, metadata.version(library)) for library in _LIBRARIES]
    paths = (path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    files = [(path.relative_to(PACKAGE).as_posix(), hashlib.blake2b(path.read_bytes()).digest()) for path in paths]
    return _digest((platform.python_version(), libraries, files))
