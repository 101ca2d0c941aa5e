"""Processes that a build forks. Each has a process group of its own, so that Ctrl-C reaches the build alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess

CAN_FORK = "fork" in multiprocessing.get_all_start_methods()


def fork(target: Callable[[], None]) -> BaseProcess:
    """Call `target` in a forked process, which ends with this one at the latest. Raises OSError."""
    process = multiprocessing.get_context("fork").Process(target=_run, args=(target,), daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """Kill a forked process and the programs that it runs, and wait for its end."""
    if process.is_alive() and process.pid:
        with suppress(ProcessLookupError):  # it has no group yet
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    process.join()


def _run(target: Callable[[], None]) -> None:
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # not the handlers of the build
    target()
