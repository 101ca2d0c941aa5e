"""The budget of summaries: tokens, and money if prices are given.

The highest possible usage of a call is reserved before the call, and replaced by its actual usage after it. The usage
of each month is stored in ROOT/usage.json, one line a month. The file is written after every call, so that a killed run
loses only the calls in progress.
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
"""A low value, so that estimates are high. English has four bytes a token, and a Korean syllable has three bytes."""
MESSAGE_TOKENS = 20
"""Tokens of a message in addition to its text."""
TYPICAL_ANSWER_TOKENS = 900
"""Used in estimates: five bullets in Korean."""
MIN_ANSWER_TOKENS = 500
MAX_ANSWER_TOKENS = 5_000
"""Enough for eight of the longest bullets in Korean, or for a model's reasoning before its answer."""
PRICE_UNIT_TOKENS = 1_000_000
"""The number of tokens that a price is for."""
COST_DIGITS = 9
"""Digits after the point of a cost. One call of the cheapest models costs less than 0.0001."""
MAX_REPORTED_TOKENS = 200_000
"""A higher report of one call is an error of the endpoint. The longest answers of models have 128,000 tokens."""

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


class Allowance(msgspec.Struct, frozen=True):
    """The limits of a call, a run and a month, in tokens or in money. None means no limit."""

    call: float | None = None
    run: float | None = None
    month: float | None = None


class Limits(msgspec.Struct, frozen=True):
    """The limits of a site. `tokens.call` is for question and answer together. Prices are for a million tokens."""

    tokens: Allowance = Allowance(6_000, 300_000, 3_000_000)
    money: Allowance = Allowance()
    input_price: float = 0.0
    output_price: float = 0.0

    def usage(self, prompt_tokens: int, completion_tokens: int) -> Usage:
        """Return the usage of one call with these numbers of tokens."""
        cost = (prompt_tokens * self.input_price + completion_tokens * self.output_price) / PRICE_UNIT_TOKENS
        return Usage(1, prompt_tokens, completion_tokens, round(cost, COST_DIGITS))

    def max_usage(self, prompt_tokens: int) -> Usage:
        """Return the highest usage that the limits allow a call whose question has `prompt_tokens`.

        Raises BudgetError if that leaves too little for an answer.
        """
        answer = float(MAX_ANSWER_TOKENS)
        if self.tokens.call is not None:
            answer = min(answer, self.tokens.call - prompt_tokens)
        if self.money.call is not None and self.output_price:
            remaining = self.money.call - self.usage(prompt_tokens, 0).cost
            answer = min(answer, remaining * PRICE_UNIT_TOKENS / self.output_price)
        if answer < MIN_ANSWER_TOKENS:
            raise BudgetError(
                f"the question has about {prompt_tokens} tokens, for which 'summaries.tokens.call' or "
                f"'summaries.money.call' leaves too little for an answer of {MIN_ANSWER_TOKENS}",
                for_all=False,
            )
        return self.usage(prompt_tokens, int(answer))


class Budget:
    """The remaining budget of a run. Calls are counted in the month of `now`, an instant in UTC."""

    def __init__(self, root: Path, limits: Limits, now: dt.datetime) -> None:
        self._limits = limits
        self.spent = Usage()
        """The usage of this run."""
        self._root, self._month = root, f"{now:%Y-%m}"
        self._months = read_usage(root)
        self._reserved = Usage()

    def reserve(self, usage: Usage) -> None:
        """Reserve `usage` for the next call. Raises BudgetError if it exceeds a limit."""
        run = self.spent + self._reserved + usage
        month = self._months.get(self._month, Usage()) + self._reserved + usage
        for span, total in (("call", usage), ("run", run), ("month", month)):
            for unit, allowance, amount in (
                ("tokens", self._limits.tokens, total.tokens),
                ("money", self._limits.money, total.cost),
            ):
                limit = getattr(allowance, span)
                if limit is not None and amount > limit:
                    raise BudgetError(
                        f"the budget 'summaries.{unit}.{span}' ({limit:g}) has no room for another call",
                        for_all=span != "call",
                    )
        self._reserved += usage

    def replace_reservation(self, reserved: Usage, actual: Usage) -> None:
        """Replace the reservation of a call by its actual usage."""
        self._reserved -= reserved
        self.spent += actual
        self._months[self._month] = self._months.get(self._month, Usage()) + actual

    def commit(self, reserved: Usage, actual: Usage) -> None:
        """Replace the reservation of a call by its actual usage, and write usage.json. Raises ArchiveError.

        A call that used nothing is not written.
        """
        self.replace_reservation(reserved, actual)
        if actual != Usage():
            write_usage(self._root, self._months)


def estimate_tokens(text: str) -> int:
    """Return an estimate of the tokens of a message with `text`. It is rather too high than too low."""
    return MESSAGE_TOKENS + math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


def estimate_chat(messages: Iterable[Mapping[str, str]]) -> int:
    """Return an estimate of the tokens of a chat. Each message has its text as `content`."""
    return sum(estimate_tokens(message["content"]) for message in messages)


def read_usage(root: Path) -> dict[str, Usage]:
    """Return the usage of each month, by month as 2026-11.

    Raises ArchiveError if the file cannot be read. It is not replaced by an empty one: past usage cannot be guessed.
    """
    return read_json(root / USAGE_FILE, _usage_decoder, remedy="delete it to count from nothing") or {}


def write_usage(root: Path, months: dict[str, Usage]) -> bool:
    """Store the usage of each month, one line a month. Return True if the file changed."""
    return write_map(root / USAGE_FILE, months, indent="  ")
