"""The site as a list of pages: what stands where, and how to draw it when its turn comes.

An archive folder goes in; SitePages, twins and the errors of what does not read come out. Knows no host: an
adapter such as `plugin` hands the pages on.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path

import msgspec

from daily_papers.archive.curation import curate_day, read_curation
from daily_papers.archive.day_files import encode_day, read_day, stored_dates
from daily_papers.archive.ledger import LedgerEntry, read_ledger
from daily_papers.archive.related import read_related
from daily_papers.archive.thumbnails import read_index
from daily_papers.archive.topics import coverage, read_taxonomy
from daily_papers.errors import ArchiveError
from daily_papers.formats.digest import render_digest
from daily_papers.index.archive_index import ArchiveIndex, assign_primary_dates, find_relisted
from daily_papers.index.day_summary import ALL_HIDDEN, DaySummary, every_date, summarize_day, summarize_unstored_date
from daily_papers.model.records import Day
from daily_papers.site.cache.store import year_of
from daily_papers.site.data import machine_index, month_files
from daily_papers.site.feeds import feeds
from daily_papers.site.page import SitePage
from daily_papers.site.pages import (
    authors,
    library,
    organizations,
    paper,
    periods,
    rankings,
    search,
    statistics,
    topics,
)
from daily_papers.site.pages.status import status_json
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import DAYS_FEED, Urls, day_stem
from daily_papers.summaries.plan import Settings, count_pending
from daily_papers.summaries.prompt import Prompt, read_prompt

_PAGES: tuple[Callable[[Renderer], Iterator[SitePage]], ...] = (
    rankings.pages,
    topics.pages,
    authors.pages,
    organizations.pages,
    library.pages,
    periods.pages,
    paper.pages,
    statistics.pages,
    search.pages,
)
_FILES: tuple[Callable[[Renderer], Iterator[tuple[str, bytes]]], ...] = (
    topics.files,
    authors.files,
    month_files.files,
    machine_index.files,
    search.files,
)
"""What scripts and other programs ask for: address below the site's root and content."""
_LINKED: tuple[Callable[[Renderer], Iterator[str]], ...] = (machine_index.addresses, feeds.addresses)
"""Of these the addresses that people are given, too."""
_encoder, _topics = msgspec.json.Encoder(), msgspec.json.Decoder(list[tuple[str, ...]])


def _of_topics(date: dt.date) -> str:
    """Return by what name the topics of a date's papers are kept."""
    return f"{day_stem(date)} topics"


def _of_digest(date: dt.date) -> str:
    """Return by what name the digest of a date is kept."""
    return f"{day_stem(date)} digest"


