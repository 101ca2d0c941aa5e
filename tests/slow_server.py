"""A server on loopback that answers every request without end, some bytes at a time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SLOW_ANSWERS: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", b""),
    "headers": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "interim responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n\x89PNG\r\n\x1a\n", b"a"),
}
"""The beginning of an answer, and the bytes that are repeated after it."""

_EVERY_S = 0.02


@contextmanager
def slow_server(answer: str, on_request: Callable[[], object] = lambda: None) -> Iterator[int]:
    """Serve one of SLOW_ANSWERS while the block lasts; yield the port. `on_request` is called in another thread."""
    beginning, repeated = SLOW_ANSWERS[answer]
    stopped = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            on_request()
            connection.sendall(beginning)
            while not stopped.wait(_EVERY_S):
                connection.sendall(repeated)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        stopped.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
