"""The digest: a day as Markdown, in the layout of the day logs this archive descends from, written and read.

A Day in, text out; or a file's bytes in, its Days out, beside them every line that could not be read. Heading with
the date, then per paper: title linked to arXiv, picture or film, `Vote:`, `Authors:`, bullets. Texts stand as they
came, but for what a reader of the layout would take for structure. Files and folders are left to `importing` and
`exporting`.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal
from urllib.parse import quote

import msgspec

from daily_papers.errors import DigestError
from daily_papers.model.merge import merge_days
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
    file_extension,
    media_kind,
    read_paper_id,
)
from daily_papers.model.text import clean_line, safe_url

NAME = "digest"
"""What `Day.source` and the summaries of an imported day say."""
LANGUAGE = "ko"
"""The logs' bullets are Korean; the layout has no place to say so."""
MAX_BYTES = 64 * 2**20
"""A day's digest has some 30 kB; what is larger is none, and would only fill the memory."""
MAX_LINES = 200_000

Counted = Literal[
    "papers", "repeated", "votes", "dash votes", "no votes", "authors", "bullets", "nested", "numbered", "free",
    "thumbnail", "avatar", "video", "image", "animation",
]  # fmt: skip
"""What is counted of a digest. `papers` are entries whose id is new on their date, `repeated` the others; of the votes
there are numbers, dashes and none; `authors` counts lines; `bullets` are those of the top level, `nested`, `numbered`
and `free` the lines that continue one; the rest are media."""

_SECTION = "## Daily Papers"
_SECTION_DATE = re.compile(r"## Daily Papers \(((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})\)\s*")
_ARXIV_LINK = f"]({ARXIV}/abs/"
_WATCH = "[Watch Video]"
# What begins a line that is no text; `- ` and headings are beside it.
_MARKS = ("![", _WATCH, "<div><video", "<video", "Vote:", "Authors:")
_NESTED = re.compile(r"[ \t]+[-*+] ")
_NUMBERED = re.compile(r"[ \t]*[0-9]{1,3}[.)] ")
_LINE_BREAK = re.compile(r"(\r\n|\r|\n)")

_AVATARS = "/avatars/"
_AVATAR_PLACES = ("https://cdn-avatars.huggingface.co/", HUGGING_FACE + _AVATARS)
_THUMBNAIL_PLACES = (f"https://{THUMBNAIL_HOST}/", *_AVATAR_PLACES)

# Text in either quote, with the escapes that Python's repr writes; possessive, so that any line takes one pass.
_ESCAPE = r"""\\(?:[\\'"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"""
_QUOTED = rf"""(?:'(?:[^'\\]++|{_ESCAPE})*+'|"(?:[^"\\]++|{_ESCAPE})*+")"""
_NAME_LIST = re.compile(rf"\[(?:{_QUOTED}(?:, {_QUOTED})*+)?\]")
_MAX_NAME_LIST_CHARS = 500_000

_MAX_SHOWN_CHARS = 60

_VOTES = re.compile(r"[0-9]{1,16}")
# How freely a line may continue the bullet before it: not at all, after a blank line, directly.
_CLOSED, _LISTS_ONLY, _OPEN = range(3)


class ParsedDigest(msgspec.Struct, frozen=True):
    """What a file says."""

    days: tuple[FetchResult, ...]
    """A date each, in the file's order, with the lines that could not be read."""
    counts: Counter[Counted]
    repeated: tuple[str, ...]
    """Where a paper stands a second time on its date, and which: `2024/03/01.md:57: 2402.19173`."""


