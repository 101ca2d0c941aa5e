"""The files of an archive's folder that a site publishes as they are stored, and those that it does not publish."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from daily_papers.archive.day_files import day_path, stored_dates
from daily_papers.archive.thumbnails import FOLDER
from daily_papers.site.context import SiteContext
from daily_papers.site.site import curated_records

# The ledger, usage of models, ids unknown to arXiv, the index of thumbnails, settings in YAML, related papers,
# unreadable records, and copies that editors and git leave behind.
_PRIVATE_FILES = re.compile(
    r"^((ledger|usage|arxiv|media)\.json.*|[^/]+\.ya?ml.*|\d{4}/\d\d/(\d\d\.rejected|related)\.json|\d{4}/\d\d/[^/]+\.json[^/]+)$"
)

StoredFiles = Mapping[str, Callable[[], bytes]]
"""For each address a function that gives the content: the files of years do not fit into memory."""


def is_private(name: str) -> bool:
    """Return True if the file `name` of the archive's folder is not published."""
    return bool(_PRIVATE_FILES.match(name))


def published_files(site: SiteContext, root: Path, is_excluded: Callable[[dt.date], bool]) -> StoredFiles:
    """Return the published records, as curation changed them, and thumbnails below the archive's folder `root`."""
    files = {address: path.read_bytes for address, path in _thumbnails(site, root)}
    return files | dict(_records(site, root, is_excluded))


def _records(
    site: SiteContext, root: Path, is_excluded: Callable[[dt.date], bool]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    unreadable = {error.path for error in site.errors}
    curated = dict(curated_records(site))
    for date in stored_dates(root):
        path = day_path(root, date)
        if path not in unreadable and not is_excluded(date):
            address = site.urls.day_json(date)
            yield address, partial(curated.__getitem__, address) if address in curated else path.read_bytes


def _thumbnails(site: SiteContext, root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((root / FOLDER).glob("*/*.webp")):
        yield site.urls.below(path.relative_to(root).as_posix()), path
