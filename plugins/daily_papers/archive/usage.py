"""The usage of summaries, by month, in ROOT/usage.json: tokens, and money if the site states prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from daily_papers.archive.json_maps import read_json, write_map

USAGE_FILE = "usage.json"
COST_DIGITS = 9
"""Digits after the point of a cost. One call of the cheapest models costs less than 0.0001."""

Tokens = Annotated[int, msgspec.Meta(ge=0)]
Money = Annotated[float, msgspec.Meta(ge=0)]


class Usage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The usage of calls. `cost` is in the currency of the prices."""

    calls: Tokens = 0
    prompt_tokens: Tokens = 0
    completion_tokens: Tokens = 0
    cost: Money = 0.0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            round(self.cost + other.cost, COST_DIGITS),
        )

    def __str__(self) -> str:
        cost = f", cost {self.cost:.4f}" if self.cost else ""
        return f"{self.calls} calls, {self.tokens} tokens{cost}"

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            self.calls - other.calls,
            self.prompt_tokens - other.prompt_tokens,
            self.completion_tokens - other.completion_tokens,
            round(self.cost - other.cost, COST_DIGITS),
        )


_usage_decoder = msgspec.json.Decoder(dict[str, Usage])


def read_usage(root: Path) -> dict[str, Usage]:
    """Return the usage of each month, by month as 2026-11.

    Raises ArchiveError if the file cannot be read. It is not replaced by an empty one: past usage cannot be guessed.
    """
    return read_json(root / USAGE_FILE, _usage_decoder, remedy="delete it to count from nothing") or {}


def write_usage(root: Path, months: dict[str, Usage]) -> bool:
    """Store the usage of each month, one line a month. Return True if the file changed."""
    return write_map(root / USAGE_FILE, months, indent="  ")