def read_digest(data: bytes, name: str) -> ParsedDigest:
    """Return what `data`, the bytes of a digest, says; `name` is what its lines are kept under, as `2024/03/01.md`.

    Sections of one date are one day. An id that stands twice on a date is one paper: the first, filled from the
    second, whose lines are kept unread if they say anything else. Raises DigestError if no section has a date, or the
    file is too large to be a digest.
    """
    if len(data) > MAX_BYTES or data.count(b"\n") > MAX_LINES:
        limit = f"at most {MAX_BYTES // 2**20} MB in {MAX_LINES:,} lines"
        raise DigestError(f"is too large to be a day's digest: expected {limit}", location=name)
    reader = _Reader(name)
    for number, raw in enumerate(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), 1):
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        try:
            reader.take(number, raw.decode())
        except UnicodeDecodeError:
            reader.take(number, raw.decode("utf-8", "backslashreplace"), fault="is not UTF-8")
    return reader.finish()


def render_digest(day: Day, languages: Sequence[str]) -> str:
    """Return the digest of `day`, bullets in the first of `languages` that a paper has.

    Papers stand by votes; of a day that was only ever imported, as the digest had them.
    Read again, it gives the same papers, votes, authors and texts, but for white space in titles and where a line break
    in a bullet would make its next line structure; papers that are not on arXiv have no place in the layout.
    """
    parts = [f"{_SECTION} ({day.date})\n\n"]
    is_imported = day.source == NAME
    for paper in sorted(day.papers, key=lambda paper: not paper.pinned) if is_imported else day.ranked:
        parts.extend(_paper(paper, languages))
    return "".join(parts)


def _paper(paper: Paper, languages: Sequence[str]) -> Iterator[str]:
    yield f"### {_heading(paper)}\n\n"
    yield _media(paper)
    yield f"Vote: {'-' if paper.votes is None else paper.votes}\n\n"
    if authors := _authors(paper.authors):
        yield f"Authors: {authors}\n\n"
    bullets = "".join(f"- {text}\n" for text in map(_bullet, _bullets(paper, languages)) if text)
    if bullets:
        yield f"{bullets}\n"


def _heading(paper: Paper) -> str:
    title = clean_line(paper.title) or paper.id
    if paper.is_on_arxiv:
        return f"[{title}]({ARXIV}/abs/{paper.id})"
    url = safe_url(paper.project_page)
    heading = f"[{title}]({_quoted(url)})" if url else title
    # Neither its title nor its page may pass it off as a paper on arXiv.
    return title.replace("](", "] (") if _read_heading(f"### {heading}") else heading


def _media(paper: Paper) -> str:
    """Return the lines of the first film, else of the first picture, else of the thumbnail.

    Only MP4 gets a player: the logs have every other film as a picture, and few programs would play it.
    """
    media = [(medium.kind, url) for medium in paper.media if (url := safe_url(medium.url))]
    film = next((url for kind, url in media if kind == "video" and file_extension(url) == "mp4"), "")
    by_kind = dict(reversed(media))
    thumbnail = safe_url(paper.thumbnail) or ""
    picture = by_kind.get("image") or by_kind.get("animation") or by_kind.get("video") or thumbnail
    if file_extension(picture) == "mp4" and not picture.startswith(_THUMBNAIL_PLACES):
        film = film or picture  # as it would be read back
    if film := _quoted(film):
        return f'{_WATCH}({film})\n<div><video controls src="{film}" muted="false"></video></div>\n\n'
    if picture.startswith(HUGGING_FACE + _AVATARS):
        picture = picture.removeprefix(HUGGING_FACE)  # as the logs have them
    return f"![]({_quoted(picture)})\n\n" if picture else ""


def _quoted(url: str) -> str:
    """Return `url` without what would end it in Markdown or in an attribute."""
    return quote(url, safe=":/?#@!$&*+,;=%~")


def _authors(names: Sequence[str]) -> str:
    """Return `names` joined by commas, or, where they could not be told apart again, as the list some logs have."""
    named = tuple(filter(None, map(clean_line, names)))
    line = ", ".join(named)
    return line if _read_names(line) == named else repr(list(named))


def _bullets(paper: Paper, languages: Sequence[str]) -> tuple[str, ...]:
    for language in (*languages, *paper.summaries):
        if language in paper.summaries and paper.summaries[language].bullets:
            return paper.summaries[language].bullets
    return ()


