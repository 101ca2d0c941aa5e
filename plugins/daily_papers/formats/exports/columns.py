"""The columns of a paper in tables: fields with a single value."""

from __future__ import annotations

import datetime as dt

from daily_papers.model.records import Arxiv, Github, Organization, Paper, Submitter

Value = str | int | dt.date | dt.datetime | None

# Used for parts that a paper does not have.
_NO_SUBMITTER, _NO_ORGANIZATION, _NO_GITHUB, _NO_ARXIV = Submitter(""), Organization(""), Github(""), Arxiv()


def paper_columns(paper: Paper) -> dict[str, Value]:
    """Return the columns of `paper` that do not depend on a date, by name. An absent value is None."""
    organization, github = paper.organization or _NO_ORGANIZATION, paper.github or _NO_GITHUB
    arxiv = paper.arxiv or _NO_ARXIV
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "published": paper.published,
        "submitted_at": paper.submitted_at,
        "submitted_by": (paper.submitted_by or _NO_SUBMITTER).name or None,
        "comments": paper.comments,
        "organization": organization.name or None,
        "organization_name": organization.fullname,
        "github": github.url or None,
        "github_stars": github.stars,
        "project_page": paper.project_page,
        "discussion": paper.discussion,
        "thumbnail": paper.thumbnail,
        "primary_category": arxiv.primary_category,
        "comment": arxiv.comment,
        "doi": arxiv.doi,
        "journal_ref": arxiv.journal_ref,
    }
