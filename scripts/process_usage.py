"""Measures the wall time, CPU time and peak memory of a process and of all processes it starts.

Memory per program is read from Linux's /proc. Elsewhere, only the largest peak of all processes is known.
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
class Usage:
    """Resources used by a process and its children."""

    wall_s: float
    cpu_s: float | None
    """CPU time of the process and of the children it waited for. None for a running process without /proc."""
    peak_mb: dict[str, float]
    """Peak memory of the largest process of each program, in 10^6 bytes, by program name."""


def measure(command: Sequence[str], cwd: Path) -> Usage:
    """Run `command` in `cwd` and return its usage. Raises SystemExit if it fails."""
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, env=environment(), stdout=subprocess.DEVNULL) as process:
        monitor = MemoryMonitor(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    peaks = monitor.stop()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    largest = {"all": usage.ru_maxrss * 1024 / 1e6} if not peaks else {}
    return Usage(wall, usage.ru_utime + usage.ru_stime, peaks | largest)


def environment() -> dict[str, str]:
    """Return this environment, but with Python's bytecode cache enabled, as it is by default."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cpu_s(pid: int) -> float | None:
    """Return the CPU time so far of a process and of the children it waited for. None without /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return None
    times = stat.rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


class MemoryMonitor:
    """Records the peak memory of a process and its descendants, by program, until `stop` is called."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peaks: dict[str, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Return the peaks in 10^6 bytes."""
        self._stopped.set()
        self._thread.join()
        return self._peaks

    def _poll(self) -> None:
        while not self._stopped.wait(_POLL_S):
            for pid in _descendants(self._pid):
                with suppress(OSError, KeyError):  # the process has ended
                    status = dict(
                        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
                    )
                    name, peak = status["Name"].strip(), int(status["VmHWM"].split()[0]) * 1024 / 1e6
                    self._peaks[name] = max(peak, self._peaks.get(name, 0))


def _descendants(pid: int) -> Iterator[int]:
    """Yield `pid` and the ids of all processes that it and its threads have started."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in thread.read_text("ascii").split():
                yield from _descendants(int(child))
