"""What a build has beside what its host writes: two processes share it, a job at a time.

A Site, the folder of the built site, and pages with what writes one go in; files below that folder come out. Drawing
takes most of a build's time and needs nothing of the host, which builds one page after the other.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from daily_papers.site.site import Site

AnyPage = TypeVar("AnyPage")


class ParallelWriter:
    """Writes `pages`, each with `write`, and the feeds, twins and data that `site` has beside them.

    If `forked`, a process of its own begins with it at once, and `finish` helps. Where none can be forked, or it
    failed, everything is done here, and an OSError of `finish` names the file. What is `taken`, by addresses, is an
    author's own, and stays.
    """

    def __init__(
        self,
        site: Site,
        folder: Path,
        pages: Sequence[AnyPage],
        write: Callable[[AnyPage], None],
        *,
        taken: Container[str],
        forked: bool,
    ) -> None:
        self._site, self._folder, self._taken = site, folder, taken
        self._folders: set[Path] = set()
        self._files = [*site.beside()]
        self._jobs = [
            *(partial(self._write_all, files) for files in self._files),
            *(partial(write, page) for page in pages),
        ]
        site.renderer.drawn.write()  # what was made so far, once, before there are two processes that have it
        self._process: BaseProcess | None = None
        # Elsewhere there is no fork, or libraries of the system do not survive it.
        if forked and sys.platform == "linux":
            with suppress(OSError, ImportError):  # no further process, or no semaphores: a small container
                self._fork()

    def finish(self) -> None:
        """Return when everything is written."""
        if self._process:
            self._help(from_last=True)
            self._process.join()
        if not self._process or self._process.exitcode:
            for do in self._jobs:
                do()

    def files(self) -> Iterator[str]:
        """Write one file of what is beside the pages at each step, and yield its address."""
        for files in self._files:
            for address, content in files:
                if self._write_one(address, content):
                    yield address
        self._site.renderer.drawn.write()

    def _write_all(self, files: Iterator[tuple[str, bytes]]) -> None:
        for address, content in files:
            self._write_one(address, content)

    def _write_one(self, address: str, content: bytes) -> bool:
        """Write a file, and return whether it is ours."""
        if address in self._taken:
            return False
        path = self._folder / address
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        path.write_bytes(content)
        return True

    def _fork(self) -> None:
        context = multiprocessing.get_context("fork")
        # What is left to take: one side begins with the first job, the other with the last, so that each compiles
        # the templates and finds the facts of its own kind of page.
        self._left = context.Array("i", [0, len(self._jobs)])
        process = context.Process(target=self._begin, daemon=True)
        process.start()
        self._process = process

    def _begin(self) -> None:
        """Do what the second process is for."""
        self._help(from_last=False)
        self._site.renderer.drawn.write()

    def _help(self, *, from_last: bool) -> None:
        while True:
            with self._left.get_lock():
                first, end = int(self._left[0]), int(self._left[1])
                if first >= end:
                    return
                self._left[:] = (first, end - 1) if from_last else (first + 1, end)
            self._jobs[end - 1 if from_last else first]()
