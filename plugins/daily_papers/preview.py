"""A live preview that draws a page when its browser asks for it, so that a saved file is seen at once.

The pages of a build, and the WSGI application of MkDocs' server, go in; an application that writes what is asked for
before MkDocs looks for it comes out. What lies beside the pages, and the search, is made in a thread and has a folder
of its own: MkDocs empties the site's before each build, which takes longer than the build where that has thousands.
"""

from __future__ import annotations

import logging
import posixpath
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

FIRST_LOOK_S = 1.0
"""So long what nobody has asked for waits, while the browser loads what its author looks at."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]

log = logging.getLogger("mkdocs.plugins.daily_papers")


class Preview:
    """Pages that are yet to be drawn; between `begin` and `offer` MkDocs builds, and who asks for one waits."""

    def __init__(self) -> None:
        self._aside = tempfile.TemporaryDirectory(prefix="daily_papers_", ignore_cleanup_errors=True)
        self._pages: dict[str, Callable[[], None]] = {}
        self._offered, self._ended = Event(), Event()
        self._drawing = Lock()
        """Held while anything is drawn: what draws serves one thread at a time."""
        self._thread: Thread | None = None

    @property
    def folder(self) -> Path:
        """Where everything is written that is no page; the next build finds it there."""
        return Path(self._aside.name)

    def begin(self) -> None:
        """Return when nothing is drawn any more: the folder is emptied next, or taken away."""
        self._offered.clear()
        self._ended.set()
        with self._drawing:
            self._pages = {}
        if self._thread:
            self._thread.join()

    def end(self) -> None:
        """Take the folder away, at the end of the last build."""
        self.begin()
        self._aside.cleanup()

    def offer(self, pages: Mapping[str, Callable[[], None]], files: Iterator[None]) -> None:
        """Take what writes each of `pages`, by its path below the site's folder, and write one of `files` each step."""
        self._pages = dict(pages)
        self._ended.clear()
        self._offered.set()
        self._thread = Thread(target=self._write, args=(files,), daemon=True, name="daily-papers files")
        self._thread.start()

    def before(self, served: Application, site: Path, mount_path: str) -> Application:
        """Return `served`, which has the folder `site` below `mount_path`, with what is ours."""

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            if path.startswith(mount_path) and not path.startswith("/livereload/"):
                self._bring(posixpath.normpath(f"/{path.removeprefix(mount_path)}").lstrip("/"), site)
            return served(environ, start_response)

        return serve

    def _bring(self, path: str, site: Path) -> None:
        """Have what is asked for at `path`, a page or a file, in `site`, if it is ours."""
        while True:
            self._offered.wait()
            with self._drawing:
                if not self._offered.is_set():
                    continue  # a build has begun in between
                for name in (path, posixpath.join(path, "index.html")):
                    if write := self._pages.get(name):
                        write()
                        del self._pages[name]
                with suppress(FileNotFoundError):  # it is just being written anew
                    _link(self.folder / path, site / path)
                return

    def _write(self, files: Iterator[None]) -> None:
        self._ended.wait(FIRST_LOOK_S)
        try:
            while not self._ended.is_set():
                with self._drawing:
                    if next(files, self) is self:
                        return
        except OSError as e:
            log.warning(f"Not all of the preview could be written: {e}")


def _link(source: Path, target: Path) -> None:
    """Have the file at `source` at `target`, too; what has been there may be one that was written anew since."""
    if not source.is_file() or (target.exists() and target.samefile(source)):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
