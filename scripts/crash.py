"""Kills each command at random moments with SIGKILL, and checks the files that remain.

After every kill, each stored day must be readable and contain every paper it had before. The killed command is run
again on these files, and killed again. When it completes, the archive or site must have the same bytes as after a run
without kills; the next round then starts from the beginning. Prints the number of kills. Exits 1 at the first failed
check.
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
"""Files that a kill may change: a call to the model in progress at a kill is paid for twice."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="number of kills, of all commands together")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random moments")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311  # no secret depends on it
    with tempfile.TemporaryDirectory(prefix="daily-papers-crash-") as folder, Upstream() as up, ChatModel() as model:
        testbed = _Testbed(Path(folder), up, model)
        for number, command in enumerate(COMMANDS):
            kills = (arguments.kills + number) // len(COMMANDS)
            completions = testbed.kill_repeatedly(command, kills, chance)
            print(
                f"{command:10}{kills:4} kills; completed {completions} times, each time with the same result",
                flush=True,
            )
    print(f"{arguments.kills} kills: every day readable, no paper lost, every run completed")


class _Testbed:
    """A site, its upstreams, and the commands to kill."""

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
        program = [sys.executable, "-m", "daily_papers.cli"]
        self.commands = {
            "fetch": [*program, "fetch", "--since", str(DATES[0])],
            "import": [*program, "import", str(folder / "digests")],
            "summarize": [*program, "summarize", "--since", str(DATES[0])],
            "build": [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        }
        _write(self.start / "mkdocs.yml", SITE)
        (self.start / "docs").mkdir()

    def kill_repeatedly(self, command: str, kills: int, chance: random.Random) -> int:
        """Kill `command` `kills` times. Return the number of runs that completed.

        The files after a completed run are the start for the next command.
        """
        self.reset()
        started = time.monotonic()
        self.run(command)
        duration_s = time.monotonic() - started
        outcome, completions = self.snapshot(), 0
        self.reset()
        while kills:
            papers_before = self.papers()
            if self.run(command, kill_after_s=chance.uniform(0, duration_s)):
                kills -= 1
                lost = {date: ids - self.papers().get(date, set()) for date, ids in papers_before.items()}
                _expect(not any(lost.values()), f"{command} lost papers: {lost}")
            else:
                _expect(self.snapshot() == outcome, f"{command} had another result than without kills")
                completions += 1
                self.reset()
        self.run(command)
        _expect(self.snapshot() == outcome, f"{command} had another result than without kills")
        shutil.rmtree(self.start)
        shutil.copytree(self.site, self.start)
        return completions + 1

    def reset(self) -> None:
        """Restore the files that the current command starts from."""
        shutil.rmtree(self.site, ignore_errors=True)
        shutil.copytree(self.start, self.site)

    def run(self, command: str, kill_after_s: float | None = None) -> bool:
        """Run `command`, and kill it after `kill_after_s` seconds. Return False if it completed before."""
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
        """Return the stored ids by date. Raises ArchiveError if a day cannot be read."""
        root = self.site / "docs"
        days = (read_day(root, date) for date in stored_dates(root))
        return {day.date: {paper.id for paper in day.papers} for day in days if day}

    def snapshot(self) -> dict[str, bytes]:
        """Check the archive, and return the bytes of its files and of the site, except those that a kill may change."""
        faults = list(check(self.site / "docs"))
        _expect(not faults, f"the archive has faults: {faults}")
        # The cache for the next build may exist or not.
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


def _expect(condition: bool, failure: str) -> None:
    if not condition:
        raise SystemExit(failure)


if __name__ == "__main__":
    main()
