"""`daily-papers doctor`: it finds each fault in a repository's setup, and nothing in a complete setup."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.cli.doctor import Finding, Repository, diagnose
from daily_papers.cli.new_repository import make_repository
from daily_papers.cli.plugin_pin import Pin
from tests.command_line import OFFLINE
from tests.factories import make_paper, store_day

NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)
DATE = dt.date(2026, 7, 14)
WORKFLOW = ".github/workflows/nightly.yml"


def git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=Op", "-c", "user.email=op@example.org", *arguments]
    dates = {"GIT_AUTHOR_DATE": NOW.isoformat(), "GIT_COMMITTER_DATE": NOW.isoformat()}
    subprocess.run(command, cwd=folder, env={**os.environ, **dates}, check=True, capture_output=True)


GH = """#!/bin/sh
case "$2" in
  */pages) echo "$GH_PAGES" ;;
  */workflows) echo "$GH_WORKFLOWS" ;;
esac
exit "${GH_EXIT-0}"
"""


def put_gh_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a stand-in for gh first on PATH: it answers with GH_PAGES or GH_WORKFLOWS, and exits with GH_EXIT."""
    program = folder / "bin/gh"
    program.parent.mkdir()
    program.write_text(GH)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def make_plugin_repository(folder: Path) -> Pin:
    """Create a git repository with one commit; return a pin of it."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    return commit_to(folder)


def commit_to(folder: Path) -> Pin:
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "A change")
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return Pin(url=folder.as_uri(), commit=done.stdout.strip())


def pin_to(home: Path, pin: Pin | None) -> None:
    """Let the repository install the plugin as pinned; with None, without a pin."""
    (home / "requirements.txt").write_text(f"mkdocs-daily-papers[search]{pin.suffix if pin else ''}\n", "utf-8")


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository without faults, which gh cannot check on GitHub: a stand-in answers with an error."""
    home, origin = tmp_path / "home", tmp_path / "origin.git"
    monkeypatch.setenv("HF_TOKEN", "hf_not-a-token")
    monkeypatch.setenv("GH_EXIT", "1")
    put_gh_on_path(tmp_path, monkeypatch)
    make_repository(home)
    store_day(home / "docs", DATE, make_paper(title="t"))
    write_ledger(home / "docs", {DATE: LedgerEntry("moving")})
    (home / "site").mkdir()
    pin_to(home, make_plugin_repository(tmp_path / "plugin"))
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", str(origin))
    git(home, "add", "--all")
    git(home, "commit", "--quiet", "-m", "All")
    git(home, "remote", "add", "origin", str(origin))
    git(home, "push", "--quiet", "-u", "origin", "main")
    return Repository(
        folder=home,
        archive_root=home / "docs",
        site_dir=home / "site",
        site_url="https://someone.github.io/archive/",
        source="huggingface",
        since=DATE,
        model="",
    )


def faults(repository: Repository, now: dt.datetime = NOW) -> list[Finding]:
    """Return the notes and problems, except that GitHub does not answer."""
    found = [finding for finding in diagnose(repository, now) if finding.level != "ok"]
    return [finding for finding in found if finding.message != "GitHub did not answer"]


def test_a_complete_setup_has_no_fault(sound: Repository) -> None:
    assert faults(sound) == []


def edited(old: str, new: str) -> Callable[[Path], None]:
    def edit(home: Path) -> None:
        path = home / WORKFLOW
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return edit


def ledger_of(entry: LedgerEntry | None) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        (home / "docs/2026/07/14.json").unlink()
        store_day(home / "docs", dt.date(2026, 7, 10))
        write_ledger(home / "docs", {DATE: entry} if entry else {})

    return change


