"""Benchmark of a fetch of many dates against a loop that requests one date after the other and stores nothing.

A stand-in for Hugging Face serves a folder of recorded days, with a latency of LATENCY_S per request.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from daily_papers.model.dates import weekdays
from tests.upstream import Upstream

CONFIGURATION = """\
site_name: Bench
plugins: [{daily-papers: {arxiv: false}}]
"""
LATENCY_S = 0.05


def compare_backfills(folder: Path, runs: int) -> None:
    """Fetch the weekdays of `folder` with the plugin and with the loop, `runs` times each, and print the times."""
    with Upstream() as upstream:
        upstream.days = {path.stem: json.loads(path.read_bytes()) for path in folder.glob("????-??-??.json")}
        upstream.latency_s = LATENCY_S
        first, last = min(upstream.days), max(upstream.days)
        dates = [str(date) for date in weekdays(dt.date.fromisoformat(first), dt.date.fromisoformat(last))]
        for _ in range(runs):
            upstream.requests.clear()
            upstream.peak = 0
            started = time.perf_counter()
            with tempfile.TemporaryDirectory(prefix="daily-papers-bench-") as site:
                Path(site, "mkdocs.yml").write_text(CONFIGURATION, "utf-8")
                Path(site, "docs").mkdir()
                command = [sys.executable, "-m", "daily_papers.cli", "fetch", "--since", first, "--until", last]
                environment = {**os.environ, "HF_ENDPOINT": upstream.url}
                subprocess.run(command, cwd=site, env=environment, stdout=subprocess.DEVNULL, check=True)
            fetch, peak, requests = time.perf_counter() - started, upstream.peak, len(upstream.requests)
            started = time.perf_counter()
            with httpx.Client(base_url=upstream.url) as client:
                for date in dates:
                    client.get("/api/daily_papers", params={"date": date, "limit": 100}).raise_for_status()
            loop = time.perf_counter() - started
            print(
                f"{len(dates)} dates: fetch {fetch:.1f} s, {requests} requests, {peak} at once at most; "
                f"one after the other {loop:.1f} s, {loop / fetch:.2f} times that of fetch"
            )