def _bullet(text: str) -> str:
    """Return `text`; a blank line, or a line break before what would be taken for structure, is a blank in it."""
    if "\n" not in text and "\r" not in text:
        return text if text.strip() else ""
    parts: list[str] = []
    breaks: list[str] = []
    for part in _LINE_BREAK.split(text):
        if part in ("\n", "\r", "\r\n"):
            breaks.append("\r" if part == "\r" else "\n")
        elif part.strip():
            if parts:
                parts.append(breaks[0] if len(breaks) == 1 and _may_continue(part) else " ")
            parts.append(part)
            breaks.clear()
    return "".join(parts)


def _may_continue(line: str) -> bool:
    """Tell whether `line` is text of the bullet above it, for whoever reads Markdown too."""
    return not _is_structure(line) and (not _is_structure(line.lstrip()) or _NESTED.match(line) is not None)


def _is_structure(line: str) -> bool:
    return _is_heading(line) or _is_bullet(line) or line.startswith(_MARKS)


def _is_heading(line: str) -> bool:
    return line.startswith(("##", "# ")) or line == "#"


def _is_bullet(line: str) -> bool:
    return line.startswith("- ") or line == "-"


class _Dated:
    """One date as far as it has been read."""

    def __init__(self) -> None:
        self.papers: dict[str, Paper] = {}
        self.rejected: list[Rejected] = []


