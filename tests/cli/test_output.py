"""The lines that commands print about outcomes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from daily_papers.cli.output import (
    count,
    enrich_line,
    export_line,
    fetch_line,
    import_counts,
    import_line,
    import_problems,
    relate_line,
    summarize_line,
)
from daily_papers.errors import ArchiveError, DigestError, SourceError
from daily_papers.jobs.enrich import EnrichOutcome
from daily_papers.jobs.export import ExportOutcome
from daily_papers.jobs.fetch import FetchOutcome
from daily_papers.jobs.import_ import ImportOutcome, ImportReport
from daily_papers.jobs.relate import RelateOutcome
from daily_papers.jobs.summarize import SummarizeOutcome
from daily_papers.model.records import Rejected
from daily_papers.summaries.plan import Task
from daily_papers.summaries.prompt import read_prompt

DATE = dt.date(2026, 7, 15)
ERROR = SourceError("HTTP 503", source="huggingface", url="https://huggingface.co")


def test_a_count_has_a_plural_s_except_for_1() -> None:
    assert [count(number, "paper") for number in (0, 1, 2)] == ["0 papers", "1 paper", "2 papers"]


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (FetchOutcome(DATE, "stored", papers=1, new=0), "2026-07-15  1 paper, 0 new"),
        (FetchOutcome(DATE, "unchanged", papers=3), "2026-07-15  unchanged"),
        (FetchOutcome(DATE, "empty"), "2026-07-15  nothing listed"),
        (FetchOutcome(DATE, "early"), "2026-07-15  not published yet"),
        (FetchOutcome(DATE, "not asked"), "2026-07-15  not asked"),
        (FetchOutcome(DATE, "failed", error=ERROR), f"2026-07-15  failed: {ERROR}"),
        (
            FetchOutcome(DATE, "stored", papers=2, new=2, rejected=1),
            "2026-07-15  2 papers, 2 new, 1 record not read in full (kept in .rejected.json)",
        ),
    ],
)
def test_a_fetched_date_has_its_result_its_rejected_records_and_its_error(outcome: FetchOutcome, line: str) -> None:
    assert fetch_line(outcome) == line


def test_a_request_to_arxiv_has_the_number_of_papers_or_its_error() -> None:
    assert enrich_line(EnrichOutcome(DATE, 3)) == "2026-07-15  requested 3 papers from arXiv"
    assert enrich_line(EnrichOutcome(DATE, 3, 1)) == "2026-07-15  requested 3 papers from arXiv, 1 unknown to arXiv"
    assert enrich_line(EnrichOutcome(DATE, 3, error=ERROR)) == str(ERROR)


def test_a_month_of_related_papers_has_both_numbers() -> None:
    assert relate_line(RelateOutcome(DATE.replace(day=1), 40, 31)) == "2026-07  40 papers, 31 related"


def test_an_exported_date_has_its_error_if_there_is_one() -> None:
    assert export_line(ExportOutcome(DATE)) == "2026-07-15"
    error = ArchiveError("cannot be read", path=Path("14.json"))
    assert export_line(ExportOutcome(DATE, error)) == str(error)


def test_a_summary_has_its_paper_its_language_and_the_reason_of_a_failure(tmp_path: Path) -> None:
    task = Task("2607.00001", "ko", "One", "An abstract.", (DATE,), read_prompt(tmp_path, "ko"))
    assert summarize_line(SummarizeOutcome(task, "summarized")) == "2026-07-15  2607.00001 ko  summarized"
    failed = SummarizeOutcome(task, "failed", "no bullet")
    assert summarize_line(failed) == "2026-07-15  2607.00001 ko  failed: no bullet"


def test_an_imported_date_has_its_papers_or_result_and_the_number_of_files() -> None:
    assert import_line(ImportOutcome(DATE, "stored", papers=2, new=1)) == "2026-07-15  2 papers, 1 new"
    assert import_line(ImportOutcome(DATE, "unchanged", papers=2, files=3)) == "2026-07-15  unchanged, from 3 files"
    assert import_line(ImportOutcome(DATE, "failed", error=ERROR)) == f"2026-07-15  failed: {ERROR}"


UNREAD = Rejected(id=None, reason="unknown kind", at="2026/07/15.md:9", record=msgspec.Raw(b'"x"'))
REPORT = ImportReport(
    outcomes=(ImportOutcome(DATE, "stored"),),
    files=1,
    exported=0,
    skipped=2,
    counts=Counter({"papers": 2, "votes": 1, "no votes": 1, "bullets": 3, "nested": 1, "image": 2, "video": 1}),
    unread=(UNREAD,),
    repeated=("2026/07/15.md:13: 2607.00001",),
    misdated=("2026/07/15.md: the heading has 2026-07-14",),
    errors=(DigestError("is not there", location="nowhere"),),
)


def test_an_import_names_each_problem_by_its_place() -> None:
    assert list(import_problems(REPORT)) == [
        str(REPORT.errors[0]),
        "2026/07/15.md: the heading has 2026-07-14",
        "2026/07/15.md:9: not read: unknown kind",
        "2026/07/15.md:13: 2607.00001 is listed twice on its date; the first listing is kept and completed from this"
        " one",
    ]


@pytest.mark.parametrize(
    ("dry_run", "unread"),
    [(False, "1 line not read; those of stored dates are in DD.rejected.json"), (True, "1 line not read")],
)
def test_an_import_counts_the_contents_of_its_digests(dry_run: bool, unread: str) -> None:
    assert import_counts(REPORT, dry_run=dry_run).splitlines() == [
        "1 digest of 1 day (2 other Markdown files skipped)",
        "2 papers, 0 repeated, 0 lines of authors",
        "votes: 1 number, 0 '-', 1 without",
        "3 bullets, lines within them: 1 nested, 0 numbered, 0 free",
        "media: 2 images, 1 video",
        unread,
    ]
