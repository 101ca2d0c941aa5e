"""Link with which a reader reports a mistake in a summary: GitHub's form for a new issue, filled in.

Nothing is requested from GitHub until a reader follows the link. Titles and names of models are texts from outside:
they are percent-encoded in the address, and in code spans in the issue's Markdown, where no @name notifies anybody and
no #1 becomes a link.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from urllib.parse import quote

from daily_papers.model.records import Paper, Summary
from daily_papers.model.text import single_line
from daily_papers.site.urls import Urls

TEXT_CHARS = 80
"""A longer text is cut: a page has one such address per summary, and servers limit the length of addresses."""

_REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([\w-]+/[\w.-]+?)(?:\.git)?/?", re.ASCII | re.IGNORECASE)
# A query may contain colons and slashes. A form reads + as a space, in a third of the bytes of %20.
_RESERVED = re.compile(r"[^A-Za-z0-9_.~/: -]+")


class IssueLinks:
    """Makes the links of one site, whose repository is `repo_url`; none unless that is on github.com.

    `question` is at the end of the issue, for the reader to answer. The issue names the page only if `site_url`, the
    site's address, is not empty.
    """

    def __init__(self, *, repo_url: str, site_url: str, urls: Urls, question: str) -> None:
        found = _REPOSITORY.fullmatch(repo_url)
        self._start = f"https://github.com/{found[1]}/issues/new?title=" if found else ""
        self._site = f"{site_url.rstrip('/')}/" if site_url else ""
        self._urls = urls
        self._end = _encode(f"\n\n{question}\n")

    def address(self, date: dt.date, paper: Paper, language: str, summary: Summary) -> str:
        """Return the address of the form for `summary`, in `language`, of `paper` on `date`.

        Empty for a summary that a person wrote. The form sets no label: GitHub refuses it to readers who may not.
        """
        if not self._start or summary.by == "hand":
            return ""
        origin = _origin(language, summary.by, summary.prompt)
        title = _encode(_cut(paper.title))
        page = _encode_again(f"\n{self._site}") + self._urls.paper_page(paper.id) if self._site else ""
        return f"{self._start}{paper.id}:+summary&body=%60{title}%60%0A%60{date}+{origin}%60{page}{self._end}"


@lru_cache(maxsize=64)
def _origin(language: str, by: str, prompt: str | None) -> str:
    """Return the language and the author of a summary, encoded for an address."""
    version = f" prompt {_cut(prompt)}" if prompt else ""
    return _encode(f"{_cut(language)} {_cut(by)}{version}")


def _cut(text: str) -> str:
    """Return `text` for a code span in an issue: one line, cut, without backticks."""
    return single_line(text[: 10 * TEXT_CHARS])[:TEXT_CHARS].replace("`", "'")


def _encode(text: str) -> str:
    return _RESERVED.sub(lambda found: quote(found[0], safe=""), text).replace(" ", "+")


_encode_again = lru_cache(maxsize=4)(_encode)
"""For a text that repeats through a whole page."""
