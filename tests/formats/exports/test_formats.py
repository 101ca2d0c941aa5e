"""Exports to SQLite, Parquet, BibTeX and RIS: what they hold, and what they leave alone."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daily_papers.archive.day_files import day_path, write_day
from daily_papers.errors import ArchiveError, ExportError
from daily_papers.formats.exports.parquet import MAX_INT32
from daily_papers.jobs.export import FORMS, ExportOutcome, export_whole
from daily_papers.model.citations import bibtex_entry, citation_key, cite, ris_record
from daily_papers.model.records import Arxiv, Day, Github, Media, Organization, Paper, Submitter, Summary
from tests.sites import REPOSITORY

DATE, NEXT = dt.date(2024, 3, 1), dt.date(2024, 4, 2)
AT = dt.datetime(2024, 3, 1, 2, 11, tzinfo=dt.UTC)
HOSTILE = "</script>]]>'); DROP TABLE papers; --\u202e\n=1+1 }{\\ " * 25_000

FULL = Paper(
    id="2402.00001",
    title="Diffusion of models",
    authors=("Ada Lovelace", "김 수학"),
    abstract="Rivers of text by reinforcement learning, and reinforcement learning by rivers.",
    published=dt.date(2024, 2, 28),
    submitted_at=AT,
    submitted_by=Submitter("ak"),
    votes=51,
    vote_history=((DATE, 12), (dt.date(2024, 3, 8), 51)),
    comments=3,
    thumbnail="https://cdn.example/a.png",
    media=(Media("https://cdn.example/a.mp4", "video"),),
    keywords=("reinforcement learning",),
    organization=Organization("lab", "The Lab"),
    github=Github("https://github.com/a/b", 12),
    project_page="https://example.org/",
    discussion="https://example.org/d",
    arxiv=Arxiv("cs.SE", ("cs.SE", "cs.CL"), "12 pages", "10.1/a", "J. 1"),
    summaries={"ko": Summary(("확산 모델을 다룬다",), by="a-model", at=AT), "en": Summary(("It flows.",), by="hand")},
)
PLAIN = Paper(id="x-0123456789ab", title="Plain", votes=60)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two days of two months; the second lists a paper of the first again, with fewer votes and a later title."""
    again = Paper(id=FULL.id, title="Diffusion of models, again", votes=9, authors=("Ada Lovelace",))
    write_day(tmp_path / "docs", Day(date=DATE, source="huggingface", fetched_at=AT, papers=(FULL, PLAIN)))
    write_day(tmp_path / "docs", Day(date=NEXT, source="huggingface", papers=(again,)))
    return tmp_path / "docs"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        yield database


def rows(path: Path, sql: str) -> list[Any]:
    with opened(path) as database:
        return database.execute(sql).fetchall()


