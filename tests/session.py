"""Resources that the workers of one test session share: a folder, compiled templates, and sites built once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER_VARIABLE = "TESTS_SESSION_FOLDER"
"""Environment variable with the folder; workers inherit it from the process that starts them."""


def begin_session(config: pytest.Config) -> None:
    """Create the session's folder, and remove it at the end, unless this process is a worker of a session."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="daily-papers-tests-")
        config.add_cleanup(folder.cleanup)
        os.environ[FOLDER_VARIABLE] = folder.name


def session_folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def shared_templates(*kind: object) -> Path | None:
    """Return the folder of compiled templates that all sites of one `kind` share, None outside of a session.

    Compiling templates takes half the time of a small build. `kind` is what the compiled code depends on beside its
    source, such as the languages: sites that differ in it would overwrite each other's code.
    """
    if FOLDER_VARIABLE not in os.environ:
        return None
    return session_folder() / "templates" / hashlib.sha256(repr(kind).encode()).hexdigest()[:16]


def make_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder `name`, filled by `make` once a session, in the worker that asks first.

    The others wait and get the same folder, whose content must not be changed. If `make` fails, it fails for all.
    """
    root = session_folder() / name
    root.mkdir(exist_ok=True)
    made, failure = root / "made", root / "failure.txt"
    with _locked(root / "lock"):
        if failure.exists():
            pytest.fail(f"{name} could not be made:\n{failure.read_text('utf-8')}")
        if not made.exists():
            unfinished = root / "unfinished"
            unfinished.mkdir()
            try:
                make(unfinished)
            except BaseException as e:
                failure.write_text(str(e), "utf-8")
                raise
            unfinished.rename(made)
    return made


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
