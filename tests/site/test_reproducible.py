"""The same archive gives the same site and the same exports, byte for byte, on any machine and day.

Each build is a new process with empty caches. MkDocs writes the day of a build for each page of the author into
sitemap.xml, and into the header of sitemap.xml.gz. With SOURCE_DATE_EPOCH these are the same as well.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.sites import REPOSITORY, build, make_site

BUNDLED = ("2024/02/*", "2024/03/*", "2026/07/0*", "2026/07/related.json")
"""The files of the bundled archive that a site has."""

CURATION = "'2402.17764': {pin: true}\n'2402.17177': {hide: true}\n"

# A sitecustomize: folders are listed from A to Z, or from Z to A, in any file system.
LISTING = """
import os

scandir, listdir, backwards = os.scandir, os.listdir, bool(os.environ.get("BACKWARDS"))


class Listing:
    def __init__(self, path="."):
        with scandir(path) as entries:
            self.left = sorted(entries, key=lambda entry: entry.name, reverse=not backwards)

    def __iter__(self):
        return self

    def __next__(self):
        if self.left:
            return self.left.pop()
        raise StopIteration

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def close(self):
        pass


os.scandir = Listing
os.listdir = lambda path=".": sorted(listdir(path), reverse=backwards)
"""

BASE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
ELSEWHERE: dict[str, dict[str, str]] = {
    "in Seoul, in Korean": {"TZ": "Asia/Seoul", "LC_ALL": "ko_KR.UTF-8", "LANG": "ko_KR.UTF-8", "LANGUAGE": "ko"},
    "in New York, in English": {"TZ": "America/New_York", "LC_ALL": "en_US.UTF-8", "LANG": "en_US.UTF-8"},
    "in ASCII, with other hashes": {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "20260713",
    },
    "in another year, with folders listed backwards": {"DAILY_PAPERS_NOW": "2031-02-03T04:05:06Z", "BACKWARDS": "1"},
}


def site_of(folder: Path, *, search: bool = False, backwards: bool = False) -> Path:
    """Write a site with bundled days and a page of an author; `backwards` writes the files in reverse order."""
    site = make_site(folder, {"fetch": "never", "search": search})
    shutil.rmtree(site / ".cache")  # no template is compiled by another build
    files = sorted(path for pattern in BUNDLED for path in (REPOSITORY / "docs").glob(pattern))
    for number, source in enumerate(reversed(files) if backwards else files):
        target = site / source.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        os.utime(target, (1_700_000_000 + number,) * 2)
    (site / "docs/curation.yml").write_text(CURATION, "utf-8")
    (site / "docs/about.md").write_text("# 소개\n\nA page.", "utf-8")
    (site / "python").mkdir()
    (site / "python/sitecustomize.py").write_text(LISTING, "utf-8")
    return site


def built(site: Path, environment: Mapping[str, str], host: str = "mkdocs") -> dict[str, bytes]:
    """Build `site` and return its files by path."""
    environment = {**BASE, "PYTHONPATH": str(site / "python"), **environment}
    done = build(site, "--strict", command=host, environment=environment)
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(site / "site")): path.read_bytes() for path in files_below(site / "site")}


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def undated(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `files` without the day of the build, which MkDocs writes for a page of the author."""
    site_map = re.sub(rb"(/about/</loc>\s*<lastmod>)[\d-]+", rb"\1", files["sitemap.xml"])
    assert gzip.decompress(files["sitemap.xml.gz"]) == files["sitemap.xml"]
    return {**files, "sitemap.xml": site_map, "sitemap.xml.gz": b""}


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the site that every other must equal."""
    return undated(built(site_of(tmp_path_factory.mktemp("here")), {}))


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_same_archive_gives_the_same_site(tmp_path: Path, site: dict[str, bytes], where: str) -> None:
    assert len(site) > 300
    assert differing(undated(built(site_of(tmp_path), ELSEWHERE[where])), site) == set()


def test_another_clone_in_another_folder_gives_the_same_site(tmp_path: Path, site: dict[str, bytes]) -> None:
    there = site_of(tmp_path / "a clone, of 김", backwards=True)
    assert differing(undated(built(there, {"HOME": str(tmp_path)})), site) == set()


def test_on_another_day_only_the_dates_of_the_author_s_pages_in_the_sitemap_differ(
    tmp_path: Path,
) -> None:
    site = site_of(tmp_path)
    earlier = built(site, {"SOURCE_DATE_EPOCH": "0"})
    later = built(site, {"SOURCE_DATE_EPOCH": "1000000000"})
    assert differing(earlier, later) == {"sitemap.xml", "sitemap.xml.gz"}
    assert differing(undated(earlier), undated(later)) == set()
    assert b"1970" in earlier["sitemap.xml"]
    assert differing(built(site, {"SOURCE_DATE_EPOCH": "0"}), earlier) == set()


def without_generator(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `files` without the name of the host in the head of each page."""
    host = re.compile(rb'(<meta name="generator" content="mkdocs-)[^,"]+')
    return {name: host.sub(rb"\1", file) if name.endswith(".html") else file for name, file in files.items()}


def test_properdocs_builds_the_same_site_except_for_the_generator(tmp_path: Path, site: dict[str, bytes]) -> None:
    other = undated(built(site_of(tmp_path), {}, host="properdocs"))
    assert differing(other, site) == {name for name in site if name.endswith(".html") and not re.match("p/.*/", name)}
    assert differing(without_generator(other), without_generator(site)) == set()


def test_all_differences_at_once_give_the_same_search_index(tmp_path: Path) -> None:
    environment = {name: value for changes in ELSEWHERE.values() for name, value in changes.items()}
    day = {"SOURCE_DATE_EPOCH": "1000000000"}
    here = built(site_of(tmp_path / "here", search=True), day)
    there = built(site_of(tmp_path / "there", search=True, backwards=True), {**environment, **day})
    assert [name for name in here if name.endswith(".pf_index")]
    assert differing(here, there) == set()


EXPORTS = """
import sys
from daily_papers.cli.main import main

for form in ("markdown", "jsonl", "sqlite", "parquet", "bibtex", "ris"):
    code = main(["export", "--format", form, "-o", f"exported/{form}"], standalone_mode=False)
    if code:
        sys.exit(f"{form}: {code}")
"""


def exported(site: Path, environment: Mapping[str, str]) -> dict[str, bytes]:
    done = subprocess.run(
        [sys.executable, "-c", EXPORTS],
        cwd=site,
        env={**os.environ, **BASE, "PYTHONPATH": str(site / "python"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(site / "exported")): path.read_bytes() for path in files_below(site / "exported")}


def test_the_same_archive_gives_the_same_exports(tmp_path: Path) -> None:
    environment = {name: value for changes in ELSEWHERE.values() for name, value in changes.items()}
    here = exported(site_of(tmp_path / "here"), {})
    there = exported(site_of(tmp_path / "there", backwards=True), environment)
    assert {name.partition("/")[0] for name in here} == {"markdown", "jsonl", "sqlite", "parquet", "bibtex", "ris"}
    assert differing(here, there) == set()
