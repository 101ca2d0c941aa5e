"""Every address of ours, made in one place and relative to the site's root: `2024/03/01/`, `archive/`.

A page links with `to_root(its own url) + address`, so that one string works under any site address. Addresses of
others (arXiv, Hugging Face) are made in `view`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Urls:
    """The places of our pages below `path` (`` for the site's root, else as `papers`).

    `directory_urls` is the host's choice between `2024/03/01/` and `2024/03/01.html`.
    """

    path: str = ""
    directory_urls: bool = True

    def home(self) -> str:
        return self.below("" if self.directory_urls else "index.html")

    def archive(self) -> str:
        return self._page("archive")

    def status(self) -> str:
        return self._page("status")

    def status_json(self) -> str:
        return self.below("status.json")

    def status_badge(self) -> str:
        return self.below("status.svg")

    def day(self, date: dt.date) -> str:
        return self._page(_stem(date))

    def day_json(self, date: dt.date) -> str:
        """Return the address of the record itself."""
        return self.below(f"{_stem(date)}.json")

    def day_markdown(self, date: dt.date) -> str:
        """Return the address of the digest."""
        return self.below(f"{_stem(date)}.md")

    def asset(self, name: str) -> str:
        """Return the address of a file of `static.load_assets`."""
        return self.below(f"assets/daily-papers/{name}")

    @property
    def home_source(self) -> str:
        """The source file by which MkDocs knows the page; none need exist."""
        return self.below("index.md")

    @property
    def archive_source(self) -> str:
        return self.below("archive.md")

    @property
    def status_source(self) -> str:
        return self.below("status.md")

    def day_source(self, date: dt.date) -> str:
        return self.below(f"{_stem(date)}.md")

    def _page(self, stem: str) -> str:
        return self.below(f"{stem}/" if self.directory_urls else f"{stem}.html")

    def below(self, name: str) -> str:
        """Return the address of what lies at `name` below the archive."""
        path = self.path.strip("/")
        return f"{path}/{name}" if path else name


def to_root(url: str) -> str:
    """Return the way from the page at `url` to the site's root: `./` or as `../../../`."""
    return "../" * url.count("/") or "./"


def _stem(date: dt.date) -> str:
    return f"{date.year:04}/{date.month:02}/{date.day:02}"
