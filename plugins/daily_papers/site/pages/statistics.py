"""/stats/: the archive in plots, with the same numbers as a table behind each.

The ArchiveIndex goes in, one page comes out. The numbers are made in `stats`, the shapes in `plots`; here they get
their words. A plot holds only what needs no language: its names and rows stand beside it as HTML, in every language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import msgspec
from markupsafe import Markup

from daily_papers.index.organizations import Organization
from daily_papers.index.statistics import (
    LEAST_OF_TOPIC,
    LEAST_PAPERS,
    Month,
    MostListed,
    Stats,
    Trend,
    Trends,
    Weekday,
    make_stats,
)
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.site.components.charts import Plot, Point, draw_bars, draw_line, draw_rows
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

STEM = "stats"
LEAST_MONTHS = 2
"""Of fewer months with papers there is nothing to compare."""
_MOST_TICKS = 9  # years at the axis of a phone's width


class Line(msgspec.Struct, frozen=True):
    """A row of a list with bars; `address` is relative to the site's root, empty where there is none."""

    name: Markup | str
    value: str
    address: str = ""


class Figure(msgspec.Struct, frozen=True):
    """A plot; `key` names it, in the catalogues. Where there are `lines`, it lies behind them."""

    key: str
    plot: Plot
    lines: Sequence[Line] = ()
    is_of_votes: bool = False


def pages(site: SiteContext) -> Iterator[SitePage]:
    url = site.urls.page(STEM)
    yield SitePage(
        site.urls.source(STEM),
        site.messages.texts["stats_title"],
        site.messages.texts["stats_description"],
        lambda: _render(site, url),
        page_head(site, url),
        site.index.last_change(site.index.days),
        in_nav=False,
    )


def _render(site: SiteContext, url: str) -> str:
    stats = make_stats(site.index)
    if stats.months_with_papers < LEAST_MONTHS:
        return site.render("statistics_empty.html", root=to_root(url))
    makers = _Makers(site)
    organizations = _spans(stats)
    return site.render(
        "statistics.html",
        root=to_root(url),
        stats=stats,
        months=[(makers.month(month.first), month) for month in reversed(stats.months)],
        weekdays=[(makers.weekday(day.number), day) for day in stats.weekdays],
        topics=[(site.topic_name(trend.slug), trend) for trend in stats.trends.topics] if stats.trends else [],
        organizations=organizations,
        month_figures=month_figures(stats.months),
        media_figures=media_figures(stats.months),
        weekday_figures=makers.weekdays(stats.weekdays),
        topic_figures=makers.movers(stats.trends) if stats.trends else [],
        organization_figures=[makers.organizations(of, key) for key, of in organizations],
        name_of=name_of,
        least_of_topic=LEAST_OF_TOPIC,
        least_papers=LEAST_PAPERS,
        number=whole,
        mean=mean,
        percent=percent,
        points=points,
    )


def _spans(stats: Stats) -> list[tuple[str, MostListed]]:
    """Return the rankings of organizations that there are, by key: one where the year's says the same as all time's."""
    ever, of_year = stats.organizations, stats.organizations_of_year
    if not ever or not of_year or not ever.listed:
        return []
    if of_year.listed in ((), ever.listed):
        return [("stats_ever", ever)]
    return [("stats_ever", ever), ("stats_of_year", of_year)]


def month_figures(months: Sequence[Month]) -> list[Figure]:
    """Return the papers and the votes of each month as bars."""
    papers = _over(months, lambda month: month.papers)
    votes = _over(months, lambda month: month.votes)
    return [
        Figure("stats_papers_by_month", draw_bars(papers, whole)),
        Figure("stats_votes_by_month", draw_bars(votes, whole), is_of_votes=True),
    ]


def media_figures(months: Sequence[Month]) -> list[Figure]:
    """Return the share of papers with code and with a video in each month as lines."""
    code = _over(months, lambda month: month.code_share)
    video = _over(months, lambda month: month.video_share)
    return [
        Figure("stats_code", draw_line(code, short_percent)),
        Figure("stats_video", draw_line(video, short_percent)),
    ]


def ticks(months: Sequence[dt.date]) -> dict[dt.date, str]:
    """Return which months are named at an axis, and how: years at their January, else the first month and the last."""
    januaries = [month for month in months if month.month == 1]
    if len(januaries) < 2:
        return {month: f"{month:%Y-%m}" for month in (months[0], months[-1])}
    every = -(-len(januaries) // _MOST_TICKS)
    return {month: f"{month.year}" for month in januaries[::every]}


class _Makers:
    """Makes what has a name, in every language of the site."""

    def __init__(self, site: SiteContext) -> None:
        self._words, self._urls, self._topic = site.multilingual, site.urls, site.topic_name

    def month(self, first: dt.date) -> Markup:
        return self._words.each(
            lambda words: words.text("stats_month", year=first.year, month=words.date(first, "month"))
        )

    def weekday(self, number: int) -> Markup:
        return self._words.each(lambda words: words.weekdays()[number][1])

    def weekdays(self, days: Sequence[Weekday]) -> list[Figure]:
        names = [self.weekday(day.number) for day in days]
        return [
            _rows("stats_papers_a_day", names, [day.papers_a_day for day in days]),
            _rows("stats_votes_a_day", names, [day.votes_a_day for day in days], is_of_votes=True),
        ]

    def movers(self, trends: Trends) -> list[Figure]:
        """Return what gained and what lost most, drawn to one scale."""
        both = (("stats_rising", trends.rising), ("stats_falling", trends.falling))
        most = max((abs(trend.change) for _, moved in both for trend in moved), default=0)
        return [self._moved(key, moved, most) for key, moved in both if moved]

    def _moved(self, key: str, trends: Sequence[Trend], most: float) -> Figure:
        lines = [
            Line(
                self._topic(trend.slug),
                f"{percent(trend.share_before)} → {percent(trend.share_now)}",
                self._urls.topic(trend.slug),
            )
            for trend in trends
        ]
        return Figure(key, draw_rows([abs(trend.change) for trend in trends], most), lines)

    def organizations(self, of: MostListed, key: str) -> Figure:
        papers = [len(one.papers) for one in of.listed]
        lines = [Line(name_of(one), whole(len(one.papers)), self._urls.organization(one.slug)) for one in of.listed]
        return Figure(key, draw_rows(papers, papers[0]), lines)


def name_of(organization: Organization) -> str:
    return cut(organization.title, NAME_CHARS)


def _rows(key: str, names: Sequence[Markup], values: Sequence[float], *, is_of_votes: bool = False) -> Figure:
    lines = [Line(name, mean(value)) for name, value in zip(names, values, strict=True)]
    return Figure(key, draw_rows(values, max(values)), lines, is_of_votes)


def _over(months: Sequence[Month], value: Callable[[Month], float | None]) -> list[Point]:
    named = ticks([month.first for month in months])
    return [
        Point(f"{month.first:%Y-%m}", value(month), named.get(month.first, ""), not month.is_over) for month in months
    ]


# Numbers as both languages write them: a plot cannot hold one a language.


def whole(number: float | None) -> str:
    return "–" if number is None else f"{number:,.0f}"


def mean(number: float | None) -> str:
    return "–" if number is None else f"{number:,.1f}"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def short_percent(share: float) -> str:
    return percent(share).replace(".0%", "%")


def points(change: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return f"{100 * change:+.1f}".replace("-", "−")
