"""Remove dates that hold nothing from the ledger, for a fetch that began too early."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from daily_papers.archive.day_files import stored_files
from daily_papers.archive.file_io import archive_lock
from daily_papers.archive.ledger import read_ledger, write_ledger


def forget_dates(root: Path, since: dt.date, until: dt.date) -> list[dt.date]:
    """Remove each date from `since` to `until` that has neither papers nor unreadable records; return them.

    They are then as if they had never been asked for. Raises ArchiveError if the ledger cannot be read, or another run
    is writing.
    """
    with archive_lock(root):
        ledger = read_ledger(root)
        stored = {date for date, _ in stored_files(root)}
        forgotten = [date for date in ledger if since <= date <= until and date not in stored]
        if forgotten:
            write_ledger(root, {date: entry for date, entry in ledger.items() if date not in forgotten})
    return forgotten
