"""Read an archive folder into the SiteContext of one build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from daily_papers.archive.curation import Curation, curate_day, read_curation
from daily_papers.archive.day_files import find_blocked_folders, read_day, stored_dates
from daily_papers.archive.ledger import Ledger, LedgerEntry, read_ledger
from daily_papers.archive.related import read_related
from daily_papers.archive.thumbnails import read_index
from daily_papers.archive.topics import Taxonomy, coverage, read_taxonomy
from daily_papers.errors import ArchiveError
from daily_papers.index.archive_index import ArchiveIndex, assign_primary_dates, find_relisted
from daily_papers.index.day_summary import (
    ALL_HIDDEN,
    DaySummary,
    fill_missing_dates,
    summarize_day,
    summarize_unstored_date,
)
from daily_papers.model.records import Day
from daily_papers.search.records import plan_shards
from daily_papers.site.cache.day_cache import DayCache
from daily_papers.site.context import SiteContext, SiteSettings, make_context
from daily_papers.site.site import topics_cache_name
from daily_papers.summaries.plan import Settings, count_pending
from daily_papers.summaries.prompt import Prompt, read_prompt

_Content = TypeVar("_Content")
_encoder, _topics_decoder = msgspec.json.Encoder(), msgspec.json.Decoder(list[tuple[str, ...]])


def load_site(
    root: Path,
    settings: SiteSettings,
    *,
    since: dt.date | None = None,
    is_excluded: Callable[[dt.date], bool] = lambda _: False,
    summaries: Settings | None = None,
    mirrored: bool = False,
    search_refresh_days: int | None = None,
    day_cache: DayCache | None = None,
    reuse_pages: bool = False,
    compiled: Path | None = None,
) -> SiteContext:
    """Return the context of the site of the archive below `root`, as it is stored now.

    `since` is the first date there should be, None if that is not known. `is_excluded` tells which dates are left out,
    as if they did not exist. `summaries` are the settings of models, which
    tell pending summaries. `mirrored` shows the archive's copies of thumbnails. `search_refresh_days` is the number of
    days in which votes change, for the shards of the search; None for a site without search. The other parameters are
    those of `make_context`.

    A file that does not read is listed in the context's `errors`. Raises ArchiveError if the curation or the topics do
    not read: without the curation a page would show a hidden paper. Raises it also for a file in the place of a folder
    of pages.
    """
    for error in find_blocked_folders(root):
        raise error
    reader = _Reader(root, summaries, is_excluded)
    archive = reader.read_days()
    taxonomy = read_taxonomy(root)
    listed = find_relisted(archive.days.values())
    assign_primary_dates(archive.entries, archive.days, listed)
    entries = [entry for _, entry in sorted(archive.entries.items())]
    day_cache = day_cache or DayCache()
    topics = _find_topics(archive.days, taxonomy, day_cache)
    calendar_days = fill_missing_dates(entries, since) if since else entries
    index = ArchiveIndex(
        days=archive.days,
        day_summaries=entries,
        calendar_days=[each for each in calendar_days if not is_excluded(each.date)],
        relisted_dates=listed,
        topics=topics,
        topic_names={topic.slug: topic.names for topic in taxonomy.topics},
        related=reader.read_or_default(read_related, {}),
    )
    thumbnails: dict[str, str] = reader.read_or_default(_read_thumbnails, {}) if mirrored else {}
    return make_context(
        settings,
        index,
        thumbnails=thumbnails,
        shards=() if search_refresh_days is None else plan_shards(index.primary_listings, search_refresh_days),
        day_cache=day_cache,
        reuse_pages=reuse_pages,
        compiled=compiled,
        curated=archive.curated,
        errors=reader.errors,
        coverage=coverage((one.paper, topics.get(one.paper.id, ())) for one in index.primary_listings),
    )


class _Days(NamedTuple):
    days: dict[dt.date, Day]
    entries: dict[dt.date, DaySummary]
    curated: list[Day]


class _Reader:
    """Reads the files of one archive; collects the errors of those that do not read."""

    def __init__(self, root: Path, summaries: Settings | None, is_excluded: Callable[[dt.date], bool]) -> None:
        self.errors: list[ArchiveError] = []
        self._root, self._is_excluded = root, is_excluded
        self._model = summaries.model if summaries else ""
        self._prompts: dict[str, Prompt] = {}
        if summaries and self._model:
            self._prompts = self.read_or_default(partial(_read_prompts, summaries), {})

    def read_or_default(self, read: Callable[[Path], _Content], default: _Content) -> _Content:
        """Return the content of a file; `default` if it does not read, with the error added to `errors`."""
        try:
            return read(self._root)
        except ArchiveError as e:
            self.errors.append(e)
            return default

    def read_days(self) -> _Days:
        """Return the stored days with papers to show, and a summary of each date that has a page."""
        curation = read_curation(self._root)
        ledger: Ledger = self.read_or_default(read_ledger, {})
        unstored = ((date, entry) for date, entry in ledger.items() if not self._is_excluded(date))
        found = _Days({}, {date: summarize_unstored_date(date, entry) for date, entry in unstored}, [])
        for date in stored_dates(self._root):
            if self._is_excluded(date):
                continue
            try:
                stored = read_day(self._root, date)
            except ArchiveError as e:
                self.errors.append(e)
                unreadable = LedgerEntry("partial", "the stored file does not read")
                found.entries[date] = summarize_unstored_date(date, unreadable)
                continue
            if stored and stored.papers:
                self._add_day(found, stored, curation, ledger)
        return found

    def _add_day(self, found: _Days, stored: Day, curation: Curation, ledger: Ledger) -> None:
        day = curate_day(stored, curation)
        if day is not stored:
            found.curated.append(day)
        if not day.papers:
            found.entries[day.date] = summarize_unstored_date(day.date, ALL_HIDDEN)
            return
        pending = count_pending(day, self._prompts, self._model) if self._prompts else 0
        found.days[day.date] = day
        found.entries[day.date] = summarize_day(day, ledger.get(day.date), pending=pending)


def _read_prompts(summaries: Settings, root: Path) -> dict[str, Prompt]:
    return {language: read_prompt(root, language) for language in summaries.languages}


def _read_thumbnails(root: Path) -> dict[str, str]:
    """Return the place of each copy below the archive, by the original's address."""
    return {url: copy.stem for url, copy in read_index(root).items() if copy.name}


def _find_topics(days: Mapping[dt.date, Day], taxonomy: Taxonomy, cache: DayCache) -> dict[str, tuple[str, ...]]:
    """Return the topics of each paper that has some, by its id. Matching takes a tenth of a build."""
    topics = {}
    for day in days.values():
        match = partial(_match_topics, taxonomy, day)
        found = cache.get_or_make(topics_cache_name(day.date), day, match, taxonomy.topics)
        for paper, slugs in zip(day.papers, _topics_decoder.decode(found), strict=True):
            if slugs:
                topics[paper.id] = slugs
    return topics


def _match_topics(taxonomy: Taxonomy, day: Day) -> bytes:
    """Return the topics of each paper of `day`, in the order of its record, as JSON."""
    return _encoder.encode([taxonomy.match(paper) for paper in day.papers])
