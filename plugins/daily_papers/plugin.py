"""The MkDocs plugin: hooks of a few lines each into `fetch` and `pages`.

MkDocs' configuration and files go in, our pages come out beside the author's own. Runs under ProperDocs unchanged.
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
import os
import re
from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Literal

from jinja2 import Environment
from markupsafe import escape
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from mkdocs.utils.templates import TemplateContext

from daily_papers.config import FETCH_CHOICES, DailyPapersConfig
from daily_papers.curation import CURATION
from daily_papers.dates import current_instant
from daily_papers.errors import ArchiveError, DailyPapersError, SearchError
from daily_papers.frames import Frames, pick_samples
from daily_papers.header import put_into_header
from daily_papers.models import HUGGING_FACE_SOURCE
from daily_papers.pages.beside import Beside
from daily_papers.pages.bundles import Indexer, find_pagefind
from daily_papers.pages.csp import add_policy, part_data
from daily_papers.pages.drawn import Drawn
from daily_papers.pages.kept import Kept
from daily_papers.pages.page import SitePage
from daily_papers.pages.render import FRAME_TEMPLATE, THEME_FOLDER, THEME_TEMPLATE, Renderer
from daily_papers.pages.search import part, start_indexing, switch_off
from daily_papers.pages.site import Site
from daily_papers.pages.static import SCRIPT, load_assets
from daily_papers.pages.urls import Urls
from daily_papers.searching import Part
from daily_papers.summaries.prompt import OWN_PROMPTS
from daily_papers.topics import TOPICS

FETCH_VARIABLE = "DAILY_PAPERS_FETCH"

CACHE = Path(".cache", "daily-papers")
"""Where is kept, beside mkdocs.yml, what the next build need not make again."""
SEARCH_CACHE, DRAWN = "search", "drawn"
"""In it the bundles of the search, and what is drawn of days that have not changed."""

# Of the archive's own files: the ledger, what summaries took, what arXiv did not know, the mirror's index, settings in
# YAML, which papers are related, what could not be read, and the copies that editors and git leave beside a file.
_WITHHELD = re.compile(
    r"^((ledger|usage|arxiv|media)\.json.*|[^/]+\.ya?ml.*|\d{4}/\d\d/(\d\d\.rejected|related)\.json|\d{4}/\d\d/[^/]+\.json[^/]+)$"
)

log = logging.getLogger("mkdocs.plugins.daily_papers")


class _WrittenBeside(File):
    """A file that MkDocs knows, so that an author's page can link to it, and leaves for `Beside` to write."""

    def copy_file(self, dirty: bool = False) -> None:
        pass


class _OurPage(Page):
    """A page whose content is drawn when it is written, straight from the record, never through Markdown."""

    def __init__(
        self, page: SitePage, file: File, config: MkDocsConfig, nav_title: str | None, newest: dt.date | None
    ) -> None:
        # Themes write titles as they are, and an organization calls itself what it likes.
        super().__init__(nav_title or str(escape(page.title)), file, config)
        self.ours = page
        self.edit_url = None
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
            "daily_papers_head": self.ours.head,
            "hide": ["navigation", "toc", "path"],
            "search": {"exclude": True},  # a theme's own index would grow with every paper
        }

    def take(self, drawn: str) -> None:
        """Have what was drawn as the content, but for what of it belongs in the head."""
        self.content, data = part_data(drawn)
        self.meta["daily_papers_head"] = self.ours.head + data

    def forget(self) -> None:
        """Let go of what was drawn: years of it would not fit in memory."""
        self.content, self.meta["daily_papers_head"] = "", self.ours.head

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""
        self.toc = TableOfContents([])
        self.present_anchor_ids = set(self.ours.anchors)


