"""Authors page (/authors/), where scripts search for a name, and the lists of names that they load.

`authors/names.json` has the size of each list in bytes, by its key:

    {"an": 24113, …, "zhan": 54731, …}

A list is named after its key, `authors/n-an.json`; a key with characters other than a-z and 0-9 is written as its UTF-8
in hexadecimal, `authors/n--e1848be185b5.json`. A list is sorted by name. For each name it has the number of papers and
the months of these papers, newest first, whose files (`data.month_files`) have the papers themselves:

    [["Anton Lozhkov", 2, [202403, 202402]], …]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from daily_papers.index.people import collect_authors, most_listed_authors, name_lists
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

AUTHORS = "authors"
"""The stem of the page and the folder of its lists."""
MOST_LISTED = 100

_encoder = msgspec.json.Encoder()


def pages(site: SiteContext) -> Iterator[SitePage]:
    url = site.urls.authors()
    yield SitePage(
        site.urls.source(AUTHORS),
        site.messages.texts["authors_title"],
        site.messages.texts["authors_description"],
        partial(_render, site, url),
        page_head(site, url),
        site.index.newest,
    )


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    people = collect_authors(site.index.primary_listings)
    lists = {key: _encoder.encode(names) for key, names in name_lists(people).items()}
    yield site.urls.below(f"{AUTHORS}/names.json"), _encoder.encode({key: len(names) for key, names in lists.items()})
    for key, names in lists.items():
        yield site.urls.below(f"{AUTHORS}/{list_file(key)}"), names


def list_file(key: str) -> str:
    """Return the file name of the list of names with this key."""
    is_plain = key.isascii() and key.isalnum()
    return f"n-{key}.json" if is_plain else f"n--{key.encode('utf-8', 'surrogatepass').hex()}.json"


def _render(site: SiteContext, url: str) -> str:
    most_listed = most_listed_authors(site.index.primary_listings, MOST_LISTED)
    listed = [(cut(name, NAME_CHARS), name, papers) for name, papers in most_listed]
    return site.render(
        "authors.html",
        root=to_root(url),
        archive=site.urls.below(""),
        page_end=site.urls.page_end,
        authors=listed,
        organizations=site.urls.organizations(),
    )
