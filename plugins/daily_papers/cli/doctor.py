"""Checks of a repository's setup for unattended runs, each with a remedy.

The checks run git, gh and pip, and change nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
import yaml

from daily_papers.archive.day_files import stored_dates
from daily_papers.archive.ledger import Ledger, read_ledger
from daily_papers.cli.plugin_pin import PACKAGE, installed_pin, newest_pin, read_pin
from daily_papers.cli.programs import output_of
from daily_papers.errors import ArchiveError
from daily_papers.model.dates import feed_day, weekdays
from daily_papers.site.stored_files import is_private
from daily_papers.site.urls import Urls
from daily_papers.sources.registry import capabilities

PAGES_LIMIT = 10**9
"""Maximum size of a site on GitHub Pages, in bytes."""
NEAR_LIMIT = 0.8
"""Share of PAGES_LIMIT from which the size is noted."""
SCHEDULE_EXPIRES_DAYS = 60
"""GitHub stops the schedules of a repository after this many days without a commit."""
QUIET_DAYS = 7
"""Days without a commit that need no note: more than a weekend with its holidays."""

REQUIREMENTS = "requirements.txt"
_IGNORING_HOST, _ATTACH = "zensical", "daily-papers attach"

Level = Literal["ok", "note", "problem"]
"""problem: the site will not be updated or published. note: it will be, but something needs attention."""


class Finding(msgspec.Struct, frozen=True):
    """Result of one check."""

    level: Level
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level:8}{self.message}" + (f": {self.remedy}" if self.remedy else "")


class Repository(msgspec.Struct, frozen=True):
    """Folders and options of the repository to check; `folder` contains mkdocs.yml."""

    folder: Path
    archive_root: Path
    site_dir: Path
    site_url: str
    source: str
    since: dt.date
    model: str
    urls: Urls = Urls()


def diagnose(repository: Repository, now: dt.datetime) -> Iterator[Finding]:
    """Yield the result of each check, good or bad. Raises no error."""
    yield from _check_site_url(repository)
    yield from _check_tokens(repository)
    yield from _check_git(repository)
    yield from _check_workflows(repository)
    yield from _check_plugin(repository)
    yield from _check_github(repository)
    yield from _check_archive(repository, now)
    yield from _check_pages(repository)
    yield from _check_size(repository)


def _check_site_url(repository: Repository) -> Iterator[Finding]:
    host = urlsplit(repository.site_url).hostname or ""
    if not host or host.endswith(".example"):
        remedy = "set it in mkdocs.yml to the site's address; links in feeds and messages need it"
        yield Finding("note", f"site_url is {repository.site_url or 'not set'}", remedy)
    else:
        yield Finding("ok", f"site_url is {repository.site_url}")


def _check_tokens(repository: Repository) -> Iterator[Finding]:
    variable = capabilities(repository.source).token_variable
    if variable and not os.environ.get(variable):
        remedy = "store a read token as a secret of that name; it doubles the number of requests allowed"
        yield Finding("note", f"{variable} is not set here", remedy)
    if repository.model and not os.environ.get("OPENAI_API_KEY"):
        message = f"OPENAI_API_KEY is not set here, but the options ask for summaries by {repository.model}"
        yield Finding("note", message, "store the key as a secret of that name")


def _check_git(repository: Repository) -> Iterator[Finding]:
    folder = repository.folder
    if output_of(folder, "git", "rev-parse", "--is-inside-work-tree") != "true":
        yield Finding("problem", "this folder is not a git repository", "git init -b main, and commit the files")
        return
    day = repository.archive_root / "2024/03/01.json"
    if output_of(folder, "git", "check-ignore", str(day)):
        yield Finding(
            "problem", f"git ignores the archive in {repository.archive_root}", "remove that pattern from .gitignore"
        )
    remote = output_of(folder, "git", "config", "--get", "remote.origin.url")
    if not remote:
        yield Finding(
            "note", "the repository has no remote yet", "git remote add origin ADDRESS, and git push -u origin main"
        )
        return
    # The part before the host may contain a token.
    yield Finding("ok", f"pushes to {remote.rpartition('@')[2]}")
    if not output_of(folder, "git", "rev-parse", "--abbrev-ref", "@{upstream}"):
        yield Finding("problem", "the branch has no upstream branch to push to", "git push -u origin main")


def _check_workflows(repository: Repository) -> Iterator[Finding]:
    folder = repository.folder / ".github/workflows"
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))):
        try:
            text = path.read_text("utf-8")
            workflow = yaml.safe_load(text)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as e:
            yield Finding("problem", f"{path.name} cannot be read", str(e).splitlines()[0])
            continue
        if _IGNORING_HOST in text and _ATTACH not in text:
            remedy = f"add {_ATTACH} SITE after it; see the guide, Other hosts"
            yield Finding("problem", f"{path.name} builds with {_IGNORING_HOST}, which ignores the plugin", remedy)
        if isinstance(workflow, dict) and ("scripts/nightly" in text or "daily-papers fetch" in text):
            yield from _check_nightly(path.name, workflow, text)
            return
    remedy = "copy the one from a repository that 'daily-papers new DIR' creates"
    yield Finding("problem", "no workflow in .github/workflows runs scripts/nightly or daily-papers fetch", remedy)


def _check_nightly(name: str, workflow: dict[Any, Any], text: str) -> Iterator[Finding]:
    # YAML parses an unquoted `on` as true.
    triggers = workflow.get("on", workflow.get(True))
    schedule = triggers.get("schedule") if isinstance(triggers, dict) else None
    crons = [str(entry.get("cron", "")) for entry in schedule or () if isinstance(entry, dict)]
    if not crons:
        yield Finding("problem", f"{name} has no schedule", 'add one below on:, such as - cron: "17 3 * * 2-6"')
    else:
        yield Finding("ok", f"{name} runs at {', '.join(crons)} UTC")
    if any(cron.split()[:1] == ["0"] for cron in crons):
        yield Finding(
            "note", f"{name} runs at a full hour", "GitHub is busiest then, and drops runs; choose another minute"
        )
    granted = _permissions(workflow)
    if ("contents", "write") not in granted:
        yield Finding(
            "problem", f"{name} may not push", "add contents: write to the permissions: of the job that runs it"
        )
    if "deploy-pages" in text and not {("pages", "write"), ("id-token", "write")} <= granted:
        remedy = "add pages: write and id-token: write to the permissions: of the job that deploys"
        yield Finding("problem", f"{name} may not publish", remedy)


def _permissions(workflow: dict[Any, Any]) -> set[tuple[str, str]]:
    """Return each scope and level that the workflow, or one of its jobs, is granted."""
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


def _check_plugin(repository: Repository) -> Iterator[Finding]:
    """Check that requirements.txt pins the plugin, and to the newest version or commit."""
    pin = read_pin(repository.folder / REQUIREMENTS)
    if pin is None:
        return
    if isinstance(pin, str):
        remedy = f"pin it, such as {PACKAGE}{installed_pin().suffix}"
        message = f"{REQUIREMENTS} does not pin the plugin: every run installs, and runs, whatever was published last"
        yield Finding("note", message, remedy)
        return
    newest = newest_pin(pin, repository.folder)
    if newest is None:
        yield Finding("note", f"the plugin is {pin}; it is not known whether there is a newer one", "ask again later")
    elif newest == pin:
        yield Finding("ok", f"the plugin is {pin}, the newest")
    else:
        remedy = f"read its changelog, then write {PACKAGE}{newest.suffix} into {REQUIREMENTS}, with the same extras"
        yield Finding("note", f"the plugin is {pin}, the newest is {newest}", remedy)


def _check_github(repository: Repository) -> Iterator[Finding]:
    """Check the settings on GitHub with gh, if it is installed."""
    if not shutil.which("gh"):
        yield Finding(
            "note",
            "the settings on GitHub were not checked",
            "install gh, GitHub's command line, to check Pages and the schedule",
        )
        return
    build_type = output_of(repository.folder, "gh", "api", "repos/{owner}/{repo}/pages", "--jq", ".build_type")
    states = '.workflows[] | select(.state != "active") | .name + " is " + .state'
    inactive = output_of(repository.folder, "gh", "api", "repos/{owner}/{repo}/actions/workflows", "--jq", states)
    if build_type is None or inactive is None:
        yield Finding(
            "note", "GitHub did not answer", "gh auth login; or set up Pages: Settings → Pages → GitHub Actions"
        )
    if build_type == "workflow":
        yield Finding("ok", "Pages are published by GitHub Actions")
    elif build_type is not None:
        remedy = "Settings → Pages → Source: GitHub Actions"
        yield Finding("problem", f"Pages are published by {build_type or 'nothing'}", remedy)
    for line in (inactive or "").splitlines():
        yield Finding("problem", line, "Actions → the workflow → Enable workflow")


def _check_archive(repository: Repository, now: dt.datetime) -> Iterator[Finding]:
    dates = stored_dates(repository.archive_root)
    if not dates:
        yield Finding("note", "no day is stored yet", "daily-papers fetch, or wait for the first nightly run")
        return
    try:
        ledger = read_ledger(repository.archive_root)
    except ArchiveError as e:
        yield Finding("problem", str(e))
        ledger = {}
    yield from _check_activity(repository, now)
    if capabilities(repository.source).has_full_history:
        yield from _check_gaps(repository, ledger, set(dates), feed_day(now))


def _check_activity(repository: Repository, now: dt.datetime) -> Iterator[Finding]:
    last = output_of(repository.folder, "git", "log", "-1", "--format=%cI", "--", str(repository.archive_root))
    if not last:
        yield Finding("note", "no file of the archive is committed yet", "git add docs, and commit")
        return
    days = (now - dt.datetime.fromisoformat(last)).days
    if days >= SCHEDULE_EXPIRES_DAYS:
        limit = f"GitHub stops schedules after {SCHEDULE_EXPIRES_DAYS} days without a commit"
        remedy = f"{limit}; to start this one again: Actions → nightly → Enable workflow"
        yield Finding("problem", f"nothing was stored for {days} days", remedy)
    elif days > QUIET_DAYS:
        yield Finding("note", f"nothing was stored for {days} days", "see the last runs: Actions → nightly")
    else:
        yield Finding("ok", f"the archive was last added to {last[:10]}")


def _check_gaps(repository: Repository, ledger: Ledger, stored: set[dt.date], today: dt.date) -> Iterator[Finding]:
    missing = [d for d in weekdays(repository.since, today) if d < today and d not in stored and d not in ledger]
    failed = [date for date, entry in sorted(ledger.items()) if entry.state == "failed"]
    if missing:
        remedy = (
            f"each nightly run fetches some, newest first; for all at once: daily-papers fetch --since {missing[0]}"
        )
        yield Finding("note", f"{len(missing)} weekdays were never fetched, the oldest is {missing[0]}", remedy)
    if failed:
        reason = ledger[failed[0]].reason or "the ledger has no reason"
        yield Finding("note", f"{len(failed)} dates failed, the oldest is {failed[0]}", reason)
    if not missing and not failed:
        yield Finding("ok", f"no date is missing since {repository.since}")


def _check_pages(repository: Repository) -> Iterator[Finding]:
    """Check that the tool which built the site ran the plugin, or that the archive was attached."""
    site, urls = repository.site_dir, repository.urls
    if not any(site.rglob("*.html")):
        return
    pages = [urls.day(date) for date in stored_dates(repository.archive_root)]
    if pages and not any(
        (site / page / "index.html" if page.endswith("/") else site / page).is_file() for page in pages
    ):
        remedy = f"{_ATTACH} {site}, or build it with mkdocs or properdocs; see the guide, Other hosts"
        yield Finding(
            "problem", f"{site} has no page of the {len(pages)} stored dates: its host ignored the plugin", remedy
        )
    archive = site / urls.below("")
    stored = (path.name for path in repository.archive_root.glob("*") if is_private(path.name))
    if published := sorted(name for name in stored if (archive / name).is_file()):
        remedy = f"{_ATTACH} {site} removes it"
        yield Finding("problem", f"{archive} has {', '.join(published)}, which no site may publish", remedy)


def _check_size(repository: Repository) -> Iterator[Finding]:
    if not repository.site_dir.is_dir():
        yield Finding("note", "the site was not built here", "mkdocs build, to check its size")
        return
    size = sum(path.stat().st_size for path in repository.site_dir.rglob("*") if path.is_file())
    message = f"the site has {size / 1e6:.0f} MB of the {PAGES_LIMIT / 1e6:.0f} MB that GitHub Pages allows"
    if size > PAGES_LIMIT:
        yield Finding("problem", message, "start a second archive with a later 'since', or publish elsewhere")
    else:
        yield Finding("note" if size > NEAR_LIMIT * PAGES_LIMIT else "ok", message)
