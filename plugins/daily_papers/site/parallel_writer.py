"""Write pages and data files in a second process, beside the host that builds the author's pages.

Rendering takes most of a build's time and needs nothing of the host.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from daily_papers.archive.processes import fork, kill
from daily_papers.errors import ArchiveError

AnyPage = TypeVar("AnyPage")


class ParallelWriter:
    """Writes `pages`, each with `write_page`, and the files of `groups`, address and content, below `folder`.

    If `forked`, a second process starts at once, and `finish` shares the work with it, a page or a group at a time.
    Where no process can be forked, or it failed, `finish` does everything. An OSError of `finish` names the file.
    `reserved` are addresses of the author's own files, which are not written. `flush` is called before the fork and
    when each process is done: it writes what the processes cached. `write_file` writes a data file in a folder
    that exists.
    """

    def __init__(
        self,
        groups: Iterable[Iterator[tuple[str, bytes]]],
        folder: Path,
        pages: Sequence[AnyPage],
        write_page: Callable[[AnyPage], None],
        *,
        reserved: Container[str],
        forked: bool,
        flush: Callable[[], None],
        write_file: Callable[[Path, bytes], object] = Path.write_bytes,
    ) -> None:
        self._folder, self._reserved, self._flush, self._write_file = folder, reserved, flush, write_file
        self._folders: set[Path] = set()
        self._groups = [*groups]
        self._jobs = [
            *(partial(self._write_all, group) for group in self._groups),
            *(partial(write_page, page) for page in pages),
        ]
        flush()  # once, while one process has it
        self._process: BaseProcess | None = None
        # Other systems have no fork, or libraries that do not survive it.
        if forked and sys.platform == "linux":
            with suppress(OSError, ImportError):  # no further process, or no semaphores: a small container
                self._fork()

    def finish(self) -> None:
        """Wait until everything is written."""
        if self._process:
            self._work(from_last=True)
            self._process.join()
        if not self._process or self._process.exitcode:
            for job in self._jobs:
                job()

    def abort(self) -> None:
        """End the second process, before its work is done."""
        if self._process:
            kill(self._process)

    def write_files(self) -> Iterator[str]:
        """Write one data file at each step, and yield its address."""
        for group in self._groups:
            for address, content in group:
                if self._write(address, content):
                    yield address
        self._flush()

    def _write_all(self, group: Iterator[tuple[str, bytes]]) -> None:
        for address, content in group:
            self._write(address, content)

    def _write(self, address: str, content: bytes) -> bool:
        """Write a file; return False if the author has one of that address."""
        if address in self._reserved:
            return False
        path = self._folder / address
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        self._write_file(path, content)
        return True

    def _fork(self) -> None:
        # The range of jobs that remain: one process begins with the first, the other with the last, so that each
        # compiles the templates of its own kind of page.
        self._remaining = multiprocessing.get_context("fork").Array("i", [0, len(self._jobs)])
        self._process = fork(self._run_child)

    def _run_child(self) -> None:
        try:
            self._work(from_last=False)
            self._flush()
        except (OSError, ArchiveError, KeyboardInterrupt):
            sys.exit(1)  # without a traceback: `finish` repeats the work and raises the error, if it was not stopped

    def _work(self, *, from_last: bool) -> None:
        while True:
            with self._remaining.get_lock():
                first, end = int(self._remaining[0]), int(self._remaining[1])
                if first >= end:
                    return
                self._remaining[:] = (first, end - 1) if from_last else (first + 1, end)
            self._jobs[end - 1 if from_last else first]()
