"""Archive status: the status page, status.json and the badge for READMEs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.index.day_summary import DaySummary, fill_missing_dates
from daily_papers.model.records import Day
from daily_papers.site.context import SiteContext
from daily_papers.site.pages.status import find_gaps, make_badge, status_json
from tests.factories import (
    make_day,
    make_index,
    make_paper,
    render_badge,
    render_day,
    render_day_notice,
    render_status,
    site_context,
    store_day,
)
from tests.html import only, parse_page
from tests.sites import build, make_site

FRIDAY = dt.date(2026, 7, 10)
HOSTILE = '<script>alert(1)</script> & "x"'


def status_context(dates: list[DaySummary], language: str = "en") -> SiteContext:
    return site_context(make_index(entries=[], dates=dates), languages=[language])


def english_day(day: Day, entry: DaySummary) -> str:
    return render_day(day, site_context(languages=["en"]), entry=entry)


def dates() -> list[DaySummary]:
    """Return every date of July 2026 up to the 21st, with each state at least once."""
    entries = [
        DaySummary(FRIDAY, "complete", papers=3, votes=9),
        DaySummary(dt.date(2026, 7, 14), "failed", reason=f"502 {HOSTILE}", tried=dt.date(2026, 7, 16)),
        DaySummary(dt.date(2026, 7, 15), "partial", rejected=2, papers=4),
        DaySummary(dt.date(2026, 7, 16), "empty"),
        DaySummary(dt.date(2026, 7, 20), "pending", pending=2, papers=2),
        DaySummary(dt.date(2026, 7, 21), "moving", papers=1),
    ]
    return fill_missing_dates(entries, dt.date(2026, 7, 1))


def test_gaps_are_spans_of_dates_that_weekends_do_not_interrupt() -> None:
    assert [(str(gap.first), str(gap.last), gap.weekdays) for gap in find_gaps(dates())] == [
        ("2026-07-01", "2026-07-09", 7),
        ("2026-07-13", "2026-07-13", 1),
        ("2026-07-17", "2026-07-17", 1),
    ]


def test_the_page_lists_failed_dates_with_reason_and_last_try_and_missing_dates() -> None:
    page = parse_page(render_status(status_context(dates())))
    text = " ".join(page.body.text(separator=" ").split())  # type: ignore[union-attr]
    for expected in (
        "Newest date: 21 July 2026",
        "Tuesday 14 July 2026 16 July 2026 502 <script>",
        "2 records could not be read in full",
        "1 July 2026 to 9 July 2026 7 weekdays",
        "Monday 20 July 2026 2 papers",
        "Thursday 16 July 2026",
    ):
        assert expected in text, expected
    assert not page.css("script")
    assert page.css('a[href="../2026/07/14/"]')


def test_every_state_has_a_name_and_an_explanation_in_both_languages() -> None:
    for language in ("ko", "en"):
        page = parse_page(render_status(status_context(dates(), language)))
        assert len(page.css("dt")) == len(page.css("dd")) == 8
        assert all(node.text().strip() for node in page.css("dt, dd"))


def test_an_empty_archive_has_a_status_page_json_and_badge() -> None:
    assert "No day is stored yet" in render_status(status_context([]))
    assert json.loads(status_json([])) == {"schema": 1, "newest": None, "counts": {}, "dates": {}}
    ET.fromstring(render_badge(status_context([])))


def test_the_json_has_a_line_for_every_date_and_counts_that_add_up() -> None:
    body = status_json(dates())
    status = json.loads(body)
    assert status["newest"] == "2026-07-21"
    assert sum(status["counts"].values()) == len(status["dates"]) == 21 == body.count(b"\n") - 2
    assert status["dates"]["2026-07-14"]["tried"] == "2026-07-16"
    assert status["dates"]["2026-07-11"] == {"state": "weekend"}
    assert status_json(dates()) == body


def test_the_badge_states_the_worst_state_in_words_and_colour() -> None:
    fine = [DaySummary(FRIDAY, "complete", papers=3)]
    svg = ET.fromstring(render_badge(status_context(dates())))
    assert svg.attrib["aria-label"] == "daily papers: 4 days, 1 could not be fetched"
    assert "1 day, complete" in render_badge(status_context(fine))
    colours = {
        make_badge(entries, "a", "b").colour
        for entries in (fine, dates(), fill_missing_dates(fine, dt.date(2026, 7, 8)))
    }
    assert len(colours) == 3


def test_a_day_whose_last_refresh_failed_has_its_papers_and_a_note() -> None:
    entry = DaySummary(FRIDAY, "failed", reason="502", tried=dt.date(2026, 7, 12), papers=1)
    page = parse_page(english_day(make_day(FRIDAY, make_paper()), entry))
    assert page.css("article")
    text = page.body.text()  # type: ignore[union-attr]
    assert "The last update of this day failed" in text
    assert "Last tried on 12 July 2026." in text


def test_a_holiday_a_failure_and_a_date_that_has_just_begun_have_different_notices() -> None:
    site = site_context(languages=["en"])
    pages = [parse_page(render_day_notice(DaySummary(FRIDAY, state), site)) for state in ("empty", "failed", "moving")]
    assert [only(page, ".dp-notice h2").text() for page in pages] == [
        "No papers on this day",
        "This day could not be fetched",
        "No papers yet",
    ]


@pytest.mark.fault(23)
def test_a_paper_listed_on_several_dates_links_to_the_others() -> None:
    later = FRIDAY + dt.timedelta(days=6)
    day, again = make_day(FRIDAY, make_paper()), make_day(later, make_paper())
    html = render_day(day, site_context(make_index(day, again), languages=["en"]))
    link = only(parse_page(html), ".dp-topics a")
    assert link.attributes["href"] == "../../../2026/07/16/#2607.00001"
    assert link.text() == "Also listed on 16 July 2026"


@pytest.mark.parametrize("path", ["", "papers"])
def test_a_site_publishes_page_json_and_badge_and_an_authors_own_page_wins(tmp_path: Path, path: str) -> None:
    site = make_site(tmp_path, {"fetch": "never", "path": path, "since": "2026-07-06", "languages": ["en"]})
    root = site / "docs" / path
    store_day(root, FRIDAY, make_paper())
    write_ledger(root, {FRIDAY: LedgerEntry("complete"), dt.date(2026, 7, 9): LedgerEntry("failed", "503")})
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    built = site / "site" / path
    assert json.loads((built / "status.json").read_text())["counts"] == {"complete": 1, "failed": 1, "missing": 3}
    ET.parse(built / "status.svg")
    assert "503" in (built / "status/index.html").read_text("utf-8")
    (root / "status.md").write_text("# My own words\n")
    assert build(site).returncode == 0
    assert "My own words" in (built / "status/index.html").read_text("utf-8")


def test_a_date_that_waits_for_summaries_is_pending(tmp_path: Path) -> None:
    options = {"fetch": "never", "since": "2026-07-10", "summaries": {"model": "a-model"}}
    site = make_site(tmp_path, options)
    store_day(site / "docs", FRIDAY, make_paper(1, abstract="Water."), make_paper(2, abstract=None))
    write_ledger(site / "docs", {FRIDAY: LedgerEntry("complete")})
    assert build(site).returncode == 0
    status = json.loads((site / "site/status.json").read_text())
    assert status["dates"]["2026-07-10"] == {"state": "pending", "papers": 2, "pending": 1}
