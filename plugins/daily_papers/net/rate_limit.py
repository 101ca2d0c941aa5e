"""Rate limits of an upstream server: `RateLimit` and `Retry-After` headers, and a least interval between requests."""

from __future__ import annotations

import datetime as dt
import email.utils
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from daily_papers.net.retry import RETRYABLE_STATUSES

MAX_STATED_WAIT_S = 366 * 86400
"""Longest wait with a date in messages: a year. A hostile number must not lead beyond the calendar's end."""

MAX_HEADER_CHARS = 500
"""Length to which a RateLimit header is read. Hugging Face's has 20 characters."""
_WINDOW = re.compile(r"(?=[^,]*;\s*r=([0-9]{1,9})\b)(?=[^,]*;\s*t=([0-9]{1,9})\b)[^,]+")


class RateLimiter:
    """The earliest start of the next request, shared by all requests of a client.

    It follows from the responses so far and from `interval_s`, the least time between the starts of two requests.
    `clock` returns monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float], interval_s: float) -> None:
        self.interval_s = interval_s
        self._clock = clock
        self._interval_ends_at = -math.inf
        self._opens_at = 0.0
        self._announced_opens_at = 0.0
        self._remaining: int | None = None
        """Number of requests that the current window surely allows, None if unknown."""
        self._window_ends_at = 0.0
        self._in_flight = 0

    def delay_s(self) -> float:
        """Return the seconds until the next request may start; 0 or less if it may start now."""
        now = self._clock()
        if self._window_ends_at <= now:
            self._remaining = None
        if self._remaining is not None and self._remaining <= 0:
            self._opens_at = max(self._opens_at, self._window_ends_at)
        return max(self._opens_at, self._interval_ends_at) - now

    def announce_wait(self) -> bool:
        """Return True once for each wait that upstream asked for, however many requests wait."""
        is_new = self._opens_at > self._announced_opens_at + 1
        self._announced_opens_at = max(self._announced_opens_at, self._opens_at)
        return is_new

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request as in flight while the block lasts."""
        self._in_flight += 1
        self.start_interval()
        if self._remaining is not None:
            self._remaining -= 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def start_interval(self) -> None:
        """Restart the interval; call it when a request is sent."""
        self._interval_ends_at = self._clock() + self.interval_s

    def observe(self, status: int, headers: httpx.Headers, default_wait_s: float | None) -> None:
        """Apply the limits in a response: its `RateLimit` header and, after an error, the wait it asks for.

        `default_wait_s` is the wait after a 429 that asks for none.
        """
        now = self._clock()
        if window := _read_window(headers):
            remaining, ends_in_s = window
            # It is unknown if upstream counted the other requests in flight; assume that it did not.
            self._remaining = remaining - (self._in_flight - 1)
            self._window_ends_at = now + ends_in_s + 1
        wait_s = requested_wait_s(status, headers)
        if wait_s is None and status == 429:
            wait_s = default_wait_s
        if wait_s:
            self._opens_at = max(self._opens_at, now + wait_s)


def requested_wait_s(status: int, headers: httpx.Headers) -> float | None:
    """Return the seconds that an error response asks to wait, None if it asks for no wait or for an invalid one."""
    if status not in RETRYABLE_STATUSES:
        return None
    if (window := _read_window(headers)) and window[0] == 0:
        return window[1] + 1
    text = headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    if until := _parse_http_date(text):
        # The server's own clock decides, if the response has it.
        since = _parse_http_date(headers.get("date", "")) or dt.datetime.now(dt.UTC)
        return max(0.0, (until - since).total_seconds()) or None
    return None


def _read_window(headers: httpx.Headers) -> tuple[int, int] | None:
    """Return remaining requests and seconds until the window ends, from `RateLimit: "api";r=0;t=55`.

    Of several windows this is the one with the fewest requests.
    """
    text = headers.get("ratelimit", "")[:MAX_HEADER_CHARS]
    windows = [(int(r), int(t)) for r, t in _WINDOW.findall(text)]
    return min(windows, default=None)


def _parse_http_date(text: str) -> dt.datetime | None:
    try:
        instant = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
