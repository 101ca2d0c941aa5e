"""The files of the wheel and of the source distribution, and a site built with nothing but the wheel."""

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
from tests.processes import run_process
from tests.sites import NOWHERE

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "plugins/daily_papers"
INFO = f"mkdocs_daily_papers-{__version__}.dist-info"
CACHED = {"__pycache__", ".mypy_cache", ".ruff_cache"}

KINDS = {
    "": {".py", ".sh", ".typed"},
    "archive": {".py", ".yml"},
    "assets/css": {".css"},
    "assets/js": {".js", ".mjs"},
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
    "site/attach": {".py"},
    "site/cache": {".py"},
    "site/components": {".css", ".html", ".js", ".py"},
    "site/data": {".py"},
    "site/feeds": {".html", ".opml", ".py", ".xml"},
    "site/i18n": {".py", ".yml"},
    "site/pages": {".css", ".html", ".py", ".svg", ".xml"},
    "sources": {".py"},
    "cli/starter": {"", ".md", ".txt", ".yml"},
    "cli/starter/docs": {".md"},
    "cli/starter/dot-github/workflows": {".yml"},
    "cli/starter/scripts": {""},
    "summaries": {".py", ".yml"},
}
"""The suffixes of the files in each folder of the package. Other files are not packaged."""


def distribute(repository: Path, target: Path) -> list[Path]:
    """Build both distributions of `repository` into `target`; return the wheel and the source distribution."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    done = run_process(command, cwd=repository)
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


def test_the_wheel_contains_every_file_of_the_package_unchanged_and_its_metadata(wheel: dict[str, bytes]) -> None:
    files = {
        f"daily_papers/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes()
        for path in PACKAGE.rglob("*")
        if path.is_file() and CACHED.isdisjoint(path.parts)
    }
    metadata = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert wheel.keys() == files.keys() | metadata
    assert {name: wheel[name] for name in files} == files
    assert wheel[f"{INFO}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_each_folder_of_the_wheel_has_only_files_of_its_kinds(wheel: dict[str, bytes]) -> None:
    found: dict[str, set[str]] = {}
    for name in wheel:
        if name.startswith("daily_papers/"):
            path = Path(name).relative_to("daily_papers")
            found.setdefault(path.parent.as_posix().lstrip("."), set()).add(path.suffix)
    assert found == KINDS


def test_the_wheel_states_its_version_licence_and_entry_points(wheel: dict[str, bytes]) -> None:
    metadata = message_from_bytes(wheel[f"{INFO}/METADATA"])
    assert (metadata["Name"], metadata["Version"], metadata["License-Expression"]) == (
        "mkdocs-daily-papers",
        __version__,
        "MIT",
    )
    assert metadata["Metadata-Version"] == "2.4"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Provides-Extra") == ["material", "mirror", "parquet", "search", "search-ko"]
    assert wheel[f"{INFO}/entry_points.txt"].decode().split("\n\n") == [
        "[console_scripts]\ndaily-papers = daily_papers.cli:main",
        "[mkdocs.plugins]\ndaily-papers = daily_papers.plugin:DailyPapersPlugin\n",
    ]


def test_the_source_distribution_contains_the_package_and_the_files_to_build_it(
    distributions: list[Path], wheel: dict[str, bytes]
) -> None:
    with tarfile.open(distributions[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    package = {f"plugins/{name}" for name in wheel if name.startswith("daily_papers/")}
    # Hatchling adds .gitignore, which excludes files from the build.
    others = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert names == package | others


def test_the_wheel_built_from_the_source_distribution_has_the_same_bytes(
    distributions: list[Path], tmp_path: Path
) -> None:
    with tarfile.open(distributions[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = distribute(unpacked, tmp_path / "dist")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in distributions]


@pytest.fixture
def alone(distributions: list[Path], tmp_path: Path) -> Path:
    """The programs of an environment with the wheel, and with the libraries but not the package of this one.

    Python searches a folder named in a .pth file for modules. It does not read the .pth files in that folder, one of
    which leads to the repository.
    """
    environment = tmp_path / "environment"
    venv.create(environment)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "--disable-pip-version-check", "install"]
    installed = run_process([*pip, "--quiet", "--no-deps", "--no-index", distributions[0]])
    assert installed.returncode == 0, installed
    return environment / "bin"


def run(programs: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HF_ENDPOINT": NOWHERE,
        "NO_MKDOCS_2_WARNING": "1",
    }
    return run_process(command, cwd=folder, env=environment)


def test_the_wheel_alone_creates_a_repository_and_builds_its_site(alone: Path, tmp_path: Path) -> None:
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
