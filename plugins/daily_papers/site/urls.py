"""Addresses of the site's pages and files, relative to its root: `2024/03/01/`, `archive/`.

A page links with `to_root(url of the page) + address`, so that pages work at any address of the site. Addresses on
other sites (arXiv, Hugging Face) are made in `components.paper_view`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MAIN_OPML, ORGANIZATIONS_OPML = "feeds", "orgs"
DAYS_FEED, PAPERS_FEED, SETTLED_FEED = SITE_FEEDS = ("feed", "papers", "settled")
"""The names of the feeds of the whole site, for `Urls.feed`."""


@dataclass(frozen=True)
class Urls:
    """Addresses below `path`: empty for the site's root, or a folder such as `papers`.

    `directory_urls` is MkDocs' option: `2024/03/01/`, else `2024/03/01.html`.
    """

    path: str = ""
    directory_urls: bool = True

    @property
    def page_end(self) -> str:
        """The end of a page's address, after its stem."""
        return "/" if self.directory_urls else ".html"

    def home(self) -> str:
        return self.below("" if self.directory_urls else "index.html")

    def archive(self) -> str:
        return self.page("archive")

    def status(self) -> str:
        return self.page("status")

    def status_json(self) -> str:
        return self.below("status.json")

    def status_badge(self) -> str:
        return self.below("status.svg")

    def day(self, date: dt.date) -> str:
        return self.page(day_stem(date))

    def of_source(self, source: str) -> str:
        """Return the address of the page with the source file `source`."""
        stem = source.removesuffix(".md")
        return self.home() if stem == self.below("index") else stem + self.page_end

    def month(self, date: dt.date) -> str:
        """Return the address of the month of `date`."""
        return self.page(month_stem(date))

    def week(self, date: dt.date) -> str:
        """Return the address of the ISO week of `date`."""
        return self.page(week_stem(date))

    def year(self, number: int) -> str:
        return self.page(year_stem(number))

    def top(self) -> str:
        return self.page("top")

    def paper(self, paper_id: str, date: dt.date) -> str:
        """Return the address of a paper on the page of one of its dates."""
        return f"{self.day(date)}#{paper_id}"

    def paper_page(self, paper_id: str) -> str:
        """Return the address of the page of a paper. The slash of an old arXiv id is a folder."""
        return self.page(f"p/{paper_id}")

    def paper_redirect(self) -> str:
        """Return the page that redirects to a paper by the id after its `#`."""
        return self.page("p")

    def file_of(self, url: str) -> str:
        """Return the file that a web server sends for the page at `url`."""
        return f"{url}index.html" if url.endswith("/") else url

    def authors(self) -> str:
        return self.page("authors")

    def organizations(self) -> str:
        return self.page("orgs")

    def topic(self, slug: str) -> str:
        return self.page(f"topics/{slug}")

    def organization(self, slug: str) -> str:
        return self.page(f"orgs/{slug}")

    def feed(self, name: str, language: str = "") -> str:
        """Return the address of an Atom feed, such as `feed` or `topics/agents/feed`.

        `language` is empty for the site's first language.
        """
        return self.below(f"{name}.{language}.xml" if language else f"{name}.xml")

    def json_feed(self, name: str, language: str = "") -> str:
        """Return the address of the JSON Feed of the same name."""
        return self.below(f"{name}.{language}.json" if language else f"{name}.json")

    def opml(self, name: str, language: str = "") -> str:
        """Return the address of an OPML list of feeds, MAIN_OPML or ORGANIZATIONS_OPML; `language` as in `feed`."""
        return self.below(f"{name}.{language}.opml" if language else f"{name}.opml")

    def day_json(self, date: dt.date) -> str:
        """Return the address of a day's record."""
        return self.below(f"{day_stem(date)}.json")

    def month_json(self, date: dt.date) -> str:
        """Return the address of the papers of a month, as data for scripts."""
        return self.below(f"{month_stem(date)}.json")

    def day_markdown(self, date: dt.date) -> str:
        """Return the address of a day's digest."""
        return self.below(f"{day_stem(date)}.md")

    def asset(self, name: str) -> str:
        """Return the address of a file of `assets.load_assets`."""
        return self.below(f"assets/daily-papers/{name}")

    def source(self, stem: str) -> str:
        """Return the source file that MkDocs has for a page; it need not exist."""
        return self.below(f"{stem}.md")

    def page(self, stem: str) -> str:
        """Return the address of the page at `stem`: `top`, `2024/w09`, `topics/agents`."""
        return self.below(stem + self.page_end)

    def below(self, name: str) -> str:
        """Return the address of `name` below the archive."""
        path = self.path.strip("/")
        return f"{path}/{name}" if path else name


def to_root(url: str) -> str:
    """Return the relative path from the page at `url` to the site's root: `./` or, for example, `../../../`."""
    return "../" * url.count("/") or "./"


def day_stem(date: dt.date) -> str:
    return f"{date.year:04}/{date.month:02}/{date.day:02}"


def year_stem(number: int) -> str:
    return f"{number:04}"


def month_stem(date: dt.date) -> str:
    return f"{date.year:04}/{date.month:02}"


def week_stem(date: dt.date) -> str:
    """Return the stem of the ISO week, below its ISO year: 2024-12-30 is in `2025/w01`."""
    year, week, _ = date.isocalendar()
    return f"{year:04}/w{week:02}"
