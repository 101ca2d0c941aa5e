"""Reader of digests: days as Markdown, in the layout of the day logs that this archive descends from.

A digest has a heading with the date, and for each paper: the title with a link to arXiv, a picture or a video, `Vote:`,
`Authors:`, bullets. Texts are read unchanged. Every line that cannot be read is returned too. `digest_writer` writes
the layout. `jobs/import_` finds the files.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
from collections import Counter
from typing import Literal

import msgspec

from daily_papers.errors import DigestError
from daily_papers.model.merge import merge_days
from daily_papers.model.paper_urls import find_arxiv_id
from daily_papers.model.records import (
    ARXIV,
    HUGGING_FACE,
    MAX_COUNT,
    THUMBNAIL_HOST,
    Day,
    FetchResult,
    Media,
    Paper,
    Rejected,
    Summary,
    media_kind,
)
from daily_papers.model.text import clean_line, safe_url

NAME = "digest"
"""The `source` of an imported Day, and the `by` of its summaries."""
LANGUAGE = "ko"
"""The language of the bullets. The logs are Korean, and the layout does not state a language."""
MAX_BYTES = 64 * 2**20
"""The largest file that is read. A day's digest has about 30 kB, and a larger file would only fill the memory."""
MAX_LINES = 200_000

ItemKind = Literal[
    "papers", "repeated", "votes", "dash votes", "no votes", "authors", "bullets", "nested", "numbered", "free",
    "thumbnail", "avatar", "video", "image", "animation",
]  # fmt: skip
"""The items counted in a digest.

`papers` are entries whose id is new on their date, `repeated` are the other entries. `votes`, `dash votes` and `no
votes` are entries with a number, with a dash, and without a line for votes. `authors` are lines. `bullets` are those of
the top level; `nested`, `numbered` and `free` are lines that continue one. The rest are kinds of media.
"""

SECTION = "## Daily Papers"
"""The beginning of a section's heading; a date in brackets follows."""
WATCH = "[Watch Video]"
"""The beginning of a video's line."""
STRUCTURE_PREFIXES = ("![", WATCH, "<div><video", "<video", "Vote:", "Authors:")
"""Beginnings of lines that are not text. Headings and bullets are not among them."""
NESTED_BULLET = re.compile(r"[ \t]+[-*+] ")

_SECTION_DATE = re.compile(r"## Daily Papers \(((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})\)\s*")
# A link's destination: an address, also in angle brackets, and perhaps a title in quotes or brackets.
_DESTINATION = re.compile(r"""\s*<?([^\s<>]++)>?(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*""")
_NUMBERED = re.compile(r"[ \t]*[0-9]{1,3}[.)] ")

AVATARS = "/avatars/"
"""The logs have addresses of avatars on Hugging Face without the host."""
_AVATAR_PREFIXES = ("https://cdn-avatars.huggingface.co/", HUGGING_FACE + AVATARS)
THUMBNAIL_PREFIXES = (f"https://{THUMBNAIL_HOST}/", *_AVATAR_PREFIXES)
"""Beginnings of addresses of thumbnails, not of media."""

# Text in single or double quotes, with the escapes that Python's repr writes. Possessive quantifiers: any line takes
# one pass.
_ESCAPE = r"""\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"""
_QUOTED = rf"""(?:'(?:[^'\\]++|{_ESCAPE})*+'|"(?:[^"\\]++|{_ESCAPE})*+")"""
_NAME_LIST = re.compile(rf"\[(?:{_QUOTED}(?:, {_QUOTED})*+)?\]")
_MAX_NAME_LIST_CHARS = 500_000

_MAX_QUOTED_CHARS = 60

_VOTES = re.compile(r"[0-9]{1,16}|[0-9]{1,3}(?:,[0-9]{3}){1,4}")
# Lines that may continue the bullet before them: none; only those of a list, after a blank line; any.
_CLOSED, _LISTS_ONLY, _OPEN = range(3)


class ParsedDigest(msgspec.Struct, frozen=True):
    """The content of a digest."""

    days: tuple[FetchResult, ...]
    """One for each date, in the file's order, with the lines that cannot be read."""
    counts: Counter[ItemKind]
    repeated: tuple[str, ...]
    """The position and id of each further entry of a paper on its date, as `2024/03/01.md:57: 2402.19173`."""


