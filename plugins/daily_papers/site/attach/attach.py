"""Attach the archive to a site that another tool has built: write its pages, data files and search into the folder.

The host's own files stay as they are, but for the sitemap, and for copies of files that the archive does not publish.
"""

from __future__ import annotations

import datetime as dt
import html as html_entities
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from daily_papers.archive.file_io import remove, remove_stale_temp_files, write_atomically
from daily_papers.errors import AttachError, SearchError
from daily_papers.search.pagefind import Indexer
from daily_papers.site.assets import STYLESHEET, load_assets
from daily_papers.site.attach.frame import CONTENT, HEAD, TITLE, Frame
from daily_papers.site.attach.manifest import read_manifest, write_manifest
from daily_papers.site.attach.sitemap import add_to_sitemap
from daily_papers.site.context import SiteContext
from daily_papers.site.csp import split_structured_data
from daily_papers.site.page import SitePage
from daily_papers.site.page_policy import PagePolicy
from daily_papers.site.page_shell import PageShell, encode_text
from daily_papers.site.pages.search import SEARCH
from daily_papers.site.parallel_writer import ParallelWriter
from daily_papers.site.search_index import disable_search
from daily_papers.site.site import cache_names, data_addresses, file_groups, pages, render_page
from daily_papers.site.stored_files import StoredFiles, is_private, published_files
from daily_papers.site.urls import to_root

DEFAULT_FRAME = "index.html"
MARK = '<meta name="daily-papers" content="attached">'
"""In the head of each attached page, which is thereby known from the host's."""
_NAMED = 5
"""The most files that an error names."""

Indexing = Callable[[SiteContext, Path], Indexer | None]
"""Starts to index a site's search into its folder; None if the site has no search."""


@dataclass(frozen=True)
class Archive:
    """What is attached: the loaded `site` of the archive in the folder `root`."""

    site: SiteContext
    root: Path
    is_excluded: Callable[[dt.date], bool] = lambda _: False
    """Tells the dates whose records are not published."""


@dataclass
class AttachReport:
    pages: int = 0
    files: int = 0
    own_pages: list[str] = field(default_factory=list)
    """Pages of the host at addresses of the archive's, which are left out."""
    withdrawn: list[str] = field(default_factory=list)
    """Copies of files that are not published, which were removed."""
    policy: str = ""
    """The hosts that the policy of pages allows, in one line."""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Target:
    """The page of an archive, and its file, a path below the site's folder."""

    page: SitePage
    url: str
    file: str


def attach(
    archive: Archive, folder: Path, *, frame_name: str | None, policy: PagePolicy, start_indexing: Indexing
) -> AttachReport:
    """Write the archive into the built site in `folder`, whose page `frame_name` is the frame of its pages.

    Writing it again changes nothing, and an interrupted run can be repeated. Raises AttachError, before anything is
    changed, if there is no frame, or a data file of the host is at an address of the archive's; ArchiveError if a file
    cannot be written. A frame with a policy has the archive's `policy` in place of it.
    """
    site, report = archive.site, AttachReport()
    own = read_manifest(folder)
    frame = Frame.read(folder, _find_frame(folder, frame_name))
    policy = replace(
        policy,
        applied=policy.applied or frame.has_policy,
        stylesheets=(*policy.stylesheets, *frame.stylesheets(folder)),
    )
    targets = list(_targets(site))
    hosts = {target.file for target in targets if _is_hosts_page(folder / target.file)}
    if any(site.urls.asset(STYLESHEET).encode() in (folder / name).read_bytes() for name in hosts):
        raise AttachError(f"{folder} has pages of the archive already: its host runs the plugin, and needs no attach")
    written = [target for target in targets if target.file not in hosts]
    stored = published_files(site, archive.root, archive.is_excluded)
    assets = {site.urls.asset(name): content for name, content in load_assets().items()}
    data = {*assets, *data_addresses(site)}
    _refuse_overwriting(folder, data - own, {*stored, *(target.file for target in written)})

    files = {*data, *stored, *(target.file for target in written), *_index_folders(site)}
    remove_stale_temp_files(folder)
    report.withdrawn = list(_withdraw(archive, folder, stored))
    write_manifest(folder, own | files)
    writer = ParallelWriter(
        [*file_groups(site), iter(assets.items()), ((address, read()) for address, read in stored.items())],
        folder,
        written,
        _PageWriter(archive, folder, frame, policy, written).write,
        reserved=(),
        forked=True,
        flush=site.day_cache.write,
        write_file=_write,
    )
    indexer = start_indexing(site, folder)
    writer.finish()
    site.day_cache.close(cache_names(site, [target.page for target in targets]))
    report.problems += _finish_search(site, folder, indexer)
    report.problems += _add_to_sitemap(site, folder, written)
    _remove_stale(folder, own - files)
    write_manifest(folder, files)
    report.own_pages, report.policy = sorted(hosts), policy.describe_allowed()
    report.pages, report.files = len(written), len(files) - len(written)
    return report


