"""Live preview: a page is rendered when the browser asks for it, so that a saved file is seen at once.

Wraps the WSGI application of MkDocs' server and writes a requested page or file before MkDocs looks for it. Data files
and the search have folders of their own: MkDocs empties the site's folder before each build, which takes longer than
the build if it has thousands of files.
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

from mkdocs.exceptions import Abort

from daily_papers.archive.file_io import link_or_copy
from daily_papers.errors import SearchError
from daily_papers.net.local_address import find_fault
from daily_papers.search.pagefind import Indexer

FIRST_LOOK_S = 1.0
"""Background work waits this long, while the browser loads the page its author looks at."""
DATA_SUFFIXES = {".json", ".md", ".opml", ".svg", ".txt", ".xml"}
"""The endings of data files."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]

log = logging.getLogger("mkdocs.plugins.daily_papers")


def check_address(host: str, port: int) -> None:
    """Raise Abort, with a remedy, if a preview cannot listen at this address: MkDocs would find out after a build."""
    if fault := find_fault(host, port):
        remedy = "end the program that uses it, or name another address: mkdocs serve -a 127.0.0.1:8001"
        raise Abort(f"The preview cannot listen on {host}:{port} ({fault}): {remedy}")


class LivePreview:
    """The pages and files that are not written yet. Between `pause` and `offer` MkDocs builds, and requests wait."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="daily_papers_", ignore_cleanup_errors=True)
        self._pages: dict[str, Callable[[], None]] = {}
        self._files: Iterator[str] = iter(())
        self._written: set[str] = set()
        """The files that this build has written; others may be left from an earlier one."""
        self._builds = 0
        self._is_offered, self._is_paused = Event(), Event()
        self._rendering = Lock()
        """Held while anything is rendered: rendering serves one thread at a time."""
        self._thread: Thread | None = None
        self._indexers: list[Indexer] = []

    @property
    def files(self) -> Path:
        """The folder of data files."""
        return Path(self._folder.name, "files")

    @property
    def search(self) -> Path:
        """The folder of the search index; the next build finds it there."""
        return Path(self._folder.name, "search")

    def pause(self) -> None:
        """Wait until nothing is rendered any more: MkDocs then empties or deletes the site's folder."""
        self._is_offered.clear()
        self._is_paused.set()
        with self._rendering:
            self._builds += 1
            self._pages, self._files, self._written = {}, iter(()), set()
        if self._thread:
            self._thread.join()

    def close(self) -> None:
        """End everything in the background and delete the folders, at the end of the preview."""
        self.pause()
        for indexer in self._indexers:
            indexer.abort()
        self._folder.cleanup()

    def offer(
        self, pages: Mapping[str, Callable[[], None]], files: Iterator[str], on_finish: Callable[[], None]
    ) -> None:
        """Answer requests with `pages`, and write `files` in the background.

        `pages` has a function that writes the page by its path below the site's folder. Each step of `files` writes
        one file and gives its path. `on_finish` is called after the last.
        """
        self._pages, self._files = dict(pages), files
        self._is_paused.clear()
        self._is_offered.set()
        self._thread = Thread(target=self._write_files, args=(on_finish,), daemon=True, name="daily-papers files")
        self._thread.start()

    def index(self, indexer: Indexer, on_finish: Callable[[SearchError | None], None]) -> None:
        """Let `indexer` finish in the background. Those of earlier builds may still fill the cache."""
        self._indexers = [*(earlier for earlier in self._indexers if earlier.is_running), indexer]
        indexer.finish_in_thread(on_finish)

    def wrap(self, served: Application, site: Path, mount_path: str) -> Application:
        """Return `served`, which serves the folder `site` below `mount_path`, with the archive's pages and files."""

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            if not path.startswith(mount_path) or path.startswith("/livereload/"):
                return served(environ, start_response)
            path = posixpath.normpath(f"/{path.removeprefix(mount_path)}").lstrip("/")
            while True:
                try:
                    build = self._write_requested(path, site)
                except Exception:
                    log.exception(f"{path} could not be rendered")
                    start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
                    return [b"This page could not be rendered; the terminal shows the error."]
                response: list[Any] = []
                body = served(environ, partial(_record, response))
                # If a build began meanwhile, MkDocs waited for it and found an empty folder.
                if build == self._builds:
                    start_response(*response)
                    return body
                if hasattr(body, "close"):
                    body.close()

        return serve

    def _write_requested(self, path: str, site: Path) -> int:
        """Write the page or file at `path` into `site`, if it is the archive's; return the number of the build."""
        while True:
            self._is_offered.wait()
            with self._rendering:
                if not self._is_offered.is_set():
                    continue  # a build began in between
                for name in (path, posixpath.join(path, "index.html")):
                    if write := self._pages.get(name):
                        write()
                        del self._pages[name]
                with suppress(OSError):  # a name that no file system takes, or the index is being replaced
                    if (self.search / path).is_file():
                        _link(self.search / path, site / path)
                    elif not (site / path).exists() and self._has_file(path):
                        _link(self.files / path, site / path)
                return self._builds

    def _has_file(self, path: str) -> bool:
        """Return True if `path` is a data file, and write it if it is not written yet."""
        while path not in self._written and Path(path).suffix in DATA_SUFFIXES and self._write_next_file():
            pass
        return path in self._written

    def _write_next_file(self) -> bool:
        """Write the next file; return False if none was left."""
        path = next(self._files, None)
        if path is not None:
            self._written.add(path)
        return path is not None

    def _write_files(self, on_finish: Callable[[], None]) -> None:
        self._is_paused.wait(FIRST_LOOK_S)
        try:
            while not self._is_paused.is_set():
                with self._rendering:
                    if not self._write_next_file():
                        on_finish()
                        return
        except OSError as e:
            log.warning(f"Not all of the preview could be written: {e}")


def _record(response: list[Any], *arguments: Any) -> None:
    response[:] = arguments


def _link(source: Path, target: Path) -> None:
    """Link or copy `source` to `target`, where an older version of it may be."""
    if target.exists() and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    link_or_copy(source, target)
