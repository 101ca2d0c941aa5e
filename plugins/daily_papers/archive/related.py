"""Related earlier papers: ROOT/YYYY/MM/related.json, for the papers that were first listed in that month.

    {"since": "2024-05-27", "papers": {
    "2402.19173": ["2402.00001", "2401.10020"],
    …
    }}

One line a paper, sorted by id; each line lists the most similar paper first. `jobs.relate` finds them, pages show them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from daily_papers.archive.file_io import reject_symlinks, remove, write_atomically
from daily_papers.archive.json_maps import encode_map, read_json
from daily_papers.errors import ArchiveError
from daily_papers.model.records import PaperId

RELATED_FILE = "related.json"


class RelatedMonth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of one month's file."""

    since: dt.date
    """The archive's first stored date when these papers were found."""
    papers: dict[PaperId, tuple[PaperId, ...]]
    """Related papers by the id of the paper; empty if no earlier paper is similar enough."""


_decoder = msgspec.json.Decoder(RelatedMonth)


def related_path(root: Path, month: dt.date) -> Path:
    """Return the path of the file of `month`, any date of that month."""
    return root / f"{month:%Y/%m}" / RELATED_FILE


def read_related(root: Path) -> dict[str, tuple[str, ...]]:
    """Return the related papers of all months by paper id, the most similar first.

    They may be missing from the archive: their day may have been removed since. Raises ArchiveError if a file cannot
    be read.
    """
    related: dict[str, tuple[str, ...]] = {}
    for path in _stored_files(root):
        if month := _read(root, path):
            related.update(month.papers)
    return related


def find_unreadable_months(root: Path) -> Iterator[ArchiveError]:
    """Yield the ArchiveError of each month's file that cannot be read."""
    for path in _stored_files(root):
        try:
            _read(root, path)
        except ArchiveError as e:
            yield e


def read_related_month(root: Path, month: dt.date) -> RelatedMonth | None:
    """Return the content of the file of `month`, or None if there is no file. Raises ArchiveError."""
    return _read(root, related_path(root, month))


def write_related_month(root: Path, month: dt.date, related: RelatedMonth) -> bool:
    """Write the file of `month`, or remove it if `related` has no paper; return True if the file changed.

    Raises ArchiveError.
    """
    path = related_path(root, month)
    reject_symlinks(root, path)
    if not related.papers:
        return remove(path)
    papers = encode_map(related.papers, encode=_encode_ids)
    return write_atomically(path, f'{{"since": "{related.since}", "papers": '.encode() + papers + b"}\n")


def _stored_files(root: Path) -> list[Path]:
    return sorted(root.glob(f"[0-9][0-9][0-9][0-9]/[0-9][0-9]/{RELATED_FILE}"))


def _read(root: Path, path: Path) -> RelatedMonth | None:
    reject_symlinks(root, path)
    return read_json(path, _decoder, remedy="delete it: the next fetch makes a new one")


def _encode_ids(ids: Any) -> bytes:
    return b"[" + b", ".join(map(msgspec.json.encode, ids)) + b"]"
