"""Two sources: any RSS, Atom or JSON feed, and arXiv's daily list of a category, which is an Atom feed too.

A feed has only its newest items. It is requested once a run, and its items say which dates it lists. `feed_parser`
reads it, `feed_dates` its dates and `feed_html` its descriptions.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.paper_urls import find_archived_id, find_arxiv_id
from daily_papers.model.records import Day, FetchResult, Media, Paper, Rejected, media_kind, read_paper_id
from daily_papers.model.text import clean_block, clean_line, quote, safe_url
from daily_papers.sources.base import SourceCapabilities
from daily_papers.sources.feed_dates import read_instant
from daily_papers.sources.feed_html import Description, absolute_url, plain_text, read_archive_entry, read_description
from daily_papers.sources.feed_parser import Entry, ParsedFeed, read_feed
from daily_papers.sources.feed_xml import MAX_BYTES

if TYPE_CHECKING:
    from daily_papers.net.client import Client, Response

ARXIV_PREFIX = "arxiv:"
ARXIV_FEEDS = "https://rss.arxiv.org"
ARXIV_ENDPOINT_VARIABLE = "DAILY_PAPERS_ARXIV_ENDPOINT"
"""The environment variable that replaces the address of arXiv's feeds and of its query API."""

# arXiv publishes its lists at midnight in New York.
_ARXIV_ZONE = ZoneInfo("America/New_York")
# The lists also contain replaced papers. Only new and cross-listed ones are news of the day.
_ARXIV_NEW_TYPES = ("new", "cross")
_CATEGORY = r"[a-z-]+(\.[A-Za-z-]+)?"
_ARXIV_OPTION = re.compile(rf"{ARXIV_PREFIX}{_CATEGORY}(\+{_CATEGORY})*")
_FEED_OPTION = re.compile(r"https?://\S+")
_OAI_PREFIX = "oai:arXiv.org:"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OWN_GENERATOR = "mkdocs-daily-papers"

# The fields of an item that is not well-formed: they say which paper it is, and on which date.
_RAW_FIELD = re.compile(r"<(title|link|pubDate|published|updated|(?:dc:)?date)(?:\s[^<>]*)?>([^<]{1,500})<")

_RAW_KEYS = ("title", "link", "id")
_DATE_KEYS = ("published", "updated", "created")

_log = logging.getLogger("daily_papers")


class FeedSource:
    """The RSS, Atom or JSON feed whose URL is the option `source`.

    `name` is the option, `path` and `query` are parts of the URL, and `now` returns the current instant.
    """

    capabilities: ClassVar[SourceCapabilities] = SourceCapabilities(has_full_history=False, has_votes=False)
    option_form: ClassVar[str] = "the URL of a feed"

    def __init__(
        self, client: Client, now: Callable[[], dt.datetime], *, name: str, path: str, query: str = ""
    ) -> None:
        self.name = name
        self._client = client
        self._now = now
        self._path = path
        self._query = query
        self._days: dict[dt.date, FetchResult] | None = None

    @classmethod
    def accepts(cls, option: str) -> bool:
        return bool(_FEED_OPTION.fullmatch(option)) and safe_url(option) is not None

    @classmethod
    @asynccontextmanager
    async def open(cls, option: str, *, now: dt.datetime, connect_attempts: int) -> AsyncIterator[Self]:
        """Open the feed at the URL `option`. Raises FetchError if the URL cannot be used."""
        from daily_papers.net.client import Client

        parts = urlsplit(option)
        base_url = f"{parts.scheme}://{parts.netloc}"
        async with Client(
            source=option, base_url=base_url, max_bytes=MAX_BYTES, connect_attempts=connect_attempts
        ) as client:
            yield cls(client, lambda: now, name=option, path=parts.path or "/", query=parts.query)

    @property
    def requests(self) -> int:
        return self._client.requests

    async def listed_dates(self) -> frozenset[dt.date]:
        """Return the dates of the feed's items, up to today in UTC. Raises SourceError."""
        today = self._now().astimezone(dt.UTC).date()
        return frozenset(date for date in await self._fetch() if date <= today)

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return the items of `date`. Raises SourceError."""
        empty = FetchResult(Day(date=date, source=self.name, fetched_at=self._fetched_at(), papers=()))
        return (await self._fetch()).get(date, empty)

    async def _fetch(self) -> dict[dt.date, FetchResult]:
        """Return the feed's items by date. Requests the feed on the first call only."""
        if self._days is None:
            parameters = parse_qsl(self._query, keep_blank_values=True)
            self._days = await self._client.get(self._path, parameters, self._read)
        return self._days

    def _read(self, response: Response) -> dict[dt.date, FetchResult]:
        return read_items(response, self.name, self._fetched_at())

    def _fetched_at(self) -> dt.datetime:
        return self._now().astimezone(dt.UTC).replace(microsecond=0)


