"""Rate limits: the headers of responses and the interval decide when the next request may start."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.net.client import Headers
from daily_papers.net.rate_limit import RateLimiter, requested_wait_s


class Clock:
    """A clock that tests set: `now_s` in seconds."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (503, {"Retry-After": "7"}, 7.0),
        (404, {"Retry-After": "7"}, None),
        (200, {"RateLimit": '"api";r=0;t=55'}, None),
        (429, {"RateLimit": '"api";r=0;t=55', "Retry-After": "86400"}, 56),
        (429, {"RateLimit": '"pages";r=40;t=200, "api";r=0;t=55'}, 56),
        (429, {"RateLimit": '"api";r=3;t=55'}, None),
        (429, {"Retry-After": "soon"}, None),
        (429, {"Retry-After": "9" * 10}, None),
        (
            429,
            {"Retry-After": "Wed, 15 Jul 2026 03:00:42 GMT", "Date": "Wed, 15 Jul 2026 03:00:00 GMT"},
            42.0,
        ),
        (429, {"Retry-After": "Wed, 15 Jul 2026 03:00:00", "Date": "Wed, 15 Jul 2026 03:00:00 GMT"}, None),
        (429, {}, None),
    ],
)
def test_the_wait_that_an_error_asks_for(status: int, headers: dict[str, str], wait_s: float | None) -> None:
    assert requested_wait_s(status, Headers(headers)) == wait_s


@given(text=st.text(st.characters(max_codepoint=0xFF), max_size=40))
def test_no_header_breaks_the_limiter(text: str) -> None:
    limiter = RateLimiter(Clock(), 0.0)
    limiter.observe(429, Headers([(b"ratelimit", text.encode("latin-1")), (b"retry-after", text.encode("latin-1"))]), 7)
    assert math.isfinite(limiter.delay_s())


def test_a_wait_ends_at_its_time_and_is_announced_once() -> None:
    clock = Clock()
    limiter = RateLimiter(clock, 0.0)
    assert limiter.delay_s() <= 0
    assert not limiter.announce_wait()
    limiter.observe(429, Headers({"Retry-After": "30"}), None)
    assert limiter.delay_s() == 30
    assert [limiter.announce_wait() for _ in range(3)] == [True, False, False]
    clock.now_s += 30
    assert limiter.delay_s() <= 0
    limiter.observe(503, Headers({"Retry-After": "30"}), None)
    assert limiter.announce_wait()


@pytest.mark.parametrize(("default_wait_s", "delay_s"), [(15.0, 15.0), (None, 0.0)])
def test_a_429_without_a_wait_has_the_default_one(default_wait_s: float | None, delay_s: float) -> None:
    limiter = RateLimiter(Clock(), 0.0)
    limiter.observe(503, Headers(), default_wait_s)
    assert limiter.delay_s() <= 0
    limiter.observe(429, Headers(), default_wait_s)
    assert max(0.0, limiter.delay_s()) == delay_s


def test_requests_start_at_least_an_interval_apart() -> None:
    clock = Clock()
    limiter = RateLimiter(clock, 3.0)
    with limiter.request():
        assert limiter.delay_s() == 3
        clock.now_s += 2
        limiter.start_interval()
        assert limiter.delay_s() == 3
    clock.now_s += 3
    assert limiter.delay_s() == 0


def test_requests_in_flight_count_against_the_remaining_ones_of_a_window() -> None:
    clock = Clock()
    limiter = RateLimiter(clock, 0.0)
    with limiter.request(), limiter.request():
        limiter.observe(200, Headers({"RateLimit": '"api";r=2;t=30'}), None)  # one of them may not be counted yet
        assert limiter.delay_s() <= 0
        with limiter.request():
            assert limiter.delay_s() == 31
    clock.now_s += 31
    assert limiter.delay_s() <= 0


def test_a_header_of_any_length_is_read_to_its_limit() -> None:
    """The test would not end if the pattern were applied to all of it."""
    assert requested_wait_s(429, Headers({"RateLimit": '"api";r=0;t=30,' + "; r=" * 250_000})) == 31
