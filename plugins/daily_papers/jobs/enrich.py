"""Enrich stored papers with arXiv's metadata: categories, comment, DOI, and the order of authors.

Runs after the days are stored, so that arXiv never delays a page. Each answer is stored at once: a run can end at any
time, and the next one continues from there.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from daily_papers.archive.day_files import read_day
from daily_papers.archive.file_io import remove
from daily_papers.archive.json_maps import read_json, write_map
from daily_papers.errors import SourceError
from daily_papers.jobs.base import (
    OnStart,
    Report,
    Run,
    ignore,
    read_or_quarantine,
    readable_days,
    update_papers,
    write_access,
)
from daily_papers.model.records import Paper
from daily_papers.net import event_loop
from daily_papers.sources.arxiv_api import MAX_IDS, ArxivPaper, ArxivQuery, open_arxiv

MAX_TRIES = 5
"""After this many runs in which arXiv did not know a paper, it is asked for no more."""
NIGHTLY_RUN_S = 1800.0
"""Time limit of a run without a range of dates: 600 requests, some 60,000 papers."""
UNKNOWN_FILE = "arxiv.json"
"""Holds the number of runs in which arXiv did not know a paper, by id."""

_unknown_decoder = msgspec.json.Decoder(dict[str, int])


class EnrichOutcome(msgspec.Struct, frozen=True):
    """The result of one request."""

    date: dt.date
    """The newest date that lists one of its papers."""
    papers: int
    unknown: int = 0
    """Papers that arXiv does not know."""
    error: SourceError | None = None


class EnrichReport(Report[EnrichOutcome], frozen=True, kw_only=True):
    """The result of a run. `left` counts papers that were not asked for, or whose request failed."""

    def __str__(self) -> str:
        """Return the number of papers of each result in one line."""
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
    on_start: OnStart = ignore,
    on_outcome: Callable[[EnrichOutcome], None] = ignore,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> EnrichReport:
    """Ask arXiv for the papers from `since` to `until` that lack its metadata, the newest dates first.

    `on_start` receives the number of requests. The run ends at the first request that fails after its retries, or
    after `run_s` seconds. Raises ArchiveError if a file cannot be written or another run is writing, and FetchError if
    the endpoint is not a valid address. KeyboardInterrupt passes.
    """
    with write_access(root):
        unknown = read_or_quarantine(lambda: read_unknown(root)) or {}
        wanted = _wanted(root, unknown, since, until)
        ids = list(wanted)
        batches = [ids[start : start + MAX_IDS - 1] for start in range(0, len(ids), MAX_IDS - 1)]
        on_start(len(batches))

        async def ask() -> _EnrichRun:
            async with open_arxiv(sleep=sleep, clock=clock) as arxiv:
                run = _EnrichRun(root, arxiv, wanted, unknown, on_outcome)
                # arXiv's terms of use allow one connection at a time.
                await run.process(batches, run.enrich_batch, at_once=1, run_s=run_s)
                return run

        run = event_loop.run(ask())
    answered = sum(outcome.papers for outcome in run.outcomes if not outcome.error)
    return EnrichReport(outcomes=tuple(run.outcomes), left=len(ids) - answered, stopped_by=run.stopped_by)


def read_unknown(root: Path) -> dict[str, int]:
    """Return the number of runs in which arXiv did not know a paper, by id. Raises ArchiveError."""
    return read_json(root / UNKNOWN_FILE, _unknown_decoder, remedy="delete it") or {}


class _EnrichRun(Run[EnrichOutcome]):
    """The state of one call of enrich_archive."""

    def __init__(
        self,
        root: Path,
        arxiv: ArxivQuery,
        wanted: dict[str, list[dt.date]],
        unknown: dict[str, int],
        on_outcome: Callable[[EnrichOutcome], None],
    ) -> None:
        super().__init__(root, on_outcome)
        self._arxiv, self._wanted, self._unknown = arxiv, wanted, unknown

    async def enrich_batch(self, ids: Sequence[str]) -> EnrichOutcome:
        """Ask for the papers `ids` and store the answer; a failure stops the run."""
        date = self._wanted[ids[0]][0]
        try:
            found = await self._arxiv.fetch_papers(ids)
        except SourceError as e:
            self.stop(str(e))
            return EnrichOutcome(date, len(ids), error=e)
        self._store(found)
        self._count_unknown(ids, found)
        return EnrichOutcome(date, len(ids), unknown=len(ids) - len(found))

    def _store(self, found: dict[str, ArxivPaper]) -> None:
        """Write the metadata to each date that lists one of the papers."""

        def update(paper: Paper) -> Paper:
            return enrich(paper, found[paper.id]) if paper.id in found else paper

        for date in sorted({date for paper_id in found for date in self._wanted[paper_id]}, reverse=True):
            if day := read_day(self.root, date):
                update_papers(self.root, day, update)

    def _count_unknown(self, ids: Sequence[str], found: dict[str, ArxivPaper]) -> None:
        """Count one more run for each of `ids` that was not found, and write UNKNOWN_FILE."""
        for paper_id in ids:
            if paper_id in found:
                self._unknown.pop(paper_id, None)
            else:
                self._unknown[paper_id] = self._unknown.get(paper_id, 0) + 1
        path = self.root / UNKNOWN_FILE
        if self._unknown:
            write_map(path, self._unknown)
        else:
            remove(path)


def enrich(paper: Paper, known: ArxivPaper) -> Paper:
    """Return `paper` with arXiv's metadata. Title and abstract stay: they are plain text, arXiv's are LaTeX."""
    return msgspec.structs.replace(paper, arxiv=known.arxiv, authors=known.authors or paper.authors)


def _wanted(
    root: Path, unknown: dict[str, int], since: dt.date | None, until: dt.date | None
) -> dict[str, list[dt.date]]:
    """Return the dates that list a paper by its id, for each paper to ask for, newest date first."""
    wanted: defaultdict[str, list[dt.date]] = defaultdict(list)
    for day in readable_days(root, newest_first=True):
        for paper in day.papers:
            if (since or day.date) <= day.date <= (until or day.date) and _is_asked_for(paper, unknown):
                wanted[paper.id].append(day.date)
    return wanted


def _is_asked_for(paper: Paper, unknown: dict[str, int]) -> bool:
    return paper.arxiv is None and paper.is_on_arxiv and unknown.get(paper.id, 0) < MAX_TRIES
