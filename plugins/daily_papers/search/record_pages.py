"""HTML pages of search records, as Pagefind reads them."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from daily_papers.model.text import normalize
from daily_papers.search.records import Record

SEPARATOR = "\u2e3b"
"""Separates the fields of a record in Pagefind's stored text; assets/js/search/result.mjs splits it again."""
LANGUAGE = "en"
"""The language whose word endings Pagefind removes. `korean` handles those of Korean."""
DEFAULT_IMAGE = "="
"""Stands for the picture at Hugging Face that 19 of 20 papers have. Its address follows from the id."""


def record_html(record: Record, extra_words: str = "") -> str:
    """Return `record` as a page for Pagefind; assets/js/search/result.mjs expects its fields in this order.

    Hangul is decomposed into letters, because Pagefind compares it so. It also counts the words that it has to
    decompose itself as none, which puts all Korean words into one file.
    """
    texts = (record.authors, record.organization, record.keywords, record.bullets, record.abstract, extra_words)
    body = "".join(f"{SEPARATOR} <span>{_escape(text)}</span> " for text in texts)
    return (
        f'<!doctype html><html lang="{LANGUAGE}"><body data-pagefind-body>'
        f'<span data-pagefind-weight="7" data-pagefind-meta="title">{_escape(record.title)}</span> '
        f"{SEPARATOR} <span>{_escape(record.id)}</span> {body}"
        f"{''.join(_attribute(kind, name, value) for kind, name, value in _attributes(record))}</body></html>"
    )


def default_image(paper_id: str) -> str:
    return f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper_id}.png"


def _attributes(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and value of each field that is not searchable text."""
    yield "meta", "url", record.address
    if record.picture:
        # Pagefind indexes the words of a meta field: DEFAULT_IMAGE contains none.
        yield "meta", "image", DEFAULT_IMAGE if record.picture == default_image(record.id) else record.picture
    if record.votes is not None:
        yield "meta", "votes", str(record.votes)
    yield "sort", "votes", str(record.votes or 0)
    yield "sort", "date", f"{record.date:%Y%m%d}"
    yield "filter", "year", str(record.date.year)
    for topic in record.topics:
        yield "filter", "topic", topic
    if record.organization_slug:
        yield "filter", "org", record.organization_slug
    if record.has_code:
        yield "filter", "code", "yes"
    if record.has_video:
        yield "filter", "video", "yes"


def _attribute(kind: str, name: str, value: str) -> str:
    return f'<i data-pagefind-ignore data-pagefind-{kind}="{name}">{_escape(value)}</i>'


def _escape(text: str) -> str:
    return html.escape(normalize("NFD", text))


def record_pages(records: Sequence[Record], extra_words: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield file name and content of each page. Pagefind numbers the papers in the order of these names."""
    for number, (record, words) in enumerate(zip(records, extra_words, strict=True)):
        yield f"{record.date:%Y-%m}/{number:06}.html", record_html(record, words).encode("utf-8", "replace")
