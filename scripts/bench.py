"""Builds the same days with this plugin and with each installed site generator, and prints time and memory.

Measures whole processes on this machine. Prints medians of all runs; ratios are computed per run, since machines are
noisy. There is no threshold: the figures are for people to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from backfill import compare_backfills
from benchmarks import FULL, HUGO, HUGO_PAGEFIND, make_benchmarks
from daily_papers.model.records import Day
from process_usage import Usage
from sample_days import bundled_days, generated_days, recorded_days, repeat_days

REFERENCES = (FULL, HUGO, HUGO_PAGEFIND)
"""Benchmarks to which the others are compared."""


def main() -> None:
    # A shell makes its background processes ignore SIGINT. Previews would inherit that, and are stopped by SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = _arguments()
    if arguments.backfill:
        compare_backfills(arguments.folder, arguments.runs)
        return
    days = _days(arguments)
    if arguments.lighthouse:
        from lighthouse import print_scores

        print_scores(days)
        return
    if arguments.reader:
        from page_loads import print_page_loads

        print_page_loads(days)
        return
    papers = sum(len(day.papers) for day in days)
    print(f"{len(days)} days, {papers} papers, {arguments.runs} runs", flush=True)
    rows = _measure(days, arguments.runs)
    for line in _table(rows):
        print(line)
    if arguments.json:
        machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
        report = {
            "days": len(days),
            "papers": papers,
            "machine": machine,
            "rows": {name: _summarize(name, rows) for name in rows},
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _measure(days: Sequence[Day], runs: int) -> dict[str, list[Usage]]:
    """Return the usage of each benchmark in each run."""
    with tempfile.TemporaryDirectory(prefix="daily-papers-bench-") as folder:
        benchmarks = make_benchmarks(Path(folder), days)
        for benchmark in benchmarks:
            benchmark.run("first")  # compiles the bytecode, which all later starts find
        rows: dict[str, list[Usage]] = {benchmark.name: [] for benchmark in benchmarks}
        for number in range(runs):
            for benchmark in benchmarks:
                rows[benchmark.name].append(benchmark.run(str(number)))
    return rows


def _table(rows: dict[str, list[Usage]]) -> list[str]:
    compared = [name for name in REFERENCES if name in rows]
    lines = [f"{'':24}{'wall s':>8}{'CPU s':>8}" + "".join(f"{f'/ {name}':>18}" for name in compared) + "  peak MB"]
    for name in rows:
        row = _summarize(name, rows)
        ratios = "".join(f"{row['times'][other]:18.2f}" for other in compared)
        peaks = ", ".join(f"{program} {peak:.0f}" for program, peak in row["peak_mb"].items())
        cpu = "–" if row["cpu_s"] is None else f"{row['cpu_s']:.2f}"
        lines.append(f"{name:24}{row['wall_s']:8.2f}{cpu:>8}{ratios}  {peaks}")
    return lines


def _summarize(name: str, rows: dict[str, list[Usage]]) -> dict[str, Any]:
    """Return the medians of a benchmark's runs, and of their ratios to the reference benchmarks."""
    runs = rows[name]
    cpus = [run.cpu_s for run in runs if run.cpu_s is not None]
    programs = dict.fromkeys(program for run in runs for program in run.peak_mb)
    return {
        "runs": len(runs),
        "wall_s": statistics.median(run.wall_s for run in runs),
        "cpu_s": statistics.median(cpus) if cpus else None,
        "peak_mb": {program: max(run.peak_mb.get(program, 0) for run in runs) for program in programs},
        "times": {
            other: statistics.median(
                run.wall_s / reference.wall_s for run, reference in zip(runs, rows[other], strict=True)
            )
            for other in REFERENCES
            if other in rows
        },
    }


def _days(arguments: argparse.Namespace) -> list[Day]:
    if arguments.days:
        days = generated_days(arguments.days, arguments.papers, arguments.seed)
    elif arguments.folder:
        days = recorded_days(arguments.folder)
    else:
        days = bundled_days()
    return repeat_days(days, arguments.times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="folder of recorded days, YYYY-MM-DD.json; default: the days of this repository",
    )
    parser.add_argument("--days", type=int, help="generate an archive with this number of days instead")
    parser.add_argument("--papers", type=int, default=17, help="average number of papers on a generated day")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated archive")
    parser.add_argument("--times", type=int, default=1, help="repeat the days this number of times, with earlier dates")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the table to this file")
    parser.add_argument("--backfill", action="store_true", help="fetch the recorded days instead, at 50 ms per request")
    parser.add_argument("--lighthouse", action="store_true", help="run Lighthouse on pages instead (needs npm)")
    parser.add_argument(
        "--reader", action="store_true", help="print the requests and bytes of a reader's browser instead"
    )
    arguments = parser.parse_args()
    if arguments.backfill and not arguments.folder:
        parser.error("--backfill needs a folder of recorded days")
    return arguments


if __name__ == "__main__":
    main()
