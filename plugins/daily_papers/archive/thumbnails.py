"""Index of mirrored thumbnails: ROOT/media.json, one line an address.

`jobs.mirror` makes the copies, pages show them, and `jobs.check` verifies them.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from daily_papers.archive.json_maps import read_json, write_map

INDEX = "media.json"
"""Name of the index, below the archive's folder."""
FOLDER = "media"
"""Name of the folder of the copies, below the archive's folder."""


class Mirrored(msgspec.Struct, frozen=True, omit_defaults=True):
    """The two copies of one thumbnail, or the reason why there are none."""

    name: str = ""
    """The beginning of the picture's hash. The files are FOLDER/NAME[:2]/NAME-640.webp and NAME-320.webp."""
    bytes: int = 0
    """Size of both files together."""
    failed: str = ""
    """Reason of the last failure, empty if there are copies."""
    tries: int = 0
    """Number of failed attempts."""

    @property
    def stem(self) -> str:
        """Path of the files below the archive, without width and extension."""
        return f"{FOLDER}/{self.name[:2]}/{self.name}"


Index = dict[str, Mirrored]
"""Copies by the address of the thumbnail."""

_decoder = msgspec.json.Decoder(Index)


def read_index(root: Path) -> Index:
    """Return the index below `root`, empty if there is none. Raises ArchiveError if it cannot be read."""
    return read_json(root / INDEX, _decoder, remedy="delete it and fetch again") or {}


def write_index(root: Path, index: Index) -> bool:
    """Write `index` below `root`; return True if the file changed. An empty index creates no file.

    Raises ArchiveError if it cannot be written.
    """
    return write_map(root / INDEX, index)
