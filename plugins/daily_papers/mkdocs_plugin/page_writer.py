"""Write archive pages: their content in the theme's page shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation
from mkdocs.utils.templates import TemplateContext

from daily_papers.mkdocs_plugin.page_shell import PageShells
from daily_papers.mkdocs_plugin.pages import SHELL_TEMPLATE, ArchivePage
from daily_papers.mkdocs_plugin.project import Project


class PageWriter:
    """Renders and writes the archive pages of one build.

    `env` is the theme's environment. `known_files` are the files of all pages, for the sitemap and links.
    `uniform_pages` are the archive pages in no nav. `finish` is applied to each page that the plugin writes, as
    PageShells takes it; MkDocs hands over its own pages when other plugins have changed them.
    """

    def __init__(
        self,
        project: Project,
        env: Environment,
        nav: Navigation,
        known_files: Sequence[File],
        uniform_pages: Sequence[ArchivePage],
        *,
        finish: Callable[[str, str], str],
    ) -> None:
        self._config, self._nav, self._known_files = project.config, nav, known_files
        template = env.get_template(SHELL_TEMPLATE)
        self._shells = PageShells(template, uniform_pages, finish=finish)
        self._unfinished_shells = PageShells(template, uniform_pages, finish=_unchanged)

    def write(self, page: ArchivePage) -> None:
        """Write a page that MkDocs does not build, as MkDocs would."""
        page.active = True
        try:
            page.render_content()
            page.write(self._fill(page))
        except Exception as e:
            e.add_note(f"in the page {page.file.src_uri}")
            raise
        page.active = False
        page.release_content()

    def prepare(self, page: ArchivePage) -> None:
        """Render the page shell of `page`, which is not written yet."""
        page.render_content()
        self._fill(page)
        page.release_content()

    def render(self, page: ArchivePage, context: TemplateContext) -> str:
        """Return the whole HTML of a page that MkDocs builds, around the content that other plugins made of it."""
        page.take_content()
        html = self._unfinished_shells.render(page, lambda: context).decode()
        page.publish_content()
        return html

    def _fill(self, page: ArchivePage) -> bytes:
        return self._shells.render(page, partial(get_context, self._nav, self._known_files, self._config, page))


def _unchanged(html: str, _: str) -> str:
    return html
