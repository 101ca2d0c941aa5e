"""Which versions `scripts/versions` installs: requirements for pip come out, one a line, made of pyproject.toml.

`lowest`: of what the package needs, of its extras and of what builds it, the least version that pyproject.toml
allows; what only the tests need is as requirements-dev.txt pins it. `newest`: all as pyproject.toml asks for it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?>=(?P<least>[\w.]+)(,<[\w.]+)?")


def choose(which: str) -> Iterator[str]:
    """Yield the requirements of `which`, `lowest` or `newest`.

    Raises ValueError where pyproject.toml names no least version.
    """
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    asked = [*project["dependencies"], *extras, *groups["build"]]
    tools = [text for text in groups["dev"] if isinstance(text, str)]
    if which == "newest":
        yield from [*asked, *tools]
        return
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements-dev.txt").read_text("utf-8"), re.MULTILINE))
    for text in asked:
        found = _take_apart(text)
        yield f"{found['name']}{found['extras'] or ''}=={found['least']}"
    for text in tools:
        name = _take_apart(text)["name"]
        yield f"{name}=={pinned[name]}"


def _take_apart(text: str) -> re.Match[str]:
    if found := _REQUIREMENT.fullmatch(text):
        return found
    raise ValueError(f"pyproject.toml asks for {text}; expected NAME>=VERSION, or NAME>=VERSION,<VERSION")


if __name__ == "__main__":
    print(*choose(sys.argv[1]), sep="\n")