class ArxivFeedSource(FeedSource):
    """arXiv's daily list of a category: the source `arxiv:cs.CL`, or `arxiv:cs.CL+cs.AI` for several."""

    option_form: ClassVar[str] = "a category as arxiv:cs.CL"

    @classmethod
    def accepts(cls, option: str) -> bool:
        return bool(_ARXIV_OPTION.fullmatch(option))

    @classmethod
    @asynccontextmanager
    async def open(cls, option: str, *, now: dt.datetime, connect_attempts: int) -> AsyncIterator[Self]:
        """Open the list that `option` names, at DAILY_PAPERS_ARXIV_ENDPOINT if that is set.

        Raises FetchError if the address cannot be used.
        """
        from daily_papers.net.client import Client

        base_url = os.environ.get(ARXIV_ENDPOINT_VARIABLE) or ARXIV_FEEDS
        async with Client(
            source=option, base_url=base_url, max_bytes=MAX_BYTES, connect_attempts=connect_attempts
        ) as client:
            yield cls(client, lambda: now, name=option, path=f"/atom/{option.removeprefix(ARXIV_PREFIX)}")

    def _read(self, response: Response) -> dict[dt.date, FetchResult]:
        return read_arxiv_list(response, self.name, self._fetched_at())


def read_items(response: Response, name: str, fetched_at: dt.datetime) -> dict[dt.date, FetchResult]:
    """Return the items of a feed by their UTC date. Raises ParseError.

    The date is that of publication, else of the last change, else of `fetched_at`. The date of the feed itself says
    only when it was made.
    """
    parsed = read_feed(response, source=name)
    entries = parsed.entries
    is_own = parsed.feed.get("generator") == _OWN_GENERATOR
    if is_own and entries and not any(find_archived_id(_link(entry)) for entry in entries):
        message = "a feed of days; expected a feed of papers, such as papers.xml of the same site"
        raise ParseError(message, source=name, url=response.url, retryable=False)
    _warn_of_unreadable_dates(name, entries)

    def date_of(entry: Entry) -> dt.date:
        return (_first_instant(entry, *_DATE_KEYS) or fetched_at).date()

    def read(entry: Entry) -> Paper | None:
        return _read_item(entry, name, response.url, fetched_at.date())

    return _group_by_date(parsed, date_of, read, name, fetched_at)


def read_arxiv_list(response: Response, name: str, fetched_at: dt.datetime) -> dict[dt.date, FetchResult]:
    """Return arXiv's list, all of it on the date of the announcement.

    Raises ParseError, also for a category that arXiv does not have.
    """
    parsed = read_feed(response, source=name)
    if "feed error" in str(parsed.feed.get("title", "")).lower():
        category = name.removeprefix(ARXIV_PREFIX)
        raise ParseError(f"arXiv has no such category: {category}", source=name, url=response.url, retryable=False)
    date = (_first_instant(parsed.feed, "updated") or fetched_at).astimezone(_ARXIV_ZONE).date()
    new = [entry for entry in parsed.entries if entry.get("arxiv_announce_type", "new") in _ARXIV_NEW_TYPES]
    parsed = msgspec.structs.replace(parsed, entries=new)
    return _group_by_date(parsed, lambda entry: date, _read_announcement, name, fetched_at)


