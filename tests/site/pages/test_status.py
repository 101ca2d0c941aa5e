"""How complete the archive is, for readers, programs and READMEs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.day_summary import DaySummary, every_date
from daily_papers.model.records import Day, Paper
from daily_papers.site.pages.status import find_gaps, make_badge, status_json
from daily_papers.site.renderer import Renderer
from daily_papers.site.urls import Urls
from tests.sites import build, make_site

FRIDAY = dt.date(2026, 7, 10)
HOSTILE = '<script>alert(1)</script> & "x"'


def renderer(language: str = "en") -> Renderer:
    return Renderer(languages=[language], urls=Urls(), media_hosts=[])


def dates() -> list[DaySummary]:
    entries = [
        DaySummary(FRIDAY, "complete", papers=3, votes=9),
        DaySummary(dt.date(2026, 7, 14), "failed", reason=f"502 {HOSTILE}", tried=dt.date(2026, 7, 16)),
        DaySummary(dt.date(2026, 7, 15), "partial", rejected=2, papers=4),
        DaySummary(dt.date(2026, 7, 16), "empty"),
        DaySummary(dt.date(2026, 7, 20), "pending", pending=2, papers=2),
        DaySummary(dt.date(2026, 7, 21), "moving", papers=1),
    ]
    return every_date(entries, dt.date(2026, 7, 1))


def test_gaps_are_told_as_spans_that_weekends_do_not_part() -> None:
    assert [(str(gap.first), str(gap.last), gap.weekdays) for gap in find_gaps(dates())] == [
        ("2026-07-01", "2026-07-09", 7),
        ("2026-07-13", "2026-07-13", 1),
        ("2026-07-17", "2026-07-17", 1),
    ]


def test_the_page_names_what_failed_with_its_reason_and_last_try_and_what_is_missing() -> None:
    page = LexborHTMLParser(renderer().status(dates()))
    text = " ".join(page.body.text(separator=" ").split())  # type: ignore[union-attr]
    for said in (
        "Newest date: 21 July 2026",
        "Tuesday 14 July 2026 16 July 2026 502 <script>",
        "2 records could not be read in full",
        "1 July 2026 to 9 July 2026 7 weekdays",
        "Monday 20 July 2026 2 papers",
        "Thursday 16 July 2026",
    ):
        assert said in text, said
    assert not page.css("script")
    assert page.css('a[href="../2026/07/14/"]')


def test_every_state_there_is_has_a_name_and_a_meaning_in_both_languages() -> None:
    for language in ("ko", "en"):
        page = LexborHTMLParser(renderer(language).status(dates()))
        assert len(page.css("dt")) == len(page.css("dd")) == 8
        assert all(node.text().strip() for node in page.css("dt, dd"))


def test_an_empty_archive_has_a_status_too() -> None:
    assert "No day has been stored" in renderer().status([])
    assert json.loads(status_json([])) == {"schema": 1, "newest": None, "counts": {}, "dates": {}}
    ET.fromstring(renderer().badge([]))


def test_the_json_has_a_line_for_every_date_and_counts_that_add_up() -> None:
    body = status_json(dates())
    told = json.loads(body)
    assert told["newest"] == "2026-07-21"
    assert sum(told["counts"].values()) == len(told["dates"]) == 21 == body.count(b"\n") - 2
    assert told["dates"]["2026-07-14"]["tried"] == "2026-07-16"
    assert told["dates"]["2026-07-11"] == {"state": "weekend"}
    assert status_json(dates()) == body


def test_the_badge_says_the_worst_in_words_and_colour() -> None:
    fine = [DaySummary(FRIDAY, "complete", papers=3)]
    svg = ET.fromstring(renderer().badge(dates()))
    assert svg.attrib["aria-label"] == "daily papers: 4 days, 1 could not be fetched"
    assert "1 day, complete" in renderer().badge(fine)
    colours = {
        make_badge(entries, "a", "b").colour for entries in (fine, dates(), every_date(fine, dt.date(2026, 7, 8)))
    }
    assert len(colours) == 3


def test_a_day_whose_last_refresh_failed_still_shows_its_papers_and_says_so() -> None:
    day = Day(date=FRIDAY, source="huggingface", papers=(Paper(id="2607.00001", title="t"),))
    entry = DaySummary(FRIDAY, "failed", reason="502", tried=dt.date(2026, 7, 12), papers=1)
    page = LexborHTMLParser(renderer().day(day, entry, previous=None, next=None))
    assert page.css("article")
    text = page.body.text()  # type: ignore[union-attr]
    assert "The last try to bring this day up to date failed" in text
    assert "Last tried on 12 July 2026." in text


def test_a_holiday_a_failure_and_a_list_that_has_just_opened_are_told_apart() -> None:
    told = [
        LexborHTMLParser(renderer().unreadable_day(DaySummary(FRIDAY, state), previous=None, next=None))
        .css_first(".dp-notice h2")
        .text()  # type: ignore[union-attr]
        for state in ("empty", "failed", "moving")
    ]
    assert told == ["No papers on this day", "This day could not be fetched", "No papers yet"]


@pytest.mark.fault(23)
def test_a_paper_of_several_dates_leads_to_the_others() -> None:
    later = FRIDAY + dt.timedelta(days=6)
    day = Day(date=FRIDAY, source="huggingface", papers=(Paper(id="2607.00001", title="t"),))
    draw = renderer()
    again = Day(date=later, source="huggingface", papers=day.papers)
    draw.shelf = ArchiveIndex(days={FRIDAY: day, later: again}, listed={"2607.00001": (FRIDAY, later)})
    html = draw.day(day, DaySummary(FRIDAY, "complete", papers=1), previous=None, next=None)
    link = LexborHTMLParser(html).css_first(".dp-also a")
    assert link is not None
    assert link.attributes["href"] == "../../../2026/07/16/#2607.00001"
    assert link.text() == "Also listed on 16 July 2026"


def test_three_readings_of_votes_draw_a_line_and_two_do_not() -> None:
    history = ((FRIDAY, 10), (FRIDAY + dt.timedelta(days=1), 20), (FRIDAY + dt.timedelta(days=4), 30))
    paper = Paper(id="2607.00001", title="t", votes=30, vote_history=history)
    short = Paper(id="2607.00002", title="t", votes=20, vote_history=history[:2])
    day = Day(date=FRIDAY, source="huggingface", papers=(paper, short))
    html = renderer().day(day, DaySummary(FRIDAY, "complete", papers=2), previous=None, next=None)
    assert "10 on 10 July 2026, 20 on 11 July 2026, 30 on 14 July 2026" in html
    lines = LexborHTMLParser(html).css("svg.dp-trend polyline")
    assert [line.attributes["points"] for line in lines] == ["1,13 12,8 46,3"]


@pytest.mark.parametrize("path", ["", "papers"])
def test_a_site_publishes_page_json_and_badge_and_an_authors_own_page_wins(tmp_path: Path, path: str) -> None:
    site = make_site(tmp_path, {"fetch": "never", "path": path, "since": "2026-07-06", "languages": ["en"]})
    root = site / "docs" / path
    write_day(root, Day(date=FRIDAY, source="huggingface", papers=(Paper(id="2607.00001", title="t"),)))
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


def test_summaries_that_are_to_come_are_a_state_of_their_date(tmp_path: Path) -> None:
    options = {"fetch": "never", "since": "2026-07-10", "summaries": {"model": "a-model"}}
    site = make_site(tmp_path, options)
    papers = (Paper(id="2607.00001", title="t", abstract="Water."), Paper(id="2607.00002", title="without abstract"))
    write_day(site / "docs", Day(date=FRIDAY, source="huggingface", papers=papers))
    write_ledger(site / "docs", {FRIDAY: LedgerEntry("complete")})
    assert build(site).returncode == 0
    told = json.loads((site / "site/status.json").read_text())
    assert told["dates"]["2026-07-10"] == {"state": "pending", "papers": 2, "pending": 1}
