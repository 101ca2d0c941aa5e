"""The project that an mkdocs.yml describes: options, folders and addresses, for the plugin and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError

from daily_papers.archive.curation import CURATION
from daily_papers.archive.topics import TOPICS
from daily_papers.mkdocs_plugin.cache_folder import RENDER_CACHE, SEARCH_CACHE, TEMPLATE_CACHE, CacheFolder
from daily_papers.mkdocs_plugin.config import FIRST_DATE, DailyPapersConfig
from daily_papers.search.korean import has_analyser
from daily_papers.search.pagefind import Indexer
from daily_papers.search.pagefind_program import find_pagefind
from daily_papers.search.records import Shard
from daily_papers.site.cache.day_cache import DayCache
from daily_papers.site.cache.store import CacheStore
from daily_papers.site.context import SiteContext, SiteSettings
from daily_papers.site.load import load_site
from daily_papers.site.page_policy import PagePolicy
from daily_papers.site.search_index import start_indexing
from daily_papers.site.urls import Urls, day_stem
from daily_papers.sources.registry import capabilities
from daily_papers.summaries.prompt import OWN_PROMPTS

CACHE = Path(".cache", "daily-papers")
"""The folder of caches, beside mkdocs.yml."""
MATERIAL = ("material", "materialx")
"""The names of the theme Material, and of MaterialX, which continues it."""
ENCRYPTING = "encryptcontent"
"""The name of mkdocs-encryptcontent-plugin."""


@dataclass(frozen=True)
class Project:
    """One site: the plugin's `options` and MkDocs' `config`."""

    options: DailyPapersConfig
    config: MkDocsConfig

    @classmethod
    def find(cls, config: MkDocsConfig) -> Project:
        """Return the project of a loaded mkdocs.yml. Raises ConfigurationError if it does not have the plugin."""
        for plugin in config.plugins.values():
            options = getattr(plugin, "config", None)  # hooks are modules without options
            if isinstance(options, DailyPapersConfig):
                return cls(options, config)
        file = config.config_file_path
        raise ConfigurationError(f"{file} has no plugin daily-papers: add '- daily-papers' below 'plugins:'")

    @property
    def docs_root(self) -> Path:
        return Path(self.config.docs_dir)

    @property
    def archive_root(self) -> Path:
        return self.docs_root / self.options.path

    @property
    def since(self) -> dt.date:
        """The first date of the archive: the option `since`, but no date before the source's first."""
        return max(self.options.since, FIRST_DATE) if self._has_full_history else self.options.since

    def since_notice(self, today: dt.date) -> str:
        """Return the fault of the option `since` in one line, empty if there is none."""
        since = self.options.since
        if since > today:
            return f"The option 'since' is {since}, which is in the future: nothing is fetched until then"
        if since < self.since:
            source = self.options.source
            return f"The option 'since' is {since}, but {source} lists nothing before {FIRST_DATE}: that date is used"
        return ""

    @property
    def _has_full_history(self) -> bool:
        return capabilities(self.options.source).has_full_history

    @property
    def site_dir(self) -> Path:
        return Path(self.config.site_dir)

    @property
    def cache_folder(self) -> Path:
        return Path(self.config.config_file_path or self.config.docs_dir).absolute().parent / CACHE

    @property
    def urls(self) -> Urls:
        return Urls(self.options.path, self.config.use_directory_urls)

    @property
    def owns_theme(self) -> bool:
        """True if the whole site is the archive, in Material: other sites have scripts of their own."""
        return self.config.theme.name in MATERIAL and not self.options.path

    @property
    def color_scheme(self) -> str:
        """The theme's color scheme: `auto` if one of its palettes follows the reader's system."""
        palettes = self.config.theme.get("palette") or {}
        listed = palettes if isinstance(palettes, list) else [palettes]
        if any("prefers-color-scheme" in (palette.get("media") or "") for palette in listed):
            return "auto"
        return next((palette["scheme"] for palette in listed if palette.get("scheme")), "default")

    @property
    def is_translation(self) -> bool:
        """True in the further builds of mkdocs-static-i18n, one a language: the first build has written the archive."""
        return any(
            getattr(plugin, "is_default_language_build", True) is False for plugin in self.config.plugins.values()
        )

    @property
    def is_encrypted(self) -> bool:
        """True if mkdocs-encryptcontent-plugin encrypts every page: no other file may contain their texts."""
        options = getattr(self.config.plugins.get(ENCRYPTING), "config", {})
        return bool(options.get("global_password") or "_global" in (options.get("password_inventory") or ()))

    @property
    def has_header_search(self) -> bool:
        """True if Material's header takes the search box: no other search is there."""
        return self.owns_theme and not any(name.endswith("search") for name in self.config.plugins)

    @cached_property
    def pagefind(self) -> Path | None:
        """The program that indexes the site; None if the site has no search, or the program was not found."""
        return find_pagefind() if self.options.search and not self.is_encrypted else None

    def notices(self, site: SiteContext, today: dt.date) -> Iterator[str]:
        """Yield what a site lacks, or was asked for and is not done, a line each."""
        options = self.options
        if notice := self.since_notice(today):
            yield notice
        if self.is_encrypted:
            yield (
                "The plugin encryptcontent encrypts the pages: no records, digests, lists, feeds or search are "
                "published, since they would show the papers"
            )
        elif options.feeds and not self.config.site_url:
            yield "No feeds are written: they need the site's own address; set site_url, or feeds: false"
        if options.search and site.index.days and not self.is_encrypted and self.pagefind is None:
            yield "Built without its search, since Pagefind was not found: pip install 'mkdocs-daily-papers[search]'"
        if site.shards and "ko" in options.languages and not has_analyser():
            yield (
                "The search finds no noun within a Korean compound, since no Korean analyser was found: "
                "pip install 'mkdocs-daily-papers[search-ko]'"
            )
        if site.index.days:
            yield str(site.coverage)

    def misplaced_files(self) -> Iterator[str]:
        """Yield a notice for each settings file in the docs folder of a site with a `path`, where none is read."""
        for name in (CURATION, TOPICS, OWN_PROMPTS) if self.options.path else ():
            if (self.docs_root / name).exists():
                yield f"{self.docs_root / name} is not read there: it belongs to {self.archive_root / name}"

    def is_excluded(self, date: dt.date) -> bool:
        """Return True if `exclude_docs` excludes a date, by the name of its page or of its record.

        A pattern that excludes JSON files of any name, such as `*.json`, is about files, not about dates.
        """
        excluded = self.config.exclude_docs
        if not excluded:
            return False
        record = self.urls.day_json(date)
        is_record_excluded = excluded.match_file(record) and not excluded.match_file(f"{record[:-5]}-any.json")
        return is_record_excluded or excluded.match_file(self.urls.source(day_stem(date)))

    def is_record_excluded(self, date: dt.date) -> bool:
        """Return True if `exclude_docs` excludes the record of a date, or the whole date."""
        excluded = self.config.exclude_docs
        return self.is_excluded(date) or bool(excluded and excluded.match_file(self.urls.day_json(date)))

    def load_site(self, cache: Path, *, preview: bool = False, attached: bool = False) -> SiteContext:
        """Read the archive for one build, with caches in `cache`.

        Raises ArchiveError if the curation or the topics do not read.
        A preview has another address than the site, so it takes no rendered page from the cache. An archive is
        `attached` to a site of another host, whose header has no search box of the archive.
        """
        options, config = self.options, self.config
        return load_site(
            self.archive_root,
            SiteSettings(
                languages=tuple(dict.fromkeys(options.languages)),
                urls=self.urls,
                media_hosts=tuple(options.media_hosts),
                repo_url=config.repo_url or "",
                site_url=config.site_url.rstrip("/") + "/" if config.site_url else "",
                site_name=config.site_name,
                source=options.source,
                feeds=options.feeds and not self.is_encrypted,
                encrypted=self.is_encrypted,
                header_search=self.has_header_search and not attached,
                color_scheme=self.color_scheme,
                is_preview=preview,
            ),
            # A weekday can be missing only if the source has a full history; a feed states its dates itself.
            since=self.since if self._has_full_history else None,
            is_excluded=self.is_excluded,
            summaries=options.summaries.settings(),
            mirrored=options.media == "mirror",
            search_refresh_days=options.refresh_days if self.pagefind else None,
            day_cache=DayCache(CacheStore(cache / RENDER_CACHE)),
            reuse_pages=not preview,
            compiled=cache / TEMPLATE_CACHE,
        )

    def make_policy(self, *, applied: bool, is_preview: bool, has_search: bool) -> PagePolicy:
        """Return the policy of the site's pages, if one is `applied`; the theme is final then."""
        paths = (self.docs_root / name for name in self.config.extra_css)
        return PagePolicy(
            applied=applied,
            media_hosts=self.options.media_hosts,
            hosts=self.options.policy_hosts,
            stylesheets=[path.read_text("utf-8", "replace") for path in paths if path.is_file()],
            inline_scripts=is_preview,
            searches=has_search,
        )

    def start_indexing(
        self, site: SiteContext, shards: Sequence[Shard], folder: Path, caches: CacheFolder, *, in_background: bool
    ) -> Indexer | None:
        """Start to index `shards` into `folder`, that of the built site; return None if the site has no search."""
        if not site.shards or not self.pagefind:
            return None
        return start_indexing(
            site,
            shards,
            self.pagefind,
            folder=folder,
            cache=caches.path / SEARCH_CACHE,
            replace_cache=caches.replace,
            in_background=in_background,
        )
