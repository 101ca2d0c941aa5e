"""Compiled templates, kept in a folder between builds: Jinja's bytecode cache."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class TemplateCache(FileSystemBytecodeCache):
    """Bytecode cache in `folder`, which need not exist; `depends_on` is what code depends on beside its source.

    A file that cannot be read or written is ignored: its template is compiled again.
    """

    def __init__(self, folder: Path, depends_on: str) -> None:
        super().__init__(str(folder), "%s.bin")
        self._depends_on = depends_on

    def get_source_checksum(self, source: str) -> str:
        return hashlib.sha1(f"{self._depends_on}\n{source}".encode(), usedforsecurity=False).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001  # a truncated file makes pickle raise any exception
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
