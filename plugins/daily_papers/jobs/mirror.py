"""Mirror thumbnails: copy them to ROOT/media/ in two widths, named by their content, within a limit of bytes.

The index of the copies, ROOT/media.json, is `archive.thumbnails`'.
"""

from __future__ import annotations

import hashlib
import io
import re
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daily_papers.archive.file_io import reject_symlinks, remove, write_atomically
from daily_papers.archive.thumbnails import FOLDER, Index, Mirrored, read_index, write_index
from daily_papers.errors import FetchError, SettingError
from daily_papers.jobs.base import TimeLimit, ignore, read_or_quarantine, readable_days, write_access
from daily_papers.net.image_download import Rules, download

if TYPE_CHECKING:
    import PIL.Image
    import PIL.ImageFile

WIDTHS = (640, 320)
"""Of the copies, in pixels."""
QUALITY = 80
"""Of WebP, from 0 to 100."""
MAX_BYTES = 400 * 10**6
"""GitHub Pages allows 1 GB a site. A picture has about 25 kB in both widths, so this is some 16,000 pictures."""
MAX_MEMORY = 85 * 10**6
"""Limit of the memory for a picture while it is scaled, in bytes."""
MAX_TRIES = 3
"""After this many runs in which a thumbnail could not be copied, it is asked for no more."""
NIGHTLY_RUN_S = 900.0
"""Time limit of a run."""
INDEX_INTERVAL_S = 2.0
"""Seconds between writes of the index. Thumbnails copied since the last one are copied again after a kill."""

# Bytes that each pixel takes while a picture is scaled, measured with tests/hostile_bodies.py.
_BYTES_A_PIXEL = {"PNG": 9, "GIF": 9, "JPEG": 9, "WEBP": 21}
_BYTES_A_PROGRESSIVE_PIXEL = 8
_BYTES_A_COPIED_PIXEL = 12

_COPY_NAME = re.compile(r"[0-9a-f]{20}-(640|320)\.webp")


class MirrorReport(msgspec.Struct, frozen=True):
    """The number of thumbnails of each result."""

    copied: int = 0
    failed: int = 0
    dropped: int = 0
    """Removed, because of the limit of bytes or because no paper has them any more."""
    left: int = 0
    """Left for the next run."""

    def __str__(self) -> str:
        """Return the counts in one line."""
        counts = {"copied": self.copied, "unavailable": self.failed, "dropped": self.dropped, "left": self.left}
        return ", ".join(f"{count} {result}" for result, count in counts.items() if count) or "nothing new"


def mirror_archive(
    root: Path,
    rules: Rules,
    *,
    max_bytes: int = MAX_BYTES,
    run_s: float = NIGHTLY_RUN_S,
    clock: Callable[[], float] = time.monotonic,
    on_error: Callable[[FetchError], None] = ignore,
) -> MirrorReport:
    """Copy the thumbnails of the stored papers that are not copied yet, the newest dates first.

    Copies beyond `max_bytes`, the oldest dates first, are removed. After `run_s` seconds no thumbnail is started; the
    next run continues. Raises SettingError if Pillow is missing, and ArchiveError.
    """
    _require_pillow()
    with write_access(root):
        index = read_or_quarantine(lambda: read_index(root), "thumbnails are copied again") or {}
        limit = TimeLimit(run_s, clock)
        wanted: Index = {}
        counts = dict.fromkeys(("copied", "failed", "left"), 0)
        used, written_at = 0, clock()
        for url in _thumbnails(root):
            entry = index.get(url)
            if used >= max_bytes:
                break
            if entry is None or _needs_copy(root, entry):
                if limit.is_reached:
                    counts["left"] += 1
                    if entry and entry.failed:
                        wanted[url] = entry
                    continue
                entry = _copy(root, url, rules, entry, on_error)
                counts["failed" if entry.failed else "copied"] += 1
            index[url] = wanted[url] = entry
            if clock() - written_at > INDEX_INTERVAL_S:
                write_index(root, index)
                written_at = clock()
            used += entry.bytes
        write_index(root, wanted)
        _remove_unnamed_copies(root, wanted)
    return MirrorReport(dropped=len(index.keys() - wanted.keys()), **counts)


