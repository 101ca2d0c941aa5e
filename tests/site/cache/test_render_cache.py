"""What is kept from one build to the next: whatever changes, a site comes out as if nothing had been kept."""

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

from daily_papers.archive.day_files import day_path, write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.model.records import Day, Github, Organization, Paper, Summary
from daily_papers.site.cache.render_cache import RenderCache
from daily_papers.site.cache.store import FORMAT, CacheStore
from daily_papers.site.renderer import Renderer
from daily_papers.site.site import Site
from daily_papers.site.urls import Urls

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


class Counting(CacheStore):
    """Knows what was not there, and made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.made: list[str] = []

    def put(self, name: str, mark: bytes, content: bytes) -> None:
        self.made.append(name)
        super().put(name, mark, content)


def write_archive(root: Path, archive: Mapping[str, Any]) -> None:
    """Write `archive` below `root`, and leave nothing else there."""
    for date in DATES:
        day_path(root, date).unlink(missing_ok=True)
    for date, listed in archive["days"].items():
        write_day(root, Day(date=date, source="huggingface", papers=tuple(listed)))
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


def make_site(root: Path, kept: CacheStore | None, **settings: Any) -> Site:
    told: dict[str, Any] = {
        "languages": ["ko", "en"],
        "urls": Urls(),
        "media_hosts": ["cdn-thumbnails.huggingface.co"],
        "site_url": "https://papers.example/",
        "feeds": True,
        **settings,
    }
    draw = Renderer(drawn=RenderCache(kept) if kept else None, **told)
    site = Site(root, urls=told["urls"], renderer=draw, languages=told["languages"], since=DATES[0], mirrored=True)
    assert not site.errors
    return site


def publish(root: Path, kept: CacheStore | None = None, **settings: Any) -> dict[str, str | bytes]:
    """Return all that is drawn of the archive below `root`, by where it stands."""
    site = make_site(root, kept, **settings)
    site.renderer.start()
    pages = list(site.pages())
    published: dict[str, str | bytes] = {page.source: page.head().encode() + site.draw(page) for page in pages}
    published |= {f"beside/{address}": content for part in site.beside() for address, content in part}
    site.renderer.drawn.close(site.kept_names(pages))
    return published


@settings(max_examples=20, deadline=None)
@given(st.fixed_dictionaries(aspects), st.lists(changes, min_size=1, max_size=3))
def test_however_an_archive_changes_it_is_published_as_if_nothing_were_kept(
    archive: dict[str, Any], changed: list[tuple[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, file = Path(folder, "docs"), Path(folder, "drawn")
        root.mkdir()
        for aspect, value in [("", None), *changed]:
            # Of the days, only some change.
            archive = {**archive, aspect: {**archive["days"], **value} if aspect == "days" else value}
            write_archive(root, archive)
            assert publish(root, CacheStore(file)) == publish(root)


def a_paper(number: int, **told: Any) -> Paper:
    organization = Organization(name=f"org{number % 3}")
    return Paper(**{"id": f"2606.0000{number}", "title": f"Paper {number}", "organization": organization, **told})


ARCHIVE: dict[str, Any] = {"days": {date: [a_paper(number, votes=number)] for number, date in enumerate(DATES)}}
RELATED: dict[Any, Any] = {"related": {"2606.00004": ["2606.00000"]}}
ROBOT: dict[Any, Any] = {0: [a_paper(0, title="A robot")], "topic": "Robots"}
PICTURE: dict[Any, Any] = {0: [a_paper(0, thumbnail=THUMBNAIL.format(1))]}
# The first date's paper counts later, for another organization; its own has a page through the fourth date alone.
OF_TWO: dict[Any, Any] = {2: [a_paper(2), a_paper(0, votes=90, organization=Organization(name="org9"))]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, RELATED, id="related"),
        pytest.param(RELATED, {**RELATED, 0: [a_paper(0, title="Another")]}, id="title of a related one"),
        pytest.param({}, {2: [a_paper(2), a_paper(0, votes=90)]}, id="listed again"),
        pytest.param(OF_TWO, {**OF_TWO, 3: []}, id="organization without a page"),
        pytest.param(ROBOT, {**ROBOT, "topic": "Machines"}, id="name of a topic"),
        pytest.param(ROBOT, {**ROBOT, "words": "cat"}, id="words of a topic"),
        pytest.param(PICTURE, {**PICTURE, "copies": [1]}, id="copy of a thumbnail"),
        pytest.param({}, {"ledger": {DATES[0]: "failed"}}, id="state of a date"),
        pytest.param({}, {"hidden": ["2606.00001"]}, id="hidden paper"),
        pytest.param({}, {1: []}, id="day that is gone"),
    ],
)
def test_what_other_days_or_files_tell_of_a_day_is_drawn_anew(
    tmp_path: Path, before: dict[Any, Any], after: dict[Any, Any]
) -> None:
    root, file = tmp_path / "docs", tmp_path / "drawn"
    days = ARCHIVE["days"].items()
    first, then = (
        {**told, "days": {date: told.get(number, listed) for number, (date, listed) in enumerate(days)}}
        for told in (before, after)
    )
    write_archive(root, first)
    earlier = publish(root, CacheStore(file))
    write_archive(root, then)
    assert earlier != publish(root, CacheStore(file)) == publish(root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_archive(tmp_path / "docs", ARCHIVE)
    return tmp_path / "docs"


def made_again(root: Path, **settings: Any) -> set[str]:
    """Return what is made anew of what may be kept, in a second build."""
    kept = Counting(root.parent / "drawn")
    assert publish(root, kept, **settings) == publish(root, **settings)
    return set(kept.made)


def test_what_did_not_change_is_not_drawn_again(root: Path) -> None:
    first = made_again(root)
    of_periods = {"2026/w27.md", "2026/07.md", "2026.md"}
    assert {"2026/06/29.md", "2026/06/29 digest", "orgs/org0.md", "orgs/org0/feed.xml"} | of_periods <= first
    assert made_again(root) == set()


def test_a_vote_changes_what_shows_its_day_and_nothing_else(root: Path) -> None:
    made_again(root)
    date = DATES[-1]
    paper = msgspec.structs.replace(ARCHIVE["days"][date][0], votes=90)
    write_day(root, Day(date=date, source="huggingface", papers=(paper,)))
    of_day = {"2026/07/08.md", "2026/07/08 digest", "2026/07/08 topics"}
    of_periods = {"2026/w28.md", "2026/07.md", "2026.md"}
    of_organization = {"orgs/org1.md", "orgs/org1/feed.xml", "orgs/org1/feed.en.xml"}
    assert made_again(root) == of_day | of_periods | of_organization


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
def test_another_setting_draws_every_day_anew(root: Path, settings: dict[str, Any]) -> None:
    made_again(root)
    assert {f"{date:%Y/%m/%d}.md" for date in DATES} <= made_again(root, **settings)


def test_what_is_published_no_more_is_kept_no_longer(root: Path) -> None:
    made_again(root)
    day_path(root, DATES[-1]).unlink()
    made_again(root)
    names = set()
    for year in ("2026", "others"):
        with closing(sqlite3.connect(root.parent / f"drawn/{year}.sqlite")) as opened:
            names |= {name for (name,) in opened.execute("SELECT name FROM kept")}
    assert names == set(first_names(root))


def first_names(root: Path) -> list[str]:
    kept = Counting(root.parent / "another")
    publish(root, kept)
    return kept.made


def spoil(file: Path) -> None:
    file.write_bytes(zlib.compress(b"no database") * 9)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def spoil_in_the_middle(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:65_536] + b"\xff" * 65_536 + content[2 * 65_536 :])


def be_of_another_format(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        opened.execute("DROP TABLE kept")
        opened.execute("CREATE TABLE kept (other TEXT)")
        opened.execute(f"PRAGMA user_version = {FORMAT + 1}")


def be_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("harm", [spoil, cut, spoil_in_the_middle, be_of_another_format, be_a_folder])
def test_a_file_that_does_not_read_costs_time_alone(root: Path, harm: Callable[[Path], None]) -> None:
    first = made_again(root)
    harm(root.parent / "drawn/2026.sqlite")
    assert made_again(root) <= first
    assert not made_again(root) or harm is be_a_folder


def test_another_build_with_the_same_file_keeps_nobody_from_building(root: Path) -> None:
    made_again(root)
    with closing(sqlite3.connect(root.parent / "drawn/2026.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert made_again(root) == set()


def test_what_is_held_in_memory_is_written_before_it_is_much(tmp_path: Path) -> None:
    kept = CacheStore(tmp_path / "drawn")
    for number in range(20):
        kept.put(str(number), b"mark", b"x" * 1_000_000)
    again = CacheStore(tmp_path / "drawn")
    assert again.get("0", b"mark") == b"x" * 1_000_000
    assert again.get("0", b"another") is None
    again.write()  # lets go of the file
