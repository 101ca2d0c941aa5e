"""The HTTP client of all upstream servers. It returns a parsed response or raises a SourceError.

It retries transient errors, keeps to the rate limits of the server, and limits time, size, redirects and waits. Each
source passes a `parse` function, which turns the bytes of a response into data.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import logging
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import NoReturn, Self, TypeVar
from urllib.parse import quote as quote_url

import httpx
import msgspec

from daily_papers import __version__
from daily_papers.errors import DeferredError, FetchError, ForbiddenError, ParseError, SourceError, UnreachableError
from daily_papers.model.text import clean_line, cut, quote
from daily_papers.net.rate_limit import MAX_STATED_WAIT_S, RateLimiter, requested_wait_s
from daily_papers.net.retry import (
    ATTEMPTS,
    BUDGET_S,
    CONNECT_ATTEMPTS,
    RETRYABLE_STATUSES,
    RetryPolicy,
    RetryState,
    attempts_with_backoff,
    is_tls_error,
)

T = TypeVar("T")
Headers = httpx.Headers
"""Headers of a response: a mapping with names in any case."""
Params = Mapping[str, str | int] | Iterable[tuple[str, str | int]]
"""Query parameters: a mapping, or pairs where a name may occur more than once."""

DEADLINE_S = 30.0
"""Time for one attempt, from connecting to the last byte."""
CONNECT_S = 10.0
MAX_WAIT_S = 310.0
"""Hugging Face counts requests in windows of 300 s. A longer wait is left to the next run."""
MAX_BYTES = 16 * 2**20
"""Size of a body, both as sent and unpacked. The largest recorded day has 0.3 MB."""
MAX_REDIRECTS = 5
MAX_ERROR_BYTES = 64 * 2**10
"""The message is not read from the body of a longer error response."""
MAX_QUOTED_CHARS = 200
"""Length of text from a server in an error message."""
USER_AGENT = f"mkdocs-daily-papers/{__version__} (+https://github.com/mkdocs-daily-papers/mkdocs-daily-papers)"

_log = logging.getLogger("daily_papers")


class Response(msgspec.Struct, frozen=True):
    """A response with status 200; `body` is complete and unpacked."""

    body: bytes
    headers: Headers
    url: str


class _Request(msgspec.Struct, frozen=True):
    method: str
    url: httpx.URL
    content: bytes | None = None
    """The body as JSON, None for a request without a body."""


class Client:
    """Client for one host: `async with Client(source="huggingface", base_url="https://huggingface.co") as client`.

    `source` is the name of the upstream in messages. `token` is sent only to that host and never shown. If the host
    refuses it (401) and it is `token_optional`, later requests are sent without it. After an UnreachableError or a
    ForbiddenError every later request fails at once with the same error. After a 429 that asks for no wait, requests
    wait `default_wait_s`, or use the ordinary backoff if that is None. Requests start at least `interval_s` apart; with
    an interval there is only one connection. Times are in seconds. Tests replace `sleep` and the monotonic `clock`.

    Raises FetchError if `base_url` is not an http(s) address, or if the environment has unusable proxy or certificate
    settings.
    """

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        token: str | None = None,
        token_optional: bool = True,
        deadline_s: float = DEADLINE_S,
        max_bytes: int = MAX_BYTES,
        attempts: int = ATTEMPTS,
        connect_attempts: int = CONNECT_ATTEMPTS,
        budget_s: float = BUDGET_S,
        max_wait_s: float = MAX_WAIT_S,
        default_wait_s: float | None = None,
        interval_s: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self.requests = 0
        """Number of requests sent, including retries and redirects."""
        self._base_url = _parse_base_url(source, base_url)
        self._token = self._usable_token(token)
        self._secret = _secret_pattern(self._token) if self._token else None
        self._token_optional = token_optional
        self._deadline_s = deadline_s
        self._max_bytes = max_bytes
        self._retry_policy = RetryPolicy(attempts, connect_attempts, budget_s)
        self._max_wait_s = max_wait_s
        self._default_wait_s = default_wait_s
        self._sleep = sleep
        self._clock = clock
        self._rate_limiter = RateLimiter(clock, interval_s)
        self._final_error: FetchError | None = None
        """The error that ended all requests to this host."""
        self._http = self._open(max_connections=1 if interval_s else 100)

    def _open(self, max_connections: int) -> httpx.AsyncClient:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        timeout = httpx.Timeout(None, connect=CONNECT_S)
        try:
            return httpx.AsyncClient(
                headers=headers, timeout=timeout, limits=httpx.Limits(max_connections=max_connections)
            )
        except (httpx.InvalidURL, ValueError, ImportError, OSError) as e:
            # Proxies and certificates come from the environment: an unknown scheme, SOCKS without its library, a
            # missing certificate file. An address is not quoted, since it may contain a password.
            reason = e if isinstance(e, ImportError | OSError) else "not a proxy's address"
            raise self._error(f"the proxy or certificate settings of the environment cannot be used: {reason}") from e

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def endpoint(self) -> str:
        """The host's address without credentials."""
        return _without_credentials(self._base_url)

    async def get(self, path: str, params: Params, parse: Callable[[Response], T]) -> T:
        """Send `GET base_url/path?params` and return the result of `parse` for the response.

        A ParseError of `parse` is retried like an error status, since servers sometimes answer with a page of HTML for
        a while. Raises UnreachableError, ForbiddenError, DeferredError, another FetchError, or the ParseError of the
        last attempt.
        """
        pairs = params.items() if isinstance(params, Mapping) else params
        url = self._base_url.copy_with(path=self._path(path), params=httpx.QueryParams([*pairs]))
        return await self._send_with_retries(_Request("GET", url), parse)

    async def post(self, path: str, body: object, parse: Callable[[Response], T]) -> T:
        """Send `POST base_url/path` with `body` as JSON and return the result of `parse`; errors are those of `get`.

        Only an error status and a failed connection are retried. A request that was answered otherwise, or not in full,
        may have had its effect.
        """
        url = self._base_url.copy_with(path=self._path(path))
        return await self._send_with_retries(_Request("POST", url, msgspec.json.encode(body)), parse)

    def quote_error(self, body: bytes, headers: Headers) -> str:
        """Return the quoted message of an error response without the token, empty if it has none."""
        # The token is removed before the text is cut, else a part of the token could remain at its end.
        text = self._redact(clean_line(_error_message(body) or headers.get("x-error-message", "")))
        if not text and is_html(body):
            return "a page of HTML"
        return quote(text, MAX_QUOTED_CHARS) if text else ""

    def _path(self, path: str) -> str:
        return self._base_url.path.rstrip("/") + path

    async def _send_with_retries(self, request: _Request, parse: Callable[[Response], T]) -> T:
        state = RetryState(self._retry_policy, self._clock)
        try:
            may_retry = partial(self._may_retry, state, request)
            async for attempt in attempts_with_backoff(self._retry_policy, may_retry):
                with attempt:
                    state.add_wait(await self._wait_for_turn(request.url))
                    return parse(await self._send(request))
        except (UnreachableError, ForbiddenError) as e:
            self._final_error = self._final_error or e
            raise
        raise AssertionError("unreachable")

    def _may_retry(self, state: RetryState, request: _Request, error: Exception) -> bool:
        may_retry = not self._final_error and state.may_retry(error)
        if request.method == "POST" and not isinstance(error, UnreachableError):
            may_retry = may_retry and isinstance(error, FetchError) and error.status is not None
        if may_retry:
            _log.info("%s; retrying", error)
        return may_retry

    async def _wait_for_turn(self, url: httpx.URL) -> float:
        """Wait until the rate limits allow the next request; return the seconds waited."""
        waited_s = 0.0
        while True:
            if self._final_error:
                error = self._final_error
                raise self._error(error.reason, url, error.status, kind=type(error)) from error
            wait_s = self._rate_limiter.delay_s()
            if wait_s <= 0:
                return waited_s
            if wait_s > self._max_wait_s:
                raise self._deferred_error(wait_s, url)
            if self._rate_limiter.announce_wait():
                _log.info("%s: waiting %.0f s, as upstream asks", self.source, wait_s)
            await self._sleep(wait_s)
            waited_s += wait_s

    def _deferred_error(self, wait_s: float, url: httpx.URL) -> FetchError:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(wait_s, MAX_STATED_WAIT_S))
        return self._error(
            f"asks for no further request until {until:%Y-%m-%dT%H:%M:%SZ}, longer than a run may wait; "
            "try again after that",
            url,
            429,
            kind=DeferredError,
            retry_after_s=wait_s,
        )

    async def _send(self, request: _Request) -> Response:
        """Make one attempt: return a response with status 200, or raise a SourceError."""
        with self._rate_limiter.request():
            try:
                async with asyncio.timeout(self._deadline_s):
                    return await self._send_and_follow(request)
            except (TimeoutError, httpx.TimeoutException, httpx.HTTPError, OSError, ValueError, zlib.error) as e:
                raise self._connection_error(e, request.url) from e
            except httpx.InvalidURL as e:
                raise self._error(f"not an address: {e}", request.url) from e

    def _connection_error(self, error: Exception, url: httpx.URL) -> FetchError:
        """Return the retryable FetchError for an exception of the libraries below."""
        kind: type[FetchError] = FetchError
        reason = cut(self._redact(clean_line(str(error))), MAX_QUOTED_CHARS) or type(error).__name__
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
            kind = UnreachableError
            message = f"unreachable: no {'trusted ' if is_tls_error(error) else ''}connection to {_host(url)}: {reason}"
        elif isinstance(error, TimeoutError):
            message = f"no complete response within {self._deadline_s:g} s"
        elif isinstance(error, zlib.error):
            message = f"the gzip data of the response is broken: {reason}"
        else:
            message = f"the connection broke: {reason}"
        return self._error(message, url, kind=kind, retryable=True)

    async def _send_and_follow(self, request: _Request) -> Response:
        """Send the request; follow redirects within the host, and after a 401 send it again without the token."""
        url, redirects = request.url, 0
        while True:
            if redirects and self._rate_limiter.interval_s:
                await self._sleep(self._rate_limiter.interval_s)
                self._rate_limiter.start_interval()
            token = self._token
            self.requests += 1
            async with self._http.stream(
                request.method,
                url,
                content=request.content,
                headers=_request_headers(request, token),
                follow_redirects=False,
            ) as response:
                self._rate_limiter.observe(response.status_code, response.headers, self._default_wait_s)
                if response.has_redirect_location:
                    url = self._redirect_target(request.url, response, redirects)
                    redirects += 1
                    continue
                body = await self._read_body(response)
            if response.status_code == 200:
                return Response(body=body, headers=response.headers, url=_without_credentials(url))
            if response.status_code == 401 and token and self._token_optional:
                self._drop_token()
                continue
            self._raise_for_status(response, body, url)

    def _redirect_target(self, requested: httpx.URL, response: httpx.Response, redirects: int) -> httpx.URL:
        """Return the address of the next request. Raises FetchError for another host and for too many redirects."""
        redirecting = _without_credentials(response.url)
        location = cut(self._redact(clean_line(response.headers["location"])), MAX_QUOTED_CHARS)
        target = response.url.join(response.headers["location"])
        if _origin(target) != _origin(requested) or target.userinfo not in (b"", requested.userinfo):
            raise self._error(
                f"redirected from {redirecting} to {location}: expected an address on "
                f"{_origin(requested)}; if it has moved, configure the new address as the endpoint",
                requested,
                response.status_code,
            )
        if redirects == MAX_REDIRECTS:
            raise self._error(
                f"more than {MAX_REDIRECTS} redirects, the last from {redirecting} to {location}",
                requested,
                response.status_code,
            )
        return target

    async def _read_body(self, response: httpx.Response) -> bytes:
        """Return the unpacked body; empty for the unreadable body of an error, whose status says enough."""
        try:
            return await self._read_complete_body(response)
        except (SourceError, httpx.HTTPError, zlib.error):
            if response.status_code == 200:
                raise
            return b""

    async def _read_complete_body(self, response: httpx.Response) -> bytes:
        # httpx would unpack 200 MB from 200 kB in chunks of 67 MB, too large to stop at the limit.
        encoding = response.headers.get("content-encoding", "").strip()
        if encoding.lower() not in ("", "identity", "gzip", "x-gzip"):
            found = quote(self._redact(clean_line(encoding)), MAX_QUOTED_CHARS)
            url = _without_credentials(response.url)
            raise ParseError(f"content-encoding {found}: expected gzip or none", source=self.source, url=url)
        unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding.lower() else None
        body, raw_length = bytearray(), 0
        async for chunk in response.aiter_raw():
            raw_length += len(chunk)
            body += unpack.decompress(chunk, self._max_bytes + 1 - len(body)) if unpack else chunk
            if max(raw_length, len(body)) > self._max_bytes:
                raise self._error(f"the response is longer than {self._max_bytes} bytes", response.url)
        if unpack and not unpack.eof:
            raise zlib.error("it ends early")
        return bytes(body)

    def _raise_for_status(self, response: httpx.Response, body: bytes, url: httpx.URL) -> NoReturn:
        """Raise the error for a status other than 200."""
        status = response.status_code
        wait_s = requested_wait_s(status, response.headers)
        if wait_s is not None and wait_s > self._max_wait_s:
            raise self._deferred_error(wait_s, url)
        quoted = self.quote_error(body, response.headers)
        message = f"HTTP {status}{f': {quoted}' if quoted else ''}"
        if status == 403:
            raise self._error(f"{message}; no more requests in this run", url, status, kind=ForbiddenError)
        raise self._error(message, url, status, retryable=status in RETRYABLE_STATUSES, retry_after_s=wait_s)

    def _error(
        self,
        message: str,
        url: httpx.URL | None = None,
        status: int | None = None,
        *,
        kind: type[FetchError] = FetchError,
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> FetchError:
        return kind(
            message,
            source=self.source,
            url=_without_credentials(url or self._base_url),
            status=status,
            retryable=retryable,
            retry_after_s=retry_after_s,
        )

    def _usable_token(self, token: str | None) -> str | None:
        token = (token or "").strip()
        if token and not re.fullmatch("[!-~]+", token):
            # It cannot be sent, and the libraries below would quote it in their error.
            _log.warning("%s: the token contains invalid characters; continuing without it", self.source)
            return None
        return token or None

    def _drop_token(self) -> None:
        if self._token:
            _log.warning("%s: the token was refused (HTTP 401); continuing without it", self.source)
            self._token = None

    def _redact(self, text: str) -> str:
        return self._secret.sub("***", text) if self._secret else text


def is_html(body: bytes) -> bool:
    """Return True if a body is markup instead of the requested data."""
    return body[:200].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _request_headers(request: _Request, token: str | None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if request.content is not None:
        headers["Content-Type"] = "application/json"
    return headers


def _error_message(body: bytes) -> str:
    """Return the message in the JSON of an error, empty if there is none.

    Hugging Face sends `{"error": "…"}`, OpenAI `{"error": {"message": "…"}}`, Google a list with such an object. Other
    model servers use the keys `message` and `detail`.
    """
    if len(body) > MAX_ERROR_BYTES:
        return ""
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return ""
    if isinstance(value, list) and value:
        value = value[0]
    for key in ("error", "message", "detail"):
        if isinstance(value, dict):
            value = value.get(key, value)
    return value if isinstance(value, str) else ""


def _secret_pattern(secret: str) -> re.Pattern[str]:
    """Return a pattern that finds `secret` in text: as it is, percent-encoded, or in Base64."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    forms = {secret, quote_url(secret), quote_url(secret, safe=""), encoded}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE)


def _parse_base_url(source: str, base_url: str) -> httpx.URL:
    """Return `base_url` without query and fragment. Raises FetchError if it is not an http(s) address."""
    try:
        url = httpx.URL(base_url.strip())
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    # httpx accepts nearly any text as a host, and fails only when it connects.
    if url.scheme not in ("http", "https") or not re.fullmatch(b"[a-z0-9_.:-]+", url.raw_host):
        found = cut(clean_line(base_url).rpartition("@")[2], MAX_QUOTED_CHARS)
        message = "the endpoint is not an http(s) address: expected one such as https://huggingface.co"
        raise FetchError(message, source=source, url=found)
    return url.copy_with(query=None, fragment=None)


def _without_credentials(url: httpx.URL) -> str:
    return str(url.copy_with(userinfo=b""))


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{_host(url)}"


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")
