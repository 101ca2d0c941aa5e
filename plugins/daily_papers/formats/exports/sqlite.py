"""Export to an SQLite database, for queries in SQL or for Datasette, which finds its keys and its search by itself.

A paper is a row of `papers`, with the values of the newest date that lists it. Each date that lists it is a row of
`listings`. The search, `papers_fts`, is an FTS5 index of titles, abstracts and bullets. It splits words by Unicode's
rules (unicode61), and also indexes their first two and three letters, for Korean: 모델* finds 모델을 as fast as a whole
word. FTS5's trigrams do not fit: they find nothing shorter than three letters, and most Korean words have two.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from daily_papers.archive.topics import Taxonomy
from daily_papers.errors import ExportError
from daily_papers.formats.exports.columns import Value, paper_columns
from daily_papers.model.records import SCHEMA, Day, Paper

APPLICATION_ID = 0x44504150
"""The application id in the database's header: DPAP in ASCII."""

_MAGIC = b"SQLite format 3\0"
_APPLICATION_ID_OFFSET = 68

_TABLES = f"""
PRAGMA journal_mode = OFF;    -- a draft needs no rollback
PRAGMA synchronous = OFF;     -- the finished file is synced before it replaces an earlier export
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};

CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE days (
  date TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  fetched_at TEXT
);
CREATE TABLE papers (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  abstract TEXT,
  summary_text TEXT,          -- the bullets of every language, for the search
  votes INTEGER,              -- the most it has on any date
  first_listed TEXT,
  published TEXT,
  submitted_at TEXT,
  submitted_by TEXT,
  comments INTEGER,
  organization TEXT,
  organization_name TEXT,
  github TEXT,
  github_stars INTEGER,
  project_page TEXT,
  discussion TEXT,
  thumbnail TEXT,
  primary_category TEXT,
  comment TEXT,
  doi TEXT,
  journal_ref TEXT
);
CREATE TABLE listings (
  date TEXT NOT NULL REFERENCES days (date),
  paper TEXT NOT NULL REFERENCES papers (id),
  rank INTEGER NOT NULL,      -- on its date, from 1
  votes INTEGER,
  pinned INTEGER NOT NULL,
  last_seen TEXT,
  PRIMARY KEY (date, paper)
);
CREATE TABLE vote_history (
  date TEXT NOT NULL,
  paper TEXT NOT NULL,
  seen TEXT NOT NULL,
  votes INTEGER NOT NULL,
  PRIMARY KEY (date, paper, seen),
  FOREIGN KEY (date, paper) REFERENCES listings (date, paper)
) WITHOUT ROWID;
CREATE TABLE authors (
  paper TEXT NOT NULL REFERENCES papers (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (paper, position)
) WITHOUT ROWID;
CREATE TABLE keywords (
  paper TEXT NOT NULL REFERENCES papers (id),
  position INTEGER NOT NULL,
  keyword TEXT NOT NULL,
  PRIMARY KEY (paper, position)
) WITHOUT ROWID;
CREATE TABLE categories (
  paper TEXT NOT NULL REFERENCES papers (id),
  position INTEGER NOT NULL,
  category TEXT NOT NULL,
  PRIMARY KEY (paper, position)
) WITHOUT ROWID;
CREATE TABLE media (
  paper TEXT NOT NULL REFERENCES papers (id),
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (paper, position)
) WITHOUT ROWID;
CREATE TABLE topics (slug TEXT PRIMARY KEY, name_en TEXT NOT NULL, name_ko TEXT NOT NULL);
CREATE TABLE paper_topics (
  paper TEXT NOT NULL REFERENCES papers (id),
  position INTEGER NOT NULL,  -- the best first
  topic TEXT NOT NULL REFERENCES topics (slug),
  PRIMARY KEY (paper, position)
) WITHOUT ROWID;
CREATE TABLE summaries (
  paper TEXT NOT NULL REFERENCES papers (id),
  language TEXT NOT NULL,
  bullets TEXT NOT NULL,      -- a list in JSON
  written_by TEXT NOT NULL,
  written_at TEXT,
  PRIMARY KEY (paper, language)
);
CREATE VIRTUAL TABLE papers_fts USING fts5 (
  title, abstract, summary_text, content="papers", tokenize="unicode61", prefix="2 3"
);
"""

# Indexes are created after the rows, so that each is sorted once. ANALYZE collects statistics for the query planner.
_FINISH = """
BEGIN;
UPDATE papers SET
  votes = (SELECT max(votes) FROM listings WHERE paper = papers.id),
  first_listed = (SELECT min(date) FROM listings WHERE paper = papers.id);
CREATE INDEX papers_by_votes ON papers (votes);
CREATE INDEX papers_by_organization ON papers (organization);
CREATE INDEX authors_by_name ON authors (name);
CREATE INDEX keywords_by_keyword ON keywords (keyword);
CREATE INDEX categories_by_category ON categories (category);
CREATE INDEX paper_topics_by_topic ON paper_topics (topic);
INSERT INTO papers_fts (papers_fts) VALUES ('optimize');
COMMIT;
ANALYZE;
"""
# Created first: the totals in _FINISH select the listings of each paper.
_LISTINGS_BY_PAPER = "CREATE INDEX listings_by_paper ON listings (paper)"

