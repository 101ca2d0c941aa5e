"""What machines read of a page: the card that a link to it becomes elsewhere, and the papers of a day as JSON-LD.

Records and addresses go in, HTML comes out. JSON-LD is a data block that no browser runs; whatever could end it or be
taken for markup is written as an escape of JSON's own. Vocabulary: schema.org's CollectionPage and ScholarlyArticle.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from babel.core import get_global
from markupsafe import Markup

from daily_papers.model.records import ARXIV, Paper
from daily_papers.model.text import NAME_CHARS, cut

AUTHORS = 8
"""So many authors of a paper are named; a collaboration of hundreds would be most of the page."""

# As in HTML's own rules for script content, and for readers of JavaScript, to which U+2028 ends a line.
_ESCAPES = {sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}

_encoder = msgspec.json.Encoder()


def collection(name: str, url: str, date: dt.date, language: str, papers: Sequence[tuple[Paper, str, str]]) -> Markup:
    """Return the data block of a day at `url`: each paper with its own address and its picture, which may be empty."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": name,
        "inLanguage": language,
        "datePublished": date,
        "hasPart": [_article(paper, address, picture) for paper, address, picture in papers],
    }
    if url:
        data["url"] = url
    return Markup('<script type="application/ld+json">{}</script>').format(_escaped(data))


def _article(paper: Paper, address: str, picture: str) -> dict[str, object]:
    article: dict[str, object] = {
        "@type": "ScholarlyArticle",
        "headline": paper.title,
        "url": address,
        "author": [{"@type": "Person", "name": cut(name, NAME_CHARS)} for name in paper.authors[:AUTHORS]],
        "datePublished": paper.published,
        "sameAs": f"{ARXIV}/abs/{paper.id}" if paper.is_on_arxiv else None,
        "image": picture,
    }
    return {key: value for key, value in article.items() if value}


def _escaped(data: object) -> Markup:
    text = _encoder.encode(data).decode()
    for sign, escape in _ESCAPES.items():  # faster, sign by sign, than a table
        text = text.replace(sign, escape)
    return Markup(text)  # noqa: S704  # no sign of markup is left in it


@lru_cache
def territory(language: str) -> str:
    """Return `language` as cards name it, with the country where most speak it: `ko_KR` (Unicode's likely subtags)."""
    likely = get_global("likely_subtags").get(language, language)
    return f"{language}_{likely.rpartition('_')[2]}" if "_" in likely else language
