"""The authors: /authors/, where a name is looked for in the browser, and the lists of names it looks in.

The shelf goes in; a page with the names that are listed most, and files, come out. `authors/names.json` says which
lists there are and how large each is, in bytes:

    {"an": 24113, …, "zhan": 54731, …}

A list is called by its key, `authors/n-an.json`; where that has other signs than a-z and 0-9, by its UTF-8 in
hexadecimal, `authors/n--e1848be185b5.json`. It is sorted by name; of each name it has the number of papers, and the
months these count in, newest first, whose files (see `data`) have the papers themselves:

    [["Anton Lozhkov", 2, [202403, 202402]], …]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from daily_papers.index.people import authors, most_listed, name_lists
from daily_papers.model.text import NAME_CHARS, cut
from daily_papers.site.components.page_head import page_head
from daily_papers.site.context import SiteContext
from daily_papers.site.page import SitePage
from daily_papers.site.urls import to_root

AUTHORS = "authors"
"""The stem of the page, and the folder of its lists."""
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
    lists = {key: _encoder.encode(found) for key, found in name_lists(authors(site.index.counted)).items()}
    yield site.urls.below(f"{AUTHORS}/names.json"), _encoder.encode({key: len(names) for key, names in lists.items()})
    for key, names in lists.items():
        yield site.urls.below(f"{AUTHORS}/{list_file(key)}"), names


def list_file(key: str) -> str:
    """Return the file of the list of names called `key`."""
    is_plain = key.isascii() and key.isalnum()
    return f"n-{key}.json" if is_plain else f"n--{key.encode('utf-8', 'surrogatepass').hex()}.json"


def _render(site: SiteContext, url: str) -> str:
    shown = [(cut(name, NAME_CHARS), name, papers) for name, papers in most_listed(site.index.counted, MOST_LISTED)]
    return site.render(
        "authors.html",
        root=to_root(url),
        archive=site.urls.below(""),
        page_end=site.urls.page_end,
        authors=shown,
        organizations=site.urls.organizations(),
    )
