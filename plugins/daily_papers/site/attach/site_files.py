"""Write and remove files in the folder of a built site. No other module of this package changes files.

SITE/.daily-papers.json, the manifest, has the addresses of the files that belong to the archive. It is written before
the first of these files, so that none is ever taken for one of the host's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from daily_papers.archive.file_io import remove, remove_stale_temp_files, write_atomically
from daily_papers.archive.json_maps import read_json

MANIFEST = ".daily-papers.json"

_decoder = msgspec.json.Decoder(list[str])


def write_site_file(path: Path, content: bytes) -> None:
    """Write a file in one step, unless it has this content already. Raises ArchiveError.

    Nothing is synced: the next run repeats what a power failure undoes, and syncing takes most of the time.
    """
    write_atomically(path, content, durable=False)


def remove_site_file(path: Path) -> None:
    """Remove a file, if it exists. Raises ArchiveError."""
    remove(path)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of killed runs. Raises ArchiveError."""
    remove_stale_temp_files(folder)


def read_manifest(folder: Path) -> set[str]:
    """Return the addresses of the archive's files in the site in `folder`; none before the archive is attached.

    Raises ArchiveError if the manifest cannot be read.
    """
    remedy = "delete the site's folder and build it anew"
    return set(filter(_is_below, read_json(folder / MANIFEST, _decoder, remedy=remedy) or ()))


def write_manifest(folder: Path, addresses: Iterable[str]) -> None:
    """Write the manifest of the site in `folder`. Raises ArchiveError."""
    write_atomically(folder / MANIFEST, msgspec.json.encode(sorted(set(addresses))) + b"\n")


def _is_below(address: str) -> bool:
    """Return True unless `address` leads out of the site's folder."""
    path = PurePosixPath(address)
    return not path.is_absolute() and ".." not in path.parts
