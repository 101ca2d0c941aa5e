"""Retry policy: the number of attempts by kind of error, the time budget, and TLS errors."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from daily_papers.errors import DailyPapersError, FetchError, ForbiddenError, ParseError, UnreachableError
from daily_papers.net.retry import (
    PARSE_ATTEMPTS,
    TLS_ATTEMPTS,
    RetryPolicy,
    RetryState,
    attempts_with_backoff,
    is_tls_error,
)

POLICY = RetryPolicy(attempts=5, connect_attempts=3, budget_s=60)


def fetch_error(kind: type[FetchError] = FetchError, *, retryable: bool = False) -> FetchError:
    return kind("failed", source="test", url="u", retryable=retryable)


def tls_error() -> UnreachableError:
    error = fetch_error(UnreachableError, retryable=True)
    assert isinstance(error, UnreachableError)
    error.__cause__ = OSError("no connection")
    error.__cause__.__context__ = ssl.SSLError("wrong version")
    return error


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (fetch_error(retryable=True), 5),
        (ParseError("HTML", source="test", url="u"), PARSE_ATTEMPTS),
        (ParseError("complete, but unreadable", source="test", url="u", retryable=False), 1),
        (fetch_error(UnreachableError, retryable=True), 3),
        (tls_error(), TLS_ATTEMPTS),
        (fetch_error(), 1),
        (fetch_error(ForbiddenError), 1),
        (ValueError(), 1),
    ],
)
def test_the_kind_of_error_decides_the_number_of_attempts(error: Exception, attempts: int) -> None:
    state = RetryState(POLICY, clock=lambda: 0.0)
    assert [state.may_retry(error) for _ in range(attempts)] == [True] * (attempts - 1) + [False]


def test_no_attempt_starts_after_the_budget_without_the_waits_of_upstream() -> None:
    now_s = 100.0
    state = RetryState(POLICY, clock=lambda: now_s)
    now_s = 159.0
    assert state.may_retry(fetch_error(retryable=True))
    now_s = 459.0
    state.add_wait(300.0)
    assert state.may_retry(fetch_error(retryable=True))
    now_s = 460.0
    assert not state.may_retry(fetch_error(retryable=True))


@pytest.mark.usefixtures("no_backoff")
def test_attempts_follow_as_long_as_the_error_may_be_retried() -> None:
    made: list[int] = []

    async def request(most: int) -> None:
        async for attempt in attempts_with_backoff(POLICY, lambda _: len(made) < most):
            with attempt:
                made.append(attempt.num)
                raise fetch_error()

    with pytest.raises(DailyPapersError):
        asyncio.run(request(3))
    assert made == [1, 2, 3]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, False),
        (OSError(), False),
        (ssl.SSLError("wrong version"), True),
        (ssl.SSLWantReadError(), False),
        (tls_error(), True),
    ],
)
def test_a_tls_error_is_found_in_the_chain_of_causes(error: BaseException | None, expected: bool) -> None:
    assert is_tls_error(error) is expected
