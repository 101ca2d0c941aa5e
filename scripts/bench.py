"""Builds the same days with us and with each peer that is installed, in turn, and prints time and memory.

Whole processes on this machine, as a person would start them; medians over all runs, and ratios run by run, since
machines are noisy. Holds no threshold: a figure is for people to judge.
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

from archives import bundled_days, generated_days, recorded_days, repeated
from backfill import compare_backfills
from daily_papers.model.records import Day
from measuring import Taken
from subjects import FULL, HUGO, HUGO_PAGEFIND, make_subjects

COMPARED = (FULL, HUGO, HUGO_PAGEFIND)
"""What the others are set against."""


def main() -> None:
    # A script that runs this in its background has it ignore Ctrl+C, and so would the previews, which are ended by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = _arguments()
    if arguments.backfill:
        compare_backfills(arguments.folder, arguments.runs)
        return
    days = _days(arguments)
    if arguments.lighthouse:
        from lighthouse import look

        look(days)
        return
    if arguments.reader:
        from reader import read

        read(days)
        return
    papers = sum(len(day.papers) for day in days)
    print(f"{len(days)} days, {papers} papers, {arguments.runs} runs", flush=True)
    rows = _measure(days, arguments.runs)
    for line in _table(rows):
        print(line)
    if arguments.json:
        machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
        told = {
            "days": len(days),
            "papers": papers,
            "machine": machine,
            "rows": {name: _told(name, rows) for name in rows},
        }
        arguments.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _measure(days: Sequence[Day], runs: int) -> dict[str, list[Taken]]:
    """Return what each subject took in each run."""
    with tempfile.TemporaryDirectory(prefix="daily-papers-bench-") as folder:
        subjects = make_subjects(Path(folder), days)
        for subject in subjects:
            subject.take("first")  # finds its bytecode compiled afterwards, as every start but the first
        rows: dict[str, list[Taken]] = {subject.name: [] for subject in subjects}
        for number in range(runs):
            for subject in subjects:
                rows[subject.name].append(subject.take(str(number)))
    return rows


def _table(rows: dict[str, list[Taken]]) -> list[str]:
    compared = [name for name in COMPARED if name in rows]
    lines = [f"{'':24}{'wall s':>8}{'CPU s':>8}" + "".join(f"{f'/ {name}':>18}" for name in compared) + "  peak MB"]
    for name in rows:
        told = _told(name, rows)
        ratios = "".join(f"{told['times'][other]:18.2f}" for other in compared)
        peaks = ", ".join(f"{program} {peak:.0f}" for program, peak in told["peak_mb"].items())
        cpu = "–" if told["cpu_s"] is None else f"{told['cpu_s']:.2f}"
        lines.append(f"{name:24}{told['wall_s']:8.2f}{cpu:>8}{ratios}  {peaks}")
    return lines


def _told(name: str, rows: dict[str, list[Taken]]) -> dict[str, Any]:
    """Return the medians of a row, and of its ratios to those it is compared with."""
    runs = rows[name]
    cpus = [run.cpu_s for run in runs if run.cpu_s is not None]
    programs = dict.fromkeys(program for run in runs for program in run.peak_mb)
    return {
        "runs": len(runs),
        "wall_s": statistics.median(run.wall_s for run in runs),
        "cpu_s": statistics.median(cpus) if cpus else None,
        "peak_mb": {program: max(run.peak_mb.get(program, 0) for run in runs) for program in programs},
        "times": {
            other: statistics.median(run.wall_s / its.wall_s for run, its in zip(runs, rows[other], strict=True))
            for other in COMPARED
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
    return repeated(days, arguments.times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="recorded days, YYYY-MM-DD.json; else this repository's")
    parser.add_argument("--days", type=int, help="generate an archive of so many days instead")
    parser.add_argument("--papers", type=int, default=17, help="papers of a generated day, on the average")
    parser.add_argument("--seed", type=int, default=1, help="of what is generated")
    parser.add_argument("--times", type=int, default=1, help="take the days so many times, of earlier dates")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the table here, too")
    parser.add_argument("--backfill", action="store_true", help="fetch the recorded days instead, at 50 ms a request")
    parser.add_argument("--lighthouse", action="store_true", help="have Lighthouse look at pages instead (needs npm)")
    parser.add_argument("--reader", action="store_true", help="print what a reader's browser loads instead")
    arguments = parser.parse_args()
    if arguments.backfill and not arguments.folder:
        parser.error("--backfill needs a folder of recorded days")
    return arguments


if __name__ == "__main__":
    main()
