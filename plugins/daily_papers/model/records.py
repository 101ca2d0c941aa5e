"""The record: a Day and its Papers, as they lie in the archive, and the parts a fetch could not read.

Pure data: frozen structs, no I/O. The field order here is the key order of the file. A field that is absent is
None or empty here and left out there. Dates are UTC days, instants are aware datetimes in UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

SCHEMA = 1
"""The number every day file carries; a reader refuses a higher one."""

# arXiv's new and old style without a version, or x- and twelve hex digits of the address of a paper that is not on
# arXiv. [0-9], not \d: Unicode has other digits.
PAPER_ID_PATTERN = r"^([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(\.[A-Z]{2})?/[0-9]{7}|x-[0-9a-f]{12})$(?!\n)"

_PAPER_ID = re.compile(PAPER_ID_PATTERN)
_VERSION = re.compile(r"(?<=[0-9])v[0-9]{1,3}$")
# From 2015 on arXiv counts with five digits; four are what is left of one that was once a number (2410.10210).
_MANGLED = re.compile(r"(1[5-9]|[2-9][0-9])[0-9]{2}\.[0-9]{4}$")

ARXIV = "https://arxiv.org"
HUGGING_FACE = "https://huggingface.co"
HUGGING_FACE_SOURCE = "huggingface"
"""What the option `source`, and `Day.source`, call it."""
THUMBNAIL_HOST = "cdn-thumbnails.huggingface.co"

LANGUAGE_PATTERN = r"[a-z]{2,3}(-[A-Za-z]{2,4})?"
"""A language's code, as `ko` or `pt-BR`: a whole text is one if it matches to its end."""

PaperId = Annotated[str, msgspec.Meta(pattern=PAPER_ID_PATTERN)]
MAX_COUNT = 2**53 - 1
"""What JSON readers other than ours still hold exactly."""
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]
MediaKind = Literal["video", "image", "animation"]
MEDIA_KINDS: dict[str, MediaKind] = {
    **dict.fromkeys(("mp4", "webm", "mov", "qt", "m4v", "ogv"), "video"),
    **dict.fromkeys(("png", "jpeg", "jpg", "webp", "avif"), "image"),
    "gif": "animation",
}
"""By the ending of a file's name."""


def read_paper_id(text: str) -> str | None:
    """Return the id that `text` is, without white space around it and without a version; None if it is no id."""
    paper_id = _VERSION.sub("", text.strip())
    return paper_id if _PAPER_ID.match(paper_id) and not _MANGLED.match(paper_id) else None


def media_kind(url: str) -> MediaKind | None:
    """Return what `url`, an address that can be used, leads to by the ending of its name; None if that says nothing."""
    return MEDIA_KINDS.get(media_ending(url))


def media_ending(url: str) -> str:
    """Return the ending of the file's name that `url` leads to, in lower case and without its dot, as `mp4`."""
    return urlsplit(url).path.rpartition(".")[2].lower()


class _Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What all parts of the record share: immutable, absent fields left out, a mistyped key is an error."""


class Submitter(_Record, frozen=True):
    """Who brought the paper to the day's list."""

    name: str
    fullname: str | None = None


class Organization(_Record, frozen=True):
    """Whose paper it is, as the submitter said."""

    name: str
    fullname: str | None = None

    @property
    def title(self) -> str:
        """What it is called: its full name, where one was given."""
        return self.fullname or self.name


class Github(_Record, frozen=True):
    """The paper's code."""

    url: str
    stars: Count | None = None


class Media(_Record, frozen=True):
    """One picture or film the authors or the submitter attached."""

    url: str
    kind: MediaKind


class Arxiv(_Record, frozen=True):
    """What arXiv alone knows of a paper."""

    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    comment: str | None = None
    doi: str | None = None
    journal_ref: str | None = None


class Summary(_Record, frozen=True):
    """Bullets in one language. `by` is `hand`, `digest`, `mkdocs-daily-papers` (bundled), `huggingface` or a model."""

    bullets: tuple[str, ...]
    by: str
    at: Instant | None = None
    prompt: str | None = None
    """The version of the prompt a model was given: the beginning of its hash."""
    input: str | None = None
    """The beginning of the hash of the title and abstract a model was given."""


