"""Feeds of the site: days, papers, settled papers, each topic and each organization, and OPML lists of them.

`/feed.xml` has one entry a day and `/papers.xml` one a paper. `/settled.xml` has each paper once, when its votes have
settled. These three are also JSON Feeds. `/topics/SLUG/feed.xml` and `/orgs/SLUG/feed.xml` have one entry a paper.
Every feed exists in each language: `/feed.xml` in the site's first one, `/feed.en.xml` in English. `/feeds.opml` lists
the feeds of the site and of topics, and `/orgs.opml` those of organizations, which are many: a reader subscribes to all
that a list has. Each list is of one language. A site whose address is not known has no feeds: they are read elsewhere
and need whole addresses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from email.utils import format_datetime

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import group_by_organization, slugs_with_page
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES, settled
from daily_papers.model.text import NAME_CHARS, cut, single_line
from daily_papers.site.context import SiteContext
from daily_papers.site.feeds.entries import Entries, midnight
from daily_papers.site.feeds.json_feed import Entry, Feed, write_json_feed
from daily_papers.site.urls import DAYS_FEED, MAIN_OPML, ORGANIZATIONS_OPML, PAPERS_FEED, SETTLED_FEED, SITE_FEEDS

DAYS, PAPERS, SETTLED, TOPIC_PAPERS, ORGANIZATION_PAPERS = 20, 200, 200, 20, 10
"""The number of entries of each feed, newest first: four weeks of days, about two weeks of papers."""


class _LazyFeed(msgspec.Struct, frozen=True):
    """A feed whose entries are made when they are needed, once."""

    feed: Feed
    entries: Iterable[Entry]
    dates: tuple[dt.date, ...] = ()
    """The dates of the days its entries show; empty for the whole archive."""

    def make(self) -> Feed:
        entries = list(self.entries)
        updated = max((entry.updated for entry in entries), default=self.feed.updated)
        return msgspec.structs.replace(self.feed, entries=entries, updated=updated)


def addresses(site: SiteContext) -> Iterator[str]:
    """Yield the address of each of `files`, without making it."""
    if not site.has_feeds:
        return
    of_site, index = site.site_feeds, site.index
    of_topics = [_topic_feed(slug) for slug in index.by_topic]
    of_organizations = [_organization_feed(slug) for slug in sorted(slugs_with_page(index.primary_listings))]
    for code in _codes(site):
        for name in (*of_site, *of_topics, *of_organizations):
            yield site.urls.feed(name, code)
        for name in of_site:
            yield site.urls.json_feed(name, code)
        yield site.urls.opml(MAIN_OPML, code)
        if of_organizations:
            yield site.urls.opml(ORGANIZATIONS_OPML, code)


def files(site: SiteContext) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Yield the files of each language's feeds, then the OPML lists."""
    if not site.has_feeds:
        return
    selection = _Selection(site.index)
    makers = [
        _FeedMaker(site, Entries(site, language), code, selection)
        for language, code in zip(site.settings.languages, _codes(site), strict=True)
    ]
    for maker in makers:
        yield maker.files()
    yield _opml_lists(site, makers)


def _opml_lists(site: SiteContext, makers: Iterable[_FeedMaker]) -> Iterator[tuple[str, bytes]]:
    modified = format_datetime(_last_change(site), usegmt=True)
    for maker in makers:
        of_site, of_topics, of_organizations = ((name, [lazy.feed for lazy in feeds]) for name, feeds in maker.groups())
        lists = {MAIN_OPML: (of_site, of_topics), ORGANIZATIONS_OPML: (of_organizations,)}
        for name, groups in lists.items():
            if shown := [group for group in groups if group[1]]:
                title = single_line(site.settings.site_name)
                opml = site.render("feeds.opml", title=title, modified=modified, groups=shown)
                yield site.urls.opml(name, maker.code), opml.encode()


class _Selection:
    """The papers of each feed, the same in all languages."""

    def __init__(self, index: ArchiveIndex) -> None:
        self._index = index
        self.organizations = group_by_organization(index.primary_listings)
        self._newest: dict[str, list[tuple[dt.date, PrimaryListing]]] = {}

    def newest(self, name: str, papers: Iterable[PrimaryListing], limit: int) -> list[tuple[dt.date, PrimaryListing]]:
        """Return the newest papers of the feed `name`, each with the date it was first listed.

        The newest date comes first; papers of one date are sorted by votes.
        """
        if name not in self._newest:
            dated = [(self._index.first_listed(one), one) for one in papers]
            dated.sort(key=lambda each: (each[0], each[1].votes), reverse=True)
            self._newest[name] = dated[:limit]
        return self._newest[name]


