"""Issue on GitHub about failing nightly runs: `python -m daily_papers.cli.failure_issue open TEXT`, or `close TEXT`.

`open` opens the issue with TEXT, or adds TEXT as a comment if it is open; `close` comments and closes it. The issue is
recognized by its author, who must be the user of the token, and by a hidden mark in its body. Issues of other people
are never changed, whatever their title. Runs gh, GitHub's command line. Exits 0, or 1 if gh fails.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from daily_papers.cli.safe_output import run_program

TITLE = "The nightly run fails"
MARK = "<!-- mkdocs-daily-papers: nightly run -->"
PAGES = 20
"""Maximum number of requests for open issues, newest first, 100 each."""
TIMEOUT_S = 60.0
_QUERY = """
query($owner: String!, $name: String!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    issues(first: 100, after: $after, states: OPEN, orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes { number body author { __typename login } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
_BOT = "[bot]"
"""Ends the login of a viewer that is an app. As an author it has the same login without this, and the type Bot."""


def find_issue() -> str | None:
    """Return the number of the open issue. Raises OSError, subprocess.SubprocessError and ValueError."""
    return next((str(issue["number"]) for issue, viewer in _open_issues() if _is_ours(issue, viewer)), None)


def _is_ours(issue: dict[str, Any], viewer: str) -> bool:
    author = issue["author"] or {}  # of a deleted account
    is_author = author.get("login") == viewer.removesuffix(_BOT)
    is_bot = author.get("__typename") == "Bot"
    return is_author and is_bot == viewer.endswith(_BOT) and MARK in issue["body"]


def _open_issues() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the open issues of the repository, newest first, each with the login of the token's user."""
    after: list[str] = []
    for _ in range(PAGES):
        repository = ("-F", "owner={owner}", "-F", "name={repo}")  # gh puts in those of the folder's remote
        data = json.loads(_run_gh("api", "graphql", "-f", f"query={_QUERY}", *repository, *after))["data"]
        issues = data["repository"]["issues"]
        for issue in issues["nodes"]:
            yield issue, data["viewer"]["login"]
        if not issues["pageInfo"]["hasNextPage"]:
            return
        after = ["-f", f"after={issues['pageInfo']['endCursor']}"]


def _run_gh(*arguments: str) -> str:
    return subprocess.run(
        ["gh", *arguments], check=True, stdout=subprocess.PIPE, encoding="utf-8", timeout=TIMEOUT_S
    ).stdout


def main(arguments: Sequence[str]) -> int:
    action, text = arguments
    try:
        number = find_issue()
        if action == "open" and number:
            _run_gh("issue", "comment", number, "--body", text)
        elif action == "open":
            _run_gh("issue", "create", "--title", TITLE, "--body", f"{text}\n\n{MARK}")
        elif number:
            _run_gh("issue", "close", number, "--comment", text)
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError) as e:
        print(f"The issue about failing runs could not be updated: {type(e).__name__}; gh printed the reason above")
        return 1
    return 0


if __name__ == "__main__":
    run_program(main)
