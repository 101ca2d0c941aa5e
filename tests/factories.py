"""Builders of papers, days, archives and sites for tests; everything has a default that a keyword replaces.

The functions below "Sites" are the only place in the tests that constructs the site code's own objects. A test asks
for a page or a file, and need not know how a site is put together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

from daily_papers.archive.day_files import read_day, stored_dates, write_day
from daily_papers.archive.ledger import LedgerEntry
from daily_papers.index.archive_index import ArchiveIndex, assign_primary_dates, find_relisted
from daily_papers.index.day_summary import DaySummary, summarize_day, summarize_unstored_date
from daily_papers.model.records import HUGGING_FACE_SOURCE, Day, Media, Paper
from daily_papers.search.records import Shard
from daily_papers.site import load as site_load
from daily_papers.site.cache.day_cache import DayCache
from daily_papers.site.cache.store import CacheStore
from daily_papers.site.components.issue_link import IssueLinks
from daily_papers.site.components.media import MediaSelector
from daily_papers.site.components.paper_view import PaperPresenter
from daily_papers.site.context import SiteContext, SiteSettings, make_context
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.page import SitePage
from daily_papers.site.pages import archive, home, status
from daily_papers.site.pages import day as day_page
from daily_papers.site.pages.paper import render_paper
from daily_papers.site.site import cache_names, file_groups, pages, render_page
from daily_papers.site.urls import Urls
from daily_papers.summaries.plan import Settings
from tests.session import shared_templates

LANGUAGES = ("ko", "en")
MEDIA_HOSTS = ("cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co")
UPLOADS = "https://cdn-uploads.huggingface.co/production/uploads"
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2402.00010.png"
COMPLETE = LedgerEntry(state="complete")


# Records

PAPER_ADDRESSES = {
    "http://arxiv.org/abs/2607.00010": "2607.00010",
    "https://www.arxiv.org/abs/2607.00010v3": "2607.00010",
    "https://export.arxiv.org/abs/2607.00010?context=cs.CL": "2607.00010",
    "https://rss.arxiv.org/abs/2607.00010": "2607.00010",
    "https://arxiv.org/pdf/2607.00010v2.pdf#page=3": "2607.00010",
    "https://arxiv.org/html/2607.00010v1/": "2607.00010",
    "https://arxiv.org/abs/arXiv:2607.00010": "2607.00010",
    "https://arxiv.org/abs/hep-th/9901001v1": "hep-th/9901001",
    "https://arxiv.org/abs/hep-th%2F9901001": "hep-th/9901001",
    "https://www.alphaxiv.org/abs/2607.00010": "2607.00010",
    "https://alphaxiv.org/overview/2607.00010": "2607.00010",
    "https://papers.cool/arxiv/2607.00010": "2607.00010",
    "https://doi.org/10.48550/arXiv.2607.00010": "2607.00010",
    "https://dx.doi.org/10.48550/ARXIV.2607.00010": "2607.00010",
    "https://ar5iv.org/abs/2607.00010": "2607.00010",
    "https://ar5iv.labs.arxiv.org/html/2607.00010": "2607.00010",
    "https://huggingface.co/papers/2607.00010": "2607.00010",
    "https://hf.co/papers/2607.00010/": "2607.00010",
}
"""Ids of papers by an address on each site that shows arXiv's papers."""


def make_paper(number: int = 1, *, month: str = "2607", **fields: Any) -> Paper:
    """Return a paper with the arXiv id `month`.`number` and the title "Paper `number`"; `fields` replace both."""
    return Paper(**{"id": f"{month}.{number:05}", "title": f"Paper {number}", **fields})


def make_day(
    date: dt.date, *papers: Paper, source: str = HUGGING_FACE_SOURCE, fetched_at: dt.datetime | None = None
) -> Day:
    return Day(date=date, source=source, fetched_at=fetched_at, papers=papers)


def make_day_of_titles(date: dt.date, *titles: str, **fields: Any) -> Day:
    """Return a day with a paper per title; ids are numbered from 0 within the date, and votes equal that number.

    `fields` are set on every paper.
    """
    papers = (
        Paper(**{"id": paper_id(date, number), "title": title, "votes": number, **fields})
        for number, title in enumerate(titles)
    )
    return make_day(date, *papers)


def make_day_of_votes(date: dt.date, *votes: int, prefix: str = "") -> Day:
    """Return a day with a paper per number of votes, read once on that date; `prefix` is put before every title."""
    papers = (
        Paper(
            id=paper_id(date, number),
            title=f"{prefix}Paper {number} of {date}",
            votes=count,
            vote_history=((date, count),),
        )
        for number, count in enumerate(votes)
    )
    return make_day(date, *papers)


