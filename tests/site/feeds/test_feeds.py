"""The feeds of a site: which exist, that they are valid, and that ids and bytes stay the same.

The expected feeds are in tests/site/feeds/golden. After an intended change, rewrite them and review the difference:

    WRITE_GOLDEN=1 pytest tests/site/feeds/test_feeds.py -k golden && git diff tests/site/feeds/golden
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from daily_papers.archive.day_files import write_day
from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES, settled
from daily_papers.model.records import Organization
from daily_papers.site.feeds import feeds
from daily_papers.site.urls import Urls
from tests.atom_rules import atom_faults
from tests.factories import make_paper
from tests.site.feeds.feed_samples import (
    MONDAY,
    SITE,
    THURSDAY,
    check_feeds,
    entries_of,
    feed_files,
    feed_index,
    fetched_day,
    read_atom,
    sample_days,
)
from tests.sites import build, make_site, page

GOLDEN = Path(__file__).parent / "golden"


class TestFeeds:
    def test_every_feed_exists_in_every_language_and_the_first_has_the_plain_address(self) -> None:
        files = feed_files(*sample_days())
        names = ["feed", "papers", "settled", "topics/agents/feed", "topics/vision/feed", "orgs/lab/feed"]
        expected = {f"{name}{code}.xml" for name in names for code in ("", ".en")}
        expected |= {f"{name}{code}.json" for name in names[:3] for code in ("", ".en")}
        assert files.keys() == expected | {"feeds.opml", "feeds.en.opml", "orgs.opml", "orgs.en.opml"}
        assert {read_atom(files[f"{name}.xml"]).feed.language for name in names} == {"ko"}
        assert {read_atom(files[f"{name}.en.xml"]).feed.language for name in names} == {"en"}
        check_feeds(files)

    def test_addresses_follow_path_and_use_directory_urls(self) -> None:
        files = feed_files(*sample_days(), urls=Urls("papers", directory_urls=False))
        read = read_atom(files["papers/topics/agents/feed.en.xml"])
        links = {link.rel: link.href for link in read.feed.links}
        assert links == {
            "self": f"{SITE}papers/topics/agents/feed.en.xml",
            "alternate": f"{SITE}papers/topics/agents.html",
        }
        assert read.entries[-1].link == f"{SITE}papers/2026/07/13.html#x-0123456789ab"
        check_feeds(files)

    def test_a_site_without_site_url_days_or_the_option_has_no_feeds(self) -> None:
        assert not feed_files(*sample_days(), site_url="")
        assert not feed_files()
        assert not feed_files(*sample_days(), feeds=False)

    def test_a_source_without_votes_has_no_settled_feed(self) -> None:
        files = feed_files(*sample_days(), source="arxiv:cs.CL")
        assert "papers.xml" in files
        assert not [address for address in files if address.startswith("settled")]

    def test_the_feed_of_a_language_without_a_catalogue_has_english_texts(self) -> None:
        files = feed_files(*sample_days(), languages=["ja", "ko"])
        assert read_atom(files["feed.xml"]).feed.language == "ja"
        assert "2 papers" in files["feed.xml"].decode()
        check_feeds(files)

    @pytest.mark.parametrize(("code", "language"), [("", "ko"), (".en", "en")])
    def test_an_opml_list_has_feeds_of_one_language_and_organizations_are_in_another_list(
        self, code: str, language: str
    ) -> None:
        files = feed_files(*sample_days())
        listed = {"feeds": ["feed", "papers", "settled", "topics/agents/feed", "topics/vision/feed"]}
        for name, feeds_of_list in {**listed, "orgs": ["orgs/lab/feed"]}.items():
            outlines = ET.fromstring(files[f"{name}{code}.opml"]).findall(".//outline[@type='rss']")
            addresses = [outline.attrib["xmlUrl"] for outline in outlines]
            assert addresses == [f"{SITE}{feed}{code}.xml" for feed in feeds_of_list]
            for outline in outlines:
                assert outline.attrib["text"] == outline.attrib["title"]
                assert outline.attrib["htmlUrl"].startswith(SITE)
                assert outline.attrib["language"] == language

    def test_an_archive_without_organizations_has_no_list_of_their_feeds(self) -> None:
        files = feed_files(fetched_day(MONDAY, make_paper()))
        assert "feeds.opml" in files
        assert "orgs.opml" not in files

    def test_a_feed_without_entries_is_valid(self) -> None:
        content = feed_files(*sample_days())["topics/vision/feed.xml"]
        assert not read_atom(content).entries
        assert read_atom(content).feed.updated == "2026-07-16T00:00:00+00:00"

    def test_the_number_of_entries_is_limited(self) -> None:
        first = dt.date(2026, 1, 1)
        days = [
            fetched_day(
                first + dt.timedelta(days=n),
                *(make_paper(paper, month=f"26{n:02}", organization=Organization("lab")) for paper in range(9)),
            )
            for n in range(feeds.DAYS + 5)
        ]
        files = feed_files(*days, languages=["ko"])
        counts = {name: len(entries_of(content)) for name, content in files.items() if name.endswith(".xml")}
        assert counts == {
            "feed.xml": feeds.DAYS,
            "papers.xml": feeds.PAPERS,
            "settled.xml": 0,
            "topics/agents/feed.xml": feeds.TOPIC_PAPERS,
            "topics/vision/feed.xml": 0,
            "orgs/lab/feed.xml": feeds.ORGANIZATION_PAPERS,
        }
        assert read_atom(files["feed.xml"]).entries[0].link == f"{SITE}2026/01/25/"


class TestStability:
    def ids(self, files: dict[str, bytes], name: str) -> list[str]:
        return [entry.id for entry in read_atom(files[name]).entries]

    def test_the_same_archive_gives_the_same_bytes(self) -> None:
        assert feed_files(*sample_days()) == feed_files(*sample_days())

    def test_ids_stay_the_same_when_site_url_or_the_order_of_languages_changes(self) -> None:
        here = feed_files(*sample_days())
        there = feed_files(*sample_days(), urls=Urls("x", directory_urls=False), site_url="https://new.example/")
        reordered = feed_files(*sample_days(), languages=["en", "ko"])
        for name in ("feed", "papers", "settled", "topics/agents/feed", "orgs/lab/feed"):
            assert self.ids(here, f"{name}.xml") == self.ids(there, f"x/{name}.xml")
            assert self.ids(here, f"{name}.xml") == self.ids(reordered, f"{name}.ko.xml")
            assert read_atom(here[f"{name}.xml"]).feed.id == read_atom(there[f"x/{name}.xml"]).feed.id

    def test_a_paper_has_one_id_in_all_feeds_of_a_language_except_the_settled_one(self) -> None:
        files = feed_files(*sample_days())
        assert set(self.ids(files, "orgs/lab/feed.xml")) < set(self.ids(files, "papers.xml"))
        every = [self.ids(files, name) for name in ("papers.xml", "papers.en.xml", "settled.xml", "settled.en.xml")]
        assert sum(map(len, every)) == len({identifier for each in every for identifier in each})

    def test_an_entry_was_updated_when_its_votes_or_its_summary_last_changed(self) -> None:
        files = feed_files(*sample_days())
        by_title = {entry.title: entry.updated for entry in read_atom(files["papers.xml"]).entries}
        assert by_title == {
            "Small Models, Large Questions": "2026-07-16T00:00:00+00:00",  # read again with more votes
            "One": "2026-07-14T00:00:00+00:00",
            "Not on arXiv": "2026-07-13T00:00:00+00:00",
        }
        monday = read_atom(files["feed.xml"]).entries[-1]
        assert (monday.published, monday.updated) == ("2026-07-13T00:00:00+00:00", "2026-07-14T09:00:00+00:00")
        assert read_atom(files["feed.en.xml"]).entries[-1].updated == "2026-07-13T03:00:00+00:00"

    def test_a_paper_links_to_the_date_that_first_listed_it(self) -> None:
        entries = read_atom(feed_files(*sample_days())["papers.xml"]).entries
        assert [entry.link for entry in entries] == [
            f"{SITE}2026/07/14/#2607.00002",
            f"{SITE}2026/07/13/#2607.00001",
            f"{SITE}2026/07/13/#x-0123456789ab",
        ]


class TestSettled:
    def index(self, votes: int, *, known: int) -> ArchiveIndex:
        """Return an index with a paper of Monday that was last fetched `known` days later."""
        paper = make_paper(1, votes=votes)
        return feed_index(fetched_day(MONDAY, paper, fetched=MONDAY + dt.timedelta(days=known)))

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
        found = settled(self.index(votes, known=known))
        assert [date for date, _ in found] == [MONDAY + dt.timedelta(days=SETTLED_DAYS)] * is_settled

    def test_later_votes_and_a_second_listing_do_not_change_a_settled_entry(self) -> None:
        day = fetched_day(MONDAY, make_paper(1, votes=30, vote_history=((MONDAY, 30),)), fetched=THURSDAY)
        later = fetched_day(MONDAY, make_paper(1, votes=99, vote_history=((MONDAY, 30), (THURSDAY, 99))))
        again = fetched_day(THURSDAY, make_paper(1, votes=120, vote_history=((THURSDAY, 120),)))
        first = feed_files(day)["settled.json"]
        assert json.loads(first)["items"][0]["date_modified"] == "2026-07-15T00:00:00Z"
        assert feed_files(later, fetched_day(THURSDAY))["settled.json"] == first
        (item,) = json.loads(feed_files(day, again)["settled.json"])["items"]
        (before,) = json.loads(first)["items"]
        assert {key: item[key] for key in ("id", "url", "title", "date_published", "date_modified")} == {
            key: before[key] for key in ("id", "url", "title", "date_published", "date_modified")
        }
        assert "30표 이상" in item["content_html"]
        assert "120" not in item["content_html"]


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
def test_the_atom_rules_find_errors_in_a_feed(sound: str, broken: str) -> None:
    content = feed_files(*sample_days())["papers.xml"].decode()
    changed = re.sub(sound, broken, content)
    assert changed != content
    assert not atom_faults(content.encode())
    assert atom_faults(changed.encode())


@pytest.mark.parametrize("name", ["feed.xml", "papers.en.xml", "settled.json", "feeds.opml", "orgs.opml"])
def test_a_small_archive_gives_its_golden_feeds(name: str) -> None:
    content = feed_files(*sample_days())[name]
    path = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert content == path.read_bytes()


class TestInABuild:
    def build(self, folder: Path, options: dict[str, object] | None = None, **config: object) -> tuple[Path, str]:
        """Build a site of the sample days with --strict, and return its folder and log."""
        site = make_site(folder, {"fetch": "never", "since": MONDAY.isoformat(), **(options or {})}, **config)
        for day in sample_days():
            write_day(site / "docs" / str((options or {}).get("path", "")), day)
        done = build(site, "--strict")
        assert done.returncode == 0, done.stderr
        return site / "site", done.stderr

    def linked(self, built: Path, address: str) -> list[tuple[Path, str]]:
        """Return path and title of each feed that the head of a page links to."""
        links = page(built / address).css('head link[rel~="alternate"][type="application/atom+xml"]')
        folder = (built / address).parent
        return [(folder / (link.attributes["href"] or ""), link.attributes["title"] or "") for link in links]

    @pytest.mark.parametrize("directory_urls", [True, False])
    def test_pages_link_to_their_feeds_in_the_head_and_in_the_content(
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
            # Material fetches the sitemap of every page that it takes for a translation.
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
    def test_without_feeds_no_page_links_to_one(
        self, tmp_path: Path, options: dict[str, object], config: dict[str, object], notice: str
    ) -> None:
        built, log = self.build(tmp_path, options, **config)
        assert ("No feeds are written" in log) == bool(notice)
        assert not (built / "feed.xml").exists()
        for address in ("index.html", "2026/07/13/index.html", "topics/agents/index.html", "archive/index.html"):
            assert not self.linked(built, address)
            assert not page(built / address).css('.dp a[href$=".xml"], .dp a[href$=".opml"]')
