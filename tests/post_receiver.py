"""A loopback server that records POST requests: `with PostReceiver() as receiver: … receiver.url`."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from tests.loopback import Loopback, Server


class Post(NamedTuple):
    """One POST request; `content_type` is its header, `body` its bytes."""

    path: str
    content_type: str
    body: bytes


class PostReceiver(Loopback):
    """Answers each POST with `status` and `location`, and adds the request to `posts`."""

    def __init__(self, status: int = 200, location: str = "") -> None:
        super().__init__(_Handler)
        self.status = status
        self.location = location
        self.posts: list[Post] = []


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        receiver: PostReceiver = self.server.owner
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver.posts.append(Post(self.path, self.headers["content-type"], body))
        self.send_response(receiver.status)
        if receiver.location:
            self.send_header("Location", receiver.location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *arguments: object) -> None:
        pass