def make_keyword_paper(paper_id: str, title: str, *keywords: str, abstract: str | None = None) -> Paper:
    """Return a paper with these keywords, by which related papers are found."""
    return make_paper(id=paper_id, title=title, keywords=keywords, abstract=abstract)


def make_unrelated_papers(number: int = 60, *, first: int = 0) -> list[Paper]:
    """Return papers that share no word with any other paper, so that a word of two papers is rare."""
    return [make_keyword_paper(f"2301.{first + n:05}", number_as_word(first + n)) for n in range(number)]


def number_as_word(number: int) -> str:
    """Return a title of one word, eight times, that no other number has."""
    return " ".join(["".join("bdfgklmnpr"[int(digit)] + "a" for digit in str(number + 1000))] * 8)


def paper_id(date: dt.date, number: int) -> str:
    """Return an arXiv id that no other date or number has."""
    return f"{date:%y%m}.{date.day:02}{number:03}"


def make_image(name: str) -> Media:
    return Media(url=f"{UPLOADS}/{name}", kind="image")


def make_video(name: str) -> Media:
    return Media(url=f"{UPLOADS}/{name}", kind="video")


def make_animation(name: str) -> Media:
    return Media(url=f"{UPLOADS}/{name}", kind="animation")


# Archives


def store_day(root: Path, date: dt.date, *papers: Paper, **fields: Any) -> Day:
    """Write the file of a day below `root` and return the day; `fields` are those of `make_day`."""
    day = make_day(date, *papers, **fields)
    write_day(root, day)
    return day


def store_titles(root: Path, date: dt.date, *titles: str, **fields: Any) -> Day:
    """Write the file of a day below `root`, with a paper per title, and return the day."""
    day = make_day_of_titles(date, *titles, **fields)
    write_day(root, day)
    return day


def read_days(root: Path) -> list[Day]:
    """Return every day stored below `root`, oldest first."""
    return [day for date in stored_dates(root) if (day := read_day(root, date))]


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below `folder` by its relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make_index(
    *days: Day, entries: Iterable[DaySummary] | None = None, dates: Sequence[DaySummary] | None = None, **fields: Any
) -> ArchiveIndex:
    """Return the index of an archive that holds `days`, each of them complete.

    `entries` replace the summaries of the days, and `dates` the list of all dates, which is `entries` by default. The
    other fields of ArchiveIndex, such as `topics`, are empty unless given.
    """
    stored = {day.date: day for day in days}
    relisted_dates = find_relisted(days)
    if entries is None:
        summaries = {date: summarize_day(day, COMPLETE) for date, day in stored.items()}
        assign_primary_dates(summaries, stored, relisted_dates)
        entries = (summary for _, summary in sorted(summaries.items()))
    listed = list(entries)
    options: dict[str, Any] = {"relisted_dates": relisted_dates, **fields}
    return ArchiveIndex(days=stored, day_summaries=listed, calendar_days=listed if dates is None else dates, **options)


# Sites


def site_context(
    index: ArchiveIndex | None = None,
    *,
    languages: Sequence[str] = LANGUAGES,
    urls: Urls | None = None,
    media_hosts: Sequence[str] = MEDIA_HOSTS,
    thumbnails: Mapping[str, str] | None = None,
    shards: Sequence[Shard] = (),
    cache: CacheStore | None = None,
    template_cache: Path | None = None,
    **settings: Any,
) -> SiteContext:
    """Return the context of a site that shows `index`, by default an empty archive.

    `thumbnails` are paths below the archive by the address of the original. `shards` are those of the search; without
    them the site has none. `cache` is where pages are stored between
    builds, by default nowhere. `template_cache` is where compiled templates are stored, by default where all tests of
    the session share them. `settings` are those of SiteSettings.
    """
    return make_context(
        _settings(languages, urls, media_hosts, settings),
        index or ArchiveIndex(),
        thumbnails=thumbnails,
        shards=shards,
        day_cache=DayCache(cache) if cache else None,
        reuse_pages=True,
        compiled=template_cache or _shared_templates(languages, cache, settings),
    )


def load_site(
    root: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    urls: Urls | None = None,
    media_hosts: Sequence[str] = MEDIA_HOSTS,
    since: dt.date | None = None,
    summaries: Settings | None = None,
    mirrored: bool = False,
    search_refresh_days: int | None = None,
    cache: CacheStore | None = None,
    **settings: Any,
) -> SiteContext:
    """Return the context of the archive stored below `root`; the parameters are those of `site_context`."""
    return site_load.load_site(
        root,
        _settings(languages, urls, media_hosts, settings),
        since=since,
        summaries=summaries,
        mirrored=mirrored,
        search_refresh_days=search_refresh_days,
        day_cache=DayCache(cache) if cache else None,
        reuse_pages=True,
        compiled=_shared_templates(languages, cache, settings),
    )


