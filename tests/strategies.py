"""Hypothesis strategies for records as the archive holds them."""

from __future__ import annotations

import datetime as dt

import msgspec
from hypothesis import strategies as st

from daily_papers.model.merge import thin_history
from daily_papers.model.records import Arxiv, Day, Failure, Github, Media, Organization, Paper, Submitter, Summary

LANGUAGES = ("ko", "en")
AUTHORSHIP = ("hand", "digest", "a-model", "mkdocs-daily-papers", "huggingface")

# Lone surrogates cannot be written as UTF-8, and never reach a record.
characters = st.characters(codec="utf-8")
texts = st.text(characters, max_size=30)
names = st.text(characters, min_size=1, max_size=12)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 12))
instants = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 1), timezones=st.just(dt.UTC)).map(
    lambda instant: instant.replace(microsecond=0)
)
counts = st.integers(0, 10**6)
maybe = st.none
ids = st.sampled_from([f"2401.0000{n}" for n in range(8)] + ["hep-th/9901001", "x-0123456789ab"])
histories = st.dictionaries(dates, st.integers(0, 3) | counts, max_size=9).map(
    lambda history: tuple(sorted(history.items()))
)
summaries = st.dictionaries(
    st.sampled_from(LANGUAGES),
    st.builds(
        Summary,
        bullets=st.lists(texts, max_size=3).map(tuple),
        by=st.sampled_from(AUTHORSHIP),
        at=maybe() | instants,
    ),
    max_size=2,
)
failures = st.dictionaries(
    st.sampled_from(LANGUAGES),
    st.builds(Failure, reason=names, by=names, at=instants, prompt=names, input=names, tries=counts),
    max_size=2,
)


def papers(paper_id: st.SearchStrategy[str] = ids) -> st.SearchStrategy[Paper]:
    """Return papers as stored.

    A title is not blank, `votes` are the last of the history, and no language has both a summary and a failure.
    """
    return st.builds(
        Paper,
        id=paper_id,
        title=names,
        authors=st.lists(names, max_size=4).map(tuple),
        abstract=maybe() | names,
        published=maybe() | dates,
        submitted_at=maybe() | instants,
        submitted_by=maybe() | st.builds(Submitter, name=names, fullname=maybe() | names),
        vote_history=histories,
        comments=maybe() | counts,
        thumbnail=maybe() | names,
        media=st.lists(st.builds(Media, url=names), max_size=2).map(tuple),
        keywords=st.lists(names, max_size=3).map(tuple),
        organization=maybe() | st.builds(Organization, name=names, fullname=maybe() | names),
        github=maybe() | st.builds(Github, url=names, stars=maybe() | counts),
        project_page=maybe() | names,
        arxiv=maybe() | st.builds(Arxiv, primary_category=maybe() | names),
        summaries=summaries,
        failures=failures,
    ).map(_as_stored)


def days(date: dt.date = dt.date(2024, 1, 2)) -> st.SearchStrategy[Day]:
    """Days of one date, fetched or not, so that two of them can be merged; histories are thinned, as in an archive."""
    thinned = papers().map(
        lambda paper: msgspec.structs.replace(paper, vote_history=thin_history(date, paper.vote_history))
    )
    return st.builds(
        Day,
        date=st.just(date),
        source=st.sampled_from(("huggingface", "digest")),
        fetched_at=maybe() | instants,
        papers=st.lists(thinned, max_size=5, unique_by=lambda paper: paper.id).map(tuple),
    )


def _as_stored(paper: Paper) -> Paper:
    return msgspec.structs.replace(
        paper,
        title=paper.title if paper.title.strip() else paper.id,
        votes=paper.vote_history[-1][1] if paper.vote_history else None,
        failures={code: failure for code, failure in paper.failures.items() if code not in paper.summaries},
    )
