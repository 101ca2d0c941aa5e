"""Find this machine's Chromium, and install one where there is none.

As a program it prints the path, or a remedy with exit code 1. As root on Debian it also installs a Korean font if there
is none, because pages are measured with the letters they are made for. Tests never install anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Its headless shell, which has no windows to draw, runs pages with two thirds of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT = "fonts-noto-cjk"
_PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
# Long enough for 200 MB on a slow line; without any network Playwright would try for much longer than this.
_DOWNLOAD_S = 240

LAUNCH_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
"""Options of a Chromium that runs as root in a container and asks nothing of other machines."""


class NoChromiumError(Exception):
    """No Chromium was found or installed; the message names the remedy."""


def find(*, install: bool = True) -> Path:
    """Return a Chromium that starts: one on PATH, else Playwright's own, else (as root) Debian's.

    The last two are downloaded if necessary, unless `install` is False. Raises NoChromiumError if none is found.
    """
    found = _on_path() or _of_playwright(install) or (_of_debian() if install else None)
    if not found:
        tried = "none could be downloaded" if install else "Playwright has none"
        raise NoChromiumError(
            f"no Chromium that starts: none of {', '.join(NAMES)} is on PATH, and {tried}; "
            f"run `sudo apt-get install chromium {FONT}`, or `.venv/bin/playwright install --with-deps chromium`"
        )
    return found


def _on_path() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name)) and _starts(path)), None)


def _of_playwright(install: bool) -> Path | None:
    # In a process of its own: a process can run only one Playwright, and the caller may have one.
    path = _output([sys.executable, "-c", _PLAYWRIGHT_PATH]).strip()
    if not path:
        return None
    if install and not Path(path).exists():
        _say("no Chromium on PATH; asking Playwright for its own")
        _output([sys.executable, "-m", "playwright", "install", "chromium"], timeout_s=_DOWNLOAD_S)
    return Path(path) if _starts(path) else None


def _of_debian() -> Path | None:
    installed = any(_apt_install(name, FONT) for name in NAMES[:2])
    return _on_path() if installed else None


def _apt_install(*packages: str) -> bool:
    """Install Debian packages; return False if that failed or is not possible here."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    _say(f"installing {' '.join(packages)} by apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "--no-install-recommends", "--yes", *packages]
    return all(
        subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0
        for command in (["apt-get", "update", "-qq"], install)
    )


def _starts(path: str) -> bool:
    # On Ubuntu chromium-browser may be a script that only points to a snap.
    return "Chrom" in _output([path, "--version"])


def _output(command: list[str], timeout_s: float = 60) -> str:
    """Return the output of `command`; empty if it cannot be run, fails or takes more than `timeout_s` seconds."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _say(text: str) -> None:
    print(f"chromium: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Print the path that `find` returns, and install a Korean font if there is none."""
    try:
        print(find())
    except NoChromiumError as e:
        _say(str(e))
        return 1
    if not _output(["fc-list", ":lang=ko"]):
        _apt_install(FONT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
