"""scripts/nightly as a whole: a clone of a small site, a bare repository as its origin, an upstream on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from daily_papers.cli.failure_issue import MARK, TITLE
from tests.chat import ChatModel, error
from tests.gh import GitHub
from tests.processes import run_process
from tests.sites import NOWHERE, share_templates
from tests.upstream import Fault, Handler, Upstream, answer, record
from tests.webhook import Webhook

ROOT = Path(__file__).parents[2]
DATE = "2026-07-15"
EVENING, MORNING = "2026-07-15T17:41:00Z", "2026-07-16T03:17:00Z"  # when the workflow runs
DAY = "docs/2026/07/15.json"
LISTED = [record("2607.00001", votes=7), record("2607.00010", votes=2)]


@dataclass
class Site:
    """The clone of a site in which nightly runs take place, and the repository it pushes to."""

    clone: Path
    origin: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run_nightly(self, now: str = EVENING, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/nightly for DATE, or with these arguments, at the time `now`."""
        return run_process(
            [self.clone / "scripts/nightly", *(arguments or ("--since", DATE, "--until", DATE))],
            env={**self.environment, "DAILY_PAPERS_NOW": now},
            cwd=self.clone.parent,
        )

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Return the stripped output of git, which runs in the clone or in `cwd`."""
        done = run_process(["git", *arguments], env=self.environment, cwd=cwd or self.clone)
        assert done.returncode == 0, done
        return done.stdout.strip()

    def log(self) -> list[str]:
        """Return the subjects of the pushed commits, newest first."""
        return self.git("log", "--format=%s", "main", cwd=self.origin).splitlines()

    def push_from_elsewhere(self, path: str, text: str) -> None:
        """Push one file to the origin from another clone, as another person would."""
        other = self.clone.parent / "other"
        self.git("clone", "--quiet", str(self.origin), str(other))
        file = other / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.git("add", "--all", cwd=other)
        self.git("-c", "user.name=Else", "-c", "user.email=else@example.org", "commit", "-qm", "Elsewhere", cwd=other)
        self.git("push", "--quiet", cwd=other)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as up:
        up.days[DATE] = [*LISTED]
        yield up


@pytest.fixture
def site(tmp_path: Path, upstream: Upstream) -> Site:
    """A new clone with scripts, options, one page and no day yet. It uses this environment and installs nothing."""
    environment = {
        "PATH": os.environ["PATH"],
        "SSL_CERT_FILE": os.environ["SSL_CERT_FILE"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "DAILY_PAPERS_VENV": sys.prefix,
        "HF_ENDPOINT": upstream.url,
        "DAILY_PAPERS_ARXIV_ENDPOINT": upstream.url,
        "NO_PROXY": "127.0.0.1",
    }
    site = Site(tmp_path / "a clone", tmp_path / "origin.git", environment)
    seed = tmp_path / "seed"
    (seed / "docs").mkdir(parents=True)
    (seed / "docs/about.md").write_text("# About\n\nAn archive.\n", encoding="utf-8")
    shutil.copytree(ROOT / "scripts", seed / "scripts")
    for name in ("mkdocs.yml", ".gitignore"):
        shutil.copy(ROOT / name, seed)
    site.git("init", "--quiet", "--initial-branch=main", cwd=seed)
    site.git("add", "--all", cwd=seed)
    site.git("-c", "user.name=Op", "-c", "user.email=op@example.org", "commit", "-qm", "The site", cwd=seed)
    site.git("clone", "--quiet", "--bare", str(seed), str(site.origin), cwd=seed)
    site.git("clone", "--quiet", str(site.origin), str(site.clone), cwd=seed)
    share_templates(site.clone, {})
    return site


@pytest.fixture(scope="module")
def first_runs() -> dict[str, Path]:
    """Copies of the clone and its origin after a first run, shared by all tests that start from there."""
    return {}


@pytest.fixture
def stored_site(site: Site, first_runs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The clone and its origin after a first run."""
    if not first_runs:
        assert site.run_nightly().returncode == 0
        first_runs["first"] = tmp_path_factory.mktemp("first")
        for path in (site.clone, site.origin):
            shutil.copytree(path, first_runs["first"] / path.name)
    else:
        for path in (site.clone, site.origin):
            shutil.rmtree(path)
            shutil.copytree(first_runs["first"] / path.name, path)
        site.git("remote", "set-url", "origin", str(site.origin))
    return site


