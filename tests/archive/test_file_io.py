"""Writing files: atomic replacement, one writer at a time, and no lock or temporary file of an ended process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from daily_papers.archive.file_io import (
    LOCK,
    archive_lock,
    file_lock,
    link_or_copy,
    quarantine,
    read_file,
    remove,
    remove_stale_temp_files,
    replace_atomically,
    write_atomically,
)
from daily_papers.errors import ArchiveError
from daily_papers.jobs.check import check

HOLD = """
import sys, time
from pathlib import Path
from daily_papers.archive.file_io import archive_lock
with archive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def lock_holder(folder: Path) -> subprocess.Popen[str]:
    """Start a process that holds the lock of `folder` for 60 s, and return it once it has the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.fault(46)
def test_a_second_run_is_refused_with_process_and_start_of_the_first(tmp_path: Path) -> None:
    with lock_holder(tmp_path) as process:
        with pytest.raises(ArchiveError, match="another run is writing") as refused, archive_lock(tmp_path):
            pass
        process.kill()
    assert f"process {process.pid} since " in str(refused.value)
    assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ;", str(refused.value))


@pytest.mark.fault(46)
def test_the_lock_file_of_a_killed_run_keeps_nobody_out(tmp_path: Path) -> None:
    with lock_holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
    assert (tmp_path / LOCK).exists()
    with archive_lock(tmp_path):
        assert f"process {os.getpid()} since " in (tmp_path / LOCK).read_text()
    assert not (tmp_path / LOCK).exists()


def test_of_several_processes_only_one_holds_the_lock_at_a_time(tmp_path: Path) -> None:
    count = """
import sys
from pathlib import Path
from daily_papers.archive.file_io import archive_lock
from daily_papers.errors import ArchiveError
root = Path(sys.argv[1])
done = 0
while done < 50:
    try:
        with archive_lock(root):
            number = int((root / "count").read_text())
            (root / "count").write_text(str(number + 1))
            done += 1
    except ArchiveError:
        pass
"""
    (tmp_path / "count").write_text("0")
    processes = [subprocess.Popen([sys.executable, "-c", count, str(tmp_path)]) for _ in range(4)]
    assert [process.wait(timeout=600) for process in processes] == [0] * 4
    assert (tmp_path / "count").read_text() == "200"


def test_a_file_lock_is_waited_for(tmp_path: Path) -> None:
    """Each process reads a number and writes the next one, which would lose counts without the lock."""
    program = """
import sys
from pathlib import Path
from daily_papers.archive.file_io import file_lock
root = Path(sys.argv[1])
for _ in range(50):
    with file_lock(root / "lock"):
        number = int((root / "count").read_text())
        (root / "count").write_text(str(number + 1))
"""
    (tmp_path / "count").write_text("0")
    processes = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [process.wait(timeout=600) for process in processes] == [0] * 3
    assert (tmp_path / "count").read_text() == "150"


def test_a_file_lock_is_released_after_an_error(tmp_path: Path) -> None:
    with suppress(ValueError), file_lock(tmp_path / "lock"):
        raise ValueError
    with file_lock(tmp_path / "lock"):
        pass


def test_a_lock_file_that_is_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / LOCK).symlink_to(elsewhere)
    with pytest.raises(ArchiveError, match="cannot be locked"), archive_lock(tmp_path / "archive"):
        pass
    assert elsewhere.read_text() == "precious"


def test_writing_equal_bytes_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/file"
    assert write_atomically(path, b"one")
    before = path.stat().st_mtime_ns
    assert not write_atomically(path, b"one")
    assert path.stat().st_mtime_ns == before
    assert write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_removing_a_file_says_if_there_was_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert remove(tmp_path / "file")
    assert not remove(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArchiveError, match=r"folder: cannot be removed: "):
        remove(tmp_path / "folder")


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_file_or_folder_is_replaced_only_if_the_block_ends_well(tmp_path: Path, kind: str) -> None:
    def create(path: Path, content: str) -> None:
        if kind == "folder":
            path.mkdir()
            path /= "part"
        path.write_text(content)

    path = tmp_path / "sub/target"
    part = path / "part" if kind == "folder" else path
    for content in ("one", "two"):
        with replace_atomically(path) as draft:
            create(draft, content)
        assert part.read_text() == content
    with suppress(ValueError), replace_atomically(path) as draft:
        create(draft, "three")
        raise ValueError
    with replace_atomically(path):
        pass  # creates nothing
    assert part.read_text() == "two"
    assert [each.name for each in path.parent.iterdir()] == ["target"]


def test_a_file_is_linked_or_else_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_text("text")
    link_or_copy(source, tmp_path / "link")
    assert source.samefile(tmp_path / "link")

    def refuse(source: object, target: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    link_or_copy(source, tmp_path / "copy")
    assert not source.samefile(tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "text"


def test_a_folder_that_a_killed_process_had_moved_away_is_put_back(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    old = tmp_path / f".parts.old.{gone.pid}.tmp"
    old.mkdir()
    (old / "part").touch()
    with suppress(ValueError), replace_atomically(tmp_path / "parts"):
        raise ValueError
    assert (tmp_path / "parts/part").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["parts"]


@pytest.mark.fault(45)
def test_a_full_disk_is_an_error_with_the_path_and_the_old_file_stays(tmp_path: Path) -> None:
    """A limit on file size in a child process simulates the full disk."""
    path = tmp_path / "01.json"
    write_atomically(path, b"{}")
    program = (
        "import datetime as dt, pathlib, resource, signal, sys\n"
        "from daily_papers.archive.file_io import write_atomically\n"
        "from daily_papers.errors import ArchiveError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))\n"
        "try: write_atomically(pathlib.Path(sys.argv[1]), b'x' * 1000)\n"
        "except ArchiveError as e: print(e)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert str(path) in done.stdout
    assert "its previous content is unchanged" in done.stdout
    assert path.read_bytes() == b"{}"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_only_temporary_files_of_ended_processes_are_removed(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    stale, living = tmp_path / f".01.json.{gone.stdout.strip()}.tmp", tmp_path / f".01.json.{os.getppid()}.tmp"
    stale.touch()
    living.touch()
    assert remove_stale_temp_files(tmp_path) == 1
    assert not stale.exists()
    assert living.exists()


def test_an_unreadable_file_is_quarantined_and_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "2024/03/01.json"
    write_atomically(path, b"half a da")
    assert quarantine(path).read_bytes() == b"half a da"
    assert not path.exists()
    write_atomically(path, b"again half")
    assert quarantine(path).read_bytes() == b"again half"
    assert [error.path.name for error in check(tmp_path)] == ["01.json.2.unreadable", "01.json.unreadable"]


def test_only_a_regular_file_is_read_and_nothing_else_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    os.mkfifo(tmp_path / "fifo")
    assert read_file(tmp_path / "file") == b"content"
    for path in (tmp_path / "fifo", Path(os.devnull)):
        with pytest.raises(OSError, match="no regular file"):
            read_file(path)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)