class _Reader:
    """One file being read, line by line: headings are its business, what stands below a paper's is _Entry's."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._dates: dict[dt.date, _Dated] = {}
        self._date: dt.date | None = None
        """None where papers have no date: before the first section, and below one whose date cannot be read."""
        self._before = _Dated()
        self._kept_in = self._before
        """Where a line goes that cannot be read: the last date there was, or the first one that comes."""
        self._entry: _Entry | None = None
        self._why = "stands before the first section"
        """Why what comes now cannot be read, where there is no entry."""
        self._counts: Counter[Counted] = Counter()
        self._repeated: list[str] = []
        self._undated = ""
        """The first heading of a section whose date could not be read."""

    def take(self, number: int, line: str, *, fault: str = "") -> None:
        """Take in one line without its end; `fault` says why it cannot be read whatever it is."""
        if not line.strip():
            if self._entry:
                self._entry.skip_blank()
        elif _is_heading(line):
            self._close_entry()
            self._take_heading(number, line, fault)
        elif self._entry:
            self._entry.take(number, line, fault)
        else:
            self._reject(number, line, fault or self._why)

    def finish(self) -> ParsedDigest:
        self._close_entry()
        if not self._dates:
            found = f", only {self._undated!r}" if self._undated else ""
            raise DigestError(
                f"is no digest: no line is a heading '{_SECTION} (YYYY-MM-DD)'{found}", location=self._name
            )
        next(iter(self._dates.values())).rejected[:0] = self._before.rejected
        days = (
            FetchResult(Day(date=date, source=NAME, papers=tuple(dated.papers.values())), tuple(dated.rejected))
            for date, dated in self._dates.items()
        )
        return ParsedDigest(tuple(days), self._counts, tuple(self._repeated))

    def _take_heading(self, number: int, line: str, fault: str) -> None:
        if line.startswith(_SECTION):
            self._date = None if fault else _read_section(line)
            if self._date:
                self._kept_in = self._dates.setdefault(self._date, _Dated())
                self._why = "stands before the first paper of its section"
                return
            self._undated = self._undated or line[:_MAX_SHOWN_CHARS]
            fault = fault or f"expected '{_SECTION} (YYYY-MM-DD)'"
        elif self._date and not fault:
            if found := _read_heading(line):
                self._entry = _Entry(*found, self._date, number, line)
                return
            fault = f"expected '### [TITLE]({ARXIV}/abs/ID)' with an arXiv id"
        self._reject(number, line, fault or self._why)
        self._why = f"stands below line {number}, a heading that could not be read"

    def _close_entry(self) -> None:
        entry, self._entry = self._entry, None
        if entry is None or self._date is None:
            return
        paper, papers = entry.paper(), self._dates[self._date].papers
        first = papers.setdefault(paper.id, paper)
        rejected = entry.rejected
        if first is paper:
            self._counts += entry.counts()
        else:
            papers[paper.id] = _fill(first, paper, self._date)
            self._counts["repeated"] += 1
            self._repeated.append(f"{self._name}:{entry.number}: {paper.id}")
            if contradicts(first, paper, self._date):
                why = f"is of a second entry of {paper.id}, which says otherwise; the first stays"
                rejected = [(number, line, why) for number, line in entry.lines]
        for number, line, reason in rejected:
            self._reject(number, line, reason)

    def _reject(self, number: int, line: str, reason: str) -> None:
        # No id: the line is none the less unread when a fetch brings the paper.
        record = msgspec.Raw(msgspec.json.encode(line))
        self._kept_in.rejected.append(Rejected(id=None, reason=reason, at=f"{self._name}:{number}", record=record))


class _Entry:
    """One paper being read; `lines` are all of its lines, `rejected` those not read, with the reason."""

    def __init__(self, paper_id: str, title: str, date: dt.date, number: int, line: str) -> None:
        self.number = number
        self.lines = [(number, line)]
        self.rejected: list[tuple[int, str, str]] = []
        self._id, self._title, self._date = paper_id, title, date
        self._votes: int | None = None
        self._is_dashed = False
        self._authors: tuple[str, ...] | None = None
        self._thumbnail: str | None = None
        self._media: dict[str, Media] = {}
        self._bullets: list[list[str]] = []
        self._counts: Counter[Counted] = Counter()
        self._bullet_is = _CLOSED

    def skip_blank(self) -> None:
        self._bullet_is = min(self._bullet_is, _LISTS_ONLY)

    def take(self, number: int, line: str, fault: str) -> None:
        self.lines.append((number, line))
        bullet_is, self._bullet_is = self._bullet_is, _CLOSED
        if reason := fault or self._read(line, bullet_is):
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

    def counts(self) -> Counter[Counted]:
        counts = self._counts.copy()
        counts["papers"] += 1
        counts["votes" if self._votes is not None else "dash votes" if self._is_dashed else "no votes"] += 1
        if self._thumbnail:
            counts["avatar" if self._thumbnail.startswith(_AVATAR_PLACES) else "thumbnail"] += 1
        counts.update(medium.kind for medium in self._media.values())
        return counts

    def _read(self, line: str, bullet_is: int) -> str:
        """Take in `line`; return why it cannot be read, empty if it was."""
        text = line.rstrip()
        if _is_bullet(text):
            return self._read_bullet(line[2:])
        if text.startswith("Vote:"):
            return self._read_votes(text.removeprefix("Vote:").strip())
        if text.startswith("Authors:"):
            return self._read_authors(text.removeprefix("Authors:").strip())
        if text.startswith(_MARKS):
            is_picture = text.startswith("![")
            return self._read_medium(_picture(text) if is_picture else _film(text), is_film=not is_picture)
        return self._read_continuation(line, bullet_is)

    def _read_bullet(self, text: str) -> str:
        if not text.strip():
            return "expected text in the bullet"
        self._bullets.append([text])
        self._counts["bullets"] += 1
        self._bullet_is = _OPEN
        return ""

    def _read_continuation(self, line: str, bullet_is: int) -> str:
        kind: Counted = "nested" if _NESTED.match(line) else "numbered" if _NUMBERED.match(line) else "free"
        if bullet_is < (_OPEN if kind == "free" else _LISTS_ONLY):
            return "is of no known kind, and no bullet stands before it"
        self._bullets[-1].append(line)
        self._counts[kind] += 1
        self._bullet_is = _OPEN
        return ""

    def _read_votes(self, text: str) -> str:
        if self._votes is not None or self._is_dashed:
            return "is a second 'Vote:' of one paper"
        if text == "-":
            self._is_dashed = True
        elif _VOTES.fullmatch(text) and int(text) <= MAX_COUNT:
            self._votes = int(text)
        else:
            return "expected 'Vote: ' and a number, or '-'"
        return ""

    def _read_authors(self, text: str) -> str:
        if self._authors is not None:
            return "is a second 'Authors:' of one paper"
        self._authors = _read_names(text)
        if self._authors is None:
            return "expected a Python list of names, or names joined by ', '"
        self._counts["authors"] += 1
        return ""

    def _read_medium(self, address: str, *, is_film: bool) -> str:
        url = safe_url(HUGGING_FACE + address if address.startswith(_AVATARS) else address)
        if url is None:
            return f"expected an http(s) address in {'a film' if is_film else 'a picture'}"
        if not is_film and url.startswith(_THUMBNAIL_PLACES) and self._thumbnail in (None, url):
            self._thumbnail = url
        else:
            self._media.setdefault(url, Media(url, "video" if is_film else media_kind(url) or "image"))
        return ""


def _read_section(line: str) -> dt.date | None:
    match = _SECTION_DATE.fullmatch(line)
    try:
        return dt.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _read_heading(line: str) -> tuple[str, str] | None:
    """Return id and title of a paper's heading, None if it gives no usable id."""
    text = line.rstrip()
    link = text.rfind(_ARXIV_LINK)
    if not text.startswith("### [") or not text.endswith(")") or link < 0:
        return None
    paper_id = read_paper_id(text[link + len(_ARXIV_LINK) : -1])
    if paper_id is None or paper_id.startswith("x-"):
        return None
    return paper_id, clean_line(text[len("### [") : link]) or paper_id


