"""JSON Lines: a day a line, as the archive keeps it, oldest first. `daily-papers import` reads it back whole.

A day and not a paper is a line, because a paper alone would lose what a day says: its source, when it was fetched, the
order in which its papers were listed, and each date of a paper that is listed on several.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import msgspec

from daily_papers.model.records import Day

BEGINS = b'{"schema":'
"""How every line begins."""

_encoder = msgspec.json.Encoder(order="deterministic")


def write(path: Path, days: Iterable[Day]) -> None:
    with path.open("wb") as file:
        for day in days:
            file.write(_encoder.encode(day) + b"\n")


def is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return begins(file)


def begins(file: IO[bytes]) -> bool:
    """Tell whether `file`, at its start, is ours: also behind the mark that some editors put in front of UTF-8."""
    return file.read(len(BOM_UTF8 + BEGINS)).removeprefix(BOM_UTF8).startswith(BEGINS)
