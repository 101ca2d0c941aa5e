"""The ledger, ROOT/ledger.json: what a day file cannot hold, for every date that was asked for.

{"2024-03-01": {"state": "complete"}, "2024-03-05": {"state": "failed", "reason": "…", "tried": "2024-03-06"}}, one line
a date, newest last. It changes only when a state does, or what stands beside it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.file_io import write_atomically
from daily_papers.errors import ArchiveError

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


def ledger_path(root: Path) -> Path:
    return root / "ledger.json"


def read_ledger(root: Path) -> Ledger:
    """Return the ledger below `root`, empty if there is none. Raises ArchiveError if it does not read."""
    path = ledger_path(root)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise ArchiveError(f"{e}; restore it from git, or delete it and fetch again", path=path) from e


def write_ledger(root: Path, ledger: Ledger) -> bool:
    """Write `ledger` below `root`; return whether the file changed. An empty one makes no file."""
    if not ledger and not ledger_path(root).exists():
        return False
    lines = (f'"{date}": '.encode() + msgspec.json.encode(entry) for date, entry in sorted(ledger.items()))
    return write_atomically(ledger_path(root), b"{\n" + b",\n".join(lines) + b"\n}\n")
