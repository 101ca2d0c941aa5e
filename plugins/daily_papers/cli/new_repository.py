"""A new archive repository: the files of `starter/` and the packaged topics, put into an empty folder and under git.

A folder goes in; nothing is fetched, and nothing outside of it is touched.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from daily_papers.archive.topics import PACKAGED_TOPICS, TOPICS
from daily_papers.errors import SettingError

STARTER = Path(__file__).parent / "starter"
_EXECUTABLE = "scripts/nightly"


def make_repository(folder: Path) -> list[Path]:
    """Fill `folder`, which is made if need be, and return the files below it. A git repository begins there.

    Raises SettingError if the folder is not empty, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(f"{folder} is not an empty folder: name a new one, in which nothing can be lost")
    files = []
    try:
        for name, source in _sources():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(source.read_bytes())
            files.append(name)
        (folder / _EXECUTABLE).chmod(0o755)
    except OSError as e:
        raise SettingError(f"{folder} cannot be filled: {e.strerror or e}") from e
    _begin_git(folder)
    return files


def _sources() -> Iterator[tuple[Path, Path]]:
    """Yield the name, in the repository, of each file it begins with, and the file of the package it is copied from."""
    for source in sorted(path for path in STARTER.rglob("*") if path.is_file()):
        yield Path(*(re.sub("^dot-", ".", part) for part in source.relative_to(STARTER).parts)), source
    yield Path("docs", TOPICS), PACKAGED_TOPICS


def _begin_git(folder: Path) -> None:
    """Make it a git repository of its own, unless it lies in one, or there is no git: doctor says so then."""
    try:
        inside = subprocess.run(
            ["git", "rev-parse", "--is-inside-work-tree"], cwd=folder, capture_output=True, check=False
        )
        if inside.returncode:
            subprocess.run(["git", "init", "--quiet", "-b", "main"], cwd=folder, capture_output=True, check=False)
    except OSError:
        return
