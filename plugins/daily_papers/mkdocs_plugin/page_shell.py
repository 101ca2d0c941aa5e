"""Page shells: the theme's page around the archive's content, rendered once for all pages that share it.

Rendering the theme takes 2 ms a page, a third of a build, and is the same on every date but for a few texts. So the
theme renders one page with placeholders; the other pages fill in their own texts. Some pages are also rendered in full
and compared with their shell: where a theme, or another plugin, writes anything else that differs, each page is
rendered in full. Pages share a shell if they are in no nav and the theme's links are the same from each of them.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from jinja2 import Template
from mkdocs.utils.templates import TemplateContext

from daily_papers.mkdocs_plugin.pages import ArchivePage
from daily_papers.site.page_shell import PageShell, encode_text, placeholder

COMPARED = 2
"""The number of pages compared as they are written. The samples are compared first."""

Context = Callable[[], TemplateContext]
_Group = tuple[int, str]

_OF_MONTH = re.compile(r"(?<=\b[0-9]{4})/[0-9]{2}$")


def _group_of(page: ArchivePage) -> _Group:
    """Return the depth and the folder of a page: pages with the same have the same links in the theme.

    A link of the nav is relative to each page's folder: from `topics/agents/`, the topics are `../`. The few pages at
    the root each have a group. The dates of a year share one, or there would be a shell a month: the first and the
    last date, which are compared, differ where a nav links to a month of either, and from the others that link has the
    same length.
    """
    folder = page.url.rstrip("/").rpartition("/")[0] or page.url
    return page.url.count("/"), _OF_MONTH.sub("", folder)


class PageShells:
    """Puts the theme's page, `template`, around archive pages.

    `uniform_pages` are in no nav: those of one group differ in their own texts only. `finish` is applied to each whole
    page, or once to a shell: it takes the HTML and a whole page that is an example of it.
    """

    def __init__(
        self, template: Template, uniform_pages: Sequence[ArchivePage], *, finish: Callable[[str, str], str]
    ) -> None:
        self._template, self._finish = template, finish
        self._uniform = {id(page) for page in uniform_pages}
        self._samples = _pick_samples(uniform_pages)
        self._shells: dict[_Group, _ComparedShell] = {}

    def render(self, page: ArchivePage, context: Context) -> bytes:
        """Return the whole HTML of `page`, whose content is rendered, in UTF-8; `context` gives MkDocs' context."""
        group = _group_of(page)
        if id(page) not in self._uniform or group not in self._samples:
            return self._render_in_full(page, context)
        shell = self._shells.get(group) or self._make_shell(group, page, context)
        if shell.is_trusted:
            return shell.fill(page)
        whole = self._render_in_full(page, context)
        shell.compare(page, whole)
        shell.left_to_compare -= 1
        return whole

    def _make_shell(self, group: _Group, page: ArchivePage, context: Context) -> _ComparedShell:
        """Return the shell of `group`, made of `page` and compared with the first and the last page of the group."""
        with_placeholders = self._render_theme(_with_placeholders(page), context)
        shell = _ComparedShell(self._finish(with_placeholders, self._render_theme(page, context)))
        for sample in self._samples[group]:
            if sample is not page:
                sample.render_content()
                shell.compare(sample, self._render_in_full(sample, context))
                sample.release_content()
        self._shells[group] = shell
        return shell

    def _render_in_full(self, page: ArchivePage, context: Context) -> bytes:
        html = self._render_theme(page, context)
        return encode_text(self._finish(html, html))

    def _render_theme(self, page: ArchivePage, context: Context) -> str:
        page.publish_content()
        return self._template.render({**context(), "page": page})


class _ComparedShell:
    """A shell that is used alone once it has equalled pages that the theme rendered."""

    def __init__(self, html: str) -> None:
        self._shell = PageShell(html)
        self.left_to_compare = COMPARED
        self._differs = False

    @property
    def is_trusted(self) -> bool:
        return self.left_to_compare <= 0 and not self._differs

    def compare(self, page: ArchivePage, whole: bytes) -> None:
        """Note whether the filled shell equals `whole`, which the theme rendered; one difference is enough."""
        self._differs = self._differs or self.fill(page) != whole

    def fill(self, page: ArchivePage) -> bytes:
        return self._shell.fill(_texts(page))


def _pick_samples(uniform_pages: Sequence[ArchivePage]) -> dict[_Group, tuple[ArchivePage, ArchivePage]]:
    """Return the first and the last page of each group: if both match the shell, so do the pages between.

    A group of few pages has no samples: rendering its pages in full is as fast.
    """
    groups: defaultdict[_Group, list[ArchivePage]] = defaultdict(list)
    for page in uniform_pages:
        groups[_group_of(page)].append(page)
    return {group: (pages[0], pages[-1]) for group, pages in groups.items() if len(pages) > COMPARED + 2}


def _texts(page: ArchivePage) -> dict[str, bytes]:
    """Return the texts of `page` that differ from page to page, by the names of their placeholders."""
    texts = {
        "name": page.title,
        "title": page.meta["title"],
        "description": page.meta["description"],
        "canonical": page.canonical_url or "",
        "date": page.update_date,
    }
    encoded = {name: encode_text(str(text)) for name, text in texts.items()}
    return {**encoded, "head": page.head, "content": page.body}


def _with_placeholders(page: ArchivePage) -> ArchivePage:
    """Return a copy of `page` with placeholders in place of its own texts."""
    stand_in = copy.copy(page)
    names = {name: placeholder(name) for name in _texts(page)}
    stand_in.title, stand_in.body, stand_in.head = names["name"], names["content"].encode(), names["head"].encode()
    stand_in.canonical_url = names["canonical"] if page.canonical_url else None
    stand_in.update_date = names["date"]
    stand_in.meta = {**page.meta, "title": names["title"], "description": names["description"]}
    return stand_in
