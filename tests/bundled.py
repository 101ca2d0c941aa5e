"""The repository's own archive, read once in a test process."""

from __future__ import annotations

from functools import cache

from daily_papers.index.archive_index import ArchiveIndex
from tests.factories import make_index, read_days
from tests.sites import REPOSITORY


@cache
def bundled_index() -> ArchiveIndex:
    return make_index(*read_days(REPOSITORY / "docs"))


@cache
def reversed_index() -> ArchiveIndex:
    """Return the index of the same archive, with its days in reverse order."""
    return make_index(*reversed(read_days(REPOSITORY / "docs")))
