"""The one HTTP client of all upstreams: a path goes in, the whole body of a good answer comes out, or a SourceError.

It retries what can pass, keeps the pace upstream asks for, and bounds everything: time, size, redirects, waits. What
the bytes mean is left to the `check` that a source hands in.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import email.utils
import logging
import math
import re
import ssl
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import NoReturn, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec
import stamina

from daily_papers import __version__
from daily_papers.errors import DeferredError, FetchError, ForbiddenError, ParseError, SourceError, UnreachableError
from daily_papers.model.text import clean_line

T = TypeVar("T")

# The policy, all of it.
DEADLINE_S = 30.0
"""For one try, from connecting to the last byte."""
CONNECT_S = 10.0
ATTEMPTS = 6
CONNECT_ATTEMPTS = 3
TLS_ATTEMPTS = 2
BUDGET_S = 60.0
"""No further try of a request starts after this long, not counting the waits that upstream asked for."""
LONGEST_WAIT_S = 310.0
"""Hugging Face counts in windows of 300 s; a longer wait is left to the next run."""
FIRST_BACKOFF_S, LONGEST_BACKOFF_S, JITTER_S = 0.5, 10.0, 1.0
MAX_BYTES = 16 * 2**20
"""Of a body, as sent and as unpacked. The largest recorded day has 0.3 MB."""
MAX_REDIRECTS = 5
MAX_QUOTED_CHARS = 200
CAN_PASS = frozenset({408, 429, 500, 502, 503, 504})
"""The statuses that huggingface_hub asks again after."""

USER_AGENT = f"mkdocs-daily-papers/{__version__} (+https://github.com/mkdocs-daily-papers/mkdocs-daily-papers)"

_log = logging.getLogger("daily_papers")
# stamina tells its own logger of each retry; where nobody listens, Python would print that on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Response(msgspec.Struct, frozen=True):
    """A good answer: status 200, its body whole and unpacked."""

    body: bytes
    headers: httpx.Headers
    url: str


class _Request(msgspec.Struct, frozen=True):
    method: str
    url: httpx.URL
    content: bytes | None = None
    """JSON, None for a request without a body."""


class Client:
    """All requests to one host: `async with Client(source="huggingface", base_url="https://huggingface.co") as client`.

    `token` is sent to that host alone and never shown; one that is refused (401) is left out from then on where it is
    `token_optional`. Once the host could not be reached, or said 403, every later request fails at once with the same
    error. After a 429 that names no wait, requests wait `unstated_wait_s`, or for a backoff of their own. At least
    `interval_s` lie between the starts of two requests, and with an interval there is one connection. `sleep` and
    `clock` (seconds, monotonic) are there for tests that must not wait.

    Raises FetchError if `base_url` is no http(s) address, or the environment names a proxy that cannot be used.
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
        longest_wait_s: float = LONGEST_WAIT_S,
        unstated_wait_s: float | None = None,
        interval_s: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self.requests = 0
        """How many were made, retries and redirects among them."""
        self._base_url = _host_url(source, base_url)
        self._token = self._usable_token(token)
        self._secret = _forms(self._token) if self._token else None
        self._token_optional = token_optional
        self._deadline_s = deadline_s
        self._max_bytes = max_bytes
        self._attempts = attempts
        self._connect_attempts = connect_attempts
        self._budget_s = budget_s
        self._longest_wait_s = longest_wait_s
        self._unstated_wait_s = unstated_wait_s
        self._sleep = sleep
        self._clock = clock
        self._pace = RateLimiter(clock, interval_s)
        self._stopped: FetchError | None = None
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        try:
            limits = httpx.Limits(max_connections=1 if interval_s else 100)
            self._http = httpx.AsyncClient(
                headers=headers, timeout=httpx.Timeout(None, connect=CONNECT_S), limits=limits
            )
        except (httpx.InvalidURL, ValueError, ImportError, OSError) as e:
            # Proxies and certificates come from the environment: an unknown scheme, SOCKS without its library, a
            # certificate file that is not there. Of an address only its kind of fault is told: it may hold a password.
            what = e if isinstance(e, ImportError | OSError) else "not a proxy's address"
            raise self._error(f"the proxy or certificate settings of the environment cannot be used: {what}") from e

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def endpoint(self) -> str:
        """The host's address, without a credential."""
        return _shown(self._base_url)

    async def get(self, path: str, params: Mapping[str, str | int], check: Callable[[Response], T]) -> T:
        """Return what `check` makes of the answer to `GET base_url/path?params`.

        A ParseError that `check` raises is retried like an error status: what should be a list is sometimes, and for
        a while, a page of HTML. Raises UnreachableError, ForbiddenError, DeferredError, any other FetchError, or the
        ParseError of the last try.
        """
        url = self._base_url.copy_with(path=self._path(path), params=httpx.QueryParams(params))
        return await self._ask_until_good(_Request("GET", url), check)

    async def post(self, path: str, body: object, check: Callable[[Response], T]) -> T:
        """Return what `check` makes of the answer to `POST base_url/path` with `body` as JSON; the rest is `get`'s."""
        url = self._base_url.copy_with(path=self._path(path))
        return await self._ask_until_good(_Request("POST", url, msgspec.json.encode(body)), check)

    def _path(self, path: str) -> str:
        return self._base_url.path.rstrip("/") + path

    async def _ask_until_good(self, request: _Request, check: Callable[[Response], T]) -> T:
        tries = RetryState(self._clock, self._attempts, self._connect_attempts, self._budget_s)
        try:
            async for attempt in stamina.retry_context(
                on=lambda error: self._may_follow(tries, error),
                attempts=self._attempts,
                timeout=None,
                wait_initial=FIRST_BACKOFF_S,
                wait_max=LONGEST_BACKOFF_S,
                wait_jitter=JITTER_S,
            ):
                with attempt:
                    tries.waited_s += await self._wait_for_turn(request.url)
                    return check(await self._ask(request))
        except (UnreachableError, ForbiddenError) as e:
            self._stopped = self._stopped or e
            raise
        raise AssertionError("unreachable")

    def _may_follow(self, tries: RetryState, error: Exception) -> bool:
        again = not self._stopped and tries.may_follow(error)
        if again:
            _log.info("%s; asking again", error)
        return again

    async def _wait_for_turn(self, url: httpx.URL) -> float:
        """Wait until upstream lets the next request in; return for how many seconds."""
        waited_s = 0.0
        while True:
            if self._stopped:
                stopped = self._stopped
                raise self._error(stopped.reason, url, stopped.status, kind=type(stopped)) from stopped
            wait_s = self._pace.closed_for_s()
            if wait_s <= 0:
                return waited_s
            if wait_s > self._longest_wait_s:
                raise self._deferred(wait_s, url)
            if self._pace.is_news():
                _log.info("%s: waiting %.0f s, as upstream asks", self.source, wait_s)
            await self._sleep(wait_s)
            waited_s += wait_s

    def _deferred(self, wait_s: float, url: httpx.URL) -> FetchError:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(wait_s, _LONGEST_STATED_S))
        return self._error(
            f"asks for no further request until {until:%Y-%m-%dT%H:%M:%SZ}, longer than a run may wait; "
            "try again after that",
            url,
            429,
            kind=DeferredError,
            retry_after_s=wait_s,
        )

    async def _ask(self, request: _Request) -> Response:
        """One try: return the answer of status 200, or raise what else came of it as ours."""
        with self._pace.request():
            try:
                async with asyncio.timeout(self._deadline_s):
                    return await self._follow(request)
            except (TimeoutError, httpx.TimeoutException, httpx.HTTPError, OSError, ValueError, zlib.error) as e:
                raise self._as_ours(e, request.url) from e
            except httpx.InvalidURL as e:
                raise self._error(f"not an address: {e}", request.url) from e

    def _as_ours(self, e: Exception, url: httpx.URL) -> FetchError:
        """Return `e`, from below, as an error of this package; all of these can pass."""
        kind: type[FetchError] = FetchError
        reason = self._without_token(str(e) or type(e).__name__)
        if isinstance(e, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
            kind = UnreachableError
            what = f"unreachable: no {'trusted ' if _is_tls(e) else ''}connection to {_host(url)}: {reason}"
        elif isinstance(e, TimeoutError):
            what = f"no whole answer within {self._deadline_s:g} s"
        elif isinstance(e, zlib.error):
            what = f"the answer's gzip is broken: {reason}"
        else:
            what = f"the connection broke: {reason}"
        return self._error(what, url, kind=kind, retryable=True)

    async def _follow(self, request: _Request) -> Response:
        """Ask, following redirects within the host and, after a 401, once more without an optional token."""
        url, redirects = request.url, 0
        while True:
            if redirects and self._pace.interval_s:
                await self._sleep(self._pace.interval_s)
                self._pace.count_interval()
            token = self._token
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            if request.content is not None:
                headers["Content-Type"] = "application/json"
            self.requests += 1
            async with self._http.stream(
                request.method, url, content=request.content, headers=headers, follow_redirects=False
            ) as response:
                self._pace.note(response.status_code, response.headers, self._unstated_wait_s)
                if response.has_redirect_location:
                    url = self._redirected(request.url, response, redirects)
                    redirects += 1
                    continue
                body = await self._read(response)
            if response.status_code == 200:
                return Response(body=body, headers=response.headers, url=_shown(url))
            if response.status_code == 401 and token and self._token_optional:
                self._drop_token()
                continue
            self._refuse(response, body, url)

    def _redirected(self, asked: httpx.URL, response: httpx.Response, so_far: int) -> httpx.URL:
        location = self._without_token(clean_line(response.headers["location"]))[:MAX_QUOTED_CHARS]
        target = response.url.join(response.headers["location"])
        if _origin(target) != _origin(asked) or target.userinfo not in (b"", asked.userinfo):
            raise self._error(
                f"redirected from {_shown(response.url)} to {location}: expected an address on "
                f"{_origin(asked)}; if it has moved, name the new address as the endpoint",
                asked,
                response.status_code,
            )
        if so_far == MAX_REDIRECTS:
            raise self._error(
                f"more than {MAX_REDIRECTS} redirects, the last from {_shown(response.url)} to {location}",
                asked,
                response.status_code,
            )
        return target

    async def _read(self, response: httpx.Response) -> bytes:
        """Return the body unpacked. Of an error's body, return what can be had: its status says enough."""
        try:
            return await self._read_whole(response)
        except (SourceError, httpx.HTTPError, zlib.error):
            if response.status_code == 200:
                raise
            return b""

    async def _read_whole(self, response: httpx.Response) -> bytes:
        # httpx would unpack 200 MB from 200 kB in chunks of 67 MB, before one can count them.
        encoding = response.headers.get("content-encoding", "").strip()
        if encoding.lower() not in ("", "identity", "gzip", "x-gzip"):
            shown = self._without_token(clean_line(encoding))[:MAX_QUOTED_CHARS]
            raise ParseError(
                f"content-encoding {shown!r}: expected gzip or none", source=self.source, url=_shown(response.url)
            )
        unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding.lower() else None
        body, raw_length = bytearray(), 0
        async for chunk in response.aiter_raw():
            raw_length += len(chunk)
            body += unpack.decompress(chunk, self._max_bytes + 1 - len(body)) if unpack else chunk
            if max(raw_length, len(body)) > self._max_bytes:
                raise self._error(f"the answer is longer than {self._max_bytes} bytes", response.url)
        if unpack and not unpack.eof:
            raise zlib.error("it ends early")
        return bytes(body)

    def _refuse(self, response: httpx.Response, body: bytes, url: httpx.URL) -> NoReturn:
        """Raise the error that a status other than 200 stands for."""
        status = response.status_code
        wait_s = _asked_wait_s(status, response.headers)
        if wait_s is not None and wait_s > self._longest_wait_s:
            raise self._deferred(wait_s, url)
        said = self.quoted(body, response.headers)
        message = f"HTTP {status}{f': {said}' if said else ''}"
        if status == 403:
            raise self._error(f"{message}; not asked again in this run", url, status, kind=ForbiddenError)
        raise self._error(message, url, status, retryable=status in CAN_PASS, retry_after_s=wait_s)

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
            url=_shown(url or self._base_url),
            status=status,
            retryable=retryable,
            retry_after_s=retry_after_s,
        )

    def _usable_token(self, token: str | None) -> str | None:
        token = (token or "").strip()
        if token and not re.fullmatch("[!-~]+", token):
            # It could not be sent, and the libraries below would show it in their complaint.
            _log.warning("%s: the token has characters no token has; asking without it", self.source)
            return None
        return token or None

    def _drop_token(self) -> None:
        if self._token:
            _log.warning("%s: the token was refused (HTTP 401); asking without it", self.source)
            self._token = None

    def quoted(self, body: bytes, headers: httpx.Headers) -> str:
        """Return what an error's body says in a few words, without the token, empty if nothing worth quoting."""
        # What is secret goes before the text is cut, which might leave the beginning of it.
        text = self._without_token(clean_line(_said(body) or headers.get("x-error-message", "")))
        if not text and is_html(body):
            return "a page of HTML"
        return f'"{text[:MAX_QUOTED_CHARS]}"' if text else ""

    def _without_token(self, text: str) -> str:
        return self._secret.sub("***", text) if self._secret else text


