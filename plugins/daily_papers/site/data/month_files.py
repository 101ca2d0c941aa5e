"""Data for scripts: the papers of each month, and the dates that list each paper.

`2024/03.json` has every paper that counts in the month: oldest date first, each date in its ranking. Absent fields are
left out:

    {"papers": [{"id": "2402.19173", "date": "2024-03-01", "title": "…", "authors": ["…"], "votes": 51,
                 "topics": ["agents"], "org": "bigcode", "code": true, "video": true}, …]}

`topics` and `org` are slugs, as in addresses.

`p/2402.json` has the dates of each paper whose id begins with 2402, newest first:

    {"2402.19173": ["2024-03-01"], …}

`p/x-0.json` to `p/x-f.json` have papers that are not on arXiv, by the first three characters of their ids. `p/old.json`
has the ids of arXiv's old style (hep-th/9901001). assets/js/lib/paper-id.mjs finds the file of an id by the same rule.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

import msgspec

from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing
from daily_papers.index.organizations import slug_of
from daily_papers.model.dates import month_of
from daily_papers.site.context import SiteContext

_encoder = msgspec.json.Encoder()


class _MonthPaper(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: str
    date: dt.date
    title: str
    authors: tuple[str, ...] = ()
    votes: int | None = None
    topics: tuple[str, ...] = ()
    org: str = ""
    code: bool = False
    video: bool = False


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    index = site.index
    for month, listings in groupby(index.primary_listings, key=lambda one: month_of(one.date)):
        papers = [_month_paper(one, index) for one in listings]
        yield site.urls.month_json(month), _encoder.encode({"papers": papers})
    for name, dates in paper_listings(index).items():
        yield site.urls.below(f"p/{name}.json"), _encoder.encode(dates)


def paper_listings(index: ArchiveIndex) -> dict[str, dict[str, list[dt.date]]]:
    """Return the dates of each paper, newest first, by its id, for each file of listings; files and ids are sorted."""
    found: defaultdict[str, dict[str, list[dt.date]]] = defaultdict(dict)
    for one in sorted(index.primary_listings, key=lambda one: one.paper.id):
        dates = index.relisted_dates.get(one.paper.id, (one.date,))
        found[listing_file(one.paper.id)][one.paper.id] = [*reversed(dates)]
    return dict(sorted(found.items()))


def listing_file(paper_id: str) -> str:
    """Return the name, without its ending, of the file with the dates of a paper."""
    if "/" in paper_id:
        return "old"
    return paper_id[:3] if paper_id.startswith("x-") else paper_id[:4]


def _month_paper(one: PrimaryListing, index: ArchiveIndex) -> _MonthPaper:
    paper = one.paper
    return _MonthPaper(
        id=paper.id,
        date=one.date,
        title=paper.title,
        authors=paper.authors,
        votes=paper.votes,
        topics=index.topics.get(paper.id, ()),
        org=slug_of(paper),
        code=paper.has_code,
        video=paper.has_video,
    )
