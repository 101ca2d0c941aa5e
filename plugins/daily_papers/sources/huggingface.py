"""Hugging Face Daily Papers: a date in, the Day listed on it out, with what of it could not be read.

Reads every shape the list has had since May 2024, record by record and field by field, so that one bad record costs
that record and one bad field that field. Connecting, retrying and pacing are left to `http`, storing to `archive`.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from daily_papers.errors import ParseError
from daily_papers.model.records import (
    HUGGING_FACE_SOURCE,
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
from daily_papers.net.client import Client, Headers, Response, is_html

NAME = HUGGING_FACE_SOURCE
PATH = "/api/daily_papers"
PAGE_SIZE = 100
"""The most that may be asked for."""
DEFAULT_LIMIT = 50
"""What a page has when `limit` is not heard: three recorded dates were cut at it."""
MAX_PAGES = 50
"""No date is near it (the largest known has 78 papers); it ends a paging that would not."""
MAX_RECORDS = 10_000
"""A page of more is no list of a day; reading millions would hold up all else for a minute."""

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

# Until this date the outer publishedAt is the instant of submission in UTC. Then it becomes New York's clock with a
# wrong Z, and from 2025-03-11 arXiv's date moved by New York's offset (9,881 records compared).
_OUTER_DATE_IS_SUBMISSION_UNTIL = dt.date(2024, 11, 28)
_FIRST_ARXIV_YEAR = 1991
_MAX_SHOWN_CHARS = 200

_log = logging.getLogger("daily_papers")

T = TypeVar("T")
Named = TypeVar("Named", Submitter, Organization)
Object = dict[str, Any]


class HuggingFace:
    """The source `huggingface`. `now` returns the current instant; `page_size` is how many papers are asked at once."""

    name = NAME
    has_full_history = True

    def __init__(self, client: Client, now: Callable[[], dt.datetime], *, page_size: int = PAGE_SIZE) -> None:
        self._client = client
        self._now = now
        self._page_size = page_size
        self._told: set[str] = set()

    @property
    def requests(self) -> int:
        return self._client.requests

    async def listed_dates(self) -> frozenset[dt.date]:
        return frozenset()

    async def fetch_day(self, date: dt.date) -> FetchResult:
        """Return everything listed on `date`; no paper if nothing is. Raises SourceError if a page of it fails."""
        fetched_at = self._now().astimezone(dt.UTC).replace(microsecond=0)
        gathered = DayAccumulator(date, fetched_at)
        first_length = 0
        for page in range(MAX_PAGES):
            answer, has_next = await self._fetch_page(date, fetched_at, page, gathered.records)
            first_length = first_length or answer.records
            # Once there was a second page, the first one's length is what this server gives at most.
            most = min(self._page_size, first_length) if page else self._page_size
            may_have_more = has_next or answer.records >= most or answer.records == DEFAULT_LIMIT
            if not gathered.add(answer) or not may_have_more:
                return gathered.fetched()
        raise ParseError(f"{date}: more than {MAX_PAGES} pages, each with new papers", source=NAME, url=PATH)

    async def _fetch_page(
        self, date: dt.date, fetched_at: dt.datetime, page: int, first_position: int
    ) -> tuple[Answer, bool]:
        def check(reply: Response) -> tuple[Answer, bool]:
            answer = read_answer(reply.body, date, fetched_at, first_position=first_position, url=reply.url)
            return answer, _has_next(reply.headers)

        params: dict[str, str | int] = {"date": date.isoformat(), "limit": self._page_size}
        if page:
            params["p"] = page
        answer, has_next = await self._client.get(PATH, params, check)
        self._tell_unknown(answer.unknown_keys)
        return answer, has_next

    def _tell_unknown(self, keys: frozenset[str]) -> None:
        new = sorted(keys - self._told)
        if new:
            self._told.update(new)
            _log.info("%s: keys that are not read: %s", NAME, ", ".join(new))


class Answer(msgspec.Struct, frozen=True):
    """One page of a date, as read; an id may stand in it more than once."""

    papers: tuple[Paper, ...]
    rejected: tuple[Rejected, ...]
    records: int
    """How many there were, read or not."""
    unknown_keys: frozenset[str] = frozenset()
    """As `paper.newKey`; upstream's own spelling, cleaned."""


