"""The render cache: whatever changes between two builds, the site equals one built without a cache."""

from __future__ import annotations

import datetime as dt
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.archive.day_files import day_path
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.model.records import Github, Organization, Paper, Summary
from daily_papers.site.cache.store import FORMAT, CacheStore
from daily_papers.site.urls import Urls
from tests.factories import make_paper, publish, store_day

DATES = [dt.date(2026, 6, 29) + dt.timedelta(days=number) for number in range(4)] + [dt.date(2026, 7, 8)]
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/{}.png"
IDS = [f"2606.0000{number}" for number in range(6)]

papers = st.builds(
    Paper,
    id=st.sampled_from(IDS),
    title=st.sampled_from(["Agents that plan", "Diffusion for robots", "A survey <of> speech", "논문 하나"]),
    authors=st.lists(st.sampled_from(["Ada One", "Bo Two"]), max_size=2, unique=True).map(tuple),
    abstract=st.sampled_from([None, "We train a robot. It reads."]),
    votes=st.integers(0, 3),
    keywords=st.sampled_from([(), ("agents", "diffusion models")]),
    organization=st.sampled_from([None, Organization(name="one"), Organization(name="two", fullname="Two & Co")]),
    github=st.sampled_from([None, Github(url="https://github.com/one/two", stars=2)]),
    thumbnail=st.sampled_from([None, *map(THUMBNAIL.format, range(2))]),
    summaries=st.sampled_from([{}, {"ko": Summary(bullets=("한 줄",), by="hand")}]),
)
days = st.lists(papers, min_size=1, max_size=3, unique_by=lambda paper: paper.id)
states = st.sampled_from(["complete", "moving", "failed", "empty"])
aspects: dict[str, st.SearchStrategy[Any]] = {
    "days": st.dictionaries(st.sampled_from(DATES), days, min_size=2, max_size=4),
    "ledger": st.dictionaries(st.sampled_from(DATES), states, max_size=3),
    "related": st.dictionaries(st.sampled_from(IDS), st.lists(st.sampled_from(IDS), max_size=2, unique=True)),
    "hidden": st.sets(st.sampled_from(IDS), max_size=1),
    "topic": st.sampled_from(["", "Robots"]),
    "copies": st.sets(st.integers(0, 1)),
}
changes = st.one_of(*(st.tuples(st.just(aspect), values) for aspect, values in aspects.items()))


