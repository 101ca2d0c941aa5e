"""What summaries may cost, and what they have cost: tokens, and money where prices are given.

A call is reserved at its most before it is made and settled at what it took. What a month has cost lies in
ROOT/usage.json, one line a month, and is written after every call: a run that is killed leaves out those under way.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from daily_papers.archive.json_maps import read_json, write_map
from daily_papers.errors import BudgetError

USAGE_FILE = "usage.json"
BYTES_PER_TOKEN = 3
"""Rather too few: English has four to a token, Korean three to a syllable."""
MESSAGE_TOKENS = 20
"""What a chat needs around its texts."""
USUAL_ANSWER_TOKENS = 900
"""For an estimate: five bullets of Korean."""
FEWEST_ANSWER_TOKENS = 500
MOST_ANSWER_TOKENS = 5_000
"""Eight of the longest bullets, in Korean, or what a model thinks before it answers."""
PER_TOKENS = 1_000_000
"""Prices are for so many tokens."""

Tokens = Annotated[int, msgspec.Meta(ge=0)]
Money = Annotated[float, msgspec.Meta(ge=0)]


class Usage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What calls have taken. `cost` is in whatever money the prices are in."""

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
            round(self.cost + other.cost, 6),
        )

    def __str__(self) -> str:
        cost = f", cost {self.cost:.4f}" if self.cost else ""
        return f"{self.calls} calls, {self.tokens} tokens{cost}"

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            self.calls - other.calls,
            self.prompt_tokens - other.prompt_tokens,
            self.completion_tokens - other.completion_tokens,
            round(self.cost - other.cost, 6),
        )


_usage_decoder = msgspec.json.Decoder(dict[str, Usage])


class Allowance(msgspec.Struct, frozen=True):
    """The most of one thing, tokens or money, that a call, a run and a month may take; None: no limit."""

    call: float | None = None
    run: float | None = None
    month: float | None = None


class Limits(msgspec.Struct, frozen=True):
    """`tokens.call` holds for question and answer together. Prices are for a million tokens."""

    tokens: Allowance = Allowance(6_000, 300_000, 3_000_000)
    money: Allowance = Allowance()
    input_price: float = 0.0
    output_price: float = 0.0

    def usage(self, prompt_tokens: int, completion_tokens: int) -> Usage:
        """Return what one call of so many tokens takes."""
        cost = (prompt_tokens * self.input_price + completion_tokens * self.output_price) / PER_TOKENS
        return Usage(1, prompt_tokens, completion_tokens, round(cost, 6))

    def most(self, prompt_tokens: int) -> Usage:
        """Return the most a call with so long a question may take. Raises BudgetError if that leaves no answer."""
        answer = float(MOST_ANSWER_TOKENS)
        if self.tokens.call is not None:
            answer = min(answer, self.tokens.call - prompt_tokens)
        if self.money.call is not None and self.output_price:
            left = self.money.call - self.usage(prompt_tokens, 0).cost
            answer = min(answer, left * PER_TOKENS / self.output_price)
        if answer < FEWEST_ANSWER_TOKENS:
            raise BudgetError(
                f"the question has about {prompt_tokens} tokens, for which 'summaries.tokens.call' or "
                f"'summaries.money.call' leaves too little for an answer of {FEWEST_ANSWER_TOKENS}",
                for_all=False,
            )
        return self.usage(prompt_tokens, int(answer))


class Budget:
    """What a run may still spend; `now` tells which month it is, in UTC."""

    def __init__(self, root: Path, limits: Limits, now: dt.datetime) -> None:
        self._limits = limits
        self.spent = Usage()
        """What this run has taken."""
        self._root, self._month = root, f"{now:%Y-%m}"
        self._months = read_usage(root)
        self._reserved = Usage()

    def reserve(self, most: Usage) -> None:
        """Set `most` aside for a call that is about to be made. Raises BudgetError."""
        run = self.spent + self._reserved + most
        month = self._months.get(self._month, Usage()) + self._reserved + most
        for span, taken in (("call", most), ("run", run), ("month", month)):
            for what, allowance, amount in (
                ("tokens", self._limits.tokens, taken.tokens),
                ("money", self._limits.money, taken.cost),
            ):
                allowed = getattr(allowance, span)
                if allowed is not None and amount > allowed:
                    raise BudgetError(
                        f"the budget 'summaries.{what}.{span}' ({allowed:g}) has no room for another call",
                        for_all=span != "call",
                    )
        self._reserved += most

    def exchange(self, reserved: Usage, taken: Usage) -> None:
        """Put what a call took in the place of what was set aside for it."""
        self._reserved -= reserved
        self.spent += taken
        self._months[self._month] = self._months.get(self._month, Usage()) + taken

    def settle(self, reserved: Usage, taken: Usage) -> None:
        """Do the same, and note it on disk. Raises ArchiveError."""
        self.exchange(reserved, taken)
        write_usage(self._root, self._months)


def estimate_tokens(text: str) -> int:
    """Return about how many tokens `text` has as a message, rather too many than too few."""
    return MESSAGE_TOKENS + math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


def estimate_chat(messages: Iterable[Mapping[str, str]]) -> int:
    """Return about how many tokens the messages of a chat have, each with its text as `content`."""
    return sum(estimate_tokens(message["content"]) for message in messages)


def read_usage(root: Path) -> dict[str, Usage]:
    """Return what each month, as 2026-11, has cost. Raises ArchiveError: what was spent cannot be guessed."""
    return read_json(root / USAGE_FILE, _usage_decoder, remedy="delete it to count from nothing") or {}


def write_usage(root: Path, months: dict[str, Usage]) -> bool:
    """Store what the months have cost, one line a month; return whether the file changed."""
    return write_map(root / USAGE_FILE, months, indent="  ")
