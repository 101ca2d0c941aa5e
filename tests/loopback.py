"""A server on loopback that tests stand upon: real HTTP while its `with` block lasts, counting what is under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Loopback:
    """Listens at `url`, a request a thread, and answers each by an instance of `handler`."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.latency_s = 0.0
        self.peak = 0
        """The greatest number of requests that were under way at once."""
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self._under_way = 0
        self._server = Server(("127.0.0.1", 0), handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count one request among those under way, after the latency. Called by the handler."""
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
    """The standard library's, for clients that go away in the middle."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    owner: Any
    """The Loopback it is of, in the handler's own type."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what many tests are about."""
