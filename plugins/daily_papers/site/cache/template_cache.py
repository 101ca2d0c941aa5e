"""Templates compiled once, not in each build: Jinja's own cache of them, in a folder.

Sources in, code out, as long as it is the same source for the same program. What cannot be read or written is compiled
again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """The code of `folder`, which need not be there; `made_of` is all it depends on beside its source."""

    def __init__(self, folder: Path, made_of: str) -> None:
        super().__init__(str(folder), "%s.bin")
        self._made_of = made_of

    def get_source_checksum(self, source: str) -> str:
        return hashlib.sha1(f"{self._made_of}\n{source}".encode(), usedforsecurity=False).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001  # a file that was cut makes pickle raise whatever it likes
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
