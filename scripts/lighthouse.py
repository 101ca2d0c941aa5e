"""Runs Lighthouse on pages of a site, as seen on a phone, and prints its scores.

The site is served with gzip, as on GitHub Pages. Requests to image hosts are answered locally, since a failed image
would cost points that are not the page's fault. Lighthouse is installed by npm into .cache/ on first use. There is no
threshold.
"""

from __future__ import annotations

import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from daily_papers.model.records import Day
from site_server import REPOSITORY, build_site, serve_site
from tests.browser.chromium import find
from tests.browser.visit import MEDIA_HOSTS, png

TOOLS = REPOSITORY / ".cache/lighthouse"
PACKAGE = "lighthouse@12"  # the newest that Node 20 runs
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def print_scores(days: Sequence[Day]) -> None:
    """Build the site of `days` and print the scores of home, the longest day, a month, a topic and the search."""
    longest = max(days, key=lambda day: len(day.papers))
    pages = {
        "home": "",
        "longest day": f"{longest.date:%Y/%m/%d}/",
        "month": f"{longest.date:%Y/%m}/",
        "topic": "topics/agents/",
        "search": "search/",
        "results": "search/?q=diffusion+model",
    }
    with tempfile.TemporaryDirectory(prefix="daily-papers-lighthouse-") as name, _serve(Path(name)) as (site, chrome):
        build_site(Path(name), days, site)
        print(f"{'':14}" + "".join(f"{each:>16}" for each in CATEGORIES) + f"{'layout shift':>14}{'bytes':>10}")
        for page, path in pages.items():
            report = _report(site + path, chrome)
            scores = (round(100 * report["categories"][each]["score"]) for each in CATEGORIES)
            shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
            size = report["audits"]["total-byte-weight"]["numericValue"]
            print(f"{page:14}" + "".join(f"{score:16}" for score in scores) + f"{shift:14.4f}{size:10.0f}", flush=True)
            for audit in _failed_audits(report):
                print(f"{'':14}  {audit}")


def _report(address: str, chrome: str) -> dict[str, Any]:
    program = TOOLS / "node_modules/.bin/lighthouse"
    if not program.exists():
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--prefix", str(TOOLS), PACKAGE], check=True)
    options = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={chrome}"]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    done = subprocess.run([str(program), address, *options], env=environment, capture_output=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _failed_audits(report: dict[str, Any]) -> Iterator[str]:
    """Yield the audits that cost points, except those of performance, which its score summarizes."""
    for category in CATEGORIES[1:]:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{category}: {audit['title']}"


class _ImageHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = png(640, 360)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Cache-Control", "max-age=31536000")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serve(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the built site, and images in place of their hosts. Yield its address and Chromium's flags for both."""
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
        "/CN=images",
        *files,
    ]
    subprocess.run(request, capture_output=True, check=True)
    images = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _ImageHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    images.socket = context.wrap_socket(images.socket, server_side=True)
    threading.Thread(target=images.serve_forever, daemon=True).start()
    rules = ", ".join(f"MAP {host} 127.0.0.1:{images.server_port}" for host in sorted(MEDIA_HOSTS))
    flags = f'--headless=new --no-sandbox --ignore-certificate-errors --host-resolver-rules="{rules}"'
    with serve_site(folder / "site") as (site, _):
        yield site, flags
    images.shutdown()
    images.server_close()