def test_the_first_run_builds_the_day_and_pushes_it(site: Site) -> None:
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert "2607.00010" in (site.clone / "site/2026/07/15/index.html").read_text(encoding="utf-8")
    assert site.log() == [f"Papers of {DATE}: 2 new, 0 changed", "The site"]
    pushed = json.loads(site.git("show", f"main:{DAY}", cwd=site.origin))
    assert [paper["id"] for paper in pushed["papers"]] == ["2607.00001", "2607.00010"]
    assert (site.clone / "site/search/recent/pagefind.js").is_file()
    assert "docs/ledger.json" in site.git("ls-tree", "-r", "--name-only", "main", cwd=site.origin)
    assert not site.git("status", "--porcelain")


def test_another_command_builds_the_site_and_attaches_the_archive(site: Site) -> None:
    host = "mkdir -p site && cp host.html site/ && daily-papers attach site --frame host.html"
    (site.clone / "host.html").write_text("<html><head><title>t</title></head><body><main>a</main></body></html>")
    site.environment["DAILY_PAPERS_BUILD"] = host
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert "2607.00010" in (site.clone / "site/2026/07/15/index.html").read_text(encoding="utf-8")
    assert not (site.clone / "site/sitemap.xml.gz").exists(), "MkDocs built it"


def test_a_later_run_adds_one_commit_with_the_changes(stored_site: Site, upstream: Upstream) -> None:
    upstream.days[DATE] = [record("2607.00001", votes=9), record("2607.00010", votes=2), record("2607.00020")]
    run = stored_site.run_nightly(MORNING)
    assert run.returncode == 0, run
    assert stored_site.log()[0] == f"Papers of {DATE}: 1 new, 1 changed"
    assert len(stored_site.log()) == 3


def test_a_date_that_only_settles_commits_the_ledger_alone(stored_site: Site) -> None:
    run = stored_site.run_nightly("2026-08-03T03:17:00Z")
    assert run.returncode == 0, run
    assert stored_site.log()[0] == "Ledger"


def test_a_run_without_changes_adds_no_commit(stored_site: Site) -> None:
    before = stored_site.log()
    run = stored_site.run_nightly("2026-07-15T19:41:00Z")
    assert run.returncode == 0, run
    assert "Nothing changed." in run.stdout
    assert stored_site.log() == before


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("changed", [True, False])
def test_a_published_site_is_built_again_from_its_commit_on_any_later_day(
    stored_site: Site, upstream: Upstream, tmp_path: Path, changed: bool
) -> None:
    stored_site.environment["GIT_COMMITTER_DATE"] = "@1000000000 +0900"
    if changed:
        upstream.days[DATE] = [record("2607.00001", votes=9)]
    assert stored_site.run_nightly(MORNING if changed else EVENING).returncode == 0
    stored_site.git("clone", "--quiet", str(stored_site.origin), str(tmp_path / "again"))
    committed_at = stored_site.git("log", "-1", "--format=%ct", cwd=tmp_path / "again")
    assert (committed_at == "1000000000") == changed
    environment = {**stored_site.environment, "SOURCE_DATE_EPOCH": committed_at, "DAILY_PAPERS_FETCH": "never"}
    assert run_process([tmp_path / "again/scripts/build"], env=environment).returncode == 0
    assert files_of(tmp_path / "again/site") == files_of(stored_site.clone / "site")


def test_commits_pushed_by_others_since_the_last_run_are_in_the_site(site: Site) -> None:
    site.push_from_elsewhere("docs/news.md", "# News of elsewhere\n")
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert "News of elsewhere" in (site.clone / "site/news/index.html").read_text(encoding="utf-8")


