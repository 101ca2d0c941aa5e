"""Writer of digests, in the layout that `digest` reads.

Texts are written unchanged, except where a reader of the layout would take them for structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from daily_papers.formats.digest import (
    AVATARS,
    NAME,
    NESTED_BULLET,
    SECTION,
    THUMBNAIL_PREFIXES,
    WATCH,
    is_structure,
    read_heading,
    read_names,
)
from daily_papers.model.records import ARXIV, HUGGING_FACE, Day, Paper, file_extension
from daily_papers.model.text import clean_line, safe_url

_LINE_BREAK = re.compile(r"(\r\n|\r|\n)")


def render_digest(day: Day, languages: Sequence[str]) -> str:
    """Return the digest of `day`. A paper's bullets are in the first of `languages` that it has.

    Papers are ordered by votes, those of a day that was only imported as in the imported digest. `read_digest` reads
    the same papers, votes, authors and texts from it, with two exceptions: white space in titles, and line breaks in
    bullets whose next line would be read as structure. Papers that are not on arXiv cannot be read back: the layout has
    no form for them.
    """
    parts = [f"{SECTION} ({day.date})\n\n"]
    is_imported = day.source == NAME
    for paper in sorted(day.papers, key=lambda paper: not paper.pinned) if is_imported else day.ranked:
        parts.extend(_paper(paper, languages))
    return "".join(parts)


def _paper(paper: Paper, languages: Sequence[str]) -> Iterator[str]:
    yield f"### {_heading(paper)}\n\n"
    yield _media_lines(paper)
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
    heading = f"[{title}]({_escape_url(url)})" if url else title
    # Neither the title nor the page may make the heading read like that of a paper on arXiv.
    return title.replace("](", "] (") if read_heading(f"### {heading}") else heading


def _media_lines(paper: Paper) -> str:
    """Return the lines of the first video, else of the first picture, else of the thumbnail.

    Only MP4 gets a player. The logs have every other video as a picture, and few programs play it.
    """
    media = [(medium.kind, url) for medium in paper.media if (url := safe_url(medium.url))]
    video = next((url for kind, url in media if kind == "video" and file_extension(url) == "mp4"), "")
    by_kind = dict(reversed(media))
    thumbnail = safe_url(paper.thumbnail) or ""
    picture = by_kind.get("image") or by_kind.get("animation") or by_kind.get("video") or thumbnail
    if file_extension(picture) == "mp4" and not picture.startswith(THUMBNAIL_PREFIXES):
        video = video or picture  # it is read back as a video
    if video := _escape_url(video):
        return f'{WATCH}({video})\n<div><video controls src="{video}" muted="false"></video></div>\n\n'
    if picture.startswith(HUGGING_FACE + AVATARS):
        picture = picture.removeprefix(HUGGING_FACE)  # as in the logs
    return f"![]({_escape_url(picture)})\n\n" if picture else ""


def _escape_url(url: str) -> str:
    """Return `url` with the characters percent-encoded that would end it in Markdown or in an attribute."""
    return quote(url, safe=":/?#@!$&*+,;=%~")


def _authors(names: Sequence[str]) -> str:
    """Return `names` joined by commas.

    Returns a Python list, as some logs have it, if the joined names would be read as other names.
    """
    lines = tuple(filter(None, map(clean_line, names)))
    joined = ", ".join(lines)
    return joined if read_names(joined) == lines else repr(list(lines))


def _bullets(paper: Paper, languages: Sequence[str]) -> tuple[str, ...]:
    for language in (*languages, *paper.summaries):
        if language in paper.summaries and paper.summaries[language].bullets:
            return paper.summaries[language].bullets
    return ()


def _bullet(text: str) -> str:
    """Return the lines of a bullet, empty if `text` is blank.

    A blank line becomes a space, as does a line break before a line that reads as structure.
    """
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
    """Return True if `line` reads as text of the bullet above it, in this layout and in Markdown."""
    return not is_structure(line) and (not is_structure(line.lstrip()) or NESTED_BULLET.match(line) is not None)
