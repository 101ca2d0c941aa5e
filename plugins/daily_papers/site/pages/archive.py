"""Archive page (/archive/): every year as a calendar, newest first, and the feeds of the site."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from daily_papers.index.day_summary import count_days_with_papers, sum_papers_and_votes
from daily_papers.index.organizations import slugs_with_page
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES
from daily_papers.site.components.calendar import make_years
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root


def pages(site: SiteContext) -> Iterator[SitePage]:
    urls = site.urls
    yield SitePage(
        urls.source("archive"),
        site.messages.texts["archive_title"],
        _description(site),
        partial(_render, site),
        page_head(site, urls.archive(), [("alternate", urls.below("archive.json"), "application/json")]),
        changed=site.index.last_change(site.index.days),
    )


def _render(site: SiteContext) -> str:
    return site.render(
        "archive.html",
        root=to_root(site.urls.archive()),
        years=make_years(site.index.calendar_days, site.urls, site.multilingual),
        site_feeds=site.site_feeds if site.has_feeds else (),
        has_organization_feeds=bool(slugs_with_page(site.index.primary_listings)),
        settled=(SETTLED_DAYS, SETTLED_VOTES),
    )


def _description(site: SiteContext) -> str:
    entries = site.index.day_summaries
    return site.messages.text(
        "archive_description",
        days=site.messages.count("days", count_days_with_papers(entries)),
        papers=site.messages.count("papers", sum_papers_and_votes(entries)[0]),
    )
