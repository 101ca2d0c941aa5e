"""Exporting: the stored days -> files in another form, below a folder of the user's.

An archive folder goes in, files and a Report come out; the layout is `digest`'s business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from daily_papers.archive import read_day, stored_dates
from daily_papers.curation import curate_day, read_curation
from daily_papers.digest import render_digest
from daily_papers.errors import ArchiveError
from daily_papers.files import write_atomically


class Report(msgspec.Struct, frozen=True):
    """How many days were written, how many files already were as they should be, and what could not be done."""

    written: int
    unchanged: int
    errors: tuple[ArchiveError, ...]

    def __str__(self) -> str:
        """Say how many dates ended how, in one line."""
        counts = {"failed": len(self.errors), "unchanged": self.unchanged, "written": self.written}
        return (
            ", ".join(f"{count} {result}" for result, count in counts.items() if count)
            or "nothing, no day of these dates is stored"
        )


def export_markdown(
    root: Path,
    folder: Path,
    languages: Sequence[str],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    on_error: Callable[[ArchiveError], None] = lambda error: None,
) -> Report:
    """Write the digest of each day stored below `root`, from `since` to `until`, to `folder`/YYYY/MM/DD.md.

    Bullets are in the first of `languages` that a paper has; what the curation decides is decided here, too. A file
    that already says the same is not touched, and one whose day is not stored stays. A day that does not read, or
    cannot be written, costs none of the others. Raises ArchiveError for a curation that cannot be used.
    """
    curation = read_curation(root)
    written = unchanged = 0
    errors = []
    for date in stored_dates(root):
        if (since and date < since) or (until and date > until):
            continue
        try:
            if (day := read_day(root, date)) is None:
                continue  # gone since it was listed
            text = render_digest(curate_day(day, curation), languages)
            if write_atomically(folder / f"{date:%Y/%m/%d}.md", text.encode()):
                written += 1
            else:
                unchanged += 1
        except ArchiveError as e:
            errors.append(e)
            on_error(e)
    return Report(written, unchanged, tuple(errors))
