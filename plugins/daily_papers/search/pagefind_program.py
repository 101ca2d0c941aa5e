"""The program Pagefind: where it is, its version, and its runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from contextlib import suppress
from importlib import import_module, metadata
from pathlib import Path

from daily_papers.search.record_pages import LANGUAGE

CHUNK_WORDS = "8000"
"""Word positions per index file. With Pagefind's default of 20,000, a rare word costs a reader twice as many bytes."""
_PROBE_BYTES = 65_536


def find_pagefind() -> Path | None:
    """Return the path of Pagefind: that of the extra `search`, else one on PATH; None if there is none."""
    with suppress(ImportError, OSError):
        return Path(import_module("pagefind_bin_extended").get_executable())
    path = shutil.which("pagefind_extended") or shutil.which("pagefind")
    return Path(path) if path else None


class Pagefind:
    """Runs of the program at `path`, in any number of threads. After `stop` all have ended, and none starts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False

    def run(self, folder: Path, timeout_s: float) -> None:
        """Index `folder/pages` into `folder/output`.

        Raises subprocess.SubprocessError if the program fails, takes too long or is stopped, ValueError if it does not
        start, and OSError if the disk is full, which the program does not report.
        """
        command: list[str | Path] = [self.path, "--site", folder / "pages", "--output-path", folder / "output"]
        with self._lock:
            if self._is_stopped:
                raise subprocess.SubprocessError("it was stopped")
            process = self._start([*command, "--force-language", LANGUAGE, "--quiet"], folder)
            self._running.add(process)
        with process:
            try:
                stdout, stderr = process.communicate(timeout=timeout_s)
            finally:
                process.kill()
                self._running.discard(process)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args, stdout, stderr)

    def _start(self, command: list[str | Path], folder: Path) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,  # Pagefind reads a pagefind.yml in the working directory
                env={**os.environ, "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": CHUNK_WORDS},
            )
        except OSError as e:
            raise ValueError(f"it did not start: {e}") from e

    def stop(self) -> None:
        """End all runs, and let none start."""
        with self._lock:
            self._is_stopped = True
            for process in self._running.copy():
                process.kill()

    def version(self) -> str:
        with suppress(metadata.PackageNotFoundError):
            return metadata.version("pagefind_bin_extended")
        return subprocess.run([self.path, "--version"], check=True, capture_output=True, text=True, timeout=60).stdout
