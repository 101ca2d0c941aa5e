"""The topics: all of them at /topics/, a page each, and their papers as data for who combines topics in the browser.

The ArchiveIndex goes in, SitePages come out, and topics/SLUG.json: `{"papers": [{"id", "title", "date", "votes"}, …]}`,
most votes first. What a paper is about is told by `daily_papers.archive.topics`, before any page is drawn.
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
from daily_papers.site.page import SitePage
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import to_root

TOP, NEWEST = 50, 20
NEIGHBOURS = 8
LEAST_SHARED = 3
"""With fewer papers in common two topics are no neighbours."""

_encoder = msgspec.json.Encoder()


class _Told(msgspec.Struct, frozen=True, gc=False):
    """A topic in the list of all."""

    slug: str
    name: Markup
    papers: int
    recent: int
    """Papers of the newest month and the one before."""


def pages(draw: Renderer) -> Iterator[SitePage]:
    words = draw.words
    yield SitePage(
        draw.urls.source("topics"),
        words.texts["topics_title"],
        words.text("topics_description", count=len(draw.shelf.topic_names)),
        partial(_all, draw),
        draw.page_head(draw.urls.page("topics")),
        changed=draw.shelf.last_change(one.date for one in draw.shelf.counted),
    )
    if not draw.shelf.days:
        return
    near = neighbours(draw.shelf.topics)
    for slug, papers in draw.shelf.by_topic.items():
        name = words.choose(draw.shelf.topic_names[slug])
        yield SitePage(
            draw.urls.source(f"topics/{slug}"),
            name,
            words.text("topic_description", topic=name, papers=words.count("papers", len(papers))),
            partial(_one, draw, slug, near.get(slug, [])),
            draw.page_head(draw.urls.topic(slug), feed=f"topics/{slug}/feed", feed_name=name),
            changed=draw.shelf.last_change(one.date for one in papers),
            in_nav=False,
        )


def files(draw: Renderer) -> Iterator[tuple[str, bytes]]:
    yield draw.urls.below("topics.json"), _encoder.encode(draw.shelf.topic_names)
    for slug, papers in draw.shelf.by_topic.items() if draw.shelf.days else ():
        told = [
            {"id": one.paper.id, "title": one.paper.title, "date": one.date, "votes": one.votes}
            for one in top(papers, len(papers))
        ]
        yield draw.urls.below(f"topics/{slug}.json"), _encoder.encode({"papers": told})


def neighbours(topics: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the topics that share most papers with each, by slug, as a share of all that are on either.

    `topics` are those of each paper, by its id. Ties go by slug.
    """
    papers: Counter[str] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for slugs in topics.values():
        papers.update(slugs)
        shared.update(combinations(sorted(slugs), 2))
    near: dict[str, list[tuple[float, str]]] = {}
    for (one, other), both in shared.items():
        if both >= LEAST_SHARED:
            share = both / (papers[one] + papers[other] - both)
            near.setdefault(one, []).append((-share, other))
            near.setdefault(other, []).append((-share, one))
    return {slug: [other for _, other in sorted(found)[:NEIGHBOURS]] for slug, found in near.items()}


def count_by_month(papers: Sequence[PrimaryListing], months: Sequence[dt.date]) -> list[int]:
    """Return the number of `papers` in each of `months`, given by their first day."""
    counts = Counter(month_of(one.date) for one in papers)
    return [counts[month] for month in months]


def _all(draw: Renderer) -> str:
    shelf, url = draw.shelf, draw.urls.page("topics")
    recent = {*months_of(shelf.days)[-2:]}
    told = [
        _Told(
            slug,
            draw.topic(slug),
            len(papers),
            sum(1 for one in papers if month_of(one.date) in recent),
        )
        for slug, papers in shelf.by_topic.items()
        if shelf.days
    ]
    told.sort(key=lambda topic: -topic.papers)
    return draw.render("topics.html", root=to_root(url), topics=told)


def _one(draw: Renderer, slug: str, near: Sequence[str]) -> str:
    shelf = draw.shelf
    papers = shelf.by_topic[slug]
    months = months_of(shelf.days)
    counts = count_by_month(papers, months)
    return draw.render(
        "topic.html",
        root=to_root(draw.urls.topic(slug)),
        slug=slug,
        name=draw.topic(slug),
        plain_name=draw.words.choose(shelf.topic_names[slug]),
        papers=len(papers),
        votes=sum(one.votes for one in papers),
        top=draw.rows.make(top(papers, TOP)),
        newest=draw.rows.make(papers[: -NEWEST - 1 : -1]),
        chart=draw_spark_bars(counts),
        months=[*zip(months, counts, strict=True)],
        near=[(other, draw.topic(other)) for other in near],
    )
