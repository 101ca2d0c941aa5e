"""The digest: a day as Markdown, in the layout of the day logs this archive descends from.

Heading with the date, then per paper: title linked to arXiv, picture or film, `Vote:`, `Authors:`, bullets. Texts
stand as they came: whoever reads the file reads text, and an importer gets back what was stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from daily_papers.models import Day, Paper
from daily_papers.pages.view import ARXIV
from daily_papers.text import safe_url


def render_digest(day: Day, languages: Sequence[str]) -> str:
    """Return the digest of `day`, papers by votes, bullets in the first of `languages` that a paper has."""
    parts = [f"## Daily Papers ({day.date})\n\n"]
    for paper in day.ranked:
        parts.extend(_paper(paper, languages))
    return "".join(parts)


def _paper(paper: Paper, languages: Sequence[str]) -> Iterator[str]:
    yield f"### {_heading(paper)}\n\n"
    yield _media(paper)
    yield f"Vote: {'-' if paper.votes is None else paper.votes}\n\n"
    if paper.authors:
        yield f"Authors: {_line(', '.join(paper.authors))}\n\n"
    bullets = _bullets(paper, languages)
    if bullets:
        yield "".join(f"- {_line(bullet)}\n" for bullet in bullets) + "\n"


def _heading(paper: Paper) -> str:
    title = _line(paper.title)
    if not paper.id.startswith("x-"):
        return f"[{title}]({ARXIV}/abs/{paper.id})"
    url = safe_url(paper.project_page)
    return f"[{title}]({_quoted(url)})" if url else title


def _media(paper: Paper) -> str:
    """Return the lines of the first film, else of the first picture, else of the thumbnail."""
    by_kind = {medium.kind: medium.url for medium in reversed(paper.media) if safe_url(medium.url)}
    if "video" in by_kind:
        url = _quoted(by_kind["video"])
        return f'[Watch Video]({url})\n<div><video controls src="{url}" muted="false"></video></div>\n\n'
    picture = by_kind.get("image") or by_kind.get("animation") or safe_url(paper.thumbnail)
    return f"![]({_quoted(picture)})\n\n" if picture else ""


def _bullets(paper: Paper, languages: Sequence[str]) -> tuple[str, ...]:
    for language in (*languages, *paper.summaries):
        if language in paper.summaries and paper.summaries[language].bullets:
            return paper.summaries[language].bullets
    return ()


def _line(text: str) -> str:
    return " ".join(text.split())


def _quoted(url: str) -> str:
    """Return `url` without what would end it in Markdown or in an attribute."""
    return quote(url, safe=":/?#@!$&*+,;=%~")
