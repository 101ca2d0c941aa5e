"""A chat's incoming webhook on loopback: real HTTP that records each message.

with Webhook() as webhook:
    … post to webhook.url …
    assert len(webhook.messages) == 1
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

from tests.loopback import Loopback, Server


class Webhook(Loopback):
    """The server, while its `with` block lasts."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.messages: list[bytes] = []
        """The body of each request, oldest first."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.owner.messages.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass
