"""The source `huggingface`: Hugging Face Daily Papers.

Every format that the list has had since May 2024 is read, record by record and field by field. A bad record costs only
that record, a bad field only that field. `net/client` connects, retries and limits the rate.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.records import (
    HUGGING_FACE,
    MEDIA_KINDS,
    THUMBNAIL_HOST,
    Count,
    Day,
    FetchResult,
    Github,
    Instant,
    Media,
    Organization,
    Paper,
    Rejected,
    Submitter,
    Summary,
    media_kind,
    read_paper_id,
)
from daily_papers.model.text import clean_block, clean_line, quote, safe_url
from daily_papers.sources.base import SourceCapabilities

if TYPE_CHECKING:
    from daily_papers.net.client import Client, Response

NAME = "huggingface"
"""The value of the option `source`, and of `Day.source`."""
TOKEN_VARIABLE = "HF_TOKEN"  # noqa: S105  # the name of a variable
PATH = "/api/daily_papers"
PAGE_SIZE = 100
"""Papers requested per page: the most that the server allows."""
DEFAULT_LIMIT = 50
"""Papers per page when the server ignores `limit`. Three recorded dates were cut at this number."""
MAX_PAGES = 50
"""Pages requested per date, so that paging always ends. The largest known date has 78 papers."""
MAX_PAGE_BYTES = 4 * 2**20
"""Size of a page. The largest recorded one has 0.3 MB."""
MAX_RECORDS = 10_000
"""Records read per page. A page with more is no list of a date."""
MAX_RECORD_COMMAS = 100_000
"""Commas of a record that is read. 10,000 authors have 40,000; a list of a million bad values is not built."""
MAX_TOKENS = 1_000_000
"""Strings, brackets and commas of a page that is invalid JSON, or has many commas. They are read in half a second."""
MAX_LOGGED_KEYS = 20

KNOWN_KEYS = frozenset(
    {
        "paper",
        "publishedAt",
        "title",
        "summary",
        "mediaUrl",
        "mediaUrls",
        "thumbnail",
        "numComments",
        "submittedBy",
        "submitterOrganization",
        "organization",
        "isAuthorParticipating",
    }
)
KNOWN_PAPER_KEYS = frozenset(
    {
        "id",
        "authors",
        "publishedAt",
        "title",
        "summary",
        "upvotes",
        "mediaUrls",
        "discussionId",
        "projectPage",
        "githubRepo",
        "githubRepoAddedBy",
        "githubStars",
        "ai_summary",
        "ai_keywords",
        "ai_summary_model",
        "submittedOnDailyAt",
        "submittedOnDailyBy",
        "organization",
    }
)

# Until this date the outer publishedAt is the instant of submission in UTC. After it, it is New York's local time with
# a wrong Z. From 2025-03-11 it is arXiv's date, shifted by New York's offset (9,881 records compared).
_OUTER_DATE_IS_SUBMISSION_UNTIL = dt.date(2024, 11, 28)
_FIRST_ARXIV_YEAR = 1991
_MAX_SHOWN_CHARS = 200
_MAX_COMMAS = 200_000
_STORED_BEGINNING_BYTES = 20_000

_log = logging.getLogger("daily_papers")

T = TypeVar("T")
Named = TypeVar("Named", Submitter, Organization)
Object = dict[str, Any]


class HuggingFace:
    """Hugging Face Daily Papers, a date a call.

    `now` returns the current instant, and `page_size` is the number of papers requested per page.
    """

    capabilities: ClassVar[SourceCapabilities] = SourceCapabilities(
        has_full_history=True, has_votes=True, homepage=HUGGING_FACE, token_variable=TOKEN_VARIABLE
    )
    option_form: ClassVar[str] = NAME

    name = NAME

    def __init__(self, client: Client, now: Callable[[], dt.datetime], *, page_size: int = PAGE_SIZE) -> None:
        self._client = client
        self._now = now
        self._page_size = page_size
        self._logged_keys: set[str] = set()

    @classmethod
    def accepts(cls, option: str) -> bool:
        return option == NAME

    @classmethod
    @asynccontextmanager
    async def open(cls, option: str, *, now: dt.datetime, connect_attempts: int) -> AsyncIterator[Self]:
        """Open the source at HF_ENDPOINT, or at huggingface.co, with the token HF_TOKEN if that is set.

        Raises FetchError if the address cannot be used.
        """
        from daily_papers.net.client import Client

        endpoint = os.environ.get("HF_ENDPOINT") or HUGGING_FACE
        token = os.environ.get(TOKEN_VARIABLE)
        async with Client(
            source=NAME,
            base_url=endpoint,
            token=token,
            max_bytes=MAX_PAGE_BYTES,
            connect_attempts=connect_attempts,
        ) as client:
            yield cls(client, lambda: now)

    @property
    def requests(self) -> int:
        return self._client.requests

    async def listed_dates(self) -> frozenset[dt.date]:
        return frozenset()

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return all pages of `date`; no papers if nothing is listed. Raises SourceError if a page fails."""
        fetched_at = self._now().astimezone(dt.UTC).replace(microsecond=0)
        accumulator = DayAccumulator(date, fetched_at)
        first_length = 0
        for number in range(MAX_PAGES):
            page, has_next = await self._fetch_page(date, fetched_at, number, accumulator.records)
            first_length = first_length or page.records
            # The length of a first page that was followed by another is the most that this server sends.
            full_length = min(self._page_size, first_length) if number else self._page_size
            may_have_more = has_next or page.records >= full_length or page.records == DEFAULT_LIMIT
            if not accumulator.add(page) or not may_have_more:
                return accumulator.result()
        raise ParseError(f"{date}: more than {MAX_PAGES} pages, each with new papers", source=NAME, url=PATH)

    async def _fetch_page(
        self, date: dt.date, fetched_at: dt.datetime, number: int, first_position: int
    ) -> tuple[Page, bool]:
        """Return a page, and True if the server says that there is another one. Pages are numbered from 0."""

        def read(response: Response) -> tuple[Page, bool]:
            page = read_page(response.body, date, fetched_at, first_position=first_position, url=response.url)
            return page, _has_next(response.headers)

        params: dict[str, str | int] = {"date": date.isoformat(), "limit": self._page_size}
        if number:
            params["p"] = number
        page, has_next = await self._client.get(PATH, params, read)
        self._log_unknown(page.unknown_keys)
        return page, has_next

    def _log_unknown(self, keys: frozenset[str]) -> None:
        """Log the keys that no page before had."""
        new = sorted(keys - self._logged_keys)[:MAX_LOGGED_KEYS]
        if new:
            self._logged_keys.update(new)
            _log.info("%s: unknown keys, ignored: %s", NAME, ", ".join(new))


