"""The page of a date: order of papers, header, notices, hostile text, and whole pages compared with golden files.

A golden case is a folder of tests/site/golden. It contains `day.json` (a record) or `entry.json` (a date without one),
and the expected page. After an intended change, rewrite the pages and review the difference:

    WRITE_GOLDEN=1 pytest tests/site/pages/test_day.py -k golden && git diff tests/site/golden
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.ledger import State
from daily_papers.index.day_summary import ALL_HIDDEN, DaySummary, summarize_day, summarize_unstored_date
from daily_papers.model.records import Day, Github, Organization, Paper, Summary
from tests.factories import (
    DATE,
    THUMBNAIL,
    make_day,
    make_image,
    make_index,
    make_paper,
    make_video,
    render_archive,
    render_day,
    render_day_notice,
    render_home,
    render_papers,
    site_context,
)
from tests.html import HOSTILE, element_shapes, only, parse_page

GOLDEN = Path(__file__).parents[1] / "golden"
PREVIOUS, FOLLOWING = dt.date(2024, 2, 29), dt.date(2024, 3, 4)


def paper_full_of(text: str) -> Paper:
    """Return a paper with `text` in every field that holds text."""
    return make_paper(
        title=text,
        authors=(text, text, text, text, text),
        abstract=text,
        votes=3,
        thumbnail=THUMBNAIL,
        media=(make_video("a.mp4"), make_image("b.png")),
        keywords=(text, text),
        organization=Organization(name="o", fullname=text),
        github=Github(url=f"javascript:{text}", stars=1),
        project_page=f"javascript:{text}",
        summaries={
            "ko": Summary(bullets=(text, f"**{text.replace('*', '')}**: x"), by=text),
            "en": Summary(bullets=(text,), by=text),
            f"!{text}": Summary(bullets=(text,), by=text),
        },
    )


class TestHostileText:
    @pytest.mark.fault(30, 31, 56)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_adds_no_element_and_no_attribute(self, text: str) -> None:
        harmless = element_shapes(render_papers(paper_full_of("harmless words")))
        assert element_shapes(render_papers(paper_full_of(text))) == harmless

    @pytest.mark.fault(30, 56)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_is_displayed_unchanged(self, text: str) -> None:
        page = parse_page(render_papers(paper_full_of(text)))
        assert only(page, ".dp-title span a").text() == text
        assert only(page, ".dp-org").text() == text
        assert " ".join(text.split()) in page.css(".dp-gist")[0].text()

    @pytest.mark.fault(31)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_calendars_and_reasons_are_escaped_too(self, text: str) -> None:
        def pages(text: str) -> list[str]:
            entry = DaySummary(date=DATE, state="failed", reason=text, papers=1, votes=1, best=text)
            return [render_archive(site_context(make_index(entries=[entry]))), render_day_notice(entry)]

        assert list(map(element_shapes, pages(text))) == list(map(element_shapes, pages("harmless words")))

    def test_no_page_contains_a_script_a_style_or_an_event_handler(self) -> None:
        day = make_day(DATE, paper_full_of("t"))
        entry = summarize_day(day, None)
        site = site_context(make_index(day, entries=[entry]))
        pages = [
            render_day(day, site, entry=entry),
            render_home(site),
            render_archive(site),
            render_day_notice(entry, site),
        ]
        for page in map(parse_page, pages):
            assert not page.css(
                'script:not([type="application/ld+json"]), style, iframe, object, embed, link, base, form'
            )
            for node in page.css("*"):
                assert not any(name.startswith("on") or name == "style" for name in node.attributes)


class TestDay:
    @pytest.mark.fault(26)
    def test_papers_are_sorted_by_votes_with_unknown_votes_last(self) -> None:
        page = parse_page(render_papers(make_paper(1), make_paper(2, votes=0), make_paper(3, votes=7)))
        assert [node.attributes["id"] for node in page.css("article")] == ["2607.00003", "2607.00002", "2607.00001"]

    def test_a_pinned_paper_is_first_and_labelled(self) -> None:
        page = parse_page(render_papers(make_paper(1, votes=7), make_paper(2, title="p", votes=1, pinned=True)))
        first, second = page.css("article")
        assert only(first, "h2 .dp-pinned").text() == "고정"
        assert only(first, "h2").text().startswith("고정 p")
        assert not second.css(".dp-pinned")

    def test_rendering_twice_gives_the_same_page(self) -> None:
        assert render_papers(paper_full_of("t")) == render_papers(paper_full_of("t"))


class TestDateWithoutPapers:
    def test_a_date_whose_papers_are_all_hidden_names_the_site_as_the_reason(self) -> None:
        entry = summarize_unstored_date(DATE, ALL_HIDDEN)
        page = parse_page(render_day_notice(entry, site_context(languages=["en"])))
        assert "this site hides all of them" in only(page, ".dp-notice").text()
        assert (ALL_HIDDEN.reason or "") not in only(page, ".dp").text()

    @pytest.mark.parametrize("state", ["complete", "moving", "empty", "failed", "partial"])
    def test_a_date_without_papers_has_a_reason_and_links_to_others(self, state: State) -> None:
        entry = DaySummary(date=DATE, state=state, reason="503 from upstream")
        page = parse_page(render_day_notice(entry, site_context(languages=["en"]), previous=PREVIOUS))
        notice = only(page, ".dp-notice")
        assert notice.css("h2")
        assert "503 from upstream" in notice.text()
        assert notice.css('a[href="../../../2024/02/29/"]')
        assert notice.css('a[href="../../../archive/"]')
        assert not page.css("dp-filter, article")

    def test_a_stored_day_without_papers_is_reported_as_empty(self) -> None:
        assert "이날은 논문이 없습니다" in render_papers()


def golden_cases() -> list[str]:
    return sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", golden_cases())
def test_golden_pages(case: str) -> None:
    folder = GOLDEN / case
    html = render_case(folder)
    expected = folder / "expected.html"
    if os.environ.get("WRITE_GOLDEN"):
        expected.write_text(html, encoding="utf-8")
    assert html == expected.read_text(encoding="utf-8")


def render_case(folder: Path) -> str:
    if (folder / "entry.json").exists():
        entry = msgspec.json.decode((folder / "entry.json").read_bytes(), type=DaySummary)
        return render_day_notice(entry, previous=PREVIOUS, following=FOLLOWING)
    day = msgspec.json.decode((folder / "day.json").read_bytes(), type=Day)
    return render_day(day, previous=PREVIOUS, following=FOLLOWING)
