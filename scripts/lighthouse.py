"""Has Lighthouse look at pages of the site built from recorded days, as a phone sees them, and prints what it gives.

The site is served with gzip, as GitHub Pages serve it; the hosts of pictures are answered here, since a picture that
fails costs points that are no fault of a page. Lighthouse comes from npm at first use, into .cache/. Holds no
threshold.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from browser.chromium import find
from browser.visiting import MEDIA_HOSTS, png
from daily_papers.archive import write_day
from daily_papers.models import Day

REPOSITORY = Path(__file__).parent.parent
TOOLS = REPOSITORY / ".cache/lighthouse"
PACKAGE = "lighthouse@12"  # the newest that Node 20 runs
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ZIPPED = (".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml")


def look(days: Sequence[Day]) -> None:
    """Build the site of `days` and print Lighthouse's scores of home, the fullest day, a month, a topic, the search."""
    fullest = max(days, key=lambda day: len(day.papers))
    pages = {
        "home": "",
        "fullest day": f"{fullest.date:%Y/%m/%d}/",
        "month": f"{fullest.date:%Y/%m}/",
        "topic": "topics/agents/",
        "search": "search/",
        "results": "search/?q=diffusion+model",
    }
    with tempfile.TemporaryDirectory(prefix="daily-papers-lighthouse-") as name, _serve(Path(name)) as (site, chrome):
        _build(Path(name), days, site)
        print(f"{'':14}" + "".join(f"{each:>16}" for each in CATEGORIES) + f"{'layout shift':>14}{'bytes':>10}")
        for page, path in pages.items():
            report = _report(site + path, chrome)
            scores = (round(100 * report["categories"][each]["score"]) for each in CATEGORIES)
            shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
            size = report["audits"]["total-byte-weight"]["numericValue"]
            print(f"{page:14}" + "".join(f"{score:16}" for score in scores) + f"{shift:14.4f}{size:10.0f}", flush=True)
            for audit in _lost(report):
                print(f"{'':14}  {audit}")


def _build(folder: Path, days: Sequence[Day], site: str) -> None:
    for day in days:
        write_day(folder / "docs", day)
    config = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    first = next(line for line in config.splitlines() if line.startswith("site_url: "))
    (folder / "mkdocs.yml").write_text(config.replace(first, f"site_url: {site}"), "utf-8")
    environment = {**os.environ, "DAILY_PAPERS_FETCH": "never"}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def _report(address: str, chrome: str) -> dict[str, Any]:
    program = TOOLS / "node_modules/.bin/lighthouse"
    if not program.exists():
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--prefix", str(TOOLS), PACKAGE], check=True)
    options = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={chrome}"]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    done = subprocess.run([str(program), address, *options], env=environment, capture_output=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _lost(report: dict[str, Any]) -> Iterator[str]:
    """Yield what cost points, but for the parts of performance, which its number sums up."""
    for category in CATEGORIES[1:]:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{category}: {audit['title']}"


class _Site(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, zipped where a browser takes that."""

    protocol_version = "HTTP/1.1"

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

    def log_message(self, *_: object) -> None:
        pass


class _Pictures(_Site):
    def do_GET(self) -> None:
        body = png(640, 360)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Cache-Control", "max-age=31536000")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _serve(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the built site, and pictures in place of their hosts; yield its address and Chromium's flags for both."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    files = ["-nodes", "-keyout", str(key), "-out", str(certificate)]
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=pictures",
        *files,
    ]
    subprocess.run(request, capture_output=True, check=True)
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, directory=str(folder / "site")))
    pictures = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pictures)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    pictures.socket = context.wrap_socket(pictures.socket, server_side=True)
    for server in (site, pictures):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    rules = ", ".join(f"MAP {host} 127.0.0.1:{pictures.server_port}" for host in sorted(MEDIA_HOSTS))
    flags = f'--headless=new --no-sandbox --ignore-certificate-errors --host-resolver-rules="{rules}"'
    yield f"http://127.0.0.1:{site.server_port}/", flags
    for server in (site, pictures):
        server.shutdown()
        server.server_close()
