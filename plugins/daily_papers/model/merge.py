"""Merge a stored day with a newly read one. No stored data is lost or replaced by data of lower rank.

All functions are pure. Merging is idempotent: merging the same day again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from daily_papers.model.records import PAPER_ID_PATTERN, Day, Failure, FetchResult, Paper, Rejected, Summary
from daily_papers.model.text import clean_line

# Rank of each origin of a summary in one language; the higher one wins. A model has MODEL_RANK, whatever its name.
_SUMMARY_RANK = {"huggingface": 0, "mkdocs-daily-papers": 1, "digest": 3, "hand": 4}
MODEL_RANK = 2
NOT_MODELS = frozenset(_SUMMARY_RANK)
"""Values of `Summary.by` for summaries that no model wrote."""

MILESTONES = (1, 3, 7, 30)
"""Ages of a date, in days, for which its votes are kept.

Votes grow by half within one day, double within three or four, and stop growing after thirty.
"""

_T = TypeVar("_T", bound=msgspec.Struct)

VoteHistory = tuple[tuple[dt.date, int], ...]


def merge_days(stored: Day | None, incoming: Day, *, lists_all: bool = True) -> Day:
    """Return the union of `stored` and `incoming`, two days of the same date.

    A fetched day wins over one that was not fetched, a later fetch over an earlier one; between two days that were not
    fetched, `incoming` wins. The loser provides the fields that the winner lacks. Papers keep their stored order, and
    new ones follow. A paper that a later fetch does not list stays; it gets `last_seen` if `lists_all` is True, which
    means that the source lists every paper of a date. `fetched_at` changes only together with other content.
    """
    if stored is None:
        return incoming
    if not incoming.papers:
        return stored  # an empty list is no evidence against papers listed before
    incoming_wins = _precedence(incoming) >= _precedence(stored)
    new = {paper.id: paper for paper in incoming.papers}
    papers = [
        _merge_papers(stored.date, paper, new.pop(paper.id), incoming_wins=incoming_wins)
        if paper.id in new
        else _mark_unlisted(paper, stored, incoming if incoming_wins and lists_all else None)
        for paper in stored.papers
    ]
    merged = Day(
        date=stored.date,
        source=incoming.source if incoming_wins else stored.source,
        fetched_at=stored.fetched_at,
        papers=(*papers, *new.values()),
    )
    if merged == stored or not incoming_wins:
        return merged
    return msgspec.structs.replace(merged, fetched_at=incoming.fetched_at)


def merge_rejected(stored: tuple[Rejected, ...], fetched: FetchResult) -> tuple[Rejected, ...]:
    """Return the rejections of `fetched`, after the `stored` ones whose papers `fetched` neither read nor rejected."""
    rejected = {_identity(record) for record in fetched.rejected}
    read = {name for paper in fetched.day.papers for name in (paper.id, paper.title)}
    remaining = (record for record in stored if _identity(record) not in rejected | read)
    return (*remaining, *fetched.rejected)


def add_rejected_lines(stored: tuple[Rejected, ...], lines: Iterable[Rejected]) -> tuple[Rejected, ...]:
    """Return `stored`, followed by those of a digest's unreadable `lines` that it does not contain.

    Each line is contained as often as in the digest, however often the digest is imported. An import removes nothing,
    because a record that a fetch could not read has more data than a digest.
    """
    counts = Counter(bytes(record.record) for record in stored)
    new = []
    for line in lines:
        text = bytes(line.record)
        counts[text] -= 1
        if counts[text] < 0:
            new.append(line)
    return (*stored, *new)


class _RawPaper(msgspec.Struct, frozen=True):
    title: str | None = None


class _RawRecord(msgspec.Struct):
    """The readable fields of a rejected record that identify its paper."""

    title: str | None = None
    paper: _RawPaper = _RawPaper()


def _precedence(day: Day) -> dt.datetime:
    """Return the instant that decides which of two days wins: the later one."""
    return day.fetched_at or dt.datetime.min.replace(tzinfo=dt.UTC)


def _mark_unlisted(paper: Paper, stored: Day, fetch: Day | None) -> Paper:
    """Return `paper`, which the later day does not list, with `last_seen` if `fetch` shows that upstream dropped it."""
    if fetch is None or fetch.fetched_at is None or paper.last_seen:
        return paper
    seen = [stored.date, *(date for date, _ in paper.vote_history)]
    # Only a fetch provides these two fields. A paper that a digest added to a fetched day was not in that fetch.
    if stored.fetched_at and (paper.submitted_at or paper.comments is not None):
        seen.append(stored.fetched_at.date())
    return msgspec.structs.replace(paper, last_seen=max(seen))


def _merge_papers(date: dt.date, stored: Paper, incoming: Paper, *, incoming_wins: bool) -> Paper:
    winner, loser = (incoming, stored) if incoming_wins else (stored, incoming)
    merged = _fill(winner, loser)
    history = _merge_histories(date, stored.vote_history, incoming.vote_history, incoming_wins=incoming_wins)
    summaries = _merge_summaries(winner.summaries, loser.summaries)
    return msgspec.structs.replace(
        merged,
        title=loser.title if winner.title == winner.id else winner.title,
        # Once arXiv has listed the authors, its order stays.
        authors=loser.authors if loser.arxiv and not winner.arxiv and loser.authors else merged.authors,
        votes=history[-1][1] if history else merged.votes,
        vote_history=history,
        summaries=summaries,
        failures=_merge_failures(winner, loser, summaries),
        last_seen=winner.last_seen,
    )


def _fill(winner: _T, loser: _T) -> _T:
    """Return `winner` with its empty fields taken from `loser`, also within nested structs with equal keys."""
    changes: dict[str, Any] = {}
    for field in winner.__struct_fields__:
        value, other = getattr(winner, field), getattr(loser, field)
        if value is None or value == ():
            changes[field] = other
        elif isinstance(value, msgspec.Struct) and type(value) is type(other) and _key(value) == _key(other):
            changes[field] = _fill(value, other)
    return msgspec.structs.replace(winner, **changes)


def _key(struct: msgspec.Struct) -> Any:
    """Return the first field, which identifies the subject: a repository's address, an organization's name."""
    return getattr(struct, struct.__struct_fields__[0])


def _merge_histories(date: dt.date, stored: VoteHistory, incoming: VoteHistory, *, incoming_wins: bool) -> VoteHistory:
    """Return the thinned union of both histories, with one entry a day; the winner decides a day that both have.

    An incoming entry with the same number as the newest one is left out.
    """
    earlier = incoming[:-1]
    merged = dict(stored + earlier) if incoming_wins else dict(earlier + stored)
    for seen, votes in incoming[-1:]:
        newest = max(merged, default=dt.date.min)
        if seen <= newest or merged.get(newest) != votes:
            merged[seen] = votes if incoming_wins else merged.get(seen, votes)
    return thin_history(date, tuple(sorted(merged.items())))


def thin_history(date: dt.date, history: VoteHistory) -> VoteHistory:
    """Return the first and the last entry of `history`, and the entry nearest to each of MILESTONES after `date`.

    The choice depends on the days alone, so an entry that was left out once is left out again.
    """
    if len(history) <= 2:
        return history
    days = [day for day, _ in history]
    milestones = [date + dt.timedelta(days=days_after) for days_after in MILESTONES]
    nearest = (min(days, key=lambda day: abs(day - milestone)) for milestone in milestones)
    chosen = {days[0], days[-1], *nearest}
    return tuple(entry for entry in history if entry[0] in chosen)


def _merge_summaries(winner: dict[str, Summary], loser: dict[str, Summary]) -> dict[str, Summary]:
    merged = dict(loser)
    for language, summary in winner.items():
        if language not in merged or summary_rank(summary) >= summary_rank(merged[language]):
            merged[language] = summary
    return merged


def _merge_failures(winner: Paper, loser: Paper, summaries: dict[str, Summary]) -> dict[str, Failure]:
    return {
        language: failure
        for language, failure in (loser.failures | winner.failures).items()
        if language not in summaries or summary_rank(summaries[language]) < MODEL_RANK
    }


def summary_rank(summary: Summary) -> int:
    """Return the rank of `summary` among summaries in one language.

    The higher rank wins; between equal ranks the summary of the winning day does.
    """
    # People write the value `hand` themselves, sometimes with a capital.
    return _SUMMARY_RANK.get(summary.by.strip().lower(), MODEL_RANK)


def _identity(record: Rejected) -> str | bytes:
    """Return the value that two rejections of the same paper share: its id, else its title, else the whole record."""
    if record.id and re.match(PAPER_ID_PATTERN, record.id):
        return record.id
    try:
        raw = msgspec.json.decode(record.record, type=_RawRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return bytes(record.record)
    return clean_line(raw.paper.title or raw.title or "") or bytes(record.record)
