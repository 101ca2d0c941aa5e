"""The MkDocs plugin: hooks of a few lines. Runs under ProperDocs unchanged."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Literal

from jinja2 import Environment
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from daily_papers.mkdocs_plugin.build import Build
from daily_papers.mkdocs_plugin.build_fetch import fetch_before_build
from daily_papers.mkdocs_plugin.cache_folder import CacheFolder
from daily_papers.mkdocs_plugin.config import DailyPapersConfig
from daily_papers.mkdocs_plugin.interrupts import preview_folder
from daily_papers.mkdocs_plugin.live_preview import LivePreview, check_address
from daily_papers.mkdocs_plugin.pages import THEME_FOLDER, ArchivePage
from daily_papers.mkdocs_plugin.project import Project
from daily_papers.mkdocs_plugin.safe_log import make_log_safe
from daily_papers.site.assets import ASSETS, SCRIPT, SITE

LAST = -200
"""The priority of a hook after those of other plugins: several use -100, the lowest that MkDocs recommends."""


class DailyPapersPlugin(BasePlugin[DailyPapersConfig]):
    """Publishes the archive in the site's docs folder."""

    _build: Build
    _preview: LivePreview | None = None
    _caches: CacheFolder | None = None
    _is_fetched = False

    _address_is_free = False

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        # Without live reload MkDocs gives plugins no server, and the preview is built like a site.
        if command == "serve" and "--no-livereload" not in sys.argv:
            self._preview = LivePreview()

    def on_shutdown(self) -> None:
        # MkDocs then deletes a preview's folder, where nothing may be written any more.
        if hasattr(self, "_build"):
            self._build.abort()
        if self._preview:
            self._preview.close()
        if self._caches:
            self._caches.close()

    def on_config(self, config: MkDocsConfig) -> None:
        make_log_safe()
        if not self._address_is_free and preview_folder():
            check_address(*config.dev_addr)
            self._address_is_free = True
        config.theme.dirs.append(str(THEME_FOLDER))
        if "navigation.instant" in (config.theme.get("features") or ()):
            # Material then loads archive pages into the author's own without running the scripts in their heads.
            script = ExtraScriptValue(Project(self.config, config).urls.asset(SCRIPT))
            script.type = "module"
            config.extra_javascript.append(script)

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        self._stop_background_work()  # a preview is rebuilt into the same folder
        # Once a run: writing into docs at each rebuild of a preview would start the next rebuild.
        if not self._is_fetched:
            self._is_fetched = True
            fetch_before_build(Project(self.config, config))

    def _on_files_first(self, files: Files, *, config: MkDocsConfig) -> Files:
        project = Project(self.config, config)
        self._caches = self._caches or CacheFolder(project.cache_folder)
        self._build = Build(project, self._preview, self._caches)
        self._build.add_pages(files)
        return files

    @event_priority(LAST)  # when other plugins have added and moved their files
    def _on_files_last(self, files: Files, *, config: MkDocsConfig) -> Files:
        self._build.add_files(files)
        return files

    on_files = CombinedEvent(_on_files_first, _on_files_last)

    @event_priority(LAST)  # when the nav is final
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        self._build.choose_pages(nav, files)
        return nav

    @event_priority(LAST)  # so that page shells have what other plugins add
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        self._build.start_writing(env)
        return env

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        self._build.add_known_files(context)  # for the sitemap
        return context

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        return self._build.finish_template(output) if template_name.endswith(".html") else output

    @event_priority(LAST)  # when other plugins have read and changed it
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        return page.keep_changes(html) if isinstance(page, ArchivePage) else html

    @event_priority(100)  # first: other plugins may read and change it again
    def _on_page_context_first(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> None:
        self._build.add_known_files(context)
        if isinstance(page, ArchivePage):
            page.offer_content()

    @event_priority(LAST)  # so that page shells have what other plugins add
    def _on_page_context_last(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> None:
        self._build.render_page(page, context)

    on_page_context = CombinedEvent(_on_page_context_first, _on_page_context_last)

    @event_priority(LAST)  # the policy follows what other plugins put into a page
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        return self._build.finish_page(page, output)

    @event_priority(100)  # first: other plugins may read the built site
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        self._build.finish()

    def on_serve(
        self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        for folder in (THEME_FOLDER, SITE, ASSETS):
            server.watch(str(folder))
        served = server.get_app()
        if self._preview and served:
            project = Project(self.config, config)
            server.set_app(self._preview.wrap(served, project.site_dir, server.mount_path))
        return server

    def _stop_background_work(self) -> None:
        if hasattr(self, "_build"):
            self._build.stop()
        if self._preview:
            self._preview.pause()
