"""Enriching: what arXiv knows of the stored papers, asked for after the days are stored and never in their way.

An archive folder goes in; its day files get `arxiv` and the true order of authors, and one Outcome a request comes out.
Each answer is stored as soon as it is there, so a run can end anywhere and the next one goes on from there.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from daily_papers.archive.day_files import read_day, stored_dates, write_day
from daily_papers.archive.file_io import archive_lock, quarantine, remove, remove_stale_temp_files
from daily_papers.archive.json_maps import read_json, write_map
from daily_papers.errors import ArchiveError, SourceError
from daily_papers.model.records import Paper
from daily_papers.sources.arxiv_api import MAX_IDS, ArxivPaper, ArxivQuery, open_arxiv

MOST_TRIES = 5
"""After so many runs in which arXiv did not know a paper it is asked for no more."""
NIGHT_S = 1800.0
"""How long a run may take that was not asked for any range: 600 requests, some 60,000 papers."""
UNKNOWN_FILE = "arxiv.json"

_unknown_decoder = msgspec.json.Decoder(dict[str, int])

_log = logging.getLogger("daily_papers")


class Outcome(msgspec.Struct, frozen=True):
    """What became of one request's papers. `date` is the newest date that one of them is listed on."""

    date: dt.date
    papers: int
    unknown: int = 0
    """How many arXiv does not know."""
    error: SourceError | None = None


class Report(msgspec.Struct, frozen=True):
    outcomes: tuple[Outcome, ...]
    left: int = 0
    """Papers that were not asked for, or asked for in vain."""
    stopped_by: str = ""

    @property
    def complete(self) -> bool:
        return not self.left

    def __str__(self) -> str:
        """Say what came of it in one line."""
        answered = [outcome for outcome in self.outcomes if not outcome.error]
        unknown = sum(outcome.unknown for outcome in answered)
        parts = [f"{sum(outcome.papers for outcome in answered) - unknown} papers enriched"] if answered else []
        if unknown:
            parts.append(f"{unknown} not known there")
        if self.left:
            parts.append(f"{self.left} left for the next run: {self.stopped_by}")
        return ", ".join(parts) or "nothing to ask"


def enrich_archive(
    root: Path,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    run_s: float | None = None,
    on_start: Callable[[int], None] = lambda count: None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Ask arXiv for the papers, from `since` to `until`, of which it has not told yet, the newest dates first.

    `on_start` is told how many requests that takes. The first one that comes to nothing, after its retries, ends the
    run, and so do `run_s` seconds. Raises ArchiveError if a file cannot be written or another run is writing,
    FetchError if the endpoint is no address; KeyboardInterrupt passes.
    """
    with archive_lock(root):
        remove_stale_temp_files(root)
        unknown = _readable_unknown(root)
        wanted = _wanted(root, unknown, since, until)
        ids = list(wanted)
        batches = [ids[start : start + MAX_IDS - 1] for start in range(0, len(ids), MAX_IDS - 1)]
        on_start(len(batches))
        run = _Run(root, wanted, unknown, on_outcome)

        async def ask() -> None:
            async with open_arxiv(sleep=sleep, clock=clock) as arxiv, asyncio.timeout(run_s):
                await run.through(batches, arxiv)

        try:
            asyncio.run(ask())
        except TimeoutError:
            run.stopped_by = f"the {run_s:g} s of this run are over"
    answered = sum(outcome.papers for outcome in run.outcomes if not outcome.error)
    return Report(tuple(run.outcomes), len(ids) - answered, run.stopped_by)


def read_unknown(root: Path) -> dict[str, int]:
    """Return in how many runs arXiv did not know a paper, by id. Raises ArchiveError if the file does not read."""
    return read_json(root / UNKNOWN_FILE, _unknown_decoder, remedy="delete it") or {}


class _Run:
    """One call of enrich_archive."""

    def __init__(
        self,
        root: Path,
        wanted: dict[str, list[dt.date]],
        unknown: dict[str, int],
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        self.root, self.wanted, self.unknown, self.on_outcome = root, wanted, unknown, on_outcome
        self.outcomes: list[Outcome] = []
        self.stopped_by = ""

    async def through(self, batches: Sequence[Sequence[str]], arxiv: ArxivQuery) -> None:
        for ids in batches:
            date = self.wanted[ids[0]][0]
            try:
                found = await arxiv.fetch_papers(ids)
            except SourceError as e:
                self.stopped_by = str(e)
                self.finish(Outcome(date, len(ids), error=e))
                return
            self.store(found)
            self.note_unknown(ids, found)
            self.finish(Outcome(date, len(ids), unknown=len(ids) - len(found)))

    def store(self, found: dict[str, ArxivPaper]) -> None:
        """Write what was found to every date its papers are listed on, as these are stored at this moment."""
        dates = sorted({date for paper_id in found for date in self.wanted[paper_id]}, reverse=True)
        for date in dates:
            if day := read_day(self.root, date):
                papers = tuple(enrich(paper, found[paper.id]) if paper.id in found else paper for paper in day.papers)
                write_day(self.root, msgspec.structs.replace(day, papers=papers))

    def note_unknown(self, ids: Sequence[str], found: dict[str, ArxivPaper]) -> None:
        for paper_id in ids:
            if paper_id in found:
                self.unknown.pop(paper_id, None)
            else:
                self.unknown[paper_id] = self.unknown.get(paper_id, 0) + 1
        path = self.root / UNKNOWN_FILE
        if self.unknown:
            write_map(path, self.unknown)
        else:
            remove(path)

    def finish(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.on_outcome(outcome)


def enrich(paper: Paper, known: ArxivPaper) -> Paper:
    """Return `paper` with what arXiv knows; its title and abstract stay plain text, arXiv's are LaTeX."""
    return msgspec.structs.replace(paper, arxiv=known.arxiv, authors=known.authors or paper.authors)


def _wanted(
    root: Path, unknown: dict[str, int], since: dt.date | None, until: dt.date | None
) -> dict[str, list[dt.date]]:
    """Return the ids to ask for with the dates that list them, newest first."""
    wanted: defaultdict[str, list[dt.date]] = defaultdict(list)
    for date, paper in _stored_papers(root):
        if (since or date) <= date <= (until or date) and _is_asked_for(paper, unknown):
            wanted[paper.id].append(date)
    return wanted


def _is_asked_for(paper: Paper, unknown: dict[str, int]) -> bool:
    return paper.arxiv is None and paper.is_on_arxiv and unknown.get(paper.id, 0) < MOST_TRIES


def _stored_papers(root: Path) -> Iterator[tuple[dt.date, Paper]]:
    """Yield every paper of every date that reads, the newest date first."""
    for date in reversed(stored_dates(root)):
        with suppress(ArchiveError):  # a fetch deals with it, and `check` names it
            if day := read_day(root, date):
                yield from ((date, paper) for paper in day.papers)


def _readable_unknown(root: Path) -> dict[str, int]:
    try:
        return read_unknown(root)
    except ArchiveError as e:
        aside = quarantine(e.path)
        _log.warning("%s; it is now %s", e, aside.name)
        return {}
