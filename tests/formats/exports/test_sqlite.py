"""An export to SQLite has every field, valid keys, indexes, and a search for English and Korean."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from daily_papers.jobs.export import export_whole
from tests.factories import store_day
from tests.formats.exports.samples import DATE, FULL, PLAIN, open_database, rows
from tests.sites import REPOSITORY


@pytest.fixture
def database(root: Path, tmp_path: Path) -> Path:
    export_whole(root, tmp_path / "out.sqlite", "sqlite")
    return tmp_path / "out.sqlite"


def test_the_database_is_valid_and_every_foreign_key_exists(database: Path) -> None:
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "PRAGMA foreign_key_check") == []
    assert rows(database, "SELECT * FROM pragma_foreign_key_list('listings')")


def test_a_paper_is_a_row_as_last_listed_and_each_of_its_dates_a_listing(database: Path) -> None:
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


def test_every_field_of_a_paper_is_in_a_column_or_a_table(tmp_path: Path) -> None:
    store_day(tmp_path / "docs", DATE, FULL)
    path = tmp_path / "out.sqlite"
    export_whole(tmp_path / "docs", path, "sqlite")
    with open_database(path) as database:
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
def test_the_search_finds_words_and_prefixes_in_english_and_korean(tmp_path: Path, words: str) -> None:
    store_day(tmp_path / "docs", DATE, FULL, PLAIN)
    path = tmp_path / "out.sqlite"
    export_whole(tmp_path / "docs", path, "sqlite")
    with closing(sqlite3.connect(path)) as database:
        search = "SELECT id FROM papers JOIN papers_fts ON papers.rowid = papers_fts.rowid WHERE papers_fts MATCH ?"
        assert database.execute(search, (words,)).fetchall() == [(FULL.id,)]
        database.execute("INSERT INTO papers_fts (papers_fts, rank) VALUES ('integrity-check', 1)")
        database.commit()
        database.execute("VACUUM")
        assert database.execute(search, (words,)).fetchall() == [(FULL.id,)]


def test_a_query_by_author_votes_topic_or_keyword_uses_an_index(tmp_path: Path) -> None:
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
