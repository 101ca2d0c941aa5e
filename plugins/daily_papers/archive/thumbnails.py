"""The index of the thumbnails that are mirrored: ROOT/media.json, one line an address.

An archive folder goes in, the copies by address come out. `mirror` makes them, pages show them, `check` looks at them.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from daily_papers.archive.json_maps import read_json, write_map

INDEX = "media.json"
FOLDER = "media"


class Mirrored(msgspec.Struct, frozen=True, omit_defaults=True):
    """A copy, or why there is none."""

    name: str = ""
    """The beginning of its hash; its files are FOLDER/NAME[:2]/NAME-640.webp and -320.webp."""
    bytes: int = 0
    """Of both."""
    failed: str = ""
    tries: int = 0

    @property
    def stem(self) -> str:
        """Where its files lie below the archive, without width and ending."""
        return f"{FOLDER}/{self.name[:2]}/{self.name}"


Index = dict[str, Mirrored]

_decoder = msgspec.json.Decoder(Index)


def read_index(root: Path) -> Index:
    """Return what is mirrored, by address; empty if nothing is. Raises ArchiveError."""
    return read_json(root / INDEX, _decoder, remedy="delete it and fetch again") or {}


def write_index(root: Path, index: Index) -> bool:
    """Write `index`; return True if the file changed. An empty index creates no file. Raises ArchiveError."""
    return write_map(root / INDEX, index)
