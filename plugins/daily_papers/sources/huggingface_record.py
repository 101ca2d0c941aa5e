"""One record of Hugging Face Daily Papers, in every format that the list has had since May 2024.

A bad field costs only that field; the record is then stored with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from daily_papers.model.records import (
    MEDIA_KINDS,
    THUMBNAIL_HOST,
    Count,
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
from daily_papers.model.text import clean_block, clean_line, safe_url
from daily_papers.sources.json_list import KINDS, decode_value, kind_of

NAME = "huggingface"
"""The value of the option `source`, and of `Day.source`."""
MAX_RECORD_COMMAS = 100_000
"""Commas of a record that is read. 10,000 authors have 40,000; a list of a million bad values is not built."""

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
_MAX_QUOTED_CHARS = 200
_STORED_BEGINNING_BYTES = 20_000

T = TypeVar("T")
Named = TypeVar("Named", Submitter, Organization)
Object = dict[str, Any]


class ReadRecord(msgspec.Struct, frozen=True):
    """The result of reading one record. A paper may come with a Rejected: some of its fields could not be read."""

    paper: Paper | None = None
    rejected: Rejected | None = None
    unknown_keys: frozenset[str] = frozenset()
    """Keys that are not read, as `paper.newKey`: upstream's spelling without control characters."""


def read_record(raw: bytes, position: int, date: dt.date, fetched_at: dt.datetime) -> ReadRecord:
    """Read `raw`, the JSON of the record at `position` of the list of `date`. Raises ValueError if it is not JSON."""
    if raw.count(b",") > MAX_RECORD_COMMAS:
        return ReadRecord(rejected=_reject_unread(raw, position))
    try:
        record = decode_value(raw)
    except RecursionError:
        return ReadRecord(rejected=_reject(raw, None, position, "", "nested too deeply to be read"))
    paper, rejected = _read_paper(raw, record, position, date, fetched_at)
    return ReadRecord(paper, rejected, frozenset(_unknown_keys(record)))


def _read_paper(
    raw: bytes, record: object, position: int, date: dt.date, fetched_at: dt.datetime
) -> tuple[Paper | None, Rejected | None]:
    """Return the paper if the record has a usable id, and a Rejected if any part of the record cannot be read."""
    inner = record.get("paper") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(inner, dict):
        found = f"a paper that is {kind_of(inner)}" if isinstance(record, dict) else kind_of(record)
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
    found = "another text" if isinstance(value, str) else kind_of(value)
    return f"expected an arXiv id as text, such as 2402.19173, got {found}"


def _shown_id(value: object) -> str | None:
    if isinstance(value, str | int | float):
        return clean_line(str(value)[:_MAX_QUOTED_CHARS])
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
    return clean_line(key[:_MAX_QUOTED_CHARS])


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
            self._add_fault(path, f"Expected {KINDS[kind]}, got {kind_of(value)}")
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
                self._add_fault(path, f"Expected object, got {kind_of(author)}")
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
                self._add_fault(path, f"Expected str, got {kind_of(value)}")
        return tuple(filter(None, keywords))

    def _github(self) -> Github | None:
        url = self._address_as_text("github.url", self._inner.get("githubRepo"))
        stars = self._count("github.stars", _or_unset(self._inner.get("githubStars")))
        return Github(url=url, stars=stars) if url else None

    def _summaries(self) -> dict[str, Summary]:
        sentence = self._text("summaries.en", self._inner.get("ai_summary"))
        return {"en": Summary(bullets=(sentence,), by=NAME)} if sentence else {}


def _or_unset(value: object) -> object:
    return msgspec.UNSET if value is None else value


def _host(url: str) -> str | None:
    try:
        return urlsplit(url.strip()).hostname
    except ValueError:
        return None
