"""Home page: the newest day's first papers, rising papers, the best of the month, and the calendar of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from daily_papers.index.rankings import listed_between, rising, spans, top
from daily_papers.model.records import Day
from daily_papers.site.components.calendar import make_years
from daily_papers.site.components.day_header import day_header
from daily_papers.site.components.page_head import page_head
from daily_papers.site.components.paper_list import paper_list
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import DAYS_FEED, to_root

PAPERS = 5
"""The number of papers of the newest day."""
RANKED = 5
"""The length of each ranking."""
RISING_DAYS = 7


def pages(site: SiteContext) -> Iterator[SitePage]:
    newest = site.index.days[site.index.newest] if site.index.newest else None
    yield SitePage(
        site.urls.source("index"),
        site.messages.texts["home_title"],
        _description(site, newest),
        partial(render_home, site, newest),
        page_head(site, site.urls.home(), feed=DAYS_FEED),
        image=site.presenter.day_image(newest) if newest else "",
        changed=site.index.last_change(site.index.days),
    )


def render_home(site: SiteContext, newest: Day | None) -> str:
    """Return the content of the home page; `newest` is the newest day with papers, if there is one."""
    entries = site.index.calendar_days
    root = to_root(site.urls.home())
    if newest is None:
        years = make_years(entries, site.urls, site.multilingual)
        return site.render("home_empty.html", root=root, years=years[:1])
    entry = next(entry for entry in entries if entry.date == newest.date)
    earlier = max((other.date for other in entries if other.papers and other.date < newest.date), default=None)
    address = root + site.urls.day(newest.date)
    same_year = [entry for entry in entries if entry.date.year == newest.date.year]
    return site.render(
        "home.html",
        **day_header(site, entry, root, earlier, None),
        **paper_list(site, newest, newest.ranked[:PAPERS], root),
        anchor=address,
        data="",
        day_address=address,
        years=make_years(same_year, site.urls, site.multilingual),
        **_rankings(site, newest.date),
    )


def _rankings(site: SiteContext, newest: dt.date) -> dict[str, object]:
    """Return the papers that rose in the last week in which votes were read, and the best of the newest month."""
    listings, seen = site.index.primary_listings, site.index.votes_read_on
    risen = rising(listings, seen, RANKED, RISING_DAYS) if seen else []
    return {
        "risen": site.rows.gains(risen),
        "risen_until": seen,
        "rising_days": RISING_DAYS,
        "best": site.rows.make(top(listed_between(listings, *spans(newest)["month"]), RANKED)),
    }


def _description(site: SiteContext, newest: Day | None) -> str:
    if newest is None:
        return site.messages.texts["home_description_empty"]
    return site.messages.text("home_description", date=site.messages.date(newest.date))
