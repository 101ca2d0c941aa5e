"""The budget of summaries: tokens, and money if prices are given.

The highest possible usage of a call is reserved before the call, and replaced by its actual usage after it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import msgspec

from daily_papers.archive.usage import COST_DIGITS, Usage
from daily_papers.errors import BudgetError

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
MAX_REPORTED_TOKENS = 200_000
"""A higher report of one call is an error of the endpoint. The longest answers of models have 128,000 tokens."""


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
    """The remaining budget of a run. Calls are counted in the month of `now`, an instant in UTC.

    `months` is the usage of each month before the run.
    """

    def __init__(self, limits: Limits, now: dt.datetime, months: Mapping[str, Usage]) -> None:
        self._limits = limits
        self.spent = Usage()
        """The usage of this run."""
        self._month = f"{now:%Y-%m}"
        self._months = months
        self._reserved = Usage()

    @property
    def months(self) -> dict[str, Usage]:
        """The usage of each month, with the usage of this run."""
        return {**self._months, self._month: self._months.get(self._month, Usage()) + self.spent}

    def reserve(self, usage: Usage) -> None:
        """Reserve `usage` for the next call. Raises BudgetError if it exceeds a limit."""
        run = self.spent + self._reserved + usage
        month = self._months.get(self._month, Usage()) + run
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


def estimate_tokens(text: str) -> int:
    """Return an estimate of the tokens of a message with `text`. It is rather too high than too low."""
    return MESSAGE_TOKENS + math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


def estimate_chat(messages: Iterable[Mapping[str, str]]) -> int:
    """Return an estimate of the tokens of a chat. Each message has its text as `content`."""
    return sum(estimate_tokens(message["content"]) for message in messages)
