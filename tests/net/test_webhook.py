"""Webhooks: one POST, and a reason without the address if it fails."""

from __future__ import annotations

import socket

import pytest

from daily_papers.net.webhook import post_webhook
from tests.post_receiver import Post, PostReceiver
from tests.slow_server import SLOW_ANSWERS, slow_server


def test_a_message_is_posted_once_as_json() -> None:
    with PostReceiver(204) as receiver:
        assert post_webhook(f"{receiver.url}/services/a?b=c", {"text": "é"}) is None
        (post,) = receiver.posts
    assert post._replace(body=b"") == Post("/services/a?b=c", "application/json", b"")
    assert post.body.replace(b" ", b"") in ('{"text":"é"}'.encode(), b'{"text":"\\u00e9"}')


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_an_error_status_is_the_reason_and_is_not_retried(status: int) -> None:
    with PostReceiver(status) as receiver:
        assert post_webhook(receiver.url, {}) == f"HTTP {status}"
        assert len(receiver.posts) == 1


def test_a_redirect_is_not_followed() -> None:
    with PostReceiver() as other, PostReceiver(307, other.url) as receiver:
        assert post_webhook(receiver.url, {}) == "HTTP 307"
        assert not other.posts


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/a-secret", "a-secret", "http://[a-secret/", "ftp://a-secret"])
def test_the_reason_of_a_failure_does_not_contain_the_address(url: str) -> None:
    with socket.socket() as probe:  # bound and not listening: connections are refused
        probe.bind(("127.0.0.1", 0))
        reason = post_webhook(url.format(port=probe.getsockname()[1]), {})
    assert reason
    assert "a-secret" not in reason


@pytest.mark.parametrize("answer", sorted(SLOW_ANSWERS.keys() - {"body"}))
def test_a_post_without_an_answer_ends_at_its_deadline(answer: str) -> None:
    with slow_server(answer) as port:
        assert post_webhook(f"http://127.0.0.1:{port}/", {}, deadline_s=0.5) == "TimeoutError"


def test_the_body_of_an_answer_is_not_waited_for() -> None:
    """The test would not end: the body has no end, and the deadline is an hour."""
    with slow_server("body") as port:
        assert post_webhook(f"http://127.0.0.1:{port}/", {}, deadline_s=3600) is None
