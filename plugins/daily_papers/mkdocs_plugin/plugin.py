"""The MkDocs plugin: hooks of a few lines each into `fetch` and `pages`.

MkDocs' configuration and files go in, our pages come out beside the author's own. Runs under ProperDocs unchanged.
"""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import click
from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from daily_papers.archive.curation import CURATION
from daily_papers.archive.topics import TOPICS
from daily_papers.errors import ArchiveError, DailyPapersError, SearchError
from daily_papers.mkdocs_plugin.config import FETCH_CHOICES, DailyPapersConfig
from daily_papers.mkdocs_plugin.header_search import put_into_header
from daily_papers.mkdocs_plugin.live_preview import Preview
from daily_papers.mkdocs_plugin.page_shell import PageShells
from daily_papers.mkdocs_plugin.pages import ArchivePage, ExternalFile, LazyFile
from daily_papers.model.dates import current_instant
from daily_papers.model.records import HUGGING_FACE_SOURCE
from daily_papers.search.pagefind import Indexer, find_pagefind
from daily_papers.search.records import Shard
from daily_papers.site.assets import ASSETS, SCRIPT, SITE, load_assets
from daily_papers.site.cache.render_cache import RenderCache
from daily_papers.site.cache.store import CacheStore
from daily_papers.site.csp import add_policy
from daily_papers.site.pages.search import disable_search, part, start_indexing
from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.renderer import FRAME_TEMPLATE, THEME_FOLDER, Renderer
from daily_papers.site.site import Site
from daily_papers.site.urls import Urls
from daily_papers.summaries.prompt import OWN_PROMPTS

FETCH_VARIABLE = "DAILY_PAPERS_FETCH"

CACHE = Path(".cache", "daily-papers")
"""Where is kept, beside mkdocs.yml, what the next build need not make again."""
SEARCH_CACHE, DRAWN, COMPILED = "search", "drawn", "templates"
"""In it the bundles of the search, what is drawn of days that have not changed, and the code of templates."""

# Of the archive's own files: the ledger, what summaries took, what arXiv did not know, the mirror's index, settings in
# YAML, which papers are related, what could not be read, and the copies that editors and git leave beside a file.
_PRIVATE_FILES = re.compile(
    r"^((ledger|usage|arxiv|media)\.json.*|[^/]+\.ya?ml.*|\d{4}/\d\d/(\d\d\.rejected|related)\.json|\d{4}/\d\d/[^/]+\.json[^/]+)$"
)

# With these MkDocs asks of each page; our pages are drawn aside where nobody else has an answer.
_PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")

log = logging.getLogger("mkdocs.plugins.daily_papers")


