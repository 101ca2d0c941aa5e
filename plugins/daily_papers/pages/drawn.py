"""What need not be drawn again: content by the days it is drawn from, kept from one build to the next.

The Shelf, what else all pages depend on, and a Kept go in; content comes out, drawn or as it was kept. Content that is
of the whole archive changes every night, and is not asked for here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path

import msgspec

from daily_papers.index import Shelf
from daily_papers.models import Day
from daily_papers.pages.kept import Kept
from daily_papers.people import slug_of

PACKAGE = Path(__file__).parent.parent
# What writes words, numbers and marks of its own into what we draw.
_LIBRARIES = ("babel", "feedgenerator", "jinja2", "markupsafe", "msgspec")

_encoder = msgspec.msgpack.Encoder(order="deterministic")


class Drawn:
    """Content of one build; without `kept` all of it is drawn.

    `copies` are the mirror's, `settings` whatever else it depends on but for days and program.
    """

    def __init__(self, kept: Kept | None, shelf: Shelf, copies: Mapping[str, str], settings: object) -> None:
        self._kept, self._shelf, self._copies = kept, shelf, copies
        self._settings = _digest((settings, shelf.topic_names, list(_program()))) if kept else b""
        self._entries = {entry.date: entry for entry in shelf.dates}
        self._days: dict[dt.date, bytes] = {}

    def take(self, name: str, dates: Collection[dt.date], draw: Callable[[], bytes], *words: str) -> bytes:
        """Return what `draw` gives for `name`; `dates` are of all the days in it, `words` what it has of others."""
        if self._kept is None:
            return draw()
        mark = _digest((self._settings, words, [(date, self._of_day(date)) for date in dates]))
        content = self._kept.get(name, mark)
        if content is None:
            content = draw()
            self._kept.put(name, mark, content)
        return content

    def write(self) -> None:
        """Keep what this process has drawn for the next build."""
        if self._kept:
            self._kept.write()

    def forget_others(self, names: Container[str]) -> None:
        if self._kept:
            self._kept.forget_others(names)

    def _of_day(self, date: dt.date) -> bytes:
        """Return the mark of all that is shown of `date`, on its page or on others."""
        mark = self._days.get(date)
        if mark is None:
            day = self._shelf.days.get(date)
            told = (self._entries.get(date), day, list(self._around(day)) if day else [])
            mark = self._days[date] = _digest(told)
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
        """The slugs of those that have a page."""
        return {slug_of(one.paper) for one in self._shelf.counted}

    @cached_property
    def _counted(self) -> set[tuple[str, dt.date]]:
        return {(one.paper.id, one.date) for one in self._shelf.counted if one.paper.id in self._shelf.listed}


def _digest(told: object) -> bytes:
    return hashlib.blake2b(_encoder.encode(told), digest_size=16).digest()


def _program() -> Iterator[tuple[str, object]]:
    """Yield what draws: our files, and whatever of others has a say."""
    yield "python", platform.python_version()
    for library in _LIBRARIES:
        yield library, metadata.version(library)
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(PACKAGE).as_posix(), hashlib.blake2b(path.read_bytes()).digest()