def read_digest(data: bytes, name: str) -> ParsedDigest:
    """Return the content of `data`, the bytes of a digest. `name` is the file's name in positions, as `2024/03/01.md`.

    Sections of one date are one day. Two entries of an id on a date are one paper: the first, with its empty fields
    filled from the second. If the second contradicts the first, its lines are returned as unreadable. Raises
    DigestError if no section has a date, or if the file is too large to be a digest.
    """
    if len(data) > MAX_BYTES or data.count(b"\n") > MAX_LINES:
        limit = f"at most {MAX_BYTES // 2**20} MB in {MAX_LINES:,} lines"
        raise DigestError(f"is too large to be a day's digest: expected {limit}", location=name)
    reader = _DigestReader(name)
    for number, raw in enumerate(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), 1):
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        try:
            reader.read_line(number, raw.decode())
        except UnicodeDecodeError:
            reader.read_line(number, raw.decode("utf-8", "backslashreplace"), fault="is not UTF-8")
    return reader.finish()


def is_structure(line: str) -> bool:
    """Return True if a reader of the layout takes `line` for structure, not for text."""
    return _is_heading(line) or _is_bullet(line) or line.startswith(STRUCTURE_PREFIXES)


def _is_heading(line: str) -> bool:
    return line.startswith(("##", "# ")) or line == "#"


def _is_bullet(line: str) -> bool:
    return line.startswith("- ") or line == "-"


class _PartialDay:
    """The papers and unreadable lines of a date, as far as the file has been read."""

    def __init__(self) -> None:
        self.papers: dict[str, Paper] = {}
        self.rejected: list[Rejected] = []