class DayAccumulator:
    """The pages of one date put together: an id stands once, with the greater votes."""

    def __init__(self, date: dt.date, fetched_at: dt.datetime) -> None:
        self._date = date
        self._fetched_at = fetched_at
        self._papers: dict[str, Paper] = {}
        self._rejected: dict[bytes, Rejected] = {}
        self.records = 0

    def add(self, answer: Answer) -> bool:
        """Take in a page; return whether anything in it was new."""
        before = len(self._papers) + len(self._rejected)
        self.records += answer.records
        for paper in answer.papers:
            known = self._papers.get(paper.id)
            if known is None or _votes(known) < _votes(paper):
                self._papers[paper.id] = paper
        for rejected in answer.rejected:
            self._rejected.setdefault(bytes(rejected.record), rejected)
        return len(self._papers) + len(self._rejected) > before

    def fetched(self) -> FetchResult:
        day = Day(date=self._date, source=NAME, fetched_at=self._fetched_at, papers=tuple(self._papers.values()))
        return FetchResult(day=day, rejected=tuple(self._rejected.values()))


def _votes(paper: Paper) -> int:
    return -1 if paper.votes is None else paper.votes


def read_answer(
    body: bytes, date: dt.date, fetched_at: dt.datetime, *, first_position: int = 0, url: str = PATH
) -> Answer:
    """Return what a page says of `date`; `first_position` is where its first record stands in the date's list.

    Raises ParseError, and nothing else, if it is no JSON array, or is the list of another date.
    """
    papers: list[Paper] = []
    rejected: list[Rejected] = []
    unknown: set[str] = set()
    records = _split_records(body, url)
    if len(records) > MAX_RECORDS:
        raise ParseError(f"expected a page of some {PAGE_SIZE} records, got {len(records)}", source=NAME, url=url)
    for position, raw in enumerate(records, first_position):
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
    return Answer(tuple(papers), tuple(rejected), len(records), frozenset(unknown))


