"""Writing a file so that it is always whole: the old bytes or the new ones, whatever stops the process."""

from __future__ import annotations

import datetime as dt
import glob
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daily_papers.errors import ArchiveError

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

UNREADABLE = ".unreadable"
"""Ends the name of a file that was set aside."""

LOCK = ".daily-papers.lock"
"""Is there while a process writes. MkDocs publishes nothing that begins with a dot."""

# The writer's process id stands in the name, so that a later run knows whose temporary is stale.
_TEMPORARY = re.compile(r"^\..+\.(\d+)\.tmp$")


def write_atomically(path: Path, data: bytes) -> bool:
    """Make `data` the content of `path`; return False, and touch nothing, if it already is.

    The bytes go to a temporary file in the same folder, are synced, and replace the old file in one step; the
    folder, and one newly made for it, is synced too. Raises ArchiveError, with the old file intact, when the disk
    will not take them.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        _make_folder(path.parent)
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as e:
        raise ArchiveError(f"cannot be written: {e.strerror or e}; what was there is unchanged", path=path) from e
    return True


def remove(path: Path) -> bool:
    """Remove `path`; return whether it was there. Raises ArchiveError."""
    try:
        path.unlink()
        _sync(path.parent)
    except FileNotFoundError:
        return False
    except OSError as e:
        raise ArchiveError(f"cannot be removed: {e.strerror or e}", path=path) from e
    return True


@contextmanager
def replace_atomically(path: Path) -> Iterator[Path]:
    """Yield where to make a file or folder; it takes the place of `path` when the block has ended well.

    What is made lies beside `path`, and is synced before it replaces what was there, in one step, a folder in two.
    Where nothing was made, or the block failed, all is as it was; what a killed process left is swept away. Raises
    OSError.
    """
    _make_folder(path.parent)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        match = _TEMPORARY.match(left.name)
        if match and not _is_running(int(match[1])):
            if left.name.startswith(f".{path.name}.old."):
                _put_back(left, path)
            _discard(left)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    old = path.with_name(f".{path.name}.old.{os.getpid()}.tmp")
    _discard(draft)
    try:
        yield draft
        if not draft.exists():
            return
        for file in draft.rglob("*") if draft.is_dir() else (draft,):
            _sync(file)
        if path.is_dir():
            path.replace(old)
        try:
            draft.replace(path)
        except BaseException:
            _put_back(old, path)
            raise
        _sync(path.parent)
    finally:
        _discard(draft)
        _discard(old)


@contextmanager
def archive_lock(folder: Path) -> Iterator[None]:
    """Keep every other process that asks for it from writing below `folder` while the block lasts.

    The lock is the system's, on the file LOCK, and goes with the process, however that ends: what a killed one left
    behind is taken over. The file tells the holder's process id and since when. Raises ArchiveError, which says both,
    if another process has the lock. Where the system or the disk has no such locks, nothing is kept out.
    """
    if fcntl is None:
        yield
        return
    path = folder / LOCK
    try:
        _make_folder(folder)
        descriptor = _take_lock(path)
    except OSError as e:
        raise ArchiveError(f"cannot be locked: {e.strerror or e}", path=path) from e
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file at `path` during the block, after waiting for any other process or thread.

    The file is created, and stays. Without support for locks nothing is locked. Raises OSError if it cannot be opened.
    """
    with path.open("wb") as file:
        _lock_exclusively(file.fileno(), wait=True)
        yield


def _lock_exclusively(descriptor: int, *, wait: bool) -> None:
    """Lock an open file. Raises BlockingIOError if another holds the lock, unless the call is to `wait` for it."""
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        pass  # some network file systems have no locks


def _take_lock(path: Path) -> int:
    """Return the descriptor that holds the lock. Raises ArchiveError if another process holds it, OSError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            _lock_exclusively(descriptor, wait=False)
        except BlockingIOError as e:
            holder = os.read(descriptor, 100).decode("ascii", "replace").strip() or "which has not said more"
            os.close(descriptor)
            message = f"another run is writing to this archive, {holder}; wait until it has ended, and run this again"
            raise ArchiveError(message, path=path) from e
        # Its last holder removes the file: what was locked here may be a file that is no longer there.
        if _is_at(descriptor, path):
            since = dt.datetime.now(dt.UTC)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"process {os.getpid()} since {since:%Y-%m-%dT%H:%M:%SZ}\n".encode())
            return descriptor
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def quarantine(path: Path) -> Path:
    """Rename `path`, which does not read, so that a new file can take its place; return its new path.

    What was set aside before stays. Raises ArchiveError.
    """
    number, aside = 1, path.with_name(f"{path.name}{UNREADABLE}")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.{number}{UNREADABLE}")
    try:
        return path.rename(aside)
    except OSError as e:
        raise ArchiveError(f"cannot be renamed to {aside.name}: {e.strerror or e}", path=path) from e


def remove_stale_temp_files(folder: Path) -> int:
    """Remove the temporaries below `folder` whose writer is gone; return how many there were."""
    swept = 0
    for path in folder.glob("**/.*.tmp"):
        match = _TEMPORARY.match(path.name)
        if match and path.is_file() and not _is_running(int(match[1])):
            remove(path)
            swept += 1
    return swept


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _put_back(old: Path, path: Path) -> None:
    """Have what was at `path` there again, if nothing has taken its place."""
    if old.exists() and not path.exists():
        old.replace(path)


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """Have the file at `source` at `target`, too, written again only where it cannot be linked. Raises OSError."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
