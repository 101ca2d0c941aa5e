"""The search index: bundles are cached and complete, and a site is built without search if Pagefind fails."""

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

from daily_papers.errors import SearchError
from daily_papers.index.archive_index import PrimaryListing
from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin
from daily_papers.search.korean import find_no_words
from daily_papers.search.pagefind import Indexer
from daily_papers.search.pagefind_program import find_pagefind
from daily_papers.search.records import Record, Shard
from tests.factories import make_paper, store_day
from tests.sites import REPOSITORY, build, make_site

MARCH = dt.date(2024, 3, 4)
CLOSED, RECENT = "1", "recent"


def records_of(shard: Shard) -> list[Record]:
    return [Record(id=each.paper.id, date=each.date, title=each.paper.title) for each in shard.papers]


def shards_of(**titles: str) -> list[Shard]:
    """Return a shard of one paper for each title, by the shard's name; `_1` is the shard `1`."""
    return [
        Shard(name.strip("_"), (PrimaryListing(MARCH, make_paper(id=name, title=title)),))
        for name, title in titles.items()
    ]


def refuse(error: OSError) -> Path:
    raise error


def indexer(tmp_path: Path, shards: Sequence[Shard], program: Path | None = None, **options: float) -> Indexer:
    program = program or find_pagefind()
    assert program is not None
    return Indexer(
        program,
        shards,
        records_of,
        folder=tmp_path / "site/search",
        cache=tmp_path / "cache/bundles",
        replace_cache=refuse,
        find_extra_words=find_no_words,
        in_background=False,
        **options,
    )


def cached(tmp_path: Path) -> dict[str, Path]:
    """Return the folders in the cache, by shard."""
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


def test_an_unchanged_shard_is_not_indexed_again_and_old_bundles_are_deleted(tmp_path: Path) -> None:
    indexer(tmp_path, shards_of(_1="Closed", recent="Kittens")).finish()
    before = cached(tmp_path)
    (tmp_path / "cache/bundles/.part-of-a-killed-build").mkdir()
    inode = before[CLOSED].stat().st_ino
    indexer(tmp_path, shards_of(_1="Closed", recent="Kittens and cats")).finish()
    after = cached(tmp_path)
    assert set(after) == {CLOSED, RECENT}
    assert after[CLOSED].stat().st_ino == inode
    assert after[RECENT] != before[RECENT]


@pytest.mark.parametrize("damage", ["truncated", "missing", "no listing"])
def test_a_damaged_bundle_is_indexed_again(tmp_path: Path, damage: str) -> None:
    shards = shards_of(recent="Kittens")
    indexer(tmp_path, shards).finish()
    complete = published(tmp_path)
    bundle = cached(tmp_path)[RECENT]
    if damage == "truncated":
        (index,) = (bundle / "index").iterdir()
        os.truncate(index, 10)
    elif damage == "missing":
        next((bundle / "fragment").iterdir()).unlink()
    else:
        (bundle / ".files.json").unlink()
    indexer(tmp_path, shards).finish()
    assert published(tmp_path) == complete
    assert not [name for name in complete if ".files" in name]


def test_a_hanging_program_is_ended(tmp_path: Path) -> None:
    hanging = indexer(tmp_path, shards_of(recent="x"), program_of(tmp_path / "bin", "exec sleep 1000"), timeout_s=0.5)
    with pytest.raises(SearchError, match=r"pagefind did not build the search index: .*timed out"):
        hanging.finish()
    assert not cached(tmp_path)


def test_a_rebuilt_preview_is_not_overwritten_by_the_indexer_before(tmp_path: Path) -> None:
    started, go_on = tmp_path / "started", tmp_path / "go-on"
    wait = f'touch {started}; while [ ! -e {go_on} ]; do sleep 0.05; done; exec {find_pagefind()} "$@"'
    errors: list[SearchError | None] = []
    before = indexer(tmp_path, shards_of(recent="Kittens"), program_of(tmp_path / "bin", wait))
    before.finish_in_thread(errors.append)
    while not started.exists():
        time.sleep(0.05)
    before.stop()
    go_on.touch()
    indexer(tmp_path, shards_of(recent="Cats")).finish()  # waits until the other has unlocked the cache
    (fragment,) = (content for name, content in published(tmp_path).items() if name.endswith(".pf_fragment"))
    assert b"Cats" in gzip.decompress(fragment)
    assert set(cached(tmp_path)) == {RECENT}
    assert not errors


def test_nothing_is_written_after_a_preview_has_ended(tmp_path: Path) -> None:
    DailyPapersPlugin().on_shutdown()  # before anything was built
    running = indexer(tmp_path, shards_of(recent="Kittens"))
    running.stop()
    running.finish()
    assert not (tmp_path / "site").exists()


