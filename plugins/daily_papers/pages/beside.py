"""A second process beside the host: it writes what a build has beside its pages, then draws pages together with it.

A Site, the folder of the built site and the pages go in; drawn pages, and files below that folder, come out. Drawing
takes most of a build's time and needs nothing of the host; what MkDocs itself does is one page after the other.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Container, Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from daily_papers.pages.page import SitePage
from daily_papers.pages.site import Site


class Beside:
    """Helps a host with `pages`, best in the order in which it asks for them, and with what `site` has beside them.

    The Markdown twins of the dates and the data that scripts ask for are a third of all files: they are below `folder`
    when `finish` returns. If `forked`, a process of its own begins with both at once. Where none can be forked, or it
    failed, everything is done here, and an OSError of `finish` names the file. What is `taken`, by addresses, is an
    author's own, and stays.
    """

    def __init__(
        self, site: Site, folder: Path, pages: Sequence[SitePage], *, taken: Container[str], forked: bool
    ) -> None:
        self._site, self._folder, self._pages, self._taken = site, folder, pages, taken
        self._drawn: dict[str, str] = {}
        """What was drawn before it was asked for, by source: a page or two."""
        self._process: BaseProcess | None = None
        # Elsewhere there is no fork, or libraries of the system do not survive it.
        if forked and sys.platform == "linux":
            with suppress(OSError, ImportError):  # no further process, or no semaphores: a small container
                self._fork()

    def draw(self, page: SitePage) -> str:
        """Return the content of `page`, which is asked for once."""
        while self._process and page.source not in self._drawn:
            if self._received.poll() or (taken := self._take()) is None:
                if not self._receive():
                    break
            else:
                self._drawn[taken.source] = taken.render()
        drawn = self._drawn.pop(page.source, None)
        return page.render() if drawn is None else drawn

    def finish(self) -> None:
        """Wait until everything beside the pages is written; in any thread, when no page is asked for any more."""
        if self._process:
            self._received.close()
            self._process.join()
        if not self._process or self._process.exitcode:
            self._write()
        self._site.renderer.drawn.close(self._site.kept_names(self._pages))

    def _fork(self) -> None:
        context = multiprocessing.get_context("fork")
        self._received, self._sent = context.Pipe(duplex=False)
        # Both sides take the next page that nobody has taken.
        self._next = context.Value("i", 0)
        process = context.Process(target=self._help, daemon=True)
        process.start()
        self._sent.close()
        self._process = process

    def _take(self) -> SitePage | None:
        with self._next.get_lock():
            number = self._next.value
            self._next.value += 1
        return self._pages[number] if number < len(self._pages) else None

    def _receive(self) -> bool:
        """Wait for a page from the other process; return whether one came."""
        try:
            source, html = self._received.recv()
        except (EOFError, OSError):
            return False
        self._drawn[source] = html
        return True

    def _help(self) -> None:
        """Do what the second process is for: first what only it does, so that both are done at the same time."""
        self._received.close()
        self._write()
        with suppress(BrokenPipeError):  # the host asks for no more pages
            while (page := self._take()) is not None:
                self._sent.send((page.source, page.render()))
        self._site.renderer.drawn.write()

    def _write(self) -> None:
        folders: set[Path] = set()
        for address, content in self._site.beside():
            if address in self._taken:
                continue
            path = self._folder / address
            if path.parent not in folders:
                path.parent.mkdir(parents=True, exist_ok=True)
                folders.add(path.parent)
            path.write_bytes(content)
