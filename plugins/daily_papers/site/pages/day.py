"""Page of a date: its papers by votes, or the reason why there are none."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import partial

from markupsafe import Markup

from daily_papers.index.day_summary import ALL_HIDDEN, DaySummary
from daily_papers.model.records import Day
from daily_papers.model.text import cut
from daily_papers.site.components.day_header import day_header
from daily_papers.site.components.page_head import HeadLink, page_head
from daily_papers.site.components.paper_list import paper_list
from daily_papers.site.components.structured_data import collection
from daily_papers.site.context import SiteContext
from daily_papers.site.page import DESCRIPTION_CHARS, SitePage
from daily_papers.site.urls import DAYS_FEED, day_stem, to_root

# The texts of a date without papers, by its state; in any other state a stored file does not read.
_NOTICES = {"empty": "empty", "moving": "open", "failed": "failed"}


def pages(site: SiteContext) -> Iterator[SitePage]:
    """Yield the page of each date that has one, oldest first."""
    dates = sorted(site.index.days)
    for entry in site.index.day_summaries:
        before, after = bisect_left(dates, entry.date), bisect_right(dates, entry.date)
        previous = dates[before - 1] if before else None
        following = dates[after] if after < len(dates) else None
        yield _page(site, entry, previous, following)


def render_day(
    site: SiteContext, day: Day, entry: DaySummary, previous: dt.date | None, following: dt.date | None
) -> str:
    """Return the content of the page of a day with papers; `previous` and `following` are the nearest such dates."""
    root = to_root(site.urls.day(day.date))
    return site.render(
        "day.html",
        **day_header(site, entry, root, previous, following),
        **paper_list(site, day, day.ranked, root),
        anchor="",
        data=_structured_data(site, day),
    )


def render_notice(site: SiteContext, entry: DaySummary, previous: dt.date | None, following: dt.date | None) -> str:
    """Return the content of the page of a date without papers: the reason, and links to its neighbors."""
    notice = "hidden" if entry.reason == ALL_HIDDEN.reason else _NOTICES.get(entry.state, "unreadable")
    return site.render(
        "day_notice.html",
        **day_header(site, entry, to_root(site.urls.day(entry.date)), previous, following),
        problem=(f"{notice}_day_title", f"{notice}_day"),
        papers=[],
        formats=[],
        seen="",
    )


def _page(site: SiteContext, entry: DaySummary, previous: dt.date | None, following: dt.date | None) -> SitePage:
    urls, day = site.urls, site.index.days.get(entry.date)
    links: list[HeadLink] = []
    if day:
        links.append(("alternate", urls.day_json(day.date), "application/json"))
        links.append(("alternate", urls.day_markdown(day.date), "text/markdown"))
    if previous:
        links.append(("prev", urls.day(previous), ""))
    if following:
        links.append(("next", urls.day(following), ""))
    if day:
        render = partial(render_day, site, day, entry, previous, following)
    else:
        render = partial(render_notice, site, entry, previous, following)
    return SitePage(
        urls.source(day_stem(entry.date)),
        site.messages.date(entry.date),
        _description(site, entry),
        render,
        page_head(site, urls.day(entry.date), links, feed=DAYS_FEED),
        image=site.presenter.day_image(day) if day else "",
        changed=site.index.change_dates.get(entry.date),
        date=entry.date,
        depends_on=(entry.date,),
        anchors=frozenset(paper.id for paper in day.papers) if day else frozenset(),
        in_nav=False,
    )


def _description(site: SiteContext, entry: DaySummary) -> str:
    messages = site.messages
    text = messages.text(
        "day_description",
        date=messages.date(entry.date),
        papers=messages.count("papers", entry.papers),
        votes=messages.count("votes", entry.votes),
        best=entry.best or messages.texts[f"state_{entry.state}"],
    )
    return cut(text, DESCRIPTION_CHARS)


def _structured_data(site: SiteContext, day: Day) -> Markup:
    name, url = site.messages.date(day.date), site.absolute(site.urls.day(day.date))
    return collection(name, url, day.date, site.messages.language)
