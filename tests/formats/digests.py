"""Read digests."""

from __future__ import annotations

from daily_papers.formats.digest import ParsedDigest, read_digest
from daily_papers.model.records import Paper

FILE = "2024/03/01.md"


def read(text: str | bytes) -> ParsedDigest:
    return read_digest(text if isinstance(text, bytes) else text.encode(), FILE)


def only_paper(text: str) -> Paper:
    """Return the only paper of a digest without unreadable lines."""
    (fetched,) = read(text).days
    assert fetched.rejected == ()
    (paper,) = fetched.day.papers
    return paper
