"""A live preview that draws a page when its browser asks for it, so that a saved file is seen at once.

The pages of a build, and the WSGI application of MkDocs' server, go in; an application that writes what is asked for
before MkDocs looks for it comes out. What lies beside the pages is written in a thread, a file at a time.
"""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Callable, Iterator, Mapping
from threading import Event, Lock, Thread
from typing import Any

FIRST_LOOK_S = 1.0
"""So long what nobody has asked for waits, while the browser loads what its author looks at."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]

log = logging.getLogger("mkdocs.plugins.daily_papers")


class Preview:
    """Pages that are yet to be drawn; between `begin` and `offer` MkDocs builds, and who asks for one waits."""

    def __init__(self) -> None:
        self._pages: dict[str, Callable[[], None]] = {}
        self._offered, self._ended = Event(), Event()
        self._drawing = Lock()
        """Held while anything is drawn: what draws serves one thread at a time."""
        self._thread: Thread | None = None

    def begin(self) -> None:
        """Return when nothing is drawn any more: the folder is emptied next, or taken away."""
        self._offered.clear()
        self._ended.set()
        with self._drawing:
            self._pages = {}
        if self._thread:
            self._thread.join()

    def offer(self, pages: Mapping[str, Callable[[], None]], files: Iterator[None]) -> None:
        """Take what writes each of `pages`, by its path below the site's folder, and write one of `files` each step."""
        self._pages = dict(pages)
        self._ended.clear()
        self._offered.set()
        self._thread = Thread(target=self._write, args=(files,), daemon=True, name="daily-papers files")
        self._thread.start()

    def before(self, served: Application, mount_path: str) -> Application:
        """Return `served` with our pages, which lie below `mount_path`."""

        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            if path.startswith(mount_path) and not path.startswith("/livereload/"):
                self._draw(posixpath.normpath(path.removeprefix(mount_path)))
            return served(environ, start_response)

        return serve

    def _draw(self, path: str) -> None:
        while True:
            self._offered.wait()
            with self._drawing:
                if not self._offered.is_set():
                    continue  # a build has begun in between
                for name in (path, posixpath.normpath(f"{path}/index.html")):
                    if write := self._pages.get(name):
                        write()
                        del self._pages[name]
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
