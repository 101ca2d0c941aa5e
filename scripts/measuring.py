"""What a whole process takes: wall time, CPU time of it and all it starts, and the memory of each program among them.

A command and a folder go in, Taken comes out. Reads Linux's /proc for the memory; elsewhere only the largest is known.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_POLL_S = 0.02


@dataclass(frozen=True)
class Taken:
    wall_s: float
    cpu_s: float | None
    """Of the process and of all it waited for; None where that is not known of a process that goes on."""
    peak_mb: dict[str, float]
    """The most that one process of a program had in memory, in 10^6 bytes, by the program's name."""


def measure(command: Sequence[str], cwd: Path) -> Taken:
    """Run `command` in `cwd` and return what it took. Raises SystemExit where it fails."""
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, env=environment(), stdout=subprocess.DEVNULL) as process:
        watch = Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    peaks = watch.end()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    largest = {"all": usage.ru_maxrss * 1024 / 1e6} if not peaks else {}
    return Taken(wall, usage.ru_utime + usage.ru_stime, peaks | largest)


def environment() -> dict[str, str]:
    """Return ours, in which Python keeps its bytecode, as a person's does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cpu_s(pid: int) -> float | None:
    """Return the CPU time so far of a process and of what it waited for; None where there is no /proc."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return None
    times = told.rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


class Watch:
    """Looks at a process and what it starts until told to end."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peaks: dict[str, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> dict[str, float]:
        self._over.set()
        self._thread.join()
        return self._peaks

    def _look(self) -> None:
        while not self._over.wait(_POLL_S):
            for pid in _family(self._pid):
                with suppress(OSError, KeyError):  # it ended meanwhile
                    told = dict(
                        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
                    )
                    name, peak = told["Name"].strip(), int(told["VmHWM"].split()[0]) * 1024 / 1e6
                    self._peaks[name] = max(peak, self._peaks.get(name, 0))


def _family(pid: int) -> Iterator[int]:
    """Yield `pid` and all that it and its threads have started."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in thread.read_text("ascii").split():
                yield from _family(int(child))