def _shared_templates(languages: Sequence[str], cache: CacheStore | None, settings: Mapping[str, Any]) -> Path | None:
    return shared_templates(tuple(languages), bool(cache), settings.get("source"))


def _settings(
    languages: Sequence[str], urls: Urls | None, media_hosts: Sequence[str], settings: Mapping[str, Any]
) -> SiteSettings:
    return SiteSettings(languages=tuple(languages), urls=urls or Urls(), media_hosts=tuple(media_hosts), **settings)


def site_pages(root: Path, **options: Any) -> dict[str, SitePage]:
    """Return every page of the archive below `root` by its source without `.md`; `options` as for `load_site`."""
    return {page.source.removesuffix(".md"): page for page in pages(load_site(root, **options))}


def publish(root: Path, **options: Any) -> dict[str, bytes]:
    """Return every page and data file of the archive below `root`, by source or address.

    A page is its addition to the head followed by its content. The cache is closed, as at the end of a build.
    `options` are those of `load_site`.
    """
    site = load_site(root, **options)
    assert not site.errors
    rendered = list(pages(site))
    published = {page.source: page.head().encode() + render_page(site, page) for page in rendered}
    published |= {f"files/{address}": content for address, content in data_files(site)}
    site.day_cache.close(cache_names(site, rendered))
    return published


def data_files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    """Yield address and content of each data file of a site: feeds, digests, data for scripts."""
    return chain.from_iterable(file_groups(site))


def module_pages(module: ModuleType, context: SiteContext) -> dict[str, SitePage]:
    """Return the pages of one module of `daily_papers.site.pages` by their source, which ends in `.md`."""
    return {page.source: page for page in module.pages(context)}


def module_files(module: ModuleType, context: SiteContext) -> dict[str, bytes]:
    """Return the data files of one module by their address."""
    return dict(module.files(context))


def render_day(
    day: Day,
    context: SiteContext | None = None,
    *,
    entry: DaySummary | None = None,
    previous: dt.date | None = None,
    following: dt.date | None = None,
) -> str:
    """Return the page of a stored day, which is complete unless `entry` says otherwise."""
    if not day.papers:
        empty = summarize_unstored_date(day.date, LedgerEntry(state="empty"))
        return render_day_notice(entry or empty, context, previous=previous, following=following)
    return day_page.render_day(
        context or site_context(), day, entry or summarize_day(day, COMPLETE), previous, following
    )


def render_day_notice(
    entry: DaySummary,
    context: SiteContext | None = None,
    *,
    previous: dt.date | None = None,
    following: dt.date | None = None,
) -> str:
    """Return the page of a date without papers."""
    return day_page.render_notice(context or site_context(), entry, previous, following)


def render_home(context: SiteContext) -> str:
    """Return the home page, which shows the newest day of the archive."""
    return render_only_page(home, context)


def render_archive(context: SiteContext) -> str:
    """Return the page with the calendar of every year."""
    return render_only_page(archive, context)


def render_status(context: SiteContext) -> str:
    """Return the page on how complete the archive is."""
    return render_only_page(status, context)


def render_only_page(module: ModuleType, context: SiteContext) -> str:
    """Return the page of a module that has one."""
    (page,) = module_pages(module, context).values()
    return page.render()


def render_badge(context: SiteContext) -> str:
    """Return the SVG badge that states how complete the archive is."""
    return module_files(status, context)["status.svg"].decode()


def paper_presenter(*languages: str) -> PaperPresenter:
    """Return the presenter of a site with `languages`, whose own texts are in English."""
    urls = Urls()
    return PaperPresenter(
        ArchiveIndex(),
        languages=languages or LANGUAGES,
        media=MediaSelector(MEDIA_HOSTS),
        messages=MultilingualMessages(["en"]),
        issues=IssueLinks(repo_url="", site_url="", urls=urls, question=""),
        urls=urls,
    )


DATE = dt.date(2024, 3, 1)
"""The date of `render_papers`: a Friday whose votes were read last on 8 March 2024."""


def render_papers(*papers: Paper, languages: Sequence[str] = LANGUAGES, **options: Any) -> str:
    """Return the page of a complete day, `DATE`, with `papers`; `options` are those of `site_context`.

    The neighbours are 29 February and 4 March 2024.
    """
    return render_day(
        make_day(DATE, *papers, fetched_at=dt.datetime(2024, 3, 8, 3, tzinfo=dt.UTC)),
        site_context(languages=languages, **options),
        previous=dt.date(2024, 2, 29),
        following=dt.date(2024, 3, 4),
    )


def render_paper_page(paper: Paper, *, languages: Sequence[str] = LANGUAGES, **options: Any) -> str:
    """Return the page of `paper`, listed on `DATE`; `options` are those of `site_context`."""
    site = site_context(make_index(make_day(DATE, paper)), languages=languages, **options)
    return render_paper(site, site.index.primary_listings[0])
