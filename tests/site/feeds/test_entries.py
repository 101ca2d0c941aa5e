"""Entries of feeds: content, enclosures and pictures, and text that stays text however hostile it is."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daily_papers.index.rankings import SETTLED_VOTES
from daily_papers.model.records import Day, Github, Media, Organization, Summary
from daily_papers.site.feeds.entries import BULLET_CHARS, BULLETS, MEDIA, TITLE_CHARS
from tests import strategies
from tests.atom_rules import ATOM
from tests.factories import UPLOADS, make_day, make_paper
from tests.site.feeds.feed_samples import (
    HOST,
    MONDAY,
    SITE,
    THURSDAY,
    check_feeds,
    content_of,
    entries_of,
    feed_files,
    fetched_day,
    read_atom,
    sample_days,
)

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
"""Every element that the content of an entry may have."""


def test_the_entry_of_a_day_has_every_paper_with_votes_bullets_links_and_picture() -> None:
    entry = entries_of(feed_files(*sample_days())["feed.xml"])[-1]
    content = content_of(entry)
    assert entry.findtext(f"{ATOM}title") == "2026년 7월 13일 월요일"
    assert [title.text() for title in content.css("h3")] == ["Small Models, Large Questions", "Not on arXiv"]
    assert [bullet.text() for bullet in content.css("li")] == ["새로운 점 우리가 쓴 한 줄", "둘째 줄"]
    assert "논문 2편 · 41표 · 2026년 7월 14일 기준 투표 수" in content.text()
    assert "41표 · The Lab · Ada Ahn, Ben Bae, Cho Chung, + 3명" in content.text()
    (picture,) = content.css("img")
    assert picture.attributes["src"] == "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.00001.png"
    addresses = [link.attributes["href"] or "" for link in content.css("a")]
    assert "https://github.com/lab/small" in addresses
    assert f"{SITE}topics/agents/" in addresses
    assert all(address.startswith("https://") for address in addresses)


def test_the_entry_of_a_paper_has_bullets_in_the_language_of_the_feed_and_the_abstract() -> None:
    files = feed_files(*sample_days())
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


def test_videos_on_known_hosts_are_enclosures_with_their_media_type() -> None:
    files = feed_files(*sample_days())
    videos = [(f"{UPLOADS}/film.mp4", "video/mp4"), (f"{UPLOADS}/film.mov", "video/quicktime")]
    read = read_atom(files["papers.xml"]).entries[1]
    assert [(video.href, video.type) for video in read.enclosures] == videos
    assert not any("length" in video for video in read.enclosures)
    item = json.loads(files["papers.json"])["items"][1]
    assert [(video["url"], video["mime_type"]) for video in item["attachments"]] == videos


def test_an_entry_has_the_copy_of_a_thumbnail_that_the_site_stores() -> None:
    days = sample_days()
    files = feed_files(*days, languages=["ko"], thumbnails={days[0].papers[0].thumbnail or "": "media/ab/cd"})
    (picture,) = content_of(entries_of(files["papers.xml"])[1]).css("img")
    assert picture.attributes["src"] == f"{SITE}media/ab/cd-640.webp"


class TestHostileText:
    @pytest.mark.fault(31)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_stays_text_in_every_feed(self, text: str) -> None:
        hostile = make_paper(
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
        files = feed_files(fetched_day(MONDAY, hostile, fetched=THURSDAY), site_name=text)
        check_feeds(files)
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
        assert read_atom(files["papers.xml"]).entries[0].title == shown
        assert shown in re.sub(r"\s+", " ", content_of(entry).text())

    def test_texts_of_a_million_characters_are_cut(self) -> None:
        long = "long " * 200_000
        paper = make_paper(
            title=long,
            authors=(long,) * 1000,
            abstract=long,
            organization=Organization("lab", long),
            media=tuple(Media(url=f"{UPLOADS}/{n}.mp4", kind="video") for n in range(1000)),
            summaries={"ko": Summary((long,) * 1000, by=long)},
        )
        files = feed_files(fetched_day(MONDAY, paper), languages=["ko"])
        check_feeds(files)
        (entry,) = entries_of(files["papers.xml"])
        assert len(entry.findtext(f"{ATOM}title") or "") == TITLE_CHARS
        bullets = content_of(entry).css("li")
        assert len(bullets) == BULLETS
        assert {len(bullet.text()) for bullet in bullets} <= {BULLET_CHARS - 1, BULLET_CHARS}
        assert len(read_atom(files["papers.xml"]).entries[0].enclosures) <= MEDIA
        assert all(len(content) < 60_000 for content in files.values())

    @settings(max_examples=60, deadline=None)
    @given(st.lists(strategies.days(MONDAY), min_size=1, max_size=1), strategies.names)
    @example(
        [make_day(MONDAY, make_paper(title=" ", authors=(" ",)))],
        "of blanks",
    )
    def test_every_record_gives_valid_feeds_that_are_read_back_with_ids_and_links(
        self, days: list[Day], name: str
    ) -> None:
        days = [day for day in days if day.papers]
        files = feed_files(*days, site_name=f"A {name}")
        assert bool(files) == bool(days)
        check_feeds(files)
        for address, content in files.items():
            if address.endswith(".xml"):
                read = [(entry.id, entry.link) for entry in read_atom(content).entries]
                raw = [
                    (entry.findtext(f"{ATOM}id"), entry.find(f"{ATOM}link[@rel='alternate']").attrib["href"])  # type: ignore[union-attr]
                    for entry in entries_of(content)
                ]
                assert read == raw
