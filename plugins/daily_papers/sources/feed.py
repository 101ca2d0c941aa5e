"""Any RSS or Atom feed as a source, and arXiv's daily list of a category: bytes -> the days of the items.

A feed knows only its newest items, so it is asked once a run and tells itself which dates it has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import feedparser
import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.records import Day, FetchResult, Media, Paper, Rejected, media_kind, read_paper_id
from daily_papers.model.text import clean_block, clean_line, error_line, safe_url
from daily_papers.net.client import Client, Response, is_html

ARXIV_PREFIX = "arxiv:"
ARXIV_FEEDS = "https://rss.arxiv.org"

MAX_ITEMS = 5_000
"""arXiv's longest list has 2,000."""
_FIRST_YEAR = 1991
# arXiv makes its lists at midnight in New York, and of papers that came anew only those are a day's news.
_ARXIV_ZONE = ZoneInfo("America/New_York")
_ARXIV_NEWS = ("new", "cross")
_PAPER_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org", "huggingface.co")


class Feed:
    """The feed at `url`, called `name` in the option `source`; `now` returns the current instant."""

    has_full_history = False

    def __init__(
        self, client: Client, now: Callable[[], dt.datetime], *, name: str, path: str, query: str = ""
    ) -> None:
        self.name = name
        self._client = client
        self._now = now
        self._path = path
        self._params = parse_qsl(query, keep_blank_values=True)
        self._days: dict[dt.date, FetchResult] | None = None

    @property
    def requests(self) -> int:
        return self._client.requests

    async def listed_dates(self) -> frozenset[dt.date]:
        """Return the dates of its items up to today, UTC. Raises SourceError."""
        return frozenset(date for date in await self._read() if date <= self._now().astimezone(dt.UTC).date())

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return the items of `date`. Raises SourceError."""
        empty = FetchResult(Day(date=date, source=self.name, fetched_at=self._fetched_at(), papers=()))
        return (await self._read()).get(date, empty)

    async def _read(self) -> dict[dt.date, FetchResult]:
        if self._days is None:
            read = read_arxiv_list if self.name.startswith(ARXIV_PREFIX) else read_items

            def check(reply: Response) -> dict[dt.date, FetchResult]:
                return read(reply, self.name, self._fetched_at())

            self._days = await self._client.get(self._path, self._params, check)
        return self._days

    def _fetched_at(self) -> dt.datetime:
        return self._now().astimezone(dt.UTC).replace(microsecond=0)


def feed_client(name: str, endpoint: str, *, connect_attempts: int) -> tuple[Client, str, str]:
    """Return a client for the feed that `source: name` means, and path and query to ask for.

    `endpoint` stands for arXiv's. Raises FetchError if it, or the address, is none.
    """
    if name.startswith(ARXIV_PREFIX):
        client = Client(source=name, base_url=endpoint or ARXIV_FEEDS, connect_attempts=connect_attempts)
        return client, f"/atom/{name.removeprefix(ARXIV_PREFIX)}", ""
    parts = urlsplit(name)
    base_url = f"{parts.scheme}://{parts.netloc}"
    return Client(source=name, base_url=base_url, connect_attempts=connect_attempts), parts.path or "/", parts.query


def read_feed(reply: Response, *, source: str) -> Any:
    """Return what feedparser makes of a whole RSS or Atom feed. Raises ParseError for anything else.

    It is given bytes, never text: it takes text for the name of a file, or an address to fetch. It finds no fault with
    a page of HTML or an empty body, and returns what it got of a feed that is cut: so that is looked at here.
    """
    body = reply.body
    if b"<!ENTITY" in body:
        raise ParseError("a feed that defines entities; expected one without", source=source, url=reply.url)
    # Of several encodings that could be meant the document's own counts, as for any file.
    feed = feedparser.parse(body, response_headers={"content-type": "application/xml"})
    if not feed.get("version"):
        found = "nothing" if not body.strip() else "HTML" if is_html(body) else "something else"
        raise ParseError(f"expected an RSS or Atom feed, got {found}", source=source, url=reply.url)
    if feed.bozo:
        what = error_line(feed.bozo_exception)
        raise ParseError(f"a feed that does not read whole: {what}", source=source, url=reply.url)
    return feed


def read_items(reply: Response, name: str, fetched_at: dt.datetime) -> dict[dt.date, FetchResult]:
    """Return the items of any feed by their UTC day: when they were published, else changed, else fetched."""
    feed = read_feed(reply, source=name)
    unknown = _instant(feed.feed, "updated", "published") or fetched_at

    def date_of(item: Any) -> dt.date:
        return (_instant(item, "published", "updated") or unknown).date()

    return _by_date(feed.entries, date_of, _read_item, name, fetched_at)


def read_arxiv_list(reply: Response, name: str, fetched_at: dt.datetime) -> dict[dt.date, FetchResult]:
    """Return arXiv's list, all of it on the day it was announced. Raises ParseError, too for an unknown category."""
    feed = read_feed(reply, source=name)
    if "feed error" in str(feed.feed.get("title", "")).lower():
        raise ParseError(f"arXiv has no such category: {name.removeprefix(ARXIV_PREFIX)}", source=name, url=reply.url)
    date = (_instant(feed.feed, "updated") or fetched_at).astimezone(_ARXIV_ZONE).date()
    news = [entry for entry in feed.entries if entry.get("arxiv_announce_type", "new") in _ARXIV_NEWS]
    return _by_date(news, lambda entry: date, _read_announcement, name, fetched_at)


