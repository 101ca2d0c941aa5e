"""Structured data as JSON-LD: schema.org's CollectionPage for a day, and ScholarlyArticle for a paper.

JSON-LD is a data block that no browser runs. Characters that could end it or start markup are written as JSON escapes.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import msgspec
from babel.core import get_global
from markupsafe import Markup

from daily_papers.model.citations import DOI_PREFIX
from daily_papers.model.records import ARXIV, Paper
from daily_papers.model.text import NAME_CHARS, cut

AUTHORS = 8
"""The most authors of a paper: a collaboration of hundreds would be most of the page."""

# By HTML's rules for the content of scripts; U+2028 and U+2029 end a line in JavaScript.
_ESCAPES = {sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}

_encoder = msgspec.json.Encoder()


def collection(name: str, url: str, date: dt.date, language: str) -> Markup:
    """Return the data block of a day at `url`, which may be empty. Its papers have blocks on their own pages."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": name,
        "inLanguage": language,
        "datePublished": date,
    }
    if url:
        data["url"] = url
    return _block(data)


def scholarly_article(paper: Paper, address: str, picture: str) -> Markup:
    """Return the data block of the page of a paper at `address`, with its identifiers; both texts may be empty."""
    identifiers = [f"arXiv:{paper.id}", f"doi:{DOI_PREFIX}{paper.id}"] if paper.is_on_arxiv else []
    if paper.arxiv and paper.arxiv.doi:
        identifiers.append(f"doi:{paper.arxiv.doi}")
    article = {"@context": "https://schema.org", **_article(paper, address, picture), "identifier": identifiers}
    return _block({key: value for key, value in article.items() if value})


def _block(data: object) -> Markup:
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
    for sign, escape in _ESCAPES.items():  # faster than str.translate
        text = text.replace(sign, escape)
    return Markup(text)  # noqa: S704  # no character of markup is left


@lru_cache
def territory(language: str) -> str:
    """Return the locale of `language` for social cards, with its most likely territory (Unicode): `ko_KR`."""
    likely = get_global("likely_subtags").get(language, language)
    return f"{language}_{likely.rpartition('_')[2]}" if "_" in likely else language
