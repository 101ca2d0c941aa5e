"""The files of a host in the folder of its site: its pages, its frame, and files at addresses of the archive."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from daily_papers.errors import AttachError
from daily_papers.site.attach.site_files import remove_site_file
from daily_papers.site.components.document import DOCUMENT
from daily_papers.site.stored_files import is_private

DEFAULT_FRAME = "index.html"
MARK = '<meta name="daily-papers" content="attached">'
"""In the head of each attached page, which is thereby known from the host's."""
_MARKS = (MARK.encode(), f'class="{DOCUMENT}"'.encode())
_NAMED = 5
"""The most files that an error names."""


def is_hosts_page(path: Path) -> bool:
    """Return True if `path` is a page that the archive has not written."""
    if not path.is_file():
        return False
    html = path.read_bytes()
    return not any(mark in html for mark in _MARKS)


def find_frame(folder: Path, name: str | None) -> str:
    """Return the frame's path below `folder`. Raises AttachError if it is not there, or a page of the archive."""
    path = folder / (name or DEFAULT_FRAME)
    path = path / "index.html" if path.is_dir() else path
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise AttachError(f"{folder} has no page {name or DEFAULT_FRAME}: name one of its pages with --frame")
    if not is_hosts_page(path):
        raise AttachError(f"{path} is a page of the archive: name a page that the host has built with --frame")
    return path.relative_to(folder).as_posix()


def refuse_plugin(folder: Path, pages: Iterable[str], stylesheet: str) -> None:
    """Raise AttachError if one of `pages` loads the archive's `stylesheet`: the host has run the plugin."""
    if any(stylesheet.encode() in (folder / name).read_bytes() for name in pages):
        raise AttachError(f"{folder} has pages of the archive already: its host runs the plugin, and needs no attach")


def refuse_overwriting(folder: Path, new: set[str], others: set[str]) -> None:
    """Raise AttachError if a file of the host is at one of the `new` addresses, or in the way of a folder or file."""
    folders = {parent.as_posix() for address in new | others for parent in PurePosixPath(address).parents}
    taken = {address for address in new if (folder / address).exists()}
    taken |= {address for address in others if (folder / address).is_dir()}
    taken |= {name for name in folders if (folder / name).is_file()}
    if taken:
        more = f" and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
        raise AttachError(
            f"{folder} has files of its own at addresses of the archive: {', '.join(sorted(taken)[:_NAMED])}{more}; "
            "remove or rename them, or set the option 'path'"
        )


def withdraw(below: Path, archive_root: Path, published: Container[str]) -> Iterator[str]:
    """Remove each copy of an unpublished file of the archive from the folder `below`; yield its path below that.

    `published` are the paths of the published records.
    """
    for path in sorted((*below.glob("*"), *below.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/*"))):
        name = path.relative_to(below).as_posix()
        is_stored = (archive_root / name).is_file()
        # A name below a month is of the archive only; another may be of a file of the host.
        is_withheld = is_private(name) and (is_stored or "/" in name)
        is_record = is_stored and path.suffix == ".json" and "/" in name
        if path.is_file() and (is_withheld or (is_record and name not in published)):
            remove_site_file(path)
            yield name


def remove_stale(folder: Path, addresses: Iterable[str]) -> None:
    """Remove the files at `addresses`, which an earlier archive had, and the folders that are empty then."""
    for address in sorted(addresses):
        path = folder / address
        files = [found for found in path.rglob("*") if found.is_file()] if address.endswith("/") else [path]
        for file in files:
            if file.suffix != ".html" or not is_hosts_page(file):
                remove_site_file(file)
                with suppress(OSError):  # others are in them
                    for parent in file.relative_to(folder).parents[:-1]:
                        (folder / parent).rmdir()