class CountingStore(CacheStore):
    """Cache store that lists the names of the entries put into it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.made: list[str] = []

    def put(self, name: str, mark: bytes, content: bytes) -> None:
        self.made.append(name)
        super().put(name, mark, content)


def write_archive(root: Path, archive: Mapping[str, Any]) -> None:
    """Write `archive` below `root` and remove the days that it does not have."""
    for date in DATES:
        day_path(root, date).unlink(missing_ok=True)
    for date, listed in archive["days"].items():
        store_day(root, date, *listed)
    write_ledger(root, {date: LedgerEntry(state) for date, state in archive.get("ledger", {}).items()})
    near = {one: [other for other in others if other != one] for one, others in archive.get("related", {}).items()}
    write_json(root / "2026/06/related.json", {"since": "2026-06-29", "papers": near})
    copies = archive.get("copies", ())
    write_json(root / "media.json", {THUMBNAIL.format(number): {"name": f"{number}" * 16} for number in copies})
    write_yaml(root / "curation.yml", {one: {"hide": True} for one in archive.get("hidden", ())})
    name, words = archive.get("topic"), archive.get("words", "robot")
    write_yaml(root / "topics.yml", {"bots": {"names": {"ko": name, "en": name}, "words": [words]}} if name else {})


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(value))


def write_yaml(path: Path, value: object) -> None:
    path.unlink(missing_ok=True)
    if value:
        path.write_text(yaml.safe_dump(value), "utf-8")


def build(root: Path, cache: CacheStore | None = None, **settings: Any) -> dict[str, bytes]:
    """Return every page and generated file of the archive below `root`."""
    options = {"site_url": "https://papers.example/", "feeds": True, **settings}
    return publish(root, cache=cache, since=DATES[0], mirrored=True, **options)


@settings(max_examples=20, deadline=None)
@given(st.fixed_dictionaries(aspects), st.lists(changes, min_size=1, max_size=3))
def test_however_an_archive_changes_the_site_is_the_same_as_without_a_cache(
    archive: dict[str, Any], changed: list[tuple[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, file = Path(folder, "docs"), Path(folder, "cache")
        root.mkdir()
        for aspect, value in [("", None), *changed]:
            # Of the days, only some change.
            archive = {**archive, aspect: {**archive["days"], **value} if aspect == "days" else value}
            write_archive(root, archive)
            assert build(root, CacheStore(file)) == build(root)


def lab_paper(number: int, **fields: Any) -> Paper:
    """Return a paper of one of three organizations."""
    return make_paper(number, month="2606", **{"organization": Organization(name=f"org{number % 3}"), **fields})


ARCHIVE: dict[str, Any] = {"days": {date: [lab_paper(number, votes=number)] for number, date in enumerate(DATES)}}
RELATED: dict[Any, Any] = {"related": {"2606.00004": ["2606.00000"]}}
SAME: dict[Any, Any] = {0: [lab_paper(0, title="Twin"), lab_paper(5, title="Twin")]}
ROBOT: dict[Any, Any] = {0: [lab_paper(0, title="A robot")], "topic": "Robots"}
PICTURE: dict[Any, Any] = {0: [lab_paper(0, thumbnail=THUMBNAIL.format(1))]}
# The paper of the first date counts on the third, for another organization. Its own organization has a page only
# because of the paper of the fourth date.
OF_TWO: dict[Any, Any] = {2: [lab_paper(2), lab_paper(0, votes=90, organization=Organization(name="org9"))]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, RELATED, id="related"),
        pytest.param(RELATED, {**RELATED, 0: [lab_paper(0, title="Another")]}, id="title of a related one"),
        pytest.param({**SAME, **RELATED}, {**SAME, "related": {"2606.00004": ["2606.00005"]}}, id="related papers"),
        pytest.param({}, {2: [lab_paper(2), lab_paper(0, votes=90)]}, id="listed again"),
        pytest.param(OF_TWO, {**OF_TWO, 3: []}, id="organization without a page"),
        pytest.param(ROBOT, {**ROBOT, "topic": "Machines"}, id="name of a topic"),
        pytest.param(ROBOT, {**ROBOT, "words": "cat"}, id="words of a topic"),
        pytest.param(PICTURE, {**PICTURE, "copies": [1]}, id="copy of a thumbnail"),
        pytest.param({}, {"ledger": {DATES[0]: "failed"}}, id="state of a date"),
        pytest.param({}, {"hidden": ["2606.00001"]}, id="hidden paper"),
        pytest.param({}, {1: []}, id="day that is gone"),
    ],
)
def test_a_page_is_rendered_again_when_another_file_that_it_depends_on_changes(
    tmp_path: Path, before: dict[Any, Any], after: dict[Any, Any]
) -> None:
    root, file = tmp_path / "docs", tmp_path / "cache"
    days = ARCHIVE["days"].items()
    first, then = (
        {**changes, "days": {date: changes.get(number, listed) for number, (date, listed) in enumerate(days)}}
        for changes in (before, after)
    )
    write_archive(root, first)
    earlier = build(root, CacheStore(file))
    write_archive(root, then)
    assert earlier != build(root, CacheStore(file)) == build(root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_archive(tmp_path / "docs", ARCHIVE)
    return tmp_path / "docs"


def rendered_again(root: Path, **settings: Any) -> set[str]:
    """Build with a cache, and return the names of the entries that it did not have."""
    cache = CountingStore(root.parent / "cache")
    assert build(root, cache, **settings) == build(root, **settings)
    return set(cache.made)


def test_an_unchanged_archive_is_not_rendered_again(root: Path) -> None:
    first = rendered_again(root)
    of_periods = {"2026/w27.md", "2026/07.md", "2026.md"}
    assert {"2026/06/29.md", "2026/06/29 digest", "orgs/org0.md", "orgs/org0/feed.xml"} | of_periods <= first
    assert rendered_again(root) == set()


def test_a_vote_renders_only_the_pages_of_its_day_again(root: Path) -> None:
    rendered_again(root)
    date = DATES[-1]
    paper = msgspec.structs.replace(ARCHIVE["days"][date][0], votes=90)
    store_day(root, date, paper)
    of_day = {"2026/07/08.md", "2026/07/08 digest", "2026/07/08 topics", "2026/07/08 papers"}
    of_periods = {"2026/w28.md", "2026/07.md", "2026.md"}
    of_organization = {"orgs/org1.md", "orgs/org1/feed.xml", "orgs/org1/feed.en.xml"}
    assert rendered_again(root) == of_day | of_periods | of_organization


@pytest.mark.parametrize(
    "settings",
    [
        {"languages": ["en", "ko"]},
        {"urls": Urls(directory_urls=False)},
        {"media_hosts": []},
        {"site_url": "https://elsewhere.example/"},
        {"site_name": "Another"},
        {"repo_url": "https://github.com/one/two"},
        {"feeds": False},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_changed_setting_renders_every_day_again(root: Path, settings: dict[str, Any]) -> None:
    rendered_again(root)
    assert {f"{date:%Y/%m/%d}.md" for date in DATES} <= rendered_again(root, **settings)


def test_entries_of_removed_pages_are_removed_from_the_cache(root: Path) -> None:
    rendered_again(root)
    day_path(root, DATES[-1]).unlink()
    rendered_again(root)
    names = set()
    for year in ("2026", "others"):
        with closing(sqlite3.connect(root.parent / f"cache/{year}.sqlite")) as opened:
            names |= {name for (name,) in opened.execute("SELECT name FROM content")}
    assert names == set(all_names(root))


def all_names(root: Path) -> list[str]:
    cache = CountingStore(root.parent / "another")
    build(root, cache)
    return cache.made


def overwrite(file: Path) -> None:
    file.write_bytes(zlib.compress(b"no database") * 9)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def overwrite_the_middle(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:65_536] + b"\xff" * 65_536 + content[2 * 65_536 :])


def change_format(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        opened.execute("DROP TABLE content")
        opened.execute("CREATE TABLE content (other TEXT)")
        opened.execute(f"PRAGMA user_version = {FORMAT + 1}")


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [overwrite, truncate, overwrite_the_middle, change_format, replace_by_folder])
def test_a_damaged_cache_file_costs_only_time(root: Path, damage: Callable[[Path], None]) -> None:
    first = rendered_again(root)
    damage(root.parent / "cache/2026.sqlite")
    assert rendered_again(root) <= first
    assert not rendered_again(root) or damage is replace_by_folder


def test_a_build_does_not_wait_for_another_that_locks_the_cache(root: Path) -> None:
    rendered_again(root)
    with closing(sqlite3.connect(root.parent / "cache/2026.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert rendered_again(root) == set()