def without_the_extra(tmp_path: Path, path: str) -> dict[str, str]:
    """Return an environment in which only PATH has Pagefind, even if the extra is installed."""
    module = tmp_path / "modules/pagefind_bin_extended"
    module.mkdir(parents=True)
    (module / "__init__.py").write_text("raise ImportError\n", "utf-8")
    modules = os.pathsep.join(filter(None, (str(module.parent), os.environ.get("PYTHONPATH", ""))))
    return {"PYTHONPATH": modules, "PATH": path, "DAILY_PAPERS_FETCH": "never"}


def one_day(folder: Path, **options: object) -> Path:
    site = make_site(folder, {"fetch": "never", "search": True, **options})
    store_day(site / "docs", MARCH, make_paper(title="Kittens"))
    return site


def test_without_pagefind_the_site_has_no_search_and_the_log_names_the_remedy(tmp_path: Path) -> None:
    done = build(one_day(tmp_path / "site"), "--strict", environment=without_the_extra(tmp_path, str(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert "Pagefind was not found: pip install 'mkdocs-daily-papers[search]'" in done.stderr
    assert_no_search(tmp_path / "site/site")


HIDE_ANALYSER = """
from importlib import metadata

installed_version = metadata.version


def version(name):
    if name == "kiwipiepy":
        raise metadata.PackageNotFoundError(name)
    return installed_version(name)


metadata.version = version
"""


@pytest.mark.parametrize("languages", [["ko", "en"], ["en"]])
def test_without_the_korean_analyser_the_search_is_built_and_the_log_names_the_remedy(
    tmp_path: Path, languages: list[str]
) -> None:
    options = {"fetch": "never", "search": True, "languages": languages}
    site = make_site(tmp_path, options, hooks=["hide.py"])
    (site / "hide.py").write_text(HIDE_ANALYSER)
    store_day(site / "docs", MARCH, make_paper(title="Kittens"))
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    assert ("pip install 'mkdocs-daily-papers[search-ko]'" in done.stderr) == ("ko" in languages)
    assert (site / "site/search/recent/pagefind.js").is_file()


def test_a_site_that_disables_it_has_no_trace_of_it(tmp_path: Path) -> None:
    done = build(one_day(tmp_path, search=False), "--strict")
    assert done.returncode == 0, done.stderr
    assert "search" not in done.stderr.lower()
    assert_no_search(tmp_path / "site")


def assert_no_search(built: Path) -> None:
    """Check that there is no search box and no link. Only a page with a box loads its script."""
    assert not (built / "search").exists()
    for page in (built / "index.html", built / "2024/03/04/index.html", built / "404.html"):
        html = page.read_text("utf-8")
        assert "<dp-search-box" not in html
        assert "search/" not in html
        assert "wasm" not in html


@pytest.mark.parametrize(
    ("script", "message"),
    [("echo 'No room on this disk' >&2; exit 1", "No room on this disk"), ("exit 0", "wrote no index")],
    ids=["fails", "writes nothing"],
)
def test_if_pagefind_fails_the_site_is_built_and_its_search_boxes_are_removed(
    tmp_path: Path, script: str, message: str
) -> None:
    folder = program_of(tmp_path / "bin", script).parent
    path = os.pathsep.join((str(folder), os.environ["PATH"]))
    done = build(one_day(tmp_path / "site"), "--strict", environment=without_the_extra(tmp_path, path))
    assert done.returncode == 0, done.stderr
    notices = [line for line in done.stderr.splitlines() if "Built without its search" in line]
    assert len(notices) == 1
    assert message in notices[0]
    assert "Traceback" not in done.stderr
    scripts = tmp_path / "site/site/assets/daily-papers/js"
    assert "box.remove()" in (scripts / "search/dp-search-box.mjs").read_text("utf-8")
    assert "page.replaceWith" in (scripts / "search/dp-search-page.mjs").read_text("utf-8")
    assert not (tmp_path / "site/site/search/recent").exists()


def test_an_indexer_in_another_process_reports_its_error_once(tmp_path: Path) -> None:
    """Run in a new process: a fork of pytest's would inherit the locks of its threads."""
    program = program_of(tmp_path / "bin", "echo x >>calls; echo 'Out of ink' >&2; exit 3")
    code = (
        "import sys; from pathlib import Path; from tests.search.test_pagefind import *\n"
        "folder, program = map(Path, sys.argv[1:])\n"
        "indexer = Indexer(program, shards_of(recent='x'), records_of, folder=folder / 'site', cache=folder / 'cache',"
        " replace_cache=refuse,"
        " find_extra_words=find_no_words, in_background=True)\n"
        "try: indexer.finish()\n"
        "except SearchError as e: print(e)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), *sys.path))}
    command = [sys.executable, "-c", code, str(tmp_path), str(program)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=600)
    assert done.stdout.count("Out of ink") == 1
    assert not done.stderr
