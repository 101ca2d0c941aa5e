"""Two sources: any RSS or Atom feed, and arXiv's daily list of a category, which is an Atom feed too.

A feed has only its newest items. It is requested once a run, and its items say which dates it lists.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.records import Day, FetchResult, Media, Paper, Rejected, media_kind, read_paper_id
from daily_papers.model.text import clean_block, clean_line, error_line, safe_url
from daily_papers.sources.base import SourceCapabilities

if TYPE_CHECKING:
    from daily_papers.net.client import Client, Response

ARXIV_PREFIX = "arxiv:"
ARXIV_FEEDS = "https://rss.arxiv.org"
ARXIV_ENDPOINT_VARIABLE = "DAILY_PAPERS_ARXIV_ENDPOINT"
"""The environment variable that replaces the address of arXiv's feeds and of its query API."""

MAX_ITEMS = 5_000
"""Items read of a feed; arXiv's longest list has 2,000."""
_FIRST_YEAR = 1991
# arXiv publishes its lists at midnight in New York.
_ARXIV_ZONE = ZoneInfo("America/New_York")
# The lists also contain replaced papers. Only new and cross-listed ones are news of the day.
_ARXIV_NEW_TYPES = ("new", "cross")
_CATEGORY = r"[a-z-]+(\.[A-Za-z-]+)?"
_ARXIV_OPTION = re.compile(rf"{ARXIV_PREFIX}{_CATEGORY}(\+{_CATEGORY})*")
_FEED_OPTION = re.compile(r"https?://\S+")
_PAPER_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org", "huggingface.co")