class DailyPapersPlugin(BasePlugin[DailyPapersConfig]):
    """Publishes the archive in the site's docs folder; `archive_root` is where it lies."""

    docs_root: Path
    archive_root: Path
    urls: Urls
    site: Site
    frames: Frames
    nav_pages: list[Page]
    beside: Beside
    cache: Path
    program: Path | None
    parts: Sequence[Part]
    indexer: Indexer | None = None
    writing: Thread | None = None
    serving = False
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
        self.serving = command == "serve"

    def on_shutdown(self) -> None:
        self._end_what_goes_on()  # MkDocs takes a preview's folder away next, in which nothing may come then

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
            drawn=Drawn(Kept(self.cache / DRAWN)),
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

    def start_indexing(self, parts: Sequence[Part], folder: Path, *, beside: bool) -> Indexer | None:
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
        taken = {file.dest_uri for file in files}
        published = list(self._add_pages(files, config, taken))
        for address, content in self.site.files():
            if address not in taken:
                files.append(File.generated(config, address, content=content))
        for address in self.site.linked():
            if address not in taken:
                files.append(_WrittenBeside.generated(config, address, content=""))
        for name, content in load_assets().items():
            files.append(File.generated(config, self.urls.asset(name), content=content))
        # The archive stays until the build is over: the collector need not walk through it again and again.
        gc.freeze()
        # A preview has threads, which a forked process must not share.
        self.beside = Beside(self.site, Path(config.site_dir), published, taken=taken, forked=not self.serving)
        self.indexer = self.start_indexing(self.parts, Path(config.site_dir), beside=not self.serving)
        return files

    def _tell(self) -> None:
        if self.site.days:
            log.info(str(self.site.coverage))
        for misplaced in self.misplaced():
            log.warning(misplaced)
        for error in self.site.errors:
            log.warning(str(error))

    def _add_pages(self, files: Files, config: MkDocsConfig, taken: Container[str]) -> Iterator[SitePage]:
        """Add our pages to `files`, and yield each, but for those whose address is `taken` by one of the author's."""
        nav_titles = dict(_nav_titles(config.nav))
        for page in self.site.pages():
            file = File.generated(config, page.source, content="", inclusion=_inclusion(page))
            if file.dest_uri in taken:
                log.info(f"{file.dest_uri} is written by a page of your own; the archive's is left out")
                continue
            _OurPage(page, file, config, nav_titles.get(page.source), self.site.shelf.newest)
            files.append(file)
            yield page

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        ours = self._is_ours(config)
        searches = bool(self.site.renderer.search_parts)
        if searches and self._has_header_for_search(config):
            put_into_header(env, self.site.renderer)
        policy = partial(
            add_policy, media_hosts=self.config.media_hosts, inline_scripts=self.serving, searches=searches
        )
        alike = [file.page for file in files if isinstance(file.page, _OurPage) and self._is_alike(file.page)]
        samples = pick_samples(alike)
        for sample in samples:
            sample.take(sample.ours.render())
        self.frames = Frames(env.get_template(FRAME_TEMPLATE), samples=samples, finish=policy if ours else str)
        return env

    def _is_alike(self, page: Page) -> bool:
        """Whether `page` differs from others only in its own words: a theme marks a page in the nav there."""
        return not page.file.inclusion.is_in_nav() and page not in self.nav_pages

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        self.nav_pages = nav.pages
        return nav

    @event_priority(-100)  # last, so that what other plugins put into the context is in the frame
    def on_page_context(self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
        if isinstance(page, _OurPage):
            page.take(self.beside.draw(page.ours))
            html = self.frames.render(page, context, alike=self._is_alike(page))
            context["daily_papers_page"] = html  # type: ignore[typeddict-unknown-key]

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> None:
        if isinstance(page, _OurPage):
            page.forget()

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        gc.unfreeze()
        if self.serving:
            # Whoever edits a page looks at it at once; what lies beside it, and the search, may come later.
            self.writing = Thread(target=self._write_beside, daemon=True, name="daily-papers files")
            self.writing.start()
            if self.indexer:
                self.indexer.finish_later(partial(self._indexed, Path(config.site_dir)))
            return
        self.beside.finish()
        if self.indexer:
            try:
                self.indexer.finish()
            except SearchError as e:
                self._indexed(Path(config.site_dir), e)

    def _write_beside(self) -> None:
        try:
            self.beside.finish()
        except OSError as e:
            log.warning(f"Not all of the preview could be written: {e}")

    def _end_what_goes_on(self) -> None:
        if self.indexer:
            self.indexer.stop()
        if self.writing:
            self.writing.join()

    def _indexed(self, folder: Path, failure: SearchError | None) -> None:
        if failure:
            log.info(f"Built without its search: {failure}")
            switch_off(self.site.renderer, folder)
        else:
            log.info("The preview's search is up to date")

    def on_serve(
        self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        server.watch(str(THEME_FOLDER.parent))
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
        from daily_papers.fetch import BUILD, fetch_archive

        try:
            report = fetch_archive(
                self.archive_root,
                self.config.source,
                now=current_instant(),
                since=self.config.since,
                refresh_days=self.config.refresh_days,
                budget=BUILD,
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
        return file.src_uri.startswith(folder) and bool(_WITHHELD.match(file.src_uri.removeprefix(folder)))


def _fetch_option(configured: str) -> str:
    value = os.environ.get(FETCH_VARIABLE) or configured
    if value not in FETCH_CHOICES:
        raise PluginError(f"{FETCH_VARIABLE} is {value!r}: expected one of {', '.join(FETCH_CHOICES)}")
    return value


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


def _inclusion(page: SitePage) -> InclusionLevel:
    """The ways in stand in a nav that MkDocs makes itself; the dates, in their thousands, in none."""
    return InclusionLevel.UNDEFINED if page.is_way_in else InclusionLevel.NOT_IN_NAV
