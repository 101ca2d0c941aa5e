"""Whether a repository is set up to run unattended: findings, each with its remedy.

A folder and the plain values of a site's options go in, Findings come out. git and gh are asked; nothing is changed.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
import yaml

from daily_papers.archive.day_files import stored_dates
from daily_papers.archive.ledger import Ledger, read_ledger
from daily_papers.errors import ArchiveError
from daily_papers.model.dates import feed_day, weekdays
from daily_papers.sources.registry import capabilities

PAGES_LIMIT = 10**9
"""Bytes of a site on GitHub Pages."""
NEAR_LIMIT = 0.8
SCHEDULE_LASTS_DAYS = 60
"""Without a commit for so long GitHub stops a repository's schedules."""
QUIET_DAYS = 7
"""More than a weekend and its holidays."""
ASK_S = 20.0

Level = Literal["ok", "note", "problem"]
"""problem: it will not run, or not be published. note: it will, but something is worth knowing or still to be done."""


class Finding(msgspec.Struct, frozen=True):
    level: Level
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level:8}{self.what}" + (f": {self.remedy}" if self.remedy else "")


class Repository(msgspec.Struct, frozen=True):
    """What is looked at: where mkdocs.yml, the archive and the built site are, and what the options say."""

    folder: Path
    archive_root: Path
    site_dir: Path
    site_url: str
    source: str
    since: dt.date
    model: str


def diagnose(repository: Repository, now: dt.datetime) -> Iterator[Finding]:
    """Yield what is found, good and bad. Whatever it finds, it does not raise."""
    yield from _addresses(repository)
    yield from _tokens(repository)
    yield from _git(repository)
    yield from _workflow(repository)
    yield from _github(repository)
    yield from _archive(repository, now)
    yield from _size(repository)


def _addresses(repository: Repository) -> Iterator[Finding]:
    host = urlsplit(repository.site_url).hostname or ""
    if not host or host.endswith(".example"):
        remedy = "put the site's address into mkdocs.yml; links in feeds and messages need it"
        yield Finding("note", f"site_url is {repository.site_url or 'not set'}", remedy)
    else:
        yield Finding("ok", f"site_url is {repository.site_url}")


def _tokens(repository: Repository) -> Iterator[Finding]:
    variable = capabilities(repository.source).token_variable
    if variable and not os.environ.get(variable):
        remedy = "a token that may read, as a secret of that name, doubles the requests a runner is allowed"
        yield Finding("note", f"{variable} is not set here", remedy)
    if repository.model and not os.environ.get("OPENAI_API_KEY"):
        remedy = "summaries need it, as a secret of that name"
        yield Finding(
            "note", f"OPENAI_API_KEY is not set here, and summaries are wanted from {repository.model}", remedy
        )


def _git(repository: Repository) -> Iterator[Finding]:
    folder = repository.folder
    if _ask(folder, "git", "rev-parse", "--is-inside-work-tree") != "true":
        yield Finding("problem", "this is no git repository", "git init -b main, and commit what is here")
        return
    day = repository.archive_root / "2024/03/01.json"
    if _ask(folder, "git", "check-ignore", str(day)):
        yield Finding("problem", f"git ignores the archive in {repository.archive_root}", "take that out of .gitignore")
    remote = _ask(folder, "git", "config", "--get", "remote.origin.url")
    if not remote:
        yield Finding("note", "there is no remote yet", "git remote add origin ADDRESS, and git push -u origin main")
        return
    # An address may hold a token: what stands before the host is nobody's business.
    yield Finding("ok", f"pushes to {remote.rpartition('@')[2]}")
    if not _ask(folder, "git", "rev-parse", "--abbrev-ref", "@{upstream}"):
        yield Finding("problem", "the branch has no upstream to push to", "git push -u origin main")


def _workflow(repository: Repository) -> Iterator[Finding]:
    folder = repository.folder / ".github/workflows"
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))):
        try:
            text = path.read_text("utf-8")
            workflow = yaml.safe_load(text)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as e:
            yield Finding("problem", f"{path.name} does not read", str(e).splitlines()[0])
            continue
        if isinstance(workflow, dict) and ("scripts/nightly" in text or "daily-papers fetch" in text):
            yield from _nightly(path.name, workflow, text)
            return
    remedy = "'daily-papers new DIR' makes a repository that has one to copy"
    yield Finding("problem", "no workflow in .github/workflows runs scripts/nightly or daily-papers fetch", remedy)


def _nightly(name: str, workflow: dict[Any, Any], text: str) -> Iterator[Finding]:
    # YAML reads a bare `on` as true.
    triggers = workflow.get("on", workflow.get(True))
    schedule = triggers.get("schedule") if isinstance(triggers, dict) else None
    crons = [str(entry.get("cron", "")) for entry in schedule or () if isinstance(entry, dict)]
    if not crons:
        yield Finding("problem", f"{name} has no schedule", 'add one below on:, as - cron: "17 3 * * 2-6"')
    else:
        yield Finding("ok", f"{name} runs at {', '.join(crons)} UTC")
    if any(cron.split()[:1] == ["0"] for cron in crons):
        yield Finding(
            "note", f"{name} runs at a full hour", "runners are busiest then, and drop runs; take another minute"
        )
    granted = _permissions(workflow)
    if ("contents", "write") not in granted:
        yield Finding("problem", f"{name} may not push", "contents: write, below permissions: of the job that runs it")
    if "deploy-pages" in text and not {("pages", "write"), ("id-token", "write")} <= granted:
        remedy = "pages: write and id-token: write, below permissions: of the job that deploys"
        yield Finding("problem", f"{name} may not publish", remedy)


