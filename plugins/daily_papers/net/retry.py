"""Retry policy of the HTTP client: which errors are retried, how often, and with which backoff."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterable, Callable

import msgspec
import stamina

from daily_papers.errors import FetchError, ParseError, UnreachableError

ATTEMPTS = 6
CONNECT_ATTEMPTS = 3
TLS_ATTEMPTS = 2
PARSE_ATTEMPTS = 3
"""Attempts for a complete response with unexpected content, which is rarely better the next time."""
BUDGET_S = 60.0
"""No attempt of a request starts after this time, not counting the waits that upstream asked for."""
FIRST_BACKOFF_S, MAX_BACKOFF_S, JITTER_S = 0.5, 10.0, 1.0
RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses that are retried; huggingface_hub retries the same ones."""

# stamina logs each retry to its own logger. Without a handler Python would print that on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class RetryPolicy(msgspec.Struct, frozen=True):
    """Limits of the attempts of one request: their number, the number without a connection, and their total time."""

    attempts: int = ATTEMPTS
    connect_attempts: int = CONNECT_ATTEMPTS
    budget_s: float = BUDGET_S


class RetryState:
    """The attempts of one request so far. `clock` returns monotonic seconds."""

    def __init__(self, policy: RetryPolicy, clock: Callable[[], float]) -> None:
        self._policy = policy
        self._clock = clock
        self._started = clock()
        self._attempts = 0
        self._waited_s = 0.0

    def add_wait(self, seconds: float) -> None:
        """Note a wait that upstream asked for; it does not count towards the budget."""
        self._waited_s += seconds

    def may_retry(self, error: Exception) -> bool:
        """Count an attempt that ended with `error`; return True if another one may follow."""
        self._attempts += 1
        spent_s = self._clock() - self._started - self._waited_s
        return self._attempts < self._max_attempts(error) and spent_s < self._policy.budget_s

    def _max_attempts(self, error: Exception) -> int:
        connect_attempts = self._policy.connect_attempts
        if isinstance(error, UnreachableError):
            return min(connect_attempts, TLS_ATTEMPTS) if is_tls_error(error) else connect_attempts
        if not isinstance(error, ParseError | FetchError) or not error.retryable:
            return 1
        return min(self._policy.attempts, PARSE_ATTEMPTS) if isinstance(error, ParseError) else self._policy.attempts


def attempts_with_backoff(
    policy: RetryPolicy, may_retry: Callable[[Exception], bool]
) -> AsyncIterable[stamina.Attempt]:
    """Return the attempts of one request, with exponential backoff between them.

    Each is a context manager. An error within it leads to the next attempt if `may_retry` returns True for it.
    """
    return stamina.retry_context(
        on=may_retry,
        attempts=policy.attempts,
        timeout=None,
        wait_initial=FIRST_BACKOFF_S,
        wait_max=MAX_BACKOFF_S,
        wait_jitter=JITTER_S,
    )


def is_tls_error(error: BaseException | None) -> bool:
    """Return True if a TLS error caused `error`; httpx and httpcore only keep it in the chain of causes."""
    while error:
        # Every handshake raises SSLWantReadError; a reset in the middle of a handshake is not a TLS error.
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLWantReadError):
            return True
        error = error.__cause__ or error.__context__
    return False