def _needs_copy(root: Path, entry: Mirrored) -> bool:
    """Return True if a file of the copy is missing, or if a failed thumbnail is to be tried again."""
    if entry.failed:
        return entry.tries < MAX_TRIES
    return not all((root / path).is_file() for path in _paths(entry))


def _copy(
    root: Path, url: str, rules: Rules, entry: Mirrored | None, on_error: Callable[[FetchError], None]
) -> Mirrored:
    """Download and scale a thumbnail, and return its new entry. `entry` is that of the earlier tries, if any."""
    try:
        copies = scale(download(url, rules), url)
    except FetchError as e:
        on_error(e)
        return Mirrored(failed=e.reason, tries=(entry.tries if entry else 0) + 1)
    name = hashlib.sha256(copies[0]).hexdigest()[:20]
    mirrored = Mirrored(name=name, bytes=sum(map(len, copies)))
    for path, data in zip(_paths(mirrored), copies, strict=True):
        reject_symlinks(root, root / path)
        write_atomically(root / path, data)
    return mirrored


def scale(data: bytes, url: str) -> list[bytes]:
    """Return the first frame of a picture as WebP in each of WIDTHS, without metadata, never wider than the original.

    Raises FetchError if Pillow cannot read the picture, or if that takes more than MAX_MEMORY.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
                width = picture.width
                _require_memory(picture)
                mode = "RGBA" if picture.has_transparency_data else "RGB"
                whole = picture if picture.mode == mode else picture.convert(mode)
                return [_as_webp(whole, min(wanted, width)) for wanted in WIDTHS]
    except (OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError, MemoryError) as e:
        raise FetchError(f"a picture that cannot be read: {e}", source="media", url=url) from e


def _require_memory(picture: PIL.ImageFile.ImageFile) -> None:
    """Have a JPEG decoded in a smaller size. Raises ValueError if decoding would take more than MAX_MEMORY."""
    width, height = picture.size
    needed = width * height * _BYTES_A_PROGRESSIVE_PIXEL if picture.info.get("progressive") else 0
    picture.draft(None, (2 * WIDTHS[0], 2 * WIDTHS[0]))
    needed = max(needed, picture.width * picture.height * _BYTES_A_PIXEL[picture.format or "PNG"])
    needed += round(min(width, WIDTHS[0]) ** 2 * height / width) * _BYTES_A_COPIED_PIXEL
    if needed > MAX_MEMORY:
        raise ValueError(f"{width} x {height} pixels")


def _as_webp(picture: PIL.Image.Image, width: int) -> bytes:
    """Return `picture` in this width. Raises ValueError if it is taller than the limit of WebP, 16,383 pixels."""
    from PIL.Image import Resampling

    height = max(1, round(picture.height * width / picture.width))
    scaled = io.BytesIO()
    picture.resize((width, height), Resampling.LANCZOS).save(scaled, "WEBP", quality=QUALITY)
    return scaled.getvalue()


def _paths(mirrored: Mirrored) -> list[str]:
    """Return the paths of a copy's files, relative to the archive's folder, in the order of WIDTHS."""
    return [f"{mirrored.stem}-{width}.webp" for width in WIDTHS]


def _thumbnails(root: Path) -> Iterator[str]:
    """Yield the address of each thumbnail once, the newest date first."""
    seen: set[str] = set()
    for day in readable_days(root, newest_first=True):
        for paper in day.ranked:
            if paper.thumbnail and paper.thumbnail not in seen:
                seen.add(paper.thumbnail)
                yield paper.thumbnail


def _remove_unnamed_copies(root: Path, index: Index) -> None:
    """Remove each copy that `index` does not name: of dropped thumbnails, and of runs that were killed."""
    named = {root / path for mirrored in index.values() if mirrored.name for path in _paths(mirrored)}
    for path in (root / FOLDER).glob("[0-9a-f][0-9a-f]/*.webp"):
        if _COPY_NAME.fullmatch(path.name) and path not in named:
            reject_symlinks(root, path)
            remove(path)


def _require_pillow() -> None:
    try:
        import PIL  # noqa: F401  # only to see if it is installed
    except ImportError as e:
        message = "media: mirror needs Pillow: pip install 'mkdocs-daily-papers[mirror]'"
        raise SettingError(message) from e
