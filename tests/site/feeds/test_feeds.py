"""The feeds: what stands in them, that they are what their specifications ask for, and that they keep still.

The golden feeds are in tests/golden_feeds. After a wanted change, rewrite them and read the difference:

    WRITE_GOLDEN=1 pytest tests/test_feeds.py -k golden && git diff tests/golden_feeds
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import write_day
from daily_papers.index.archive_index import ArchiveIndex, find_relisted
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES, settled
from daily_papers.model.records import Arxiv, Day, Github, Media, Organization, Paper, Summary
from daily_papers.site.feeds import feeds
from daily_papers.site.feeds.entries import BULLET_CHARS, BULLETS, MEDIA, TITLE_CHARS
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import Urls
from tests import strategies
from tests.atom_rules import ATOM, atom_faults
from tests.sites import build, make_site, page

GOLDEN = Path(__file__).parent / "golden"
SITE = "https://papers.example/archive/"
HOST = "cdn-uploads.huggingface.co"
UPLOADS = f"https://{HOST}/production/uploads"
MONDAY, TUESDAY, THURSDAY = dt.date(2026, 7, 13), dt.date(2026, 7, 14), dt.date(2026, 7, 16)
NAMES = {"agents": {"ko": "에이전트", "en": "Agents"}, "vision": {"ko": "비전", "en": "Vision"}}

HOSTILE = [
    "</script><script>alert(1)</script>",
    "]]><x>&amp;</x>",
    '"><img src=x onerror=alert(1)>',
    "<!-- <![CDATA[ <?php ?>",
    "a\u202egnp.exe \u200e\u2066b\u2069",
    "nul\x00 bell\x07 tab\x0b feed\x0c one\x1f del\x7f",
    "\ufffe\uffff end",
    "{{ config }} {% raw %} {# x #}",
    "&lt;b&gt; &#60;i&#62; &#x0;",
    "<EOS> p<0.01 > q",
]

TAGS = {"p", "h3", "a", "img", "ul", "li", "strong", "small"}
"""All there is in the content of an entry."""

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
"""JSON Feed 1.1, of its optional fields those that we write."""


def instant(date: dt.date, hour: int = 3) -> dt.datetime:
    return dt.datetime(date.year, date.month, date.day, hour, tzinfo=dt.UTC)


def a_day(date: dt.date, *papers: Paper, fetched: dt.date | None = None) -> Day:
    return Day(date=date, source="huggingface", fetched_at=instant(fetched or date), papers=papers)


def shelf_of(*days: Day) -> ArchiveIndex:
    """Return a shelf on which every paper has the topic `agents`, and nothing `vision`."""
    return ArchiveIndex(
        days={day.date: day for day in days},
        listed=find_relisted(days),
        topics={paper.id: ("agents",) for day in days for paper in day.papers},
        topic_names=NAMES,
    )


def files_of(
    *days: Day, languages: Sequence[str] = ("ko", "en"), urls: Urls | None = None, **options: Any
) -> dict[str, bytes]:
    """Return what is written for `days`, by address."""
    draw = Renderer(
        languages=languages,
        urls=urls or Urls(),
        media_hosts=[HOST, "cdn-thumbnails.huggingface.co"],
        **{"site_url": SITE, "site_name": "Papers & more", "feeds": True, **options},
    )
    draw.shelf = shelf_of(*days)
    files = dict(chain.from_iterable(feeds.files(draw)))
    assert sorted(feeds.addresses(draw)) == sorted(files)
    return files


def atom(content: bytes) -> Any:
    """Return the feed as feedparser reads it, which must find nothing to complain of."""
    read = feedparser.parse(content)
    assert not read.bozo, read.bozo_exception
    return read


def content_of(entry: ET.Element) -> LexborHTMLParser:
    return LexborHTMLParser(entry.findtext(f"{ATOM}content") or "")


def entries_of(content: bytes) -> list[ET.Element]:
    return ET.fromstring(content).findall(f"{ATOM}entry")


def check(files: dict[str, bytes]) -> None:
    """Assert that each of `files` is what its ending promises."""
    for address, content in files.items():
        if address.endswith(".xml"):
            assert not atom_faults(content), address
            atom(content)
        elif address.endswith(".json"):
            jsonschema.validate(json.loads(content), JSON_FEED)
        else:
            assert address.endswith(".opml")
            assert ET.fromstring(content).get("version") == "2.0"


def everything() -> tuple[Day, Day, Day]:
    """Return three days with one of each thing that a feed can show."""
    full = Paper(
        id="2607.00001",
        title="Small Models, Large Questions",
        authors=("Ada Ahn", "Ben Bae", "Cho Chung", "Dan Do", "Eun Eom", "Fay Fan"),
        abstract="First sentence of ours. Second sentence of ours.\nA second paragraph.",
        votes=41,
        vote_history=((MONDAY, 5), (TUESDAY, 41)),
        thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png",
        media=(
            Media(url=f"{UPLOADS}/film.mp4", kind="video"),
            Media(url=f"{UPLOADS}/film.mov", kind="video"),
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
    bare = Paper(id="x-0123456789ab", title="Not on arXiv")
    again = msgspec.structs.replace(full, votes=44, vote_history=((THURSDAY, 44),))
    return a_day(MONDAY, full, bare), a_day(TUESDAY, Paper(id="2607.00002", title="One")), a_day(THURSDAY, again)


class TestWhatThereIs:
    def test_every_feed_is_in_the_first_language_and_beside_it_in_each_other_one(self) -> None:
        files = files_of(*everything())
        names = ["feed", "papers", "settled", "topics/agents/feed", "topics/vision/feed", "orgs/lab/feed"]
        expected = {f"{name}{code}.xml" for name in names for code in ("", ".en")}
        expected |= {f"{name}{code}.json" for name in names[:3] for code in ("", ".en")}
        assert files.keys() == expected | {"feeds.opml"}
        assert {atom(files[f"{name}.xml"]).feed.language for name in names} == {"ko"}
        assert {atom(files[f"{name}.en.xml"]).feed.language for name in names} == {"en"}
        check(files)

    def test_addresses_follow_the_site_s_path_and_manner(self) -> None:
        files = files_of(*everything(), urls=Urls("papers", directory_urls=False))
        read = atom(files["papers/topics/agents/feed.en.xml"])
        links = {link.rel: link.href for link in read.feed.links}
        assert links == {
            "self": f"{SITE}papers/topics/agents/feed.en.xml",
            "alternate": f"{SITE}papers/topics/agents.html",
        }
        assert read.entries[-1].link == f"{SITE}papers/2026/07/13.html#x-0123456789ab"
        check(files)

    def test_without_an_address_of_its_own_without_days_or_by_option_a_site_has_none(self) -> None:
        assert not files_of(*everything(), site_url="")
        assert not files_of()
        assert not files_of(*everything(), feeds=False)

    def test_another_source_than_hugging_face_has_no_votes_to_settle(self) -> None:
        files = files_of(*everything(), source="arxiv:cs.CL")
        assert "papers.xml" in files
        assert not [address for address in files if address.startswith("settled")]

    def test_a_language_without_words_of_its_own_is_told_in_english(self) -> None:
        files = files_of(*everything(), languages=["ja", "ko"])
        assert atom(files["feed.xml"]).feed.language == "ja"
        assert "2 papers" in files["feed.xml"].decode()
        check(files)

    def test_the_list_of_all_feeds_names_each_of_them_once(self) -> None:
        files = files_of(*everything())
        outlines = ET.fromstring(files["feeds.opml"]).findall(".//outline[@type='rss']")
        assert sorted(outline.attrib["xmlUrl"] for outline in outlines) == sorted(
            SITE + address for address in files if address.endswith(".xml")
        )
        for outline in outlines:
            assert outline.attrib["text"] == outline.attrib["title"]
            assert outline.attrib["htmlUrl"].startswith(SITE)
            assert outline.attrib["language"] in ("ko", "en")

    def test_a_feed_without_entries_is_one_too(self) -> None:
        content = files_of(*everything())["topics/vision/feed.xml"]
        assert not atom(content).entries
        assert atom(content).feed.updated == "2026-07-16T00:00:00+00:00"

    def test_a_feed_holds_so_many_entries_and_no_more(self) -> None:
        first = dt.date(2026, 1, 1)
        days = [
            a_day(
                first + dt.timedelta(days=n),
                *(Paper(id=f"26{n:02}.{paper:05}", title="t", organization=Organization("lab")) for paper in range(9)),
            )
            for n in range(feeds.DAYS + 5)
        ]
        files = files_of(*days, languages=["ko"])
        counts = {name: len(entries_of(content)) for name, content in files.items() if name.endswith(".xml")}
        assert counts == {
            "feed.xml": feeds.DAYS,
            "papers.xml": feeds.PAPERS,
            "settled.xml": 0,
            "topics/agents/feed.xml": feeds.TOPIC_PAPERS,
            "topics/vision/feed.xml": 0,
            "orgs/lab/feed.xml": feeds.ORGANIZATION_PAPERS,
        }
        assert atom(files["feed.xml"]).entries[0].link == f"{SITE}2026/01/25/"


class TestWhatAnEntrySays:
    def test_a_day_has_all_its_papers_with_votes_bullets_links_and_pictures(self) -> None:
        entry = entries_of(files_of(*everything())["feed.xml"])[-1]
        content = content_of(entry)
        assert entry.findtext(f"{ATOM}title") == "2026년 7월 13일 월요일"
        assert [title.text() for title in content.css("h3")] == ["Small Models, Large Questions", "Not on arXiv"]
        assert [bullet.text() for bullet in content.css("li")] == ["새로운 점 우리가 쓴 한 줄", "둘째 줄"]
        assert "논문 2편 · 41표 · 2026년 7월 14일 기준 투표 수" in content.text()
        assert "41표 · The Lab · Ada Ahn, Ben Bae, Cho Chung, + 3명" in content.text()
        (picture,) = content.css("img")
        assert (
            picture.attributes["src"] == "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png"
        )
        addresses = [link.attributes["href"] or "" for link in content.css("a")]
        assert "https://github.com/lab/small" in addresses
        assert f"{SITE}topics/agents/" in addresses
        assert all(address.startswith("https://") for address in addresses)

    def test_a_paper_has_its_bullets_in_the_feed_s_language_and_its_whole_abstract(self) -> None:
        files = files_of(*everything())
        for address, bullet in (
            ("papers.xml", "새로운 점 우리가 쓴 한 줄"),
            ("papers.en.xml", "What's New a line of ours"),
        ):
            entry = entries_of(files[address])[1]
            assert entry.findtext(f"{ATOM}title") == "Small Models, Large Questions"
            content = content_of(entry)
            assert content.css("li")[0].text() == bullet
            assert "Second sentence of ours." in content.text()
            assert "A second paragraph." in content.text()

    def test_films_are_enclosures_from_known_hosts_only_by_what_they_are(self) -> None:
        files = files_of(*everything())
        films = [(f"{UPLOADS}/film.mp4", "video/mp4"), (f"{UPLOADS}/film.mov", "video/quicktime")]
        read = atom(files["papers.xml"]).entries[1]
        assert [(film.href, film.type) for film in read.enclosures] == films
        assert not any("length" in film for film in read.enclosures)
        item = json.loads(files["papers.json"])["items"][1]
        assert [(film["url"], film["mime_type"]) for film in item["attachments"]] == films

    def test_both_formats_have_the_same_ids_titles_links_and_contents(self) -> None:
        files = files_of(*everything())
        for name in ("feed", "papers", "settled"):
            parsed = atom(files[f"{name}.xml"])
            items = json.loads(files[f"{name}.json"])["items"]
            assert items
            assert [(entry.id, entry.title, entry.link) for entry in parsed.entries] == [
                (item["id"], item["title"], item["url"]) for item in items
            ]
            assert [entry.findtext(f"{ATOM}content") for entry in entries_of(files[f"{name}.xml"])] == [
                item["content_html"] for item in items
            ]

    def test_the_site_s_own_copy_of_a_thumbnail_is_what_a_feed_shows(self) -> None:
        days = everything()
        draw = Renderer(
            languages=["ko"], urls=Urls(), media_hosts=["cdn-thumbnails.huggingface.co"], site_url=SITE, feeds=True
        )
        draw.use_mirror({days[0].papers[0].thumbnail or "": "media/ab/cd"})
        draw.shelf = shelf_of(*days)
        (picture,) = content_of(entries_of(dict(chain.from_iterable(feeds.files(draw)))["papers.xml"])[1]).css("img")
        assert picture.attributes["src"] == f"{SITE}media/ab/cd-640.webp"


class TestWhatStays:
    def ids(self, files: dict[str, bytes], name: str) -> list[str]:
        return [entry.id for entry in atom(files[name]).entries]

    def test_the_same_archive_gives_the_same_bytes(self) -> None:
        assert files_of(*everything()) == files_of(*everything())

    def test_ids_stay_when_the_site_moves_and_when_its_languages_change_places(self) -> None:
        here = files_of(*everything())
        there = files_of(*everything(), urls=Urls("x", directory_urls=False), site_url="https://new.example/")
        turned = files_of(*everything(), languages=["en", "ko"])
        for name in ("feed", "papers", "settled", "topics/agents/feed", "orgs/lab/feed"):
            assert self.ids(here, f"{name}.xml") == self.ids(there, f"x/{name}.xml")
            assert self.ids(here, f"{name}.xml") == self.ids(turned, f"{name}.ko.xml")
            assert atom(here[f"{name}.xml"]).feed.id == atom(there[f"x/{name}.xml"]).feed.id

    def test_a_paper_has_one_id_in_all_feeds_of_a_language_but_the_settled_one(self) -> None:
        files = files_of(*everything())
        assert set(self.ids(files, "orgs/lab/feed.xml")) < set(self.ids(files, "papers.xml"))
        every = [self.ids(files, name) for name in ("papers.xml", "papers.en.xml", "settled.xml", "settled.en.xml")]
        assert sum(map(len, every)) == len({identifier for each in every for identifier in each})

    def test_an_entry_is_updated_when_its_votes_or_the_summary_it_shows_came(self) -> None:
        files = files_of(*everything())
        by_title = {entry.title: entry.updated for entry in atom(files["papers.xml"]).entries}
        assert by_title == {
            "Small Models, Large Questions": "2026-07-16T00:00:00+00:00",  # read again with more votes
            "One": "2026-07-14T00:00:00+00:00",
            "Not on arXiv": "2026-07-13T00:00:00+00:00",
        }
        monday = atom(files["feed.xml"]).entries[-1]
        assert (monday.published, monday.updated) == ("2026-07-13T00:00:00+00:00", "2026-07-14T09:00:00+00:00")
        assert atom(files["feed.en.xml"]).entries[-1].updated == "2026-07-13T03:00:00+00:00"

    def test_a_paper_stands_at_the_date_that_first_listed_it_wherever_its_votes_count(self) -> None:
        entries = atom(files_of(*everything())["papers.xml"]).entries
        assert [entry.link for entry in entries] == [
            f"{SITE}2026/07/14/#2607.00002",
            f"{SITE}2026/07/13/#2607.00001",
            f"{SITE}2026/07/13/#x-0123456789ab",
        ]


class TestSettled:
    def shelf(self, votes: int, *, known: int) -> ArchiveIndex:
        """Return a shelf with a paper of Monday, of which anything is known until so many days later."""
        paper = Paper(id="2607.00001", title="t", votes=votes)
        return shelf_of(a_day(MONDAY, paper, fetched=MONDAY + dt.timedelta(days=known)))

    @pytest.mark.parametrize(
        ("votes", "known", "is_settled"),
        [
            (SETTLED_VOTES, SETTLED_DAYS, True),
            (SETTLED_VOTES - 1, SETTLED_DAYS, False),
            (SETTLED_VOTES, SETTLED_DAYS - 1, False),
            (SETTLED_VOTES, 300, True),
        ],
    )
    def test_a_paper_needs_both_the_days_and_the_votes(self, votes: int, known: int, is_settled: bool) -> None:
        found = settled(self.shelf(votes, known=known))
        assert [date for date, _ in found] == [MONDAY + dt.timedelta(days=SETTLED_DAYS)] * is_settled

    def test_it_is_told_once_later_votes_and_a_second_listing_change_nothing_of_it(self) -> None:
        day = a_day(MONDAY, Paper(id="2607.00001", title="t", votes=30, vote_history=((MONDAY, 30),)), fetched=THURSDAY)
        later = a_day(MONDAY, Paper(id="2607.00001", title="t", votes=99, vote_history=((MONDAY, 30), (THURSDAY, 99))))
        again = a_day(THURSDAY, Paper(id="2607.00001", title="t", votes=120, vote_history=((THURSDAY, 120),)))
        first = files_of(day)["settled.json"]
        assert json.loads(first)["items"][0]["date_modified"] == "2026-07-15T00:00:00Z"
        assert files_of(later, a_day(THURSDAY))["settled.json"] == first
        (item,) = json.loads(files_of(day, again)["settled.json"])["items"]
        (before,) = json.loads(first)["items"]
        assert {key: item[key] for key in ("id", "url", "title", "date_published", "date_modified")} == {
            key: before[key] for key in ("id", "url", "title", "date_published", "date_modified")
        }
        assert "30표 이상" in item["content_html"]
        assert "120" not in item["content_html"]


class TestHostileText:
    @pytest.mark.fault(31)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_it_comes_out_of_every_feed_as_text(self, text: str) -> None:
        hostile = Paper(
            id="2607.00001",
            title=text,
            authors=(text,) * 5,
            abstract=f"{text}\n{text}",
            organization=Organization(text, text),
            votes=SETTLED_VOTES,
            github=Github(text),
            project_page=text,
            media=(Media(url=text, kind="video"), Media(url=f"https://{HOST}/{text}", kind="video")),
            summaries={"ko": Summary((f"**{text}**: {text}",), by=text)},
        )
        files = files_of(a_day(MONDAY, hostile, fetched=THURSDAY), site_name=text)
        check(files)
        for address, content in files.items():
            if not address.endswith(".xml"):
                continue
            for entry in entries_of(content):
                html = content_of(entry)
                assert not html.css("script, x, style, iframe, object, b, i")
                assert {node.tag for node in html.css("body *")} <= TAGS
                for node in html.css("body *"):
                    assert not [name for name in node.attributes if name.startswith("on")]
                    href = node.attributes.get("href")
                    assert href is None or href.startswith("https://")
        (entry,) = entries_of(files["papers.xml"])
        shown = re.sub(r"\s+", " ", re.sub(r"[\u202e\u200e\u2066\u2069\x00\x07\x7f\ufffe\uffff]", "", text)).strip()
        assert entry.findtext(f"{ATOM}title") == shown
        assert atom(files["papers.xml"]).entries[0].title == shown
        assert shown in re.sub(r"\s+", " ", content_of(entry).text())

    def test_of_a_million_characters_so_many_come_out(self) -> None:
        long = "long " * 200_000
        paper = Paper(
            id="2607.00001",
            title=long,
            authors=(long,) * 1000,
            abstract=long,
            organization=Organization("lab", long),
            media=tuple(Media(url=f"{UPLOADS}/{n}.mp4", kind="video") for n in range(1000)),
            summaries={"ko": Summary((long,) * 1000, by=long)},
        )
        files = files_of(a_day(MONDAY, paper), languages=["ko"])
        check(files)
        (entry,) = entries_of(files["papers.xml"])
        assert len(entry.findtext(f"{ATOM}title") or "") == TITLE_CHARS
        bullets = content_of(entry).css("li")
        assert len(bullets) == BULLETS
        assert {len(bullet.text()) for bullet in bullets} <= {BULLET_CHARS - 1, BULLET_CHARS}
        assert len(atom(files["papers.xml"]).entries[0].enclosures) <= MEDIA
        assert all(len(content) < 60_000 for content in files.values())

    @settings(max_examples=60, deadline=None)
    @given(st.lists(strategies.days(MONDAY), min_size=1, max_size=1), strategies.names)
    @example(
        [Day(date=MONDAY, source="huggingface", papers=(Paper(id="2607.00001", title=" ", authors=(" ",)),))],
        "of blanks",
    )
    def test_whatever_a_record_holds_every_feed_is_valid_and_read_back_with_its_ids_and_links(
        self, days: list[Day], name: str
    ) -> None:
        days = [day for day in days if day.papers]
        files = files_of(*days, site_name=f"A {name}")
        assert bool(files) == bool(days)
        check(files)
        for address, content in files.items():
            if address.endswith(".xml"):
                read = [(entry.id, entry.link) for entry in atom(content).entries]
                raw = [
                    (entry.findtext(f"{ATOM}id"), entry.find(f"{ATOM}link[@rel='alternate']").attrib["href"])  # type: ignore[union-attr]
                    for entry in entries_of(content)
                ]
                assert read == raw


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        (r"<id>.*?</id>", ""),
        (r"<updated>", "<updated>on "),
        (r"<author>.*?</author>", ""),
        (r"<entry>", "<entry><title>a second one</title>"),
        (r'rel="self"', 'rel="alternate"'),
        (r"<id>urn:uuid:[^<]*</id><content", "<id>2607.00001</id><content"),
        (r'<category label="[^"]*" term="agents"/>', "<category/>"),
        (r"<generator>", '<generator made="up">'),
        (r'type="video/mp4"', 'type="a film" length="long"'),
        (r"</entry><entry>", "</entry><item/><entry>"),
    ],
)
def test_the_rules_find_what_is_wrong_with_a_feed(sound: str, broken: str) -> None:
    content = files_of(*everything())["papers.xml"].decode()
    changed = re.sub(sound, broken, content)
    assert changed != content
    assert not atom_faults(content.encode())
    assert atom_faults(changed.encode())


@pytest.mark.parametrize("name", ["feed.xml", "papers.en.xml", "settled.json", "feeds.opml"])
def test_a_small_archive_gives_its_golden_feeds(name: str) -> None:
    content = files_of(*everything())[name]
    path = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert content == path.read_bytes()


class TestInABuild:
    def build(self, folder: Path, options: dict[str, object] | None = None, **config: object) -> tuple[Path, str]:
        """Build a site of everything, strictly, and return it with its log."""
        site = make_site(folder, {"fetch": "never", "since": MONDAY.isoformat(), **(options or {})}, **config)
        for day in everything():
            write_day(site / "docs" / str((options or {}).get("path", "")), day)
        done = build(site, "--strict")
        assert done.returncode == 0, done.stderr
        return site / "site", done.stderr

    def linked(self, built: Path, address: str) -> list[tuple[Path, str]]:
        """Return the feeds that the head of a page names, each with its title."""
        links = page(built / address).css('head link[rel~="alternate"][type="application/atom+xml"]')
        folder = (built / address).parent
        return [(folder / (link.attributes["href"] or ""), link.attributes["title"] or "") for link in links]

    @pytest.mark.parametrize("directory_urls", [True, False])
    def test_pages_name_their_feeds_in_the_head_and_where_a_reader_sees_it(
        self, tmp_path: Path, directory_urls: bool
    ) -> None:
        built, _ = self.build(tmp_path, {"path": "papers"}, use_directory_urls=directory_urls)
        end = "/index.html" if directory_urls else ".html"
        below = built / "papers"
        for address, feed in (
            ("papers/index.html", "feed"),
            (f"papers/2026/07/13{end}", "feed"),
            (f"papers/topics/agents{end}", "topics/agents/feed"),
            (f"papers/orgs/lab{end}", "orgs/lab/feed"),
        ):
            found = self.linked(built, address)
            assert [path.resolve() for path, _ in found] == [below / f"{feed}.xml", below / f"{feed}.en.xml"]
            assert all(path.is_file() for path, _ in found)
            assert [title.rpartition(" ")[2] for _, title in found] == ["(한국어)", "(English)"]
            # Material asks for the sitemap of whatever it takes for a translation.
            assert not page(built / address).css('link[rel="alternate"][type="application/atom+xml"]')
        for address in ("papers/index.html", f"papers/topics/agents{end}", f"papers/orgs/lab{end}"):
            seen = page(built / address).css('.dp a[type="application/atom+xml"]')
            assert [link.text() for link in seen] == ["피드", "Feed"]
        archive = page(built / f"papers/archive{end}")
        for link in archive.css('.dp a[type^="application/"], .dp a[href$=".opml"]'):
            assert ((built / f"papers/archive{end}").parent / (link.attributes["href"] or "")).is_file()
        assert len(archive.css('.dp a[type^="application/"]')) == 12  # three feeds, two formats, two languages

    def test_a_second_build_gives_the_same_bytes(self, tmp_path: Path) -> None:
        built, _ = self.build(tmp_path)
        found = {path: path.read_bytes() for path in built.rglob("*.xml") if path.name != "sitemap.xml"}
        assert len(found) > 10
        self.build(tmp_path)
        assert {path: path.read_bytes() for path in found} == found

    @pytest.mark.parametrize(
        ("options", "config", "notice"),
        [({}, {"site_url": ""}, "No feeds are written"), ({"feeds": False}, {}, "")],
    )
    def test_without_feeds_no_page_names_one(
        self, tmp_path: Path, options: dict[str, object], config: dict[str, object], notice: str
    ) -> None:
        built, log = self.build(tmp_path, options, **config)
        assert ("No feeds are written" in log) == bool(notice)
        assert not (built / "feed.xml").exists()
        for address in ("index.html", "2026/07/13/index.html", "topics/agents/index.html", "archive/index.html"):
            assert not self.linked(built, address)
            assert not page(built / address).css('.dp a[href$=".xml"], .dp a[href$=".opml"]')
