"""The files of an archive's folder that a site publishes as they are stored, and those that it does not publish."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
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


def is_private(name: str) -> bool:
    """Return True if the file `name` of the archive's folder is not published."""
    return bool(_PRIVATE_FILES.match(name))


def published_records(
    site: SiteContext, root: Path, is_excluded: Callable[[dt.date], bool]
) -> Iterator[tuple[str, bytes]]:
    """Yield address and content of each record below `root` that is published; curation may have changed it."""
    unreadable = {error.path for error in site.errors}
    curated = dict(curated_records(site))
    for date in stored_dates(root):
        path = day_path(root, date)
        if path not in unreadable and not is_excluded(date):
            address = site.urls.day_json(date)
            yield address, curated.get(address) or path.read_bytes()


def published_thumbnails(site: SiteContext, root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield address and content of each copy of a thumbnail below `root`."""
    for path in sorted((root / FOLDER).glob("*/*.webp")):
        yield site.urls.below(path.relative_to(root).as_posix()), path.read_bytes()
