"""Builds a site of given days with the options of this repository, and serves it over loopback.

Files are compressed by gzip, as on GitHub Pages.
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
COMPRESSED = (".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml")

Sent = list[tuple[str, int]]
"""Requested paths, each with the number of bytes sent, without headers."""


def build_site(folder: Path, days: Sequence[Day], site: str) -> None:
    """Build the site of `days`, with the address `site`, into `folder`/site."""
    for day in days:
        write_day(folder / "docs", day)
    config = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    first = next(line for line in config.splitlines() if line.startswith("site_url: "))
    (folder / "mkdocs.yml").write_text(config.replace(first, f"site_url: {site}"), "utf-8")
    environment = {**os.environ, "DAILY_PAPERS_FETCH": "never"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(command, cwd=folder, env=environment, check=True)


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder, compressed by gzip if their type is in COMPRESSED."""

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
        if path.suffix in COMPRESSED:
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
    """Serve `folder`, which may be created later. Yield its address, and a list to which each response is added."""
    sent: Sent = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(folder), sent=sent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", sent
    server.shutdown()
    server.server_close()
