"""Feeds of a small archive, and what reads and checks them in the tests of this folder."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from itertools import chain
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import msgspec
from selectolax.lexbor import LexborHTMLParser

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import Arxiv, Day, Github, Media, Organization, Paper, Summary
from daily_papers.site.feeds import feeds
from daily_papers.site.urls import Urls
from tests.atom_rules import ATOM, atom_faults
from tests.factories import make_day, make_index, make_paper, make_video, site_context

SITE = "https://papers.example/archive/"
HOST = "cdn-uploads.huggingface.co"
MONDAY, TUESDAY, THURSDAY = dt.date(2026, 7, 13), dt.date(2026, 7, 14), dt.date(2026, 7, 16)
NAMES = {"agents": {"ko": "에이전트", "en": "Agents"}, "vision": {"ko": "비전", "en": "Vision"}}

_TEXT = {"type": "string", "minLength": 1}

_ADDRESS = {"type": "string", "pattern": r"^https?://\S+$"}

_INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}

_AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}, "additionalProperties": False},
}

_ATTACHMENT = {
    "type": "object",
    "required": ["url", "mime_type"],
    "properties": {"url": _ADDRESS, "mime_type": {"type": "string", "pattern": r"^[\w.+-]+/[\w.+-]+$"}},
    "additionalProperties": False,
}

_ITEM = {
    "type": "object",
    "required": ["id", "url", "title", "content_html", "date_published", "date_modified"],
    "properties": {
        "id": {"type": "string", "pattern": r"^urn:uuid:[0-9a-f-]{36}$"},
        "url": _ADDRESS,
        "title": _TEXT,
        "content_html": _TEXT,
        "image": _ADDRESS,
        "date_published": _INSTANT,
        "date_modified": _INSTANT,
        "authors": _AUTHORS,
        "tags": {"type": "array", "minItems": 1, "items": _TEXT},
        "attachments": {"type": "array", "minItems": 1, "items": _ATTACHMENT},
    },
    "additionalProperties": False,
}

JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _ADDRESS,
        "feed_url": _ADDRESS,
        "description": _TEXT,
        "language": {"type": "string", "pattern": r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$"},
        "authors": _AUTHORS,
        "items": {"type": "array", "items": _ITEM},
    },
    "additionalProperties": False,
}

"""The schema of JSON Feed 1.1, with those of its optional fields that we write."""


def instant(date: dt.date, hour: int = 3) -> dt.datetime:
    return dt.datetime(date.year, date.month, date.day, hour, tzinfo=dt.UTC)


def fetched_day(date: dt.date, *papers: Paper, fetched: dt.date | None = None) -> Day:
    """Return a day fetched at 03:00 UTC on `fetched`, by default on its own date."""
    return make_day(date, *papers, fetched_at=instant(fetched or date))


def feed_index(*days: Day) -> ArchiveIndex:
    """Return an index in which every paper has the topic `agents`, and no paper `vision`."""
    topics = {paper.id: ("agents",) for day in days for paper in day.papers}
    return make_index(*days, topics=topics, topic_names=NAMES)


def feed_files(
    *days: Day, languages: Sequence[str] = ("ko", "en"), urls: Urls | None = None, **options: Any
) -> dict[str, bytes]:
    """Return the feed files of a site with `days` by address; `options` are those of `site_context`."""
    context = site_context(
        feed_index(*days),
        languages=languages,
        urls=urls,
        **{"site_url": SITE, "site_name": "Papers & more", "feeds": True, **options},
    )
    files = dict(chain.from_iterable(feeds.files(context)))
    assert sorted(feeds.addresses(context)) == sorted(files)
    return files


def read_atom(content: bytes) -> Any:
    """Return the feed as feedparser reads it, which must report no error."""
    parsed = feedparser.parse(content)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def content_of(entry: ET.Element) -> LexborHTMLParser:
    return LexborHTMLParser(entry.findtext(f"{ATOM}content") or "")


def entries_of(content: bytes) -> list[ET.Element]:
    return ET.fromstring(content).findall(f"{ATOM}entry")


def check_feeds(files: dict[str, bytes]) -> None:
    """Assert that each of `files` is valid Atom, JSON Feed or OPML, according to its suffix."""
    for address, content in files.items():
        if address.endswith(".xml"):
            assert not atom_faults(content), address
            read_atom(content)
        elif address.endswith(".json"):
            jsonschema.validate(json.loads(content), JSON_FEED)
        else:
            assert address.endswith(".opml")
            assert ET.fromstring(content).get("version") == "2.0"


def sample_days() -> tuple[Day, Day, Day]:
    """Return three days that contain everything a feed can contain."""
    full = make_paper(
        title="Small Models, Large Questions",
        authors=("Ada Ahn", "Ben Bae", "Cho Chung", "Dan Do", "Eun Eom", "Fay Fan"),
        abstract="First sentence of ours. Second sentence of ours.\nA second paragraph.",
        votes=41,
        vote_history=((MONDAY, 5), (TUESDAY, 41)),
        thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png",
        media=(
            make_video("film.mp4"),
            make_video("film.mov"),
            Media(url="https://elsewhere.example/film.mp4", kind="video"),
        ),
        organization=Organization("lab", "The Lab"),
        github=Github("https://github.com/lab/small", 12),
        project_page="https://lab.example/small",
        arxiv=Arxiv("cs.CL"),
        summaries={
            "ko": Summary(("**새로운 점**: 우리가 쓴 한 줄", "둘째 줄"), by="hand", at=instant(TUESDAY, 9)),
            "en": Summary(("**What's New**: a line of ours",), by="hand"),
        },
    )
    bare = make_paper(id="x-0123456789ab", title="Not on arXiv")
    again = msgspec.structs.replace(full, votes=44, vote_history=((THURSDAY, 44),))
    return (
        fetched_day(MONDAY, full, bare),
        fetched_day(TUESDAY, make_paper(2, title="One")),
        fetched_day(THURSDAY, again),
    )
