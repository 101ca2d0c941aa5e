"""The end of a process by a signal, at any moment: it cleans up, and leaves no folder and no process behind."""

from __future__ import annotations

import atexit
import shutil
import signal
import sys
import time
from contextlib import suppress
from types import FrameType

GRACE_S = 5.0
"""A signal within this time after another changes nothing: the first is being obeyed. A later one is obeyed again."""
_SERVE = ("mkdocs.commands.serve", "properdocs.commands.serve")


def end_cleanly() -> None:
    """Let SIGTERM and SIGHUP end the process as Ctrl-C does, with its clean-up; remove the folder of a preview at exit.

    Called while MkDocs, or a command that reads mkdocs.yml, loads the plugins. MkDocs creates that folder earlier, and
    removes it only after a build has begun.
    """
    last_s = -GRACE_S

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal last_s
        if time.monotonic() - last_s < GRACE_S:
            return
        last_s = time.monotonic()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    with suppress(ValueError):  # not in the main thread: a program runs MkDocs, and has signals of its own
        for name, default in (("SIGINT", signal.default_int_handler), ("SIGTERM", None), ("SIGHUP", None)):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number and signal.getsignal(number) == (default or signal.SIG_DFL):
                signal.signal(number, end)
    if folder := preview_folder():
        atexit.register(shutil.rmtree, folder, ignore_errors=True)


def preview_folder() -> str | None:
    """Return the temporary folder of `mkdocs serve`, None in a build.

    Before the first build it is in no object that a plugin gets: it is a variable of a function that runs.
    """
    frame: FrameType | None = sys._getframe()
    while frame:
        if frame.f_globals.get("__name__") in _SERVE and "site_dir" in frame.f_locals:
            return str(frame.f_locals["site_dir"])
        frame = frame.f_back
    return None
