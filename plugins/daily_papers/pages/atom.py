"""A feed written as Atom (RFC 4287), by feedgenerator.

A Feed goes in, bytes come out; the same feed gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

from feedgenerator import Atom1Feed

from daily_papers.pages.syndication import Entry, Feed

GENERATOR = "mkdocs-daily-papers"


def write_atom(feed: Feed) -> bytes:
    out = StringIO()
    _Atom(feed).write(out, "utf-8")
    return out.getvalue().encode()


class _Atom(Atom1Feed):  # type: ignore[misc]  # the library has no types
    """The library's feed, with what it leaves out: several authors, names of topics, films of unknown length."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(
            title=feed.title,
            link=feed.page,
            description=feed.description,
            language=feed.language,
            author_name=feed.author,
            feed_url=feed.address,
            feed_guid=feed.id,
        )
        self._updated = feed.updated
        for entry in feed.entries:
            self.add_item(
                title=entry.title,
                link=entry.address,
                description=None,
                unique_id=entry.id,
                pubdate=entry.published,
                updateddate=entry.updated,
                content=entry.content,
                entry=entry,
            )

    def latest_post_date(self) -> dt.datetime:
        """Return when the feed changed, of which an empty one would know nothing but the time of day."""
        return self._updated

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", GENERATOR)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry: Entry = item["entry"]
        for author in entry.authors:
            handler.startElement("author", {})
            handler.addQuickElement("name", author)
            handler.endElement("author")
        for topic in entry.topics:
            handler.addQuickElement("category", None, {"term": topic.slug, "label": topic.name})
        for enclosure in entry.enclosures:
            link = {"rel": "enclosure", "type": enclosure.type, "href": enclosure.url}
            handler.addQuickElement("link", None, link)
