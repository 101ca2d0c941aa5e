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
from daily_papers.model.text import NAME_CHARS, cut, single_line
from daily_papers.site.feeds.entries import Entries, midnight
from daily_papers.site.feeds.json_feed import Entry, Feed, write_json_feed
from daily_papers.site.i18n.catalog import language_name
from daily_papers.site.renderer import Renderer
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


def addresses(draw: Renderer) -> Iterator[str]:
    """Yield where each of `files` lies, without making it."""
    if not draw.has_feeds:
        return
    of_site, shelf = draw.site_feeds(), draw.shelf
    of_topics = [_topic_feed(slug) for slug in shelf.by_topic]
    of_organizations = [_organization_feed(slug) for slug in sorted(slugs_with_page(shelf.counted))]
    for code in _codes(draw):
        for name in (*of_site, *of_topics, *of_organizations):
            yield draw.urls.feed(name, code)
        for name in of_site:
            yield draw.urls.json_feed(name, code)
    yield draw.urls.opml()


def files(draw: Renderer) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Yield the feeds of each language, and last their list."""
    if not draw.has_feeds:
        return
    chosen = _Chosen(draw.shelf)
    makers = [
        _Maker(draw, Entries(draw, language), code, chosen)
        for language, code in zip(draw.languages, _codes(draw), strict=True)
    ]
    for maker in makers:
        yield maker.files()
    yield _opml(draw, makers)


def _opml(draw: Renderer, makers: Iterable[_Maker]) -> Iterator[tuple[str, bytes]]:
    languages = [
        (
            language_name(maker.language),
            [_Group(heading, [told.feed for told in feeds]) for heading, feeds in maker.all()],
        )
        for maker in makers
    ]
    changed = format_datetime(_known(draw), usegmt=True)
    opml = draw.render("feeds.opml", title=single_line(draw.site_name), modified=changed, languages=languages)
    yield draw.urls.opml(), opml.encode()


class _Chosen:
    """What of the archive is told, in whichever language."""

    def __init__(self, shelf: ArchiveIndex) -> None:
        self._shelf = shelf
        self.organizations = organizations(shelf.counted)
        self._newest: dict[str, list[tuple[dt.date, PrimaryListing]]] = {}

    def newest(
        self, name: str, papers: Iterable[PrimaryListing], how_many: int
    ) -> list[tuple[dt.date, PrimaryListing]]:
        """Return the papers of the feed `name` that were first listed last, with when that was.

        Newest date first, those of one date by votes.
        """
        if name not in self._newest:
            dated = [(self._shelf.first_listed(one), one) for one in papers]
            dated.sort(key=lambda each: (each[0], each[1].votes), reverse=True)
            self._newest[name] = dated[:how_many]
        return self._newest[name]


class _Maker:
    """Makes the feeds of one language; `code` is empty for the first one of the site."""

    def __init__(self, draw: Renderer, entries: Entries, code: str, chosen: _Chosen) -> None:
        self._chosen = chosen
        self._draw, self._shelf, self._entries, self.code = draw, draw.shelf, entries, code
        self.words, self.language = entries.words, entries.language
        self._site_name = single_line(draw.site_name)

    def files(self) -> Iterator[tuple[str, bytes]]:
        for _, feeds in self.all():
            for told in feeds:
                yield from _written(self._draw, told, self.code)

    def all(self) -> Iterator[tuple[str, Iterator[_Told]]]:
        """Yield all feeds, in groups with their headings."""
        texts = self.words.texts
        yield texts["feeds_of_site"], self.of_site()
        yield texts["topics_title"], self.of_topics()
        yield texts["organizations_title"], self.of_organizations()

    def of_site(self) -> Iterator[_Told]:
        urls, shelf, make = self._draw.urls, self._shelf, self._entries
        days = (shelf.days[date] for date in sorted(shelf.days, reverse=True)[:DAYS])
        told_once = settled(shelf)[:SETTLED]
        holds: dict[str, tuple[str, Iterable[Entry]]] = {
            DAYS_FEED: (urls.home(), map(make.day, days)),
            PAPERS_FEED: (urls.home(), self._papers(PAPERS_FEED, shelf.counted, PAPERS)),
            SETTLED_FEED: (
                urls.top(),
                (make.settled(one.paper, shelf.first_listed(one), date, SETTLED_VOTES) for date, one in told_once),
            ),
        }
        for name in self._draw.site_feeds():
            title = "" if name == DAYS_FEED else self.words.texts[f"feed_{name}"]
            about = self.words.text(f"feed_{name}_about", days=SETTLED_DAYS, votes=SETTLED_VOTES)
            page, entries = holds[name]
            yield _Told(self._feed(name, title, about, page), entries)

    def of_topics(self) -> Iterator[_Told]:
        for slug, papers in self._shelf.by_topic.items():
            name = single_line(self.words.choose(self._shelf.topic_names[slug]))
            about = self.words.text("feed_topic_about", topic=name)
            feed = self._feed(_topic_feed(slug), name, about, self._draw.urls.topic(slug))
            yield _Told(feed, self._papers(feed.name, papers, TOPIC_PAPERS))

    def of_organizations(self) -> Iterator[_Told]:
        for each in self._chosen.organizations.values():
            name = cut(single_line(each.title), NAME_CHARS)
            about = self.words.text("feed_organization_about", organization=name)
            feed = self._feed(_organization_feed(each.slug), name, about, self._draw.urls.organization(each.slug))
            yield _Told(feed, self._papers(feed.name, each.papers, ORGANIZATION_PAPERS), each.dates)

    def _papers(self, name: str, papers: Iterable[PrimaryListing], how_many: int) -> Iterator[Entry]:
        for date, one in self._chosen.newest(name, papers, how_many):
            yield self._entries.paper(one.paper, date)

    def _feed(self, name: str, title: str, about: str, page: str) -> Feed:
        draw = self._draw
        return Feed(
            name=name,
            id=self._entries.id_of("feed", name),
            title=f"{title} · {self._site_name}" if title else self._site_name,
            description=about,
            language=self._entries.language,
            author=self._site_name,
            address=draw.absolute(draw.urls.feed(name, self.code)),
            json_address=draw.absolute(draw.urls.json_feed(name, self.code)) if name in SITE_FEEDS else "",
            page=draw.absolute(page),
            updated=_known(draw),
        )


def _written(draw: Renderer, told: _Told, code: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a feed."""
    address = draw.urls.feed(told.feed.name, code)
    if told.dates:
        yield address, draw.drawn.take_drawn(address, told.dates, lambda: _atom(draw, told.whole()))
        return
    feed = told.whole()
    yield address, _atom(draw, feed)
    if feed.json_address:
        yield draw.urls.json_feed(feed.name, code), write_json_feed(feed)


def _atom(draw: Renderer, feed: Feed) -> bytes:
    return draw.render("feed.xml", feed=feed).encode()


def _codes(draw: Renderer) -> list[str]:
    """Return by which code each language stands in addresses: the first one of the site by none."""
    return ["", *draw.languages[1:]]


def _topic_feed(slug: str) -> str:
    return f"topics/{slug}/feed"


def _organization_feed(slug: str) -> str:
    return f"orgs/{slug}/feed"


def _known(draw: Renderer) -> dt.datetime:
    return midnight(draw.shelf.known or dt.date.min)
