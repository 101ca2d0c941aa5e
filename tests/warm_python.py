"""Run Python modules in processes forked from one that has already imported MkDocs and this package.

A build of a small site takes 1.2 s of CPU in a process of its own, and half of that is importing. A fork has the
imports, and is a process of its own all the same: it shares neither environment, folder, output nor exit code.

As a program this module is the server. It reads requests from its input, a line of JSON each, and writes two lines for
each: the process id of the fork, and its exit code.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

REPOSITORY = Path(__file__).parents[1]
PRELOADED = (
    "mkdocs.__main__",
    "mkdocs.commands.build",
    "material.plugins.search.plugin",
    "daily_papers.cli.main",
    "daily_papers.plugin",
)
# Python and the C library read these variables when a process starts, which is too early for a fork.
_READ_AT_START = ("PYTHON", "LC_", "LANG")


class WarmPython:
    """Client of the server, which starts with the first `run` and ends with this process. For one thread at a time."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None

    def run(
        self, module: str, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], limit_s: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m module` with `arguments` in `folder`, and return the finished process.

        Raises AssertionError, with the output so far, if that takes more than `limit_s` seconds.
        """
        server = self._start()
        assert server.stdin
        command = [sys.executable, "-m", module, *arguments]
        with tempfile.TemporaryDirectory(prefix="warm-python-") as temporary:
            files = [Path(temporary, name) for name in ("output", "errors")]
            request = {
                "module": module,
                "arguments": list(arguments),
                "folder": str(folder),
                "environment": dict(environment),
                "files": list(map(str, files)),
            }
            server.stdin.write(json.dumps(request).encode() + b"\n")
            code = self._wait(limit_s)
            output, errors = (file.read_text("utf-8", errors="replace") for file in files)
        assert code is not None, f"{command} in {folder} did not end within {limit_s:.0f} s:\n{output}{errors}"
        return subprocess.CompletedProcess(command, code, output, errors)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._server is None or self._server.poll() is not None:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "tests.warm_python"],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,  # `select` does not see a line that is already in a buffer
            )
        return self._server

    def _wait(self, limit_s: float) -> int | None:
        """Return the exit code of the fork; None if it was killed because it took too long."""
        assert self._server
        assert self._server.stdout
        pid = int(self._server.stdout.readline())
        in_time, _, _ = select.select([self._server.stdout], [], [], limit_s)
        if not in_time:
            os.killpg(pid, signal.SIGKILL)
        code = int(self._server.stdout.readline())
        return code if in_time else None


def can_fork(environment: Mapping[str, str]) -> bool:
    """Return True if a fork can have `environment`: no variable differs that is read when a process starts."""
    names = {name for name in {*os.environ, *environment} if name.startswith(_READ_AT_START)}
    return all(environment.get(name) == os.environ.get(name) for name in names)


def serve(requests: IO[str], replies: IO[str]) -> None:
    """Fork for each request until there are no more."""
    for module in PRELOADED:
        importlib.import_module(module)
        # Python warns when a module that it is to run has been imported already.
        if module.endswith("__main__"):
            del sys.modules[module]
    gc.collect()
    gc.freeze()  # so that the garbage collector of a fork does not copy the pages of imported objects
    for line in requests:
        pid = os.fork()
        if pid == 0:
            _run(json.loads(line))
        replies.write(f"{pid}\n")
        replies.flush()
        _, status = os.waitpid(pid, 0)
        replies.write(f"{os.waitstatus_to_exitcode(status)}\n")
        replies.flush()


def _run(request: Mapping[str, Any]) -> None:
    """Become `python -m module`; does not return."""
    os.setsid()
    for target, path in enumerate((os.devnull, *request["files"])):
        os.dup2(os.open(path, os.O_RDONLY if target == 0 else os.O_WRONLY | os.O_CREAT), target)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    sys.path[0] = request["folder"]
    sys.argv = [request["module"], *request["arguments"]]
    code = _exit_code(request["module"])
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as the interpreter does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # without taking the imported modules apart, which takes 0.3 s


def _exit_code(module: str) -> int:
    """Run `module`; return its exit code, having printed what the interpreter would print."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as e:
        if isinstance(e.code, str):
            print(e.code, file=sys.stderr)
        return e.code if isinstance(e.code, int) else int(e.code is not None)
    except BaseException:  # noqa: BLE001  # whatever would end the interpreter
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve(sys.stdin, os.fdopen(os.dup(1), "w"))
