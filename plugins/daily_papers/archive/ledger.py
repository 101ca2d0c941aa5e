"""The ledger, ROOT/ledger.json: what a day file cannot hold, for every date that was asked for.

{"2024-03-01": {"state": "complete"}, "2024-03-05": {"state": "failed", "reason": "…", "tried": "2024-03-06"}}, one line
a date, newest last. It changes only when a state does, or what stands beside it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.json_maps import read_json, write_map

State = Literal["complete", "moving", "empty", "failed", "partial"]
"""complete: asked after its votes had settled. moving: more papers and votes are expected. empty: nothing was
listed. failed: could not be had. partial: some records could not be read, or the day was never asked for."""

Phase = Literal["open", "refreshed", "settled"]
PHASES: tuple[Phase, ...] = ("open", "refreshed", "settled")
"""How late a date was last looked at, in their order: while its window was open, when that had closed (its papers are
all there), and when its votes had settled."""


class LedgerEntry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    state: State
    reason: str | None = None
    rejected: int = 0
    """Records of which something could not be read."""
    tried: dt.date | None = None
    """Of a failure, the UTC day of the last try."""
    phase: Phase = "open"

    @property
    def looked(self) -> Phase:
        """How late the last look was; a complete date needs no `phase` to say so."""
        return "settled" if self.state == "complete" else self.phase


Ledger = dict[dt.date, LedgerEntry]

_decoder = msgspec.json.Decoder(Ledger)


def ledger_path(root: Path) -> Path:
    return root / "ledger.json"


def read_ledger(root: Path) -> Ledger:
    """Return the ledger below `root`, empty if there is none. Raises ArchiveError if it does not read."""
    return read_json(ledger_path(root), _decoder, remedy="delete it and fetch again") or {}


def write_ledger(root: Path, ledger: Ledger) -> bool:
    """Write `ledger` below `root`; return whether the file changed. An empty one makes no file."""
    return write_map(ledger_path(root), ledger)