def pushing(site: Site, path: str, text: str) -> Fault:
    """An upstream that answers as usual, after another person has pushed a file: in the middle of the run."""

    def answer(handler: Handler) -> None:
        site.push_from_elsewhere(path, text)
        handler.serve()

    return answer


@pytest.mark.fault(58)
def test_a_push_is_rebased_on_commits_that_others_pushed_meanwhile(site: Site, upstream: Upstream) -> None:
    upstream.then(pushing(site, "docs/news.md", "# News\n"))
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert site.log() == [f"Papers of {DATE}: 2 new, 0 changed", "Elsewhere", "The site"]


@pytest.mark.fault(58)
def test_uncommitted_changes_in_the_clone_do_not_prevent_a_push(site: Site, upstream: Upstream) -> None:
    options = site.clone / "mkdocs.yml"
    options.write_text(options.read_text(encoding="utf-8") + "# not finished\n", encoding="utf-8")
    upstream.then(pushing(site, "docs/news.md", "# News\n"))
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert site.log() == [f"Papers of {DATE}: 2 new, 0 changed", "Elsewhere", "The site"]
    assert site.git("status", "--porcelain") == "M mkdocs.yml"


@pytest.mark.fault(58)
def test_a_conflict_ends_the_run_without_a_push_and_without_changes_in_the_clone(
    site: Site, upstream: Upstream
) -> None:
    upstream.then(pushing(site, DAY, '{"schema": 1}\n'))
    run = site.run_nightly()
    assert run.returncode == 2, run
    assert site.log() == ["Elsewhere", "The site"]
    assert site.git("log", "-1", "--format=%s") == f"Papers of {DATE}: 2 new, 0 changed"
    assert not (site.clone / ".git/rebase-merge").exists()
    assert not site.git("status", "--porcelain")


def test_a_commit_that_could_not_be_pushed_is_pushed_by_the_next_run(site: Site) -> None:
    away = site.origin.rename(site.origin.with_name("away.git"))
    assert site.run_nightly().returncode == 2
    away.rename(site.origin)
    run = site.run_nightly("2026-07-15T19:41:00Z")
    assert run.returncode == 0, run
    assert site.log()[0] == f"Papers of {DATE}: 2 new, 0 changed"


@pytest.mark.fault(1)
def test_without_its_upstream_the_site_is_built_from_the_stored_days(stored_site: Site) -> None:
    stored = (stored_site.clone / DAY).read_bytes()
    stored_site.environment |= {"HF_ENDPOINT": NOWHERE, "GITHUB_ACTIONS": "true"}
    shutil.rmtree(stored_site.clone / "site")
    run = stored_site.run_nightly(MORNING)
    assert run.returncode == 1, run
    assert "\n::warning::Not every date could be fetched" in run.stdout
    assert (stored_site.clone / "site/2026/07/15/index.html").exists()
    assert (stored_site.clone / DAY).read_bytes() == stored
    assert stored_site.git("show", f"main:{DAY}", cwd=stored_site.origin).encode() == stored.strip()


def test_one_failed_date_does_not_prevent_others_from_being_published(site: Site, upstream: Upstream) -> None:
    upstream.days["2026-07-14"] = [record("2607.00009", date="2026-07-14")]
    upstream.always(answer(404), date=DATE)
    run = site.run_nightly(EVENING, "--since", "2026-07-14", "--until", DATE)
    assert run.returncode == 1, run
    assert site.log()[0] == "Papers of 2026-07-14: 1 new, 0 changed"
    assert (site.clone / "site/2026/07/14/index.html").exists()


def test_a_broken_day_file_is_named_and_the_other_days_are_published(stored_site: Site, upstream: Upstream) -> None:
    broken = stored_site.clone / "docs/2026/07/01.json"
    broken.write_text('{"schema": 1,', encoding="utf-8")
    upstream.days[DATE] = [*LISTED, record("2607.00020")]
    run = stored_site.run_nightly(MORNING)
    assert run.returncode == 1, run
    assert "2026/07/01.json" in run.stdout
    assert (stored_site.clone / "site/2026/07/15/index.html").exists()
    assert "1 new" in stored_site.log()[0]


