"""Export in Parquet: one row for each paper on each date, in FOLDER/year=2024/month=03/part-0.parquet.

The folders are Hive partitions. DuckDB, Spark, Trino and BigQuery recognize them, and open one file for the query of a
month. Rows are ordered by date, then by rank. Files are compressed with zstd. A count above 32 bits, which no real
paper has, is stored as the largest 32-bit integer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daily_papers.archive.topics import Taxonomy
from daily_papers.errors import ExportError
from daily_papers.formats.exports.columns import paper_columns
from daily_papers.model.records import Day, Paper

if TYPE_CHECKING:
    import pyarrow as pa

MAX_INT32 = 2**31 - 1

_FOLDER = re.compile(r"year=[0-9]{4}(/month=[0-9]{2})?")
_PART = re.compile(r"year=[0-9]{4}/month=[0-9]{2}/part-0\.parquet")


def write(path: Path, days: Iterable[Day], taxonomy: Taxonomy) -> None:
    """Write `days`, oldest first, to the folder `path`, a month at a time.

    Raises ExportError if pyarrow is not installed.
    """
    try:
        # Imported here only: it takes a quarter of a second and 50 MB.
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as e:
        message = "Parquet needs pyarrow, which is not installed: pip install 'mkdocs-daily-papers[parquet]'"
        raise ExportError(message, path=path) from e
    schema = _schema(pa)
    for month, listed in groupby(days, key=lambda day: day.date.replace(day=1)):
        rows = [row for day in listed for row in _rows(day, taxonomy)]
        if rows:
            part = path / f"year={month:%Y}/month={month:%m}/part-0.parquet"
            part.parent.mkdir(parents=True)
            pq.write_table(pa.Table.from_pylist(rows, schema), part, compression="zstd")


def is_export(path: Path) -> bool:
    """Return True if `path` is a folder with nothing but the files and folders of an export."""
    return path.is_dir() and all(_is_part(path, file) for file in path.rglob("*"))


def _is_part(path: Path, file: Path) -> bool:
    pattern = _FOLDER if file.is_dir() else _PART
    return bool(pattern.fullmatch(file.relative_to(path).as_posix())) and not file.is_symlink()


def _schema(pa: Any) -> pa.Schema:
    texts, instant = pa.list_(pa.string()), pa.timestamp("ms", tz="UTC")
    vote = pa.struct([("date", pa.date32()), ("votes", pa.int32())])
    medium = pa.struct([("url", pa.string()), ("kind", pa.string())])
    summary = pa.struct(
        [("language", pa.string()), ("bullets", texts), ("written_by", pa.string()), ("written_at", instant)]
    )
    return pa.schema(
        [
            pa.field("date", pa.date32(), nullable=False),
            pa.field("rank", pa.int32(), nullable=False),
            pa.field("id", pa.string(), nullable=False),
            pa.field("title", pa.string(), nullable=False),
            ("votes", pa.int32()),
            ("vote_history", pa.list_(vote)),
            ("comments", pa.int32()),
            ("authors", texts),
            ("abstract", pa.string()),
            ("published", pa.date32()),
            ("submitted_at", instant),
            ("submitted_by", pa.string()),
            ("topics", texts),
            ("keywords", texts),
            ("organization", pa.string()),
            ("organization_name", pa.string()),
            ("github", pa.string()),
            ("github_stars", pa.int32()),
            ("project_page", pa.string()),
            ("discussion", pa.string()),
            ("thumbnail", pa.string()),
            ("media", pa.list_(medium)),
            ("primary_category", pa.string()),
            ("categories", texts),
            ("comment", pa.string()),
            ("doi", pa.string()),
            ("journal_ref", pa.string()),
            ("summaries", pa.list_(summary)),
            ("pinned", pa.bool_()),
            ("last_seen", pa.date32()),
            ("source", pa.string()),
        ]
    )


def _rows(day: Day, taxonomy: Taxonomy) -> Iterator[dict[str, Any]]:
    for rank, paper in enumerate(day.ranked, 1):
        yield {"date": day.date, "rank": rank, "source": day.source, "topics": taxonomy.match(paper), **_columns(paper)}


def _columns(paper: Paper) -> dict[str, Any]:
    return {
        **paper_columns(paper),
        "votes": _int32(paper.votes),
        "vote_history": [{"date": date, "votes": _int32(votes)} for date, votes in paper.vote_history],
        "comments": _int32(paper.comments),
        "github_stars": _int32(paper.github.stars) if paper.github else None,
        "submitted_at": _milliseconds(paper.submitted_at),
        "authors": paper.authors,
        "keywords": paper.keywords,
        "categories": paper.arxiv.categories if paper.arxiv else (),
        "media": [{"url": medium.url, "kind": medium.kind} for medium in paper.media],
        "summaries": [
            {
                "language": language,
                "bullets": summary.bullets,
                "written_by": summary.by,
                "written_at": _milliseconds(summary.at),
            }
            for language, summary in sorted(paper.summaries.items())
        ],
        "pinned": paper.pinned,
        "last_seen": paper.last_seen,
    }


def _int32(count: int | None) -> int | None:
    return None if count is None else min(count, MAX_INT32)


def _milliseconds(instant: dt.datetime | None) -> dt.datetime | None:
    """Return an instant in whole milliseconds. pyarrow refuses more precision in a column of milliseconds."""
    return instant and instant.replace(microsecond=instant.microsecond // 1000 * 1000)