def _forms(secret: str) -> re.Pattern[str]:
    """Return what finds `secret` in what an upstream says: as it is, as part of an address, or as Base64."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    forms = {secret, quote(secret), quote(secret, safe=""), encoded}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE)


class RetryState:
    """How often and for how long one request has been tried."""

    def __init__(self, clock: Callable[[], float], attempts: int, connect_attempts: int, budget_s: float) -> None:
        self._clock = clock
        self._attempts = attempts
        self._connect_attempts = connect_attempts
        self._budget_s = budget_s
        self._started = clock()
        self._made = 0
        self.waited_s = 0.0
        """How much of the time was spent as upstream asked."""

    def may_follow(self, error: Exception) -> bool:
        """Tell, after a try that ended in `error`, whether another one may follow."""
        self._made += 1
        spent_s = self._clock() - self._started - self.waited_s
        return self._made < self._most(error) and spent_s < self._budget_s

    def _most(self, error: Exception) -> int:
        if isinstance(error, UnreachableError):
            return min(self._connect_attempts, TLS_ATTEMPTS) if _is_tls(error) else self._connect_attempts
        retryable = isinstance(error, ParseError) or (isinstance(error, FetchError) and error.retryable)
        return self._attempts if retryable else 1


_WINDOW = re.compile(r"(?=[^,]*;\s*r=([0-9]{1,9})\b)(?=[^,]*;\s*t=([0-9]{1,9})\b)[^,]+")
# A year: what a hostile number must not push past the calendar's end.
_LONGEST_STATED_S = 366 * 86400


class RateLimiter:
    """When the next request may start, by what upstream's answers said: all requests of a client share it."""

    def __init__(self, clock: Callable[[], float], interval_s: float) -> None:
        self._clock = clock
        self.interval_s = interval_s
        self._next_at = -math.inf
        self._opens_at = 0.0
        self._told_opens_at = 0.0
        self._left: int | None = None
        """How many more requests this window surely allows; None if nothing is known."""
        self._turns_at = 0.0
        self._in_flight = 0

    def closed_for_s(self) -> float:
        """Return for how many seconds no request may start; 0 or less if one may."""
        now = self._clock()
        if self._turns_at <= now:
            self._left = None
        if self._left is not None and self._left <= 0:
            self._opens_at = max(self._opens_at, self._turns_at)
        return max(self._opens_at, self._next_at) - now

    def is_news(self) -> bool:
        """Tell, once for each time the gate closes, that it did; many requests may be waiting before it."""
        news = self._opens_at > self._told_opens_at + 1
        self._told_opens_at = max(self._told_opens_at, self._opens_at)
        return news

    def request(self) -> _InFlight:
        return _InFlight(self)

    def started(self) -> None:
        self._in_flight += 1
        self.count_interval()
        if self._left is not None:
            self._left -= 1

    def count_interval(self) -> None:
        """Begin the interval anew: a request starts now."""
        self._next_at = self._clock() + self.interval_s

    def ended(self) -> None:
        self._in_flight -= 1

    def note(self, status: int, headers: httpx.Headers, unstated_wait_s: float | None) -> None:
        """Take in an answer: `RateLimit` of any, and after an error the wait it asks for."""
        now = self._clock()
        if window := _window(headers):
            remaining, turns_in_s = window
            # Whether the other requests under way are counted in `remaining` is not known: assume not.
            self._left = remaining - (self._in_flight - 1)
            self._turns_at = now + turns_in_s + 1
        wait_s = _asked_wait_s(status, headers)
        if wait_s is None and status == 429:
            wait_s = unstated_wait_s
        if wait_s:
            self._opens_at = max(self._opens_at, now + wait_s)


