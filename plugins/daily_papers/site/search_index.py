"""Indexing of a built site for its search, and the removal of the search where indexing fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from daily_papers.search.korean import find_no_words, load_noun_finder
from daily_papers.search.pagefind import Indexer
from daily_papers.search.records import Shard
from daily_papers.site.context import SiteContext
from daily_papers.site.pages.search import SEARCH, records_of

_encoder = msgspec.json.Encoder()


def shards_of_years(shards: Sequence[Shard], years: Collection[int]) -> list[Shard]:
    """Return the shards that end in one of `years`: each belongs to one year if years are rendered apart."""
    return [shard for shard in shards if shard.papers and shard.papers[-1].date.year in years]


def start_indexing(
    site: SiteContext,
    shards: Sequence[Shard],
    program: Path,
    *,
    folder: Path,
    cache: Path,
    replace_cache: Callable[[OSError], Path],
    in_background: bool,
) -> Indexer:
    """Start to index `shards` into `folder`, that of the built site, with the program of Pagefind.

    Finished shards are kept below `cache`; if that fails, below the folder that `replace_cache` returns.
    `in_background` uses a second process.
    """
    return Indexer(
        program,
        shards,
        lambda shard: records_of(site, shard.papers),
        folder=folder / site.urls.below(SEARCH),
        cache=cache / "bundles",
        replace_cache=replace_cache,
        find_extra_words=load_noun_finder(cache / "nouns.json") or find_no_words,
        in_background=in_background,
    )


def disable_search(site: SiteContext, folder: Path) -> None:
    """Replace the scripts of the search in the built site in `folder`, whose pages already have its boxes."""
    message = _encoder.encode(site.messages.texts["search_failed"]).decode()
    scripts = {
        "dp-search-box": 'for (const box of document.querySelectorAll("dp-search-box")) box.remove();\n',
        "dp-search-page": 'for (const page of document.querySelectorAll("dp-search-page"))\n'
        f'  page.replaceWith(Object.assign(document.createElement("p"), {{ textContent: {message} }}));\n',
    }
    for name, script in scripts.items():
        (folder / site.urls.asset(f"js/search/{name}.mjs")).write_text(script, encoding="utf-8")
