"""The budget refuses a call that could exceed a limit."""

from __future__ import annotations

import datetime as dt

import pytest

from daily_papers.archive.usage import Usage
from daily_papers.errors import BudgetError
from daily_papers.summaries.budget import (
    MAX_ANSWER_TOKENS,
    MESSAGE_TOKENS,
    MIN_ANSWER_TOKENS,
    Allowance,
    Budget,
    Limits,
    estimate_chat,
    estimate_tokens,
)

NOW = dt.datetime(2026, 7, 20, 3, tzinfo=dt.UTC)
NO_LIMIT = Allowance()


def test_the_cost_of_a_call_is_computed_from_prices_for_a_million_tokens() -> None:
    assert Limits(input_price=10.0, output_price=30.0).usage(400, 300) == Usage(1, 400, 300, 0.013)


@pytest.mark.parametrize(
    ("limits", "tokens"),
    [
        (Limits(NO_LIMIT), MAX_ANSWER_TOKENS),
        (Limits(Allowance(call=2000)), 1600),
        (Limits(Allowance(call=100_000)), MAX_ANSWER_TOKENS),
        (Limits(NO_LIMIT, Allowance(call=0.03), output_price=30.0), 1000),
        (Limits(Allowance(call=1000), Allowance(call=0.03), output_price=30.0), 600),
        (Limits(NO_LIMIT, Allowance(call=0.03)), MAX_ANSWER_TOKENS),
    ],
)
def test_the_longest_answer_is_bounded_by_the_limits_of_a_call(limits: Limits, tokens: int) -> None:
    assert limits.max_usage(400).completion_tokens == tokens


def test_a_question_that_leaves_no_room_for_an_answer_is_refused_alone() -> None:
    limits = Limits(Allowance(call=1000))
    assert limits.max_usage(1000 - MIN_ANSWER_TOKENS).completion_tokens == MIN_ANSWER_TOKENS
    with pytest.raises(BudgetError, match="leaves too little for an answer of 500") as caught:
        limits.max_usage(1001 - MIN_ANSWER_TOKENS)
    assert not caught.value.for_all


@pytest.mark.parametrize(
    ("limits", "budget", "for_all"),
    [
        (Limits(Allowance(call=699)), r"summaries\.tokens\.call' \(699\)", False),
        (Limits(Allowance(run=1399)), r"summaries\.tokens\.run' \(1399\)", True),
        (Limits(Allowance(month=1399)), r"summaries\.tokens\.month' \(1399\)", True),
        (Limits(NO_LIMIT, Allowance(call=0.6)), r"summaries\.money\.call' \(0\.6\)", False),
        (Limits(NO_LIMIT, Allowance(run=1.3)), r"summaries\.money\.run' \(1\.3\)", True),
        (Limits(NO_LIMIT, Allowance(month=1.3)), r"summaries\.money\.month' \(1\.3\)", True),
    ],
)
def test_the_error_for_a_call_beyond_a_limit_names_the_limit(limits: Limits, budget: str, for_all: bool) -> None:
    call = Usage(1, 400, 300, 0.7)
    spending = Budget(limits, NOW, {})
    if for_all:
        spending.reserve(call)
    with pytest.raises(BudgetError, match=budget) as caught:
        spending.reserve(call)
    assert caught.value.for_all == for_all


def test_reservations_count_until_they_are_replaced() -> None:
    budget = Budget(Limits(Allowance(run=2000)), NOW, {})
    reserved, actual = Usage(1, 500, 500), Usage(1, 500, 100)
    budget.reserve(reserved)
    budget.reserve(reserved)
    with pytest.raises(BudgetError):
        budget.reserve(reserved)
    budget.replace_reservation(reserved, actual)
    with pytest.raises(BudgetError):
        budget.reserve(reserved)
    budget.replace_reservation(reserved, actual)
    budget.reserve(Usage(1, 700, 100))
    assert budget.spent == Usage(2, 1000, 200)
    assert budget.months == {"2026-07": budget.spent}


def test_the_cost_of_cheap_calls_adds_up() -> None:
    limits = Limits(input_price=0.01, output_price=0.01)
    assert sum([limits.usage(20, 21)] * 1000, Usage()).cost == pytest.approx(0.00041)


def test_earlier_runs_of_the_month_count_and_other_months_do_not() -> None:
    earlier = {"2026-06": Usage(9, 9000, 0), "2026-07": Usage(1, 900, 0)}
    budget = Budget(Limits(Allowance(month=1000)), NOW, earlier)
    budget.reserve(Usage(1, 100, 0))
    with pytest.raises(BudgetError, match=r"summaries\.tokens\.month"):
        budget.reserve(Usage(1, 1, 0))
    budget.replace_reservation(Usage(1, 100, 0), Usage(1, 90, 0))
    assert budget.months == {"2026-06": Usage(9, 9000, 0), "2026-07": Usage(2, 990, 0)}


def test_an_estimate_counts_the_bytes_of_a_text_and_each_message() -> None:
    assert estimate_tokens("") == MESSAGE_TOKENS
    assert estimate_tokens("강") == estimate_tokens("abc") == MESSAGE_TOKENS + 1
    messages = [{"role": "system", "content": "abc"}, {"role": "user", "content": "강이"}]
    assert estimate_chat(messages) == 2 * MESSAGE_TOKENS + 3
