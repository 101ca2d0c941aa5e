"""What pages ask of many days: one light entry a date, each paper where it counts, and all of it on one ArchiveIndex.

Days and the ledger go in, a DaySummary a date and a Counted a paper come out; reading files is left to `archive`,
drawing to `pages`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Literal

import msgspec

from daily_papers.archive.ledger import LedgerEntry
from daily_papers.model.records import Day, Paper

DateState = Literal["complete", "moving", "empty", "failed", "partial", "pending", "missing", "weekend"]
"""How complete a date is, as readers are told: a state of the ledger; or pending: complete, but that summaries are
still to come; missing: never asked for; weekend: one that lists nothing, as upstream's weekends do."""

NOT_ASKED = LedgerEntry(state="partial", reason="not asked of upstream yet")
"""What stands for a stored day that the ledger does not know: it was bundled or imported, and may be incomplete."""

ALL_HIDDEN = LedgerEntry(state="empty", reason="every paper of this date is hidden by the site")
"""What stands for a stored day of which the curation leaves nothing to show."""


class DaySummary(msgspec.Struct, frozen=True):
    """One date as calendars and lists show it."""

    date: dt.date
    state: DateState
    reason: str | None = None
    rejected: int = 0
    """Records of which something could not be read."""
    tried: dt.date | None = None
    """Of a failure, the UTC day of the last try."""
    pending: int = 0
    """Papers whose summary is still to come."""
    papers: int = 0
    votes: int = 0
    best: str | None = None
    """The title with the most votes, pinned or not."""
    elsewhere_papers: int = 0
    """Of its papers, those that count on another date they are listed on; and their votes here."""
    elsewhere_votes: int = 0

    @property
    def has_page(self) -> bool:
        """Whether anything is known of the date but that it is one."""
        return self.state not in ("missing", "weekend")


Listings = Mapping[str, tuple[dt.date, ...]]
"""The dates of papers that are listed on several, oldest first, by id."""


def day_entry(day: Day, ledger_entry: LedgerEntry | None, *, pending: int = 0) -> DaySummary:
    """Return the entry of a stored day; `ledger_entry` is what the ledger holds of its date.

    `pending` is how many of its papers wait for a summary.
    """
    # Upstream lists nothing of a day that was imported, or asked for too late.
    known = ledger_entry if ledger_entry and ledger_entry.state != "empty" else NOT_ASKED
    best = best_paper(day)
    return DaySummary(
        date=day.date,
        state="pending" if known.state == "complete" and pending else known.state,
        reason=known.reason,
        rejected=known.rejected,
        tried=known.tried,
        pending=pending,
        papers=len(day.papers),
        votes=day.votes,
        best=best.title if best else None,
    )


def best_paper(day: Day) -> Paper | None:
    """Return the paper with the most votes, pinned or not; the first of equal ones."""
    return max(day.papers, key=lambda paper: -1 if paper.votes is None else paper.votes, default=None)


def empty_entry(date: dt.date, ledger_entry: LedgerEntry) -> DaySummary:
    """Return the entry of a date that has no stored day: nothing listed, or failed."""
    return DaySummary(
        date=date,
        state=ledger_entry.state,
        reason=ledger_entry.reason,
        rejected=ledger_entry.rejected,
        tried=ledger_entry.tried,
    )


