"""The calendar of a year: a cell per date, in the column of its weekday, shaded by votes."""

from __future__ import annotations

import datetime as dt

from daily_papers.index.day_summary import DaySummary
from daily_papers.site.components.calendar import make_years, tone_steps
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.urls import Urls
from tests.factories import make_index, render_archive, site_context
from tests.html import parse_page

COMPLETE_DATES = [dt.date(2023, 12, 29), dt.date(2024, 2, 29), dt.date(2024, 3, 1)]
ENTRIES = [
    *(
        DaySummary(date=date, state="complete", papers=3, votes=votes, best="T")
        for votes, date in enumerate(COMPLETE_DATES)
    ),
    DaySummary(date=dt.date(2024, 3, 4), state="failed"),
    DaySummary(date=dt.date(2024, 3, 5), state="moving"),
]


def calendar_page(entries: list[DaySummary]) -> str:
    return render_archive(site_context(make_index(entries=entries), languages=["en"]))


def test_years_are_newest_first_with_twelve_months_and_a_link_per_known_date() -> None:
    page = parse_page(calendar_page(ENTRIES))
    assert [node.attributes["id"] for node in page.css(".dp-year h2")] == ["y2024", "y2023"]
    assert len(page.css("table")) == 24
    assert [link.attributes["href"] for link in page.css("td a")] == [
        "../2024/02/29/",
        "../2024/03/01/",
        "../2024/03/04/",
        "../2024/03/05/",
        "../2023/12/29/",
    ]


def test_a_cell_names_date_papers_votes_best_paper_and_state() -> None:
    cells = [link.text() for link in parse_page(calendar_page(ENTRIES)).css("td a")]
    assert cells[1] == "1 Friday 1 March 2024, 3 papers, 2 votes, Top: T"
    assert "could not be fetched" in cells[2]
    assert "still changing" in cells[3]


def test_every_date_is_in_the_column_of_its_weekday() -> None:
    for year in make_years(ENTRIES, Urls(), MultilingualMessages(["en"])):
        for number, month in enumerate(year.months, start=1):
            for week in month.weeks:
                for column, cell in enumerate(week):
                    assert cell is None or dt.date(year.number, number, cell.day).weekday() == column


def test_tones_divide_the_days_into_fifths() -> None:
    assert tone_steps(range(10)) == [2, 4, 6, 8]
    assert tone_steps([]) == []
    assert tone_steps([5]) == [5, 5, 5, 5]


def test_four_years_take_less_than_300_bytes_a_date() -> None:
    start = dt.date(2023, 1, 2).toordinal()
    dates = [dt.date.fromordinal(start + day) for day in range(4 * 365) if day % 7 < 5]
    title = "A title of the usual length, about as long as this one is here"
    entries = [DaySummary(date=date, state="moving", papers=34, votes=412, best=title) for date in dates]
    html = render_archive(site_context(make_index(entries=entries)))
    assert len(html.encode()) / len(entries) < 300
