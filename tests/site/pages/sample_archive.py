"""A small archive with days around the end of a year, for the pages of periods, rankings and home."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.site.page import SitePage
from tests.factories import make_day_of_votes, make_paper, site_pages, store_day
from tests.html import parse_page

FRIDAY = dt.date(2024, 3, 1)
ROOT = "https://papers.example/"


def store_archive(root: Path) -> None:
    """Write days around the end of a year, with gaps between months and years, and a date that failed."""
    for date, votes in (
        (dt.date(2023, 5, 4), (7,)),
        (dt.date(2024, 2, 29), (30, 20)),
        (FRIDAY, (51, 12, 40)),
        (dt.date(2024, 12, 27), (3,)),
        (dt.date(2024, 12, 30), (4,)),
        (dt.date(2025, 1, 2), (5, 9)),
    ):
        write_day(root, make_day_of_votes(date, *votes))
    write_ledger(root, {dt.date(2024, 3, 4): LedgerEntry("failed", "no answer")})


def store_vote_gain(root: Path) -> None:
    """Replace the newest day by one whose paper gained 30 votes in two days."""
    history = ((dt.date(2025, 1, 2), 10), (dt.date(2025, 1, 4), 40))
    store_day(root, dt.date(2025, 1, 2), make_paper(2000, month="2501", votes=40, vote_history=history))


def pages_of(root: Path, **options: Any) -> dict[str, SitePage]:
    """Return the pages of the archive below `root`, first in English, by their source without `.md`."""
    return site_pages(root, languages=["en", "ko"], **options)


def rendered(page: SitePage) -> LexborHTMLParser:
    return parse_page(page.render())


def targets(page: LexborHTMLParser, selector: str, source: str) -> list[str]:
    """Return the targets of the links that `selector` matches, relative to the site's root."""
    here = f"{ROOT}{source}/" if source != "index" else ROOT
    return [urljoin(here, node.attributes["href"] or "").removeprefix(ROOT) for node in page.css(selector)]
