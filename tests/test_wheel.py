"""What is released: which files the wheel and the source distribution hold, and that the wheel is enough by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from pathlib import Path

import pytest

from daily_papers import __version__
from tests.sites import NOWHERE

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "plugins/daily_papers"
INFO = f"mkdocs_daily_papers-{__version__}.dist-info"
CACHED = {"__pycache__", ".mypy_cache", ".ruff_cache"}

KINDS = {
    "": {".py", ".sh", ".typed"},
    "archive": {".py", ".yml"},
    "assets/css": {".css"},
    "assets/js": {".mjs"},
    "assets/js/authors": {".mjs"},
    "assets/js/calendar": {".mjs"},
    "assets/js/citations": {".mjs"},
    "assets/js/day": {".mjs"},
    "assets/js/i18n": {".mjs"},
    "assets/js/lib": {".mjs"},
    "assets/js/library": {".mjs"},
    "assets/js/search": {".mjs"},
    "assets/js/topics": {".mjs"},
    "cli": {".py", ".sh"},
    "formats": {".py"},
    "formats/exports": {".py"},
    "index": {".py"},
    "jobs": {".py"},
    "mkdocs_plugin": {".py"},
    "mkdocs_plugin/theme": {".html"},
    "model": {".py"},
    "net": {".py"},
    "search": {".py", ".txt"},
    "site": {".py"},
    "site/cache": {".py"},
    "site/components": {".css", ".html", ".js", ".py"},
    "site/data": {".py"},
    "site/feeds": {".html", ".opml", ".py", ".xml"},
    "site/i18n": {".py", ".yml"},
    "site/pages": {".css", ".html", ".py", ".svg"},
    "sources": {".py"},
    "cli/starter": {"", ".md", ".txt", ".yml"},
    "cli/starter/docs": {".md"},
    "cli/starter/dot-github/workflows": {".yml"},
    "cli/starter/scripts": {""},
    "summaries": {".py", ".yml"},
}
"""Which endings the files of each folder of the package have; nothing else belongs into it."""


def distribute(repository: Path, target: Path) -> list[Path]:
    """Build both distributions of `repository` into `target`; return the wheel and the source distribution."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [target / f"mkdocs_daily_papers-{__version__}{end}" for end in ("-py3-none-any.whl", ".tar.gz")]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return distribute(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(distributions: list[Path]) -> dict[str, bytes]:
    """The files of the wheel by name."""
    with zipfile.ZipFile(distributions[0]) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_every_file_of_the_package_as_it_is_and_what_is_said_of_it(wheel: dict[str, bytes]) -> None:
    ours = {
        f"daily_papers/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes()
        for path in PACKAGE.rglob("*")
        if path.is_file() and CACHED.isdisjoint(path.parts)
    }
    said = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert wheel.keys() == ours.keys() | said
    assert {name: wheel[name] for name in ours} == ours
    assert wheel[f"{INFO}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_each_folder_of_the_wheel_has_files_of_its_kinds_only(wheel: dict[str, bytes]) -> None:
    found: dict[str, set[str]] = {}
    for name in wheel:
        if name.startswith("daily_papers/"):
            path = Path(name).relative_to("daily_papers")
            found.setdefault(path.parent.as_posix().lstrip("."), set()).add(path.suffix)
    assert found == KINDS


def test_the_wheel_says_its_version_licence_and_ways_in(wheel: dict[str, bytes]) -> None:
    said = message_from_bytes(wheel[f"{INFO}/METADATA"])
    assert (said["Name"], said["Version"], said["License-Expression"]) == ("mkdocs-daily-papers", __version__, "MIT")
    assert said["Metadata-Version"] == "2.4"
    assert said["Requires-Python"] == ">=3.11"
    assert said.get_all("Provides-Extra") == ["material", "mirror", "parquet", "search"]
    assert wheel[f"{INFO}/entry_points.txt"].decode().split("\n\n") == [
        "[console_scripts]\ndaily-papers = daily_papers.cli:main",
        "[mkdocs.plugins]\ndaily-papers = daily_papers.plugin:DailyPapersPlugin\n",
    ]


def test_the_source_distribution_holds_the_package_and_what_builds_it(
    distributions: list[Path], wheel: dict[str, bytes]
) -> None:
    with tarfile.open(distributions[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    package = {f"plugins/{name}" for name in wheel if name.startswith("daily_papers/")}
    # Hatchling adds .gitignore, which says what of the folder is left out.
    beside = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert names == package | beside


def test_the_wheel_is_the_same_bytes_when_it_is_built_from_the_source_distribution(
    distributions: list[Path], tmp_path: Path
) -> None:
    with tarfile.open(distributions[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = distribute(unpacked, tmp_path / "dist")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in distributions]


@pytest.fixture
def alone(distributions: list[Path], tmp_path: Path) -> Path:
    """The programs of an environment that has the wheel, and of this one its libraries, not the package.

    A folder that a .pth file names is searched for modules, and its own .pth files, one of which leads to the
    repository, are not read.
    """
    environment = tmp_path / "environment"
    venv.create(environment)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(distributions[0])], check=True)
    return environment / "bin"


def run(programs: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HF_ENDPOINT": NOWHERE,
        "NO_MKDOCS_2_WARNING": "1",
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_new_repository_is_made_and_its_site_built_by_the_wheel_alone(alone: Path, tmp_path: Path) -> None:
    located = run(alone, tmp_path, "python", "-c", "import daily_papers; print(daily_papers.__file__)")
    assert located.stdout.startswith(str(tmp_path / "environment/lib")), located
    assert run(alone, tmp_path, "daily-papers", "--version").stdout.endswith(f"{__version__}\n")
    new = run(alone, tmp_path, "daily-papers", "new", "an archive")
    assert new.returncode == 0, new.stderr
    shutil.copytree(ROOT / "docs/2024/03", tmp_path / "an archive/docs/2024/03")
    check = run(alone, tmp_path / "an archive", "daily-papers", "check")
    assert check.returncode == 0, check
    built = run(alone, tmp_path / "an archive", "python", "-m", "mkdocs", "build", "--strict")
    assert built.returncode == 0, built.stderr
    site = tmp_path / "an archive/site"
    for name in ("index.html", "about/index.html", "2024/03/01/index.html", "search/recent/pagefind.js", "feed.xml"):
        assert (site / name).is_file(), name
