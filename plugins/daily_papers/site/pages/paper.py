"""The page /p/, which leads to a paper by the id behind its `#`: /p/#2402.19173.

The shelf goes in, the page comes out; where each paper is listed lies beside it, see `data`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from daily_papers.model.records import ARXIV
from daily_papers.site.data.month_files import listing_file
from daily_papers.site.page import SitePage
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import to_root


def pages(draw: Renderer) -> Iterator[SitePage]:
    yield SitePage(
        draw.urls.source("p"),
        draw.words.texts["jump_title"],
        draw.words.texts["jump_description"],
        partial(_render, draw),
        draw.page_head(draw.urls.jump()),
        in_nav=False,
    )


def _render(draw: Renderer) -> str:
    return draw.render(
        "paper.html",
        root=to_root(draw.urls.jump()),
        archive=draw.urls.below(""),
        page_end=draw.urls.page_end,
        # Which files there are, so that none is asked for in vain.
        listing_files=sorted({listing_file(one.paper.id) for one in draw.shelf.counted}),
        archive_address=draw.urls.archive(),
        arxiv=ARXIV,
    )