class _DigestReader:
    """Reader of a file, line by line. It reads headings; an _EntryReader reads the lines below a paper's heading."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._days: dict[dt.date, _PartialDay] = {}
        self._date: dt.date | None = None
        """None before the first section, and in a section whose date cannot be read."""
        self._before_first = _PartialDay()
        self._current = self._before_first
        """The day that gets unreadable lines. Those before the first section are moved to the first day."""
        self._entry: _EntryReader | None = None
        self._reason = "is before the first section"
        """The reason to reject the next lines that belong to no entry."""
        self._counts: Counter[ItemKind] = Counter()
        self._repeated: list[str] = []
        self._undated = ""
        """The first heading of a section whose date cannot be read."""

    def read_line(self, number: int, line: str, *, fault: str = "") -> None:
        """Read a line without its line break. A `fault` is a reason to reject it, whatever its form."""
        if not line.strip():
            if self._entry:
                self._entry.skip_blank()
        elif _is_heading(line):
            self._close_entry()
            self._read_heading(number, line, fault)
        elif self._entry:
            self._entry.read_line(number, line, fault)
        else:
            self._reject(number, line, fault or self._reason)

    def finish(self) -> ParsedDigest:
        """Return the content of all lines. Raises DigestError if no section has a date."""
        self._close_entry()
        if not self._days:
            found = f", only {self._undated!r}" if self._undated else ""
            raise DigestError(
                f"is no digest: no line is a heading '{SECTION} (YYYY-MM-DD)'{found}", location=self._name
            )
        next(iter(self._days.values())).rejected[:0] = self._before_first.rejected
        days = (
            FetchResult(Day(date=date, source=NAME, papers=tuple(day.papers.values())), tuple(day.rejected))
            for date, day in self._days.items()
        )
        return ParsedDigest(tuple(days), self._counts, tuple(self._repeated))

    def _read_heading(self, number: int, line: str, fault: str) -> None:
        if line.startswith(SECTION):
            self._date = None if fault else _read_section(line)
            if self._date:
                self._current = self._days.setdefault(self._date, _PartialDay())
                self._reason = "is before the first paper of its section"
                return
            self._undated = self._undated or line[:_MAX_QUOTED_CHARS]
            fault = fault or f"expected '{SECTION} (YYYY-MM-DD)'"
        elif self._date and not fault:
            if found := read_heading(line):
                self._entry = _EntryReader(*found, self._date, number, line)
                return
            fault = f"expected '### [TITLE]({ARXIV}/abs/ID)' with an arXiv id"
        self._reject(number, line, fault or self._reason)
        self._reason = f"is below line {number}, a heading that cannot be read"

    def _close_entry(self) -> None:
        entry, self._entry = self._entry, None
        if entry is None or self._date is None:
            return
        paper, papers = entry.paper(), self._days[self._date].papers
        first = papers.setdefault(paper.id, paper)
        rejected = entry.rejected
        if first is paper:
            self._counts += entry.counts()
        else:
            papers[paper.id] = _fill(first, paper, self._date)
            self._counts["repeated"] += 1
            self._repeated.append(f"{self._name}:{entry.number}: {paper.id}")
            if contradicts(first, paper, self._date):
                reason = f"belongs to a second entry of {paper.id} that contradicts the first; the first one is used"
                rejected = [(number, line, reason) for number, line in entry.lines]
        for number, line, reason in rejected:
            self._reject(number, line, reason)

    def _reject(self, number: int, line: str, reason: str) -> None:
        # Without an id: a fetch that brings the paper does not make the line readable.
        record = msgspec.Raw(msgspec.json.encode(line))
        self._current.rejected.append(Rejected(id=None, reason=reason, at=f"{self._name}:{number}", record=record))


class _EntryReader:
    """Reader of one paper. `lines` are all of its lines; `rejected` are the unreadable ones, each with the reason."""

    def __init__(self, paper_id: str, title: str, date: dt.date, number: int, line: str) -> None:
        self.number = number
        self.lines = [(number, line)]
        self.rejected: list[tuple[int, str, str]] = []
        self._id, self._title, self._date = paper_id, title, date
        self._votes: int | None = None
        self._has_dash = False
        self._authors: tuple[str, ...] | None = None
        self._thumbnail: str | None = None
        self._media: dict[str, Media] = {}
        self._bullets: list[list[str]] = []
        self._counts: Counter[ItemKind] = Counter()
        self._bullet_state = _CLOSED

    def skip_blank(self) -> None:
        self._bullet_state = min(self._bullet_state, _LISTS_ONLY)

    def read_line(self, number: int, line: str, fault: str) -> None:
        self.lines.append((number, line))
        bullet_state, self._bullet_state = self._bullet_state, _CLOSED
        if reason := fault or self._read(line, bullet_state):
            self.rejected.append((number, line, reason))

    def paper(self) -> Paper:
        bullets = tuple("\n".join(lines) for lines in self._bullets)
        return Paper(
            id=self._id,
            title=self._title,
            authors=self._authors or (),
            votes=self._votes,
            vote_history=() if self._votes is None else ((self._date, self._votes),),
            thumbnail=self._thumbnail,
            media=tuple(self._media.values()),
            summaries={LANGUAGE: Summary(bullets=bullets, by=NAME)} if bullets else {},
        )

    def counts(self) -> Counter[ItemKind]:
        counts = self._counts.copy()
        counts["papers"] += 1
        counts["votes" if self._votes is not None else "dash votes" if self._has_dash else "no votes"] += 1
        if self._thumbnail:
            counts["avatar" if self._thumbnail.startswith(_AVATAR_PREFIXES) else "thumbnail"] += 1
        counts.update(medium.kind for medium in self._media.values())
        return counts

    def _read(self, line: str, bullet_state: int) -> str:
        """Read `line`; return the reason why it cannot be read, empty if it can."""
        text = line.rstrip()
        if _is_bullet(text):
            return self._read_bullet(line[2:])
        if text.startswith("Vote:"):
            return self._read_votes(text.removeprefix("Vote:").strip())
        if text.startswith("Authors:"):
            return self._read_authors(text.removeprefix("Authors:").strip())
        if text.startswith(STRUCTURE_PREFIXES):
            is_picture = text.startswith("![")
            return self._read_medium(
                _picture_address(text) if is_picture else _video_address(text), is_video=not is_picture
            )
        return self._read_continuation(line, bullet_state)

    def _read_bullet(self, text: str) -> str:
        if not text.strip():
            return "expected text in the bullet"
        self._bullets.append([text])
        self._counts["bullets"] += 1
        self._bullet_state = _OPEN
        return ""

    def _read_continuation(self, line: str, bullet_state: int) -> str:
        kind: ItemKind = "nested" if NESTED_BULLET.match(line) else "numbered" if _NUMBERED.match(line) else "free"
        if bullet_state < (_OPEN if kind == "free" else _LISTS_ONLY):
            return "is not of a known form, and does not continue a bullet"
        self._bullets[-1].append(line)
        self._counts[kind] += 1
        self._bullet_state = _OPEN
        return ""

    def _read_votes(self, text: str) -> str:
        if self._votes is not None or self._has_dash:
            return "is a second 'Vote:' of one paper"
        if text == "-":
            self._has_dash = True
        elif _VOTES.fullmatch(text) and (votes := int(text.replace(",", ""))) <= MAX_COUNT:
            self._votes = votes
        else:
            return "expected 'Vote: ' and a number, or '-'"
        return ""

    def _read_authors(self, text: str) -> str:
        if self._authors is not None:
            return "is a second 'Authors:' of one paper"
        self._authors = read_names(text)
        if self._authors is None:
            return "expected a Python list of names, or names joined by ', '"
        self._counts["authors"] += 1
        return ""

    def _read_medium(self, address: str, *, is_video: bool) -> str:
        url = safe_url(HUGGING_FACE + address if address.startswith(AVATARS) else address)
        if url is None:
            return f"expected an http(s) address in {'a video' if is_video else 'a picture'}"
        if not is_video and url.startswith(THUMBNAIL_PREFIXES) and self._thumbnail in (None, url):
            self._thumbnail = url
        else:
            self._media.setdefault(url, Media(url, "video" if is_video else media_kind(url) or "image"))
        return ""


def _read_section(line: str) -> dt.date | None:
    match = _SECTION_DATE.fullmatch(line)
    try:
        return dt.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def read_heading(line: str) -> tuple[str, str] | None:
    """Return the id and the title in a paper's heading, None if it does not link to a paper on arXiv.

    Any address that `find_arxiv_id` knows is such a link.
    """
    text = line.rstrip()
    link = text.rfind("](")
    if not text.startswith("### [") or not text.endswith(")") or link < 0:
        return None
    destination = _DESTINATION.fullmatch(text[link + len("](") : -1])
    paper_id = find_arxiv_id(destination[1]) if destination else None
    return (paper_id, clean_line(text[len("### [") : link]) or paper_id) if paper_id else None


def read_names(text: str) -> tuple[str, ...] | None:
    """Return the names of an `Authors:` line, None if it begins like a Python list but is not one."""
    names = text.split(", ")
    if text.startswith("["):
        # The pattern allows nothing but quoted texts, so that literal_eval never sees deep nesting.
        if len(text) > _MAX_NAME_LIST_CHARS or not _NAME_LIST.fullmatch(text):
            return None
        try:
            names = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return tuple(filter(None, map(clean_line, names)))


def _picture_address(text: str) -> str:
    """Return the address in `![](URL)`, empty if the line has another form."""
    return text[len("![](") : -1] if text.startswith("![](") and text.endswith(")") else ""


def _video_address(text: str) -> str:
    """Return the address in `[Watch Video](URL)`, `[Watch Video]URL` or `<video>`, empty if there is none."""
    if text.startswith(WATCH):
        address = text.removeprefix(WATCH)
        return address[1:-1] if address.startswith("(") and address.endswith(")") else address
    start = text.find(" src=") + len(" src=")
    quote_mark = text[start : start + 1]
    end = text.find(quote_mark, start + 1)
    is_complete = text.endswith(("</video>", "</video></div>")) and start >= len(" src=") and quote_mark in ("'", '"')
    return text[start + 1 : end] if is_complete and end > start else ""


def is_digest(data: bytes) -> bool:
    """Return True if a file's bytes have the heading of a digest's section."""
    return re.search(rb"^" + SECTION.encode() + rb" \(", data, re.MULTILINE) is not None


def contradicts(first: Paper, second: Paper, date: dt.date) -> bool:
    """Return True if two entries of a paper have different values in a field that both have."""
    return _fill(first, second, date) != _fill(second, first, date)


def _fill(first: Paper, second: Paper, date: dt.date) -> Paper:
    """Return `first` with its empty fields filled from `second`, by the rules of `model/merge`."""

    def day_of(paper: Paper) -> Day:
        return Day(date=date, source=NAME, papers=(paper,))

    # Of two imports the later one has precedence, so `first` is passed as the later one.
    return merge_days(day_of(second), day_of(first)).papers[0]
