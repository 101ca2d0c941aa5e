"""Forked processes: they do their work, and end with the programs that they run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from daily_papers.archive.processes import CAN_FORK
from tests.processes import run_process

# In a new process: a fork of pytest's would inherit the locks of its threads.
PARENT = """
import subprocess, sys, time
from pathlib import Path
from daily_papers.archive.processes import fork, kill

folder = Path(sys.argv[1])


def run_program():
    program = subprocess.Popen(["sleep", "600"])
    (folder / "new").write_text(str(program.pid))
    (folder / "new").rename(folder / "pid")
    program.wait()


done = fork(lambda: (folder / "done").touch())
done.join()
assert (folder / "done").exists() and not done.exitcode
kill(done)
child = fork(run_program)
while not (folder / "pid").exists():
    time.sleep(0.01)
kill(child)
assert child.exitcode
"""


def test_a_process_is_killed_with_the_program_that_it_runs(tmp_path: Path) -> None:
    assert CAN_FORK
    done = run_process([sys.executable, "-c", PARENT, str(tmp_path)])
    assert done.returncode == 0, done.stderr
    pid = (tmp_path / "pid").read_text("utf-8")
    state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False).stdout
    assert state.strip()[:1] in ("", "Z")
