"""An export to Parquet has every field, a file for each month, and replaces no other folder."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daily_papers.errors import ExportError
from daily_papers.formats.exports.parquet import MAX_INT32
from daily_papers.jobs.export import export_whole
from tests.factories import make_paper, store_day
from tests.formats.exports.samples import AT, DATE, FULL, NEXT, PLAIN, bytes_below


def test_each_month_is_a_file_and_each_listing_a_row_by_date_and_rank(root: Path, tmp_path: Path) -> None:
    export_whole(root, tmp_path / "out", "parquet")
    assert sorted(bytes_below(tmp_path / "out")) == [
        "year=2024/month=03/part-0.parquet",
        "year=2024/month=04/part-0.parquet",
    ]
    table = pq.read_table(tmp_path / "out")
    assert [(row["date"], row["rank"], row["id"], row["votes"]) for row in table.to_pylist()] == [
        (DATE, 1, PLAIN.id, 60),
        (DATE, 2, FULL.id, 51),
        (NEXT, 1, FULL.id, 9),
    ]


def test_columns_have_types_of_their_own_and_are_compressed_with_zstd(root: Path, tmp_path: Path) -> None:
    export_whole(root, tmp_path / "out", "parquet")
    part = pq.ParquetFile(tmp_path / "out/year=2024/month=03/part-0.parquet")
    with closing(part):
        schema, group = part.schema_arrow, part.metadata.row_group(0)
        assert {group.column(number).compression for number in range(group.num_columns)} == {"ZSTD"}
    assert schema.field("date").type == schema.field("published").type == pa.date32()
    assert schema.field("votes").type == pa.int32()
    assert schema.field("authors").type == pa.list_(pa.string())


def test_every_field_of_a_paper_is_in_its_row(tmp_path: Path) -> None:
    store_day(tmp_path / "docs", DATE, FULL, source="x")
    export_whole(tmp_path / "docs", tmp_path / "out", "parquet")
    (row,) = pq.read_table(tmp_path / "out/year=2024/month=03/part-0.parquet", partitioning=None).to_pylist()
    assert "reinforcement-learning" in row.pop("topics")
    assert row == {
        "date": DATE,
        "rank": 1,
        "id": "2402.00001",
        "title": "Diffusion of models",
        "votes": 51,
        "vote_history": [{"date": DATE, "votes": 12}, {"date": dt.date(2024, 3, 8), "votes": 51}],
        "comments": 3,
        "authors": ["Ada Lovelace", "김 수학"],
        "abstract": "Rivers of text by reinforcement learning, and reinforcement learning by rivers.",
        "published": dt.date(2024, 2, 28),
        "submitted_at": AT,
        "submitted_by": "ak",
        "keywords": ["reinforcement learning"],
        "organization": "lab",
        "organization_name": "The Lab",
        "github": "https://github.com/a/b",
        "github_stars": 12,
        "project_page": "https://example.org/",
        "discussion": "https://example.org/d",
        "thumbnail": "https://cdn.example/a.png",
        "media": [{"url": "https://cdn.example/a.mp4", "kind": "video"}],
        "primary_category": "cs.SE",
        "categories": ["cs.SE", "cs.CL"],
        "comment": "12 pages",
        "doi": "10.1/a",
        "journal_ref": "J. 1",
        "summaries": [
            {"language": "en", "bullets": ["It flows."], "written_by": "hand", "written_at": None},
            {"language": "ko", "bullets": ["확산 모델을 다룬다"], "written_by": "a-model", "written_at": AT},
        ],
        "pinned": False,
        "last_seen": None,
        "source": "x",
    }


def test_a_count_above_32_bits_is_stored_as_the_largest_integer(tmp_path: Path) -> None:
    huge = make_paper(id="2402.00001", title="t", votes=2**53 - 1, comments=2**40)
    store_day(tmp_path / "docs", DATE, huge)
    export_whole(tmp_path / "docs", tmp_path / "out", "parquet")
    (row,) = pq.read_table(tmp_path / "out").to_pylist()
    assert (row["votes"], row["comments"]) == (MAX_INT32, MAX_INT32)


def test_an_export_replaces_all_months_of_an_earlier_one(root: Path, tmp_path: Path) -> None:
    export_whole(root, tmp_path / "out", "parquet")
    export_whole(root, tmp_path / "out", "parquet", since=NEXT)
    assert sorted(bytes_below(tmp_path / "out")) == ["year=2024/month=04/part-0.parquet"]


def test_the_error_for_a_missing_pyarrow_names_the_extra(root: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path; from daily_papers.jobs.export import export_whole\n"
        f"export_whole(Path({str(root)!r}), Path({str(tmp_path / 'out')!r}), 'parquet')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].endswith("pip install 'mkdocs-daily-papers[parquet]'")
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]


def test_a_folder_that_is_no_export_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    with pytest.raises(ExportError, match="is left as it is"):
        export_whole(tmp_path / "archive", folder, "parquet")
    assert (folder / "src").is_dir()


def test_an_export_without_papers_reports_that_and_keeps_the_earlier_export(tmp_path: Path) -> None:
    root, out = tmp_path / "archive", tmp_path / "out"
    store_day(root, dt.date(2024, 3, 1), make_paper(id="2402.00001", title="t"))
    store_day(root, dt.date(2024, 3, 2))
    export_whole(root, out, "parquet", until=dt.date(2024, 3, 1))
    before = bytes_below(out)
    report = export_whole(root, out, "parquet", since=dt.date(2024, 3, 2))
    assert (report.written, str(report)) == (0, "nothing, no paper of these dates is stored")
    assert bytes_below(out) == before
