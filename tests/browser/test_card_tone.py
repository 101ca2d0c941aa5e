"""Colour of cards without a picture: a paper has the same tone on its day's page and in search results."""

from __future__ import annotations

import re

from daily_papers.archive.day_files import read_day, stored_dates
from tests.browser.visit import Visit
from tests.sites import REPOSITORY

MODULE = "/assets/daily-papers/js/lib/card-tone.mjs"
DOCS = REPOSITORY / "docs"
# Reads each page, and returns the id of each paper with the tone of its page and that of the module.
TONES = """
async ([module, pages]) => {
  const { cardTone } = await import(module);
  const parser = new DOMParser();
  const tones = [];
  for (const page of pages) {
    const html = await (await fetch(page)).text();
    for (const article of parser.parseFromString(html, "text/html").querySelectorAll("article[id]")) {
      tones.push([article.id, Number(article.className.match(/dp-t(\\d+)/)[1]), cardTone(article.id)]);
    }
  }
  return tones;
}
"""


def test_scripts_and_pages_give_every_bundled_paper_the_same_tone(visit: Visit) -> None:
    dates = list(stored_dates(DOCS))
    days = [day for day in (read_day(DOCS, date) for date in dates) if day]
    page = visit.open("status/")
    tones = page.evaluate(TONES, [MODULE, [f"/{date:%Y/%m/%d}/" for date in dates]])
    assert {paper_id for paper_id, _, _ in tones} == {paper.id for day in days for paper in day.papers}
    assert not [(paper_id, built, scripted) for paper_id, built, scripted in tones if built != scripted]


def test_a_search_result_has_the_tone_of_its_day(visit: Visit) -> None:
    article = visit.open("2024/03/01/").locator('[id="2402.19173"]')
    on_its_day = article.get_attribute("class") or ""
    result = visit.open("search/?q=starcoder+2").locator(".dp-result").first
    assert "StarCoder 2" in result.locator(".dp-title").inner_text()
    in_search = result.get_attribute("class") or ""
    assert re.findall(r"dp-t\d+", in_search) == re.findall(r"dp-t\d+", on_its_day)
