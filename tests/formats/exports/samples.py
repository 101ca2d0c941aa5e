"""Sample papers for tests of exports, an archive with them, and readers of files."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from daily_papers.model.records import Arxiv, Github, Media, Organization, Paper, Submitter, Summary
from tests.factories import store_day

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


def write_archive(root: Path) -> Path:
    """Write two days of two months below `root`, and return it.

    The second day lists a paper of the first again, with fewer votes and a later title.
    """
    again = Paper(id=FULL.id, title="Diffusion of models, again", votes=9, authors=("Ada Lovelace",))
    store_day(root, DATE, FULL, PLAIN, fetched_at=AT)
    store_day(root, NEXT, again)
    return root


@contextmanager
def open_database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        yield database


def rows(path: Path, sql: str) -> list[Any]:
    with open_database(path) as database:
        return database.execute(sql).fetchall()


def bytes_below(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}