class Page(msgspec.Struct, frozen=True):
    """One page of a date's list. It may have an id more than once."""

    papers: tuple[Paper, ...]
    rejected: tuple[Rejected, ...]
    records: int
    """The number of records on the page, whether they could be read or not."""
    unknown_keys: frozenset[str] = frozenset()
    """Keys that are not read, as `paper.newKey`: upstream's spelling without control characters."""


class DayAccumulator:
    """The pages of one date, merged: each id once, with its highest votes."""

    def __init__(self, date: dt.date, fetched_at: dt.datetime) -> None:
        self._date = date
        self._fetched_at = fetched_at
        self._papers: dict[str, Paper] = {}
        self._rejected: dict[bytes, Rejected] = {}
        self.records = 0

    def add(self, page: Page) -> bool:
        """Add a page; return True if anything on it was new."""
        before = len(self._papers) + len(self._rejected)
        self.records += page.records
        for paper in page.papers:
            known = self._papers.get(paper.id)
            if known is None or _votes(known) < _votes(paper):
                self._papers[paper.id] = paper
        for rejected in page.rejected:
            self._rejected.setdefault(bytes(rejected.record), rejected)
        return len(self._papers) + len(self._rejected) > before

    def result(self) -> FetchResult:
        day = Day(date=self._date, source=NAME, fetched_at=self._fetched_at, papers=tuple(self._papers.values()))
        return FetchResult(day=day, rejected=tuple(self._rejected.values()))


def _votes(paper: Paper) -> int:
    return -1 if paper.votes is None else paper.votes


