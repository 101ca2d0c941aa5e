"""Records: a Day and its Papers as stored in the archive, and the parts that a fetch could not read.

All records are frozen structs without I/O. The field order is the key order of the file. An absent field is None or
empty in the struct and left out of the file. Dates are UTC days, instants are aware datetimes in UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

SCHEMA = 1
"""Version of the record format, in every day file; a reader refuses a higher one."""

# arXiv's new and old style without a version; or, for a paper that is not on arXiv, x- and twelve hex digits of a hash
# of its address. [0-9] instead of \d, which matches other Unicode digits.
PAPER_ID_PATTERN = r"^([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(\.[A-Z]{2})?/[0-9]{7}|x-[0-9a-f]{12})$(?!\n)"

_PAPER_ID = re.compile(PAPER_ID_PATTERN)
_VERSION = re.compile(r"(?<=[0-9])v[0-9]{1,3}$")
# Since 2015 arXiv uses five digits. An id with four lost a trailing zero when it was stored as a number (2410.10210).
_TRUNCATED_ID = re.compile(r"(1[5-9]|[2-9][0-9])[0-9]{2}\.[0-9]{4}$")

ARXIV = "https://arxiv.org"
HUGGING_FACE = "https://huggingface.co"
HUGGING_FACE_SOURCE = "huggingface"
"""Name of Hugging Face in the option `source` and in `Day.source`."""
THUMBNAIL_HOST = "cdn-thumbnails.huggingface.co"

LANGUAGE_PATTERN = r"[a-z]{2,3}(-[A-Za-z]{2,4})?"
"""Pattern of a language code, such as `ko` or `pt-BR`, for `re.fullmatch`."""

PaperId = Annotated[str, msgspec.Meta(pattern=PAPER_ID_PATTERN)]
MAX_COUNT = 2**53 - 1
"""The largest integer that every JSON reader holds exactly."""
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]
MediaKind = Literal["video", "image", "animation"]
MEDIA_KINDS: dict[str, MediaKind] = {
    **dict.fromkeys(("mp4", "webm", "mov", "qt", "m4v", "ogv"), "video"),
    **dict.fromkeys(("png", "jpeg", "jpg", "webp", "avif"), "image"),
    "gif": "animation",
}
"""Kind of media by file extension."""


def read_paper_id(text: str) -> str | None:
    """Return the paper id in `text` without surrounding white space and version; None if `text` is not a paper id."""
    paper_id = _VERSION.sub("", text.strip())
    return paper_id if _PAPER_ID.match(paper_id) and not _TRUNCATED_ID.match(paper_id) else None


def media_kind(url: str) -> MediaKind | None:
    """Return the kind of media at `url` by its file extension, None if that is unknown.

    `url` must be a valid address, else this raises ValueError.
    """
    return MEDIA_KINDS.get(file_extension(url))


def file_extension(url: str) -> str:
    """Return the file extension of `url` in lower case and without the dot, such as `mp4`."""
    return urlsplit(url).path.rpartition(".")[2].lower()


class _Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Base of all records: immutable, default values left out of the JSON, unknown keys are an error."""


class Submitter(_Record, frozen=True):
    """The Hugging Face account that submitted the paper to the day's list."""

    name: str
    fullname: str | None = None


class Organization(_Record, frozen=True):
    """The organization that the submitter named for the paper."""

    name: str
    fullname: str | None = None

    @property
    def title(self) -> str:
        """The full name if there is one, else the name of the account."""
        return self.fullname or self.name


class Github(_Record, frozen=True):
    """The GitHub repository with the paper's code."""

    url: str
    stars: Count | None = None


class Media(_Record, frozen=True):
    """One picture or video that the authors or the submitter attached."""

    url: str
    kind: MediaKind


class Arxiv(_Record, frozen=True):
    """Metadata of a paper that only arXiv has."""

    primary_category: str | None = None
    categories: tuple[str, ...] = ()
    comment: str | None = None
    doi: str | None = None
    journal_ref: str | None = None


