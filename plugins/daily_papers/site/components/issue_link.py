"""The link by which a reader reports a mistake in a summary: GitHub's form for a new issue, filled in.

A summary and where it stands go in, an address comes out; it asks GitHub nothing until a reader follows it. The title
of a paper, the name of a model and the like are strangers' texts: in the address they are percent-encoded, in the
issue's Markdown they stand in code, where no @name calls anybody and no #1 links to anything.
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
"""A page carries one such address a summary, and servers take only so much: a longer text is cut."""

_REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([\w-]+/[\w.-]+?)(?:\.git)?/?", re.ASCII | re.IGNORECASE)
# A query may hold colons and slashes as they are. A form reads + as a blank, a third of %20.
_RESERVED = re.compile(r"[^A-Za-z0-9_.~/: -]+")


class IssueLinks:
    """Makes the links of one site, whose repository is `repo_url`; none where that is not one on github.com.

    `question` stands at the end of the issue, for the reader to answer. The issue names the page only where
    `site_url` says what its whole address is.
    """

    def __init__(self, *, repo_url: str, site_url: str, urls: Urls, question: str) -> None:
        found = _REPOSITORY.fullmatch(repo_url)
        self._start = f"https://github.com/{found[1]}/issues/new?title=" if found else ""
        self._site = f"{site_url.rstrip('/')}/" if site_url else ""
        self._urls = urls
        self._end = _encode(f"\n\n{question}\n")

    def address(self, date: dt.date, paper: Paper, language: str, summary: Summary) -> str:
        """Return where to report `summary`, in `language`, of `paper` on `date`; empty for what a person wrote.

        No label is asked for: whoever may not set one would, by GitHub's own word, be refused the form.
        """
        if not self._start or summary.by == "hand":
            return ""
        origin = _origin(language, summary.by, summary.prompt)
        title = _encode(_cut(paper.title))
        page = _encode_again(f"\n{self._site}{self._urls.day(date)}#") + paper.id if self._site else ""
        return f"{self._start}{paper.id}:+summary&body=%60{title}%60%0A%60{date}+{origin}%60{page}{self._end}"


@lru_cache(maxsize=64)
def _origin(language: str, by: str, prompt: str | None) -> str:
    """Return in which language and by whom a summary is, ready for an address."""
    asked = f" prompt {_cut(prompt)}" if prompt else ""
    return _encode(f"{_cut(language)} {_cut(by)}{asked}")


def _cut(text: str) -> str:
    """Return what of `text` stands in an issue: one line that cannot end the code it stands in."""
    return single_line(text[: 10 * TEXT_CHARS])[:TEXT_CHARS].replace("`", "'")


def _encode(text: str) -> str:
    return _RESERVED.sub(lambda found: quote(found[0], safe=""), text).replace(" ", "+")


_encode_again = lru_cache(maxsize=4)(_encode)
"""For what comes a page's length of times."""
