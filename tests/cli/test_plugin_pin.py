"""Pins of the plugin: written as a released version or a commit, read again, and compared with the newest."""

from __future__ import annotations

import json
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from daily_papers import __version__
from daily_papers.cli.plugin_pin import PACKAGE, REPOSITORY, Pin, newest_pin, pin_of_origin, read_pin
from tests.loopback import Loopback

COMMIT = "0123456789abcdef0123456789abcdef01234567"
RELEASED = Pin(version=__version__)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Op", "-c", "user.email=op@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def make_git_repository(folder: Path) -> str:
    """Create a git repository with one commit and return that."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "The first")
    return git(folder, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("origin", "pin"),
    [
        (None, RELEASED),
        ("{", RELEASED),
        ({"url": "file:///a.whl", "archive_info": {"hash": "sha256=1"}}, RELEASED),
        ({"url": "file:///nowhere/at/all", "dir_info": {"editable": True}}, RELEASED),
        (
            {"url": "https://git.example/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            Pin(url="https://git.example/x", commit=COMMIT),
        ),
        (
            {"url": "https://op:secret@git.example/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            Pin(url="https://git.example/x", commit=COMMIT),
        ),
        ({"url": "https://hg.example/x", "vcs_info": {"vcs": "hg", "commit_id": "12"}}, RELEASED),
    ],
)
def test_it_follows_from_where_the_package_was_installed(origin: object, pin: Pin) -> None:
    assert pin_of_origin(origin if isinstance(origin, str | None) else json.dumps(origin)) == pin


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        (None, REPOSITORY),
        ("git@git.example:op/fork.git", REPOSITORY),
        ("https://op:secret@git.example/op/fork.git", "https://git.example/op/fork.git"),
    ],
)
def test_of_a_checkout_it_is_the_commit_that_is_checked_out(tmp_path: Path, remote: str | None, url: str) -> None:
    folder = tmp_path / "a checkout"
    commit = make_git_repository(folder)
    if remote:
        git(folder, "remote", "add", "origin", remote)
    origin = json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}})
    assert pin_of_origin(origin) == Pin(url=url, commit=commit)


def test_of_a_folder_inside_another_repository_it_is_not_the_commit_of_that(tmp_path: Path) -> None:
    make_git_repository(tmp_path / "archive")
    (tmp_path / "archive/plugin").mkdir()
    assert pin_of_origin(json.dumps({"url": (tmp_path / "archive/plugin").as_uri(), "dir_info": {}})) == RELEASED


@pytest.mark.parametrize(
    ("line", "pin"),
    [
        (f"{PACKAGE}[search]==0.3.0", Pin(version="0.3.0")),
        ("mkdocs_daily_papers == 0.3.0 ; python_version > '3'", Pin(version="0.3.0")),
        (f"{PACKAGE}[a,b] @ git+https://git.example/x@{COMMIT}", Pin(url="https://git.example/x", commit=COMMIT)),
        (
            f"{PACKAGE} @ git+ssh://git@git.example/x.git@{COMMIT}",
            Pin(url="ssh://git@git.example/x.git", commit=COMMIT),
        ),
        (f"{PACKAGE}[a] @ git+https://git.example/x", "@ git+https://git.example/x"),
        (f"{PACKAGE} @ git+https://git.example/x@main", "@ git+https://git.example/x@main"),
        (f"{PACKAGE}>=0.3", ">=0.3"),
        (f"{PACKAGE}==0.3.*", "==0.3.*"),
        (PACKAGE, ""),
        (f"{PACKAGE}-extras==1.0\n# {PACKAGE}==1.0", None),
    ],
)
def test_it_is_read_from_requirements(tmp_path: Path, line: str, pin: Pin | str | None) -> None:
    requirements = tmp_path / "requirements.txt"
    assert read_pin(requirements) is None
    requirements.write_text(f"# A comment\nmkdocs==1.6.1\n{line}\nmkdocs-material==9.6\n", "utf-8")
    assert read_pin(requirements) == pin


def test_a_written_one_is_read_again(tmp_path: Path) -> None:
    for pin in (RELEASED, Pin(url="https://git.example/x", commit=COMMIT)):
        (tmp_path / "requirements.txt").write_text(f"{PACKAGE}[search]{pin.suffix}\n", "utf-8")
        assert read_pin(tmp_path / "requirements.txt") == pin


def test_the_newest_commit_is_that_of_the_repository(tmp_path: Path) -> None:
    pin = Pin(url=(tmp_path / "plugin").as_uri(), commit=make_git_repository(tmp_path / "plugin"))
    assert newest_pin(pin, tmp_path) == pin
    git(tmp_path / "plugin", "commit", "--quiet", "--allow-empty", "-m", "The second")
    newest = newest_pin(pin, tmp_path)
    assert newest
    assert newest.commit == git(tmp_path / "plugin", "rev-parse", "HEAD") != pin.commit
    assert newest_pin(Pin(url=(tmp_path / "nothing").as_uri(), commit=COMMIT), tmp_path) is None


class _Index(BaseHTTPRequestHandler):
    """A package index with two versions of the plugin, and no other package."""

    def do_GET(self) -> None:
        name = self.path.strip("/").rpartition("/")[2]
        files = [f"mkdocs_daily_papers-{version}-py3-none-any.whl" for version in ("0.3.0", "0.10.0", "0.11.0rc1")]
        body = "".join(f'<a href="{file}">{file}</a>' for file in files).encode()
        self.send_response(200 if name == PACKAGE else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def test_the_newest_version_is_that_of_pip_s_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with Loopback(_Index) as index:
        monkeypatch.setenv("PIP_INDEX_URL", f"{index.url}/simple")
        assert newest_pin(Pin(version="0.3.0"), tmp_path) == Pin(version="0.10.0")
    assert newest_pin(Pin(version="0.3.0"), tmp_path) is None
