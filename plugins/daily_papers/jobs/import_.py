"""Import digests and exports into the archive.

Each date found is merged with its stored day. `import_discovery` finds and reads the files, `formats.digest` parses a
digest, and `model.merge` merges. The ledger does not change, since upstream is not asked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import reduce
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.day_files import read_day, read_rejected, write_day, write_rejected
from daily_papers.archive.file_io import archive_lock
from daily_papers.errors import DailyPapersError, DigestError
from daily_papers.formats.digest import LANGUAGE, ItemKind, contradicts
from daily_papers.formats.digest_writer import render_digest
from daily_papers.jobs.base import OnStart, Report, count_results, ignore
from daily_papers.jobs.import_discovery import DigestPart, ExportedDay, discover, read_exported
from daily_papers.model.merge import add_rejected_lines, merge_days
from daily_papers.model.records import Day, Paper, Rejected

Result = Literal["stored", "unchanged", "failed"]


class ImportOutcome(msgspec.Struct, frozen=True):
    """The result of one date; in a dry run, the result that an import would have."""

    date: dt.date
    result: Result
    papers: int = 0
    """Papers stored now."""
    new: int = 0
    """Papers that were not stored before."""
    files: int = 1
    """Places in which the date was found. Where they differ, the last one wins, by the rules of merging."""
    error: DailyPapersError | None = None
    """Why the date failed. Its stored day is unchanged."""


class ImportReport(Report[ImportOutcome], frozen=True, kw_only=True):
    """The result of an import, by date, oldest first."""

    files: int
    """Digests that were read."""
    exported: int
    """Days of exports."""
    skipped: int
    """Other Markdown files, and symbolic links, in the same folders and zip files."""
    counts: Counter[ItemKind]
    unread: tuple[Rejected, ...]
    """By date, the lines that could not be read, and the entries that a later file contradicts."""
    repeated: tuple[str, ...]
    """Location and id of each paper that a digest lists a second time for a date."""
    misdated: tuple[str, ...]
    """A message for each digest whose heading has another date than its path."""
    errors: tuple[DigestError, ...]
    """Files, members and lines that could not be read at all."""

    @property
    def complete(self) -> bool:
        """True if every file, date and line was imported."""
        return not (self.errors or self.unread or self.misdated or any(outcome.error for outcome in self.outcomes))

    @property
    def usable(self) -> bool:
        """True if at least one date was imported."""
        return any(outcome.result != "failed" for outcome in self.outcomes)

    def __str__(self) -> str:
        """Return the number of dates of each result in one line."""
        return count_results(self.outcomes) or "nothing"


def import_digests(
    root: Path,
    paths: Iterable[Path],
    *,
    today: dt.date = dt.date.max,
    dry_run: bool = False,
    on_start: OnStart = ignore,
    on_outcome: Callable[[ImportOutcome], None] = ignore,
) -> ImportReport:
    """Merge the digests and exports that `paths` lead to into the archive below `root`; `dry_run` writes nothing.

    See `discover` for `paths` and `today`. A date of an export is merged like a fetched one; if it is not stored yet,
    the new file has the bytes of the exported one. A file or date that fails does not affect the others. A repeated
    import changes no byte. `on_start` receives the number of dates. Raises ArchiveError if another run is writing.
    KeyboardInterrupt passes, and stored dates stay stored.
    """
    found = discover(paths, today=today)
    dates = sorted(found.digests.keys() | found.exported.keys())
    on_start(len(dates))
    outcomes, unread = [], []
    with nullcontext() if dry_run else archive_lock(root):
        for date in dates:
            parts, exported = found.digests.get(date, []), found.exported.get(date, [])
            lines = [*(line for part in parts for line in part.rejected), *_contradicted(parts)]
            unread.extend(lines)
            outcomes.append(_store(root, date, parts, exported, lines, dry_run=dry_run))
            on_outcome(outcomes[-1])
    return ImportReport(
        outcomes=tuple(outcomes),
        files=found.files,
        exported=sum(map(len, found.exported.values())),
        skipped=found.skipped,
        counts=found.counts,
        unread=tuple(unread),
        repeated=tuple(found.repeated),
        misdated=tuple(found.misdated),
        errors=tuple(found.errors),
    )


def _store(
    root: Path,
    date: dt.date,
    parts: list[DigestPart],
    exported: list[ExportedDay],
    lines: list[Rejected],
    *,
    dry_run: bool,
) -> ImportOutcome:
    """Merge the exports and digests of `date`, and the unread `lines` of the digests, with the stored day."""
    files = len(parts) + len(exported)
    try:
        stored = read_day(root, date)
        stored_lines = read_rejected(root, date) if lines else ()
        day = _merge(stored, parts, exported)
        unread = add_rejected_lines(stored_lines, lines)
        is_new, has_new_lines = day != stored and bool(exported or (day and day.papers)), unread != stored_lines
        if day and is_new and not dry_run:
            write_day(root, day)
        if has_new_lines and not dry_run:
            write_rejected(root, date, unread)
    except DailyPapersError as e:
        return ImportOutcome(date, "failed", files=files, error=e)
    papers, before = (len(one.papers) if one else 0 for one in (day, stored))
    result: Result = "stored" if is_new or has_new_lines else "unchanged"
    return ImportOutcome(date, result, papers=papers, new=papers - before, files=files)


def _merge(stored: Day | None, parts: list[DigestPart], exported: list[ExportedDay]) -> Day | None:
    """Return the stored day of a date merged with its exports, then with its digests."""
    day = stored
    for one in exported:
        # An export may be limited to some papers, or lack hidden ones: a paper is never removed because of it.
        day = merge_days(day, read_exported(one), lists_all=False)
    if parts:
        found = reduce(merge_days, (part.day for part in parts))
        day = merge_days(day, _without_known(found, day) if day else found)
    return day


def _without_known(found: Day, stored: Day) -> Day:
    """Return `found` without values that a digest states less precisely than the stored day.

    A digest has neither the language and author of a bullet nor the date of a vote. A digest exported from the archive
    would otherwise replace the full values by its own.
    """
    papers = {paper.id: paper for paper in stored.papers}
    return msgspec.structs.replace(
        found, papers=tuple(_without_known_values(paper, papers.get(paper.id)) for paper in found.papers)
    )


def _without_known_values(paper: Paper, stored: Paper | None) -> Paper:
    if stored is None:
        return paper
    known = {summary.bullets for summary in stored.summaries.values()}
    summaries = {code: summary for code, summary in paper.summaries.items() if summary.bullets not in known}
    if stored.vote_history and paper.votes == stored.votes:
        return msgspec.structs.replace(paper, summaries=summaries, votes=None, vote_history=())
    return msgspec.structs.replace(paper, summaries=summaries)


def _contradicted(parts: list[DigestPart]) -> Iterator[Rejected]:
    """Yield each paper that a later digest of the same date contradicts, as its entry in a digest."""
    for position, part in enumerate(parts):
        later = [paper for other in parts[position + 1 :] for paper in other.day.papers]
        for paper in part.day.papers:
            if any(other.id == paper.id and contradicts(paper, other, part.day.date) for other in later):
                entry = render_digest(msgspec.structs.replace(part.day, papers=(paper,)), [LANGUAGE])
                reason = f"{paper.id} is different in another file of this date, which was read later and is used"
                yield Rejected(id=None, reason=reason, at=part.name, record=msgspec.Raw(msgspec.json.encode(entry)))
