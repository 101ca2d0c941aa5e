"""Kills each command at random moments, with SIGKILL, and looks at what it leaves behind.

After every kill each stored day has to read and to hold every paper it held before. A command that was killed is run
again, and killed again, on what it left; whenever it comes to its end the archive, or the site, has to be the same,
byte for byte, as that of a run nobody touched, and the next round begins anew. Prints the count of kills and exits 1
at the first promise that was not kept.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.jobs.check import check
from daily_papers.model.dates import weekdays
from tests.chat import ChatModel
from tests.upstream import Upstream, record

COMMANDS = ("fetch", "import", "summarize", "build")
DATES = list(weekdays(dt.date(2026, 6, 1), dt.date(2026, 7, 14)))
PAPERS = 4
SITE = """\
site_name: A site that is killed
plugins:
  - daily-papers:
      fetch: never
      since: 2026-06-01
      arxiv: false
      summaries: {model: a-model}
"""
MAY_DIFFER = ("usage.json",)
"""A call that was under way at a kill is paid for twice."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many, over all commands")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311  # moments, no secrets
    with tempfile.TemporaryDirectory(prefix="daily-papers-crash-") as folder, Upstream() as up, ChatModel() as model:
        bench = _Bench(Path(folder), up, model)
        for number, command in enumerate(COMMANDS):
            kills = (arguments.kills + number) // len(COMMANDS)
            ends = bench.torment(command, kills, chance)
            print(f"{command:10}{kills:4} kills; came to its end {ends} times, each time the same", flush=True)
    print(f"{arguments.kills} kills: every day readable, no paper lost, every run completed")


class _Bench:
    """One site, its upstreams, and the commands that are killed in it, in turn."""

    def __init__(self, folder: Path, upstream: Upstream, model: ChatModel) -> None:
        self.site, self.start = folder / "site", folder / "start"
        self.environment = {
            **os.environ,
            "DAILY_PAPERS_NOW": "2026-07-15T03:17:00Z",
            "HF_ENDPOINT": upstream.url,
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": "not-a-key",
            "SOURCE_DATE_EPOCH": "0",
            "NO_MKDOCS_2_WARNING": "1",
        }
        upstream.latency_s = model.latency_s = 0.03
        for number, date in enumerate(DATES):
            ids = [f"2606.{number:03}{paper:02}" for paper in range(PAPERS)]
            upstream.list_papers(str(date), *(record(paper_id, date=str(date)) for paper_id in ids))
            _write(folder / "digests" / f"{date:%Y/%m/%d}.md", _digest(date, ids))
        ours = [sys.executable, "-m", "daily_papers.cli"]
        self.commands = {
            "fetch": [*ours, "fetch", "--since", str(DATES[0])],
            "import": [*ours, "import", str(folder / "digests")],
            "summarize": [*ours, "summarize", "--since", str(DATES[0])],
            "build": [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        }
        _write(self.start / "mkdocs.yml", SITE)
        (self.start / "docs").mkdir()

    def torment(self, command: str, kills: int, chance: random.Random) -> int:
        """Kill `command` so many times, and return how often it came to its end; where that was is the next start."""
        self.begin_anew()
        started = time.monotonic()
        self.run(command)
        takes_s = time.monotonic() - started
        outcome, ends = self.snapshot(), 0
        self.begin_anew()
        while kills:
            held = self.papers()
            if self.run(command, kill_after_s=chance.uniform(0, takes_s)):
                kills -= 1
                lost = {date: ids - self.papers().get(date, set()) for date, ids in held.items()}
                _expect(not any(lost.values()), f"{command} lost papers: {lost}")
            else:
                _expect(self.snapshot() == outcome, f"{command} ended otherwise than untouched")
                ends += 1
                self.begin_anew()
        self.run(command)
        _expect(self.snapshot() == outcome, f"{command} ended otherwise than untouched")
        shutil.rmtree(self.start)
        shutil.copytree(self.site, self.start)
        return ends + 1

    def begin_anew(self) -> None:
        shutil.rmtree(self.site, ignore_errors=True)
        shutil.copytree(self.start, self.site)

    def run(self, command: str, kill_after_s: float | None = None) -> bool:
        """Run `command`; return whether it was killed, after so many seconds, before it came to its end."""
        with subprocess.Popen(
            self.commands[command],
            cwd=self.site,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                _, errors = process.communicate(timeout=kill_after_s)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                return True
        _expect(process.returncode == 0, f"{command} exits {process.returncode}: {errors}")
        return False

    def papers(self) -> dict[dt.date, set[str]]:
        """Return the ids stored of each date. Raises ArchiveError if one does not read."""
        root = self.site / "docs"
        days = (read_day(root, date) for date in stored_dates(root))
        return {day.date: {paper.id for paper in day.papers} for day in days if day}

    def snapshot(self) -> dict[str, bytes]:
        """Return every file of an archive that is sound, and of the site, but for what a kill may change."""
        faults = list(check(self.site / "docs"))
        _expect(not faults, f"the archive is not sound: {faults}")
        # What is kept for the next build may be there or not.
        files = (
            path
            for path in self.site.rglob("*")
            if path.is_file() and path.name not in MAY_DIFFER and ".cache" not in path.parts
        )
        return {str(path.relative_to(self.site)): path.read_bytes() for path in files}


def _digest(date: dt.date, ids: list[str]) -> str:
    papers = "\n".join(
        f"### [Paper {paper_id}](https://arxiv.org/abs/{paper_id})\n\nVote: 1\n\nAuthors: Ada Brook\n\n- 물은 흐른다.\n"
        for paper_id in ids
    )
    return f"## Daily Papers ({date})\n\n{papers}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(otherwise)


if __name__ == "__main__":
    main()
