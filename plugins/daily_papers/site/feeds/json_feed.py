"""Feeds and their entries, and JSON Feed (version 1.1) as one of their formats. The same feed gives the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

JSON_FEED = "https://jsonfeed.org/version/1.1"

_encoder = msgspec.json.Encoder()


class Enclosure(msgspec.Struct, frozen=True, gc=False):
    """A video that a feed reader may load. Its length is unknown."""

    url: str
    type: str


class FeedTopic(msgspec.Struct, frozen=True, gc=False):
    slug: str
    name: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `id` never changes; `content` is escaped HTML; instants are UTC."""

    id: str
    address: str
    title: str
    content: str
    published: dt.datetime
    updated: dt.datetime
    authors: tuple[str, ...] = ()
    topics: tuple[FeedTopic, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    picture: str = ""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of plain texts. `name` is its name for `Urls.feed`; `page` is the page with the same content.

    Texts must not contain characters that XML or JSON cannot.
    """

    name: str
    id: str
    title: str
    description: str
    language: str
    author: str
    address: str
    json_address: str
    page: str
    updated: dt.datetime
    """The last change of an entry, or of the archive if there is none."""
    entries: Sequence[Entry] = ()


def write_json_feed(feed: Feed) -> bytes:
    return _encoder.encode(
        _JsonFeed(
            version=JSON_FEED,
            title=feed.title,
            home_page_url=feed.page,
            feed_url=feed.json_address,
            description=feed.description,
            language=feed.language,
            authors=[_JsonAuthor(feed.author)],
            items=[_json_item(entry) for entry in feed.entries],
        )
    )


class _JsonAuthor(msgspec.Struct, frozen=True, gc=False):
    name: str


class _JsonAttachment(msgspec.Struct, frozen=True, gc=False):
    url: str
    mime_type: str


class _JsonItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    id: str
    url: str
    title: str
    content_html: str
    date_published: dt.datetime
    date_modified: dt.datetime
    image: str = ""
    authors: list[_JsonAuthor] = []
    tags: list[str] = []
    attachments: list[_JsonAttachment] = []


class _JsonFeed(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    title: str
    home_page_url: str
    feed_url: str
    description: str
    language: str
    authors: list[_JsonAuthor]
    items: list[_JsonItem]


def _json_item(entry: Entry) -> _JsonItem:
    return _JsonItem(
        id=entry.id,
        url=entry.address,
        title=entry.title,
        content_html=entry.content,
        date_published=entry.published,
        date_modified=entry.updated,
        image=entry.picture,
        authors=[_JsonAuthor(author) for author in entry.authors],
        tags=[topic.name for topic in entry.topics],
        attachments=[_JsonAttachment(enclosure.url, enclosure.type) for enclosure in entry.enclosures],
    )
