"""The theme's page around our content: rendered once for all pages that are alike, not once a page.

A theme takes 2 ms for what is the same on every date, a few words apart: a third of the build. So the theme renders
one page with a mark in each place where pages differ, and the others are that frame with their own words in the places.
Before that is relied on, some pages are rendered both ways and compared: where a theme, or another plugin, puts
anything else of a page's own into it, each page is rendered in full. Alike are pages in no nav; of one place are those
from which the theme's links are the same. Pages and contexts of MkDocs in, whole HTML out.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from jinja2 import Template
from mkdocs.utils.templates import TemplateContext

from daily_papers.mkdocs_plugin.pages import ArchivePage

COMPARED = 2
"""How many of the first pages are compared when their turn comes, beside the samples, which are compared at once."""

Context = Callable[[], TemplateContext]
_Place = tuple[int, str]

_MARK = "dp-{}-3f9c1e7ab2d84605"
_MARKS = re.compile(_MARK.format("([a-z]+)"))
_OF_MONTH = re.compile(r"(?<=\b[0-9]{4})/[0-9]{2}$")


def _place(page: ArchivePage) -> _Place:
    """Return what pages have to share for a theme to write the same links: their depth, and the folder they lie in.

    A link of the nav goes from each page's own folder: from `topics/agents/` it is `../` to the topics. The few pages
    at the root have a place each. The dates of a year are of one, or there would be a frame a month: the first and the
    last, which are compared, differ where a nav goes to a month of either, and from the others the link is as long.
    """
    folder = page.url.rstrip("/").rpartition("/")[0] or page.url
    return page.url.count("/"), _OF_MONTH.sub("", folder)


class PageShells:
    """Puts the theme's page, `template`, around our pages.

    Pages that are `uniform_pages` and of one place differ in their own words only. `finish` is applied to each whole
    page, or once to a frame: it gets the HTML, and a whole page which that stands for.
    """

    def __init__(
        self, template: Template, uniform_pages: Sequence[ArchivePage], *, finish: Callable[[str, str], str]
    ) -> None:
        self._template, self._finish = template, finish
        self._alike = {id(page) for page in uniform_pages}
        self._samples = _pick_samples(uniform_pages)
        self._frames: dict[_Place, PageShell] = {}

    def render(self, page: ArchivePage, context: Context) -> bytes:
        """Return `page`, which is drawn, whole and in UTF-8; `context` is asked for what MkDocs has for it."""
        place = _place(page)
        if id(page) not in self._alike or place not in self._samples:
            return self._in_full(page, context)
        frame = self._frames.get(place) or self._begin(place, page, context)
        if frame.trusted:
            return frame.fill(page)
        whole = self._in_full(page, context)
        frame.compare(page, whole)
        frame.left_to_compare -= 1
        return whole

    def _begin(self, place: _Place, page: ArchivePage, context: Context) -> PageShell:
        """Return the frame of `place` made of `page`, compared with the first and the last page there for once."""
        marked = self._themed(_marked(page), context)
        frame = PageShell(self._finish(marked, self._themed(page, context)))
        for sample in self._samples[place]:
            if sample is not page:
                sample.draw()
                frame.compare(sample, self._in_full(sample, context))
                sample.forget()
        self._frames[place] = frame
        return frame

    def _in_full(self, page: ArchivePage, context: Context) -> bytes:
        html = self._themed(page, context)
        return self._finish(html, html).encode("utf-8", "xmlcharrefreplace")

    def _themed(self, page: ArchivePage, context: Context) -> str:
        page.show()
        return self._template.render({**context(), "page": page})


class PageShell:
    """A page in pieces: what all have in common, and between that the names of the places."""

    def __init__(self, html: str) -> None:
        self._names = _MARKS.findall(html)
        self._pieces = [piece.encode("utf-8", "xmlcharrefreplace") for piece in _MARKS.split(html)]
        self.left_to_compare = COMPARED
        self._differs = False

    @property
    def trusted(self) -> bool:
        return self.left_to_compare <= 0 and not self._differs

    def compare(self, page: ArchivePage, whole: bytes) -> None:
        """Take note whether `page` comes out as `whole`, which the theme has rendered; one difference is enough."""
        self._differs = self._differs or self.fill(page) != whole

    def fill(self, page: ArchivePage) -> bytes:
        words = _words(page)
        pieces = self._pieces.copy()
        pieces[1::2] = [words[name] for name in self._names]
        return b"".join(pieces)


def _pick_samples(uniform_pages: Sequence[ArchivePage]) -> dict[_Place, tuple[ArchivePage, ArchivePage]]:
    """Return the first and the last page of each place, which lie farthest apart: what holds for both holds for all.

    There are none of so few pages that they are as soon rendered in full.
    """
    together: defaultdict[_Place, list[ArchivePage]] = defaultdict(list)
    for page in uniform_pages:
        together[_place(page)].append(page)
    return {place: (pages[0], pages[-1]) for place, pages in together.items() if len(pages) > COMPARED + 2}


def _words(page: ArchivePage) -> dict[str, bytes]:
    """Return what of `page` is its own, by the name of its place."""
    texts = {
        "name": page.title,
        "title": page.meta["title"],
        "description": page.meta["description"],
        "canonical": page.canonical_url or "",
        "date": page.update_date,
    }
    words = {name: str(text).encode("utf-8", "xmlcharrefreplace") for name, text in texts.items()}
    return {**words, "head": page.head, "content": page.drawn}


def _marked(page: ArchivePage) -> ArchivePage:
    """Return a stand-in for `page` that has a mark in place of each word of its own."""
    stand_in = copy.copy(page)
    marks = {name: _MARK.format(name) for name in _words(page)}
    stand_in.title, stand_in.drawn, stand_in.head = marks["name"], marks["content"].encode(), marks["head"].encode()
    stand_in.canonical_url = marks["canonical"] if page.canonical_url else None
    stand_in.update_date = marks["date"]
    stand_in.meta = {**page.meta, "title": marks["title"], "description": marks["description"]}
    return stand_in
