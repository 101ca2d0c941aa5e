"""Paper redirect page (/p/): scripts go to a paper by the id after `#`, for example /p/#2402.19173.

The files with the dates of each paper are made by `data.month_files`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from daily_papers.model.records import ARXIV
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.data.month_files import listing_file
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root


def pages(site: SiteContext) -> Iterator[SitePage]:
    yield SitePage(
        site.urls.source("p"),
        site.messages.texts["jump_title"],
        site.messages.texts["jump_description"],
        partial(_render, site),
        page_head(site, site.urls.paper_redirect()),
        in_nav=False,
    )


def _render(site: SiteContext) -> str:
    return site.render(
        "paper_redirect.html",
        root=to_root(site.urls.paper_redirect()),
        archive=site.urls.below(""),
        page_end=site.urls.page_end,
        # The files that exist, so that scripts request no other.
        listing_files=sorted({listing_file(one.paper.id) for one in site.index.primary_listings}),
        archive_address=site.urls.archive(),
        arxiv=ARXIV,
    )
