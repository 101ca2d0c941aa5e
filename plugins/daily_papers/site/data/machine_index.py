"""Index of the archive for other programs: archive.json, JSON Schemas and llms.txt.

`archive.json` has one object per date, newest first; a date without a stored day has no `url`:

    [{"date": "2024-03-01", "papers": 11, "votes": 177, "state": "complete", "url": "https://…/2024/03/01.json"}, …]

`schema/day.json` and `schema/archive.json` are the JSON Schemas of the record at `url` and of this list. `llms.txt`
follows the convention of that name: a list of these files for language models. Addresses are absolute if the site's own
is known, else relative to the file that contains them.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote

import msgspec

from daily_papers.index.day_summary import DateState, DaySummary, sum_papers_and_votes
from daily_papers.model import records
from daily_papers.model.json_schema import json_schema
from daily_papers.model.records import Count, Day
from daily_papers.model.text import clean_line
from daily_papers.site.context import SiteContext
from daily_papers.site.urls import MAIN_OPML, to_root

LLMS_DATES = 14
"""The number of newest dates in llms.txt; archive.json has all."""

_MARKUP = re.compile(r"[\\`*_\[\]<>()#&|~$!+-]")
_IN_LINK = re.compile(r"[()<>\s]")
_encoder = msgspec.json.Encoder()


class ArchiveDate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One date of the archive."""

    date: dt.date
    """A UTC day."""
    papers: Count
    """The number of papers listed on it."""
    votes: Count
    """The sum of their upvotes, as last read."""
    state: DateState
    """How complete the date is: `complete` and `empty` are final; `moving` and `pending` will still change."""
    url: str | None = None
    """The address of its record; left out if none is stored."""


def addresses(site: SiteContext) -> Iterator[str]:
    """Yield the address of each of `files`, without making it."""
    yield from map(site.urls.below, ("archive.json", "schema/day.json", "schema/archive.json", "llms.txt"))


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    below = site.urls.below
    yield below("archive.json"), _archive(site)
    for name, type_, module, title in (
        ("day", Day, records, "A day of the archive"),
        ("archive", list[ArchiveDate], sys.modules[__name__], "The dates of the archive, newest first"),
    ):
        url = below(f"schema/{name}.json")
        schema = json_schema(type_, module=module, address=site.absolute(url) or f"{name}.json", title=title)
        yield url, msgspec.json.format(_encoder.encode(schema), indent=1) + b"\n"
    yield below("llms.txt"), _llms(site).encode()


def _archive(site: SiteContext) -> bytes:
    lines = (_encoder.encode(_archive_date(site, entry)) for entry in reversed(site.index.day_summaries))
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


def _archive_date(site: SiteContext, entry: DaySummary) -> ArchiveDate:
    is_stored = entry.date in site.index.days
    url = _address(site, "archive.json", site.urls.day_json(entry.date)) if is_stored else None
    return ArchiveDate(entry.date, entry.papers, entry.votes, entry.state, url)


def _address(site: SiteContext, name: str, url: str) -> str:
    """Return the address of `url` for a link in the file `name`."""
    return site.absolute(url) or to_root(site.urls.below(name)) + url


def _llms(site: SiteContext) -> str:
    """Return llms.txt: a title, a description, and lists of links."""
    index, urls = site.index, site.urls

    def link(name: str, url: str, note: str) -> str:
        address = _IN_LINK.sub(lambda found: quote(found[0]), _address(site, "llms.txt", url))
        return f"- [{name}]({address}): {note}"

    papers, votes = sum_papers_and_votes(index.day_summaries)
    span = f", {min(index.days)} to {max(index.days)}" if index.days else ""
    newest = islice((entry for entry in reversed(index.day_summaries) if entry.date in index.days), LLMS_DATES)
    sections = {
        "Data": [
            link("archive.json", urls.below("archive.json"), "every date with its papers, votes, state, and record"),
            link("schema/day.json", urls.below("schema/day.json"), "JSON Schema of a date's record, YYYY/MM/DD.json"),
            link("schema/archive.json", urls.below("schema/archive.json"), "JSON Schema of archive.json"),
            link("status.json", urls.status_json(), "how complete each date is, with gaps and failures"),
            *(
                [link("feeds.opml", urls.opml(MAIN_OPML), "the Atom feeds of days, papers and topics")]
                if site.has_feeds
                else []
            ),
        ],
        "Newest dates": [
            link(f"{entry.date}", urls.day_markdown(entry.date), f"{entry.papers} papers, {entry.votes} votes")
            for entry in newest
        ],
        "Topics": [
            link(_plain(names["en"]), urls.topic(slug), f"{len(index.by_topic[slug])} papers")
            for slug, names in index.topic_names.items()
            if index.by_topic[slug]
        ],
        "Optional": [
            link("Rankings", urls.top(), "the best of today, this week, month and year, and of all time"),
            link("Calendar", urls.archive(), "every date, by years"),
            link("Completeness", urls.status(), "the content of status.json, as a page"),
        ],
    }
    lists = (f"\n## {name}\n\n" + "\n".join(links) + "\n" for name, links in sections.items() if links)
    return (
        f"# {_plain(site.settings.site_name) or 'Daily papers'}\n\n"
        f"> An archive of papers by the dates that list them: {papers} papers with {votes} votes on "
        f"{len(index.days)} dates{span}.\n\n"
        "Each date has a page, YYYY/MM/DD/, and the same content as a record in JSON, YYYY/MM/DD.json, and as a\n"
        "digest in Markdown, YYYY/MM/DD.md. A paper's id is arXiv's; titles, abstracts and summaries are other\n"
        "people's text.\n" + "".join(lists)
    )


def _plain(text: str) -> str:
    """Return `text` as one line of Markdown without markup."""
    return _MARKUP.sub(r"\\\g<0>", clean_line(text))
