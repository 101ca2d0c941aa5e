"""The site of given days, built as this repository's own, and served over loopback as GitHub Pages do: with gzip.

Days and a folder go in; the address comes out, and what was sent of each file.
"""

from __future__ import annotations

import gzip
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from daily_papers.archive.day_files import write_day
from daily_papers.model.records import Day

REPOSITORY = Path(__file__).parent.parent
ZIPPED = (".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml")

Sent = list[tuple[str, int]]
"""Paths as they were asked for, and the bytes that went out for each, without the headers."""


def build_site(folder: Path, days: Sequence[Day], site: str) -> None:
    """Build the site of `days` into `folder`/site; `site` is its address."""
    for day in days:
        write_day(folder / "docs", day)
    config = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    first = next(line for line in config.splitlines() if line.startswith("site_url: "))
    (folder / "mkdocs.yml").write_text(config.replace(first, f"site_url: {site}"), "utf-8")
    environment = {**os.environ, "DAILY_PAPERS_FETCH": "never"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(command, cwd=folder, env=environment, check=True)


class Site(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, zipped where a browser takes that."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, sent: Sent, **options: Any) -> None:
        self._sent = sent
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(200)
        if path.suffix in ZIPPED:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self._sent.append((self.path, len(body)))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_site(folder: Path) -> Iterator[tuple[str, Sent]]:
    """Serve `folder`, which may come later; yield its address, and the list that what is sent is added to."""
    sent: Sent = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(folder), sent=sent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", sent
    server.shutdown()
    server.server_close()