def test_a_wrong_date_ends_the_run_before_any_request_or_commit(site: Site, upstream: Upstream) -> None:
    run = site.run_nightly(EVENING, "--since", "yesterday")
    assert run.returncode == 2, run
    assert not upstream.requests
    assert site.log() == ["The site"]


def test_uncommitted_work_stays_out_of_the_commit(site: Site) -> None:
    (site.clone / "docs/about.md").write_text("# About\n\nHalf a sent\n", encoding="utf-8")
    (site.clone / "docs/draft.md").write_text("# Draft\n", encoding="utf-8")
    site.git("add", "docs/draft.md")
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert site.git("show", "--format=", "--name-only", "main", cwd=site.origin).split() == [
        "build.json",
        DAY,
        "docs/2026/07/related.json",
        "docs/ledger.json",
    ]
    assert site.git("status", "--porcelain").split("\n") == ["M docs/about.md", "A  docs/draft.md"]


def test_commits_have_the_configured_name_or_that_of_the_bot_without_one(stored_site: Site, upstream: Upstream) -> None:
    stored_site.git("config", "user.name", "Op")
    stored_site.git("config", "user.email", "op@example.org")
    upstream.days[DATE] = [*LISTED, record("2607.00020")]
    stored_site.run_nightly(MORNING)
    names = stored_site.git("log", "-2", "--format=%an/%cn", "main", cwd=stored_site.origin)
    assert names.split() == ["Op/Op", "github-actions[bot]/github-actions[bot]"]


