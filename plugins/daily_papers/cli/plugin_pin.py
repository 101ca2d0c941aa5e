"""Pin of the plugin in the requirements of an archive repository: a released version, or a commit of a git repository.

Without a pin, each nightly run of each archive would install, and run, whatever was pushed last.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from daily_papers import __version__
from daily_papers.cli.programs import output_of

PACKAGE = "mkdocs-daily-papers"
REPOSITORY = "https://github.com/mkdocs-daily-papers/mkdocs-daily-papers"
"""Address of the git repository, for a checkout that does not name its own."""

_COMMIT = re.compile("[0-9a-f]{40}")
_REQUIREMENT = re.compile(
    r"""^ mkdocs[-_.]daily[-_.]papers (?![-_.\w]) [^\S\n]* (?: \[ [^\]\n]* \] )? [^\S\n]*
        (?: == [^\S\n]* (?P<version>[^\s;,*]+) (?=[\s;]|$)
          | @ [^\S\n]* git\+ (?P<url>\S+) @ (?P<commit>[0-9a-f]{40}) (?![0-9a-f])
          | (?P<other>.*) )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


class Pin(msgspec.Struct, frozen=True):
    """A released `version`, or a `commit`, in full, of the git repository at `url`."""

    version: str = ""
    url: str = ""
    commit: str = ""

    @property
    def suffix(self) -> str:
        """What follows the package's name in a requirement."""
        return f" @ git+{self.url}@{self.commit}" if self.commit else f"=={self.version}"

    def __str__(self) -> str:
        return f"commit {self.commit[:12]}" if self.commit else f"version {self.version}"


class _DirectUrl(msgspec.Struct):
    """Origin of an installed package, as pip stores it (PEP 610)."""

    url: str
    vcs_info: dict[str, str] = {}
    dir_info: dict[str, object] | None = None


def installed_pin() -> Pin:
    """Return the pin of the running plugin."""
    try:
        origin = metadata.distribution(PACKAGE).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        origin = None
    return pin_of_origin(origin)


def pin_of_origin(origin: str | None) -> Pin:
    """Return the pin of this version, installed from `origin`, the content of pip's direct_url.json.

    From git it is the commit, from a folder the commit that is checked out there, else the version.
    """
    try:
        direct = msgspec.json.decode(origin or b"", type=_DirectUrl)
    except msgspec.DecodeError:
        return Pin(version=__version__)
    if _COMMIT.fullmatch(commit := direct.vcs_info.get("commit_id", "")):
        return Pin(url=_without_password(direct.url), commit=commit)
    if direct.dir_info is not None:
        folder = Path(unquote(urlsplit(direct.url).path))
        if _COMMIT.fullmatch(commit := output_of(folder, "git", "rev-parse", "HEAD", "--show-prefix") or ""):
            remote = output_of(folder, "git", "config", "--get", "remote.origin.url") or ""
            is_public = remote.startswith("https://")
            return Pin(url=_without_password(remote) if is_public else REPOSITORY, commit=commit)
    return Pin(version=__version__)


def read_pin(requirements: Path) -> Pin | str | None:
    """Return the pin of the plugin in a file of requirements.

    Returns the rest of its line if that is no pin, and None if the file does not name the plugin or does not read.
    """
    try:
        match = _REQUIREMENT.search(requirements.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    if not match:
        return None
    if match["version"] or match["commit"]:
        return Pin(match["version"] or "", match["url"] or "", match["commit"] or "")
    return match["other"].strip()


def newest_pin(pin: Pin, folder: Path) -> Pin | None:
    """Return the newest version in pip's index, or the newest commit of the pinned repository; None without an answer.

    Both programs run in `folder` and have settings of their own for other hosts: pip's `index-url`, git's `insteadOf`.
    """
    if pin.commit:
        slow = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=10")
        answer = output_of(folder, "git", *slow, "ls-remote", "--", pin.url, "HEAD") or ""
        match = _COMMIT.match(answer)
        return Pin(url=pin.url, commit=match[0]) if match else None
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries=0", "--timeout=10")
    match = re.search(r"\((\S+)\)", output_of(folder, *pip, "index", "versions", PACKAGE) or "")
    return Pin(version=match[1]) if match else None


def _without_password(url: str) -> str:
    return re.sub(r"(?<=^https://)[^/@]*@", "", url)
