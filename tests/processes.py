"""Programs that tests run in processes of their own, with a limit that only a hanging program reaches."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

LIMIT_S = 600.0
"""Default limit in seconds. A test must not fail because the machine is busy."""


def run_process(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    limit_s: float = LIMIT_S,
) -> subprocess.CompletedProcess[str]:
    """Run `command` and return the finished process, including its output.

    Fails the test, naming the command, its folder and its output so far, if the process does not end within `limit_s`.
    """
    try:
        return subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as e:
        printed = b"".join(part for part in (e.stdout, e.stderr) if isinstance(part, bytes)).decode("utf-8", "replace")
        folder = f" in {cwd}" if cwd else ""
        raise AssertionError(f"{list(map(str, command))}{folder} did not end within {limit_s:.0f} s:\n{printed}") from e
