"""The making of the search index: what is kept of it, and what becomes of a build where Pagefind is of no help."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from daily_papers.archive.day_files import write_day
from daily_papers.errors import SearchError
from daily_papers.index.archive_index import PrimaryListing
from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin
from daily_papers.model.records import Day, Paper
from daily_papers.search.korean import add_nothing
from daily_papers.search.pagefind import Indexer, find_pagefind
from daily_papers.search.records import Record, Shard
from tests.sites import REPOSITORY, build, make_site

MARCH = dt.date(2024, 3, 4)
CLOSED, RECENT = "1", "recent"


def records_of(part: Shard) -> list[Record]:
    return [Record(id=one.paper.id, date=one.date, title=one.paper.title) for one in part.papers]


def parts_of(**titles: str) -> list[Shard]:
    """A part of one paper for each title."""
    return [
        Shard(name.strip("_"), (PrimaryListing(MARCH, Paper(id=name, title=title)),)) for name, title in titles.items()
    ]


def indexer(tmp_path: Path, parts: Sequence[Shard], program: Path | None = None, **rest: float) -> Indexer:
    program = program or find_pagefind()
    assert program is not None
    return Indexer(
        program,
        parts,
        records_of,
        folder=tmp_path / "site/search",
        cache=tmp_path / "cache/bundles",
        add_words=add_nothing,
        beside=False,
        **rest,
    )


def kept(tmp_path: Path) -> dict[str, Path]:
    """What lies in the cache, by part."""
    return {path.name.partition("-")[0]: path for path in (tmp_path / "cache/bundles").iterdir()}


def published(tmp_path: Path) -> dict[str, bytes]:
    site = tmp_path / "site/search"
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def program_of(folder: Path, script: str, name: str = "pagefind") -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    return program


def test_a_part_that_has_not_changed_is_not_made_again_and_nothing_old_is_kept(tmp_path: Path) -> None:
    indexer(tmp_path, parts_of(_1="Closed", recent="Kittens")).finish()
    before = kept(tmp_path)
    (tmp_path / "cache/bundles/.part-of-a-killed-build").mkdir()
    made = before[CLOSED].stat().st_ino
    indexer(tmp_path, parts_of(_1="Closed", recent="Kittens and cats")).finish()
    after = kept(tmp_path)
    assert set(after) == {CLOSED, RECENT}
    assert after[CLOSED].stat().st_ino == made
    assert after[RECENT] != before[RECENT]


@pytest.mark.parametrize("harm", ["cut", "gone", "no listing"])
def test_a_kept_bundle_that_is_not_whole_is_made_anew(tmp_path: Path, harm: str) -> None:
    parts = parts_of(recent="Kittens")
    indexer(tmp_path, parts).finish()
    whole = published(tmp_path)
    bundle = kept(tmp_path)[RECENT]
    if harm == "cut":
        (index,) = (bundle / "index").iterdir()
        os.truncate(index, 10)
    elif harm == "gone":
        next((bundle / "fragment").iterdir()).unlink()
    else:
        (bundle / ".files.json").unlink()
    indexer(tmp_path, parts).finish()
    assert published(tmp_path) == whole
    assert not [name for name in whole if ".files" in name]


def test_a_program_that_never_ends_is_ended(tmp_path: Path) -> None:
    hanging = indexer(tmp_path, parts_of(recent="x"), program_of(tmp_path / "bin", "exec sleep 1000"), timeout_s=0.5)
    with pytest.raises(SearchError, match=r"pagefind made no search index: .*timed out"):
        hanging.finish()
    assert not kept(tmp_path)


def test_a_preview_that_is_built_anew_is_not_written_to_by_what_came_before(tmp_path: Path) -> None:
    called, go = tmp_path / "called", tmp_path / "go"
    wait = f'touch {called}; while [ ! -e {go} ]; do sleep 0.05; done; exec {find_pagefind()} "$@"'
    told: list[SearchError | None] = []
    before = indexer(tmp_path, parts_of(recent="Kittens"), program_of(tmp_path / "bin", wait))
    before.finish_later(told.append)
    while not called.exists():
        time.sleep(0.05)
    before.stop()
    go.touch()
    indexer(tmp_path, parts_of(recent="Cats")).finish()  # waits until the other has left the cache
    (fragment,) = (content for name, content in published(tmp_path).items() if name.endswith(".pf_fragment"))
    assert b"Cats" in gzip.decompress(fragment)
    assert set(kept(tmp_path)) == {RECENT}
    assert not told


def test_a_preview_that_ends_is_not_written_to_any_more(tmp_path: Path) -> None:
    DailyPapersPlugin().on_shutdown()  # before anything was built
    running = indexer(tmp_path, parts_of(recent="Kittens"))
    running.stop()
    running.finish()
    assert not (tmp_path / "site").exists()


def without_the_extra(tmp_path: Path, path: str) -> dict[str, str]:
    """An environment in which Pagefind is what PATH has, whatever is installed."""
    module = tmp_path / "modules/pagefind_bin_extended"
    module.mkdir(parents=True)
    (module / "__init__.py").write_text("raise ImportError\n", "utf-8")
    modules = os.pathsep.join(filter(None, (str(module.parent), os.environ.get("PYTHONPATH", ""))))
    return {"PYTHONPATH": modules, "PATH": path, "DAILY_PAPERS_FETCH": "never"}


def one_day(folder: Path, **options: object) -> Path:
    site = make_site(folder, {"fetch": "never", "search": True, **options})
    papers = (Paper(id="2403.00001", title="Kittens"),)
    write_day(site / "docs", Day(date=MARCH, source="huggingface", papers=papers))
    return site


def test_without_pagefind_the_site_has_no_search_and_says_how_to_get_one(tmp_path: Path) -> None:
    done = build(one_day(tmp_path / "site"), "--strict", environment=without_the_extra(tmp_path, str(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert "Pagefind was not found: pip install 'mkdocs-daily-papers[search]'" in done.stderr
    assert_no_search(tmp_path / "site/site")


def test_a_site_that_wants_no_search_has_nothing_of_it(tmp_path: Path) -> None:
    done = build(one_day(tmp_path, search=False), "--strict")
    assert done.returncode == 0, done.stderr
    assert "search" not in done.stderr.lower()
    assert_no_search(tmp_path / "site")


def assert_no_search(built: Path) -> None:
    """No box and no link; the script of the box is asked for by a page that has one."""
    assert not (built / "search").exists()
    for page in (built / "index.html", built / "2024/03/04/index.html", built / "404.html"):
        html = page.read_text("utf-8")
        assert "<dp-search-box" not in html
        assert "search/" not in html
        assert "wasm" not in html


@pytest.mark.parametrize(
    ("script", "said"),
    [("echo 'No room on this disk' >&2; exit 1", "No room on this disk"), ("exit 0", "wrote no index")],
    ids=["fails", "writes nothing"],
)
def test_where_pagefind_fails_the_site_is_built_and_its_boxes_are_taken_away(
    tmp_path: Path, script: str, said: str
) -> None:
    folder = program_of(tmp_path / "bin", script).parent
    path = os.pathsep.join((str(folder), os.environ["PATH"]))
    done = build(one_day(tmp_path / "site"), "--strict", environment=without_the_extra(tmp_path, path))
    assert done.returncode == 0, done.stderr
    notices = [line for line in done.stderr.splitlines() if "Built without its search" in line]
    assert len(notices) == 1
    assert said in notices[0]
    assert "Traceback" not in done.stderr
    scripts = tmp_path / "site/site/assets/daily-papers/js"
    assert "box.remove()" in (scripts / "search/dp-search-box.mjs").read_text("utf-8")
    assert "page.replaceWith" in (scripts / "search/dp-search-page.mjs").read_text("utf-8")
    assert not (tmp_path / "site/site/search/recent").exists()


def test_a_build_beside_says_what_failed_once(tmp_path: Path) -> None:
    """Seen from a process of its own: a fork of pytest's would carry all of its threads' locks."""
    program = program_of(tmp_path / "bin", "echo x >>calls; echo 'Out of ink' >&2; exit 3")
    code = (
        "import sys; from pathlib import Path; from tests.search.test_pagefind import *\n"
        "where, program = map(Path, sys.argv[1:])\n"
        "one = Indexer(program, parts_of(recent='x'), records_of, folder=where / 'site', cache=where / 'cache',"
        " add_words=add_nothing, beside=True)\n"
        "try: one.finish()\n"
        "except SearchError as e: print(e)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), *sys.path))}
    command = [sys.executable, "-c", code, str(tmp_path), str(program)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.count("Out of ink") == 1
    assert not done.stderr