def _group_by_date(
    parsed: ParsedFeed,
    date_of: Callable[[Entry], dt.date],
    read: Callable[[Entry], Paper | None],
    name: str,
    fetched_at: dt.datetime,
) -> dict[dt.date, FetchResult]:
    """Return the papers that `read` makes of the entries, by date; an id at most once a date."""
    papers: dict[dt.date, dict[str, Paper]] = {}
    rejected: dict[dt.date, list[Rejected]] = {}
    for position, entry in enumerate(parsed.entries):
        date = date_of(entry)
        if paper := read(entry):
            papers.setdefault(date, {}).setdefault(paper.id, paper)
        else:
            record = msgspec.Raw(msgspec.json.encode({key: clean_line(str(entry.get(key, ""))) for key in _RAW_KEYS}))
            reason = "id: expected an address or an id to identify the item"
            rejected.setdefault(date, []).append(Rejected(None, reason, f"$.entries[{position}]", record))
    for text in parsed.unreadable:
        instant, record = _raw_record(text)
        reason = "is not well-formed: expected an item of XML or JSON"
        rejected.setdefault((instant or fetched_at).date(), []).append(Rejected(None, reason, "$.entries", record))
    return {
        date: FetchResult(
            Day(date=date, source=name, fetched_at=fetched_at, papers=tuple(papers.get(date, {}).values())),
            tuple(rejected.get(date, ())),
        )
        for date in papers.keys() | rejected.keys()
    }


def _raw_record(text: str) -> tuple[dt.datetime | None, msgspec.Raw]:
    """Return the date of an unreadable item, if it can be found, and its record: title, link and the whole text."""
    fields = {match[1]: match[2] for match in _RAW_FIELD.finditer(text)}
    record = {key: clean_line(fields[key]) for key in ("title", "link") if key in fields} | {"text": text}
    instants = (read_instant(value) for key, value in fields.items() if key not in record)
    return next(filter(None, instants), None), msgspec.Raw(msgspec.json.encode(record))


def _read_announcement(entry: Entry) -> Paper | None:
    """Return a paper of arXiv's list, None if it has no id.

    Its summary has the form `arXiv:IDv1 Announce Type: new`, then `Abstract: …`.
    """
    paper_id = _oai_id(entry) or find_arxiv_id(_link(entry))
    if not paper_id:
        return None
    _, _, abstract = str(entry.get("summary", "")).partition("Abstract:")
    names = str(entry.get("author", "")).split(",")
    return Paper(
        id=paper_id,
        title=clean_line(str(entry.get("title", ""))) or paper_id,
        authors=tuple(line for name in names if (line := clean_line(name))),
        abstract=clean_block(abstract) or None,
        published=_publication_date(entry),
    )


def _read_item(item: Entry, name: str, url: str, read_on: dt.date) -> Paper | None:
    """Return the paper that an item of the feed `name` describes, None if the item has neither an address nor an id.

    `url` is the feed's address. Votes in the description are those of the day `read_on`.
    """
    link = _link(item)
    paper_id = _item_id(item, link, name)
    if not paper_id:
        return None
    base = link or url
    description = _description(item, link, base)
    pictures = (absolute_url(str(media.get("url") or ""), base) for media in item.get("media_thumbnail") or ())
    votes = description.votes
    return Paper(
        id=paper_id,
        title=clean_line(_title(item)) or paper_id,
        authors=_lines(item, "authors", "name") or description.authors,
        abstract=clean_block(description.text) or None,
        published=_publication_date(item),
        votes=votes,
        vote_history=() if votes is None else ((read_on, votes),),
        thumbnail=next(filter(None, pictures), description.picture),
        media=tuple(_media(item, base)),
        keywords=_lines(item, "tags", "term"),
        project_page=link if link and paper_id.startswith("x-") and not find_archived_id(link) else None,
    )


