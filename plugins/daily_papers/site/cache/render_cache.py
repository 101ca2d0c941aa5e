"""Render cache keyed by a fingerprint of its inputs: pages and feeds that show some dates only.

A page of the whole archive changes every night and is not kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.organizations import slug_of, slugs_with_page
from daily_papers.model.records import Day
from daily_papers.site.cache.day_cache import DayCache, fingerprint


class RenderCache:
    """Rendered content of one build's archive, kept in `day_cache`.

    `thumbnails` are the site's own copies; `settings` is everything else that pages depend on beside days and program.
    A preview has another address than the site, and is given a disabled cache: it renders only pages that are asked
    for.
    """

    def __init__(
        self, day_cache: DayCache, index: ArchiveIndex, thumbnails: Mapping[str, str], settings: object
    ) -> None:
        self._cache, self._index, self._thumbnails = day_cache, index, thumbnails
        self._settings_inputs = settings
        self._dates: dict[dt.date, bytes] = {}

    def get_or_render(self, name: str, dates: Iterable[dt.date], render: Callable[[], bytes], *texts: str) -> bytes:
        """Return the content called `name`, rendered or kept from before.

        `dates` are those of all days it shows, `texts` its content from other days.
        """
        if not self._cache.is_enabled:
            return render()
        days = [(date, self._date_fingerprint(date)) for date in dates]
        return self._cache.get(name, render, self._settings, texts, days)

    @cached_property
    def _settings(self) -> bytes:
        return fingerprint((self._settings_inputs, self._index.topic_names))

    def _date_fingerprint(self, date: dt.date) -> bytes:
        """Return the fingerprint of all that pages show of `date`."""
        found = self._dates.get(date)
        if found is None:
            day = self._index.days.get(date)
            content = (self._cache.day_fingerprint(day), list(self._surroundings(day))) if day else ()
            found = self._dates[date] = fingerprint((self._entries.get(date), content))
        return found

    def _surroundings(self, day: Day) -> Iterator[object]:
        """Yield, for each paper of `day`, what pages show of it that depends on other days."""
        index = self._index
        for paper in day.papers:
            yield (
                index.topics.get(paper.id),
                index.relisted_dates.get(paper.id),
                (paper.id, day.date) in self._counted,
                slug_of(paper) in self._organizations,
                self._thumbnails.get(paper.thumbnail or ""),
                [(other, index.first_listings.get(other)) for other in index.related.get(paper.id, ())],
            )

    @cached_property
    def _entries(self) -> dict[dt.date, object]:
        return {entry.date: entry for entry in self._index.calendar_days}

    @cached_property
    def _organizations(self) -> set[str]:
        return slugs_with_page(self._index.primary_listings)

    @cached_property
    def _counted(self) -> set[tuple[str, dt.date]]:
        return {
            (one.paper.id, one.date)
            for one in self._index.primary_listings
            if one.paper.id in self._index.relisted_dates
        }
