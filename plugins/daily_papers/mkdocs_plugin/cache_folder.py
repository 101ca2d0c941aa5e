"""Folder of a build's caches: the one beside mkdocs.yml, or a temporary one where that cannot be used."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from daily_papers.errors import SettingError
from daily_papers.model.text import error_line

SEARCH_CACHE, RENDER_CACHE, TEMPLATE_CACHE = "search", "rendered", "templates"
"""The folders in it."""
_PROBE_BYTES = 65_536

log = logging.getLogger("mkdocs.plugins.daily_papers")


class CacheFolder:
    """`path` is `folder` if it can be written, else a temporary folder, which `close` removes.

    The change to a temporary folder is logged once, as a warning. If the folder is `required`, there is no other, and
    the constructor raises SettingError.
    """

    def __init__(self, folder: Path, *, required: bool = False) -> None:
        self.path, self._required = folder, required
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        try:
            _check_writable(folder)
        except OSError as e:
            if required:
                raise SettingError(_describe(folder, e)) from e
            self.replace(e)

    def replace(self, error: OSError) -> Path:
        """Change to a temporary folder, because `path` failed with `error`, and return it.

        Raises `error` if `path` is temporary already or required, and OSError.
        """
        if self._temporary or self._required:
            raise error
        self._temporary = tempfile.TemporaryDirectory(prefix="daily_papers_", ignore_cleanup_errors=True)
        log.warning(f"{_describe(self.path, error)}; this build has its caches in a temporary folder")
        self.path = Path(self._temporary.name)
        return self.path

    def close(self) -> None:
        if self._temporary:
            self._temporary.cleanup()


def _check_writable(folder: Path) -> None:
    """Create `folder`; raise OSError if a file can be written neither there nor in one of its caches."""
    folder.mkdir(parents=True, exist_ok=True)
    caches = (folder / name for name in (SEARCH_CACHE, RENDER_CACHE, TEMPLATE_CACHE))
    for each in (folder, *(cache for cache in caches if cache.exists())):
        with tempfile.TemporaryFile(dir=each) as file:
            file.write(bytes(_PROBE_BYTES))


def _describe(folder: Path, error: OSError) -> str:
    reason, remedy = error_line(error), "delete it, make it writable, or free disk space"
    return f"The cache folder {folder} cannot be used ({reason}): {remedy}"
