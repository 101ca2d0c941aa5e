"""The feeds: of days, of papers and of settled papers, of each topic and each organization, and the list of them all.

`/feed.xml` has a day an entry, `/papers.xml` a paper an entry, `/settled.xml` each paper once, when its votes have
settled; these three are JSON too. `/topics/SLUG/feed.xml` and `/orgs/SLUG/feed.xml` have a paper an entry. Every feed
is in the site's first language, and in each other one beside it: `/feed.en.xml`. `/feeds.opml` lists them.

The Renderer goes in, files come out. A site that does not know its address has none: a feed is read elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from email.utils import format_datetime

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import organizations, slugs_with_page
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES, settled
from daily_papers.model.text import NAME_CHARS, cut, shown_line
from daily_papers.site.context import SiteContext
from daily_papers.site.feeds.entries import Entries, midnight
from daily_papers.site.feeds.json_feed import Entry, Feed, write_json_feed
from daily_papers.site.i18n.catalog import language_name
from daily_papers.site.urls import DAYS_FEED, PAPERS_FEED, SETTLED_FEED, SITE_FEEDS

DAYS, PAPERS, SETTLED, TOPIC_PAPERS, ORGANIZATION_PAPERS = 20, 200, 200, 20, 10
"""The newest entries of each feed: four weeks of lists, and of papers about two."""


class _Told(msgspec.Struct, frozen=True):
    """A feed without its entries, which are made when they are asked for, once."""

    feed: Feed
    entries: Iterable[Entry]
    dates: tuple[dt.date, ...] = ()
    """The dates of all that its entries tell; empty if that is the whole archive."""

    def whole(self) -> Feed:
        made = list(self.entries)
        updated = max((entry.updated for entry in made), default=self.feed.updated)
        return msgspec.structs.replace(self.feed, entries=made, updated=updated)


class _Group(msgspec.Struct, frozen=True):
    """Feeds under one heading of the list."""

    name: str
    feeds: list[Feed]


def addresses(site: SiteContext) -> Iterator[str]:
    """Yield where each of `files` lies, without making it."""
    if not site.has_feeds:
        return
    of_site, index = site.site_feeds, site.index
    of_topics = [_topic_feed(slug) for slug in index.by_topic]
    of_organizations = [_organization_feed(slug) for slug in sorted(slugs_with_page(index.counted))]
    for code in _codes(site):
        for name in (*of_site, *of_topics, *of_organizations):
            yield site.urls.feed(name, code)
        for name in of_site:
            yield site.urls.json_feed(name, code)
    yield site.urls.opml()


def files(site: SiteContext) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Yield the feeds of each language, and last their list."""
    if not site.has_feeds:
        return
    chosen = _Chosen(site.index)
    makers = [
        _Maker(site, Entries(site, language), code, chosen)
        for language, code in zip(site.settings.languages, _codes(site), strict=True)
    ]
    for maker in makers:
        yield maker.files()
    yield _opml(site, makers)


def _opml(site: SiteContext, makers: Iterable[_Maker]) -> Iterator[tuple[str, bytes]]:
    languages = [
        (
            language_name(maker.language),
            [_Group(heading, [told.feed for told in feeds]) for heading, feeds in maker.all()],
        )
        for maker in makers
    ]
    changed = format_datetime(_known(site), usegmt=True)
    opml = site.render("feeds.opml", title=shown_line(site.settings.site_name), modified=changed, languages=languages)
    yield site.urls.opml(), opml.encode()


class _Chosen:
    """What of the archive is told, in whichever language."""

    def __init__(self, index: ArchiveIndex) -> None:
        self._index = index
        self.organizations = organizations(index.counted)
        self._newest: dict[str, list[tuple[dt.date, PrimaryListing]]] = {}

    def newest(
        self, name: str, papers: Iterable[PrimaryListing], how_many: int
    ) -> list[tuple[dt.date, PrimaryListing]]:
        """Return the papers of the feed `name` that were first listed last, with when that was.

        Newest date first, those of one date by votes.
        """
        if name not in self._newest:
            dated = [(self._index.first_listed(one), one) for one in papers]
            dated.sort(key=lambda each: (each[0], each[1].votes), reverse=True)
            self._newest[name] = dated[:how_many]
        return self._newest[name]


