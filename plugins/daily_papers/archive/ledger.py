"""The ledger, ROOT/ledger.json: the fetch state of every requested date, also of dates without a day file.

    {
    "2024-03-01": {"state":"complete"},
    "2024-03-05": {"state":"failed","reason":"…","tried":"2024-03-06"}
    }

It has one line a date, newest last. A line changes only together with a field of its entry.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.consistency import find_date_fault
from daily_papers.archive.json_maps import read_json, write_map
from daily_papers.errors import ArchiveError

State = Literal["complete", "moving", "empty", "failed", "partial"]
"""State of a date.

complete: fetched after the votes had settled. moving: more papers and votes are expected. empty: no paper was listed.
failed: the fetch failed. partial: some records could not be read, or the day was never fetched.
"""

Phase = Literal["open", "refreshed", "settled"]
PHASES: tuple[Phase, ...] = ("open", "refreshed", "settled")
"""Phases of a date at its last fetch, in their order.

open: within the window of daily fetches. refreshed: after that window, when all papers are listed. settled: after the
votes had settled.
"""


class LedgerEntry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The state of one date."""

    state: State
    reason: str | None = None
    """Reason of the state, such as the error of a failed fetch."""
    rejected: int = 0
    """Number of records with an unreadable part."""
    tried: dt.date | None = None
    """UTC day of the last attempt, for a failure."""
    phase: Phase = "open"
    """Phase of the last fetch; not stored for a complete date, see `last_phase`."""

    @property
    def last_phase(self) -> Phase:
        """Phase of the last fetch; always `settled` for a complete date."""
        return "settled" if self.state == "complete" else self.phase


Ledger = dict[dt.date, LedgerEntry]

_REMEDY = "delete it and fetch again"

_decoder = msgspec.json.Decoder(Ledger)


def ledger_path(root: Path) -> Path:
    """Return the path of the ledger of the archive below `root`; the file need not exist."""
    return root / "ledger.json"


def read_ledger(root: Path) -> Ledger:
    """Return the ledger below `root`, empty if there is none. Raises ArchiveError if it cannot be read."""
    path = ledger_path(root)
    ledger = read_json(path, _decoder, remedy=_REMEDY) or {}
    for date in ledger:
        if fault := find_date_fault(date):
            raise ArchiveError(f"{fault}; correct the date, or {_REMEDY}", path=path, at=f'$["{date}"]')
    return ledger


def write_ledger(root: Path, ledger: Ledger) -> bool:
    """Write `ledger` below `root`; return True if the file changed. An empty ledger creates no file."""
    return write_map(ledger_path(root), ledger)
