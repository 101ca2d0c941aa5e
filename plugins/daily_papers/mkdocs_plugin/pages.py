"""The archive's pages and files as MkDocs has them, so that its nav, authors' links and other plugins find them.

The plugin writes most of them itself; `build` decides which ones MkDocs builds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from markupsafe import escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from daily_papers.site.csp import split_structured_data
from daily_papers.site.page import SitePage

THEME_FOLDER = Path(__file__).parent / "theme"
PAGE_TEMPLATE, SHELL_TEMPLATE = "daily-papers.html", "daily-papers-frame.html"
"""Templates in THEME_FOLDER, rendered by the theme's environment: a page as MkDocs builds it, and the page shell."""


class ExternalFile(File):
    """A file that the plugin writes. MkDocs has it so that authors can link to it, and does not copy it."""

    @classmethod
    def at(cls, config: MkDocsConfig, address: str) -> ExternalFile:
        """Return the file at `address`. It has a source, mkdocs.yml, for plugins that take one for granted."""
        file = cls.generated(config, address, content="")
        assert isinstance(file, cls)  # the class method returns an instance of its class
        file.abs_src_path = config.config_file_path or config.docs_dir
        return file

    def copy_file(self, dirty: bool = False) -> None:
        pass


class LazyFile(ExternalFile):
    """A stored file that a preview copies when it is asked for."""

    def __init__(self, file: File) -> None:
        vars(self).update(vars(file))

    def copy_now(self) -> None:
        super(ExternalFile, self).copy_file()


class ArchivePageFile(ExternalFile):
    """The file of an ArchivePage; MkDocs builds no page for it once `is_external`."""

    is_external = False
    alternates: Mapping[str, File] = MappingProxyType({})
    """The same page in other languages, as mkdocs-static-i18n has it: an archive page has all languages itself."""

    def is_documentation_page(self) -> bool:
        return not self.is_external


class ArchivePage(Page):
    """A page of the archive. Its content is rendered from records when it is written, never through Markdown."""

    def __init__(
        self,
        page: SitePage,
        config: MkDocsConfig,
        render: Callable[[], bytes],
        *,
        nav_title: str | None,
        newest: dt.date | None,
        source_path: Path,
        render_markdown: Callable[[], str],
        offers_content: bool,
    ) -> None:
        """Make the MkDocs page of `page`.

        `render` gives its content in UTF-8, and `render_markdown` the same papers as Markdown. `nav_title` is its title
        in an author's nav. `newest` is the newest date of the archive, the date of change of a page that states none.
        `source_path` is the file that it shows: other plugins ask git for its dates. With `offers_content` the content
        is also rendered when MkDocs reads the page: another plugin reads it.
        """
        # A nav that MkDocs generates has the main pages; the dates, in their thousands, are in no nav.
        inclusion = InclusionLevel.UNDEFINED if page.in_nav else InclusionLevel.NOT_IN_NAV
        file = ArchivePageFile.generated(config, page.source, content="", inclusion=inclusion)
        assert isinstance(file, ArchivePageFile)  # the class method returns an instance of its class
        file.abs_src_path = str(source_path)
        # Themes write titles unescaped, and an organization chooses its name.
        super().__init__(nav_title or str(escape(page.title)), file, config)
        self.site_page, self._file, self._render, self._render_markdown = page, file, render, render_markdown
        self._offers_content = offers_content
        self.body = self.head = b""
        self._changed_content: str | None = None
        self.edit_url = None
        self.present_anchor_ids = set(page.anchors)
        # MkDocs would use the day of the build, on which nothing changes.
        if changed := page.changed or newest:
            self.update_date = changed.isoformat()

    def read_source(self, config: MkDocsConfig) -> None:
        # Plugins that change Markdown run templates in it, which a stranger's title must never reach.
        self.markdown = ""
        self.meta = {
            "template": PAGE_TEMPLATE,
            # Themes write these unescaped, and a description contains a stranger's title.
            "title": escape(self.site_page.title),
            "description": escape(self.site_page.description),
            "daily_papers_head": "",
            # Material shows the nav as tabs above the page, or beside it.
            "hide": ["navigation", "toc", "path"] if _has_tabs(config) else ["toc", "path"],
            "search": {"exclude": True},  # a theme's own index would grow with every paper
        }

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""
        self.toc = TableOfContents([])
        if self._offers_content:
            self.offer_content()

    def exclude_from_mkdocs(self, config: MkDocsConfig, files: Files) -> None:
        """Exclude the page from MkDocs' build; the plugin writes it."""
        self.read_source(config)
        self.render(config, files)
        self._file.is_external = True

    def offer_content(self) -> None:
        """Put the content, and the same papers as Markdown, where other plugins read and change them."""
        self.render_content()
        self.content, self.markdown = self.body.decode(), self._render_markdown()

    def keep_changes(self, content: str) -> str:
        """Keep `content` if another plugin changed it; return what MkDocs keeps until it builds the page."""
        if self._offers_content and content != self.body.decode():
            self._changed_content = content
        self.release_content()
        return self.content or ""

    def render_content(self) -> None:
        """Render `body` and `head`, in UTF-8; `body` is what another plugin made of it."""
        self.body, data = split_structured_data(self._render())
        self.head = self.site_page.head().encode("utf-8", "xmlcharrefreplace") + data
        if self._changed_content is not None:
            self.body = self._changed_content.encode("utf-8", "xmlcharrefreplace")

    def take_content(self) -> None:
        """Take what other plugins left in `content` as the body."""
        self.body = (self.content or "").encode("utf-8", "xmlcharrefreplace")

    def publish_content(self) -> None:
        """Put the rendered content where a theme, or another plugin, reads it."""
        self.content, self.meta["daily_papers_head"] = self.body.decode(), self.head.decode()

    def release_content(self) -> None:
        """Free the rendered content: years of pages do not fit in memory."""
        self.body = self.head = b""
        self.content, self.markdown, self.meta["daily_papers_head"] = "", "", ""

    def write(self, html: bytes) -> None:
        """Write the whole page to its place in the built site."""
        path = Path(self.file.abs_dest_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(html)


def _has_tabs(config: MkDocsConfig) -> bool:
    return "navigation.tabs" in (config.theme.get("features") or ())
