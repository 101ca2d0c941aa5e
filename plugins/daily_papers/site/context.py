"""The context of one build: settings, archive index, messages, templates and caches, which page modules take.

A SiteContext is built once, by `load`, and never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from jinja2 import BytecodeCache, Environment
from markupsafe import Markup

from daily_papers.archive.topics import Coverage
from daily_papers.errors import ArchiveError
from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.model.records import HUGGING_FACE_SOURCE, Day
from daily_papers.search.records import Shard
from daily_papers.site.cache.day_cache import DayCache
from daily_papers.site.cache.render_cache import RenderCache
from daily_papers.site.cache.template_cache import TemplateCache
from daily_papers.site.components.calendar import LEGEND_STATES
from daily_papers.site.components.issue_link import IssueLinks
from daily_papers.site.components.media import MediaSelector
from daily_papers.site.components.paper_view import ABSTRACT_LANGUAGE, PaperPresenter
from daily_papers.site.components.ranking_rows import RankingRows
from daily_papers.site.i18n.catalog import Messages, interface_language
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.jinja_env import make_environment
from daily_papers.site.urls import SETTLED_FEED, SITE_FEEDS, Urls
from daily_papers.sources.base import SourceCapabilities
from daily_papers.sources.registry import capabilities

TAB_TITLES = ("home_title", "archive_title", "top_title", "topics_title", "authors_title", "library_title")
"""Message keys of the titles that a generated nav has, in its order."""


@dataclass(frozen=True)
class SiteSettings:
    """The site's configuration, as far as pages depend on it."""

    languages: tuple[str, ...]
    """Of the interface and of summaries, the site's first one first."""
    urls: Urls = field(default_factory=Urls)
    media_hosts: tuple[str, ...] = ()
    """The hosts that pictures and videos are embedded from."""
    repo_url: str = ""
    """Where readers report mistakes, if it is a repository on GitHub; may be empty."""
    site_url: str = ""
    """The site's own address, ending in a slash; empty if it is not known."""
    site_name: str = ""
    source: str = HUGGING_FACE_SOURCE
    """The option `source`."""
    feeds: bool = False
    """True if feeds are wanted; they also need `site_url`."""
    encrypted: bool = False
    """True if another plugin encrypts the content of pages: their heads describe no paper then."""
    color_scheme: str = "default"
    """Colors of pages without the theme: Material's `default` or `slate`; `auto` follows the reader's system."""
    is_preview: bool = False
    """True in a live preview, whose server adds a script to each page."""
    header_search: bool = False
    """True if the theme's header has the search box, so that pages have none."""

    @cached_property
    def source_capabilities(self) -> SourceCapabilities:
        return capabilities(self.source)

    @property
    def of_feed(self) -> bool:
        """True if the source is a feed, for messages that otherwise name Hugging Face."""
        return not self.source_capabilities.has_full_history


@dataclass(frozen=True)
class SiteContext:
    """Everything that page modules, feeds and data files read. Made by `make_context`."""

    settings: SiteSettings
    index: ArchiveIndex
    multilingual: MultilingualMessages
    """The interface in all languages at once, as HTML."""
    presenter: PaperPresenter
    rows: RankingRows
    templates: Environment
    day_cache: DayCache
    render_cache: RenderCache
    thumbnails: Mapping[str, str]
    """The site's own copies of thumbnails by the address of the original, below the root, without width and ending."""
    shards: Sequence[Shard] = ()
    """The shards of the search index; empty if the site has no search."""
    curated: Sequence[Day] = ()
    """The days that are published otherwise than they are stored."""
    errors: Sequence[ArchiveError] = ()
    """The files that could not be read; the site is built without them."""
    coverage: Coverage | None = None
    """How many papers have topics."""

    @property
    def urls(self) -> Urls:
        return self.settings.urls

    @property
    def messages(self) -> Messages:
        """The interface in the site's first language, as plain text."""
        return self.multilingual.first

    @property
    def has_feeds(self) -> bool:
        return _has_feeds(self.settings, self.index)

    @property
    def site_feeds(self) -> tuple[str, ...]:
        """The names of the feeds of the whole site, for `Urls.feed`; votes settle only if the source has votes."""
        has_votes = self.settings.source_capabilities.has_votes
        return tuple(name for name in SITE_FEEDS if name != SETTLED_FEED or has_votes)

    @property
    def feed_languages(self) -> list[tuple[Messages, str]]:
        """The messages of each language of the interface and the code that `Urls.feed` takes; empty without feeds."""
        return _feed_languages(self.settings, self.index, self.multilingual)

    def render(self, template: str, **values: object) -> str:
        """Return the template filled with `values`. Every text is escaped."""
        return self.templates.get_template(template).render(values)

    def absolute(self, url: str) -> str:
        """Return the whole address of `url`, a place below the root; empty if the site's address is not known."""
        return self.settings.site_url + url if self.settings.site_url else ""

    def topic_name(self, slug: str) -> Markup:
        """Return the name of a topic in every language."""
        return self.multilingual.names(self.index.topic_names[slug])

    def search_box(self, root: str) -> str:
        """Return the search box as HTML; `root` is the relative path to the site's root."""
        return _search_box(self.templates, [shard.name for shard in self.shards], root)

    def for_language(self, language: str) -> tuple[Messages, PaperPresenter]:
        """Return messages and a presenter in one language, for feeds, which are read elsewhere.

        A paper without a summary in that language may have one in English.
        """
        multilingual = MultilingualMessages([language], of_feed=self.settings.of_feed)
        presenter = PaperPresenter(
            self.index,
            languages=tuple(dict.fromkeys((language, ABSTRACT_LANGUAGE))),
            media=self.presenter.media,
            messages=multilingual,
            issues=IssueLinks(repo_url="", site_url="", urls=self.urls, question=""),
            urls=self.urls,
        )
        return multilingual.first, presenter


