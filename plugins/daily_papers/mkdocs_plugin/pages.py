"""Our pages and files as MkDocs knows them: so that its nav and an author's links find them, though we write most.

SitePages go in, Pages and Files of MkDocs come out. Which of them MkDocs builds itself is told by `plugin`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from markupsafe import escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from daily_papers.site.csp import part_data
from daily_papers.site.page import SitePage
from daily_papers.site.renderer import THEME_TEMPLATE


class ExternalFile(File):
    """A file that MkDocs knows, so that an author's page can link to it, and leaves for us to write."""

    def copy_file(self, dirty: bool = False) -> None:
        pass


class LazyFile(ExternalFile):
    """A file that a preview copies when it is asked for."""

    def __init__(self, file: File) -> None:
        vars(self).update(vars(file))

    def bring(self) -> None:
        super(ExternalFile, self).copy_file()


class ArchivePageFile(ExternalFile):
    """The file of a page of ours; once it `is_ours_to_write`, MkDocs has no page to build there."""

    is_ours_to_write = False

    def is_documentation_page(self) -> bool:
        return not self.is_ours_to_write


class ArchivePage(Page):
    """A page whose content is drawn when it is written, straight from the record, never through Markdown."""

    def __init__(
        self,
        page: SitePage,
        config: MkDocsConfig,
        draw: Callable[[], bytes],
        *,
        nav_title: str | None,
        newest: dt.date | None,
    ) -> None:
        """Make `page`, whose content `draw` gives, known to MkDocs; `nav_title` is what an author's nav calls it."""
        # The ways in stand in a nav that MkDocs makes itself; the dates, in their thousands, in none.
        inclusion = InclusionLevel.UNDEFINED if page.in_nav else InclusionLevel.NOT_IN_NAV
        file = ArchivePageFile.generated(config, page.source, content="", inclusion=inclusion)
        assert isinstance(file, ArchivePageFile)  # as the class method does for each class
        # Themes write titles as they are, and an organization calls itself what it likes.
        super().__init__(nav_title or str(escape(page.title)), file, config)
        self.ours, self._file, self._draw = page, file, draw
        self.drawn = self.head = b""
        self.edit_url = None
        self.present_anchor_ids = set(page.anchors)
        # MkDocs has the day of the build for this, on which nothing changes.
        if changed := page.changed or newest:
            self.update_date = changed.isoformat()

    def read_source(self, config: MkDocsConfig) -> None:
        self.markdown = ""
        self.meta = {
            "template": THEME_TEMPLATE,
            # Themes write these as they are, and a description holds a stranger's title.
            "title": escape(self.ours.title),
            "description": escape(self.ours.description),
            "daily_papers_head": "",
            "hide": ["navigation", "toc", "path"],
            "search": {"exclude": True},  # a theme's own index would grow with every paper
        }

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""
        self.toc = TableOfContents([])

    def exclude_from_mkdocs(self, config: MkDocsConfig, files: Files) -> None:
        """Have MkDocs build no page here, and do what it would have done before it is drawn."""
        self.read_source(config)
        self.render(config, files)
        self._file.is_ours_to_write = True

    def draw(self) -> None:
        """Have what is `drawn` of the page, in UTF-8, and what belongs in its `head`."""
        self.drawn, data = part_data(self._draw())
        self.head = self.ours.head().encode("utf-8", "xmlcharrefreplace") + data

    def show(self) -> None:
        """Have what is drawn where a theme, or another plugin, looks for it."""
        self.content, self.meta["daily_papers_head"] = self.drawn.decode(), self.head.decode()

    def forget(self) -> None:
        """Let go of what was drawn: years of it would not fit in memory."""
        self.drawn = self.head = b""
        self.content, self.meta["daily_papers_head"] = "", ""

    def write(self, html: bytes) -> None:
        """Write the whole page where MkDocs would."""
        path = Path(self.file.abs_dest_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(html)
