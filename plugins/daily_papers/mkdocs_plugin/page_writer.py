"""Write archive pages: their content in the theme's page shell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation
from mkdocs.utils.templates import TemplateContext

from daily_papers.mkdocs_plugin.page_shell import PageShells
from daily_papers.mkdocs_plugin.pages import SHELL_TEMPLATE, ArchivePage
from daily_papers.mkdocs_plugin.project import Project
from daily_papers.site.csp import add_policy


class PageWriter:
    """Renders and writes the archive pages of one build.

    `env` is the theme's environment. `known_files` are the files of all pages, for the sitemap and links.
    `uniform_pages` are the archive pages in no nav. `is_preview` allows the script that a live preview adds.
    """

    def __init__(
        self,
        project: Project,
        env: Environment,
        nav: Navigation,
        known_files: Sequence[File],
        uniform_pages: Sequence[ArchivePage],
        *,
        is_preview: bool,
        has_search: bool,
    ) -> None:
        self._config, self._nav, self._known_files = project.config, nav, known_files
        policy = partial(
            add_policy, media_hosts=project.options.media_hosts, inline_scripts=is_preview, searches=has_search
        )
        self._shells = PageShells(
            env.get_template(SHELL_TEMPLATE), uniform_pages, finish=policy if project.owns_theme else _unchanged
        )

    def write(self, page: ArchivePage) -> None:
        """Write a page that MkDocs does not build, as MkDocs would."""
        page.active = True
        try:
            page.render_content()
            context = partial(get_context, self._nav, self._known_files, self._config, page)
            page.write(self._shells.render(page, context))
        except Exception as e:
            e.add_note(f"in the page {page.file.src_uri}")
            raise
        page.active = False
        page.release_content()

    def render(self, page: ArchivePage, context: TemplateContext) -> str:
        """Return the whole HTML of a page that MkDocs builds, with its content published for other plugins."""
        page.render_content()
        html = self._shells.render(page, lambda: context).decode()
        page.publish_content()
        return html


def _unchanged(html: str, _: str) -> str:
    return html
