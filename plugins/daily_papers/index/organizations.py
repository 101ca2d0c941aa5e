"""Organizations: the papers of each, and the slug that stands for it in addresses."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.model.records import Paper
from daily_papers.model.text import RESERVED_SLUGS

_ODD = re.compile(r"[^a-z0-9]+")
_HASH_CHARS = 16


class Organization(msgspec.Struct, frozen=True, gc=False):
    """What the archive has of one organization. `name` and `fullname` are as last given."""

    slug: str
    name: str
    fullname: str | None
    papers: tuple[PrimaryListing, ...]
    """Newest date first, those of one date in its ranking."""
    votes: int

    @property
    def title(self) -> str:
        return self.fullname or self.name

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The dates its papers count on, newest first."""
        return tuple(dict.fromkeys(one.date for one in self.papers))


@lru_cache(maxsize=4096)
def organization_slug(name: str) -> str:
    """Return what stands for an organization in addresses: its name at Hugging Face, which is unique but for case.

    Any other name is told apart by its hash after two dashes, which no plain slug has: no two share a slug.
    """
    name = name.lower() if name.isascii() else name
    slug = _ODD.sub("-", name.lower()).strip("-")[:60]
    if slug and slug == name and slug not in RESERVED_SLUGS:
        return slug
    return f"{slug or 'o'}--{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_HASH_CHARS]}"


def slug_of(paper: Paper) -> str:
    """Return the slug of the organization of `paper`, empty if it names none."""
    return organization_slug(paper.organization.name) if paper.organization else ""


def slugs_with_page(counted: Iterable[PrimaryListing]) -> set[str]:
    """Return the slugs of the organizations that have a page: a paper counts for each."""
    return {slug_of(one.paper) for one in counted} - {""}


def organizations(counted: Iterable[PrimaryListing]) -> dict[str, Organization]:
    """Return each organization by its slug, the one with most papers first, then most votes, then by name.

    `counted` is oldest date first.
    """
    papers: defaultdict[str, list[PrimaryListing]] = defaultdict(list)
    for one in counted:
        if slug := slug_of(one.paper):
            papers[slug].append(one)
    found = [_organization(slug, theirs) for slug, theirs in papers.items()]
    found.sort(key=lambda each: (-len(each.papers), -each.votes, each.slug))
    return {each.slug: each for each in found}


def _organization(slug: str, papers: list[PrimaryListing]) -> Organization:
    newest = sorted(papers, key=_date, reverse=True)
    given = [one.paper.organization for one in newest if one.paper.organization]
    return Organization(
        slug=slug,
        name=given[0].name,
        fullname=next((each.fullname for each in given if each.fullname), None),
        papers=tuple(newest),
        votes=sum(one.votes for one in papers),
    )


def _date(one: PrimaryListing) -> dt.date:
    return one.date
