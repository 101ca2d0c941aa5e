"""Base of the test servers: an HTTP server on the loopback interface, which runs while its `with` block lasts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Loopback:
    """Server at `url`; each request has its own thread and is answered by an instance of `handler`.

    `latency_s` is the time in seconds before each answer.
    """

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.latency_s = 0.0
        self.peak = 0
        """Largest number of simultaneous requests so far."""
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self._under_way = 0
        self._server = Server(("127.0.0.1", 0), handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a simultaneous request while the block lasts, after the latency; handlers call this."""
        with self.lock:
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)
        try:
            time.sleep(self.latency_s)
            yield
        finally:
            with self.lock:
                self._under_way -= 1

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class Server(ThreadingHTTPServer):
    """Threading server of the standard library that tolerates clients which disconnect early."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    owner: Any
    """The Loopback instance; handlers annotate it with their own subclass."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error; many tests disconnect on purpose."""