def _split_records(body: bytes, url: str) -> list[bytes]:
    """Return the JSON text of each record of the list."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (ValueError, RecursionError) as e:
        # One poisoned record (half a surrogate pair, NaN, a thousand brackets) fails the whole document.
        records = _split_by_brackets(body)
        if records is None:
            raise ParseError(f"expected a JSON array, got {_what(body)}", source=NAME, url=url) from e
        return records


# A string whole, or a mark that gives structure. Possessive, so that hostile text takes no more than one pass.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


def _split_by_brackets(body: bytes) -> list[bytes] | None:
    """Return the elements of a JSON array by its marks alone, however odd they are; None if these do not match."""
    if not body.lstrip().startswith(b"["):
        return None
    depth, start = 0, 0
    elements: list[bytes] = []
    for token in _TOKEN.finditer(body):
        mark = token[0]
        if depth == 1 and mark in (b",", b"]"):
            elements.append(body[start : token.start()].strip())
        if mark in (b"[", b"{"):
            depth += 1
        elif mark in (b"]", b"}"):
            depth -= 1
        if depth == 1 and mark in (b",", b"["):
            start = token.end()
        if depth == 0:
            return elements if mark == b"]" and not body[token.end() :].strip() else None
    return None


def _what(body: bytes) -> str:
    """Say in a few words what came instead of a list."""
    if not body.strip():
        return "nothing"
    if is_html(body):
        return "HTML"
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return "a broken or cut one" if body.lstrip().startswith(b"[") else "something that is not JSON"
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        return f"an error: {quote(clean_line(value['error']), _MAX_SHOWN_CHARS)}"
    return _kind(value)


def _decode(raw: bytes) -> object:
    """Return the value that `raw` is. Raises ValueError if it is no JSON, RecursionError if it is too deep."""
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        # The standard module is more lenient: lone surrogates, NaN, control characters, numbers of any length.
        text = raw.decode("utf-8", "replace")
        return json.loads(text, strict=False, parse_int=lambda digits: (int if len(digits) < 20 else float)(digits))


def _read_record(
    raw: bytes, record: object, position: int, date: dt.date, fetched_at: dt.datetime
) -> tuple[Paper | None, Rejected | None]:
    """Return the paper, if the record has a usable id, and what of the record could not be read, if anything."""
    inner = record.get("paper") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(inner, dict):
        found = f"a paper that is {_kind(inner)}" if isinstance(record, dict) else _kind(record)
        return None, _reject(raw, None, position, "id", f"id: expected an object with a paper in it, got {found}")
    stated = inner.get("id")
    paper_id = read_paper_id(stated) if isinstance(stated, str) else None
    if paper_id is None:
        return None, _reject(raw, _shown_id(stated), position, "id", f"id: {_id_fault(stated)}")
    reading = RecordReader(record, inner, date)
    paper = reading.paper(paper_id, fetched_at)
    if not reading.faults:
        return paper, None
    return paper, _reject(raw, paper_id, position, reading.first_place, reading.reason)


def _id_fault(value: object) -> str:
    found = "another text" if isinstance(value, str) else _kind(value)
    return f"expected an arXiv id as text, such as 2402.19173, got {found}"


def _shown_id(value: object) -> str | None:
    if isinstance(value, str | int | float):
        return clean_line(str(value)[:_MAX_SHOWN_CHARS])
    return None


def _reject(raw: bytes, paper_id: str | None, position: int, place: str, reason: str) -> Rejected:
    at = f"$.papers[{position}]{f'.{place}' if place else ''}"
    return Rejected(id=paper_id, reason=reason, at=at, record=_kept(raw))


# Deeper by this much must a kept record still read: it will stand inside a list, read by a caller further down.
_ROOM = 100


def _kept(raw: bytes) -> msgspec.Raw:
    """Return the record as it came, or its text as a JSON string where it is not JSON that we can read again."""
    try:
        msgspec.json.decode(b"[" * _ROOM + raw + b"]" * _ROOM)
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
    """One record being read: `outer` is the entry of the list, `inner` the paper in it.

    A value that cannot be read is noted under our name of the field, and the field is left as if it were absent. null
    is absent too, but for votes and authors: these are always there, and null for them has only been seen as a fault.
    """

    def __init__(self, outer: Object, inner: Object, date: dt.date) -> None:
        self._outer = outer
        self._inner = inner
        self._date = date
        self.first_place = ""
        self.faults: dict[str, dict[str, None]] = {}
        """By field, what is wrong and where, each once; a field of many parts may have many."""

    @property
    def reason(self) -> str:
        """Each bad field with the first thing wrong in it."""
        return "; ".join(
            next(iter(faults)) + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")
            for faults in self.faults.values()
        )

    def paper(self, paper_id: str, fetched_at: dt.datetime) -> Paper:
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

    def _note(self, place: str, reason: str) -> None:
        self.first_place = self.first_place or place
        self.faults.setdefault(re.split(r"[.\[]", place)[0], {})[f"{place}: {reason}"] = None

    def _expect(self, place: str, kind: type[T], value: object) -> T | None:
        """Return `value` if it is of that kind of JSON; None, noted unless it is null, if not."""
        if isinstance(value, kind):
            return value
        if value is not None:
            self._note(place, f"Expected {_KINDS[kind]}, got {_kind(value)}")
        return None

    def _convert(self, place: str, kind: Any, value: object) -> Any:
        """Return `value` as msgspec reads `kind`; None, noted, if it cannot."""
        try:
            return msgspec.convert(value, kind)
        except ValueError as e:  # msgspec's own, or Unicode's of half a surrogate pair
            self._note(place, str(e).replace("`", ""))
            return None

    def _text(self, place: str, *values: object) -> str | None:
        """Return the first of `values` that has anything in it, as one line."""
        lines = (clean_line(self._expect(place, str, value) or "") for value in values)
        return next(filter(None, lines), None)

    def _block(self, place: str, *values: object) -> str | None:
        blocks = (clean_block(self._expect(place, str, value) or "") for value in values)
        return next(filter(None, blocks), None)

    def _address_as_text(self, place: str, value: object) -> str | None:
        """Return an address as it was given, safe or not: what may be linked to is for pages to say."""
        text = (self._expect(place, str, value) or "").strip()
        return text.encode("utf-8", "replace").decode() or None

    def _safe_address(self, place: str, value: object) -> str | None:
        text = self._expect(place, str, value)
        url = safe_url(text)
        if text is not None and url is None:
            self._note(place, "expected an http(s) address")
        return url

    def _count(self, place: str, value: object) -> int | None:
        return None if value is msgspec.UNSET else self._convert(place, Count, value)

    def _instant(self, place: str, first_year: int, value: object) -> dt.datetime | None:
        """Return an instant in UTC, cut to seconds, from `first_year` to the year after the list's."""
        instant: dt.datetime | None = None if value is None else self._convert(place, Instant, value)
        if instant is None:
            return None
        last_year = self._date.year + 1
        if not first_year <= instant.year <= last_year:
            self._note(place, f"expected a year from {first_year} to {last_year}, got {instant.year}")
            return None
        return instant.astimezone(dt.UTC).replace(microsecond=0)

    def _submitted_at(self) -> dt.datetime | None:
        first_year = self._date.year - 1
        value = self._inner.get("submittedOnDailyAt")
        if value is not None or self._date > _OUTER_DATE_IS_SUBMISSION_UNTIL:
            return self._instant("submitted_at", first_year, value)
        instant = self._instant("submitted_at", first_year, self._outer.get("publishedAt"))
        # Asked today, an old date may be told in today's shape, where this is arXiv's date.
        return instant if instant and instant.date() == self._date else None

    def _named(self, kind: type[Named], place: str, *values: object) -> Named | None:
        """Return the first of `values` that has a name; a person's was once called `user`."""
        for value in values:
            member = self._expect(place, dict, value)
            if member is None:
                continue
            if name := self._text(f"{place}.name", member.get("name"), member.get("user")):
                return kind(name=name, fullname=self._text(f"{place}.fullname", member.get("fullname")))
            self._note(place, "expected a name")
        return None

    def _parts(self, place: str, value: object) -> Iterator[tuple[str, Any]]:
        """Yield each element of a list with its place."""
        for n, part in enumerate(self._expect(place, list, value) or []):
            yield f"{place}[{n}]", part

    def _authors(self) -> tuple[str, ...]:
        if "authors" in self._inner and self._inner["authors"] is None:
            self._note("authors", "Expected array, got null")
        names = []
        for place, author in self._parts("authors", self._inner.get("authors")):
            given = author.get("name") if isinstance(author, dict) else None
            if not isinstance(author, dict):
                self._note(place, f"Expected object, got {_kind(author)}")
            elif name := clean_line(given) if isinstance(given, str) else "":
                names.append(name)
            else:
                self._note(f"{place}.name", "expected a name")
        return tuple(names)

    def _pictures(self) -> tuple[str | None, tuple[Media, ...]]:
        """Return the thumbnail and the media; the first weeks had one address for either."""
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
            for place, address in self._parts("media", value):
                if one := self._media(place, address):
                    media.setdefault(one.url, one)
        return thumbnail, tuple(media.values())

    def _media(self, place: str, address: object) -> Media | None:
        if address is None:
            self._note(place, "Expected str, got null")
        url = self._safe_address(place, address)
        if url is None:
            return None
        kind = media_kind(url)
        if kind is None:
            self._note(place, f"expected a file name that ends in one of {', '.join(MEDIA_KINDS)}")
            return None
        return Media(url=url, kind=kind)

    def _keywords(self) -> tuple[str, ...]:
        keywords: dict[str, None] = {}
        for place, value in self._parts("keywords", self._inner.get("ai_keywords")):
            if isinstance(value, str):
                keywords.setdefault(clean_line(value))
            else:
                self._note(place, f"Expected str, got {_kind(value)}")
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
    """Return what JSON calls the value, in msgspec's words."""
    return _KINDS.get(type(value), "null")


def _or_unset(value: object) -> object:
    return msgspec.UNSET if value is None else value


def _host(url: str) -> str | None:
    try:
        return urlsplit(url.strip()).hostname
    except ValueError:
        return None


def _has_next(headers: Headers) -> bool:
    """Tell whether a Link header says there is more; where it points is upstream's word, and not followed."""
    return re.search(r';\s*rel="?next\b', headers.get("link", ""), re.IGNORECASE) is not None
