"""Stand-in for gh, GitHub's command line, with the issues of one repository in a file; `calls` lists its calls."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

BOT = "github-actions[bot]"
PER_PAGE = 100

_PROGRAM = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from tests.gh import main
main({{folder!r}}, sys.argv[1:])
"""


class GitHub:
    """A repository's open and closed issues, and the stand-in at `program`. `viewer` is the user of the token."""

    def __init__(self, folder: Path, viewer: str = BOT) -> None:
        self.program = folder / "bin/gh"
        self.program.parent.mkdir(parents=True)
        self.program.write_text(_PROGRAM.format(folder=str(folder)), "utf-8")
        self.program.chmod(0o755)
        self._state, self._calls = folder / "issues.json", folder / "calls.txt"
        self._write({"viewer": viewer, "issues": []})

    def open_issue(self, author: str, title: str, body: str, *, is_bot: bool = False) -> int:
        """Open an issue as `author`, who is a user or, if `is_bot`, an app; return its number."""
        state = self._read()
        issue = _issue(len(state["issues"]) + 1, author, title, body, is_bot=is_bot)
        self._write({**state, "issues": [*state["issues"], issue]})
        return len(state["issues"]) + 1

    def issues(self) -> list[dict[str, Any]]:
        issues: list[dict[str, Any]] = self._read()["issues"]
        return issues

    def break_down(self) -> None:
        """Let every further call fail."""
        self._state.unlink()

    def calls(self) -> list[str]:
        """Return the calls since the last time, two words each."""
        calls = self._calls.read_text("utf-8").splitlines() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return calls

    def _read(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._state.read_text("utf-8"))
        return state

    def _write(self, state: dict[str, Any]) -> None:
        self._state.write_text(json.dumps(state), "utf-8")


def _issue(number: int, author: str, title: str, body: str, *, is_bot: bool) -> dict[str, Any]:
    typed = {"__typename": "Bot" if is_bot else "User", "login": author}
    return {"number": number, "author": typed, "title": title, "body": body, "open": True, "comments": []}


def main(folder: str, arguments: list[str]) -> None:
    """Answer one call of gh."""
    with Path(folder, "calls.txt").open("a", encoding="utf-8") as log:
        log.write(f"{' '.join(arguments[:2])}\n")
    path = Path(folder, "issues.json")
    state = json.loads(path.read_text("utf-8"))
    issues, options = state["issues"], dict(pairwise(arguments))
    match arguments:
        case ["api", "graphql", *fields]:
            after = [int(field.removeprefix("after=")) for field in fields if field.startswith("after=")]
            print(json.dumps(_answer(state, *after)))
        case ["issue", "create", *_]:
            is_bot = state["viewer"].endswith("[bot]")
            author = state["viewer"].removesuffix("[bot]")
            issues.append(_issue(len(issues) + 1, author, options["--title"], options["--body"], is_bot=is_bot))
        case ["issue", "comment", number, *_]:
            issues[int(number) - 1]["comments"].append(options["--body"])
        case ["issue", "close", number, *_]:
            issues[int(number) - 1]["comments"].append(options["--comment"])
            issues[int(number) - 1]["open"] = False
        case _:
            sys.exit(1)
    path.write_text(json.dumps(state), "utf-8")


def _answer(state: dict[str, Any], after: int = 0) -> dict[str, Any]:
    """Return a page of open issues, in the shape of GitHub's GraphQL interface."""
    found = [issue for issue in reversed(state["issues"]) if issue["open"]]
    nodes = [{key: issue[key] for key in ("number", "body", "author")} for issue in found[after : after + PER_PAGE]]
    page = {"hasNextPage": len(found) > after + PER_PAGE, "endCursor": str(after + PER_PAGE)}
    return {
        "data": {
            "viewer": {"login": state["viewer"]},
            "repository": {"issues": {"nodes": nodes, "pageInfo": page}},
        }
    }
