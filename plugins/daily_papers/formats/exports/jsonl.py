"""Export in JSON Lines: one day a line, as the archive stores it, oldest first. `daily-papers import` reads it back.

A line is a day, not a paper, because a day has more than its papers: its source, the time of its fetch, the order of
its list. A paper that is listed on several dates is in each of their lines.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import msgspec

from daily_papers.model.records import Day

LINE_BEGINNING = b'{"schema":'

_encoder = msgspec.json.Encoder(order="deterministic")


def write(path: Path, days: Iterable[Day]) -> None:
    """Write `days`, oldest first, to the file `path`."""
    with path.open("wb") as file:
        for day in days:
            file.write(_encoder.encode(day) + b"\n")


def is_export(path: Path) -> bool:
    """Return True if the file `path` begins like an export."""
    with path.open("rb") as file:
        return file.read(len(BOM_UTF8 + LINE_BEGINNING)).removeprefix(BOM_UTF8).startswith(LINE_BEGINNING)


def contains_day(file: IO[bytes], limit: int) -> bool:
    """Return True if a line of `file` begins like one of an export; at most `limit` bytes are read.

    The first line may be damaged. A byte order mark is ignored.
    """
    while limit > 0 and (line := file.readline(limit)):
        if line.removeprefix(BOM_UTF8).startswith(LINE_BEGINNING):
            return True
        limit -= len(line)
    return False