_encoder = msgspec.json.Encoder()


def write(path: Path, days: Iterable[Day], taxonomy: Taxonomy) -> None:
    """Write `days`, newest first, to a new database at `path`. Raises ExportError if SQLite reports an error."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(_TABLES)
            database.executemany(
                "INSERT INTO topics VALUES (?, ?, ?)",
                ((topic.slug, topic.names["en"], topic.names["ko"]) for topic in taxonomy.topics),
            )
            database.execute("BEGIN")
            for day in days:
                _add_day(database, day, taxonomy)
            database.execute(_LISTINGS_BY_PAPER)
            database.executemany("INSERT INTO metadata VALUES (?, ?)", _metadata(database))
            database.execute("COMMIT")
            database.executescript(_FINISH)
    except sqlite3.Error as e:
        raise ExportError(f"SQLite {sqlite3.sqlite_version} cannot write it: {e}", path=path) from e


def is_export(path: Path) -> bool:
    """Return True if the file `path` is a database with the application id of an export."""
    with path.open("rb") as file:
        head = file.read(_APPLICATION_ID_OFFSET + 4)
    return head.startswith(_MAGIC) and head[_APPLICATION_ID_OFFSET:] == APPLICATION_ID.to_bytes(4, "big")


def _add_day(database: sqlite3.Connection, day: Day, taxonomy: Taxonomy) -> None:
    database.execute("INSERT INTO days VALUES (?, ?, ?)", (str(day.date), day.source, _plain(day.fetched_at)))
    for rank, paper in enumerate(day.ranked, 1):
        columns = {**paper_columns(paper), "summary_text": _summary_text(paper)}
        added = database.execute(
            f"INSERT OR IGNORE INTO papers ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
            [*map(_plain, columns.values())],
        )
        if added.rowcount:
            _add_parts(database, added.lastrowid, paper, taxonomy)
        listing = (str(day.date), paper.id, rank, paper.votes, paper.pinned, _plain(paper.last_seen))
        database.execute("INSERT INTO listings VALUES (?, ?, ?, ?, ?, ?)", listing)
        # A file that was edited by hand may have a date twice.
        database.executemany(
            "INSERT OR REPLACE INTO vote_history VALUES (?, ?, ?, ?)",
            ((str(day.date), paper.id, str(seen), votes) for seen, votes in paper.vote_history),
        )


def _add_parts(database: sqlite3.Connection, number: int | None, paper: Paper, taxonomy: Taxonomy) -> None:
    database.execute(
        "INSERT INTO papers_fts (rowid, title, abstract, summary_text) VALUES (?, ?, ?, ?)",
        (number, paper.title, paper.abstract, _summary_text(paper)),
    )
    for table, values in (
        ("authors", paper.authors),
        ("keywords", paper.keywords),
        ("categories", paper.arxiv.categories if paper.arxiv else ()),
        ("paper_topics", taxonomy.match(paper)),
    ):
        rows = ((paper.id, position, value) for position, value in enumerate(values, 1))
        database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608  # the names in the loop
    database.executemany(
        "INSERT INTO media VALUES (?, ?, ?, ?)",
        ((paper.id, position, medium.url, medium.kind) for position, medium in enumerate(paper.media, 1)),
    )
    database.executemany(
        "INSERT INTO summaries VALUES (?, ?, ?, ?, ?)",
        (
            (paper.id, language, _encoder.encode(summary.bullets).decode(), summary.by, _plain(summary.at))
            for language, summary in sorted(paper.summaries.items())
        ),
    )


def _summary_text(paper: Paper) -> str | None:
    bullets = (bullet for _, summary in sorted(paper.summaries.items()) for bullet in summary.bullets)
    return "\n".join(bullets) or None


def _metadata(database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield the rows of `metadata`. They state no time and no path, so that the same days give the same bytes."""
    first, last, days = database.execute("SELECT min(date), max(date), count(*) FROM days").fetchone()
    (papers,) = database.execute("SELECT count(*) FROM papers").fetchone()
    yield from {
        "about": "Papers by the dates that list them, exported by mkdocs-daily-papers",
        "schema": str(SCHEMA),
        "first": first or "",
        "last": last or "",
        "days": str(days),
        "papers": str(papers),
    }.items()


def _plain(value: Value) -> str | int | None:
    """Return dates and instants as text, in the format of the archive's files. Other values stay unchanged."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, dt.date) else value
