"""Programs that the commands ask: git, gh and pip."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PROGRAM_TIMEOUT_S = 20.0

# Nobody is there to type a password.
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never"}


def output_of(folder: Path, *command: str) -> str | None:
    """Return the stripped output of a program, None if it is missing, fails or takes longer than PROGRAM_TIMEOUT_S."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROGRAM_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return None if done.returncode else done.stdout.strip()
