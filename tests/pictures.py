"""A host of pictures on loopback, for downloads: `with Pictures() as pictures: … pictures.address("/a.png")`."""

from __future__ import annotations

import io
import ipaddress
from http.server import BaseHTTPRequestHandler

from PIL import Image

from daily_papers.net.image_download import Rules
from tests.loopback import Loopback, Server

HOST = "pictures.example"
LOOPBACK = ipaddress.ip_address("127.0.0.1")


class Pictures(Loopback):
    """A host with `answers` by path: each is the bytes of a picture, an address to redirect to, or an error status.

    `asked` has path and Host header of each request.
    """

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.answers: dict[str, bytes | str | int] = {}
        self.asked: list[tuple[str, str]] = []

    @property
    def rules(self) -> Rules:
        """Rules that allow this host alone, with the loopback address as its only address."""
        port = int(self.url.rpartition(":")[2])
        return Rules([HOST], "http", port, lambda address: address == LOOPBACK, lambda host, port: [LOOPBACK])

    def address(self, path: str) -> str:
        """Return the address of `path` on this host."""
        return f"http://{HOST}:{self.rules.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        pictures: Pictures = self.server.owner
        pictures.asked.append((self.path, self.headers["host"]))
        answer = pictures.answers.get(self.path, 404)
        self.send_response(answer if isinstance(answer, int) else 302 if isinstance(answer, str) else 200)
        if isinstance(answer, str):
            self.send_header("Location", answer)
        body = answer if isinstance(answer, bytes) else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def png(colour: str = "teal", size: tuple[int, int] = (1200, 675)) -> bytes:
    """Return a PNG of one colour."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()