class Feed:
    """The RSS or Atom feed whose URL is the option `source`.

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
        async with Client(source=option, base_url=base_url, connect_attempts=connect_attempts) as client:
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


class ArxivFeed(Feed):
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
        async with Client(source=option, base_url=base_url, connect_attempts=connect_attempts) as client:
            yield cls(client, lambda: now, name=option, path=f"/atom/{option.removeprefix(ARXIV_PREFIX)}")

    def _read(self, response: Response) -> dict[dt.date, FetchResult]:
        return read_arxiv_list(response, self.name, self._fetched_at())


def read_feed(response: Response, *, source: str) -> Any:
    """Return feedparser's result for a complete RSS or Atom feed. Raises ParseError for anything else.

    feedparser gets bytes, never text: it takes text for a file name or for an address to fetch. It accepts HTML and an
    empty body, and it returns the readable part of a feed that is cut off. All of these are checked here.
    """
    import feedparser

    from daily_papers.net.client import is_html

    body = response.body
    if b"<!ENTITY" in body:
        raise ParseError("a feed that defines entities; expected one without", source=source, url=response.url)
    # With this header the encoding that the document declares is used, as for a file.
    feed = feedparser.parse(body, response_headers={"content-type": "application/xml"})
    if not feed.get("version"):
        found = "nothing" if not body.strip() else "HTML" if is_html(body) else "something else"
        raise ParseError(f"expected an RSS or Atom feed, got {found}", source=source, url=response.url)
    if feed.bozo:
        what = error_line(feed.bozo_exception)
        raise ParseError(f"a feed that cannot be read to its end: {what}", source=source, url=response.url)
    return feed


def read_items(response: Response, name: str, fetched_at: dt.datetime) -> dict[dt.date, FetchResult]:
    """Return the items of a feed by their UTC date. Raises ParseError.

    The date is that of publication, else of the last change, else of the feed, else of `fetched_at`.
    """
    feed = read_feed(response, source=name)
    default = _instant(feed.feed, "updated", "published") or fetched_at

    def date_of(item: Any) -> dt.date:
        return (_instant(item, "published", "updated") or default).date()

    return _group_by_date(feed.entries, date_of, _read_item, name, fetched_at)


def read_arxiv_list(response: Response, name: str, fetched_at: dt.datetime) -> dict[dt.date, FetchResult]:
    """Return arXiv's list, all of it on the date of the announcement.

    Raises ParseError, also for a category that arXiv does not have.
    """
    feed = read_feed(response, source=name)
    if "feed error" in str(feed.feed.get("title", "")).lower():
        category = name.removeprefix(ARXIV_PREFIX)
        raise ParseError(f"arXiv has no such category: {category}", source=name, url=response.url)
    date = (_instant(feed.feed, "updated") or fetched_at).astimezone(_ARXIV_ZONE).date()
    new = [entry for entry in feed.entries if entry.get("arxiv_announce_type", "new") in _ARXIV_NEW_TYPES]
    return _group_by_date(new, lambda entry: date, _read_announcement, name, fetched_at)


def _group_by_date(
    items: Iterable[Any],
    date_of: Callable[[Any], dt.date],
    read: Callable[[Any], Paper | None],
    name: str,
    fetched_at: dt.datetime,
) -> dict[dt.date, FetchResult]:
    """Return the papers that `read` makes of the first MAX_ITEMS items, by date; an id at most once a date."""
    papers: dict[dt.date, dict[str, Paper]] = {}
    rejected: dict[dt.date, list[Rejected]] = {}
    for position, item in enumerate(list(items)[:MAX_ITEMS]):
        date = date_of(item)
        paper = read(item)
        if paper:
            papers.setdefault(date, {}).setdefault(paper.id, paper)
        else:
            record = msgspec.Raw(msgspec.json.encode({key: str(item.get(key, "")) for key in ("title", "link", "id")}))
            reason = "id: expected an address or an id to identify the item"
            rejected.setdefault(date, []).append(Rejected(None, reason, f"$.entries[{position}]", record))
    return {
        date: FetchResult(
            Day(date=date, source=name, fetched_at=fetched_at, papers=tuple(papers.get(date, {}).values())),
            tuple(rejected.get(date, ())),
        )
        for date in papers.keys() | rejected.keys()
    }


def _read_announcement(entry: Any) -> Paper | None:
    """Return a paper of arXiv's list, None if it has no id.

    Its summary has the form `arXiv:IDv1 Announce Type: new`, then `Abstract: …`.
    """
    paper_id = read_paper_id(str(entry.get("id", "")).removeprefix("oai:arXiv.org:")) or _paper_id(_link(entry))
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


def _read_item(item: Any) -> Paper | None:
    """Return the paper that a feed's item describes, None if the item has neither an address nor an id.

    The id is arXiv's if the item links to a paper, else a hash of the address.
    """
    link = _link(item)
    identity = link or clean_line(str(item.get("id", "")))
    if not identity:
        return None
    paper_id = _paper_id(link) or f"x-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    content = next(iter(item.get("content") or ()), None) or item.get("summary_detail")
    return Paper(
        id=paper_id,
        title=clean_line(_plain_text(item.get("title_detail"))) or paper_id,
        authors=tuple(line for author in item.get("authors", ()) if (line := clean_line(str(author.get("name", ""))))),
        abstract=clean_block(_plain_text(content)) or None,
        published=_publication_date(item),
        thumbnail=next((url for media in item.get("media_thumbnail", ()) if (url := safe_url(media.get("url")))), None),
        media=tuple(_media(item)),
        keywords=tuple(dict.fromkeys(filter(None, (clean_line(str(tag.get("term") or "")) for tag in _tags(item))))),
        project_page=link if link and paper_id.startswith("x-") else None,
    )


def _link(item: Any) -> str | None:
    return safe_url(str(item.get("link", "")))


def _paper_id(link: str | None) -> str | None:
    """Return the id of the paper at an address on arXiv or on Hugging Face, None for any other address."""
    parts = urlsplit(link or "")
    folder, _, rest = parts.path.lstrip("/").partition("/")
    if parts.hostname in _PAPER_HOSTS and folder in ("abs", "pdf", "papers"):
        return read_paper_id(rest.removesuffix(".pdf"))
    return None


def _tags(item: Any) -> Iterable[Any]:
    return item.get("tags") or ()


def _media(item: Any) -> Iterator[Media]:
    enclosures = (link.get("href") for link in item.get("links", ()) if link.get("rel") == "enclosure")
    addresses = (*enclosures, *(media.get("url") for media in item.get("media_content", ())))
    for url in dict.fromkeys(filter(None, map(safe_url, addresses))):
        if kind := media_kind(url):
            yield Media(url, kind)


def _publication_date(item: Any) -> dt.date | None:
    instant = _instant(item, "published")
    return instant.date() if instant else None


def _instant(item: Any, *keys: str) -> dt.datetime | None:
    """Return the first usable time under `keys`, in UTC; None if there is none."""
    for key in keys:
        parsed = f"{key}_parsed" in item and item[f"{key}_parsed"]
        if parsed:
            try:
                # feedparser's times are in UTC, without a time zone.
                instant = dt.datetime(*parsed[:6]).replace(tzinfo=dt.UTC)  # noqa: DTZ001
            except (ValueError, OverflowError, TypeError):
                continue
            if _FIRST_YEAR <= instant.year < dt.MAXYEAR:
                return instant
    return None


def _plain_text(detail: Any) -> str:
    """Return the text of a feed's element, without markup if its type is HTML."""
    value = str((detail or {}).get("value") or "")
    if "html" not in str((detail or {}).get("type", "")):
        return value
    reader = _PlainTextReader()
    reader.feed(value)
    reader.close()
    return "".join(reader.parts)


class _PlainTextReader(HTMLParser):
    """Parser that collects the visible text of HTML in `parts`: no markup, no scripts, blank lines around blocks."""

    _INVISIBLE = ("script", "style", "template", "iframe")
    _BLOCKS = ("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "tr", "br")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._invisible_depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._invisible_depth += tag in self._INVISIBLE
        if tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._invisible_depth = max(0, self._invisible_depth - (tag in self._INVISIBLE))
        if tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._invisible_depth:
            self.parts.append(data)