def _description(item: Entry, link: str | None, base: str) -> Description:
    """Return the content of an item, else its summary."""
    content = next(iter(item.get("content") or ()), None) or item.get("summary_detail") or {}
    markup = str(content.get("value") or "")
    if "html" not in str(content.get("type", "")):
        return Description(markup)
    read = read_archive_entry if find_archived_id(link) else read_description
    # A relative picture is joined to the feed's xml:base, where it has one, as links are.
    return read(markup, str(content.get("base") or base))


def _lines(item: Entry, key: str, name: str) -> tuple[str, ...]:
    """Return the distinct texts `name` of the elements of an item's `key`."""
    lines = (clean_line(str(element.get(name) or "")) for element in item.get(key) or ())
    return tuple(dict.fromkeys(filter(None, lines)))


def _item_id(item: Entry, link: str | None, name: str) -> str | None:
    """Return the id of an item: of the paper it links to, else made of its guid, else of its address; None without.

    A guid stays when the address changes. One that is no URI is unique only within the feed `name`.
    """
    if paper_id := find_archived_id(link) or find_arxiv_id(link) or _oai_id(item):
        return paper_id
    guid = clean_line(str(item.get("id") or ""))
    if paper_id := find_arxiv_id(guid):
        return paper_id
    identity = guid if _URI.match(guid) else f"{name} {guid}" if guid else link
    return f"x-{hashlib.sha256(identity.encode()).hexdigest()[:12]}" if identity else None


def _oai_id(item: Entry) -> str | None:
    """Return the arXiv id in an id as `oai:arXiv.org:2402.19173v1`, as arXiv's own feeds have it."""
    guid = str(item.get("id") or "")
    return read_paper_id(guid.removeprefix(_OAI_PREFIX)) if guid.startswith(_OAI_PREFIX) else None


def _title(item: Entry) -> str:
    detail = item.get("title_detail") or {}
    value = str(detail.get("value") or "")
    return plain_text(value) if "html" in str(detail.get("type", "")) else value


def _link(item: Entry) -> str | None:
    return safe_url(str(item.get("link") or ""))


def _media(item: Entry, base: str) -> Iterator[Media]:
    enclosures = (link.get("href") for link in item.get("links") or () if link.get("rel") == "enclosure")
    addresses = (*enclosures, *(media.get("url") for media in item.get("media_content") or ()))
    for url in dict.fromkeys(absolute_url(str(address or ""), base) for address in addresses):
        if url and (kind := media_kind(url)):
            yield Media(url, kind)


def _publication_date(item: Entry) -> dt.date | None:
    instant = _first_instant(item, "published")
    return instant.date() if instant else None


def _first_instant(item: Entry, *keys: str) -> dt.datetime | None:
    """Return the first time under `keys` that can be read, in UTC; None if there is none.

    feedparser's own reading of dates is not used: it makes up the parts of a date that it cannot find.
    """
    return next(filter(None, (read_instant(str(item[key] or "")) for key in keys if key in item)), None)


def _warn_of_unreadable_dates(name: str, entries: Iterable[Entry]) -> None:
    stated = [
        next((str(entry[key]) for key in _DATE_KEYS if key in entry and str(entry[key] or "").strip()), "")
        for entry in entries
        if not _first_instant(entry, *_DATE_KEYS)
    ]
    if unreadable := [text for text in stated if text]:
        _log.warning(
            "%s: dates that cannot be read, such as %s: %d of the items are assigned to the day of their first fetch",
            name,
            quote(unreadable[0]),
            len(unreadable),
        )