class Summary(_Record, frozen=True):
    """A summary in one language, as bullets."""

    bullets: tuple[str, ...]
    by: str
    """Origin: `hand`, `digest`, `mkdocs-daily-papers` (bundled), `huggingface`, or the name of a model."""
    at: Instant | None = None
    prompt: str | None = None
    """Version of the prompt that the model had: the beginning of the prompt's hash."""
    input: str | None = None
    """The beginning of the hash of the title and abstract that the model had."""


class Failure(_Record, frozen=True):
    """The reason why a paper has no summary by a model: each of its answers failed validation."""

    reason: str
    """The check that failed last and its finding: `numbers: "46.2" is neither in the title nor in the abstract`."""
    by: str
    at: Instant
    prompt: str
    input: str
    tries: Count = 1
    """Number of runs in which the model failed."""


class Paper(_Record, frozen=True, kw_only=True):
    """One paper on one day's list."""

    id: PaperId
    title: str
    authors: tuple[str, ...] = ()
    """Names as the source spells and orders them."""
    abstract: str | None = None
    """Plain text; a line break ends a paragraph."""
    published: dt.date | None = None
    """UTC day of the first version on arXiv."""
    submitted_at: Instant | None = None
    submitted_by: Submitter | None = None
    votes: Count | None = None
    """Upvotes as last seen."""
    vote_history: tuple[tuple[dt.date, Count], ...] = ()
    """UTC days and the votes seen on them, oldest first. The first and the newest entry stay, and those nearest to
    1, 3, 7 and 30 days after the date. A day with unchanged votes has no entry."""
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
    """Summaries by language code (`ko`, `en`)."""
    failures: dict[str, Failure] = {}
    """Failures by language code; a failure is removed once there is a summary."""
    pinned: bool = False
    """True if the site's curation puts the paper first on its day."""
    last_seen: dt.date | None = None
    """The last day on which upstream is known to have listed the paper; absent while it still does."""

    @property
    def is_on_arxiv(self) -> bool:
        return not self.id.startswith("x-")

    @property
    def has_code(self) -> bool:
        return self.github is not None

    @property
    def has_video(self) -> bool:
        """True if a video is attached, on any host; a page may show it only as a link."""
        return any(medium.kind == "video" for medium in self.media)


class Day(_Record, frozen=True, kw_only=True, tag_field="schema", tag=SCHEMA):
    """The list of one date. `papers` are in the order first listed; pages sort them by votes."""

    date: dt.date
    source: str
    """Origin of the list: `huggingface`, `digest`, `arxiv:` and a category, or the address of a feed."""
    fetched_at: Instant | None = None
    """Instant of the last fetch that changed the content; absent for a day that was only bundled or imported."""
    papers: tuple[Paper, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for paper in self.papers:
            if paper.id in seen:
                raise ValueError(f"paper {paper.id} is listed twice in one day")
            seen.add(paper.id)

    @property
    def votes(self) -> int:
        """The sum of votes over all papers; unknown votes count 0."""
        return sum(paper.votes or 0 for paper in self.papers)

    @property
    def ranked(self) -> list[Paper]:
        """The papers by votes, most first: pinned ones before the others, ties in stored order, unknown votes last."""
        return sorted(self.papers, key=lambda p: (p.pinned, -1 if p.votes is None else p.votes), reverse=True)


class Rejected(_Record, frozen=True, omit_defaults=False):
    """A record with an unreadable part, stored as received."""

    id: str | None
    """The paper's id, or the value found in its place; None if there was none."""
    reason: str
    at: str
    """Position of the first unreadable part: `$.papers[3].votes`, counted in upstream's list, or `2024/03/01.md:17`, a
    line of a digest."""
    record: msgspec.Raw
    """The JSON as received; a JSON string if it was not JSON."""

    @property
    def is_from_upstream(self) -> bool:
        """True for a record of upstream's list, which a later fetch may read; False for a line of a digest."""
        return self.at.startswith("$")


class FetchResult(msgspec.Struct, frozen=True):
    """The result of reading one date from a source: the day, and the records with unreadable parts."""

    day: Day
    rejected: tuple[Rejected, ...] = ()