def publish_ledger(home: Path) -> None:
    page = home / "site/2026/07/14/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>host")
    (home / "site/ledger.json").write_text("{}")


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no workflow": (lambda home: (home / WORKFLOW).unlink(), "problem", "no workflow in .github/workflows runs"),
    "a broken workflow": (lambda home: (home / WORKFLOW).write_text("a: [b"), "problem", "nightly.yml cannot be read"),
    "no schedule": (edited("  schedule:\n", "  push:\n"), "problem", "nightly.yml has no schedule"),
    "a full hour": (edited('"17 3 * * 2-6"', '"0 3 * * 2-6"'), "note", "nightly.yml runs at a full hour"),
    "no right to push": (edited("contents: write", "contents: read"), "problem", "nightly.yml may not push"),
    "no right to publish": (edited("pages: write", "pages: read"), "problem", "nightly.yml may not publish"),
    "an ignored archive": (
        lambda home: (home / ".gitignore").write_text("docs/\n"),
        "problem",
        "git ignores the archive",
    ),
    "no upstream": (lambda home: git(home, "checkout", "-q", "-b", "b"), "problem", "the branch has no upstream"),
    "no remote": (lambda home: git(home, "remote", "remove", "origin"), "note", "the repository has no remote yet"),
    "an unreadable ledger": (
        lambda home: (home / "docs/ledger.json").write_text("{"),
        "problem",
        "ledger.json",
    ),
    "a gap": (ledger_of(None), "note", "1 weekdays were never fetched, the oldest is 2026-07-14"),
    "a failure": (ledger_of(LedgerEntry("failed", "503")), "note", "1 dates failed, the oldest is 2026-07-14"),
    "an ignored plugin": (
        lambda home: (home / "site/index.html").write_text("<p>host"),
        "problem",
        "has no page of the 1 stored dates: its host ignored the plugin",
    ),
    "a published ledger": (
        publish_ledger,
        "problem",
        "has ledger.json, which no site may publish",
    ),
    "a host without plugins": (
        edited("run: ", "run: zensical build && "),
        "problem",
        "nightly.yml builds with zensical, which ignores the plugin",
    ),
    "no site": (lambda home: (home / "site").rmdir(), "note", "the site was not built here"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_fault_is_found_with_a_remedy(sound: Repository, case: str) -> None:
    damage, level, message = BROKEN[case]
    damage(sound.folder)
    (finding,) = [finding for finding in faults(sound) if message in finding.message]
    assert finding.level == level
    assert finding.remedy or "restore it from git" in finding.message


def test_a_folder_that_is_no_git_repository_is_a_problem(sound: Repository, tmp_path: Path) -> None:
    alone = msgspec.structs.replace(sound, folder=tmp_path / "alone")
    (tmp_path / "alone").mkdir()
    assert "this folder is not a git repository" in [finding.message for finding in faults(alone)]


@pytest.mark.parametrize(("days", "level"), [(3, None), (20, "note"), (61, "problem")])
def test_an_archive_without_commits_is_noted_before_github_stops_its_schedule(
    sound: Repository, days: int, level: str | None
) -> None:
    quiet = [
        finding.level for finding in faults(sound, NOW + dt.timedelta(days=days)) if "was stored" in finding.message
    ]
    assert quiet == ([level] if level else [])


def test_the_address_the_tokens_and_the_size_of_the_site_are_checked(
    sound: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    bare = msgspec.structs.replace(sound, site_url="", model="a-model")
    messages = [finding.message for finding in faults(bare)]
    assert messages[0] == "site_url is not set"
    assert "HF_TOKEN is not set here" in messages
    assert "OPENAI_API_KEY is not set here, but the options ask for summaries by a-model" in messages
    with (sound.site_dir / "large").open("wb") as file:
        file.truncate(1_100_000_000)
    (finding,) = faults(msgspec.structs.replace(sound, model="", site_url="https://a.example.org/"))[-1:]
    assert (finding.level, finding.message[:27]) == ("problem", "the site has 1100 MB of the")


def test_a_newer_commit_or_an_unpinned_plugin_is_noted(sound: Repository, tmp_path: Path) -> None:
    assert [str(finding) for finding in diagnose(sound, NOW) if "the plugin is commit" in finding.message]
    newer = commit_to(tmp_path / "plugin")
    (found,) = faults(sound)
    assert found.level == "note"
    assert found.message.endswith(f", the newest is commit {newer.commit[:12]}")
    assert f"mkdocs-daily-papers{newer.suffix}" in found.remedy
    pin_to(sound.folder, newer)
    assert faults(sound) == []
    pin_to(sound.folder, None)
    (found,) = faults(sound)
    assert found.message.startswith("requirements.txt does not pin the plugin")
    (sound.folder / "requirements.txt").unlink()
    assert faults(sound) == []


@pytest.mark.parametrize("pin", [Pin(version="0.1.0"), Pin(url="https://git.example/plugin", commit="1" * 40)])
def test_a_host_that_cannot_be_asked_for_a_newer_plugin_is_noted(
    sound: Repository, monkeypatch: pytest.MonkeyPatch, pin: Pin
) -> None:
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    pin_to(sound.folder, pin)
    (found,) = faults(sound)
    assert (found.level, found.message) == (
        "note",
        f"the plugin is {pin}; it is not known whether there is a newer one",
    )


def test_gh_checks_pages_and_workflows_on_github(sound: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GitHub did not answer" in [finding.message for finding in diagnose(sound, NOW)]
    monkeypatch.setenv("GH_EXIT", "0")
    monkeypatch.setenv("GH_PAGES", "workflow")
    monkeypatch.setenv("GH_WORKFLOWS", "")
    assert Finding("ok", "Pages are published by GitHub Actions") in list(diagnose(sound, NOW))
    monkeypatch.setenv("GH_PAGES", "legacy")
    monkeypatch.setenv("GH_WORKFLOWS", "nightly is disabled_inactivity")
    messages = [finding.message for finding in diagnose(sound, NOW) if finding.level == "problem"]
    assert messages == ["Pages are published by legacy", "nightly is disabled_inactivity"]


def test_without_gh_the_settings_on_github_are_noted_as_unchecked(
    sound: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_git = tmp_path / "only-git"
    only_git.mkdir()
    (only_git / "git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(only_git))
    assert [finding.message for finding in faults(sound)] == ["the settings on GitHub were not checked"]


def test_a_token_in_the_address_of_the_remote_is_not_printed(sound: Repository) -> None:
    git(sound.folder, "remote", "set-url", "origin", "https://op:ghp_secret@github.com/op/archive.git")
    printed = "\n".join(map(str, diagnose(sound, NOW)))
    assert "pushes to github.com/op/archive.git" in printed
    assert "secret" not in printed
    assert "hf_not-a-token" not in printed
