"""The search: /search/, the glossary it looks words up in, and the start of its indexing.

The shelf goes in; a page that finds papers in the browser, `search/glossary.json` and the bundles of `bundles` come
out. The glossary is a list of pairs, the Korean term first, the surest pair first:

    [["확산 모델", "diffusion model"], …]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from daily_papers.index import Counted
from daily_papers.korean import add_nothing, load_stems, mine_glossary
from daily_papers.pages.bundles import Indexer
from daily_papers.pages.page import SitePage
from daily_papers.pages.render import Renderer
from daily_papers.pages.urls import to_root
from daily_papers.people import organizations
from daily_papers.searching import Part, Record, make_records, part_papers
from daily_papers.text import NAME_CHARS, cut

SEARCH = "search"
"""The stem of the page, and the folder of its bundles."""
ORGANIZATION_PAPERS = 5
"""An organization of fewer papers is no choice of a filter; its name is found as any word."""

_encoder = msgspec.json.Encoder()


def pages(draw: Renderer) -> Iterator[SitePage]:
    if not draw.search_parts:
        return
    url = draw.urls.page(SEARCH)
    yield SitePage(
        draw.urls.source(SEARCH),
        draw.words.texts["search_title"],
        draw.words.texts["search_description"],
        partial(_render, draw, url),
        draw.page_head(url),
        draw.shelf.newest,
        is_way_in=False,
    )


def files(draw: Renderer) -> Iterator[tuple[str, bytes]]:
    if draw.search_parts:
        pairs = mine_glossary(records_of(draw, draw.shelf.counted), draw.shelf.topic_names.values())
        yield draw.urls.below(f"{SEARCH}/glossary.json"), _encoder.encode(pairs)


def records_of(draw: Renderer, papers: Sequence[Counted]) -> list[Record]:
    """Return what can be found of some of the site's papers, in their order."""
    urls = draw.urls
    return make_records(
        papers, draw.shelf, lambda one: (urls.paper(one.paper.id, one.date), draw.small_picture(one.paper))
    )


def part(draw: Renderer, settles_days: int) -> list[Part]:
    """Return the parts the site is indexed in; its pages, which are drawn later, look in these."""
    parts = part_papers(draw.shelf.counted, settles_days)
    draw.search_parts = tuple(each.name for each in parts)
    return parts


def parts_of_years(parts: Sequence[Part], years: Collection[int]) -> list[Part]:
    """Return the parts that end in one of `years`: each is of one year, for who has years made apart."""
    return [part for part in parts if part.papers and part.papers[-1].date.year in years]


def start_indexing(
    draw: Renderer, parts: Sequence[Part], program: Path, *, folder: Path, cache: Path, beside: bool
) -> Indexer:
    """Have `parts` indexed into `folder`, that of the built site; what is made is kept below `cache`."""
    return Indexer(
        program,
        parts,
        lambda part: records_of(draw, part.papers),
        folder=folder / draw.urls.below(SEARCH),
        cache=cache / "bundles",
        add_words=load_stems(cache / "nouns.json") or add_nothing,
        beside=beside,
    )


def switch_off(draw: Renderer, folder: Path) -> None:
    """Take the search out of the built site in `folder`, whose pages were drawn before indexing failed."""
    said = _encoder.encode(draw.words.texts["search_failed"]).decode()
    scripts = {
        "dp-search-box": 'for (const box of document.querySelectorAll("dp-search-box")) box.remove();\n',
        "dp-search-page": 'for (const finder of document.querySelectorAll("dp-search-page"))\n'
        f'  finder.replaceWith(Object.assign(document.createElement("p"), {{ textContent: {said} }}));\n',
    }
    for name, script in scripts.items():
        (folder / draw.urls.asset(f"js/search/{name}.mjs")).write_text(script, encoding="utf-8")


def _render(draw: Renderer, url: str) -> str:
    shelf = draw.shelf
    chosen = [each for each in organizations(shelf.counted).values() if len(each.papers) >= ORGANIZATION_PAPERS]
    papers = Counter(slug for slugs in shelf.topics.values() for slug in slugs)
    return draw.render(
        "search.html",
        root=to_root(url),
        archive=draw.urls.below(""),
        parts=" ".join(draw.search_parts),
        years=sorted({one.date.year for one in shelf.counted}, reverse=True),
        topics=[(slug, names) for slug, names in shelf.topic_names.items() if papers[slug]],
        organizations=sorted(((cut(each.title, NAME_CHARS), each.slug) for each in chosen), key=_by_name),
    )


def _by_name(entry: tuple[str, str]) -> tuple[str, str]:
    return entry[0].casefold(), entry[1]
