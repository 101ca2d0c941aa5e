"""Prints the requirements that `scripts/versions` installs, one per line, from pyproject.toml.

`lowest`: the lowest version that pyproject.toml allows, for the package's dependencies, its extras and its build
requirements. Packages needed only by the tests have the version that requirements-dev.txt pins.
`newest`: all requirements as in pyproject.toml.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?>=(?P<lowest>[\w.]+)(,<[\w.]+)?")


def choose(versions: str) -> Iterator[str]:
    """Yield the requirements for `versions`, which is `lowest` or `newest`.

    Raises ValueError for a requirement in pyproject.toml without a lowest version.
    """
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    required = [*project["dependencies"], *extras, *groups["build"]]
    tools = [text for text in groups["dev"] if isinstance(text, str)]
    if versions == "newest":
        yield from [*required, *tools]
        return
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements-dev.txt").read_text("utf-8"), re.MULTILINE))
    for text in required:
        found = _parse(text)
        yield f"{found['name']}{found['extras'] or ''}=={found['lowest']}"
    for text in tools:
        name = _parse(text)["name"]
        yield f"{name}=={pinned[name]}"


def _parse(text: str) -> re.Match[str]:
    if found := _REQUIREMENT.fullmatch(text):
        return found
    raise ValueError(f"pyproject.toml requires {text}; expected NAME>=VERSION, or NAME>=VERSION,<VERSION")


if __name__ == "__main__":
    print(*choose(sys.argv[1]), sep="\n")
