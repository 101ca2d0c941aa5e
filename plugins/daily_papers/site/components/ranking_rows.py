"""Rows of a ranking: the values of ranking_rows.html for each paper, in the given order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from markupsafe import Markup

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.organizations import slug_of
from daily_papers.index.rankings import Gain
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.urls import Urls


class Row(msgspec.Struct, frozen=True, gc=False):
    id: str
    title: str
    address: str
    """The address of the paper on its day, relative to the site's root."""
    date: dt.date
    when: Markup
    votes: str
    gained: str
    """Votes gained in the span of the ranking; empty if it has none."""
    first_author: str
    others: int
    """The number of authors after the first."""
    organization: str
    organization_slug: str
    has_code: bool
    has_video: bool


class RankingRows:
    """Makes the rows of one site."""

    def __init__(self, urls: Urls, messages: MultilingualMessages) -> None:
        self._urls, self._messages = urls, messages

    def make(self, ranking: Iterable[PrimaryListing]) -> list[Row]:
        """Return a row for each paper."""
        return [self._row(one, None) for one in ranking]

    def gains(self, ranking: Iterable[Gain]) -> list[Row]:
        """Return a row for each paper, with the votes it gained."""
        return [self._row(gain.listing, gain.gained) for gain in ranking]

    def _row(self, one: PrimaryListing, gained: int | None) -> Row:
        paper, organization = one.paper, one.paper.organization
        return Row(
            id=paper.id,
            title=paper.title,
            address=self._urls.paper(paper.id, one.date),
            date=one.date,
            when=self._messages.date(one.date, "plain"),
            votes="–" if paper.votes is None else self._messages.number(paper.votes),
            gained="" if gained is None else f"+{self._messages.number(gained)}",
            first_author=cut(paper.authors[0], NAME_CHARS) if paper.authors else "",
            others=len(paper.authors) - 1,
            organization=cut(organization.title, NAME_CHARS) if organization else "",
            organization_slug=slug_of(paper),
            has_code=paper.has_code,
            has_video=paper.has_video,
        )
