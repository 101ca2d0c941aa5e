"""Creates an archive repository: the files of `starter/` and the packaged topics, in a folder under git.

Fetches nothing, and writes nothing outside the folder.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from daily_papers.archive.topics import PACKAGED_TOPICS, TOPICS
from daily_papers.cli.plugin_pin import installed_pin
from daily_papers.errors import SettingError

STARTER = Path(__file__).parent / "starter"
_EXECUTABLE = "scripts/nightly"
_REQUIREMENTS = Path("requirements.txt")


def make_repository(folder: Path) -> list[Path]:
    """Create `folder` with the files of a repository, and run `git init` there. Return the paths relative to it.

    Raises SettingError if the folder is not empty, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(f"{folder} is not an empty folder: name a new or empty one, so that no file is overwritten")
    files = []
    try:
        for name, source in _sources():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(_pinned(source) if name == _REQUIREMENTS else source.read_bytes())
            files.append(name)
        (folder / _EXECUTABLE).chmod(0o755)
    except OSError as e:
        raise SettingError(f"{folder} cannot be written: {e.strerror or e}") from e
    _init_git(folder)
    return files


def _sources() -> Iterator[tuple[Path, Path]]:
    """Yield the path of each file in the new repository, and the file of the package to copy."""
    for source in sorted(path for path in STARTER.rglob("*") if path.is_file()):
        yield Path(*(re.sub("^dot-", ".", part) for part in source.relative_to(STARTER).parts)), source
    yield Path("docs", TOPICS), PACKAGED_TOPICS


def _pinned(requirements: Path) -> bytes:
    """Return the requirements, whose last line names the plugin, with the pin of the running plugin."""
    return f"{requirements.read_text('utf-8').rstrip()}{installed_pin().suffix}\n".encode()


def _init_git(folder: Path) -> None:
    """Run `git init`, unless `folder` is inside a repository or git is missing, which `doctor` reports."""
    try:
        inside = subprocess.run(
            ["git", "rev-parse", "--is-inside-work-tree"], cwd=folder, capture_output=True, check=False
        )
        if inside.returncode:
            subprocess.run(["git", "init", "--quiet", "-b", "main"], cwd=folder, capture_output=True, check=False)
    except OSError:
        return