def bytes_below(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


class TestSqlite:
    @pytest.fixture
    def database(self, root: Path, tmp_path: Path) -> Path:
        export_whole(root, tmp_path / "out.sqlite", "sqlite")
        return tmp_path / "out.sqlite"

    def test_it_is_sound_and_every_key_leads_somewhere(self, database: Path) -> None:
        assert rows(database, "PRAGMA integrity_check") == [("ok",)]
        assert rows(database, "PRAGMA foreign_key_check") == []
        assert rows(database, "SELECT * FROM pragma_foreign_key_list('listings')")

    def test_a_paper_is_a_row_as_last_listed_and_each_date_a_listing_with_rank_and_votes(self, database: Path) -> None:
        assert rows(database, "SELECT id, title, votes, first_listed FROM papers ORDER BY id") == [
            ("2402.00001", "Diffusion of models, again", 51, "2024-03-01"),
            ("x-0123456789ab", "Plain", 60, "2024-03-01"),
        ]
        assert rows(database, "SELECT date, rank, paper, votes FROM listings ORDER BY date, rank") == [
            ("2024-03-01", 1, "x-0123456789ab", 60),
            ("2024-03-01", 2, "2402.00001", 51),
            ("2024-04-02", 1, "2402.00001", 9),
        ]
        assert rows(database, "SELECT date, source, fetched_at FROM days ORDER BY date") == [
            ("2024-03-01", "huggingface", "2024-03-01T02:11:00Z"),
            ("2024-04-02", "huggingface", None),
        ]

    def test_every_fact_of_a_paper_is_in_a_column_or_a_table(self, tmp_path: Path) -> None:
        write_day(tmp_path / "docs", Day(date=DATE, source="x", papers=(FULL,)))
        path = tmp_path / "out.sqlite"
        export_whole(tmp_path / "docs", path, "sqlite")
        with opened(path) as database:
            database.row_factory = sqlite3.Row
            paper = dict(database.execute("SELECT * FROM papers").fetchone())
        assert paper == {
            "id": "2402.00001",
            "title": "Diffusion of models",
            "abstract": "Rivers of text by reinforcement learning, and reinforcement learning by rivers.",
            "summary_text": "It flows.\n확산 모델을 다룬다",
            "votes": 51,
            "first_listed": "2024-03-01",
            "published": "2024-02-28",
            "submitted_at": "2024-03-01T02:11:00Z",
            "submitted_by": "ak",
            "comments": 3,
            "organization": "lab",
            "organization_name": "The Lab",
            "github": "https://github.com/a/b",
            "github_stars": 12,
            "project_page": "https://example.org/",
            "discussion": "https://example.org/d",
            "thumbnail": "https://cdn.example/a.png",
            "primary_category": "cs.SE",
            "comment": "12 pages",
            "doi": "10.1/a",
            "journal_ref": "J. 1",
        }
        assert rows(path, "SELECT position, name FROM authors ORDER BY position") == [
            (1, "Ada Lovelace"),
            (2, "김 수학"),
        ]
        assert rows(path, "SELECT keyword FROM keywords") == [("reinforcement learning",)]
        assert rows(path, "SELECT category FROM categories ORDER BY position") == [("cs.SE",), ("cs.CL",)]
        assert rows(path, "SELECT url, kind FROM media") == [("https://cdn.example/a.mp4", "video")]
        assert rows(path, "SELECT seen, votes FROM vote_history") == [("2024-03-01", 12), ("2024-03-08", 51)]
        assert rows(path, "SELECT language, bullets, written_by, written_at FROM summaries") == [
            ("en", '["It flows."]', "hand", None),
            ("ko", '["확산 모델을 다룬다"]', "a-model", "2024-03-01T02:11:00Z"),
        ]
        topics = rows(path, "SELECT slug, name_en, name_ko FROM paper_topics JOIN topics ON slug = topic")
        assert ("reinforcement-learning", "Reinforcement Learning") in {(slug, english) for slug, english, _ in topics}
        assert dict(rows(path, "SELECT * FROM metadata"))["last"] == "2024-03-01"

    @pytest.mark.parametrize("words", ["모델*", "모*", "모델을", "확산 모델*", "river*", "RIVERS", "diffus*"])
    def test_the_search_finds_words_and_their_beginnings_in_korean_too(self, tmp_path: Path, words: str) -> None:
        write_day(tmp_path / "docs", Day(date=DATE, source="x", papers=(FULL, PLAIN)))
        path = tmp_path / "out.sqlite"
        export_whole(tmp_path / "docs", path, "sqlite")
        with closing(sqlite3.connect(path)) as database:
            search = "SELECT id FROM papers JOIN papers_fts ON papers.rowid = papers_fts.rowid WHERE papers_fts MATCH ?"
            assert database.execute(search, (words,)).fetchall() == [(FULL.id,)]
            database.execute("INSERT INTO papers_fts (papers_fts, rank) VALUES ('integrity-check', 1)")
            database.commit()
            database.execute("VACUUM")
            assert database.execute(search, (words,)).fetchall() == [(FULL.id,)]

    def test_a_query_by_author_votes_topic_or_keyword_takes_an_index(self, tmp_path: Path) -> None:
        database = tmp_path / "out.sqlite"
        export_whole(REPOSITORY / "docs", database, "sqlite")
        for sql in (
            "SELECT * FROM authors WHERE name = 'Ada Lovelace'",
            "SELECT * FROM papers ORDER BY votes DESC LIMIT 10",
            "SELECT * FROM paper_topics WHERE topic = 'agents'",
            "SELECT * FROM keywords WHERE keyword = 'a'",
            "SELECT * FROM listings WHERE paper = 'a'",
        ):
            assert "INDEX" in rows(database, f"EXPLAIN QUERY PLAN {sql}")[0][3]


class TestParquet:
    def test_a_month_is_a_part_and_a_row_a_listing_by_date_and_rank(self, root: Path, tmp_path: Path) -> None:
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

    def test_dates_are_dates_lists_lists_votes_of_32_bits_and_all_of_it_zstd(self, root: Path, tmp_path: Path) -> None:
        export_whole(root, tmp_path / "out", "parquet")
        part = pq.ParquetFile(tmp_path / "out/year=2024/month=03/part-0.parquet")
        with closing(part):
            schema, group = part.schema_arrow, part.metadata.row_group(0)
            assert {group.column(number).compression for number in range(group.num_columns)} == {"ZSTD"}
        assert schema.field("date").type == schema.field("published").type == pa.date32()
        assert schema.field("votes").type == pa.int32()
        assert schema.field("authors").type == pa.list_(pa.string())

    def test_every_fact_of_a_paper_is_in_its_row(self, tmp_path: Path) -> None:
        write_day(tmp_path / "docs", Day(date=DATE, source="x", papers=(FULL,)))
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

    def test_a_count_beyond_32_bits_is_the_greatest_of_them_and_stops_nothing(self, tmp_path: Path) -> None:
        huge = Paper(id="2402.00001", title="t", votes=2**53 - 1, comments=2**40)
        write_day(tmp_path / "docs", Day(date=DATE, source="x", papers=(huge,)))
        export_whole(tmp_path / "docs", tmp_path / "out", "parquet")
        (row,) = pq.read_table(tmp_path / "out").to_pylist()
        assert (row["votes"], row["comments"]) == (MAX_INT32, MAX_INT32)

    def test_a_month_that_is_no_longer_there_goes_with_the_export_that_had_it(self, root: Path, tmp_path: Path) -> None:
        export_whole(root, tmp_path / "out", "parquet")
        export_whole(root, tmp_path / "out", "parquet", since=NEXT)
        assert sorted(bytes_below(tmp_path / "out")) == ["year=2024/month=04/part-0.parquet"]

    def test_where_pyarrow_is_missing_the_extra_is_named(self, root: Path, tmp_path: Path) -> None:
        program = (
            "import sys; sys.modules['pyarrow'] = None\n"
            "from pathlib import Path; from daily_papers.jobs.export import export_whole\n"
            f"export_whole(Path({str(root)!r}), Path({str(tmp_path / 'out')!r}), 'parquet')\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.stderr.splitlines()[-1].endswith("pip install 'mkdocs-daily-papers[parquet]'")
        assert [path.name for path in tmp_path.iterdir()] == ["docs"]


class TestReferences:
    def test_a_paper_of_several_dates_has_one_entry_as_first_listed(self, root: Path, tmp_path: Path) -> None:
        export_whole(root, tmp_path / "out.bib", "bibtex")
        text = (tmp_path / "out.bib").read_text("utf-8")
        assert re.findall("^@misc{(.+),$", text, re.MULTILINE) == ["lovelace2024diffusion", "anonymous2024plain"]
        assert "  title = {{Diffusion of models}},\n  author = {Ada Lovelace and 김 수학},\n  year = {2024},\n" in text
        export_whole(root, tmp_path / "out.ris", "ris")
        assert (tmp_path / "out.ris").read_bytes().count(b"TY  - UNPB\r\n") == 2

    def test_a_new_day_changes_no_entry_of_the_days_before(self, tmp_path: Path) -> None:
        texts = []
        for number in range(3):
            alike = Paper(id=f"2402.0000{number}", title="Rivers", authors=("Ada Lovelace",))
            write_day(tmp_path / "docs", Day(date=DATE + dt.timedelta(days=number), source="x", papers=(alike,)))
            export_whole(tmp_path / "docs", tmp_path / "out.bib", "bibtex")
            texts.append((tmp_path / "out.bib").read_text("utf-8"))
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
        keys = re.findall("^@misc{(.+),$", texts[-1], re.MULTILINE)
        assert keys == ["lovelace2024rivers", "lovelace2024rivers-2", "lovelace2024rivers-3"]

    def test_all_authors_are_named_but_for_what_is_no_name(self) -> None:
        authors = (*(f"Author {number}" for number in range(300)), "+", "n" * 500)
        cited = cite(Paper(id="2402.00001", title="t", authors=authors), DATE)
        assert cited.authors[:300] == authors[:300]
        assert cited.authors[300:] == ("n" * 79 + "…",)

    def test_a_paper_outside_arxiv_has_its_own_address_and_no_doi(self) -> None:
        cited = cite(Paper(id="x-0123456789ab", title="t", project_page="javascript:alert(1)"), DATE)
        assert (cited.url, cited.doi, cited.date) == ("", "", "2024-03-01")
        assert "eprint" not in bibtex_entry(cited, "key")
        assert "arXiv" not in ris_record(cited)

    @pytest.mark.fault(30)
    def test_text_neither_unbalances_an_entry_nor_begins_a_line(self) -> None:
        paper = Paper(id="x-0123456789ab", title=HOSTILE, authors=(HOSTILE, "Simon and Garfunkel"))
        citation = msgspec.structs.replace(cite(paper, DATE), url=HOSTILE)
        entry = bibtex_entry(citation, citation_key(citation, set()))
        assert entry.count("{") == entry.count("}")
        depth = 0
        for sign in entry:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0
        assert all(re.match(r"@misc{[a-z0-9-]{1,120},$|  [a-z]+ = {.*},$|}$", line) for line in entry.splitlines())
        lines = ris_record(citation).split("\r\n")
        assert all(line == "" or re.match(r"[A-Z][A-Z0-9]  - [^\r\n]*$", line) for line in lines)


class TestEveryForm:
    @pytest.mark.parametrize("form", FORMS)
    def test_the_same_archive_gives_the_same_bytes_and_replaces_what_it_gave_before(
        self, form: str, root: Path, tmp_path: Path
    ) -> None:
        export_whole(root, tmp_path / "one", form)
        export_whole(root, tmp_path / "two", form)
        first = bytes_below(tmp_path / "one")
        assert first == bytes_below(tmp_path / "two")
        write_day(root, Day(date=NEXT + dt.timedelta(days=1), source="x", papers=(Paper(id="2402.1234", title="t"),)))
        export_whole(root, tmp_path / "one", form)
        assert bytes_below(tmp_path / "one") != first
        assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "one", "two"]

    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("theirs", ["a file", "a folder", "a link"])
    def test_what_is_no_export_of_its_form_is_named_and_left_as_it_is(
        self, form: str, theirs: str, root: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "theirs"
        if theirs == "a file":
            path.write_text("% references of mine\n@misc{a,}\n")
        elif theirs == "a folder":
            path.mkdir()
            (path / "notes.txt").write_text("mine")
        else:
            export_whole(root, tmp_path / "ours", form)
            path.symlink_to(tmp_path / "ours")
        with pytest.raises(ExportError, match="theirs: "):
            export_whole(root, path, form)
        assert path.is_symlink() or bytes_below(path) in (
            {".": b"% references of mine\n@misc{a,}\n"},
            {"notes.txt": b"mine"},
        )

    @pytest.mark.parametrize("form", FORMS)
    def test_an_export_of_another_form_is_not_replaced(self, form: str, root: Path, tmp_path: Path) -> None:
        for other in FORMS.keys() - {form}:
            export_whole(root, tmp_path / other, other)
            with pytest.raises(ExportError):
                export_whole(root, tmp_path / other, form)

    @pytest.mark.parametrize("form", FORMS)
    def test_a_day_that_does_not_read_costs_none_of_the_others_and_alone_replaces_nothing(
        self, form: str, root: Path, tmp_path: Path
    ) -> None:
        day_path(root, NEXT).write_text("{")
        outcomes: list[ExportOutcome] = []
        report = export_whole(root, tmp_path / "out", form, on_outcome=outcomes.append)
        assert (report.written, str(report)) == (1, "1 failed, 1 written")
        assert {outcome.date: bool(outcome.error) for outcome in outcomes} == {DATE: False, NEXT: True}
        before = bytes_below(tmp_path / "out")
        report = export_whole(root, tmp_path / "out", form, since=NEXT)
        assert (report.written, len(report.errors)) == (0, 1)
        assert export_whole(root, tmp_path / "out", form, until=dt.date(2000, 1, 1)).written == 0
        assert bytes_below(tmp_path / "out") == before

    @pytest.mark.parametrize("form", FORMS)
    def test_what_stops_in_the_middle_leaves_what_was_there(self, form: str, root: Path, tmp_path: Path) -> None:
        def stop(outcome: ExportOutcome) -> None:
            raise KeyboardInterrupt

        export_whole(root, tmp_path / "out", form)
        before = bytes_below(tmp_path / "out")
        with pytest.raises(KeyboardInterrupt):
            export_whole(root, tmp_path / "out", form, on_outcome=stop)
        assert bytes_below(tmp_path / "out") == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "out"]

    @pytest.mark.parametrize("form", FORMS)
    def test_days_are_read_one_at_a_time_as_they_are_written(self, form: str, tmp_path: Path) -> None:
        """However many there are, memory does not grow: the last is not looked at before the first is done with."""
        dates = [dt.date(2024, month, 1) for month in range(1, 7)]
        for date in dates:
            write_day(tmp_path / "docs", Day(date=date, source="x", papers=(PLAIN,)))
        done: list[dt.date] = []

        def remove_those_to_come(outcome: ExportOutcome) -> None:
            done.append(outcome.date)
            for date in dates:
                if date not in (*done, *(dates[-2:] if FORMS[form].newest_first else dates[:2])):
                    day_path(tmp_path / "docs", date).unlink(missing_ok=True)

        report = export_whole(tmp_path / "docs", tmp_path / "out", form, on_outcome=remove_those_to_come)
        assert report.written == 2

    def test_what_a_killed_export_left_is_swept_away_and_what_a_living_one_makes_is_not(
        self, root: Path, tmp_path: Path
    ) -> None:
        with subprocess.Popen([sys.executable, "-c", ""]) as gone:
            gone.wait()
        (tmp_path / f".out.{gone.pid}.tmp").mkdir()
        (tmp_path / f".other.{gone.pid}.tmp").write_text("another's")
        (tmp_path / ".out.1.tmp").write_text("of a process that runs")
        export_whole(root, tmp_path / "out", "parquet")
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            f".other.{gone.pid}.tmp",
            ".out.1.tmp",
            "docs",
            "out",
        ]

    @pytest.mark.fault(45)
    @pytest.mark.parametrize("form", FORMS)
    def test_a_disk_that_takes_nothing_is_named_and_leaves_nothing(self, form: str, root: Path, tmp_path: Path) -> None:
        program = (
            "import resource; from pathlib import Path; from daily_papers.jobs.export import export_whole\n"
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
            f"export_whole(Path({str(root)!r}), Path({str(tmp_path / 'out')!r}), {form!r})\n"
        )
        done = subprocess.run(
            [sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False, timeout=60
        )
        assert re.match(
            rf"daily_papers\.errors\.ExportError: {tmp_path}/out: .*cannot (be )?writ", done.stderr.splitlines()[-1]
        )
        assert [path.name for path in tmp_path.iterdir()] == ["docs"]

    @pytest.mark.parametrize("form", FORMS)
    def test_what_the_curation_decides_is_decided_in_every_form(self, form: str, root: Path, tmp_path: Path) -> None:
        (root / "curation.yml").write_text("x-0123456789ab: {hide: true}\n2402.00001: {title: Corrected by hand}\n")
        export_whole(root, tmp_path / "out", form)
        if form == "parquet":
            text = repr(pq.read_table(tmp_path / "out").to_pylist())
        else:
            text = (tmp_path / "out").read_bytes().decode("utf-8", "replace")
        assert "Corrected" in text
        assert "x-0123456789ab" not in text
        assert "Plain" not in text

    @pytest.mark.parametrize("form", FORMS)
    def test_a_mistake_in_the_curation_exports_nothing(self, form: str, root: Path, tmp_path: Path) -> None:
        (root / "curation.yml").write_text("2402.00001: {hid: true}\n")
        with pytest.raises(ArchiveError, match='did you mean "hide"'):
            export_whole(root, tmp_path / "out", form)
        assert not (tmp_path / "out").exists()

    @pytest.mark.fault(25)
    @pytest.mark.parametrize("form", FORMS)
    def test_a_title_of_a_million_hostile_characters_comes_out_as_text(self, form: str, tmp_path: Path) -> None:
        paper = Paper(id="2402.00001", title=HOSTILE, authors=(HOSTILE,), abstract=HOSTILE, keywords=(HOSTILE,))
        write_day(tmp_path / "docs", Day(date=DATE, source="x", papers=(paper,)))
        assert len(HOSTILE) > 1_000_000
        assert export_whole(tmp_path / "docs", tmp_path / "out", form).written == 1
        out = tmp_path / "out"
        if form == "parquet":
            assert pq.read_table(out).to_pylist()[0]["title"] == HOSTILE
        elif form == "sqlite":
            assert rows(out, "SELECT title FROM papers") == [(HOSTILE,)]
        elif form == "jsonl":
            assert json.loads(out.read_bytes())["papers"][0]["title"] == HOSTILE
        else:
            title = r"'); DROP TABLE papers; --" if form == "ris" else r"\{\}"
            assert (title in out.read_text("utf-8")) == (form == "ris")

    @pytest.mark.parametrize("form", FORMS)
    def test_the_bundled_archive_goes_out_in_every_form(self, form: str, tmp_path: Path) -> None:
        report = export_whole(REPOSITORY / "docs", tmp_path / "out", form)
        assert report.written == len(list((REPOSITORY / "docs").glob("[0-9]*/*/[0-9][0-9].json")))
        assert not report.errors


def test_folders_that_parquet_did_not_make_are_left_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "project"
    (place / "src").mkdir(parents=True)
    with pytest.raises(ExportError, match="is left as it is"):
        export_whole(tmp_path / "archive", place, "parquet")
    assert (place / "src").is_dir()


def test_parquet_of_days_without_papers_says_that_nothing_is_written_and_keeps_what_is_there(tmp_path: Path) -> None:
    root, out = tmp_path / "archive", tmp_path / "out"
    write_day(root, Day(date=dt.date(2024, 3, 1), source="huggingface", papers=(Paper(id="2402.00001", title="t"),)))
    write_day(root, Day(date=dt.date(2024, 3, 2), source="huggingface", papers=()))
    export_whole(root, out, "parquet", until=dt.date(2024, 3, 1))
    before = bytes_below(out)
    report = export_whole(root, out, "parquet", since=dt.date(2024, 3, 2))
    assert (report.written, str(report)) == (0, "nothing, no paper of these dates is stored")
    assert bytes_below(out) == before


def test_an_export_of_days_without_papers_can_be_written_again(tmp_path: Path) -> None:
    write_day(tmp_path / "archive", Day(date=dt.date(2024, 3, 1), source="huggingface", papers=()))
    for _ in range(2):
        assert export_whole(tmp_path / "archive", tmp_path / "out.ris", "ris").written == 1