def test_the_job_summary_has_the_results_of_the_run(site: Site, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    site.environment["GITHUB_STEP_SUMMARY"] = str(summary)
    site.run_nightly()
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("```\nFetched: 1 stored\narXiv: 2 papers enriched\n```\n\n```\nThe site: ")
    assert text.endswith(f"```\n\nPapers of {DATE}: 2 new, 0 changed\n\n")


def test_text_from_upstream_is_no_command_and_stays_in_its_code_block_in_the_job_summary(
    site: Site, upstream: Upstream, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    site.environment |= {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTIONS": "true"}
    upstream.always(answer(404, {"error": "```\n<img src=x> \r::error::x ##[error]x"}))
    run = site.run_nightly()
    commands = [line for line in re.split("[\r\n]", run.stdout + run.stderr) if line.lstrip().startswith("::")]
    assert [line[:40] for line in commands] == ["::error::No date could be fetched, or an"]
    assert "##[" not in run.stdout + run.stderr
    quoted = summary.read_text(encoding="utf-8").split("```")[1]
    assert "<img src=x>" in quoted


def raise_last_figures(site: Site) -> None:
    """Commit figures of a last site with more dates than there are."""
    (site.clone / "build.json").write_text('{"dates":1000,"bytes":1}\n', encoding="utf-8")
    site.git("add", "build.json")
    site.git("-c", "user.name=Op", "-c", "user.email=op@example.org", "commit", "-qm", "Figures")


@pytest.mark.fault(57)
def test_a_site_with_fewer_dates_is_published_only_with_allow_smaller(stored_site: Site, upstream: Upstream) -> None:
    raise_last_figures(stored_site)
    upstream.days[DATE] = [*LISTED, record("2607.00020")]
    run = stored_site.run_nightly(MORNING)
    assert run.returncode == 2, run
    assert "999 dates fewer than the last one" in run.stdout
    assert "--allow-smaller" in run.stdout
    # The papers are pushed: only the site is not published.
    assert "1 new" in stored_site.log()[0]
    upstream.days[DATE] = [*LISTED, record("2607.00020"), record("2607.00030")]
    run = stored_site.run_nightly(MORNING, "--since", DATE, "--until", DATE, "--allow-smaller")
    assert run.returncode == 0, run
    assert '"dates":1,' in stored_site.git("show", "main:build.json", cwd=stored_site.origin)


def test_figures_allowed_once_are_committed_even_if_nothing_else_changed(stored_site: Site, tmp_path: Path) -> None:
    raise_last_figures(stored_site)
    github = with_gh(stored_site, tmp_path)
    later = "2026-07-15T19:41:00Z"
    assert stored_site.run_nightly(later).returncode == 2
    assert "run this once with --allow-smaller" in github.issues()[0]["body"]
    run = stored_site.run_nightly(later, "--since", DATE, "--until", DATE, "--allow-smaller")
    assert run.returncode == 0, run
    assert "Figures of the site" in stored_site.log()[0]
    assert '"dates":1,' in stored_site.git("show", "main:build.json", cwd=stored_site.origin)
    assert stored_site.run_nightly(later).returncode == 0


def with_gh(site: Site, tmp_path: Path) -> GitHub:
    """Put a stand-in for gh on PATH, with a token."""
    github = GitHub(tmp_path / "github")
    site.environment |= {"PATH": f"{github.program.parent}:{site.environment['PATH']}", "GH_TOKEN": "not-a-token"}
    return github


def test_failing_runs_open_one_issue_and_the_next_successful_run_closes_it(site: Site, tmp_path: Path) -> None:
    github = with_gh(site, tmp_path)
    assert site.run_nightly(EVENING, "--since", "yesterday").returncode == 2
    assert github.calls() == ["api graphql", "issue create"]
    assert site.run_nightly(EVENING, "--since", "yesterday").returncode == 2
    assert github.calls() == ["api graphql", "issue comment"]
    assert site.run_nightly().returncode == 0
    assert github.calls() == ["api graphql", "issue close"]
    assert site.run_nightly(MORNING).returncode == 0
    assert github.calls() == ["api graphql"]


def test_an_issue_of_somebody_else_with_the_same_title_is_not_touched(site: Site, tmp_path: Path) -> None:
    github = with_gh(site, tmp_path)
    github.open_issue("stranger", TITLE, f"Mine. {MARK}")
    before = github.issues()
    assert site.run_nightly(EVENING, "--since", "yesterday").returncode == 2
    assert site.run_nightly().returncode == 0
    assert github.issues()[:1] == before
    assert not github.issues()[1]["open"]


def test_a_source_without_any_answer_opens_the_issue_too(stored_site: Site, tmp_path: Path) -> None:
    github = with_gh(stored_site, tmp_path)
    endpoint = stored_site.environment["HF_ENDPOINT"]
    stored_site.environment["HF_ENDPOINT"] = NOWHERE
    assert stored_site.run_nightly(MORNING).returncode == 1
    assert github.calls() == ["api graphql", "issue create"]
    stored_site.environment["HF_ENDPOINT"] = endpoint
    assert stored_site.run_nightly(MORNING).returncode == 0
    assert github.calls() == ["api graphql", "issue close"]


def test_an_unexpected_end_exits_2_and_opens_the_issue(site: Site, tmp_path: Path) -> None:
    github = with_gh(site, tmp_path)
    hook = site.clone / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    run = site.run_nightly(MORNING)
    assert run.returncode == 2
    assert "ended unexpectedly" in run.stdout
    assert github.calls() == ["api graphql", "issue create"]


def test_a_failing_gh_changes_no_exit_code(site: Site, tmp_path: Path) -> None:
    with_gh(site, tmp_path).break_down()
    assert site.run_nightly(EVENING, "--since", "yesterday").returncode == 2
    assert site.run_nightly().returncode == 0


@pytest.mark.parametrize("name", [".cache/daily-papers/rendered/2026.sqlite", ".cache/other"])
def test_tracked_caches_end_the_run_before_any_request_or_commit(site: Site, upstream: Upstream, name: str) -> None:
    site.push_from_elsewhere("docs/news.md", "# News\n")
    (site.clone / name).parent.mkdir(parents=True, exist_ok=True)
    (site.clone / name).write_text("compiled", "utf-8")
    site.git("add", "--force", name)
    site.git("-c", "user.name=Op", "-c", "user.email=op@example.org", "commit", "-qm", "Caches")
    run = site.run_nightly()
    assert run.returncode == 2, run
    assert [line for line in run.stdout.splitlines() if line] == [
        "Git tracks files below .cache, the folder of caches, which this run would use and change. "
        "Remove them from git and commit that: git rm -r --cached .cache"
    ]
    assert not upstream.requests
    assert site.log() == ["Elsewhere", "The site"]
    site.git("rm", "-rq", "--cached", ".cache")
    site.git("-c", "user.name=Op", "-c", "user.email=op@example.org", "commit", "-qm", "No caches")
    assert site.run_nightly().returncode == 0


def test_the_webhook_gets_one_message_about_a_day_after_its_list_has_closed(
    site: Site, upstream: Upstream, tmp_path: Path
) -> None:
    with Webhook() as webhook:
        site.environment["DAILY_PAPERS_WEBHOOK"] = f"{webhook.url}/services/a-secret"
        site.environment["GIT_COMMITTER_DATE"] = EVENING
        run = site.run_nightly(EVENING)
        assert run.returncode == 0, run
        assert not webhook.messages
        upstream.days[DATE] = [record("2607.00001", votes=9), record("2607.00010", votes=2)]
        site.environment["GIT_COMMITTER_DATE"] = MORNING
        run = site.run_nightly(MORNING)
        assert run.returncode == 0, run
        assert len(webhook.messages) == 1
        text = json.loads(webhook.messages[0])["text"]
        assert "2026-07-15>* · 2 papers\n• ▲ 9 Paper 2607.00001" in text
        upstream.days[DATE] = [record("2607.00001", votes=12), record("2607.00010", votes=2)]
        again = site.run_nightly("2026-07-16T17:41:00Z")
        assert len(webhook.messages) == 1
        assert "a-secret" not in run.stdout + run.stderr + again.stdout + again.stderr


def test_a_branch_without_an_upstream_ends_the_run_before_any_request(site: Site, upstream: Upstream) -> None:
    site.git("checkout", "--quiet", "--no-track", "-b", "trial")
    run = site.run_nightly()
    assert run.returncode == 2
    assert "git push --set-upstream origin trial" in run.stdout
    assert not upstream.requests


@pytest.fixture
def model(site: Site) -> Iterator[ChatModel]:
    """A model that the options of the clone name, at the endpoint in its environment."""
    options = site.clone / "mkdocs.yml"
    text = options.read_text("utf-8").replace("  - daily-papers\n", "  - daily-papers: {summaries: {model: a-model}}\n")
    options.write_text(text, "utf-8")
    with ChatModel() as server:
        site.environment["OPENAI_BASE_URL"] = server.url
        yield server


def test_a_run_summarizes_new_papers_and_commits_the_usage(site: Site, model: ChatModel) -> None:
    run = site.run_nightly()
    assert run.returncode == 0, run
    assert len(model.calls) == 2
    assert '"by": "a-model"' in site.git("show", f"main:{DAY}", cwd=site.origin)
    assert '"calls":2' in site.git("show", "main:docs/usage.json", cwd=site.origin)
    assert "a-model" in (site.clone / "site/2026/07/15/index.html").read_text(encoding="utf-8")
    assert not (site.clone / "site/usage.json").exists()


def test_a_run_without_its_summaries_is_published(site: Site, model: ChatModel) -> None:
    model.always(error(401, "no such key"))
    run = site.run_nightly()
    assert run.returncode == 1, run
    assert "Not every summary could be written" in run.stdout
    assert 'HTTP 401: "no such key"' in run.stdout
    assert site.log()[0] == f"Papers of {DATE}: 2 new, 0 changed"
    assert (site.clone / "site/2026/07/15/index.html").exists()