class _InFlight:
    """Counts one request among those under way while its block lasts."""

    def __init__(self, pace: RateLimiter) -> None:
        self._pace = pace

    def __enter__(self) -> None:
        self._pace.started()

    def __exit__(self, *_: object) -> None:
        self._pace.ended()


def _window(headers: httpx.Headers) -> tuple[int, int] | None:
    """Return how many requests are left and in how many seconds the count starts anew: `"api";r=0;t=55`."""
    windows = [(int(r), int(t)) for r, t in _WINDOW.findall(headers.get("ratelimit", ""))]
    return min(windows, default=None)


def _asked_wait_s(status: int, headers: httpx.Headers) -> float | None:
    """Return the seconds an error's headers ask to wait, None if they ask for none that can be understood."""
    if status not in CAN_PASS:
        return None
    if (window := _window(headers)) and window[0] == 0:
        return window[1] + 1
    text = headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    if until := _http_date(text):
        since = _http_date(headers.get("date", "")) or dt.datetime.now(dt.UTC)
        return max(0.0, (until - since).total_seconds()) or None
    return None


def _http_date(text: str) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _said(body: bytes) -> str:
    """Return the message in an error's JSON, empty if there is none.

    `{"error": "…"}` is Hugging Face's, `{"error": {"message": "…"}}` OpenAI's, a list around it Google's, `message`
    and `detail` are other servers' of models.
    """
    try:
        said = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return ""
    if isinstance(said, list) and said:
        said = said[0]
    for key in ("error", "message", "detail"):
        if isinstance(said, dict):
            said = said.get(key, said)
    return said if isinstance(said, str) else ""


def is_html(body: bytes) -> bool:
    """Tell whether an answer is markup, and not the data that was asked for."""
    return body[:200].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _is_tls(error: BaseException | None) -> bool:
    """Tell whether a failed connection failed for its TLS; httpx and httpcore keep that only further down."""
    while error:
        # Wanting to read is how every handshake goes on; a reset in the middle of one is no TLS error.
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLWantReadError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _host_url(source: str, base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url.strip())
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    # httpx takes nearly anything for a host, and says so only when it cannot connect.
    if url.scheme not in ("http", "https") or not re.fullmatch(b"[a-z0-9_.:-]+", url.raw_host):
        shown = clean_line(base_url).rpartition("@")[2][:MAX_QUOTED_CHARS]
        raise FetchError("the endpoint is no http(s) address, as https://huggingface.co", source=source, url=shown)
    return url.copy_with(query=None, fragment=None)


def _shown(url: httpx.URL) -> str:
    return str(url.copy_with(userinfo=b""))


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{_host(url)}"


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")
