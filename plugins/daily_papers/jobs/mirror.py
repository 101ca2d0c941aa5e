"""Thumbnails that stay: copies of one's own, in two widths, named by their content, under a budget of bytes.

An archive folder goes in; ROOT/media/ and its index are brought up to date.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.archive.file_io import archive_lock, quarantine, remove, remove_stale_temp_files, write_atomically
from daily_papers.archive.thumbnails import FOLDER, Index, Mirrored, read_index, write_index
from daily_papers.errors import ArchiveError, FetchError, SettingError
from daily_papers.net.image_download import Rules, download

if TYPE_CHECKING:
    import PIL.Image

WIDTHS = (640, 320)
QUALITY = 80
MAX_BYTES = 400 * 10**6
"""GitHub Pages take 1 GB in all; a picture has about 25 kB in both widths, so these are some 16,000."""
MAX_PIXELS = 40_000_000
MOST_TRIES = 3
RUN_S = 900.0
NOTE_EVERY_S = 2.0

_log = logging.getLogger("daily_papers")


_OURS = re.compile(r"[0-9a-f]{20}-(640|320)\.webp")


class Report(msgspec.Struct, frozen=True):
    copied: int = 0
    failed: int = 0
    dropped: int = 0
    left: int = 0

    def __str__(self) -> str:
        counts = {"copied": self.copied, "not to be had": self.failed, "dropped": self.dropped, "left": self.left}
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing new"


def mirror_archive(
    root: Path,
    rules: Rules,
    *,
    max_bytes: int = MAX_BYTES,
    run_s: float = RUN_S,
    clock: Callable[[], float] = time.monotonic,
    on_error: Callable[[FetchError], None] = lambda error: None,
) -> Report:
    """Copy the thumbnails of the stored papers that are not there yet, the newest dates first.

    What no longer fits `max_bytes`, the oldest first, is dropped. What a killed run copied last is copied again.
    `run_s` seconds end a run; the next one goes on. Raises SettingError without Pillow, ArchiveError.
    """
    _need_pillow()
    with archive_lock(root):
        remove_stale_temp_files(root)
        index, ends_at = _readable_index(root), clock() + run_s
        kept: Index = {}
        counts = dict.fromkeys(("copied", "failed", "left"), 0)
        used, noted_at = 0, clock()
        for url in _thumbnails(root):
            known = index.get(url)
            if used >= max_bytes:
                break
            if known is None or _is_wanted(root, known):
                if clock() > ends_at:
                    counts["left"] += 1
                    if known and known.failed:
                        kept[url] = known
                    continue
                known = _copy(root, url, rules, known, on_error)
                counts["failed" if known.failed else "copied"] += 1
            index[url] = kept[url] = known
            if clock() - noted_at > NOTE_EVERY_S:
                write_index(root, index)
                noted_at = clock()
            used += known.bytes
        write_index(root, kept)
        _drop_files(root, kept)
    return Report(dropped=len(index.keys() - kept.keys()), **counts)


def _readable_index(root: Path) -> Index:
    """Return the index; one that does not read is set aside, since copying again makes a new one."""
    try:
        return read_index(root)
    except ArchiveError as e:
        aside = quarantine(e.path)
        _log.warning("%s; it is now %s, and thumbnails are copied again", e, aside.name)
        return {}


def _is_wanted(root: Path, known: Mirrored) -> bool:
    if known.failed:
        return known.tries < MOST_TRIES
    return not all((root / path).is_file() for path in _paths(known))


def _copy(
    root: Path, url: str, rules: Rules, known: Mirrored | None, on_error: Callable[[FetchError], None]
) -> Mirrored:
    try:
        copies = scale(download(url, rules), url)
    except FetchError as e:
        on_error(e)
        return Mirrored(failed=e.reason, tries=(known.tries if known else 0) + 1)
    name = hashlib.sha256(copies[0]).hexdigest()[:20]
    mirrored = Mirrored(name=name, bytes=sum(map(len, copies)))
    for path, data in zip(_paths(mirrored), copies, strict=True):
        write_atomically(root / path, data)
    return mirrored


def scale(data: bytes, url: str) -> list[bytes]:
    """Return a picture as WebP in each of WIDTHS, never wider than it is, its first frame, without what else it holds.

    Raises FetchError for what Pillow cannot read, or would need too much memory for.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise ValueError(f"{width} x {height} pixels")
                whole = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        return [_as_webp(whole, min(wanted, width)) for wanted in WIDTHS]
    except (OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError, MemoryError) as e:
        raise FetchError(f"a picture that cannot be read: {e}", source="media", url=url) from e


def _as_webp(picture: PIL.Image.Image, width: int) -> bytes:
    """Return `picture` in this width. Raises ValueError if it is taller than WebP can be, 16,383 pixels."""
    from PIL.Image import Resampling

    height = max(1, round(picture.height * width / picture.width))
    scaled = io.BytesIO()
    picture.resize((width, height), Resampling.LANCZOS).save(scaled, "WEBP", quality=QUALITY)
    return scaled.getvalue()


def _paths(mirrored: Mirrored) -> list[str]:
    return [f"{mirrored.stem}-{width}.webp" for width in WIDTHS]


def _thumbnails(root: Path) -> Iterator[str]:
    """Yield each thumbnail's address once, those of the newest date first."""
    told: set[str] = set()
    for date in reversed(stored_dates(root)):
        for url in _thumbnails_of(root, date):
            if url not in told:
                told.add(url)
                yield url


def _thumbnails_of(root: Path, date: dt.date) -> list[str]:
    with suppress(ArchiveError):
        if day := read_day(root, date):
            return [paper.thumbnail for paper in day.ranked if paper.thumbnail]
    return []


def _drop_files(root: Path, kept: Index) -> None:
    """Remove every copy that no entry names: what was dropped, and what a killed run left."""
    named = {root / path for mirrored in kept.values() if mirrored.name for path in _paths(mirrored)}
    for path in (root / FOLDER).glob("[0-9a-f][0-9a-f]/*.webp"):
        if _OURS.fullmatch(path.name) and path not in named:
            remove(path)


def _need_pillow() -> None:
    try:
        import PIL  # noqa: F401  # only whether it is there
    except ImportError as e:
        message = "media: mirror needs Pillow: pip install 'mkdocs-daily-papers[mirror]'"
        raise SettingError(message) from e
