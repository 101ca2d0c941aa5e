"""Search page (/search/), which searches in the browser, and the glossary of Korean and English terms it uses.

`search/glossary.json` is a list of pairs, the Korean term first, the most certain pair first:

    [["확산 모델", "diffusion model"], …]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.organizations import group_by_organization
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.search.korean import mine_glossary
from daily_papers.search.records import Record, make_records
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

SEARCH = "search"
"""The stem of the page and the folder of the index."""
ORGANIZATION_PAPERS = 5
"""Organizations with fewer papers are not in the filter; their names are found like other words."""

_encoder = msgspec.json.Encoder()


def pages(site: SiteContext) -> Iterator[SitePage]:
    if not site.shards:
        return
    url = site.urls.page(SEARCH)
    yield SitePage(
        site.urls.source(SEARCH),
        site.messages.texts["search_title"],
        site.messages.texts["search_description"],
        partial(_render, site, url),
        page_head(site, url),
        site.index.newest,
        in_nav=False,
    )


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    if site.shards:
        pairs = mine_glossary(records_of(site, site.index.primary_listings), site.index.topic_names.values())
        yield site.urls.below(f"{SEARCH}/glossary.json"), _encoder.encode(pairs)


def records_of(site: SiteContext, papers: Sequence[PrimaryListing]) -> list[Record]:
    """Return the search records of `papers`, in their order."""
    urls = site.urls
    return make_records(
        papers, site.index, lambda one: (urls.paper(one.paper.id, one.date), site.presenter.media.small(one.paper))
    )


def _render(site: SiteContext, url: str) -> str:
    index = site.index
    organizations = group_by_organization(index.primary_listings).values()
    in_filter = [each for each in organizations if len(each.papers) >= ORGANIZATION_PAPERS]
    papers = Counter(slug for slugs in index.topics.values() for slug in slugs)
    return site.render(
        "search.html",
        root=to_root(url),
        archive=site.urls.below(""),
        parts=" ".join(shard.name for shard in site.shards),
        years=sorted({one.date.year for one in index.primary_listings}, reverse=True),
        topics=[(slug, names) for slug, names in index.topic_names.items() if papers[slug]],
        organizations=sorted(((cut(each.title, NAME_CHARS), each.slug) for each in in_filter), key=_by_name),
    )


def _by_name(entry: tuple[str, str]) -> tuple[str, str]:
    return entry[0].casefold(), entry[1]