def read_page(body: bytes, date: dt.date, fetched_at: dt.datetime, *, first_position: int = 0, url: str = PATH) -> Page:
    """Return the papers and the unreadable records of one page of the list of `date`.

    `first_position` is the position of the page's first record in the list, from 0. Raises ParseError, and nothing
    else, if the body is not a JSON array or is the list of another date.
    """
    papers: list[Paper] = []
    rejected: list[Rejected] = []
    unknown: set[str] = set()
    records = _split_records(body, url)
    for position, raw in enumerate(records, first_position):
        if raw.count(b",") > MAX_RECORD_COMMAS:
            rejected.append(_reject_unread(raw, position))
            continue
        try:
            record = _decode(raw)
        except RecursionError:
            rejected.append(_reject(raw, None, position, "", "nested too deeply to be read"))
            continue
        except ValueError as e:
            raise ParseError(f"broken JSON in record {position}: {e}", source=NAME, url=url) from e
        paper, fault = _read_record(raw, record, position, date, fetched_at)
        papers.extend([paper] if paper else [])
        rejected.extend([fault] if fault else [])
        unknown.update(_unknown_keys(record))
    submitted = {paper.submitted_at.date() if paper.submitted_at else date for paper in papers}
    if submitted and date not in submitted:
        raise ParseError(
            f"the answer is for another date: expected papers of {date}, got some of {min(submitted)}",
            source=NAME,
            url=url,
        )
    return Page(tuple(papers), tuple(rejected), len(records), frozenset(unknown))