def every_date(entries: Sequence[DaySummary], since: dt.date) -> list[DaySummary]:
    """Return an entry for each date from `since` to the newest of `entries`, oldest first, and for earlier ones there.

    The span ends with what is known, never with today: the same archive has the same dates whenever it is looked at.
    """
    known = {entry.date: entry for entry in entries}
    if not known:
        return []
    first, last = min(since, *known), max(known)
    dates = (dt.date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return [
        known.get(date) or DaySummary(date, "weekend" if date.weekday() > 4 else "missing")
        for date in dates
        if date in known or date >= since
    ]


def find_relisted(days: Iterable[Day]) -> Listings:
    """Return the dates of each paper that is listed on more than one, oldest first, by its id."""
    dates: defaultdict[str, list[dt.date]] = defaultdict(list)
    for day in days:
        for paper in day.papers:
            dates[paper.id].append(day.date)
    return {paper_id: tuple(sorted(listed)) for paper_id, listed in dates.items() if len(listed) > 1}


def assign_primary_dates(entries: dict[dt.date, DaySummary], days: Mapping[dt.date, Day], listed: Listings) -> None:
    """Note in `entries` what is counted on another date: a paper counts where it has the most votes, else first."""
    for paper_id, dates in listed.items():
        votes = _votes_by_date(paper_id, dates, days)
        counted = _counts_on(votes)
        for date in dates:
            if date != counted:
                entry = entries[date]
                entries[date] = msgspec.structs.replace(
                    entry,
                    elsewhere_papers=entry.elsewhere_papers + 1,
                    elsewhere_votes=entry.elsewhere_votes + votes[date],
                )


def total(entries: Iterable[DaySummary]) -> tuple[int, int]:
    """Return papers and votes of some dates, a paper of several dates once."""
    papers = votes = 0
    for entry in entries:
        papers += entry.papers - entry.elsewhere_papers
        votes += entry.votes - entry.elsewhere_votes
    return papers, votes


def filled(entries: Iterable[DaySummary]) -> int:
    """Return on how many of some dates there are papers."""
    return sum(1 for entry in entries if entry.papers)


def votes_seen(day: Day) -> dt.date | None:
    """Return the last UTC day on which the votes are known to have been read, or None."""
    seen = [paper.vote_history[-1][0] for paper in day.papers if paper.vote_history]
    if day.fetched_at:
        seen.append(day.fetched_at.date())
    return max(seen, default=None)


class PrimaryListing(msgspec.Struct, frozen=True, gc=False):
    """A paper on the one date where it counts: of those that list it, the one with most votes."""

    date: dt.date
    paper: Paper

    @property
    def votes(self) -> int:
        """Upvotes as last seen; unknown ones count 0."""
        return self.paper.votes or 0


def counted_papers(days: Mapping[dt.date, Day], listed: Listings) -> list[PrimaryListing]:
    """Return each paper once, oldest date first, on each date in the day's own ranking."""
    counts_on = {paper_id: _counts_on(_votes_by_date(paper_id, dates, days)) for paper_id, dates in listed.items()}
    return [
        PrimaryListing(date, paper)
        for date, day in sorted(days.items())
        for paper in day.ranked
        if counts_on.get(paper.id, date) == date
    ]


def _votes_by_date(paper_id: str, dates: Sequence[dt.date], days: Mapping[dt.date, Day]) -> dict[dt.date, int]:
    return {date: next(paper.votes or 0 for paper in days[date].papers if paper.id == paper_id) for date in dates}


def _counts_on(votes: Mapping[dt.date, int]) -> dt.date:
    """Return the date on which a paper counts, by its votes on each: the first of those with most."""
    return max(votes, key=lambda date: votes[date])


@dataclass(frozen=True)
class ArchiveIndex:
    """The whole archive as pages ask for it; nothing on it is changed once it stands."""

    days: Mapping[dt.date, Day] = field(default_factory=dict)
    """The days that have papers to show, as the curation has them."""
    entries: Sequence[DaySummary] = ()
    """Of each date that has a page, oldest first."""
    dates: Sequence[DaySummary] = ()
    """Of each date there should be, oldest first."""
    listed: Listings = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The topics of each paper, as slugs, the best first, by its id."""
    topic_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The name of each topic by language code, by slug, in the order of the taxonomy."""
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of earlier papers that a paper is related to, the nearest first, by its id."""

    @cached_property
    def counted(self) -> list[PrimaryListing]:
        return counted_papers(self.days, self.listed)

    @cached_property
    def changed(self) -> dict[dt.date, dt.date]:
        """When each day is known to have changed last, by its date."""
        return {date: votes_seen(day) or date for date, day in self.days.items()}

    def last_change(self, dates: Iterable[dt.date]) -> dt.date | None:
        """Return when a day of `dates` changed last; None where none of them has papers."""
        return max(filter(None, map(self.changed.get, set(dates))), default=None)

    @cached_property
    def known(self) -> dt.date | None:
        """The last UTC day of which the archive knows anything: what is newest in it, or when it was last asked for."""
        return max(chain(self.days, self.changed.values()), default=None)

    def first_listed(self, one: PrimaryListing) -> dt.date:
        """Return when a paper was first listed: unlike the date it counts on, votes do not move it."""
        return self.listed.get(one.paper.id, (one.date,))[0]

    @cached_property
    def first_listings(self) -> dict[str, tuple[dt.date, str]]:
        """Where each paper was first listed, and the title it had there, by its id."""
        first: dict[str, tuple[dt.date, str]] = {}
        for date, day in sorted(self.days.items()):
            for paper in day.papers:
                first.setdefault(paper.id, (date, paper.title))
        return first

    @cached_property
    def by_topic(self) -> dict[str, list[PrimaryListing]]:
        """The papers of each topic, oldest date first, by its slug, in the order of the taxonomy."""
        papers: dict[str, list[PrimaryListing]] = {slug: [] for slug in self.topic_names}
        for one in self.counted:
            for slug in self.topics.get(one.paper.id, ()):
                papers[slug].append(one)
        return papers

    @cached_property
    def newest(self) -> dt.date | None:
        """The newest date that has papers: where "this week" and "this month" count from."""
        return max(self.days, default=None)

    @cached_property
    def seen(self) -> dt.date | None:
        """The newest UTC day on which votes of any day are known to have been read."""
        return max(filter(None, map(votes_seen, self.days.values())), default=None)
