"""Attach the archive to a site that another tool has built: write its pages, data files and search into the folder.

The host's own files stay as they are, but for the sitemap, and for copies of files that the archive does not publish.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from daily_papers.errors import AttachError, SearchError
from daily_papers.search.pagefind import Indexer
from daily_papers.site.assets import STYLESHEET, load_assets
from daily_papers.site.attach.frame import Frame
from daily_papers.site.attach.host_files import (
    find_frame,
    is_hosts_page,
    refuse_overwriting,
    refuse_plugin,
    remove_stale,
    withdraw,
)
from daily_papers.site.attach.page_writer import AttachedPage, AttachedPageWriter, attached_pages
from daily_papers.site.attach.site_files import read_manifest, remove_leftovers, write_manifest, write_site_file
from daily_papers.site.attach.sitemap import add_to_sitemap
from daily_papers.site.context import SiteContext
from daily_papers.site.page_policy import PagePolicy
from daily_papers.site.pages.search import SEARCH
from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.search_index import disable_search
from daily_papers.site.site import cache_names, data_addresses, file_groups
from daily_papers.site.stored_files import StoredFiles, published_files

Indexing = Callable[[SiteContext, Path], Indexer | None]
"""Starts to index a site's search into its folder; None if the site has no search."""


@dataclass(frozen=True)
class Archive:
    """The loaded `site` of the archive in the folder `root`."""

    site: SiteContext
    root: Path
    is_excluded: Callable[[dt.date], bool] = lambda _: False
    """Tells the dates whose records are not published."""


@dataclass(frozen=True)
class AttachReport:
    pages: int
    files: int
    own_pages: Sequence[str]
    """Pages of the host at addresses of the archive's, which are left out."""
    withdrawn: Sequence[str]
    """Copies of files that are not published, which were removed."""
    policy: str
    """The hosts that the policy of pages allows, in one line."""
    problems: Sequence[str]


@dataclass(frozen=True)
class _Plan:
    """The content of one run: all of it is checked before anything is written."""

    frame: Frame
    pages: Sequence[AttachedPage]
    own_pages: Sequence[str]
    stored: StoredFiles
    assets: Mapping[str, bytes]
    files: frozenset[str]
    """The addresses of all files but the sitemap; that of a folder ends with a slash."""
    earlier: frozenset[str]
    """The addresses of the files of the run before."""


def attach(
    archive: Archive, folder: Path, *, frame_name: str | None, policy: PagePolicy, start_indexing: Indexing
) -> AttachReport:
    """Write the archive into the built site in `folder`, whose page `frame_name` is the frame of its pages.

    Writing it again changes nothing, and an interrupted run can be repeated. Raises AttachError, before anything is
    changed, if there is no frame, or a data file of the host is at an address of the archive's; ArchiveError if a file
    cannot be written. A frame with a policy has the archive's `policy` in place of it.
    """
    site, plan = archive.site, _make_plan(archive, folder, frame_name)
    policy = replace(
        policy,
        applied=policy.applied or plan.frame.has_policy,
        stylesheets=(*policy.stylesheets, *plan.frame.stylesheets(folder)),
    )
    remove_leftovers(folder)
    withdrawn = _withdraw(archive, folder, plan.stored)
    write_manifest(folder, plan.earlier | plan.files)
    problems = [*_write(site, folder, plan, policy, start_indexing), *_add_to_sitemap(site, folder, plan.pages)]
    remove_stale(folder, plan.earlier - plan.files)
    write_manifest(folder, plan.files)
    return AttachReport(
        pages=len(plan.pages),
        files=len(plan.files) - len(plan.pages),
        own_pages=plan.own_pages,
        withdrawn=withdrawn,
        policy=policy.describe_allowed(),
        problems=problems,
    )


def _make_plan(archive: Archive, folder: Path, frame_name: str | None) -> _Plan:
    """Raises AttachError."""
    site, earlier = archive.site, read_manifest(folder)
    frame = Frame.read(folder, find_frame(folder, frame_name))
    found = list(attached_pages(site))
    own_pages = [page.file for page in found if is_hosts_page(folder / page.file)]
    refuse_plugin(folder, own_pages, site.urls.asset(STYLESHEET))
    pages = [page for page in found if page.file not in set(own_pages)]
    stored = published_files(site, archive.root, archive.is_excluded)
    assets = {site.urls.asset(name): content for name, content in load_assets().items()}
    data = {*assets, *data_addresses(site)}
    others = {*stored, *(page.file for page in pages)}
    refuse_overwriting(folder, data - earlier, others)
    index = (f"{site.urls.below(SEARCH)}/{shard.name}/" for shard in site.shards)
    files = frozenset((*data, *others, *index))
    return _Plan(frame, pages, sorted(own_pages), stored, assets, files, frozenset(earlier))


def _withdraw(archive: Archive, folder: Path, stored: StoredFiles) -> list[str]:
    below = archive.site.urls.below
    published = {address.removeprefix(below("")) for address in stored}
    return [below(name) for name in withdraw(folder / below(""), archive.root, published)]


def _write(site: SiteContext, folder: Path, plan: _Plan, policy: PagePolicy, start_indexing: Indexing) -> Iterator[str]:
    """Write pages, files and search; yield the error without which the site has a search."""
    page_writer = AttachedPageWriter(site, folder, plan.frame, policy, write_site_file)
    for page in plan.pages[:1]:
        page_writer.render(page)  # in this process, so that the report has the allowed hosts
    writer = ParallelWriter(
        [*file_groups(site), iter(plan.assets.items()), ((name, read()) for name, read in plan.stored.items())],
        folder,
        plan.pages,
        page_writer.write,
        reserved=(),
        forked=True,
        flush=site.day_cache.write,
        write_file=write_site_file,
    )
    indexer = start_indexing(site, folder)
    writer.finish()
    site.day_cache.close(cache_names(site, [page.page for page in plan.pages]))
    if indexer:
        try:
            indexer.finish()
        except SearchError as e:
            disable_search(site, folder)
            yield f"Attached without the search: {e}"


def _add_to_sitemap(site: SiteContext, folder: Path, pages: Sequence[AttachedPage]) -> Iterator[str]:
    """Yield the error if the host's sitemap takes no pages; write none for a site without an address."""
    if site.settings.site_url:
        changes = [(each.url, each.page.changed or site.index.newest) for each in pages]
        entries = [(site.absolute(url), f"{day or ''}") for url, day in changes]
        try:
            add_to_sitemap(folder, entries)
        except AttachError as e:
            yield str(e)