def _split_records(body: bytes, url: str) -> list[bytes]:
    """Return the JSON text of each record of the list. Raises ParseError if there are more than MAX_RECORDS."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    records: list[bytes] | None
    try:
        if body.count(b",") > _MAX_COMMAS:
            raise ValueError("more commas than a list of a date has")  # count the records before they are built
        records = [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (ValueError, RecursionError):
        # One bad record (half a surrogate pair, NaN, a thousand brackets) makes the whole document invalid.
        records = _split_by_brackets(body, url)
    if records is None:
        raise ParseError(f"expected a JSON array, got {_describe(body)}", source=NAME, url=url)
    if len(records) > MAX_RECORDS:
        raise ParseError(
            f"expected a page of some {PAGE_SIZE} records, got {len(records)} or more", source=NAME, url=url
        )
    return records


# A string, or a structural character. Possessive quantifiers: hostile text takes no more than one pass.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


def _split_by_brackets(body: bytes, url: str) -> list[bytes] | None:
    """Return the elements of a JSON array, found by brackets and commas alone; None if the brackets do not match.

    The elements may be invalid JSON. At most MAX_RECORDS + 1 are returned. Raises ParseError after MAX_TOKENS.
    """
    if not body.lstrip().startswith(b"["):
        return None
    depth, start = 0, 0
    elements: list[bytes] = []
    for number, token in enumerate(_TOKEN.finditer(body)):
        if number == MAX_TOKENS:
            raise ParseError(
                f"expected a list of papers, got JSON with more than {number} tokens", source=NAME, url=url
            )
        if len(elements) > MAX_RECORDS:
            return elements
        char = token[0]
        if depth == 1 and char in (b",", b"]"):
            elements.append(body[start : token.start()].strip())
        if char in (b"[", b"{"):
            depth += 1
        elif char in (b"]", b"}"):
            depth -= 1
        if depth == 1 and char in (b",", b"["):
            start = token.end()
        if depth == 0:
            return elements if char == b"]" and not body[token.end() :].strip() else None
    return None


def _describe(body: bytes) -> str:
    """Return, in a few words, the kind of a body that is not a list."""
    from daily_papers.net.client import is_html

    if not body.strip():
        return "nothing"
    if is_html(body):
        return "HTML"
    if body.lstrip().startswith(b"["):
        return "a broken or cut one"
    try:
        if body.lstrip().startswith(b"{"):
            error = msgspec.json.decode(body, type=_ErrorAnswer).error
            return f"an error: {quote(clean_line(error), _MAX_SHOWN_CHARS)}" if isinstance(error, str) else "object"
        return _kind(msgspec.json.decode(body))
    except (ValueError, RecursionError):
        return "something that is not JSON"


class _ErrorAnswer(msgspec.Struct):
    """The only key read of an object that is no list; the other values are not built."""

    error: object = None


def _decode(raw: bytes) -> object:
    """Return the JSON value `raw`. Raises ValueError if it is invalid, RecursionError if it is nested too deeply."""
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        # The standard module also reads lone surrogates, NaN, control characters and numbers of any length.
        text = raw.decode("utf-8", "replace")
        return json.loads(text, strict=False, parse_int=lambda digits: (int if len(digits) < 20 else float)(digits))


def _read_record(
    raw: bytes, record: object, position: int, date: dt.date, fetched_at: dt.datetime
) -> tuple[Paper | None, Rejected | None]:
    """Return the paper if the record has a usable id, and a Rejected if any part of the record cannot be read."""
    inner = record.get("paper") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(inner, dict):
        found = f"a paper that is {_kind(inner)}" if isinstance(record, dict) else _kind(record)
        return None, _reject(raw, None, position, "id", f"id: expected an object with a paper in it, got {found}")
    stated = inner.get("id")
    paper_id = read_paper_id(stated) if isinstance(stated, str) else None
    if paper_id is None:
        return None, _reject(raw, _shown_id(stated), position, "id", f"id: {_id_fault(stated)}")
    reader = RecordReader(record, inner, date)
    paper = reader.read(paper_id, fetched_at)
    if not reader.faults:
        return paper, None
    return paper, _reject(raw, paper_id, position, reader.first_path, reader.reason)


def _id_fault(value: object) -> str:
    found = "another text" if isinstance(value, str) else _kind(value)
    return f"expected an arXiv id as text, such as 2402.19173, got {found}"


def _shown_id(value: object) -> str | None:
    if isinstance(value, str | int | float):
        return clean_line(str(value)[:_MAX_SHOWN_CHARS])
    return None


def _reject(raw: bytes, paper_id: str | None, position: int, path: str, reason: str) -> Rejected:
    at = f"$.papers[{position}]{f'.{path}' if path else ''}"
    return Rejected(id=paper_id, reason=reason, at=at, record=_storable(raw))


def _reject_unread(raw: bytes, position: int) -> Rejected:
    """Return the Rejected for a record with too many values to be read; only its beginning is stored."""
    beginning = msgspec.Raw(msgspec.json.encode(raw[:_STORED_BEGINNING_BYTES].decode("utf-8", "replace")))
    reason = f"expected at most {MAX_RECORD_COMMAS} commas, got a record of {len(raw)} bytes with more"
    return Rejected(id=None, reason=f"{reason}; its beginning is stored", at=f"$.papers[{position}]", record=beginning)


# A stored record is inside a list, and is decoded from a deeper call stack. It must be readable with this many levels
# around it.
_SPARE_DEPTH = 100


def _storable(raw: bytes) -> msgspec.Raw:
    """Return the record unchanged, or as a JSON string of its text if it is not JSON that can be read again."""
    try:
        msgspec.json.decode(b"[" * _SPARE_DEPTH + raw + b"]" * _SPARE_DEPTH)
    except (ValueError, RecursionError):
        return msgspec.Raw(msgspec.json.encode(raw.decode("utf-8", "replace")))
    return msgspec.Raw(raw)


def _unknown_keys(record: object) -> Iterator[str]:
    if isinstance(record, dict):
        paper = record.get("paper")
        yield from (_shown_key(key) for key in record.keys() - KNOWN_KEYS)
        if isinstance(paper, dict):
            yield from (f"paper.{_shown_key(key)}" for key in paper.keys() - KNOWN_PAPER_KEYS)


def _shown_key(key: str) -> str:
    return clean_line(key[:_MAX_SHOWN_CHARS])


class RecordReader:
    """Reader of one record: `outer` is the entry of the list, `inner` the paper in it.

    An unreadable value is recorded in `faults` under this package's name of the field, and the field is left empty.
    null means absent, except for votes and authors: upstream always sends these, and null for them has only been seen
    as a fault.
    """

    def __init__(self, outer: Object, inner: Object, date: dt.date) -> None:
        self._outer = outer
        self._inner = inner
        self._date = date
        self.first_path = ""
        """The path of the first unreadable value, as `authors[1].name`."""
        self.faults: dict[str, dict[str, None]] = {}
        """The distinct faults of each field, as `PATH: REASON`. A field of many parts may have many."""

    @property
    def reason(self) -> str:
        """The first fault of each unreadable field, and the number of its others."""
        return "; ".join(
            next(iter(faults)) + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")
            for faults in self.faults.values()
        )

    def read(self, paper_id: str, fetched_at: dt.datetime) -> Paper:
        """Return the paper. Collects faults on the way."""
        outer, inner = self._outer, self._inner
        title = self._text("title", inner.get("title"), outer.get("title"))
        authors = self._authors()
        abstract = self._block("abstract", inner.get("summary"), outer.get("summary"))
        published = self._instant("published", _FIRST_ARXIV_YEAR, inner.get("publishedAt"))
        submitted_at = self._submitted_at()
        submitted_by = self._named(Submitter, "submitted_by", inner.get("submittedOnDailyBy"), outer.get("submittedBy"))
        votes = self._count("votes", inner.get("upvotes", msgspec.UNSET))
        comments = self._count("comments", _or_unset(outer.get("numComments")))
        thumbnail, media = self._pictures()
        return Paper(
            id=paper_id,
            title=title or paper_id,
            authors=authors,
            abstract=abstract,
            published=published.date() if published else None,
            submitted_at=submitted_at,
            submitted_by=submitted_by,
            votes=votes,
            vote_history=() if votes is None else ((fetched_at.astimezone(dt.UTC).date(), votes),),
            comments=comments,
            thumbnail=thumbnail,
            media=media,
            keywords=self._keywords(),
            organization=self._named(
                Organization,
                "organization",
                inner.get("organization"),
                outer.get("organization"),
                outer.get("submitterOrganization"),
            ),
            github=self._github(),
            project_page=self._address_as_text("project_page", inner.get("projectPage")),
            discussion=self._text("discussion", inner.get("discussionId")),
            summaries=self._summaries(),
        )

    def _add_fault(self, path: str, reason: str) -> None:
        self.first_path = self.first_path or path
        self.faults.setdefault(re.split(r"[.\[]", path)[0], {})[f"{path}: {reason}"] = None

    def _expect(self, path: str, kind: type[T], value: object) -> T | None:
        """Return `value` if it has the JSON type `kind`, else None. Adds a fault unless the value is null."""
        if isinstance(value, kind):
            return value
        if value is not None:
            self._add_fault(path, f"Expected {_KINDS[kind]}, got {_kind(value)}")
        return None

    def _convert(self, path: str, kind: Any, value: object) -> Any:
        """Return `value` converted to `kind` by msgspec; None, with a fault added, if that fails."""
        try:
            return msgspec.convert(value, kind)
        except ValueError as e:  # msgspec.ValidationError, or UnicodeError for half a surrogate pair
            self._add_fault(path, str(e).replace("`", ""))
            return None

    def _text(self, path: str, *values: object) -> str | None:
        """Return the first of `values` that is not blank, as one line."""
        lines = (clean_line(self._expect(path, str, value) or "") for value in values)
        return next(filter(None, lines), None)

    def _block(self, path: str, *values: object) -> str | None:
        """Return the first of `values` that is not blank, as paragraphs."""
        blocks = (clean_block(self._expect(path, str, value) or "") for value in values)
        return next(filter(None, blocks), None)

    def _address_as_text(self, path: str, value: object) -> str | None:
        """Return an address unchanged, safe or not: pages decide what they link to."""
        text = (self._expect(path, str, value) or "").strip()
        return text.encode("utf-8", "replace").decode() or None

    def _safe_address(self, path: str, value: object) -> str | None:
        text = self._expect(path, str, value)
        url = safe_url(text)
        if text is not None and url is None:
            self._add_fault(path, "expected an http(s) address")
        return url

    def _count(self, path: str, value: object) -> int | None:
        return None if value is msgspec.UNSET else self._convert(path, Count, value)

    def _instant(self, path: str, first_year: int, value: object) -> dt.datetime | None:
        """Return an instant in UTC, in whole seconds, if its year is in range.

        The range is from `first_year` to the year after the list's date.
        """
        instant: dt.datetime | None = None if value is None else self._convert(path, Instant, value)
        if instant is None:
            return None
        last_year = self._date.year + 1
        if not first_year <= instant.year <= last_year:
            self._add_fault(path, f"expected a year from {first_year} to {last_year}, got {instant.year}")
            return None
        return instant.astimezone(dt.UTC).replace(microsecond=0)

    def _submitted_at(self) -> dt.datetime | None:
        first_year = self._date.year - 1
        value = self._inner.get("submittedOnDailyAt")
        if value is not None or self._date > _OUTER_DATE_IS_SUBMISSION_UNTIL:
            return self._instant("submitted_at", first_year, value)
        instant = self._instant("submitted_at", first_year, self._outer.get("publishedAt"))
        # An old date that is requested today may be in today's format, where this is arXiv's date.
        return instant if instant and instant.date() == self._date else None

    def _named(self, kind: type[Named], path: str, *values: object) -> Named | None:
        """Return the first of `values` that has a name. The key of a person's name was once `user`."""
        for value in values:
            member = self._expect(path, dict, value)
            if member is None:
                continue
            if name := self._text(f"{path}.name", member.get("name"), member.get("user")):
                return kind(name=name, fullname=self._text(f"{path}.fullname", member.get("fullname")))
            self._add_fault(path, "expected a name")
        return None

    def _parts(self, path: str, value: object) -> Iterator[tuple[str, Any]]:
        """Yield each element of a list with its path."""
        for n, part in enumerate(self._expect(path, list, value) or []):
            yield f"{path}[{n}]", part

    def _authors(self) -> tuple[str, ...]:
        if "authors" in self._inner and self._inner["authors"] is None:
            self._add_fault("authors", "Expected array, got null")
        names = []
        for path, author in self._parts("authors", self._inner.get("authors")):
            given = author.get("name") if isinstance(author, dict) else None
            if not isinstance(author, dict):
                self._add_fault(path, f"Expected object, got {_kind(author)}")
            elif name := clean_line(given) if isinstance(given, str) else "":
                names.append(name)
            else:
                self._add_fault(f"{path}.name", "expected a name")
        return tuple(names)

    def _pictures(self) -> tuple[str | None, tuple[Media, ...]]:
        """Return the thumbnail and the media. In the first weeks one key, `mediaUrl`, had either of them."""
        outer, inner = self._outer, self._inner
        thumbnails, others = [outer.get("thumbnail"), inner.get("thumbnail")], [outer.get("mediaUrls")]
        early = outer.get("mediaUrl")
        if isinstance(early, str) and _host(early) == THUMBNAIL_HOST:
            thumbnails.append(early)
        elif early is not None:
            others.insert(0, [early])
        addresses = (self._safe_address("thumbnail", value) for value in thumbnails)
        thumbnail = next(filter(None, addresses), None)
        media: dict[str, Media] = {}
        for value in (*others, inner.get("mediaUrls")):
            for path, address in self._parts("media", value):
                if medium := self._media(path, address):
                    media.setdefault(medium.url, medium)
        return thumbnail, tuple(media.values())

    def _media(self, path: str, address: object) -> Media | None:
        if address is None:
            self._add_fault(path, "Expected str, got null")
        url = self._safe_address(path, address)
        if url is None:
            return None
        kind = media_kind(url)
        if kind is None:
            self._add_fault(path, f"expected a file name that ends in one of {', '.join(MEDIA_KINDS)}")
            return None
        return Media(url=url, kind=kind)

    def _keywords(self) -> tuple[str, ...]:
        keywords: dict[str, None] = {}
        for path, value in self._parts("keywords", self._inner.get("ai_keywords")):
            if isinstance(value, str):
                keywords.setdefault(clean_line(value))
            else:
                self._add_fault(path, f"Expected str, got {_kind(value)}")
        return tuple(filter(None, keywords))

    def _github(self) -> Github | None:
        url = self._address_as_text("github.url", self._inner.get("githubRepo"))
        stars = self._count("github.stars", _or_unset(self._inner.get("githubStars")))
        return Github(url=url, stars=stars) if url else None

    def _summaries(self) -> dict[str, Summary]:
        sentence = self._text("summaries.en", self._inner.get("ai_summary"))
        return {"en": Summary(bullets=(sentence,), by=NAME)} if sentence else {}


_KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "str", list: "array", dict: "object"}


def _kind(value: object) -> str:
    """Return msgspec's name for the JSON type of a value."""
    return _KINDS.get(type(value), "null")


def _or_unset(value: object) -> object:
    return msgspec.UNSET if value is None else value


def _host(url: str) -> str | None:
    try:
        return urlsplit(url.strip()).hostname
    except ValueError:
        return None


def _has_next(headers: Mapping[str, str]) -> bool:
    """Return True if a Link header announces another page. The address in it is upstream's text: it is not followed."""
    return re.search(r';\s*rel="?next\b', headers.get("link", ""), re.IGNORECASE) is not None