def make_context(
    settings: SiteSettings,
    index: ArchiveIndex,
    *,
    thumbnails: Mapping[str, str] | None = None,
    shards: Sequence[Shard] = (),
    day_cache: DayCache | None = None,
    reuse_pages: bool = False,
    compiled: Path | None = None,
    curated: Sequence[Day] = (),
    errors: Sequence[ArchiveError] = (),
    coverage: Coverage | None = None,
) -> SiteContext:
    """Return the context of a site that shows `index`.

    `thumbnails` are the archive's copies by the original's address, as paths below the archive. Pages of an earlier
    build are taken from `day_cache` if `reuse_pages`. `compiled` is the folder of compiled templates.
    """
    urls = settings.urls
    day_cache = day_cache or DayCache()
    thumbnails = {url: urls.below(stem) for url, stem in (thumbnails or {}).items()}
    multilingual = MultilingualMessages(settings.languages, of_feed=settings.of_feed)
    shard_names = [shard.name for shard in shards]
    page_shards = [] if settings.header_search else shard_names
    return SiteContext(
        settings=settings,
        index=index,
        multilingual=multilingual,
        presenter=PaperPresenter(
            index,
            languages=settings.languages,
            media=MediaSelector(settings.media_hosts, thumbnails),
            messages=multilingual,
            issues=IssueLinks(
                repo_url=settings.repo_url,
                site_url=settings.site_url,
                urls=urls,
                question=multilingual.first.texts["report_question"],
            ),
            urls=urls,
        ),
        rows=RankingRows(urls, multilingual),
        templates=_make_templates(settings, index, multilingual, page_shards, day_cache, compiled),
        day_cache=day_cache,
        render_cache=RenderCache(
            day_cache if reuse_pages else DayCache(),
            index,
            thumbnails,
            (settings, _has_feeds(settings, index), page_shards),
        ),
        thumbnails=thumbnails,
        shards=shards,
        curated=curated,
        errors=errors,
        coverage=coverage,
    )


def _make_templates(
    settings: SiteSettings,
    index: ArchiveIndex,
    multilingual: MultilingualMessages,
    page_shards: Sequence[str],
    day_cache: DayCache,
    compiled: Path | None,
) -> Environment:
    """Return the environment of the templates; `page_shards` are empty if pages have no search box."""
    depends_on = f"{day_cache.program.hex()} {settings.languages} {settings.of_feed}"
    bytecode: BytecodeCache | None = TemplateCache(compiled, depends_on) if compiled else None

    def page_search(root: str) -> str:
        return _search_box(environment, page_shards, root) if page_shards else ""

    feeds: Callable[[], object] = partial(_feed_languages, settings, index, multilingual)
    environment = make_environment(
        {
            "t": multilingual.texts,
            "words": multilingual,
            "named": multilingual.named,
            "tab_titles": TAB_TITLES,
            "urls": settings.urls,
            "legend_states": LEGEND_STATES,
            "weekdays": multilingual.weekdays(),
            "source_homepage": settings.source_capabilities.homepage,
            "feeds": feeds,
            "page_search": page_search,
        },
        bytecode,
    )
    return environment


def _search_box(templates: Environment, shards: Sequence[str], root: str) -> str:
    return templates.get_template("search_box.html").render(root=root, shards=shards)


def _has_feeds(settings: SiteSettings, index: ArchiveIndex) -> bool:
    """Return whether feeds are wanted, have something to list, and can give whole addresses."""
    return settings.feeds and bool(settings.site_url and index.days)


def _feed_languages(
    settings: SiteSettings, index: ArchiveIndex, multilingual: MultilingualMessages
) -> list[tuple[Messages, str]]:
    """Return the messages of each language that has feeds, with its code in addresses: none for the first one.

    A language without messages of its own shares another's interface.
    """
    if not _has_feeds(settings, index):
        return []
    codes: dict[str, str] = {}
    for position, code in enumerate(settings.languages):
        codes.setdefault(interface_language(code), code if position else "")
    return [(messages, codes[messages.language]) for messages in multilingual.all]
