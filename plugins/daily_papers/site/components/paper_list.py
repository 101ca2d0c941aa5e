"""List of papers, on a day's page and on the home page: the values of paper_list.html."""

from __future__ import annotations

from collections.abc import Sequence

from daily_papers.model.records import Day, Paper
from daily_papers.site.components.day_header import day_formats, votes_read
from daily_papers.site.context import SiteContext

FEATURES = 5
"""The first paper is the lead; the papers up to this one have a picture of middle size. The others are rows."""


def paper_list(site: SiteContext, day: Day, papers: Sequence[Paper], root: str) -> dict[str, object]:
    """Return the values for some `papers` of `day`, in the order given; `root` is the path to the site's root."""
    return {
        "papers": [site.presenter.view(paper, day.date) for paper in papers],
        "positions": {paper.id: position for position, paper in enumerate(day.papers)},
        "features": FEATURES,
        "jump": root + site.urls.paper_redirect(),
        "seen": votes_read(site, day),
        "formats": day_formats(site, day, root),
    }