class DailyPapersPlugin(BasePlugin[DailyPapersConfig]):
    """Publishes the archive in the site's docs folder; `archive_root` is where it lies."""

    docs_root: Path
    archive_root: Path
    urls: Urls
    site: Site
    taken: set[str]
    """Where the author's own files go, below the site's folder."""
    frames: PageShells
    nav: Navigation
    files: Files
    known: list[File]
    """The files of all pages, the author's and ours."""
    uniform_pages: list[ArchivePage]
    """Our pages that no nav has."""
    ours_to_write: list[ArchivePage]
    """Those that MkDocs does not build: in a preview all of ours, otherwise those that are alike; or none."""
    beside: ParallelWriter
    cache: Path
    program: Path | None
    parts: Sequence[Shard]
    indexer: Indexer | None = None
    preview: Preview | None = None
    fetched = False

    def locate(self, config: MkDocsConfig) -> None:
        """Learn from MkDocs' configuration where the archive lies and what its addresses are."""
        self.docs_root = Path(config.docs_dir)
        self.archive_root = self.docs_root / self.config.path
        self.urls = Urls(self.config.path, config.use_directory_urls)
        self.cache = Path(config.config_file_path or config.docs_dir).absolute().parent / CACHE

    def misplaced(self) -> Iterator[str]:
        """Yield a notice for each file that lies in the docs folder itself, where a site with a `path` reads none."""
        for name in (CURATION, TOPICS, OWN_PROMPTS) if self.config.path else ():
            if (self.docs_root / name).exists():
                yield f"{self.docs_root / name} is not read there: it belongs to {self.archive_root / name}"

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        if command == "serve" and _reloads():
            self.preview = Preview()

    def on_shutdown(self) -> None:
        self._end_what_goes_on()  # MkDocs takes a preview's folder away next, in which nothing may come then
        if self.preview:
            self.preview.end()

    def on_config(self, config: MkDocsConfig) -> None:
        self.locate(config)
        config.theme.dirs.append(str(THEME_FOLDER))
        if "navigation.instant" in (config.theme.get("features") or ()):
            # Material then brings our pages into the author's own, without running what stands in their heads.
            script = ExtraScriptValue(self.urls.asset(SCRIPT))
            script.type = "module"
            config.extra_javascript.append(script)

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        self._end_what_goes_on()  # a preview is built anew, into the same folder
        # Once a run: writing into docs at each rebuild of a preview would set off the next rebuild.
        if not self.fetched:
            self.fetched = True
            self._fetch()

    def open_site(self, config: MkDocsConfig) -> Site:
        """Read all that is published, and be ready to draw it. Raises ArchiveError for what people write."""
        options = self.config
        renderer = Renderer(
            languages=options.languages,
            urls=self.urls,
            media_hosts=options.media_hosts,
            repo_url=config.repo_url or "",
            site_url=config.site_url or "",
            site_name=config.site_name,
            source=options.source,
            feeds=options.feeds,
            drawn=RenderCache(CacheStore(self.cache / DRAWN), keeps_drawn=not self.preview),
            compiled=self.cache / COMPILED,
        )
        self.site = Site(
            self.archive_root,
            urls=self.urls,
            renderer=renderer,
            languages=options.languages,
            # A feed says which dates it has; only of Hugging Face a weekday can be missing.
            since=options.since if options.source == HUGGING_FACE_SOURCE else None,
            summaries=options.summaries.settings(),
            mirrored=options.media == "mirror",
        )
        self.program = self._find_indexer()
        self.parts = part(renderer, options.refresh_days) if self.program else []
        renderer.search_in_page = not self._has_header_for_search(config)
        renderer.start()
        return self.site

    def start_indexing(self, parts: Sequence[Shard], folder: Path, *, beside: bool) -> Indexer | None:
        """Have `parts` of the site indexed into `folder`, that of the built one; None where it has no search."""
        if not self.program:
            return None
        return start_indexing(
            self.site.renderer, parts, self.program, folder=folder, cache=self.cache / SEARCH_CACHE, beside=beside
        )

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        if self.config.feeds and not config.site_url:
            log.info("No feeds are written: they need the site's own address; set site_url, or feeds: false")
        try:
            self.open_site(config)
        except ArchiveError as e:
            raise PluginError(f"{e} (Nothing is built, since not all would be as you meant it.)") from e
        self._tell()
        unreadable = {error.path for error in self.site.errors}
        for file in [file for file in files if self._is_withheld(file, unreadable)]:
            files.remove(file)
        for address, record in self.site.curated_records():
            if stored := files.get_file_from_path(address):
                files.remove(stored)
                files.append(File.generated(config, address, content=record, inclusion=stored.inclusion))
        self.taken = {file.dest_uri for file in files}
        self._add_pages(files, config)
        for address, content in self.site.files():
            if address not in self.taken:
                files.append(File.generated(config, address, content=content))
        for address in self.site.linked():
            if address not in self.taken:
                files.append(ExternalFile.generated(config, address, content=""))
        for name, content in load_assets().items():
            files.append(File.generated(config, self.urls.asset(name), content=content))
        if self.preview:
            for stored in filter(None, map(files.get_file_from_path, map(self.urls.day_json, self.site.days))):
                files.remove(stored)
                files.append(LazyFile(stored))
        return files

    def _tell(self) -> None:
        if self.site.days:
            log.info(str(self.site.coverage))
        for misplaced in self.misplaced():
            log.warning(misplaced)
        for error in self.site.errors:
            log.warning(str(error))

    def _add_pages(self, files: Files, config: MkDocsConfig) -> None:
        """Add our pages to `files`, but for those whose address is taken by one of the author's."""
        nav_titles = dict(_nav_titles(config.nav))
        for each in self.site.pages():
            draw, newest = partial(self.site.draw, each), self.site.shelf.newest
            page = ArchivePage(each, config, draw, nav_title=nav_titles.get(each.source), newest=newest)
            if page.file.dest_uri in self.taken:
                log.info(f"{page.file.dest_uri} is written by a page of your own; the archive's is left out")
            else:
                files.append(page.file)

    @event_priority(-100)  # last, when it is known which pages are in the nav
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        self.nav, self.files = nav, files
        self.known = [*files.documentation_pages()]
        ours = [file.page for file in self.known if isinstance(file.page, ArchivePage)]
        in_nav = {page.file.src_uri for page in nav.pages}
        # These differ only in their own words: a theme marks a page in the nav there.
        self.uniform_pages = [
            page for page in ours if not page.file.inclusion.is_in_nav() and page.file.src_uri not in in_nav
        ]
        self.ours_to_write = ours if self.preview else self.uniform_pages
        if self.has_page_hooks(config):
            self.ours_to_write = []
        for page in self.ours_to_write:
            page.exclude_from_mkdocs(config, files)
        return nav

    def has_page_hooks(self, config: MkDocsConfig) -> bool:
        """Whether another plugin, or a hook, may have a say in each page; Material's search leaves out ours."""
        searches = (
            each for each in config.plugins.values() if type(each).__module__.startswith("material.plugins.search")
        )
        unconcerned = [self, *searches]
        return any(
            getattr(method, "__self__", None) not in unconcerned
            for event in _PAGE_EVENTS
            for method in config.plugins.events[event]
        )

    @event_priority(-100)  # last, so that what other plugins put into it is in the frames
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        if len(config.plugins.events["env"]) == 1:  # what another adds to it may go into the code
            env.bytecode_cache = self.site.renderer.compiled
        searches = bool(self.site.renderer.search_parts)
        if searches and self._has_header_for_search(config):
            put_into_header(env, self.site.renderer)
        policy = partial(
            add_policy, media_hosts=self.config.media_hosts, inline_scripts=bool(self.preview), searches=searches
        )
        self.frames = PageShells(
            env.get_template(FRAME_TEMPLATE), self.uniform_pages, finish=policy if self._is_ours(config) else _as_it_is
        )
        # The archive stays until the build is over: the collector need not walk through it again and again.
        gc.freeze()
        folder = Path(config.site_dir)
        self.beside = ParallelWriter(
            self.site,
            self.preview.files if self.preview else folder,
            self.ours_to_write,
            partial(self._write, config),
            taken=self.taken,
            forked=not self.preview,  # which has threads, that a forked process must not share
        )
        indexed = self.preview.search if self.preview else folder
        self.indexer = self.start_indexing(self.parts, indexed, beside=not self.preview)
        return env

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        context["pages"] = self.known  # for the sitemap
        return context

    @event_priority(-100)  # last, so that what other plugins put into the context is in the frame
    def on_page_context(self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
        context["pages"] = self.known
        if isinstance(page, ArchivePage):
            page.draw()
            html = self.frames.render(page, lambda: context).decode()
            context["daily_papers_page"] = html  # type: ignore[typeddict-unknown-key]
            page.show()

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> None:
        if isinstance(page, ArchivePage):
            page.forget()

    def _write(self, config: MkDocsConfig, page: ArchivePage) -> None:
        """Write a page that MkDocs does not build, as it would."""
        page.active = True
        try:
            page.draw()
            page.write(self.frames.render(page, partial(get_context, self.nav, self.known, config, page)))
        except Exception as e:
            e.add_note(f"in the page {page.file.src_uri}")
            raise
        page.active = False
        page.forget()

    @event_priority(100)  # first: others may look at what is built
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        gc.unfreeze()
        if self.preview:
            # Whoever edits a page looks at it at once; what lies beside it, and the search, may come later.
            records = [file for file in self.files if isinstance(file, LazyFile) and file.inclusion.is_in_serve()]
            asked_for: dict[str, Callable[[], None]] = {file.dest_uri: file.bring for file in records}
            asked_for |= {page.file.dest_uri: partial(self._write, config, page) for page in self.ours_to_write}
            self.preview.offer(asked_for, self.beside.files(), partial(self._index_later, Path(config.site_dir)))
            return
        self.beside.finish()
        ours = [file.page.ours for file in self.known if isinstance(file.page, ArchivePage)]
        self.site.renderer.drawn.close(self.site.kept_names(ours))
        if self.indexer:
            try:
                self.indexer.finish()
            except SearchError as e:
                self._indexed(Path(config.site_dir), e)

    def _index_later(self, folder: Path) -> None:
        if self.indexer:
            self.indexer.finish_later(partial(self._indexed, folder))

    def _end_what_goes_on(self) -> None:
        if self.indexer:
            self.indexer.stop()
        if self.preview:
            self.preview.begin()

    def _indexed(self, folder: Path, failure: SearchError | None) -> None:
        if failure:
            log.info(f"Built without its search: {failure}")
            disable_search(self.site.renderer, folder)
        else:
            log.info("The preview's search is up to date")

    def on_serve(
        self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        for folder in (THEME_FOLDER, SITE, ASSETS):
            server.watch(str(folder))
        served = server.get_app()
        if self.preview and served:
            server.set_app(self.preview.before(served, Path(config.site_dir), server.mount_path))
        return server

    def _find_indexer(self) -> Path | None:
        """Return the program that indexes the papers, or None; a notice says so where it is wanted but not there."""
        if not self.config.search or not self.site.days:
            return None
        program = find_pagefind()
        if program is None:
            log.info(
                "Built without its search, since Pagefind was not found: pip install 'mkdocs-daily-papers[search]'"
            )
        return program

    def _is_ours(self, config: MkDocsConfig) -> bool:
        """Whether the whole site is ours: another theme, or one that has us in a folder, has scripts of its own."""
        return config.theme.name == "material" and not self.config.path

    def _has_header_for_search(self, config: MkDocsConfig) -> bool:
        """Whether the theme's header takes our box: Material's, of a site of ours that has no search of its own."""
        return self._is_ours(config) and not any(name.endswith("search") for name in config.plugins)

    def _fetch(self) -> None:
        """Bring the archive up to date as far as a build may; whatever happens, the build goes on."""
        if _fetch_option(self.config.fetch) == "never":
            return
        # HTTP and retries cost a tenth of a second to load, which a build that asks nothing need not pay.
        from daily_papers.jobs.fetch import BUILD_BUDGET, fetch_archive

        try:
            report = fetch_archive(
                self.archive_root,
                self.config.source,
                now=current_instant(),
                since=self.config.since,
                refresh_days=self.config.refresh_days,
                budget=BUILD_BUDGET,
            )
        except DailyPapersError as e:
            log.info(f"Not fetched, the site is built from what is stored: {e}")
            return
        notice = f"Fetched: {report}"
        if failure := next((outcome.error for outcome in report.outcomes if outcome.result == "failed"), None):
            notice += f"; for what is missing the site is built from what is stored: {failure}"
        # Below a warning: what upstream does is no fault of the site, and --strict does not count it.
        log.info(notice)

    def _is_withheld(self, file: File, unreadable: set[Path]) -> bool:
        """Whether a file of the archive is not for the public: rejected records, the ledger, what does not read."""
        if file.abs_src_path and Path(file.abs_src_path) in unreadable:
            return True
        folder = f"{self.config.path}/" if self.config.path else ""
        return file.src_uri.startswith(folder) and bool(_PRIVATE_FILES.match(file.src_uri.removeprefix(folder)))


def _fetch_option(configured: str) -> str:
    value = os.environ.get(FETCH_VARIABLE) or configured
    if value not in FETCH_CHOICES:
        raise PluginError(f"{FETCH_VARIABLE} is {value!r}: expected one of {', '.join(FETCH_CHOICES)}")
    return value


def _as_it_is(html: str, _: str) -> str:
    return html


def _reloads() -> bool:
    """Whether a preview is a live one: of any other MkDocs gives us no server, and it is built like a site."""
    context = click.get_current_context(silent=True)
    return context is None or bool(context.params.get("livereload", True))


def _nav_titles(nav: object) -> Iterator[tuple[str, str]]:
    """Yield source and title of each entry an author named: MkDocs overlooks the title where the page is there."""
    if isinstance(nav, dict):
        for title, target in nav.items():
            if isinstance(target, str):
                yield target, title
            else:
                yield from _nav_titles(target)
    elif isinstance(nav, list):
        for entry in nav:
            yield from _nav_titles(entry)
