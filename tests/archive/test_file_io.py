"""Files: one writer at a time, who says who it is, and a lock that no dead process keeps."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from daily_papers.archive.file_io import LOCK, archive_lock, file_lock, replace_atomically
from daily_papers.errors import ArchiveError

HOLD = """
import sys, time
from pathlib import Path
from daily_papers.archive.file_io import archive_lock
with archive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.fault(46)
def test_a_second_run_is_refused_and_told_who_writes_and_since_when(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(ArchiveError, match="another run is writing") as refused, archive_lock(tmp_path):
            pass
        process.kill()
    assert f"process {process.pid} since " in str(refused.value)
    assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ;", str(refused.value))


@pytest.mark.fault(46)
def test_what_a_killed_run_left_behind_keeps_nobody_out(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
    assert (tmp_path / LOCK).exists()
    with archive_lock(tmp_path):
        assert f"process {os.getpid()} since " in (tmp_path / LOCK).read_text()
    assert not (tmp_path / LOCK).exists()


def test_of_many_that_come_and_go_only_one_writes_at_a_time(tmp_path: Path) -> None:
    count = """
import sys
from pathlib import Path
from daily_papers.errors import ArchiveError
from daily_papers.archive.file_io import archive_lock
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
    assert [process.wait(timeout=300) for process in processes] == [0] * 4
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
    assert [process.wait(timeout=300) for process in processes] == [0] * 3
    assert (tmp_path / "count").read_text() == "150"


def test_a_file_lock_is_released_after_an_error(tmp_path: Path) -> None:
    with suppress(ValueError), file_lock(tmp_path / "lock"):
        raise ValueError
    with file_lock(tmp_path / "lock"):
        pass


def test_a_lock_is_no_way_to_write_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / LOCK).symlink_to(elsewhere)
    with pytest.raises(ArchiveError, match="cannot be locked"), archive_lock(tmp_path / "archive"):
        pass
    assert elsewhere.read_text() == "precious"


def test_a_folder_that_a_killed_process_had_put_aside_comes_back(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    old = tmp_path / f".parts.old.{gone.pid}.tmp"
    old.mkdir()
    (old / "part").touch()
    with suppress(ValueError), replace_atomically(tmp_path / "parts"):
        raise ValueError
    assert (tmp_path / "parts/part").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["parts"]
