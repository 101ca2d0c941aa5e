"""Write the archive's pages into the site of a host, each in the frame's shell of its depth."""

from __future__ import annotations

import html as html_entities
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from daily_papers.site.attach.frame import CONTENT, HEAD, TITLE, Frame
from daily_papers.site.attach.host_files import MARK
from daily_papers.site.context import SiteContext
from daily_papers.site.csp import split_structured_data
from daily_papers.site.page import SitePage
from daily_papers.site.page_policy import PagePolicy
from daily_papers.site.page_shell import PageShell, encode_text
from daily_papers.site.site import pages, render_page
from daily_papers.site.urls import to_root


@dataclass(frozen=True)
class AttachedPage:
    """A page of the archive with its address and its file, a path below the site's folder."""

    page: SitePage
    url: str
    file: str


def attached_pages(site: SiteContext) -> Iterator[AttachedPage]:
    for page in pages(site):
        url = site.urls.of_source(page.source)
        yield AttachedPage(page, url, site.urls.file_of(url) or "index.html")


class AttachedPageWriter:
    """Writes pages below `folder` with the function `write_file`."""

    def __init__(
        self,
        site: SiteContext,
        folder: Path,
        frame: Frame,
        policy: PagePolicy,
        write_file: Callable[[Path, bytes], object],
    ) -> None:
        self._site, self._folder, self._frame, self._policy = site, folder, frame, policy
        self._write_file = write_file
        self._shells: dict[str, PageShell] = {}

    def write(self, page: AttachedPage) -> None:
        path = self._folder / page.file
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write_file(path, self.render(page))

    def render(self, page: AttachedPage) -> bytes:
        """Return the whole page in UTF-8."""
        body, data = split_structured_data(render_page(self._site, page.page))
        texts = {
            TITLE: encode_text(html_entities.escape(f"{page.page.title} - {self._site.settings.site_name}")),
            HEAD: encode_text(f"{self._head(page)}{page.page.head()}") + data + MARK.encode(),
            CONTENT: body,
        }
        root = to_root(page.url)
        shell = self._shells.get(root)
        if not shell:
            # Pages have the same scripts, so that one is an example for all of its depth.
            html = self._frame.page_html(root)
            example = PageShell(html).fill(texts).decode()
            shell = self._shells[root] = PageShell(self._policy.add(html, example))
        return shell.fill(texts)

    def _head(self, page: AttachedPage) -> str:
        description = f'<meta name="description" content="{html_entities.escape(page.page.description)}">\n'
        canonical = html_entities.escape(self._site.absolute(page.url))
        return description + (f'<link rel="canonical" href="{canonical}">\n' if canonical else "")
