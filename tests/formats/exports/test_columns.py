"""The columns of a paper: one value each, None if the paper has none."""

from __future__ import annotations

import datetime as dt

from daily_papers.formats.exports.columns import paper_columns
from daily_papers.model.records import Paper
from tests.formats.exports.samples import AT, FULL


def test_every_single_value_of_a_paper_is_a_column() -> None:
    assert paper_columns(FULL) == {
        "id": "2402.00001",
        "title": "Diffusion of models",
        "abstract": "Rivers of text by reinforcement learning, and reinforcement learning by rivers.",
        "published": dt.date(2024, 2, 28),
        "submitted_at": AT,
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


def test_absent_values_are_none_and_the_columns_are_the_same() -> None:
    columns = paper_columns(Paper(id="2402.00001", title="On rivers"))
    assert columns.keys() == paper_columns(FULL).keys()
    assert {name: value for name, value in columns.items() if value is not None} == {
        "id": "2402.00001",
        "title": "On rivers",
    }