class Site:
    """Everything that is published of the archive below `root`, as it is stored at this moment.

    `since` is where its dates should begin, None where nothing tells which there should be. `summaries` are what a
    model is asked for, `mirrored` shows copies of thumbnails where there are any. `errors` holds what could not be
    read; the site is whole without it. `coverage` tells how much the topics reach. Raises ArchiveError for what people
    write, the curation or the topics, and does not read: without a curation a page would show what was to be hidden.
    """

    def __init__(
        self,
        root: Path,
        *,
        urls: Urls,
        renderer: Renderer,
        languages: list[str],
        since: dt.date | None = None,
        summaries: Settings | None = None,
        mirrored: bool = False,
    ) -> None:
        self.root, self.urls, self.renderer, self.languages = root, urls, renderer, languages
        self.errors: list[ArchiveError] = []
        self.days: dict[dt.date, Day] = {}
        self._curated: list[Day] = []
        self._model = summaries.model if summaries else ""
        self._prompts = self._read_prompts(summaries) if summaries and summaries.model else {}
        if mirrored:
            renderer.use_mirror(self._read_mirror())
        self._taxonomy = read_taxonomy(root)
        entries = self._read()
        listed = find_relisted(self.days.values())
        assign_primary_dates(entries, self.days, listed)
        shown = [entry for _, entry in sorted(entries.items())]
        topics = self._find_topics()
        self.shelf = renderer.shelf = ArchiveIndex(
            days=self.days,
            entries=shown,
            dates=every_date(shown, since) if since else shown,
            listed=listed,
            topics=topics,
            topic_names={topic.slug: topic.names for topic in self._taxonomy.topics},
            related=self._read_related(),
        )
        self.coverage = coverage((one.paper, topics.get(one.paper.id, ())) for one in self.shelf.counted)

    def pages(self) -> Iterator[SitePage]:
        """Yield every page, the dates last, oldest first."""
        for page in self._pages():
            url = self.urls.of_source(page.source)
            yield msgspec.structs.replace(page, head=cache(partial(self._head, page, url)))

    def _head(self, page: SitePage, url: str) -> str:
        return page.head() + self.renderer.card(page, url)

    def draw(self, page: SitePage) -> bytes:
        """Return the content of one of `pages` in UTF-8, drawn now or for an earlier build."""

        def render() -> bytes:
            return page.render().encode("utf-8", "xmlcharrefreplace")  # as MkDocs encodes, and any title can be

        if not page.depends_on:
            return render()
        words = (page.title, page.description, page.head())
        return self.renderer.drawn.take_drawn(self._kept_name(page), page.depends_on, render, *words)

    def _pages(self) -> Iterator[SitePage]:
        newest = self.days[max(self.days)] if self.days else None
        changed = self.shelf.last_change(self.days)
        draw = self.renderer
        words = draw.words.texts
        yield SitePage(
            self.urls.source("index"),
            words["home_title"],
            draw.home_description(newest),
            lambda: draw.home(newest),
            draw.page_head(self.urls.home(), feed=DAYS_FEED),
            image=draw.day_image(newest) if newest else "",
            changed=changed,
        )
        yield SitePage(
            self.urls.source("archive"),
            words["archive_title"],
            draw.archive_description(self.shelf.entries),
            lambda: draw.archive(self.shelf.dates),
            draw.page_head(self.urls.archive(), [("alternate", self.urls.below("archive.json"), "application/json")]),
            changed=changed,
        )
        yield SitePage(
            self.urls.source("status"),
            words["status_title"],
            draw.status_description(self.shelf.dates),
            lambda: draw.status(self.shelf.dates),
            draw.page_head(self.urls.status()),
            changed=changed,
            in_nav=False,
        )
        for pages in _PAGES:
            yield from pages(draw)
        dates = sorted(self.days)
        for entry in self.shelf.entries:
            before, after = bisect_left(dates, entry.date), bisect_right(dates, entry.date)
            yield self._date_page(
                entry,
                previous=dates[before - 1] if before else None,
                following=dates[after] if after < len(dates) else None,
            )

    def beside(self) -> Iterator[Iterator[tuple[str, bytes]]]:
        """Yield address below the site's root and content of what no host need know: twins, feeds, scripts' data.

        In parts, each to be made as a whole, in any process; the largest first.
        """
        yield from feeds.files(self.renderer)
        yield ((self.urls.day_markdown(day.date), self._digest(day)) for day in self.days.values())
        for files in _FILES:
            yield files(self.renderer)

    def kept_names(self, pages: Iterable[SitePage]) -> Iterator[str]:
        """Yield by what name `pages`, and all else, may be kept for the next build."""
        yield from map(self._kept_name, pages)
        yield from map(_of_digest, self.days)
        yield from map(_of_topics, self.days)
        yield from self.linked()

    def _kept_name(self, page: SitePage) -> str:
        return page.source.removeprefix(self.urls.below(""))

    def _digest(self, day: Day) -> bytes:
        take, languages = self.renderer.drawn.take, self.languages
        return take(_of_digest(day.date), day, lambda: render_digest(day, languages).encode(), languages)

    def draw_year(self, year: int) -> int:
        """Draw and keep what a build shows of `year` alone, so that it need not; return how many pages that is."""
        name = f"{year:04}"
        pages = [page for page in self.pages() if year_of(self._kept_name(page)) == name]
        for page in pages:
            self.draw(page)
        for day in self.days.values():
            if day.date.year == year:
                self._digest(day)
        self.renderer.drawn.write_year(name)
        return len(pages)

    def linked(self) -> Iterator[str]:
        """Yield the address of each file of `beside` that an author may want to link to: lists, schemas and feeds."""
        for addresses in _LINKED:
            yield from addresses(self.renderer)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield address below the site's root and content of each file that is neither page nor record."""
        yield self.urls.status_json(), status_json(self.shelf.dates)
        yield self.urls.status_badge(), self.renderer.badge(self.shelf.dates).encode()

    def curated_records(self) -> Iterator[tuple[str, bytes]]:
        """Yield address below the site's root and content of each record that is not published as it is stored."""
        for day in self._curated:
            yield self.urls.day_json(day.date), encode_day(day)

    def _read(self) -> dict[dt.date, DaySummary]:
        curation = read_curation(self.root)
        try:
            ledger = read_ledger(self.root)
        except ArchiveError as e:
            self.errors.append(e)
            ledger = {}
        entries = {date: summarize_unstored_date(date, entry) for date, entry in ledger.items()}
        for date in stored_dates(self.root):
            try:
                stored = read_day(self.root, date)
            except ArchiveError as e:
                self.errors.append(e)
                entries[date] = summarize_unstored_date(date, LedgerEntry("partial", "the stored file does not read"))
                continue
            if stored is None or not stored.papers:
                continue
            day = curate_day(stored, curation)
            if day is not stored:
                self._curated.append(day)
            if day.papers:
                self.days[date] = day
                pending = count_pending(day, self._prompts, self._model) if self._prompts else 0
                entries[date] = summarize_day(day, ledger.get(date), pending=pending)
            else:
                entries[date] = summarize_unstored_date(date, ALL_HIDDEN)
        return entries

    def _read_mirror(self) -> dict[str, str]:
        """Return where the copies of thumbnails lie, by address; none where the index does not read."""
        try:
            return {url: copy.stem for url, copy in read_index(self.root).items() if copy.name}
        except ArchiveError as e:
            self.errors.append(e)
            return {}

    def _read_related(self) -> dict[str, tuple[str, ...]]:
        """Return the earlier papers that each is related to, by id; none where they do not read."""
        try:
            return read_related(self.root)
        except ArchiveError as e:
            self.errors.append(e)
            return {}

    def _read_prompts(self, summaries: Settings) -> dict[str, Prompt]:
        """Return the prompt of each language that summaries are wanted in; none where they do not read."""
        try:
            return {language: read_prompt(self.root, language) for language in summaries.languages}
        except ArchiveError as e:
            self.errors.append(e)
            return {}

    def _find_topics(self) -> dict[str, tuple[str, ...]]:
        """Return the topics of each paper that has some, by its id: to look for them takes a tenth of a build."""
        topics = {}
        for day in self.days.values():
            match = partial(self._match, day)
            found = self.renderer.drawn.take(_of_topics(day.date), day, match, self._taxonomy.topics)
            for one, slugs in zip(day.papers, _topics.decode(found), strict=True):
                if slugs:
                    topics[one.id] = slugs
        return topics

    def _match(self, day: Day) -> bytes:
        """Return the topics of each paper of `day`, in the order of its record."""
        return _encoder.encode([self._taxonomy.match(paper) for paper in day.papers])

    def _date_page(self, entry: DaySummary, *, previous: dt.date | None, following: dt.date | None) -> SitePage:
        draw, day = self.renderer, self.days.get(entry.date)

        def render() -> str:
            if day is None:
                return draw.unreadable_day(entry, previous=previous, next=following)
            return draw.day(day, entry, previous=previous, next=following)

        return SitePage(
            self.urls.source(day_stem(entry.date)),
            draw.day_title(entry.date),
            draw.day_description(entry),
            render,
            draw.day_head(entry.date, previous=previous, next=following, has_twins=day is not None),
            image=draw.day_image(day) if day else "",
            changed=self.shelf.changed.get(entry.date),
            date=entry.date,
            depends_on=(entry.date,),
            anchors=frozenset(paper.id for paper in day.papers) if day else frozenset(),
            in_nav=False,
        )
