"""The page of the reader's own library: what scripts need of the site to draw it. All else lies on the reader's device.

A Renderer goes in, one SitePage comes out.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from daily_papers.model.dates import month_of
from daily_papers.site.page import SitePage
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import to_root

NEWS_MONTHS = 2
"""In how many of the newest months the page looks for what a reader follows."""

_encoder = msgspec.json.Encoder()


def pages(draw: Renderer) -> Iterator[SitePage]:
    """Yield the library."""
    yield SitePage(
        draw.urls.source("library"),
        draw.words.texts["library_title"],
        draw.words.texts["library_description"],
        lambda: _render(draw),
        draw.page_head(draw.urls.page("library")),
    )


def _render(draw: Renderer) -> str:
    root = to_root(draw.urls.page("library"))
    return draw.render(
        "library.html",
        root=root,
        months=" ".join(root + address for address in _newest_months(draw)),
        # Filled in by the scripts.
        day=root + draw.urls.page("YYYY/MM/DD"),
        topic=root + draw.urls.topic("SLUG"),
        newest=root + draw.urls.day(draw.shelf.newest) if draw.shelf.newest else "",
        topics=_encoder.encode(draw.shelf.topic_names).decode(),
    )


def _newest_months(draw: Renderer) -> list[str]:
    months = sorted(set(map(month_of, draw.shelf.days)))[-NEWS_MONTHS:]
    return [draw.urls.month_json(month) for month in reversed(months)]
