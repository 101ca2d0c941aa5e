"""Topic pages: all topics at /topics/, a page each, and their papers as data, for scripts that combine topics.

`topics/SLUG.json` is `{"papers": [{"id", "title", "date", "votes"}, …]}`, most votes first. The topics of a paper are
found by `archive.topics`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations

import msgspec
from markupsafe import Markup

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.rankings import top
from daily_papers.model.dates import month_of, months_of
from daily_papers.site.components.charts import draw_spark_bars
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

TOP, NEWEST = 50, 20
MAX_RELATED = 8
LEAST_SHARED = 3
"""Two topics with fewer papers in common are not related."""

_encoder = msgspec.json.Encoder()


class _TopicRow(msgspec.Struct, frozen=True, gc=False):
    """A topic in the list of all topics."""

    slug: str
    name: Markup
    papers: int
    recent: int
    """The number of papers in the two newest months."""


def pages(site: SiteContext) -> Iterator[SitePage]:
    words = site.messages
    yield SitePage(
        site.urls.source("topics"),
        words.texts["topics_title"],
        words.text("topics_description", count=len(site.index.topic_names)),
        partial(_all, site),
        page_head(site, site.urls.page("topics")),
        changed=site.index.last_change(one.date for one in site.index.primary_listings),
    )
    if not site.index.days:
        return
    related = find_related(site.index.topics)
    for slug, papers in site.index.by_topic.items():
        name = words.choose(site.index.topic_names[slug])
        yield SitePage(
            site.urls.source(f"topics/{slug}"),
            name,
            words.text("topic_description", topic=name, papers=words.count("papers", len(papers))),
            partial(_one, site, slug, related.get(slug, [])),
            page_head(site, site.urls.topic(slug), feed=f"topics/{slug}/feed", feed_name=name),
            changed=site.index.last_change(one.date for one in papers),
            in_nav=False,
        )


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    yield site.urls.below("topics.json"), _encoder.encode(site.index.topic_names)
    for slug, papers in site.index.by_topic.items() if site.index.days else ():
        listed = [
            {"id": one.paper.id, "title": one.paper.title, "date": one.date, "votes": one.votes}
            for one in top(papers, len(papers))
        ]
        yield site.urls.below(f"topics/{slug}.json"), _encoder.encode({"papers": listed})


def find_related(topics: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the topics that share the most papers with each, by slug: shared papers divided by papers of either.

    `topics` are those of each paper, by its id. Ties go by slug.
    """
    papers: Counter[str] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for slugs in topics.values():
        papers.update(slugs)
        shared.update(combinations(sorted(slugs), 2))
    shares: dict[str, list[tuple[float, str]]] = {}
    for (one, other), both in shared.items():
        if both >= LEAST_SHARED:
            share = both / (papers[one] + papers[other] - both)
            shares.setdefault(one, []).append((-share, other))
            shares.setdefault(other, []).append((-share, one))
    return {slug: [other for _, other in sorted(found)[:MAX_RELATED]] for slug, found in shares.items()}


def count_by_month(papers: Sequence[PrimaryListing], months: Sequence[dt.date]) -> list[int]:
    """Return the number of `papers` in each of `months`, given by their first day."""
    counts = Counter(month_of(listing.date) for listing in papers)
    return [counts[month] for month in months]


def _all(site: SiteContext) -> str:
    index, url = site.index, site.urls.page("topics")
    recent = {*months_of(index.days)[-2:]}
    topics = [
        _TopicRow(
            slug,
            site.topic_name(slug),
            len(papers),
            sum(1 for one in papers if month_of(one.date) in recent),
        )
        for slug, papers in index.by_topic.items()
        if index.days
    ]
    topics.sort(key=lambda topic: -topic.papers)
    return site.render("topics.html", root=to_root(url), topics=topics)


def _one(site: SiteContext, slug: str, related: Sequence[str]) -> str:
    index = site.index
    papers = index.by_topic[slug]
    months = months_of(index.days)
    counts = count_by_month(papers, months)
    return site.render(
        "topic.html",
        root=to_root(site.urls.topic(slug)),
        slug=slug,
        name=site.topic_name(slug),
        plain_name=site.messages.choose(index.topic_names[slug]),
        papers=len(papers),
        votes=sum(one.votes for one in papers),
        top=site.rows.make(top(papers, TOP)),
        newest=site.rows.make(papers[: -NEWEST - 1 : -1]),
        chart=draw_spark_bars(counts),
        months=[*zip(months, counts, strict=True)],
        related=[(other, site.topic_name(other)) for other in related],
    )
