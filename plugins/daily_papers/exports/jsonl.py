"""JSON Lines: a day a line, as the archive keeps it, oldest first. `daily-papers import` reads it back whole.

A day and not a paper is a line, because a paper alone would lose what a day says: its source, when it was fetched, the
order in which its papers were listed, and each date of a paper that is listed on several.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from daily_papers.models import Day

BEGINS = b'{"schema":'
"""How every line begins."""

_encoder = msgspec.json.Encoder(order="deterministic")


def write(path: Path, days: Iterable[Day]) -> None:
    with path.open("wb") as file:
        for day in days:
            file.write(_encoder.encode(day) + b"\n")


def is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(BEGINS)) == BEGINS
