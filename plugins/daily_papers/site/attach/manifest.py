"""Manifest of an attached archive: SITE/.daily-papers.json, the addresses of the files that belong to the archive.

It is written before the first of these files, so that none is ever taken for one of the host's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from daily_papers.archive.file_io import write_atomically
from daily_papers.archive.json_maps import read_json

MANIFEST = ".daily-papers.json"

_decoder = msgspec.json.Decoder(list[str])


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