class Failure(_Record, frozen=True):
    """Why a paper has no summary by a model: what it wrote in `tries` runs did not pass, the last time for `reason`."""

    reason: str
    """The gate, and what it found: `numbers: 46.2 is neither in the title nor in the abstract`."""
    by: str
    at: Instant
    prompt: str
    input: str
    tries: Count = 1


class Paper(_Record, frozen=True, kw_only=True):
    """One paper on one day's list."""

    id: PaperId
    title: str
    authors: tuple[str, ...] = ()
    """Names as given, in the order given."""
    abstract: str | None = None
    """Plain text; a line break is a paragraph's end."""
    published: dt.date | None = None
    """arXiv's first version, UTC."""
    submitted_at: Instant | None = None
    submitted_by: Submitter | None = None
    votes: Count | None = None
    """Upvotes as last seen."""
    vote_history: tuple[tuple[dt.date, Count], ...] = ()
    """An entry for each UTC day on which the number was seen to have changed, oldest first."""
    comments: Count | None = None
    thumbnail: str | None = None
    media: tuple[Media, ...] = ()
    keywords: tuple[str, ...] = ()
    organization: Organization | None = None
    github: Github | None = None
    project_page: str | None = None
    discussion: str | None = None
    arxiv: Arxiv | None = None
    summaries: dict[str, Summary] = {}
    """By language code (`ko`, `en`)."""
    failures: dict[str, Failure] = {}
    """By language code; gone once there is a summary."""
    pinned: bool = False
    """Whether the site's curation puts the paper first on its day."""
    last_seen: dt.date | None = None
    """The last day upstream is known to have listed the paper; only while it no longer does."""

    @property
    def is_on_arxiv(self) -> bool:
        return not self.id.startswith("x-")

    @property
    def has_code(self) -> bool:
        return self.github is not None

    @property
    def has_video(self) -> bool:
        """Whether a film is attached, on whatever host: a page may have to link to it."""
        return any(medium.kind == "video" for medium in self.media)


class Day(_Record, frozen=True, kw_only=True, tag_field="schema", tag=SCHEMA):
    """One date's list. `papers` stand in the order first listed; pages sort them by votes."""

    date: dt.date
    source: str
    """Whence it came: `huggingface`, `digest`, `arxiv:` and a category, or the address of a feed."""
    fetched_at: Instant | None = None
    """When the content last changed by a fetch; None for a day that was only bundled or imported."""
    papers: tuple[Paper, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for paper in self.papers:
            if paper.id in seen:
                raise ValueError(f"paper {paper.id} stands twice in one day")
            seen.add(paper.id)

    @property
    def votes(self) -> int:
        """The sum over all papers; one whose votes are unknown counts 0."""
        return sum(paper.votes or 0 for paper in self.papers)

    @property
    def ranked(self) -> list[Paper]:
        """The pinned papers, then the others, by votes, most first, ties in stored order; unknown votes stand last."""
        return sorted(self.papers, key=lambda p: (p.pinned, -1 if p.votes is None else p.votes), reverse=True)


class Rejected(_Record, frozen=True, omit_defaults=False):
    """A record of which something could not be read, kept as it came."""

    id: str | None
    """The paper's id, or what stood in its place; None if nothing did."""
    reason: str
    at: str
    """The first place that could not be read: `$.papers[3].votes`, by position in upstream's list, or
    `2024/03/01.md:17`, a line of a digest."""
    record: msgspec.Raw
    """The JSON as it came; a string if it was not JSON."""

    @property
    def is_upstreams(self) -> bool:
        """Whether it came with upstream's list, and so may be read by a later fetch; a digest's line never will."""
        return self.at.startswith("$")


class FetchResult(msgspec.Struct, frozen=True):
    """What a source read of one date: the day, and what of it could not be read."""

    day: Day
    rejected: tuple[Rejected, ...] = ()
