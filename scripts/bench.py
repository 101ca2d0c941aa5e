"""Builds the same days with us and with each peer that is installed, in turn, and prints time and memory.

Whole processes on this machine, as a person would start them; the median over all runs, and the ratio to ours run by
run, since machines are noisy. Holds no threshold: a figure is for people to judge.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import httpx

from daily_papers.archive import read_day, stored_dates, write_day
from daily_papers.dates import weekdays
from daily_papers.digest import render_digest
from daily_papers.models import Day
from daily_papers.sources.huggingface import Gathered, read_answer
from upstream import Upstream

OURS = """\
site_name: Bench
site_url: https://bench.example/
theme: {name: material, font: false}
plugins: [{daily-papers: {fetch: never}}]
"""
BACKFILL = """\
site_name: Bench
plugins: [{daily-papers: {arxiv: false}}]
"""
LATENCY_S = 0.05
STOCK = """\
site_name: Bench
site_url: https://bench.example/
theme: {name: material, font: false}
"""
HUGO = 'baseURL = "https://bench.example/"\ntitle = "Bench"\n'
HUGO_PAGE = "<!doctype html><title>{{ .Title }}</title>{{ .Content }}"
HUGO_LIST = (
    "<!doctype html><title>{{ .Title }}</title>"
    '{{ range .Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}'
)


def main() -> None:
    arguments = _arguments()
    if arguments.backfill:
        _compare_backfills(arguments.folder, arguments.runs)
        return
    days = _days(arguments.folder)
    if arguments.lighthouse:
        from lighthouse import look

        look(days)
        return
    print(f"{len(days)} days, {sum(len(day.papers) for day in days)} papers, {arguments.runs} runs")
    with tempfile.TemporaryDirectory(prefix="daily-papers-bench-") as folder:
        commands = _set_up(Path(folder), days)
        measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
        for command, cwd in commands.values():
            _run(command, cwd, 0)  # so that each finds its bytecode compiled, as every start but the first does
        for number in range(1, arguments.runs + 1):
            for name, (command, cwd) in commands.items():
                measured[name].append(_run(command, cwd, number))
    print(f"{'':24}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'times ours':>12}")
    ours = measured["mkdocs-daily-papers"]
    for name, runs in measured.items():
        ratio = statistics.median(run[0] / our[0] for run, our in zip(runs, ours, strict=True))
        wall, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{name:24}{wall:9.2f}{cpu:9.2f}{peak:9.0f}{ratio:12.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="recorded days, YYYY-MM-DD.json")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--backfill", action="store_true", help="fetch the recorded days instead, at 50 ms a request")
    parser.add_argument("--lighthouse", action="store_true", help="have Lighthouse look at pages instead (needs npm)")
    arguments = parser.parse_args()
    if arguments.backfill and not arguments.folder:
        parser.error("--backfill needs a folder of recorded days")
    return arguments


def _compare_backfills(folder: Path, runs: int) -> None:
    """Fetch the weekdays of `folder` with us, and with a loop that asks for one after the other and keeps nothing."""
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
                _write(Path(site) / "mkdocs.yml", BACKFILL)
                (Path(site) / "docs").mkdir()
                command = [sys.executable, "-m", "daily_papers.cli", "fetch", "--since", first, "--until", last]
                environment = {**os.environ, "HF_ENDPOINT": upstream.url}
                subprocess.run(command, cwd=site, env=environment, stdout=subprocess.DEVNULL, check=True)
            ours, peak, requests = time.perf_counter() - started, upstream.peak, len(upstream.requests)
            started = time.perf_counter()
            with httpx.Client(base_url=upstream.url) as client:
                for date in dates:
                    client.get("/api/daily_papers", params={"date": date, "limit": 100}).raise_for_status()
            loop = time.perf_counter() - started
            print(
                f"{len(dates)} dates: ours {ours:.1f} s, {requests} requests, {peak} at once at the most; "
                f"one after the other {loop:.1f} s, {loop / ours:.2f} times ours"
            )


def _days(folder: Path | None) -> list[Day]:
    if folder is None:
        root = Path(__file__).parent.parent / "docs"
        return [day for date in stored_dates(root) if (day := read_day(root, date))]
    fetched_at = dt.datetime(2026, 8, 21, 3, tzinfo=dt.UTC)
    days = []
    for path in sorted(folder.glob("????-??-??.json")):
        date = dt.date.fromisoformat(path.stem)
        gathered = Gathered(date, fetched_at)
        gathered.add(read_answer(path.read_bytes(), date, fetched_at))
        days.append(gathered.fetched().day)
    return days


def _set_up(folder: Path, days: list[Day]) -> dict[str, tuple[list[str], Path]]:
    """Write one project a builder, of the same days; return the command of each and where to run it."""
    ours, stock, hugo = folder / "ours", folder / "stock", folder / "hugo"
    for day in days:
        write_day(ours / "docs", day)
        digest = render_digest(day, ["ko", "en"])
        _write(stock / "docs" / f"{day.date:%Y/%m/%d}.md", digest)
        _write(hugo / "content" / f"{day.date:%Y/%m/%d}.md", f'---\ntitle: "{day.date}"\n---\n{digest}')
    _write(ours / "mkdocs.yml", OURS)
    _write(stock / "mkdocs.yml", STOCK)
    _write(stock / "docs" / "index.md", "# Bench\n")
    _write(hugo / "hugo.toml", HUGO)
    _write(hugo / "config.toml", HUGO)
    _write(hugo / "layouts/_default/single.html", HUGO_PAGE)
    _write(hugo / "layouts/_default/list.html", HUGO_LIST)
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir"]
    commands = {"mkdocs-daily-papers": (mkdocs, ours), "MkDocs + Material": (mkdocs, stock)}
    if program := shutil.which("hugo"):
        commands["Hugo, bare templates"] = ([program, "--quiet", "--destination"], hugo)
    return commands


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _run(command: list[str], cwd: Path, number: int) -> tuple[float, float, float]:
    """Run one cold build; return its wall seconds, CPU seconds and peak memory in MB (10^6 bytes).

    Each run has a folder of its own: in one that was just emptied ext4 is slow to hand out inodes for some seconds,
    which would be measured instead.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [*command, f"built-{number}"]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
