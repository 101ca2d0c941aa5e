"""A scriptable model behind an OpenAI-compatible endpoint on loopback: real HTTP, with faults on request.

    with ChatModel() as model:
        model.then(error(503, "overloaded"), says("no JSON"))   # the next two calls
        model.always(error(401, "no"))                          # every call from now on
        … send requests to model.url …
        assert len(model.calls) == 3

By default it answers like a good model: with three labelled bullets in Korean about the paper's title.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import Loopback, Server

Body = dict[str, Any]
Responder = Callable[["Handler", "Call"], None]
"""Answers one call."""

LABELS = ("What's New", "Technical Details", "Performance Highlights")


class Call:
    """One request: `body` is its JSON, and the names in `headers` are in lower case."""

    def __init__(self, path: str, headers: dict[str, str], body: Body) -> None:
        self.path, self.headers, self.body = path, headers, body

    @property
    def paper(self) -> dict[str, str]:
        """The title and abstract that were sent."""
        text = next(message["content"] for message in self.body["messages"] if message["role"] == "user")
        found: dict[str, str] = json.loads(text[text.index('{"title"') :])
        return found

    @property
    def form(self) -> str:
        """The requested form of the answer: json_schema, json_object or text."""
        return str(self.body.get("response_format", {"type": "text"})["type"])


class ChatModel(Loopback):
    """The server. It runs inside its `with` block."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.url += "/v1"
        self.calls: list[Call] = []
        self._once: deque[Responder] = deque()
        self._always: Responder = good

    def then(self, *replies: Responder) -> None:
        """Answer the next calls with `replies`, one each."""
        self._once.extend(replies)

    def always(self, reply: Responder) -> None:
        """Answer every call with `reply`."""
        self._always = reply

    def next_reply(self, call: Call) -> Responder:
        """Record `call` and return the reply to it. Called by the handler."""
        with self.lock:
            self.calls.append(call)
            return self._once.popleft() if self._once else self._always


class Handler(BaseHTTPRequestHandler):
    """One connection. A reply writes the answer to it."""

    protocol_version = "HTTP/1.1"
    server: Server

    @property
    def model(self) -> ChatModel:
        owner: ChatModel = self.server.owner
        return owner

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        call = Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        reply = self.model.next_reply(call)
        with self.model.under_way():
            reply(self, call)

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Print nothing."""


def bullets(title: str) -> list[str]:
    """Return the bullets of a good model for a paper with this title."""
    return [
        f"**{label}**: 이 논문은 {title} 문제를 다루며 그 내용을 차례로 자세히 설명하고 정리합니다." for label in LABELS
    ]


def good(handler: Handler, call: Call) -> None:
    says(json.dumps({"bullets": bullets(call.paper["title"])}))(handler, call)


def says(content: object, finish: str | None = "stop", **message: object) -> Responder:
    """Answer with a chat completion whose message has `content`."""

    def reply(handler: Handler, call: Call) -> None:
        handler.send(200, json.dumps(completion(content, finish, **message)).encode())

    return reply


def completion(content: object, finish: str | None = "stop", **message: object) -> Body:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "a-model-2026-11-01",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
        ],
        "usage": {"prompt_tokens": 400, "completion_tokens": 300, "total_tokens": 700},
    }


def error(status: int, message: str, **headers: str) -> Responder:
    """Answer with an error in OpenAI's format."""
    return raw(json.dumps({"error": {"message": message, "type": "x", "code": None}}).encode(), status, **headers)


def raw(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Responder:
    return lambda handler, call: handler.send(status, body, kind, **headers)


def refuses(status: int, message: str, *parts: str) -> Responder:
    """Refuse requests that have one of `parts`: a key of the body, a role, or a form of the answer."""

    def reply(handler: Handler, call: Call) -> None:
        roles = {message["role"] for message in call.body["messages"]}
        has_part = not {*call.body, *roles, call.form}.isdisjoint(parts)
        (error(status, message) if has_part else good)(handler, call)

    return reply


def only(form: str) -> Responder:
    """Accept one form of request and refuse the others, like an endpoint without support for schemas."""

    def reply(handler: Handler, call: Call) -> None:
        if call.form == form:
            good(handler, call)
        else:
            error(400, f"'response_format' of type {call.form!r} is not supported")(handler, call)

    return reply


def hangs(handler: Handler, call: Call) -> None:
    """Send nothing, and keep the connection open until the model stops, for at most 30 s."""
    handler.model.stopped.wait(30)


def breaks(handler: Handler, call: Call) -> None:
    """Send the beginning of an answer and close the connection."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def drips(handler: Handler, call: Call) -> None:
    """Answer with an endless body, a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    while not handler.model.stopped.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()
