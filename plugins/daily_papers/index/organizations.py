"""Organizations: the papers of each, and its slug in addresses."""

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

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG_CHARS = 60
_HASH_CHARS = 16


class OrganizationPapers(msgspec.Struct, frozen=True, gc=False):
    """An organization and its papers. Its newest papers give `name` and `fullname`."""

    slug: str
    name: str
    fullname: str | None
    papers: tuple[PrimaryListing, ...]
    """Newest date first, and within a date in the day's ranking."""
    votes: int

    @property
    def title(self) -> str:
        return self.fullname or self.name

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The primary dates of its papers, newest first."""
        return tuple(dict.fromkeys(listing.date for listing in self.papers))


@lru_cache(maxsize=4096)
def organization_slug(name: str) -> str:
    """Return the slug of an organization: its name at Hugging Face in lower case, which is unique there.

    A name that is not a plain slug (other characters, too long, reserved) also gets its hash, after two hyphens. No
    plain slug has two hyphens in a row, so no two organizations share a slug.
    """
    name = name.lower() if name.isascii() else name
    slug = _NOT_SLUG.sub("-", name.lower()).strip("-")[:_SLUG_CHARS]
    if slug and slug == name and slug not in RESERVED_SLUGS:
        return slug
    return f"{slug or 'o'}--{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_HASH_CHARS]}"


def slug_of(paper: Paper) -> str:
    """Return the slug of the organization of `paper`; empty if it has none."""
    return organization_slug(paper.organization.name) if paper.organization else ""


def slugs_with_page(listings: Iterable[PrimaryListing]) -> set[str]:
    """Return the slugs of the organizations that have a page: those with a paper in `listings`."""
    return {slug_of(listing.paper) for listing in listings} - {""}


def group_by_organization(listings: Iterable[PrimaryListing]) -> dict[str, OrganizationPapers]:
    """Return the organizations of `listings`, which are oldest date first, by slug.

    They are sorted by papers, then by votes, most first, then by slug.
    """
    by_slug: defaultdict[str, list[PrimaryListing]] = defaultdict(list)
    for listing in listings:
        if slug := slug_of(listing.paper):
            by_slug[slug].append(listing)
    ranked = [_organization(slug, papers) for slug, papers in by_slug.items()]
    ranked.sort(key=lambda organization: (-len(organization.papers), -organization.votes, organization.slug))
    return {organization.slug: organization for organization in ranked}


def _organization(slug: str, listings: list[PrimaryListing]) -> OrganizationPapers:
    newest_first = sorted(listings, key=_date, reverse=True)
    names = [listing.paper.organization for listing in newest_first if listing.paper.organization]
    return OrganizationPapers(
        slug=slug,
        name=names[0].name,
        fullname=next((organization.fullname for organization in names if organization.fullname), None),
        papers=tuple(newest_first),
        votes=sum(listing.votes for listing in listings),
    )


def _date(listing: PrimaryListing) -> dt.date:
    return listing.date