def _read_names(text: str) -> tuple[str, ...] | None:
    """Return the names of an `Authors:` line, None if it begins as a Python list and is none."""
    names = text.split(", ")
    if text.startswith("["):
        # Nothing but quoted texts gets to literal_eval, so there is no depth for it to be lost in.
        if len(text) > _MAX_NAME_LIST_CHARS or not _NAME_LIST.fullmatch(text):
            return None
        try:
            names = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return tuple(filter(None, map(clean_line, names)))


def _picture(text: str) -> str:
    """Return the address in `![](URL)`, empty if the line is anything else."""
    return text[len("![](") : -1] if text.startswith("![](") and text.endswith(")") else ""


def _film(text: str) -> str:
    """Return the address of `[Watch Video](URL)`, `[Watch Video]URL` or a `<video>`, empty if there is none."""
    if text.startswith(_WATCH):
        address = text.removeprefix(_WATCH)
        return address[1:-1] if address.startswith("(") and address.endswith(")") else address
    start = text.find(" src=") + len(" src=")
    quote_mark = text[start : start + 1]
    end = text.find(quote_mark, start + 1)
    is_whole = text.endswith(("</video>", "</video></div>")) and start >= len(" src=") and quote_mark in ("'", '"')
    return text[start + 1 : end] if is_whole and end > start else ""


def is_digest(data: bytes) -> bool:
    """Tell whether a file has the heading of a digest's section, wherever it lies and whatever it is called."""
    return re.search(rb"^" + _SECTION.encode() + rb" \(", data, re.MULTILINE) is not None


def contradicts(first: Paper, second: Paper, date: dt.date) -> bool:
    """Tell whether two entries of one paper say something different, and not only one of them more than the other."""
    return _fill(first, second, date) != _fill(second, first, date)


def _fill(first: Paper, second: Paper, date: dt.date) -> Paper:
    """Return `first` with what it lacks of `second`, by the rules of merging: of two imports the later one wins."""

    def alone(paper: Paper) -> Day:
        return Day(date=date, source=NAME, papers=(paper,))

    return merge_days(alone(second), alone(first)).papers[0]
