"""Statistics page (/stats/): charts of the archive, each with a table of the same numbers.

`index.statistics` computes the numbers, `components.charts` draws the shapes. A chart contains numbers only. Its names
and rows are HTML next to it, in every language of the site.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import msgspec
from markupsafe import Markup

from daily_papers.index.organizations import OrganizationPapers
from daily_papers.index.statistics import (
    MIN_PAPERS,
    MIN_TOPIC_PAPERS,
    MonthStatistics,
    MostListed,
    Statistics,
    Trend,
    Trends,
    Weekday,
    compute_statistics,
)
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.site.components.charts import Chart, Point, draw_bars, draw_line, draw_rows
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

STEM = "stats"
MIN_MONTHS = 2
"""Number of months with papers that a comparison needs."""
_MAX_TICKS = 9
"""Number of years that fit the x axis on a phone."""
_PERCENT_STEP = 0.001
"""The resolution of `short_percent`."""


class BarRow(msgspec.Struct, frozen=True):
    """A row of a list with bars. `address` is relative to the site's root; empty if the name is no link."""

    name: Markup | str
    value: str
    address: str = ""


class Figure(msgspec.Struct, frozen=True):
    """A chart, and the rows in front of it if it has any. `key` is its name's key in the catalogues."""

    key: str
    chart: Chart
    rows: Sequence[BarRow] = ()
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
    stats = compute_statistics(site.index)
    if stats.months_with_papers < MIN_MONTHS:
        return site.render("statistics_empty.html", root=to_root(url))
    maker = _FigureMaker(site)
    rankings = _organization_rankings(stats)
    return site.render(
        "statistics.html",
        root=to_root(url),
        stats=stats,
        months=[(maker.month(month.first), month) for month in reversed(stats.months)],
        weekdays=[(maker.weekday(day.number), day) for day in stats.weekdays],
        topics=[(site.topic_name(trend.slug), trend) for trend in stats.trends.topics] if stats.trends else [],
        organizations=rankings,
        month_figures=month_figures(stats.months),
        media_figures=media_figures(stats.months),
        weekday_figures=maker.weekdays(stats.weekdays),
        topic_figures=maker.movers(stats.trends) if stats.trends else [],
        organization_figures=[maker.organizations(ranking, key) for key, ranking in rankings],
        short_title=short_title,
        min_topic_papers=MIN_TOPIC_PAPERS,
        min_papers=MIN_PAPERS,
        number=whole,
        mean=mean,
        percent=percent,
        points=points,
    )


def _organization_rankings(stats: Statistics) -> list[tuple[str, MostListed]]:
    """Return the rankings of organizations, each with its key; only one if that of the last year is the same."""
    of_all_time, of_year = stats.organizations, stats.organizations_of_year
    if not of_all_time or not of_year or not of_all_time.listed:
        return []
    if of_year.listed in ((), of_all_time.listed):
        return [("stats_ever", of_all_time)]
    return [("stats_ever", of_all_time), ("stats_of_year", of_year)]


def month_figures(months: Sequence[MonthStatistics]) -> list[Figure]:
    """Return the papers and the votes of each month as bars."""
    papers = _series(months, lambda month: month.papers)
    votes = _series(months, lambda month: month.votes)
    return [
        Figure("stats_papers_by_month", draw_bars(papers, whole, min_step=1)),
        Figure("stats_votes_by_month", draw_bars(votes, whole, min_step=1), is_of_votes=True),
    ]


def media_figures(months: Sequence[MonthStatistics]) -> list[Figure]:
    """Return the shares of papers with code and with a video in each month as lines."""
    code = _series(months, lambda month: month.code_share)
    video = _series(months, lambda month: month.video_share)
    return [
        Figure("stats_code", draw_line(code, short_percent, min_step=_PERCENT_STEP)),
        Figure("stats_video", draw_line(video, short_percent, min_step=_PERCENT_STEP)),
    ]


def ticks(months: Sequence[dt.date]) -> dict[dt.date, str]:
    """Return the labels of the x axis by month: years at their January, else the first month and the last."""
    januaries = [month for month in months if month.month == 1]
    if len(januaries) < 2:
        return {month: f"{month:%Y-%m}" for month in (months[0], months[-1])}
    every = -(-len(januaries) // _MAX_TICKS)
    return {month: f"{month.year}" for month in januaries[::every]}


class _FigureMaker:
    """Make the figures that contain names, in every language of the site."""

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
        """Return the rising and the falling topics, both to the same scale."""
        groups = (("stats_rising", trends.rising), ("stats_falling", trends.falling))
        maximum = max((abs(trend.change) for _, group in groups for trend in group), default=0)
        return [self._topic_rows(key, group, maximum) for key, group in groups if group]

    def _topic_rows(self, key: str, trends: Sequence[Trend], maximum: float) -> Figure:
        rows = [
            BarRow(
                self._topic(trend.slug),
                f"{percent(trend.share_before)} → {percent(trend.share_now)}",
                self._urls.topic(trend.slug),
            )
            for trend in trends
        ]
        return Figure(key, draw_rows([abs(trend.change) for trend in trends], maximum), rows)

    def organizations(self, ranking: MostListed, key: str) -> Figure:
        papers = [len(organization.papers) for organization in ranking.listed]
        rows = [
            BarRow(short_title(organization), whole(count), self._urls.organization(organization.slug))
            for organization, count in zip(ranking.listed, papers, strict=True)
        ]
        return Figure(key, draw_rows(papers, papers[0]), rows)


def short_title(organization: OrganizationPapers) -> str:
    return cut(organization.title, NAME_CHARS)


def _rows(key: str, names: Sequence[Markup], values: Sequence[float], *, is_of_votes: bool = False) -> Figure:
    rows = [BarRow(name, mean(value)) for name, value in zip(names, values, strict=True)]
    return Figure(key, draw_rows(values, max(values)), rows, is_of_votes)


def _series(months: Sequence[MonthStatistics], value: Callable[[MonthStatistics], float | None]) -> list[Point]:
    labels = ticks([month.first for month in months])
    return [
        Point(f"{month.first:%Y-%m}", value(month), labels.get(month.first, ""), not month.is_over) for month in months
    ]


# Numbers are formatted as in both languages: a chart has one text for all languages.


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
