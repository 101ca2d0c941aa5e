"""Organization pages: /orgs/ with all of them in one table, and a page each.

A page has the best and the newest papers only: there are hundreds of pages, and most have one paper.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.organizations import OrganizationPapers, group_by_organization
from daily_papers.index.people import fold_name
from daily_papers.index.rankings import top
from daily_papers.model.records import HUGGING_FACE
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.site.components.page_head import page_head
from daily_papers.site.components.paper_view import Link
from daily_papers.site.components.ranking_rows import Row
from daily_papers.site.context import SiteContext
from daily_papers.site.page import DESCRIPTION_CHARS, SitePage
from daily_papers.site.urls import to_root

ORGANIZATIONS = "orgs"
"""The stem of the page of all organizations."""
BEST, NEWEST, TOPICS = 10, 50, 6
"""The most best papers, newest papers and topics on a page."""

# The names of accounts that Hugging Face accepts.
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class TableRow(msgspec.Struct, frozen=True):
    """An organization in the table of all organizations."""

    title: str
    slug: str
    papers: str
    votes: str


def pages(site: SiteContext) -> Iterator[SitePage]:
    found = group_by_organization(site.index.primary_listings)
    yield SitePage(
        site.urls.source(ORGANIZATIONS),
        site.messages.texts["organizations_title"],
        site.messages.text("organizations_description", organizations=site.messages.count("organizations", len(found))),
        partial(_render_all, site, found),
        page_head(site, site.urls.organizations()),
        max((_changed(each.papers) for each in found.values()), default=None),
        in_nav=False,
    )
    for each in found.values():
        url = site.urls.organization(each.slug)
        yield SitePage(
            site.urls.source(f"{ORGANIZATIONS}/{each.slug}"),
            cut(each.title, NAME_CHARS),
            _description(site, each),
            partial(_render, site, each, url),
            page_head(site, url, feed=f"{ORGANIZATIONS}/{each.slug}/feed", feed_name=cut(each.title, NAME_CHARS)),
            _changed(each.papers),
            depends_on=each.dates,
            in_nav=False,
        )


def _render_all(site: SiteContext, found: dict[str, OrganizationPapers]) -> str:
    number = site.messages.number
    lines = [
        TableRow(cut(each.title, NAME_CHARS), each.slug, number(len(each.papers)), number(each.votes))
        for each in found.values()
    ]
    return site.render(
        "organizations.html",
        root=to_root(site.urls.organizations()),
        by_papers=lines,
        by_name=sorted(lines, key=lambda line: (fold_name(line.title), line.slug)),
        authors=site.urls.authors(),
    )


def _render(site: SiteContext, each: OrganizationPapers, url: str) -> str:
    papers = each.papers
    return site.render(
        "organization.html",
        root=to_root(url),
        slug=each.slug,
        title=cut(each.title, NAME_CHARS),
        papers=len(papers),
        votes=each.votes,
        account=f"{HUGGING_FACE}/{each.name}" if _ACCOUNT.fullmatch(each.name) else "",
        all_address=site.urls.organizations(),
        topics=_topics(site, papers),
        # If all papers are among the best, one list is enough.
        best=_rows(site, top(papers, BEST)) if len(papers) > BEST else [],
        newest=_rows(site, papers[:NEWEST]),
        is_all=len(papers) <= NEWEST,
    )


def _rows(site: SiteContext, papers: Iterable[PrimaryListing]) -> list[Row]:
    """Return the rows without the organization, which is the page's own."""
    return [msgspec.structs.replace(row, organization="") for row in site.rows.make(papers)]


def _topics(site: SiteContext, papers: Iterable[PrimaryListing]) -> list[tuple[Link, str]]:
    """Return the most frequent topics with their numbers of papers; ties are in the order of the taxonomy."""
    index = site.index
    if not index.topics:
        return []
    counts = Counter(slug for one in papers for slug in index.topics.get(one.paper.id, ()))
    order = {slug: position for position, slug in enumerate(index.topic_names)}
    commonest = sorted(counts.items(), key=lambda entry: (-entry[1], order[entry[0]]))[:TOPICS]
    return [
        (Link(site.topic_name(slug), site.urls.topic(slug)), site.messages.number(count)) for slug, count in commonest
    ]


def _description(site: SiteContext, each: OrganizationPapers) -> str:
    words = site.messages
    text = words.text(
        "organization_description",
        organization=cut(each.title, NAME_CHARS),
        papers=words.count("papers", len(each.papers)),
        votes=words.count("votes", each.votes),
        newest=each.papers[0].paper.title,
    )
    return cut(text, DESCRIPTION_CHARS)


def _changed(papers: Iterable[PrimaryListing]) -> dt.date:
    """Return the last date on which a paper was listed or its votes changed."""
    return max(one.paper.vote_history[-1][0] if one.paper.vote_history else one.date for one in papers)