class _FeedMaker:
    """Makes the feeds of one language; `code` is its code in addresses, empty for the site's first language."""

    def __init__(self, site: SiteContext, entries: Entries, code: str, selection: _Selection) -> None:
        self._selection = selection
        self._site, self._index, self._entries, self.code = site, site.index, entries, code
        self.messages, self.language = entries.messages, entries.language
        self._site_name = single_line(site.settings.site_name)

    def files(self) -> Iterator[tuple[str, bytes]]:
        for _, feeds in self.groups():
            for lazy in feeds:
                yield from _feed_files(self._site, lazy, self.code)

    def groups(self) -> Iterator[tuple[str, Iterator[_LazyFeed]]]:
        """Yield all feeds, in groups with their headings."""
        texts = self.messages.texts
        yield texts["feeds_of_site"], self.of_site()
        yield texts["topics_title"], self.of_topics()
        yield texts["organizations_title"], self.of_organizations()

    def of_site(self) -> Iterator[_LazyFeed]:
        urls, index, make = self._site.urls, self._index, self._entries
        days = (index.days[date] for date in sorted(index.days, reverse=True)[:DAYS])
        settled_papers = settled(index)[:SETTLED]
        contents: dict[str, tuple[str, Iterable[Entry]]] = {
            DAYS_FEED: (urls.home(), map(make.day, days)),
            PAPERS_FEED: (urls.home(), self._papers(PAPERS_FEED, index.primary_listings, PAPERS)),
            SETTLED_FEED: (
                urls.top(),
                (make.settled(one.paper, index.first_listed(one), date, SETTLED_VOTES) for date, one in settled_papers),
            ),
        }
        for name in self._site.site_feeds:
            title = "" if name == DAYS_FEED else self.messages.texts[f"feed_{name}"]
            about = self.messages.text(f"feed_{name}_about", days=SETTLED_DAYS, votes=SETTLED_VOTES)
            page, entries = contents[name]
            yield _LazyFeed(self._feed(name, title, about, page), entries)

    def of_topics(self) -> Iterator[_LazyFeed]:
        for slug, papers in self._index.by_topic.items():
            name = single_line(self.messages.choose(self._index.topic_names[slug]))
            about = self.messages.text("feed_topic_about", topic=name)
            feed = self._feed(_topic_feed(slug), name, about, self._site.urls.topic(slug))
            yield _LazyFeed(feed, self._papers(feed.name, papers, TOPIC_PAPERS))

    def of_organizations(self) -> Iterator[_LazyFeed]:
        for each in self._selection.organizations.values():
            name = cut(single_line(each.title), NAME_CHARS)
            about = self.messages.text("feed_organization_about", organization=name)
            feed = self._feed(_organization_feed(each.slug), name, about, self._site.urls.organization(each.slug))
            yield _LazyFeed(feed, self._papers(feed.name, each.papers, ORGANIZATION_PAPERS), each.dates)

    def _papers(self, name: str, papers: Iterable[PrimaryListing], limit: int) -> Iterator[Entry]:
        for date, one in self._selection.newest(name, papers, limit):
            yield self._entries.paper(one.paper, date)

    def _feed(self, name: str, title: str, about: str, page: str) -> Feed:
        site = self._site
        return Feed(
            name=name,
            id=self._entries.id_of("feed", name),
            title=f"{title} · {self._site_name}" if title else self._site_name,
            description=about,
            language=self._entries.language,
            author=self._site_name,
            address=site.absolute(site.urls.feed(name, self.code)),
            json_address=site.absolute(site.urls.json_feed(name, self.code)) if name in SITE_FEEDS else "",
            page=site.absolute(page),
            updated=_last_change(site),
        )


def _feed_files(site: SiteContext, lazy: _LazyFeed, code: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a feed."""
    address = site.urls.feed(lazy.feed.name, code)
    if lazy.dates:
        yield address, site.render_cache.get_or_render(address, lazy.dates, lambda: _atom(site, lazy.make()))
        return
    feed = lazy.make()
    yield address, _atom(site, feed)
    if feed.json_address:
        yield site.urls.json_feed(feed.name, code), write_json_feed(feed)


def _atom(site: SiteContext, feed: Feed) -> bytes:
    return site.render("feed.xml", feed=feed).encode()


def _codes(site: SiteContext) -> list[str]:
    """Return the code of each language in addresses: empty for the site's first one."""
    return ["", *site.settings.languages[1:]]


def _topic_feed(slug: str) -> str:
    return f"topics/{slug}/feed"


def _organization_feed(slug: str) -> str:
    return f"orgs/{slug}/feed"


def _last_change(site: SiteContext) -> dt.datetime:
    """Return the last day the archive is known to have changed; the year 1 for an empty archive."""
    return midnight(site.index.last_known_date or dt.date.min)
