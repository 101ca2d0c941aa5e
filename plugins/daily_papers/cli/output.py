"""Text that the commands print about the outcomes of their jobs.

Lines per outcome begin with its date, as YYYY-MM-DD, or month, as YYYY-MM.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daily_papers.jobs.enrich import EnrichOutcome
from daily_papers.jobs.export import ExportOutcome
from daily_papers.jobs.fetch import FetchOutcome
from daily_papers.jobs.import_ import ImportOutcome, ImportReport
from daily_papers.jobs.relate import RelateOutcome
from daily_papers.jobs.summarize import SummarizeOutcome
from daily_papers.site.attach.attach import AttachReport

NAMED = 5
"""The most files that a line names."""


def count(number: int, noun: str) -> str:
    """Return `number` and `noun`, with a plural `s` unless `number` is 1."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def fetch_line(outcome: FetchOutcome) -> str:
    if outcome.result == "stored":
        text = f"{count(outcome.papers, 'paper')}, {outcome.new} new"
    elif outcome.result == "repeated":
        text = f"nothing new: {count(outcome.papers, 'paper')} of earlier dates, listed again"
    else:
        text = {"empty": "nothing listed", "early": "not published yet"}.get(outcome.result, outcome.result)
    if outcome.rejected:
        text += f", {count(outcome.rejected, 'record')} not read in full (kept in .rejected.json)"
    return f"{outcome.date}  {text}" + (f": {outcome.error}" if outcome.error else "")


def enrich_line(outcome: EnrichOutcome) -> str:
    if outcome.error:
        return str(outcome.error)
    unknown = f", {outcome.unknown} unknown to arXiv" if outcome.unknown else ""
    return f"{outcome.date}  requested {count(outcome.papers, 'paper')} from arXiv{unknown}"


def relate_line(outcome: RelateOutcome) -> str:
    return f"{outcome.date:%Y-%m}  {count(outcome.papers, 'paper')}, {outcome.related} related"


def summarize_line(outcome: SummarizeOutcome) -> str:
    task = outcome.task
    reason = f": {outcome.reason}" if outcome.reason else ""
    return f"{task.dates[0]}  {task.paper_id} {task.language}  {outcome.result}{reason}"


def export_line(outcome: ExportOutcome) -> str:
    return str(outcome.error or outcome.date)


def import_line(outcome: ImportOutcome) -> str:
    is_stored = outcome.result == "stored"
    text = f"{count(outcome.papers, 'paper')}, {outcome.new} new" if is_stored else outcome.result
    files = f", from {outcome.files} files" if outcome.files > 1 else ""
    return f"{outcome.date}  {text}{files}" + (f": {outcome.error}" if outcome.error else "")


def import_problems(report: ImportReport) -> Iterator[str]:
    """Yield a line for each part of the input that was not imported as written."""
    yield from map(str, report.errors)
    yield from report.misdated
    for line in report.unread:
        yield f"{line.at}: not read: {line.reason}"
    for listing in report.repeated:
        yield f"{listing} is listed twice on its date; the first listing is kept and completed from this one"


def import_counts(report: ImportReport, *, dry_run: bool) -> str:
    """Return the contents of the imported digests in numbers, one line per subject."""
    of = report.counts
    lines = ", ".join(f"{of[kind]} {kind}" for kind in ("nested", "numbered", "free"))
    media = ", ".join(
        count(of[kind], kind) for kind in ("thumbnail", "avatar", "image", "animation", "video") if of[kind]
    )
    location = "" if dry_run or not report.unread else "; those of stored dates are in DD.rejected.json"
    return "\n".join(
        (
            f"{count(report.files, 'digest')} of {count(len(report.outcomes), 'day')}"
            f" ({count(report.skipped, 'other Markdown file')} skipped)",
            f"{count(of['papers'], 'paper')}, {of['repeated']} repeated, {count(of['authors'], 'line')} of authors",
            f"votes: {count(of['votes'], 'number')}, {of['dash votes']} '-', {of['no votes']} without",
            f"{count(of['bullets'], 'bullet')}, lines within them: {lines}",
            f"media: {media or 'none'}",
            f"{count(len(report.unread), 'line')} not read{location}",
        )
    )


def attach_lines(report: AttachReport) -> Iterator[str]:
    if report.own_pages:
        yield f"Left out, since the site has a page of its own there: {_first(report.own_pages)}"
    if report.withdrawn:
        yield f"Removed from the site, since these files of the archive are not published: {_first(report.withdrawn)}"
    yield from filter(None, (report.policy, *report.problems))


def _first(names: Sequence[str]) -> str:
    """Return the first of `names`, and the number of the others."""
    others = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {others} more" if others > 0 else "")
