"""Library page (/library/): the addresses that scripts need. The library itself is on the reader's device."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from daily_papers.model.dates import month_of
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

NEWS_MONTHS = 2
"""The number of newest months in which scripts look for followed authors, topics and organizations."""

_encoder = msgspec.json.Encoder()


def pages(site: SiteContext) -> Iterator[SitePage]:
    yield SitePage(
        site.urls.source("library"),
        site.messages.texts["library_title"],
        site.messages.texts["library_description"],
        lambda: _render(site),
        page_head(site, site.urls.page("library")),
    )


def _render(site: SiteContext) -> str:
    root = to_root(site.urls.page("library"))
    return site.render(
        "library.html",
        root=root,
        months=" ".join(root + address for address in _newest_months(site)),
        # Scripts replace YYYY/MM/DD and SLUG.
        day=root + site.urls.page("YYYY/MM/DD"),
        topic=root + site.urls.topic("SLUG"),
        newest=root + site.urls.day(site.index.newest) if site.index.newest else "",
        topics=_encoder.encode(site.index.topic_names).decode(),
    )


def _newest_months(site: SiteContext) -> list[str]:
    months = sorted(set(map(month_of, site.index.days)))[-NEWS_MONTHS:]
    return [site.urls.month_json(month) for month in reversed(months)]
