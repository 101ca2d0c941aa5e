"""Prints the heights of papers and of days of a built site, on a phone and on a desktop; see `scripts/heights`.

Pictures of other hosts are not loaded: each has a box of its own size without them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from site_server import serve_site

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.browser.chromium import LAUNCH_ARGUMENTS, find  # noqa: E402  # needs the path above

SCREENS = {"phone": (390, 844), "desktop": (1440, 900)}
LONG_DAY = 30
"""Papers of the day whose number of screens is printed, scaled from each day with about as many."""
TOLERANCE = 3
_MEASURE = """() => {
  document.documentElement.dataset.dpFullLayout = "";
  const boxes = (selector) => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect());
  const heights = (selector) => boxes(selector).map((box) => box.height);
  const title = document.querySelector(".dp-papers .dp-title");
  return {
    lead: heights(".dp-lead"), feature: heights(".dp-feature"), row: heights(".dp-compact"),
    page: document.documentElement.scrollHeight, papers: document.querySelectorAll(".dp-paper").length,
    title: title ? title.getBoundingClientRect().top : null,
    overflow: document.documentElement.scrollWidth - innerWidth,
  };
}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="the folder of a built site")
    site = parser.parse_args().site
    days = sorted(
        path.parent.relative_to(site).as_posix() for path in site.glob("[0-9]*/[0-9][0-9]/[0-9][0-9]/index.html")
    )
    with serve_site(site) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=LAUNCH_ARGUMENTS)
        for name, (width, height) in SCREENS.items():
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            print(_summarize(name, height, [*_measure(page, address, days)]), flush=True)
    return 0


def _measure(page: Page, address: str, days: list[str]) -> Iterator[dict[str, Any]]:
    for day in days:
        page.goto(f"{address}{day}/", wait_until="domcontentloaded")
        measured = page.evaluate(_MEASURE)
        if measured["papers"]:
            yield measured


def _summarize(name: str, screen: int, days: list[dict[str, Any]]) -> str:
    medians = {kind: median(height for day in days for height in day[kind]) for kind in ("lead", "feature", "row")}
    long_days = [day["page"] / screen for day in days if abs(day["papers"] - LONG_DAY) <= TOLERANCE]
    fullest = max(days, key=lambda day: day["papers"])
    return (
        f"{name}: {len(days)} days; medians: lead {medians['lead']:.0f} px, feature {medians['feature']:.0f} px, "
        f"row {medians['row']:.0f} px, first title at {median(day['title'] for day in days):.0f} px; "
        f"a day of about {LONG_DAY} papers {median(long_days):.1f} screens; "
        f"the fullest day, {fullest['papers']} papers, {fullest['page'] / screen:.1f} screens; "
        f"days wider than the screen: {sum(day['overflow'] > 0 for day in days)}"
    )


if __name__ == "__main__":
    sys.exit(main())