class _PageWriter:
    """Writes pages, each in the shell of its depth."""

    def __init__(
        self, archive: Archive, folder: Path, frame: Frame, policy: PagePolicy, targets: Sequence[_Target]
    ) -> None:
        self._site, self._folder, self._frame, self._policy = archive.site, folder, frame, policy
        self._shells: dict[str, PageShell] = {}
        for target in targets[:1]:  # here, so that the report can name the allowed hosts
            self._fill(target)

    def write(self, target: _Target) -> None:
        path = self._folder / target.file
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, self._fill(target))

    def _fill(self, target: _Target) -> bytes:
        site, page = self._site, target.page
        body, data = split_structured_data(render_page(site, page))
        texts = {
            TITLE: encode_text(html_entities.escape(f"{page.title} - {site.settings.site_name}")),
            HEAD: encode_text(f"{self._head(target)}{page.head()}") + data + MARK.encode(),
            CONTENT: body,
        }
        root = to_root(target.url)
        shell = self._shells.get(root)
        if not shell:
            # Pages have the same scripts, so that one is an example for all of its depth.
            html = self._frame.page_html(root)
            example = PageShell(html).fill(texts).decode()
            shell = self._shells[root] = PageShell(self._policy.add(html, example))
        return shell.fill(texts)

    def _head(self, target: _Target) -> str:
        description = f'<meta name="description" content="{html_entities.escape(target.page.description)}">\n'
        canonical = html_entities.escape(self._site.absolute(target.url))
        return description + (f'<link rel="canonical" href="{canonical}">\n' if canonical else "")


# The next run repeats what a power failure undoes; syncing each file would take most of the time.
_write = partial(write_atomically, durable=False)


def _targets(site: SiteContext) -> Iterator[_Target]:
    for page in pages(site):
        url = site.urls.of_source(page.source)
        yield _Target(page, url, f"{url}index.html" if not url or url.endswith("/") else url)


def _find_frame(folder: Path, name: str | None) -> str:
    """Return the frame's path below `folder`. Raises AttachError if it is not there, or a page of the archive."""
    path = folder / (name or DEFAULT_FRAME)
    path = path / "index.html" if path.is_dir() else path
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise AttachError(f"{folder} has no page {name or DEFAULT_FRAME}: name one of its pages with --frame")
    if not _is_hosts_page(path):
        raise AttachError(f"{path} is a page of the archive: name a page that the host has built with --frame")
    return path.relative_to(folder).as_posix()


def _is_hosts_page(path: Path) -> bool:
    """Return True if `path` is a page that the archive has not written."""
    return path.is_file() and MARK.encode() not in path.read_bytes()


def _refuse_overwriting(folder: Path, new: set[str], others: set[str]) -> None:
    """Raise AttachError if a file of the host is at one of the `new` addresses, or in the way of a folder or file."""
    folders = {parent.as_posix() for address in new | others for parent in PurePosixPath(address).parents}
    taken = {address for address in new if (folder / address).exists()}
    taken |= {address for address in others if (folder / address).is_dir()}
    taken |= {name for name in folders if (folder / name).is_file()}
    if not taken:
        return
    more = f" and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
    raise AttachError(
        f"{folder} has files of its own at addresses of the archive: {', '.join(sorted(taken)[:_NAMED])}{more}; "
        "remove or rename them, or set the option 'path'"
    )


def _withdraw(archive: Archive, folder: Path, published: StoredFiles) -> Iterator[str]:
    """Remove each copy of an unpublished file of the archive from the site, and yield its address."""
    below = folder / archive.site.urls.below("")
    for path in sorted((*below.glob("*"), *below.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/*"))):
        name, address = path.relative_to(below).as_posix(), path.relative_to(folder).as_posix()
        is_stored = (archive.root / name).is_file()
        # A name below a month is of the archive only; another may be of a file of the host.
        is_withheld = is_private(name) and (is_stored or "/" in name)
        is_record = is_stored and path.suffix == ".json" and "/" in name
        if path.is_file() and (is_withheld or (is_record and address not in published)):
            remove(path)
            yield address


def _index_folders(site: SiteContext) -> Iterator[str]:
    for shard in site.shards:
        yield f"{site.urls.below(SEARCH)}/{shard.name}/"


def _finish_search(site: SiteContext, folder: Path, indexer: Indexer | None) -> Iterator[str]:
    """Wait for the index; yield the error without which the site has a search."""
    if indexer:
        try:
            indexer.finish()
        except SearchError as e:
            disable_search(site, folder)
            yield f"Attached without the search: {e}"


def _add_to_sitemap(site: SiteContext, folder: Path, targets: Sequence[_Target]) -> Iterator[str]:
    if not site.settings.site_url:
        return
    newest = site.index.newest
    entries = [(site.absolute(each.url), f"{each.page.changed or newest or ''}") for each in targets]
    try:
        add_to_sitemap(folder, entries)
    except AttachError as e:
        yield str(e)


def _remove_stale(folder: Path, addresses: set[str]) -> None:
    """Remove the files at `addresses`, which an earlier archive had, and the folders that are empty then."""
    for address in sorted(addresses):
        path = folder / address
        files = [found for found in path.rglob("*") if found.is_file()] if address.endswith("/") else [path]
        for file in files:
            if file.suffix != ".html" or not _is_hosts_page(file):
                remove(file)
                with suppress(OSError):  # others are in them
                    for parent in file.relative_to(folder).parents[:-1]:
                        (folder / parent).rmdir()
