"""One build: the loaded site, its pages and files in MkDocs, and the processes that write and index them."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec
from jinja2 import Environment
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from daily_papers.archive.day_files import day_path, stored_dates
from daily_papers.errors import ArchiveError, SearchError
from daily_papers.mkdocs_plugin.cache_folder import CacheFolder
from daily_papers.mkdocs_plugin.header_search import add_header_search
from daily_papers.mkdocs_plugin.live_preview import LivePreview
from daily_papers.mkdocs_plugin.page_writer import PageWriter
from daily_papers.mkdocs_plugin.pages import ArchivePage, ExternalFile, LazyFile
from daily_papers.mkdocs_plugin.project import Project
from daily_papers.mkdocs_plugin.theme_search import add_to_theme_search, is_theme_search
from daily_papers.model.dates import current_instant
from daily_papers.search.pagefind import Indexer
from daily_papers.site.assets import load_assets
from daily_papers.site.csp import split_structured_data
from daily_papers.site.page import SitePage
from daily_papers.site.page_shell import encode_text
from daily_papers.site.pages.paper import addresses as paper_addresses
from daily_papers.site.pages.paper import renderers
from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.search_index import disable_search
from daily_papers.site.site import (
    cache_names,
    curated_records,
    file_groups,
    linked_addresses,
    pages,
    render_markdown,
    render_page,
)
from daily_papers.site.stored_files import is_private

# With these events MkDocs hands each page to plugins and hooks.
_PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page")

_LANGUAGES = "i18n_alternates"
"""The variable of templates in which mkdocs-static-i18n has the files of each language."""

log = logging.getLogger("mkdocs.plugins.daily_papers")


class Build:
    """One build of the site, in a live `preview` or for publishing. Its methods are called in MkDocs' order.

    Raises PluginError if the curation or the topics do not read.
    """

    def __init__(self, project: Project, preview: LivePreview | None, caches: CacheFolder) -> None:
        self._project, self._config, self._preview, self._caches = project, project.config, preview, caches
        try:
            self.site = project.load_site(caches.path, preview=bool(preview))
        except ArchiveError as e:
            raise PluginError(f"{e} (Nothing is built: the site would not be as these files ask for.)") from e
        self._indexer: Indexer | None = None
        self._running: list[ParallelWriter | Indexer] = []
        if not project.is_translation:
            self._log_state()

    def add_pages(self, files: Files) -> None:
        """Add the archive's pages to `files`, where other plugins look for pages, and remove unpublished files."""
        unreadable = {error.path for error in self.site.errors}
        excluded = filter(self._project.is_excluded, stored_dates(self._project.archive_root))
        self._excluded_records = set(map(self.site.urls.day_json, excluded))
        for file in [file for file in files if self._is_private(file, unreadable)]:
            files.remove(file)
        self._author_paths = _author_paths(files)
        self._pages = [page for page in self._make_pages() if self._is_free(page, self._author_paths)]
        for page in self._pages:
            files.append(page.file)
        for address in () if self._project.is_encrypted else self._linked_addresses():
            if address not in self._author_paths:
                files.append(ExternalFile.at(self._config, address))

    def add_files(self, files: Files) -> None:
        """Add the published files other than pages, after other plugins have added and moved theirs."""
        self._restore_pages(files)
        self._author_paths = _author_paths(files)
        for name, content in load_assets().items():
            files.append(File.generated(self._config, self.site.urls.asset(name), content=content))
        if self._project.is_encrypted:
            self._remove_records(files)
            return
        for address, record in curated_records(self.site):
            if stored := files.get_file_from_path(address):
                files.remove(stored)
                files.append(File.generated(self._config, address, content=record, inclusion=stored.inclusion))
        if self._preview:
            for stored in self._stored_records(files):
                files.remove(stored)
                files.append(LazyFile(stored))

    def choose_pages(self, nav: Navigation, files: Files) -> None:
        """Decide which archive pages MkDocs builds, now that `nav` is final; the plugin writes the others.

        MkDocs builds those in the nav; all, if another plugin handles page events; none in a preview.
        """
        self._nav, self._files = nav, files
        self._known_files = [*files.documentation_pages()]
        archive_pages = [file.page for file in self._known_files if isinstance(file.page, ArchivePage)]
        if self._project.is_translation:
            for page in archive_pages:  # the first build has written them
                page.exclude_from_mkdocs(self._config, files)
            return
        nav_files = {page.file.src_uri for page in nav.pages}
        # A theme marks a page of the nav there, so that these are not uniform.
        self._uniform_pages = [
            page for page in archive_pages if not page.file.inclusion.is_in_nav() and page.file.src_uri not in nav_files
        ]
        self._external_pages = archive_pages if self._preview else self._uniform_pages
        if self._has_hooks(*_PAGE_EVENTS):
            self._external_pages = []
        for page in self._external_pages:
            page.exclude_from_mkdocs(self._config, files)

    def start_writing(self, env: Environment) -> None:
        """Start to write pages and data files beside MkDocs; `env` is the theme's final environment."""
        project, site = self._project, self.site
        self._policy = project.make_policy(
            applied=project.owns_theme, is_preview=bool(self._preview), has_search=bool(site.shards)
        )
        if project.is_translation:
            return
        if len(self._config.plugins.events["env"]) == 1:  # else another plugin may change the compiled code
            env.bytecode_cache = site.templates.bytecode_cache
        if site.shards and site.settings.header_search:
            add_header_search(env, site)
        elif not project.is_encrypted:
            add_to_theme_search(self._config, site, self._pages)
        self._page_writer = PageWriter(
            project,
            env,
            self._nav,
            self._known_files,
            self._uniform_pages,
            finish=self._policy.add,
        )
        if self._external_pages and not self._preview:
            self._page_writer.prepare(self._external_pages[0])  # here, so that the build can log the allowed hosts
        # The archive stays until the end of the build: the garbage collector need not traverse it.
        gc.freeze()
        self._writer = ParallelWriter(
            () if project.is_encrypted else file_groups(site, has_papers=not self._preview),
            self._preview.files if self._preview else project.site_dir,
            self._external_pages,
            self._page_writer.write,
            reserved=self._author_paths,
            forked=not self._preview,  # a preview has threads, which a forked process must not share
            flush=site.day_cache.write,
        )
        self._running.append(self._writer)
        index_folder = self._preview.search if self._preview else project.site_dir
        self._indexer = project.start_indexing(
            site, site.shards, index_folder, self._caches, in_background=not self._preview
        )
        if self._indexer:
            self._running.append(self._indexer)

    def add_known_files(self, context: TemplateContext) -> None:
        """Put all pages into a template's context: MkDocs leaves out those that the plugin writes."""
        context["pages"] = self._known_files
        # The sitemap of mkdocs-static-i18n has the pages of each language instead, which it found by copying files.
        variables = cast(dict[str, Any], context)
        if languages := variables.get(_LANGUAGES):
            first = next(iter(languages))
            variables[_LANGUAGES] = {**languages, first: [*languages[first], *(page.file for page in self._pages)]}

    def render_page(self, page: Page, context: TemplateContext) -> None:
        """Render an archive page that MkDocs builds."""
        if isinstance(page, ArchivePage):
            html = self._page_writer.render(page, context)
            context["daily_papers_page"] = html  # type: ignore[typeddict-unknown-key]

    def finish_page(self, page: Page, html: str) -> str:
        """Return the whole HTML of a page that MkDocs builds, when other plugins have changed it."""
        if isinstance(page, ArchivePage):
            page.release_content()
        return self._policy.add(html, html)

    def finish_template(self, html: str) -> str:
        """Return the HTML of a page that is no source file, such as 404.html."""
        return self._policy.remove_requests(html)

    def finish(self) -> None:
        """Wait until everything is written and indexed; in a preview, until its pages can be requested."""
        if self._project.is_translation:
            return
        gc.unfreeze()
        if allowed := self._policy.describe_allowed():
            log.info(allowed)
        if self._preview:
            self._offer(self._preview)
            return
        self._writer.finish()
        rendered = [file.page.site_page for file in self._known_files if isinstance(file.page, ArchivePage)]
        self.site.day_cache.close(cache_names(self.site, rendered))
        if self._indexer:
            try:
                self._indexer.finish()
            except SearchError as e:
                self._log_indexing(e)

    def stop(self) -> None:
        """Stop indexing in the background, before the site's folder is emptied."""
        if self._indexer:
            self._indexer.stop()

    def abort(self) -> None:
        """End all processes, before the site's folder may be deleted."""
        for each in self._running:
            each.abort()

    def _offer(self, preview: LivePreview) -> None:
        # The author looks at a saved page at once; data files and the search may come later.
        records = [file for file in self._files if isinstance(file, LazyFile) and file.inclusion.is_in_serve()]
        on_request: dict[str, Callable[[], None]] = {file.dest_uri: file.copy_now for file in records}
        on_request |= {page.file.dest_uri: partial(self._page_writer.write, page) for page in self._external_pages}
        if not self._project.is_encrypted:
            on_request |= {name: partial(self._write_paper, name, render) for name, render in renderers(self.site)}
        preview.offer(on_request, self._writer.write_files(), self._index_in_background)

    def _write_paper(self, name: str, render: Callable[[], str]) -> None:
        path = self._project.site_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_text(render()))

    def _index_in_background(self) -> None:
        if self._indexer and self._preview:
            self._preview.index(self._indexer, self._log_indexing)

    def _log_indexing(self, failure: SearchError | None) -> None:
        if failure:
            log.info(f"Built without its search: {failure}")
            disable_search(self.site, self._project.site_dir)
        else:
            log.info("The preview's search is up to date")

    def _log_state(self) -> None:
        for notice in self._project.notices(self.site, current_instant().date()):
            log.info(notice)
        for notice in self._project.misplaced_files():
            log.warning(notice)
        for error in self.site.errors:
            log.warning(str(error))

    def _linked_addresses(self) -> Iterator[str]:
        """Yield the address of each file that MkDocs has to know, of those that it does not build."""
        yield from linked_addresses(self.site)
        if self._has_hooks(*_PAGE_EVENTS):  # another plugin may check the links of pages
            yield from paper_addresses(self.site)

    def _make_pages(self) -> Iterator[ArchivePage]:
        nav_titles = dict(_nav_titles(self._config.nav))
        newest = self.site.index.newest
        offers_content = not self._project.is_translation and self._has_hooks("page_content")
        for each in pages(self.site):
            render = partial(render_page, self.site, each)
            if self._project.is_encrypted:
                each, render = msgspec.structs.replace(each, description=""), partial(_without_data, render)
            yield ArchivePage(
                each,
                self._config,
                render,
                nav_title=nav_titles.get(each.source),
                newest=newest,
                source_path=self._source_path(each),
                render_markdown=partial(render_markdown, self.site, each),
                offers_content=offers_content,
            )

    def _source_path(self, page: SitePage) -> Path:
        """Return the newest record that `page` shows, a file that exists; without one the folder of the archive."""
        days = self.site.index.days
        newest = max((date for date in page.depends_on if date in days), default=self.site.index.newest)
        root = self._project.archive_root
        if newest:
            return day_path(root, newest)
        return root if root.exists() else self._project.docs_root

    def _is_free(self, page: ArchivePage, author_paths: Container[str]) -> bool:
        """Return True if no page of the author has the address of `page`; else say so."""
        address = page.file.dest_uri
        if address in author_paths:
            log.info(f"{address} is written by a page of your own; the archive's is left out")
        return address not in author_paths

    def _restore_pages(self, files: Files) -> None:
        """Put the archive's pages back where another plugin has replaced them, by copies for another language."""
        for page in self._pages:
            found = files.src_uris.get(page.file.src_uri)
            is_copy = found and found is not page.file and not found.generated_by
            if found and is_copy and not Path(found.abs_src_path or "").is_file():
                files.remove(found)
        author_paths = _author_paths(files)
        for page in self._pages:
            is_listed = files.src_uris.get(page.file.src_uri) is page.file
            if not self._is_free(page, author_paths):
                if is_listed:
                    files.remove(page.file)
            elif not is_listed:
                files.append(page.file)
        if self._project.is_translation:
            self._remove_records(files)

    def _remove_records(self, files: Files) -> None:
        for record in self._stored_records(files):
            files.remove(record)

    def _stored_records(self, files: Files) -> list[File]:
        addresses = map(self.site.urls.day_json, self.site.index.days)
        return [stored for address in addresses if (stored := files.src_uris.get(address))]

    def _has_hooks(self, *events: str) -> bool:
        """Return True if another plugin or a hook handles one of `events`; Material's search ignores archive pages."""
        plugins = self._config.plugins
        ignored = [plugin for plugin in plugins.values() if self._ignores_pages(plugin)]
        return any(
            getattr(method, "__self__", None) not in ignored for event in events for method in plugins.events[event]
        )

    def _ignores_pages(self, plugin: object) -> bool:
        is_own = getattr(plugin, "config", None) is self._project.options
        return is_own or is_theme_search(plugin)

    def _is_private(self, file: File, unreadable: set[Path]) -> bool:
        """Return True for a file of the archive that is not published, or does not read."""
        if file.src_uri in self._excluded_records or (file.abs_src_path and Path(file.abs_src_path) in unreadable):
            return True
        folder = self.site.urls.below("")
        return file.src_uri.startswith(folder) and is_private(file.src_uri.removeprefix(folder))


def _without_data(render: Callable[[], bytes]) -> bytes:
    return split_structured_data(render())[0]


def _author_paths(files: Files) -> set[str]:
    """Return the addresses of the files that the plugin does not write."""
    return {file.dest_uri for file in files if not isinstance(file, ExternalFile)}


def _nav_titles(nav: object) -> Iterator[tuple[str, str]]:
    """Yield source and title of each entry with a title: MkDocs drops the title of a page that exists."""
    if isinstance(nav, dict):
        for title, target in nav.items():
            if isinstance(target, str):
                yield target, title
            else:
                yield from _nav_titles(target)
    elif isinstance(nav, list):
        for entry in nav:
            yield from _nav_titles(entry)