def _permissions(workflow: dict[Any, Any]) -> set[tuple[str, str]]:
    jobs = workflow.get("jobs")
    scopes = [workflow, *(jobs.values() if isinstance(jobs, dict) else ())]
    granted: set[tuple[str, str]] = set()
    for scope in scopes:
        permissions = scope.get("permissions") if isinstance(scope, dict) else None
        if isinstance(permissions, dict):
            granted |= {(str(name), str(level)) for name, level in permissions.items()}
        elif permissions == "write-all":
            granted |= {(name, "write") for name in ("contents", "pages", "id-token")}
    return granted


def _github(repository: Repository) -> Iterator[Finding]:
    """Ask GitHub itself, where gh can."""
    if not shutil.which("gh"):
        yield Finding(
            "note", "GitHub was not asked", "with gh, its command line, doctor also looks at Pages and the schedule"
        )
        return
    build_type = _ask(repository.folder, "gh", "api", "repos/{owner}/{repo}/pages", "--jq", ".build_type")
    states = '.workflows[] | select(.state != "active") | .name + " is " + .state'
    asleep = _ask(repository.folder, "gh", "api", "repos/{owner}/{repo}/actions/workflows", "--jq", states)
    if build_type is None or asleep is None:
        yield Finding(
            "note", "GitHub did not answer", "gh auth login; and is Pages set up? Settings → Pages → GitHub Actions"
        )
    if build_type == "workflow":
        yield Finding("ok", "Pages are published by GitHub Actions")
    elif build_type is not None:
        remedy = "Settings → Pages → Source: GitHub Actions"
        yield Finding("problem", f"Pages are published by {build_type or 'nothing'}", remedy)
    for line in (asleep or "").splitlines():
        yield Finding("problem", line, "Actions → the workflow → Enable workflow")


def _archive(repository: Repository, now: dt.datetime) -> Iterator[Finding]:
    dates = stored_dates(repository.archive_root)
    if not dates:
        yield Finding("note", "no day is stored yet", "daily-papers fetch, or the first night")
        return
    try:
        ledger = read_ledger(repository.archive_root)
    except ArchiveError as e:
        yield Finding("problem", str(e))
        ledger = {}
    yield from _alive(repository, now)
    if capabilities(repository.source).has_full_history:
        yield from _gaps(repository, ledger, set(dates), feed_day(now))


def _alive(repository: Repository, now: dt.datetime) -> Iterator[Finding]:
    last = _ask(repository.folder, "git", "log", "-1", "--format=%cI", "--", str(repository.archive_root))
    if not last:
        yield Finding("note", "nothing of the archive is committed yet", "git add docs, and commit")
        return
    days = (now - dt.datetime.fromisoformat(last)).days
    if days >= SCHEDULE_LASTS_DAYS:
        remedy = f"GitHub stops schedules after {SCHEDULE_LASTS_DAYS} quiet days: enable it, Actions → nightly → Enable"
        yield Finding("problem", f"nothing was stored for {days} days", remedy)
    elif days > QUIET_DAYS:
        yield Finding("note", f"nothing was stored for {days} days", "look at the last runs: Actions → nightly")
    else:
        yield Finding("ok", f"the archive was last added to {last[:10]}")


def _gaps(repository: Repository, ledger: Ledger, stored: set[dt.date], today: dt.date) -> Iterator[Finding]:
    missing = [d for d in weekdays(repository.since, today) if d < today and d not in stored and d not in ledger]
    failed = [date for date, entry in sorted(ledger.items()) if entry.state == "failed"]
    if missing:
        remedy = "each night fetches some, the newest first; all at once: daily-papers fetch --since " + str(missing[0])
        yield Finding("note", f"{len(missing)} weekdays were never fetched, the oldest is {missing[0]}", remedy)
    if failed:
        reason = ledger[failed[0]].reason or "no reason was noted"
        yield Finding("note", f"{len(failed)} dates failed, the oldest is {failed[0]}", reason)
    if not missing and not failed:
        yield Finding("ok", f"no gap since {repository.since}")


def _size(repository: Repository) -> Iterator[Finding]:
    if not repository.site_dir.is_dir():
        yield Finding("note", "the site was not built here", "mkdocs build; then its size can be told")
        return
    size = sum(path.stat().st_size for path in repository.site_dir.rglob("*") if path.is_file())
    share = f"the site has {size / 1e6:.0f} MB of the {PAGES_LIMIT / 1e6:.0f} MB that GitHub Pages take"
    if size > PAGES_LIMIT:
        yield Finding("problem", share, "begin a second archive with a later 'since', or publish elsewhere")
    else:
        yield Finding("note" if size > NEAR_LIMIT * PAGES_LIMIT else "ok", share)


def _ask(folder: Path, *command: str) -> str | None:
    """Return what a program prints, None if it fails or is not there."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return None if done.returncode else done.stdout.strip()
