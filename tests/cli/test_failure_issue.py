"""The issue about failing runs is recognized by author and mark; issues of other people are never changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from daily_papers.cli.failure_issue import MARK, PAGES, TITLE, main
from tests.gh import BOT, PER_PAGE, GitHub
from tests.processes import run_process


@pytest.fixture(params=[BOT, "operator"])
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> GitHub:
    """A repository whose token belongs to the app of a workflow, or to a user."""
    github = GitHub(tmp_path, viewer=request.param)
    monkeypatch.setenv("PATH", f"{github.program.parent}:{os.environ['PATH']}")
    return github


def test_it_is_opened_commented_and_closed(github: GitHub) -> None:
    assert main(["open", "The first failure"]) == 0
    assert main(["open", "The second failure"]) == 0
    (issue,) = github.issues()
    assert (issue["title"], issue["comments"]) == (TITLE, ["The second failure"])
    assert issue["body"] == f"The first failure\n\n{MARK}"
    assert main(["close", "It works again"]) == 0
    (issue,) = github.issues()
    assert not issue["open"]
    assert main(["close", "It still works"]) == 0
    assert github.issues() == [issue]


@pytest.mark.parametrize(
    ("author", "is_bot", "body"),
    [
        ("stranger", False, "It fails for me, too"),
        ("stranger", False, f"A copy of the mark: {MARK}"),
        ("github-actions", False, MARK),
        ("operator", True, MARK),
        ("dependabot", True, MARK),
    ],
)
def test_an_issue_of_somebody_else_is_neither_commented_nor_closed(
    github: GitHub, author: str, is_bot: bool, body: str
) -> None:
    github.open_issue(author, TITLE, body, is_bot=is_bot)
    before = github.issues()
    assert main(["close", "It works again"]) == 0
    assert github.issues() == before
    assert main(["open", "A failure"]) == 0
    assert main(["open", "Another failure"]) == 0
    assert github.issues()[:1] == before
    assert github.issues()[1]["comments"] == ["Another failure"]


def test_an_issue_of_the_same_author_without_the_mark_is_not_changed(github: GitHub) -> None:
    viewer = "github-actions"
    github.open_issue(viewer, TITLE, "Of another workflow", is_bot=True)
    github.open_issue("operator", TITLE, "A note by hand")
    before = github.issues()
    assert main(["close", "It works again"]) == 0
    assert github.issues() == before


def test_it_is_found_behind_many_issues_of_other_people(github: GitHub) -> None:
    assert main(["open", "The first failure"]) == 0
    for number in range(PER_PAGE + 50):
        github.open_issue("stranger", TITLE, f"Issue {number}")
    assert main(["close", "It works again"]) == 0
    assert [issue["open"] for issue in github.issues()].count(False) == 1
    assert not github.issues()[0]["open"]
    assert len(github.calls()) <= PAGES


def test_a_failing_gh_is_one_line(github: GitHub, tmp_path: Path) -> None:
    github.break_down()
    done = run_process([sys.executable, "-m", "daily_papers.cli.failure_issue", "open", "A failure"])
    assert done.returncode == 1
    assert done.stdout.startswith("The issue about failing runs could not be updated: CalledProcessError")
    assert "plugins/daily_papers" not in done.stderr
