"""A live preview that draws a page when its browser asks for it, so that a saved file is seen at once.

The pages and files of a build, and the WSGI application of MkDocs' server, go in; an application that has what is asked
for written before MkDocs looks for it comes out. What is no page, and the search, have folders of their own: MkDocs
empties the site's before each build, which takes longer than the build where that has thousands.
"""

from __future__ import annotations

import logging
import posixpath
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from daily_papers.archive.file_io import link_or_copy

FIRST_LOOK_S = 1.0
"""So long what nobody has asked for waits, while the browser loads what its author looks at."""
FILES = {".json", ".md", ".opml", ".txt", ".xml"}
"""What a file of ours ends in."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]

log = logging.getLogger("mkdocs.plugins.daily_papers")


class Preview:
    """Pages that are yet to be drawn; between `begin` and `offer` MkDocs builds, and who asks for one waits."""

    def __init__(self) -> None:
        self._aside = tempfile.TemporaryDirectory(prefix="daily_papers_", ignore_cleanup_errors=True)
        self._pages: dict[str, Callable[[], None]] = {}
        self._files: Iterator[str] = iter(())
        self._written: set[str] = set()
        """Which files of this build there are; others may be left of an earlier one."""
        self._builds = 0
        self._offered, self._ended = Event(), Event()
        self._drawing = Lock()
        """Held while anything is drawn: what draws serves one thread at a time."""
        self._thread: Thread | None = None

    @property
    def files(self) -> Path:
        """Where the files are written that are no pages."""
        return Path(self._aside.name, "files")

    @property
    def search(self) -> Path:
        """Where the search is put; the next build finds it there."""
        return Path(self._aside.name, "search")

    def begin(self) -> None:
        """Return when nothing is drawn any more: the site's folder is emptied next, or taken away."""
        self._offered.clear()
        self._ended.set()
        with self._drawing:
            self._builds += 1
            self._pages, self._files, self._written = {}, iter(()), set()
        if self._thread:
            self._thread.join()

    def end(self) -> None:
        """Take the folders away, at the end of the last build."""
        self.begin()
        self._aside.cleanup()

    def offer(self, pages: Mapping[str, Callable[[], None]], files: Iterator[str], then: Callable[[], None]) -> None:
        """Take what writes each of `pages`, by its path below the site's folder, and write `files` meanwhile.

        Each step of `files` writes one and gives its path. After the last, `then` is called.
        """
        self._pages, self._files = dict(pages), files
        self._ended.clear()
        self._offered.set()
        self._thread = Thread(target=self._write, args=(then,), daemon=True, name="daily-papers files")
        self._thread.start()

    def before(self, served: Application, site: Path, mount_path: str) -> Application:
        """Return `served`, which has the folder `site` below `mount_path`, with what is ours."""

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            if not path.startswith(mount_path) or path.startswith("/livereload/"):
                return served(environ, start_response)
            path = posixpath.normpath(f"/{path.removeprefix(mount_path)}").lstrip("/")
            while True:
                try:
                    build = self._bring(path, site)
                except Exception:
                    log.exception(f"{path} could not be drawn")
                    start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
                    return [b"This page could not be drawn; the terminal says why."]
                begun: list[Any] = []
                body = served(environ, partial(_note, begun))
                # MkDocs waits for a build that has begun meanwhile, and finds an empty folder then.
                if build == self._builds:
                    start_response(*begun)
                    return body
                if hasattr(body, "close"):
                    body.close()

        return serve

    def _bring(self, path: str, site: Path) -> int:
        """Have what is asked for at `path`, a page or a file, in `site`, if it is ours; return of which build."""
        while True:
            self._offered.wait()
            with self._drawing:
                if not self._offered.is_set():
                    continue  # a build has begun in between
                for name in (path, posixpath.join(path, "index.html")):
                    if write := self._pages.get(name):
                        write()
                        del self._pages[name]
                with suppress(OSError):  # a name that no file system takes, or the search is being put there
                    if (self.search / path).is_file():
                        _link(self.search / path, site / path)
                    elif not (site / path).exists() and self._finds(path):
                        _link(self.files / path, site / path)
                return self._builds

    def _finds(self, path: str) -> bool:
        """Whether there is a file of ours at `path`, which is written now if it is not yet."""
        while path not in self._written and Path(path).suffix in FILES and self._step():
            pass
        return path in self._written

    def _step(self) -> bool:
        """Write the next file; return whether there was one left."""
        path = next(self._files, None)
        if path is not None:
            self._written.add(path)
        return path is not None

    def _write(self, then: Callable[[], None]) -> None:
        self._ended.wait(FIRST_LOOK_S)
        try:
            while not self._ended.is_set():
                with self._drawing:
                    if not self._step():
                        then()
                        return
        except OSError as e:
            log.warning(f"Not all of the preview could be written: {e}")


def _note(begun: list[Any], *arguments: Any) -> None:
    begun[:] = arguments


def _link(source: Path, target: Path) -> None:
    """Have the file at `source` at `target`, too; what has been there may be one that was written anew since."""
    if target.exists() and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    link_or_copy(source, target)
