"""What a build writes beside its pages: the Markdown twins of the dates, and the data that scripts ask for.

A Site and the folder of the built site go in, files come out. They are a third of all files and need nothing of the
host, so that a second process can write them on another core while the host renders the pages.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Container
from multiprocessing.process import BaseProcess
from pathlib import Path

from daily_papers.pages.site import Site


class BesideWriter:
    """Writes what `site` has beside its pages below `folder`; it is there when `finish` returns.

    What is `taken`, by addresses, is an author's own, and stays.
    `beside` starts writing at once in a process of its own. Where none can be forked, or that process failed, they
    are written by `finish`, whose OSError names the file.
    """

    def __init__(self, site: Site, folder: Path, *, taken: Container[str], beside: bool) -> None:
        self._site, self._folder, self._taken = site, folder, taken
        self._process: BaseProcess | None = None
        if beside and "fork" in multiprocessing.get_all_start_methods():
            self._process = multiprocessing.get_context("fork").Process(target=self._write, daemon=True)
            self._process.start()

    def finish(self) -> None:
        if self._process:
            self._process.join()
        if not self._process or self._process.exitcode:
            self._write()

    def _write(self) -> None:
        for address, content in self._site.beside():
            if address in self._taken:
                continue
            path = self._folder / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
