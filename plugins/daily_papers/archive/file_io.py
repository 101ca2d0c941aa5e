"""Write files atomically: a file has its old or its new bytes, even if the process is killed.

Also: the lock of an archive, quarantine of unreadable files, and removal of stale temporary files.
"""

from __future__ import annotations

import datetime as dt
import errno
import glob
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daily_papers.errors import ArchiveError, SymlinkError
from daily_papers.model.text import error_line

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

QUARANTINE_SUFFIX = ".unreadable"
"""Suffix of a quarantined file."""

LOCK = ".daily-papers.lock"
"""Name of the lock file, which exists while a process writes. MkDocs publishes no file that begins with a dot."""

# The name contains the process id of the writer, so that a later run recognizes stale files.
_TEMP_FILE = re.compile(r"^\..+\.(\d+)\.tmp$")


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> bool:
    """Write `data` to `path` and return True; return False without writing if the file already has these bytes.

    The data is written to a temporary file in the same folder, synced, and moved over the old file in one step. The
    folder and newly created parents are synced, too. Without `durable` nothing is synced: after a power failure the
    file may be empty. Raises ArchiveError if the disk refuses; the old file is then unchanged.
    """
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        _make_folder(path.parent)
        try:
            with temp.open("wb") as file:
                file.write(data)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temp.replace(path)
        finally:
            temp.unlink(missing_ok=True)
        if durable:
            _sync(path.parent)
    except OSError as e:
        raise ArchiveError(f"cannot be written: {error_line(e)}; its previous content is unchanged", path=path) from e
    return True


def read_file(path: Path) -> bytes:
    """Return the content of the file at `path`.

    Raises OSError, at once, for anything else: a FIFO would be waited for, and a device may have no end.
    """
    with open(path, "rb", opener=_open_at_once) as file:  # Path.open has no opener
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return file.read()


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # Windows has neither FIFOs nor this flag


def reject_symlinks(root: Path, path: Path) -> None:
    """Raise SymlinkError if `path`, or a folder between it and `root`, is a symbolic link; `root` itself may be one.

    Raises ArchiveError if a folder cannot be searched.
    """
    parts = path.relative_to(root).parts
    try:
        is_symlink = any(root.joinpath(*parts[:number]).is_symlink() for number in range(1, len(parts) + 1))
    except OSError as e:
        raise ArchiveError(f"cannot be read: {error_line(e)}; check its permissions", path=path) from e
    if is_symlink:
        message = "is a symbolic link, or in a folder that is one; expected a file within the archive"
        raise SymlinkError(message, path=path)


def remove(path: Path) -> bool:
    """Remove the file at `path`; return False if there is none. Raises ArchiveError."""
    try:
        path.unlink()
        _sync(path.parent)
    except FileNotFoundError:
        return False
    except OSError as e:
        raise ArchiveError(f"cannot be removed: {error_line(e)}", path=path) from e
    return True


@contextmanager
def replace_atomically(path: Path) -> Iterator[Path]:
    """Yield a temporary path for a new file or folder, which replaces `path` when the block ends without an error.

    The temporary path is in the same folder. The new content is synced before it replaces the old one: a file in one
    step, a folder in two. If the block fails or creates nothing, `path` is unchanged. Leftovers of killed processes
    are removed first; a folder that one of them had moved away is put back. Raises OSError.
    """
    _make_folder(path.parent)
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        match = _TEMP_FILE.match(leftover.name)
        if match and not _is_running(int(match[1])):
            if leftover.name.startswith(f".{path.name}.old."):
                _restore(leftover, path)
            _discard(leftover)
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
            _restore(old, path)
            raise
        _sync(path.parent)
    finally:
        _discard(draft)
        _discard(old)


@contextmanager
def archive_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the archive in `folder` while the block lasts.

    It is a lock of the operating system on the file LOCK, which ends with the process. A file left behind by a killed
    process does not keep others out. The file contains the process id of the holder and the start time in UTC. Raises
    ArchiveError with both if another process holds the lock. On a system or disk without such locks there is no
    protection.
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
    """Hold an exclusive lock on the file at `path` while the block lasts, after waiting for any other holder.

    Another holder is a process or a thread. The file is created, and stays. On a system or disk without locks there is
    no protection. Raises OSError if the file cannot be opened.
    """
    with path.open("wb") as file:
        _lock_exclusively(file.fileno(), wait=True)
        yield


def _lock_exclusively(descriptor: int, *, wait: bool) -> None:
    """Lock an open file. Raises BlockingIOError if another process has the lock and `wait` is False."""
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        pass  # some network file systems have no locks


def _take_lock(path: Path) -> int:
    """Return the descriptor of the locked file. Raises ArchiveError if another process holds the lock, and OSError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            _lock_exclusively(descriptor, wait=False)
        except BlockingIOError as e:
            holder = os.read(descriptor, 100).decode("ascii", "replace").strip() or "in a process without a known id"
            os.close(descriptor)
            message = f"another run is writing to this archive, {holder}; wait until it has ended, and run this again"
            raise ArchiveError(message, path=path) from e
        # The previous holder removes the file, so the file locked here may no longer exist.
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
    """Rename an unreadable file, so that a new one can be written to `path`; return the new path.

    Files quarantined before stay. Raises ArchiveError.
    """
    number, target = 1, path.with_name(f"{path.name}{QUARANTINE_SUFFIX}")
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{number}{QUARANTINE_SUFFIX}")
    try:
        return path.rename(target)
    except OSError as e:
        raise ArchiveError(f"cannot be renamed to {target.name}: {error_line(e)}", path=path) from e


def remove_stale_temp_files(folder: Path) -> int:
    """Remove the temporary files of ended processes below `folder`; return their number. Raises ArchiveError."""
    removed = 0
    for path in folder.glob("**/.*.tmp"):
        match = _TEMP_FILE.match(path.name)
        if match and path.is_file() and not _is_running(int(match[1])):
            remove(path)
            removed += 1
    return removed


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _restore(old: Path, path: Path) -> None:
    """Move `old` back to `path`, unless there is something at `path`."""
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
    """Create `target` as a hard link to `source`, or as a copy where links are impossible. Raises OSError."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
