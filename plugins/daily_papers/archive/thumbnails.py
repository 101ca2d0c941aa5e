"""The index of the thumbnails that are mirrored: ROOT/media.json, one line an address.

An archive folder goes in, the copies by address come out. `mirror` makes them, pages show them, `check` looks at them.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from daily_papers.errors import ArchiveError

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


def read_index(root: Path) -> Index:
    """Return what is mirrored, by address; empty if nothing is. Raises ArchiveError."""
    path = root / INDEX
    try:
        return msgspec.json.decode(path.read_bytes(), type=Index)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise ArchiveError(f"{e}; restore it from git, or delete it and fetch again", path=path) from e