class _Maker:
    """Makes the feeds of one language; `code` is empty for the first one of the site."""

    def __init__(self, site: SiteContext, entries: Entries, code: str, chosen: _Chosen) -> None:
        self._chosen = chosen
        self._site, self._index, self._entries, self.code = site, site.index, entries, code
        self.words, self.language = entries.words, entries.language
        self._site_name = shown_line(site.settings.site_name)

    def files(self) -> Iterator[tuple[str, bytes]]:
        for _, feeds in self.all():
            for told in feeds:
                yield from _written(self._site, told, self.code)

    def all(self) -> Iterator[tuple[str, Iterator[_Told]]]:
        """Yield all feeds, in groups with their headings."""
        texts = self.words.texts
        yield texts["feeds_of_site"], self.of_site()
        yield texts["topics_title"], self.of_topics()
        yield texts["organizations_title"], self.of_organizations()

    def of_site(self) -> Iterator[_Told]:
        urls, index, make = self._site.urls, self._index, self._entries
        days = (index.days[date] for date in sorted(index.days, reverse=True)[:DAYS])
        told_once = settled(index)[:SETTLED]
        holds: dict[str, tuple[str, Iterable[Entry]]] = {
            DAYS_FEED: (urls.home(), map(make.day, days)),
            PAPERS_FEED: (urls.home(), self._papers(PAPERS_FEED, index.counted, PAPERS)),
            SETTLED_FEED: (
                urls.top(),
                (make.settled(one.paper, index.first_listed(one), date, SETTLED_VOTES) for date, one in told_once),
            ),
        }
        for name in self._site.site_feeds:
            title = "" if name == DAYS_FEED else self.words.texts[f"feed_{name}"]
            about = self.words.text(f"feed_{name}_about", days=SETTLED_DAYS, votes=SETTLED_VOTES)
            page, entries = holds[name]
            yield _Told(self._feed(name, title, about, page), entries)

    def of_topics(self) -> Iterator[_Told]:
        for slug, papers in self._index.by_topic.items():
            name = shown_line(self.words.choose(self._index.topic_names[slug]))
            about = self.words.text("feed_topic_about", topic=name)
            feed = self._feed(_topic_feed(slug), name, about, self._site.urls.topic(slug))
            yield _Told(feed, self._papers(feed.name, papers, TOPIC_PAPERS))

    def of_organizations(self) -> Iterator[_Told]:
        for each in self._chosen.organizations.values():
            name = cut(shown_line(each.title), NAME_CHARS)
            about = self.words.text("feed_organization_about", organization=name)
            feed = self._feed(_organization_feed(each.slug), name, about, self._site.urls.organization(each.slug))
            yield _Told(feed, self._papers(feed.name, each.papers, ORGANIZATION_PAPERS), each.dates)

    def _papers(self, name: str, papers: Iterable[PrimaryListing], how_many: int) -> Iterator[Entry]:
        for date, one in self._chosen.newest(name, papers, how_many):
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
            updated=_known(site),
        )


def _written(site: SiteContext, told: _Told, code: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a feed."""
    address = site.urls.feed(told.feed.name, code)
    if told.dates:
        yield address, site.render_cache.get_or_render(address, told.dates, lambda: _atom(site, told.whole()))
        return
    feed = told.whole()
    yield address, _atom(site, feed)
    if feed.json_address:
        yield site.urls.json_feed(feed.name, code), write_json_feed(feed)


def _atom(site: SiteContext, feed: Feed) -> bytes:
    return site.render("feed.xml", feed=feed).encode()


def _codes(site: SiteContext) -> list[str]:
    """Return by which code each language stands in addresses: the first one of the site by none."""
    return ["", *site.settings.languages[1:]]


def _topic_feed(slug: str) -> str:
    return f"topics/{slug}/feed"


def _organization_feed(slug: str) -> str:
    return f"orgs/{slug}/feed"


def _known(site: SiteContext) -> dt.datetime:
    return midnight(site.index.known or dt.date.min)
