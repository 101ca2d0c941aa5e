"""The HTTP client over real connections to a loopback server; cases A1-A15 of the fault catalogue."""

from __future__ import annotations

import asyncio
import base64
import email.utils
import gzip
import json
import logging
import socket
import tracemalloc
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import quote as quote_url

import pytest

from daily_papers.errors import (
    DailyPapersError,
    DeferredError,
    FetchError,
    ForbiddenError,
    ParseError,
    UnreachableError,
)
from daily_papers.net.client import MAX_WAIT_S, USER_AGENT, Client, Response, is_html
from daily_papers.net.retry import ATTEMPTS, CONNECT_ATTEMPTS, PARSE_ATTEMPTS, TLS_ATTEMPTS
from tests.post_receiver import Post, PostReceiver
from tests.upstream import (
    API,
    Fault,
    Upstream,
    answer,
    bomb,
    cut,
    cut_unseen,
    drip,
    record,
    redirect,
    reset,
    stall,
    stall_in_body,
    zipped,
)

pytestmark = pytest.mark.usefixtures("no_backoff")

DATE = "2026-07-15"
TOKEN = "hf_" + "s3cret" * 4
CDN_PAGE = "<!doctype html><title>503</title><h1>Back soon</h1>"


class FakeTime:
    """A clock that advances only in `sleep`, and a list of the times slept."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)


def parse_list(response: Response) -> list[Any]:
    """Parse a response of these tests, which must be a JSON list."""
    try:
        value = json.loads(response.body)
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise ParseError("expected a list", source="test", url=response.url)
    return value


def get(url: str, *, times: int = 1, **options: Any) -> list[Any]:
    """Request DATE from `url` as often as `times` says, and return the last list."""

    async def request() -> list[Any]:
        async with Client(source="test", base_url=url, **options) as client:
            for _ in range(times):
                result = await client.get(API, {"date": DATE}, parse_list)
            return result

    return asyncio.run(request())


def failure(url: str, **options: Any) -> DailyPapersError:
    """Return the error of a request for DATE."""
    with pytest.raises(DailyPapersError) as caught:
        get(url, **options)
    return caught.value


def with_client(url: str, use: Callable[[Client], Coroutine[Any, Any, None]], **options: Any) -> None:
    async def run() -> None:
        async with Client(source="test", base_url=url, **options) as client:
            await use(client)

    asyncio.run(run())


@pytest.fixture
def day(upstream: Upstream) -> Upstream:
    upstream.days[DATE] = [record()]
    return upstream


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_response_is_parsed_and_the_request_has_the_headers_of_the_client(day: Upstream) -> None:
    assert get(day.url, token=TOKEN) == [record()]
    (request,) = day.requests
    assert request.path == API
    assert request.headers["user-agent"] == USER_AGENT
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_without_a_token_there_is_no_authorization_header(day: Upstream) -> None:
    get(day.url)
    assert "authorization" not in day.requests[0].headers


def test_an_endpoint_below_a_path_keeps_its_path(day: Upstream) -> None:
    error = failure(f"{day.url}/mirror/")
    assert isinstance(error, FetchError)
    assert error.status == 404
    assert day.requests[0].path == f"/mirror{API}"


BODY = json.dumps([record()]).encode()

TRANSIENT: dict[str, Fault] = {
    **{f"HTTP {status}": answer(status, CDN_PAGE) for status in (408, 429, 500, 502, 503, 504)},
    "reset": reset(),
    "cut, with its length": cut(BODY),
    "cut gzip": cut(gzip.compress(BODY), {"Content-Encoding": "gzip"}),
    "cut gzip of the right length": answer(200, gzip.compress(BODY)[:-12], {"Content-Encoding": "gzip"}),
    "broken gzip": answer(200, b"\x1f\x8b" + b"\xff" * 40, {"Content-Encoding": "gzip"}),
    "an invalid length": answer(200, b"", {"Content-Length": "many"}),
}
UNREADABLE: dict[str, Fault] = {
    "cut, without a length": cut_unseen(BODY),
    "HTML with 200": answer(200, CDN_PAGE),
    "an error with 200": answer(200, {"error": "not now"}),
    "nothing with 200": answer(200, b""),
    "an unknown encoding": zipped(BODY, "br"),
}
EVERY_FAILURE = pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        *(pytest.param(fault, ATTEMPTS, id=name) for name, fault in TRANSIENT.items()),
        *(pytest.param(fault, PARSE_ATTEMPTS, id=name) for name, fault in UNREADABLE.items()),
    ],
)


@pytest.mark.fault(8, 13)
@EVERY_FAILURE
def test_a_failure_is_retried_until_a_response_comes(day: Upstream, fault: Fault, attempts: int) -> None:
    """A8, A13."""
    day.then(*[fault] * (attempts - 1))
    assert get(day.url) == [record()]
    assert len(day.requests) == attempts


@EVERY_FAILURE
def test_a_lasting_failure_ends_after_the_stated_number_of_attempts(day: Upstream, fault: Fault, attempts: int) -> None:
    day.always(fault)
    assert DATE in str(failure(day.url))
    assert len(day.requests) == attempts


def test_the_time_budget_also_ends_the_attempts(day: Upstream) -> None:
    time = FakeTime()

    def slow(handler: Any) -> None:
        time.now_s += 25
        answer(503)(handler)

    day.always(slow)
    failure(day.url, clock=time.clock, sleep=time.sleep)
    assert len(day.requests) == 3


@pytest.mark.fault(12)
@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (answer(400, {"error": "Date must be before 2026-07-15"}), 400, 'HTTP 400: "Date must be before 2026-07-15"'),
        (answer(404, {"error": "no \x1b[31msuch\u202e page"}), 404, '"no [31msuch page"'),
        (answer(404, {"error": "x" * 5000}), 404, '"' + "x" * 199 + '…"'),
        (answer(404, CDN_PAGE), 404, "HTTP 404: a page of HTML"),
        (answer(410, b"[" * 100_000), 410, "HTTP 410 ("),
        (answer(404, b"x", {"Content-Encoding": "gzip"}), 404, "HTTP 404"),
        (answer(404, b"", {"X-Error-Message": "gone"}), 404, 'HTTP 404: "gone"'),
        (answer(401, {"error": "who are you"}), 401, '"who are you"'),
        (answer(204), 204, "HTTP 204"),
        (answer(304), 304, "HTTP 304"),
    ],
)
def test_an_error_status_is_final_and_its_message_is_quoted(
    day: Upstream, fault: Fault, status: int, text: str
) -> None:
    """A12: the error has the status, and the message of the server, cleaned and cut."""
    day.always(fault)
    error = failure(day.url)
    assert isinstance(error, FetchError)
    assert (error.status, error.retryable) == (status, False)
    assert text in str(error)
    assert len(day.requests) == 1


@pytest.mark.fault(10)
def test_403_ends_all_requests(day: Upstream) -> None:
    """A10."""
    day.then(answer(403, "<html>Blocked</html>"))

    async def use(client: Client) -> None:
        with pytest.raises(ForbiddenError, match=r"HTTP 403: a page of HTML.*date=2026-07-15"):
            await client.get(API, {"date": DATE}, parse_list)
        with pytest.raises(ForbiddenError, match=r"HTTP 403: a page of HTML.*date=2026-07-16") as caught:
            await client.get(API, {"date": "2026-07-16"}, parse_list)
        assert caught.value.status == 403

    with_client(day.url, use)
    assert len(day.requests) == 1


@pytest.mark.fault(1)
def test_an_unreachable_host_gets_few_attempts_and_ends_all_requests(caplog: pytest.LogCaptureFixture) -> None:
    """A1."""
    port = unused_port()
    caplog.set_level(logging.INFO, "daily_papers")

    async def use(client: Client) -> None:
        with pytest.raises(UnreachableError, match=f"unreachable: no connection to 127.0.0.1:{port}"):
            await client.get(API, {"date": DATE}, parse_list)
        with pytest.raises(UnreachableError, match="date=2026-07-16"):
            await client.get(API, {"date": "2026-07-16"}, parse_list)

    with_client(f"http://127.0.0.1:{port}", use)
    assert caplog.text.count("; retrying") == CONNECT_ATTEMPTS - 1


@pytest.mark.fault(1)
def test_an_unknown_host_name_is_unreachable() -> None:
    """A1; no host has a name in the reserved domain `.invalid`."""
    error = failure("http://papers.invalid")
    assert isinstance(error, UnreachableError)
    assert "papers.invalid" in error.reason


@pytest.mark.fault(2)
def test_a_tls_error_is_retried_once(day: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    """A2: the server answers a TLS handshake with plain HTTP."""
    caplog.set_level(logging.INFO, "daily_papers")
    error = failure(day.url.replace("http:", "https:"))
    assert isinstance(error, UnreachableError)
    assert "no trusted connection to 127.0.0.1" in error.reason
    assert caplog.text.count("; retrying") == TLS_ATTEMPTS - 1


def test_an_error_status_does_not_end_all_requests(day: Upstream) -> None:
    day.then(*[answer(500)] * ATTEMPTS)

    async def use(client: Client) -> None:
        with pytest.raises(FetchError, match="HTTP 500"):
            await client.get(API, {"date": DATE}, parse_list)
        assert await client.get(API, {"date": DATE}, parse_list) == [record()]

    with_client(day.url, use)


SLOW: dict[str, Fault] = {
    "no answer": stall(30),
    "stalled body": stall_in_body(30),
    "dripping body": drip(),
    "dripping headers": drip(part="headers"),
}


@pytest.mark.fault(3, 4)
@pytest.mark.parametrize("fault", SLOW.values(), ids=SLOW)
def test_the_deadline_ends_a_response_that_does_not_end(day: Upstream, fault: Fault) -> None:
    """A3, A4: the deadline is for the complete response, also if bytes still arrive."""
    day.always(fault)
    error = failure(day.url, deadline_s=1, attempts=2)
    assert "no complete response within 1 s" in str(error)
    assert len(day.requests) == 2


def test_a_slow_response_is_retried(day: Upstream) -> None:
    day.then(drip())
    assert get(day.url, deadline_s=2) == [record()]


@pytest.mark.fault(5, 7)
@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (answer(429, b"", {"RateLimit": '"api";r=0;t=55'}), [56]),
        (answer(429, b"", {"RateLimit": '"pages";r=40;t=200, "api";r=0;t=55'}), [56]),
        (answer(429, b"", {"RateLimit": '"api";r=0;t=55', "Retry-After": "86400"}), [56]),
        (answer(429, b"", {"Retry-After": "7"}), [7]),
        (answer(503, b"", {"Retry-After": "7"}), [7]),
        (answer(429, b"", {"Retry-After": "0"}), []),
        (answer(429, b"", {"Retry-After": "-5"}), []),
        (answer(429, b"", {"Retry-After": "soon"}), []),
        (answer(429, b"", {"Retry-After": "1e9"}), []),
        (answer(429, b"", {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}), []),
        (answer(429, b"", {"Retry-After": "Thu, 99 Jan 9999 99:00:00 GMT"}), []),
        (answer(429, b"", {"RateLimit": '"api";r=;t=x'}), []),
        (answer(429, b"", {"RateLimit": '"api";r=3;t=55'}), []),
    ],
)
def test_the_client_waits_as_upstream_asks(day: Upstream, fault: Fault, waits: list[float]) -> None:
    """A5, A7: an invalid header leads to the ordinary backoff."""
    time = FakeTime()
    day.then(fault)
    assert get(day.url, clock=time.clock, sleep=time.sleep) == [record()]
    assert time.slept == waits


def test_a_wait_until_a_date_is_measured_by_the_servers_clock(day: Upstream) -> None:
    time = FakeTime()

    def defer(handler: Any) -> None:
        sent = handler.date_time_string()
        later = email.utils.parsedate_to_datetime(sent).timestamp() + 42
        answer(429, b"", {"Retry-After": email.utils.formatdate(later, usegmt=True)})(handler)

    day.then(defer)
    get(day.url, clock=time.clock, sleep=time.sleep)
    assert time.slept in ([42], [41])  # the second may change between the two headers


@pytest.mark.fault(6)
@pytest.mark.parametrize(
    "headers", [{"Retry-After": "86400"}, {"RateLimit": '"api";r=0;t=999999'}, {"RateLimit": '"api";r=0;t=999999999'}]
)
def test_a_wait_that_is_too_long_is_an_error_with_the_instant_of_its_end(
    day: Upstream, headers: dict[str, str]
) -> None:
    """A6."""
    time = FakeTime()
    day.always(answer(429, b"", headers))

    async def use(client: Client) -> None:
        for _ in range(2):
            with pytest.raises(DeferredError, match=r"no further request until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ") as e:
                await client.get(API, {"date": DATE}, parse_list)
            assert (e.value.retry_after_s or 0) > MAX_WAIT_S

    with_client(day.url, use, clock=time.clock, sleep=time.sleep)
    assert time.slept == []
    assert len(day.requests) == 1


def test_waits_that_upstream_asked_for_do_not_count_towards_the_budget(day: Upstream) -> None:
    time = FakeTime()
    day.then(*[answer(429, b"", {"Retry-After": "300"})] * 4)
    assert get(day.url, clock=time.clock, sleep=time.sleep) == [record()]
    assert time.slept == [300] * 4


def test_all_requests_wait_when_the_window_is_used_up(day: Upstream) -> None:
    time = FakeTime()
    day.rate_limit = '"api";r=0;t=30'

    async def use(client: Client) -> None:
        await client.get(API, {"date": DATE}, parse_list)
        day.rate_limit = '"api";r=499;t=300'
        await asyncio.gather(*(client.get(API, {"date": DATE}, parse_list) for _ in range(3)))

    with_client(day.url, use, clock=time.clock, sleep=time.sleep)
    assert time.slept[0] == 31
    assert time.now_s == pytest.approx(1031, abs=70)


def test_no_more_requests_start_than_the_window_allows(day: Upstream) -> None:
    time = FakeTime()
    day.rate_limit = '"api";r=2;t=30'
    started_at: list[float] = []

    async def one(client: Client) -> None:
        await client.get(API, {"date": DATE}, lambda _: started_at.append(time.now_s))

    async def use(client: Client) -> None:
        await one(client)
        await asyncio.gather(*(one(client) for _ in range(6)))

    with_client(day.url, use, clock=time.clock, sleep=time.sleep)
    assert sum(when < 1031 for when in started_at) <= 3


def test_a_wait_is_logged_once_for_all_waiting_requests(day: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    time = FakeTime()
    caplog.set_level(logging.INFO, "daily_papers")
    day.then(answer(429, b"", {"Retry-After": "5"}))

    async def use(client: Client) -> None:
        with pytest.raises(FetchError):
            await client.get(API, {"date": DATE}, parse_list)
        await asyncio.gather(*(client.get(API, {"date": DATE}, parse_list) for _ in range(4)))

    with_client(day.url, use, attempts=1, clock=time.clock, sleep=time.sleep)
    assert caplog.text.count("waiting 5 s, as upstream asks") == 1


@pytest.mark.fault(11)
def test_a_refused_token_is_dropped_with_one_warning_that_does_not_show_it(
    day: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    """A11."""
    refusal = answer(401, {"error": f"Invalid credentials {TOKEN}"})

    def refuse_token(handler: Any) -> None:
        (refusal if handler.headers["Authorization"] else type(handler).serve)(handler)

    day.always(refuse_token)
    assert get(day.url, token=TOKEN, times=2) == [record()]
    assert ["authorization" in request.headers for request in day.requests] == [True, False, False]
    assert caplog.text.count("the token was refused (HTTP 401); continuing without it") == 1
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("token", ["hf_a\nb", "hf_ä", "hf a"])
def test_an_invalid_token_is_neither_sent_nor_shown(
    day: Upstream, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    assert get(day.url, token=token) == [record()]
    assert "authorization" not in day.requests[0].headers
    assert "continuing without it" in caplog.text
    assert token not in caplog.text


def test_white_space_around_a_token_is_ignored(day: Upstream) -> None:
    get(day.url, token=f" {TOKEN}\n")
    assert day.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_token_in_the_message_of_the_server_is_redacted(day: Upstream) -> None:
    day.always(answer(404, {"error": f"no page for {TOKEN}"}))
    assert TOKEN not in str(failure(day.url, token=TOKEN))


def test_credentials_in_the_endpoint_are_not_in_the_message(day: Upstream) -> None:
    day.always(answer(404))
    assert "passw0rd" not in str(failure(day.url.replace("//", "//me:passw0rd@")))


def test_a_redirect_within_the_host_is_followed(day: Upstream) -> None:
    day.then(redirect(f"{API}?date={DATE}&moved=1", 307))
    assert get(day.url) == [record()]
    assert [request.query.get("moved") for request in day.requests] == [None, "1"]


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    "target",
    [
        "http://other.invalid/papers",
        "http://127.0.0.1:1/papers",
        "https://127.0.0.1/papers",
        "//other.invalid/papers",
        "file:///etc/passwd",
        "ftp://127.0.0.1/papers",
    ],
)
def test_a_redirect_to_another_host_is_an_error_with_both_addresses(day: Upstream, target: str) -> None:
    """A15."""
    day.always(redirect(target))
    error = failure(day.url, token=TOKEN)
    assert isinstance(error, FetchError)
    assert f"redirected from {day.url}{API}?date={DATE} to {target}" in str(error)
    assert len(day.requests) == 1


def test_a_redirect_that_adds_credentials_is_refused(day: Upstream) -> None:
    day.always(redirect(day.url.replace("//", "//me:you@")))
    assert "redirected from" in str(failure(day.url))


def test_a_redirect_to_an_invalid_address_is_a_fetch_error(day: Upstream) -> None:
    day.always(redirect("http://[::1"))
    assert isinstance(failure(day.url), FetchError)


@pytest.mark.fault(15)
def test_a_redirect_loop_ends(day: Upstream) -> None:
    """A15."""
    day.always(redirect(API))
    error = failure(day.url)
    assert "more than 5 redirects" in str(error)
    assert len(day.requests) == 6


def test_a_gzip_response_is_unpacked(day: Upstream) -> None:
    day.then(zipped(BODY))
    assert get(day.url) == [record()]


@pytest.mark.fault(14)
def test_a_gzip_bomb_ends_at_the_size_limit_without_being_unpacked(day: Upstream) -> None:
    """A14: 64 MB in 64 kB."""
    day.always(bomb(64))
    tracemalloc.start()
    try:
        error = failure(day.url, max_bytes=2**20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "longer than 1048576 bytes" in str(error)
    assert peak < 16 * 2**20
    assert len(day.requests) == 1


@pytest.mark.fault(14)
def test_a_long_body_ends_at_the_size_limit(day: Upstream) -> None:
    """A14."""
    day.always(answer(200, b" " * 300_000))
    assert "longer than 100000 bytes" in str(failure(day.url, max_bytes=100_000))


@pytest.mark.parametrize(
    "endpoint", ["", "huggingface.co", "ftp://huggingface.co", "http://", "http://a b", "http://[x"]
)
def test_an_endpoint_that_is_not_an_address_is_an_error_before_any_request(endpoint: str) -> None:
    with pytest.raises(FetchError, match="the endpoint is not an http"):
        Client(source="test", base_url=endpoint)


@pytest.mark.parametrize("proxy", ["gopher://me:passw0rd@127.0.0.1:1", "http://me:passw0rd@127.0.0.1:port"])
def test_an_unusable_proxy_is_an_error_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(FetchError, match="proxy or certificate settings") as caught:
        Client(source="test", base_url="http://127.0.0.1")
    assert "passw0rd" not in str(caught.value)


def test_cancelling_a_request_is_not_retried(day: Upstream) -> None:
    day.always(stall(30))

    async def use(client: Client) -> None:
        task = asyncio.create_task(client.get(API, {"date": DATE}, parse_list))
        while not day.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with_client(day.url, use)
    assert len(day.requests) == 1


@pytest.mark.parametrize("token", [TOKEN, "a/b+c=" * 3])
def test_a_token_is_redacted_in_every_encoding_before_the_message_is_cut(day: Upstream, token: str) -> None:
    encoded = base64.b64encode(token.encode()).decode()
    day.always(answer(404, {"error": f"{quote_url(token)} {quote_url(token, safe='')} {encoded} {'x' * 140} {token}"}))
    message = str(failure(day.url, token=token))
    assert "*** *** ***" in message
    assert token[:6] not in message


def test_pairs_of_parameters_may_repeat_a_name(day: Upstream) -> None:
    async def use(client: Client) -> None:
        await client.get("/echo", [("a", "1"), ("b", ""), ("a", "é &")], lambda _: None)

    paths: list[str] = []

    def note_path(handler: Any) -> None:
        paths.append(handler.path)
        answer(200, b"")(handler)

    day.always(note_path)
    with_client(day.url, use)
    (path,) = paths
    assert path.startswith("/echo?")
    assert parse_qsl(path.partition("?")[2], keep_blank_values=True) == [("a", "1"), ("a", "é &"), ("b", "")]


def test_a_body_is_posted_as_json(day: Upstream) -> None:
    async def use(client: Client) -> None:
        assert await client.post("/echo", {"a": [1]}, lambda response: response.body) == b"ok"

    with PostReceiver() as receiver:
        with_client(receiver.url, use)
    assert receiver.posts == [Post("/echo", "application/json", b'{"a":[1]}')]


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"\xef\xbb\xbf \n<!doctype html>", True), (b"<?xml?>", True), (b"[]", False), (b"", False), (b"a < b", False)],
)
def test_markup_is_recognized_by_its_first_character(body: bytes, expected: bool) -> None:
    assert is_html(body) is expected