def _by_date(
    items: Iterable[Any],
    date_of: Callable[[Any], dt.date],
    read: Callable[[Any], Paper | None],
    name: str,
    fetched_at: dt.datetime,
) -> dict[dt.date, FetchResult]:
    papers: dict[dt.date, dict[str, Paper]] = {}
    rejected: dict[dt.date, list[Rejected]] = {}
    for position, item in enumerate(list(items)[:MAX_ITEMS]):
        date = date_of(item)
        paper = read(item)
        if paper:
            papers.setdefault(date, {}).setdefault(paper.id, paper)
        else:
            kept = {key: str(item.get(key, "")) for key in ("title", "link", "id")}
            reason = "id: expected an address or an id to know the item by"
            record = msgspec.Raw(msgspec.json.encode(kept))
            rejected.setdefault(date, []).append(Rejected(None, reason, f"$.entries[{position}]", record))
    return {
        date: FetchResult(
            Day(date=date, source=name, fetched_at=fetched_at, papers=tuple(papers.get(date, {}).values())),
            tuple(rejected.get(date, ())),
        )
        for date in papers.keys() | rejected.keys()
    }


def _read_announcement(entry: Any) -> Paper | None:
    """Return a paper of arXiv's list, whose summary is `arXiv:IDv1 Announce Type: new`, then `Abstract: …`."""
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
        published=_day(entry),
    )


def _read_item(item: Any) -> Paper | None:
    """Return what any feed says of an item; None if nothing tells it from another."""
    link = _link(item)
    known_by = link or clean_line(str(item.get("id", "")))
    if not known_by:
        return None
    paper_id = _paper_id(link) or f"x-{hashlib.sha256(known_by.encode()).hexdigest()[:12]}"
    content = next(iter(item.get("content") or ()), None) or item.get("summary_detail")
    return Paper(
        id=paper_id,
        title=clean_line(_plain(item.get("title_detail"))) or paper_id,
        authors=tuple(line for author in item.get("authors", ()) if (line := clean_line(str(author.get("name", ""))))),
        abstract=clean_block(_plain(content)) or None,
        published=_day(item),
        thumbnail=next((url for media in item.get("media_thumbnail", ()) if (url := safe_url(media.get("url")))), None),
        media=tuple(_media(item)),
        keywords=tuple(dict.fromkeys(filter(None, (clean_line(str(tag.get("term") or "")) for tag in _tags(item))))),
        project_page=link if link and paper_id.startswith("x-") else None,
    )


def _link(item: Any) -> str | None:
    return safe_url(str(item.get("link", "")))


def _paper_id(link: str | None) -> str | None:
    """Return the id of the paper that an address of arXiv's, or of Hugging Face's papers, leads to."""
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


def _day(item: Any) -> dt.date | None:
    instant = _instant(item, "published")
    return instant.date() if instant else None


def _instant(item: Any, *keys: str) -> dt.datetime | None:
    """Return the first of these times that is one, in UTC, as feedparser gives all of them."""
    for key in keys:
        parsed = f"{key}_parsed" in item and item[f"{key}_parsed"]
        if parsed:
            try:
                instant = dt.datetime(*parsed[:6]).replace(tzinfo=dt.UTC)  # noqa: DTZ001  # UTC, without saying so
            except (ValueError, OverflowError, TypeError):
                continue
            if _FIRST_YEAR <= instant.year < dt.MAXYEAR:
                return instant
    return None


def _plain(detail: Any) -> str:
    """Return a text as it reads, without the markup where it says that it has any."""
    value = str((detail or {}).get("value") or "")
    if "html" not in str((detail or {}).get("type", "")):
        return value
    reader = _PlainText()
    reader.feed(value)
    reader.close()
    return "".join(reader.parts)


class _PlainText(HTMLParser):
    """Collects what a page of HTML says: no markup, no scripts, a blank line after each block."""

    _UNSAID = ("script", "style", "template", "iframe")
    _BLOCKS = ("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "tr", "br")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unsaid = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unsaid += tag in self._UNSAID
        if tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._unsaid = max(0, self._unsaid - (tag in self._UNSAID))
        if tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.parts.append(data)
