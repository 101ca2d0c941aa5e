"""What the HTTP client promises, over real connections to a loopback server; cases A1-A15 of the fault catalogue."""

from __future__ import annotations

import asyncio
import email.utils
import gzip
import json
import logging
import socket
import tracemalloc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from daily_papers.errors import (
    DailyPapersError,
    DeferredError,
    FetchError,
    ForbiddenError,
    ParseError,
    UnreachableError,
)
from daily_papers.net.client import (
    ATTEMPTS,
    CONNECT_ATTEMPTS,
    LONGEST_WAIT_S,
    TLS_ATTEMPTS,
    USER_AGENT,
    Client,
    Response,
)
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
    """A clock that moves only when something sleeps, and notes for how long it did."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)


def as_list(reply: Response) -> list[Any]:
    """The check of these tests: the answer must be a JSON list."""
    try:
        value = json.loads(reply.body)
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise ParseError("expected a list", source="test", url=reply.url)
    return value


def get(url: str, *, times: int = 1, **options: Any) -> list[Any]:
    """Ask `url` for DATE, the last of so many times, and return the list that came."""

    async def ask() -> list[Any]:
        async with Client(source="test", base_url=url, **options) as client:
            for _ in range(times):
                reply = await client.get(API, {"date": DATE}, as_list)
            return reply

    return asyncio.run(ask())


def failure(url: str, **options: Any) -> DailyPapersError:
    """The error that asking ends in."""
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


def test_a_good_answer_comes_whole_and_the_request_says_who_asks(day: Upstream) -> None:
    assert get(day.url, token=TOKEN) == [record()]
    (request,) = day.requests
    assert request.path == API
    assert request.headers["user-agent"] == USER_AGENT
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_without_a_token_none_is_sent(day: Upstream) -> None:
    get(day.url)
    assert "authorization" not in day.requests[0].headers


def test_an_endpoint_below_a_path_keeps_its_path(day: Upstream) -> None:
    error = failure(f"{day.url}/mirror/")
    assert isinstance(error, FetchError)
    assert error.status == 404
    assert day.requests[0].path == f"/mirror{API}"


BODY = json.dumps([record()]).encode()

PASSING: dict[str, Fault] = {
    **{f"HTTP {status}": answer(status, CDN_PAGE) for status in (408, 429, 500, 502, 503, 504)},
    "reset": reset(),
    "cut, seen by its length": cut(BODY),
    "cut, not seen but for the JSON": cut_unseen(BODY),
    "cut gzip": cut(gzip.compress(BODY), {"Content-Encoding": "gzip"}),
    "cut gzip of the right length": answer(200, gzip.compress(BODY)[:-12], {"Content-Encoding": "gzip"}),
    "broken gzip": answer(200, b"\x1f\x8b" + b"\xff" * 40, {"Content-Encoding": "gzip"}),
    "HTML with 200": answer(200, CDN_PAGE),
    "an error with 200": answer(200, {"error": "not now"}),
    "nothing with 200": answer(200, b""),
    "an unknown encoding": zipped(BODY, "br"),
    "a length that is none": answer(200, b"", {"Content-Length": "many"}),
}


@pytest.mark.fault(8, 13)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_can_pass_is_asked_again_and_the_answer_is_as_if_nothing_was(day: Upstream, fault: Fault) -> None:
    """A8, A13."""
    day.then(fault, fault, fault)
    assert get(day.url) == [record()]
    assert len(day.requests) == 4


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_ends_after_the_stated_number_of_tries(day: Upstream, fault: Fault) -> None:
    day.always(fault)
    assert DATE in str(failure(day.url))
    assert len(day.requests) == ATTEMPTS


def test_the_budget_ends_the_tries_too(day: Upstream) -> None:
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
        (answer(404, {"error": "x" * 5000}), 404, '"' + "x" * 200 + '"'),
        (answer(404, CDN_PAGE), 404, "HTTP 404: a page of HTML"),
        (answer(410, b"[" * 100_000), 410, "HTTP 410 ("),
        (answer(404, b"x", {"Content-Encoding": "gzip"}), 404, "HTTP 404"),
        (answer(404, b"", {"X-Error-Message": "gone"}), 404, 'HTTP 404: "gone"'),
        (answer(401, {"error": "who are you"}), 401, '"who are you"'),
        (answer(204), 204, "HTTP 204"),
        (answer(304), 304, "HTTP 304"),
    ],
)
def test_a_refusal_is_quoted_and_not_asked_again(day: Upstream, fault: Fault, status: int, text: str) -> None:
    """A12: the status is on the error, what upstream said is in it, cleaned and cut."""
    day.always(fault)
    error = failure(day.url)
    assert isinstance(error, FetchError)
    assert (error.status, error.retryable) == (status, False)
    assert text in str(error)
    assert len(day.requests) == 1


@pytest.mark.fault(10)
def test_403_ends_all_asking(day: Upstream) -> None:
    """A10."""
    day.then(answer(403, "<html>Blocked</html>"))

    async def use(client: Client) -> None:
        with pytest.raises(ForbiddenError, match=r"HTTP 403: a page of HTML.*date=2026-07-15"):
            await client.get(API, {"date": DATE}, as_list)
        with pytest.raises(ForbiddenError, match=r"HTTP 403: a page of HTML.*date=2026-07-16") as caught:
            await client.get(API, {"date": "2026-07-16"}, as_list)
        assert caught.value.status == 403

    with_client(day.url, use)
    assert len(day.requests) == 1


@pytest.mark.fault(1)
def test_no_connection_is_tried_briefly_then_named_and_ends_all_asking(caplog: pytest.LogCaptureFixture) -> None:
    """A1."""
    port = unused_port()
    caplog.set_level(logging.INFO, "daily_papers")

    async def use(client: Client) -> None:
        with pytest.raises(UnreachableError, match=f"unreachable: no connection to 127.0.0.1:{port}"):
            await client.get(API, {"date": DATE}, as_list)
        with pytest.raises(UnreachableError, match="date=2026-07-16"):
            await client.get(API, {"date": "2026-07-16"}, as_list)

    with_client(f"http://127.0.0.1:{port}", use)
    assert caplog.text.count("asking again") == CONNECT_ATTEMPTS - 1


@pytest.mark.fault(1)
def test_a_name_that_is_not_known_is_unreachable() -> None:
    """A1; `.invalid` is reserved for never being a host."""
    error = failure("http://papers.invalid")
    assert isinstance(error, UnreachableError)
    assert "papers.invalid" in error.reason


@pytest.mark.fault(2)
def test_a_tls_error_is_tried_once_more(day: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    """A2: the server speaks plain HTTP where TLS was expected."""
    caplog.set_level(logging.INFO, "daily_papers")
    error = failure(day.url.replace("http:", "https:"))
    assert isinstance(error, UnreachableError)
    assert "no trusted connection to 127.0.0.1" in error.reason
    assert caplog.text.count("asking again") == TLS_ATTEMPTS - 1


def test_another_dates_error_status_does_not_end_all_asking(day: Upstream) -> None:
    day.then(*[answer(500)] * ATTEMPTS)

    async def use(client: Client) -> None:
        with pytest.raises(FetchError, match="HTTP 500"):
            await client.get(API, {"date": DATE}, as_list)
        assert await client.get(API, {"date": DATE}, as_list) == [record()]

    with_client(day.url, use)


SLOW: dict[str, Fault] = {
    "no answer": stall(30),
    "stalled body": stall_in_body(30),
    "dripping body": drip(),
    "dripping headers": drip(part="headers"),
}


@pytest.mark.fault(3, 4)
@pytest.mark.parametrize("fault", SLOW.values(), ids=SLOW)
def test_the_deadline_ends_an_answer_that_does_not_end(day: Upstream, fault: Fault) -> None:
    """A3, A4: it bounds the whole answer, however many bytes still trickle in."""
    day.always(fault)
    error = failure(day.url, deadline_s=1, attempts=2)
    assert "no whole answer within 1 s" in str(error)
    assert len(day.requests) == 2


def test_a_slow_answer_is_retried(day: Upstream) -> None:
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
def test_the_wait_that_upstream_asks_for_is_kept(day: Upstream, fault: Fault, waits: list[float]) -> None:
    """A5, A7: what cannot be understood is left to the ordinary backoff."""
    time = FakeTime()
    day.then(fault)
    assert get(day.url, clock=time.clock, sleep=time.sleep) == [record()]
    assert time.slept == waits


def test_a_wait_until_a_date_counts_from_the_servers_own_clock(day: Upstream) -> None:
    time = FakeTime()

    def ask_later(handler: Any) -> None:
        sent = handler.date_time_string()
        later = email.utils.parsedate_to_datetime(sent).timestamp() + 42
        answer(429, b"", {"Retry-After": email.utils.formatdate(later, usegmt=True)})(handler)

    day.then(ask_later)
    get(day.url, clock=time.clock, sleep=time.sleep)
    assert time.slept in ([42], [41])  # a second may turn between the two


@pytest.mark.fault(6)
@pytest.mark.parametrize(
    "headers", [{"Retry-After": "86400"}, {"RateLimit": '"api";r=0;t=999999'}, {"RateLimit": '"api";r=0;t=999999999'}]
)
def test_too_long_a_wait_is_left_to_the_next_run_which_is_told_until_when(
    day: Upstream, headers: dict[str, str]
) -> None:
    """A6."""
    time = FakeTime()
    day.always(answer(429, b"", headers))

    async def use(client: Client) -> None:
        for _ in range(2):
            with pytest.raises(DeferredError, match=r"no further request until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ") as e:
                await client.get(API, {"date": DATE}, as_list)
            assert (e.value.retry_after_s or 0) > LONGEST_WAIT_S

    with_client(day.url, use, clock=time.clock, sleep=time.sleep)
    assert time.slept == []
    assert len(day.requests) == 1


def test_waits_that_upstream_asked_for_do_not_use_up_the_budget(day: Upstream) -> None:
    time = FakeTime()
    day.then(*[answer(429, b"", {"Retry-After": "300"})] * 4)
    assert get(day.url, clock=time.clock, sleep=time.sleep) == [record()]
    assert time.slept == [300] * 4


def test_when_the_window_is_used_up_all_requests_wait_for_the_next(day: Upstream) -> None:
    time = FakeTime()
    day.rate_limit = '"api";r=0;t=30'

    async def use(client: Client) -> None:
        await client.get(API, {"date": DATE}, as_list)
        day.rate_limit = '"api";r=499;t=300'
        await asyncio.gather(*(client.get(API, {"date": DATE}, as_list) for _ in range(3)))

    with_client(day.url, use, clock=time.clock, sleep=time.sleep)
    assert time.slept[0] == 31
    assert time.now_s == pytest.approx(1031, abs=70)


def test_a_window_with_few_left_is_not_overrun(day: Upstream) -> None:
    """Of many requests at once, no more start than upstream said it has left."""
    time = FakeTime()
    day.rate_limit = '"api";r=2;t=30'
    asked_when: list[float] = []

    async def one(client: Client) -> None:
        await client.get(API, {"date": DATE}, lambda _: asked_when.append(time.now_s))

    async def use(client: Client) -> None:
        await one(client)
        await asyncio.gather(*(one(client) for _ in range(6)))

    with_client(day.url, use, clock=time.clock, sleep=time.sleep)
    assert sum(when < 1031 for when in asked_when) <= 3


def test_waiting_is_told_once_however_many_wait(day: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    time = FakeTime()
    caplog.set_level(logging.INFO, "daily_papers")
    day.then(answer(429, b"", {"Retry-After": "5"}))

    async def use(client: Client) -> None:
        with pytest.raises(FetchError):
            await client.get(API, {"date": DATE}, as_list)
        await asyncio.gather(*(client.get(API, {"date": DATE}, as_list) for _ in range(4)))

    with_client(day.url, use, attempts=1, clock=time.clock, sleep=time.sleep)
    assert caplog.text.count("waiting 5 s, as upstream asks") == 1


@pytest.mark.fault(11)
def test_a_refused_token_is_left_out_with_one_warning_that_does_not_show_it(
    day: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    """A11."""
    refusal = answer(401, {"error": f"Invalid credentials {TOKEN}"})

    def refuse_token(handler: Any) -> None:
        (refusal if handler.headers["Authorization"] else type(handler).serve)(handler)

    day.always(refuse_token)
    assert get(day.url, token=TOKEN, times=2) == [record()]
    assert ["authorization" in request.headers for request in day.requests] == [True, False, False]
    assert caplog.text.count("the token was refused (HTTP 401); asking without it") == 1
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("token", ["hf_a\nb", "hf_ä", "hf a"])
def test_a_token_that_cannot_be_sent_is_never_shown(
    day: Upstream, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    assert get(day.url, token=token) == [record()]
    assert "authorization" not in day.requests[0].headers
    assert "asking without it" in caplog.text
    assert token not in caplog.text


def test_white_space_around_a_token_is_no_part_of_it(day: Upstream) -> None:
    get(day.url, token=f" {TOKEN}\n")
    assert day.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_what_upstream_echoes_does_not_bring_the_token_into_a_message(day: Upstream) -> None:
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
def test_a_redirect_elsewhere_is_refused_and_both_addresses_are_named(day: Upstream, target: str) -> None:
    """A15."""
    day.always(redirect(target))
    error = failure(day.url, token=TOKEN)
    assert isinstance(error, FetchError)
    assert f"redirected from {day.url}{API}?date={DATE} to {target}" in str(error)
    assert len(day.requests) == 1


def test_a_redirect_to_the_host_with_someone_elses_name_is_refused(day: Upstream) -> None:
    day.always(redirect(day.url.replace("//", "//me:you@")))
    assert "redirected from" in str(failure(day.url))


def test_a_redirect_to_no_address_at_all_is_an_error_of_ours(day: Upstream) -> None:
    day.always(redirect("http://[::1"))
    assert isinstance(failure(day.url), FetchError)


@pytest.mark.fault(15)
def test_a_redirect_loop_ends(day: Upstream) -> None:
    """A15."""
    day.always(redirect(API))
    error = failure(day.url)
    assert "more than 5 redirects" in str(error)
    assert len(day.requests) == 6


def test_a_zipped_answer_is_unpacked(day: Upstream) -> None:
    day.then(zipped(BODY))
    assert get(day.url) == [record()]


@pytest.mark.fault(14)
def test_a_gzip_bomb_is_let_go_at_the_cap_and_never_unpacked(day: Upstream) -> None:
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
def test_a_long_body_is_let_go_at_the_cap(day: Upstream) -> None:
    """A14."""
    day.always(answer(200, b" " * 300_000))
    assert "longer than 100000 bytes" in str(failure(day.url, max_bytes=100_000))


@pytest.mark.parametrize(
    "endpoint", ["", "huggingface.co", "ftp://huggingface.co", "http://", "http://a b", "http://[x"]
)
def test_an_endpoint_that_is_no_address_is_said_so_before_any_request(endpoint: str) -> None:
    with pytest.raises(FetchError, match="the endpoint is no http"):
        Client(source="test", base_url=endpoint)


@pytest.mark.parametrize("proxy", ["gopher://me:passw0rd@127.0.0.1:1", "http://me:passw0rd@127.0.0.1:port"])
def test_a_proxy_that_cannot_be_used_is_said_so(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(FetchError, match="proxy or certificate settings") as caught:
        Client(source="test", base_url="http://127.0.0.1")
    assert "passw0rd" not in str(caught.value)


def test_being_cancelled_is_not_an_error_of_upstream(day: Upstream) -> None:
    day.always(stall(30))

    async def use(client: Client) -> None:
        task = asyncio.create_task(client.get(API, {"date": DATE}, as_list))
        while not day.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with_client(day.url, use)
    assert len(day.requests) == 1
