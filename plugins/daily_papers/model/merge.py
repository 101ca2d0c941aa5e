"""Merging what was stored of a day with what came in: nothing stored is lost or replaced by something worse.

Days in, Day out; no I/O. Merging the same day again changes nothing.
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

# Who wins a summary in one language, lowest first; a model, by any name, stands between what is bundled and a digest.
_SUMMARY_RANK = {"huggingface": 0, "mkdocs-daily-papers": 1, "digest": 3, "hand": 4}
MODEL_RANK = 2
NOT_MODELS = frozenset(_SUMMARY_RANK)
"""What `by` of a summary says where no model of this site wrote it."""

MILESTONES = (1, 3, 7, 30)
"""How many days after a date its votes are worth keeping: they grow by half in one, double in three or four, and stand
still after thirty."""

_T = TypeVar("_T", bound=msgspec.Struct)

VoteHistory = tuple[tuple[dt.date, int], ...]


def merge_days(stored: Day | None, incoming: Day, *, lists_all: bool = True) -> Day:
    """Return the union of `stored` and `incoming`, two days of one date.

    A fetched day wins over one that was not, a later fetch over an earlier; between two that were not fetched,
    `incoming` wins. The loser fills what the winner lacks. Papers stand in stored order, new ones after them. A paper
    that a later fetch does not list stays, with `last_seen` if such a fetch `lists_all` of a date. `fetched_at` moves
    only if anything else does.
    """
    if stored is None:
        return incoming
    if not incoming.papers:
        return stored  # an empty list says nothing of what was once listed
    incoming_wins = _precedence(incoming) >= _precedence(stored)
    found = {paper.id: paper for paper in incoming.papers}
    papers = [
        _merge_papers(stored.date, paper, found.pop(paper.id), incoming_wins=incoming_wins)
        if paper.id in found
        else _unlisted(paper, stored, incoming if incoming_wins and lists_all else None)
        for paper in stored.papers
    ]
    merged = Day(
        date=stored.date,
        source=incoming.source if incoming_wins else stored.source,
        fetched_at=stored.fetched_at,
        papers=(*papers, *found.values()),
    )
    if merged == stored or not incoming_wins:
        return merged
    return msgspec.structs.replace(merged, fetched_at=incoming.fetched_at)


def merge_rejected(stored: tuple[Rejected, ...], fetched: FetchResult) -> tuple[Rejected, ...]:
    """Return what still cannot be read: the new rejections, and the stored ones that `fetched` did not read whole."""
    again = {_identity(record) for record in fetched.rejected}
    read = {name for paper in fetched.day.papers for name in (paper.id, paper.title)}
    kept = (record for record in stored if _identity(record) not in again | read)
    return (*kept, *fetched.rejected)


def merge_unread(stored: tuple[Rejected, ...], lines: Iterable[Rejected]) -> tuple[Rejected, ...]:
    """Return `stored`, then those of a digest's `lines` that it does not hold.

    A line stands as often as in the digest, however often that is imported. No import takes anything away: what a
    fetch could not read holds more than a digest says.
    """
    held = Counter(bytes(record.record) for record in stored)
    new = []
    for line in lines:
        text = bytes(line.record)
        held[text] -= 1
        if held[text] < 0:
            new.append(line)
    return (*stored, *new)


class _StatedPaper(msgspec.Struct, frozen=True):
    title: str | None = None


class _Stated(msgspec.Struct):
    """What a record that could not be read says of itself, where it can be made out."""

    title: str | None = None
    paper: _StatedPaper = _StatedPaper()


def _precedence(day: Day) -> dt.datetime:
    return day.fetched_at or dt.datetime.min.replace(tzinfo=dt.UTC)


def _unlisted(paper: Paper, stored: Day, fetch: Day | None) -> Paper:
    """Return a stored paper that came in no more. Only a fetch can tell that upstream dropped it."""
    if fetch is None or fetch.fetched_at is None or paper.last_seen:
        return paper
    seen = [stored.date, *(date for date, _ in paper.vote_history)]
    # Only a fetch brings these: what a digest added to a fetched day was not listed on the day of that fetch.
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
        # Once arXiv has named the authors, the order is arXiv's.
        authors=loser.authors if loser.arxiv and not winner.arxiv and loser.authors else merged.authors,
        votes=history[-1][1] if history else merged.votes,
        vote_history=history,
        summaries=summaries,
        failures=_merge_failures(winner, loser, summaries),
        last_seen=winner.last_seen,
    )


def _fill(winner: _T, loser: _T) -> _T:
    """Return `winner` with `loser`'s fields where it has none, and so on inside parts that are of one thing."""
    changes: dict[str, Any] = {}
    for field in winner.__struct_fields__:
        ours, theirs = getattr(winner, field), getattr(loser, field)
        if ours is None or ours == ():
            changes[field] = theirs
        elif isinstance(ours, msgspec.Struct) and type(ours) is type(theirs) and _subject(ours) == _subject(theirs):
            changes[field] = _fill(ours, theirs)
    return msgspec.structs.replace(winner, **changes)


def _subject(part: msgspec.Struct) -> Any:
    """A part's first field says what it is of: a repository's address, an organization's name."""
    return getattr(part, part.__struct_fields__[0])


def _merge_histories(date: dt.date, stored: VoteHistory, incoming: VoteHistory, *, incoming_wins: bool) -> VoteHistory:
    """Return both, one entry a day, the winner's where both have it, thinned; the same number again is no new entry."""
    earlier = incoming[:-1]
    merged = dict(stored + earlier) if incoming_wins else dict(earlier + stored)
    for seen, votes in incoming[-1:]:
        newest = max(merged, default=dt.date.min)
        if seen <= newest or merged.get(newest) != votes:
            merged[seen] = votes if incoming_wins else merged.get(seen, votes)
    return thin(date, tuple(sorted(merged.items())))


def thin(date: dt.date, history: VoteHistory) -> VoteHistory:
    """Return the first and the last entry, and of the others those nearest to each of MILESTONES after `date`.

    Only days decide, so that what was left out once is left out again.
    """
    if len(history) <= 2:
        return history
    days = [day for day, _ in history]
    milestones = [date + dt.timedelta(days=days_after) for days_after in MILESTONES]
    nearest = (min(days, key=lambda day: abs(day - milestone)) for milestone in milestones)
    kept = {days[0], days[-1], *nearest}
    return tuple(entry for entry in history if entry[0] in kept)


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
    """Return what decides between two summaries in one language: the higher stays, of equals the winning day's."""
    # Whoever writes Hand means hand.
    return _SUMMARY_RANK.get(summary.by.strip().lower(), MODEL_RANK)


def _identity(record: Rejected) -> str | bytes:
    """What tells that two rejections are of one paper: its id, else its title, else the record itself."""
    if record.id and re.match(PAPER_ID_PATTERN, record.id):
        return record.id
    try:
        stated = msgspec.json.decode(record.record, type=_Stated)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return bytes(record.record)
    return clean_line(stated.paper.title or stated.title or "") or bytes(record.record)
