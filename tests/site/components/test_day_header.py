"""The header of a day: date, totals, state, neighbours and other formats."""

from __future__ import annotations

import datetime as dt

import pytest

from daily_papers.index.day_summary import DateState, DaySummary, summarize_day
from daily_papers.site.components.day_header import day_formats, state_reason, votes_read
from tests.factories import DATE, make_day, make_paper, render_day, render_papers, site_context
from tests.html import only, parse_page


def test_the_header_has_date_totals_state_neighbours_and_downloads() -> None:
    page = parse_page(render_papers(make_paper(votes=1200), languages=["en"]))
    assert only(page, ".dp-wide").text() == "Friday 1 March 2024"
    assert only(page, ".dp-total").text() == "1 paper · 1,200 votes"
    assert only(page, ".dp-status .dp-state").text() == "complete"
    assert "votes as of 8 March 2024" in only(page, ".dp-status").text()
    assert only(page, ".dp-prev").attributes["href"] == "../../../2024/02/29/"
    assert only(page, ".dp-next").attributes["href"] == "../../../2024/03/04/"
    downloads = [link.attributes["href"] for link in page.css(".dp-status a[title]")]
    assert downloads == ["../../../2024/03/01.json", "../../../2024/03/01.md"]


def test_a_date_that_was_never_fetched_says_so_in_the_language_of_the_reader() -> None:
    day = make_day(DATE, make_paper())
    html = render_day(day, site_context(languages=["en"]), entry=summarize_day(day, None))
    assert "not yet compared with Hugging Face" in html
    assert "not asked of upstream" not in html


def test_a_neighbour_is_missing_at_the_end_of_the_archive() -> None:
    page = parse_page(render_day(make_day(DATE, make_paper()), following=dt.date(2024, 3, 4)))
    assert not page.css("a.dp-prev")
    assert only(page, "a.dp-next").attributes["href"] == "../../../2024/03/04/"


def test_the_other_formats_are_relative_to_the_page() -> None:
    formats = day_formats(site_context(), make_day(DATE), "../../../")
    assert [(address, name) for address, name, _ in formats] == [
        ("../../../2024/03/01.json", "JSON"),
        ("../../../2024/03/01.md", "Markdown"),
    ]


def test_votes_that_were_never_read_are_unknown() -> None:
    site = site_context(languages=["en"])
    assert votes_read(site, make_day(DATE, make_paper())) == site.messages.texts["votes_unseen"]
    read = make_day(DATE, make_paper(votes=3, vote_history=((dt.date(2024, 3, 2), 3),)))
    assert "2 March 2024" in votes_read(site, read)


@pytest.mark.parametrize(
    ("state", "fields", "reason"),
    [
        ("failed", {"tried": dt.date(2024, 3, 2)}, "Last tried on 2 March 2024."),
        ("partial", {"rejected": 2}, "2 records could not be read in full"),
    ],
)
def test_a_state_is_explained_in_the_language_of_the_reader(
    state: DateState, fields: dict[str, object], reason: str
) -> None:
    entry = DaySummary(DATE, state, **fields)  # type: ignore[arg-type]
    assert reason in state_reason(site_context(languages=["en"]), entry)


def test_every_state_of_a_date_with_a_page_has_an_explanation() -> None:
    site = site_context(languages=["en"])
    states: tuple[DateState, ...] = ("complete", "moving", "empty", "failed", "partial", "pending")
    for state in states:
        assert state_reason(site, DaySummary(DATE, state)), state
