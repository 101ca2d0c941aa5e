"""`daily-papers doctor`: what would keep a repository from running by itself is found, and is gone once mended."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.cli.doctor import Finding, Repository, diagnose
from daily_papers.cli.new_repository import make_repository
from daily_papers.model.records import Day, Paper

NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)
DATE = dt.date(2026, 7, 14)
WORKFLOW = ".github/workflows/nightly.yml"


def git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=Op", "-c", "user.email=op@example.org", *arguments]
    dates = {"GIT_AUTHOR_DATE": NOW.isoformat(), "GIT_COMMITTER_DATE": NOW.isoformat()}
    subprocess.run(command, cwd=folder, env={**os.environ, **dates}, check=True, capture_output=True)


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository in which all is well."""
    home, origin = tmp_path / "home", tmp_path / "origin.git"
    monkeypatch.setenv("HF_TOKEN", "hf_not-a-token")
    make_repository(home)
    write_day(home / "docs", Day(date=DATE, source="huggingface", papers=(Paper(id="2607.00001", title="t"),)))
    write_ledger(home / "docs", {DATE: LedgerEntry("moving")})
    (home / "site").mkdir()
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


def worst(repository: Repository, now: dt.datetime = NOW) -> list[Finding]:
    """Return what is not well, but for GitHub, which nobody can ask here."""
    found = [finding for finding in diagnose(repository, now) if finding.level != "ok"]
    return [finding for finding in found if finding.what not in ("GitHub was not asked", "GitHub did not answer")]


def test_where_all_is_well_nothing_is_found(sound: Repository) -> None:
    assert worst(sound) == []


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
        write_day(home / "docs", Day(date=dt.date(2026, 7, 10), source="huggingface", papers=()))
        write_ledger(home / "docs", {DATE: entry} if entry else {})

    return change


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no workflow": (lambda home: (home / WORKFLOW).unlink(), "problem", "no workflow in .github/workflows runs"),
    "a broken workflow": (lambda home: (home / WORKFLOW).write_text("a: [b"), "problem", "nightly.yml does not read"),
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
    "no remote": (lambda home: git(home, "remote", "remove", "origin"), "note", "there is no remote yet"),
    "a ledger that does not read": (
        lambda home: (home / "docs/ledger.json").write_text("{"),
        "problem",
        "ledger.json",
    ),
    "a gap": (ledger_of(None), "note", "1 weekdays were never fetched, the oldest is 2026-07-14"),
    "a failure": (ledger_of(LedgerEntry("failed", "503")), "note", "1 dates failed, the oldest is 2026-07-14"),
    "no site": (lambda home: (home / "site").rmdir(), "note", "the site was not built here"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_found_with_a_remedy(sound: Repository, case: str) -> None:
    damage, level, said = BROKEN[case]
    damage(sound.folder)
    (finding,) = [finding for finding in worst(sound) if said in finding.what]
    assert finding.level == level
    assert finding.remedy or "restore it from git" in finding.what


def test_a_folder_that_is_no_repository_is_said(sound: Repository, tmp_path: Path) -> None:
    alone = msgspec.structs.replace(sound, folder=tmp_path / "alone")
    (tmp_path / "alone").mkdir()
    assert "this is no git repository" in [finding.what for finding in worst(alone)]


@pytest.mark.parametrize(("days", "level"), [(3, None), (20, "note"), (61, "problem")])
def test_an_archive_that_has_gone_quiet_is_said_before_github_stops_its_schedule(
    sound: Repository, days: int, level: str | None
) -> None:
    quiet = [finding.level for finding in worst(sound, NOW + dt.timedelta(days=days)) if "was stored" in finding.what]
    assert quiet == ([level] if level else [])


def test_addresses_tokens_and_sizes_are_looked_at(
    sound: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    bare = msgspec.structs.replace(sound, site_url="", model="a-model")
    whats = [finding.what for finding in worst(bare)]
    assert whats[0] == "site_url is not set"
    assert "HF_TOKEN is not set here" in whats
    assert "OPENAI_API_KEY is not set here, and summaries are wanted from a-model" in whats
    with (sound.site_dir / "large").open("wb") as file:
        file.truncate(1_100_000_000)
    (finding,) = worst(msgspec.structs.replace(sound, model="", site_url="https://a.example.org/"))[-1:]
    assert (finding.level, finding.what[:27]) == ("problem", "the site has 1100 MB of the")


GH = """#!/bin/sh
case "$2" in
  */pages) echo "$GH_PAGES" ;;
  */workflows) echo "$GH_WORKFLOWS" ;;
esac
exit "${GH_EXIT-0}"
"""


def test_github_is_asked_where_gh_is_there(sound: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin/gh"
    program.parent.mkdir()
    program.write_text(GH)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("GH_PAGES", "workflow")
    monkeypatch.setenv("GH_WORKFLOWS", "")
    assert Finding("ok", "Pages are published by GitHub Actions") in list(diagnose(sound, NOW))
    monkeypatch.setenv("GH_PAGES", "legacy")
    monkeypatch.setenv("GH_WORKFLOWS", "nightly is disabled_inactivity")
    whats = [finding.what for finding in diagnose(sound, NOW) if finding.level == "problem"]
    assert whats == ["Pages are published by legacy", "nightly is disabled_inactivity"]
    monkeypatch.setenv("GH_EXIT", "1")
    assert "GitHub did not answer" in [finding.what for finding in diagnose(sound, NOW)]


def test_a_token_in_the_remotes_address_is_not_shown(sound: Repository) -> None:
    git(sound.folder, "remote", "set-url", "origin", "https://op:ghp_secret@github.com/op/archive.git")
    told = "\n".join(map(str, diagnose(sound, NOW)))
    assert "pushes to github.com/op/archive.git" in told
    assert "secret" not in told
    assert "hf_not-a-token" not in told
