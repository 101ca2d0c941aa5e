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

from daily_papers.archive.file_io import write_atomically
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


def ledger_path(root: Path) -> Path:
    """Return the path of the ledger of the archive below `root`; the file need not exist."""
    return root / "ledger.json"


def read_ledger(root: Path) -> Ledger:
    """Return the ledger below `root`, empty if there is none. Raises ArchiveError if it cannot be read."""
    path = ledger_path(root)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise ArchiveError(f"{e}; restore it from git, or delete it and fetch again", path=path) from e


def write_ledger(root: Path, ledger: Ledger) -> bool:
    """Write `ledger` below `root`; return True if the file changed. An empty ledger creates no file."""
    if not ledger and not ledger_path(root).exists():
        return False
    lines = (f'"{date}": '.encode() + msgspec.json.encode(entry) for date, entry in sorted(ledger.items()))
    return write_atomically(ledger_path(root), b"{\n" + b",\n".join(lines) + b"\n}\n")
