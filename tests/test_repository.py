"""What the files around the package promise each other: versions, pinned requirements, pinned actions, the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from daily_papers import __version__

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PROGRAMS = [path for path in sorted((ROOT / "scripts").iterdir()) if not path.suffix] + [ROOT / ".ci/run"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Return package -> versions that a requirements file pins; a package may have one a Python version, joined."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([a-z0-9-]+)==(\S+)", read(name), re.MULTILINE):
        found.setdefault(package, []).append(version)
    return {package: " ".join(versions) for package, versions in found.items()}


def asked_for(*groups: str) -> Iterator[Requirement]:
    """Yield what pyproject.toml asks for at runtime, with the theme, and in these dependency groups."""
    project = tomllib.loads(read("pyproject.toml"))
    texts = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["material"]]
    for group in groups:
        texts += [text for text in project["dependency-groups"][group] if isinstance(text, str)]
    yield from map(Requirement, texts)


def test_the_changelog_begins_with_the_version_of_the_package_and_when_that_was_released() -> None:
    newest = re.search(r"^## \[(.+?)\] - (Unreleased|\d{4}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def test_what_may_publish_runs_nothing_else_and_only_tags_set_it_off() -> None:
    release = yaml.load(read(".github/workflows/release.yml"), Loader=yaml.BaseLoader)  # texts only
    assert release["on"] == {"push": {"tags": ["v*"]}}
    assert release["permissions"] == {}
    build, publish = release["jobs"]["build"], release["jobs"]["publish"]
    assert build["permissions"] == {"contents": "read"}
    assert "scripts/release" in [(step.get("run") or "").partition(" ")[0] for step in build["steps"]]
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert publish["permissions"] == {"id-token": "write"}
    actions = ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == actions


def test_the_least_versions_are_those_of_pyproject_and_the_newest_are_free() -> None:
    def chosen(which: str) -> list[Requirement]:
        command = [sys.executable, str(ROOT / "scripts/versions.py"), which]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return list(map(Requirement, done.stdout.splitlines()))

    asked = {requirement.name: requirement for requirement in asked_for("build", "dev")}
    least = {requirement.name: str(requirement.specifier) for requirement in chosen("lowest")}
    assert asked.keys() <= least.keys() == {requirement.name for requirement in chosen("newest")}
    for name, requirement in asked.items():
        assert requirement in chosen("newest")
        assert requirement.specifier.contains(least[name].removeprefix("=="))
    assert least["mkdocs"] == "==1.6.1"
    assert least["pytest"] == f"=={pins('requirements-dev.txt')['pytest']}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_place_to_load_from(name: str) -> None:
    text = read(name)
    assert "://" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", block), block[:80]


def test_both_requirements_files_pin_the_same_versions() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.txt", ["build"]), ("requirements-dev.txt", ["build", "dev"])]
)
def test_requirements_hold_all_that_pyproject_asks_for(name: str, groups: list[str]) -> None:
    pinned = pins(name)
    for requirement in asked_for(*groups):
        for version in pinned[canonicalize_name(requirement.name)].split():
            assert requirement.specifier.contains(version), f"{requirement}, pinned at {version}: refresh {name}"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash_with_the_version_beside_it(workflow: Path) -> None:
    uses = re.findall(r"uses: *(.+)", workflow.read_text(encoding="utf-8"))
    assert uses
    for action in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_each_script_can_be_run_and_begins_by_saying_what_it_does(program: Path) -> None:
    assert os.access(program, os.X_OK)
    shebang, comment = program.read_text(encoding="utf-8").splitlines()[:2]
    assert shebang == "#!/usr/bin/env bash"
    assert comment.startswith("# ")


def test_the_readme_has_the_two_commands_a_newcomer_needs() -> None:
    for command in ("scripts/serve", "scripts/test"):
        assert re.search(rf"^{command}\b", read("README.md"), re.MULTILINE)


BELOW_THE_LINE = {"plugin.py", "cli.py", "config.py", "frames.py", "header.py", "host.py", "preview.py", "announce.py"}
PACKAGE = ROOT / "plugins/daily_papers"
ABOVE_THE_LINE = [
    path
    for folder in ("", "sources/", "summaries/", "exports/")
    for path in PACKAGE.glob(f"{folder}*.py")
    if path.name not in BELOW_THE_LINE
]


@pytest.mark.parametrize("module", ABOVE_THE_LINE, ids=lambda path: path.name)
def test_nothing_above_the_line_knows_mkdocs_click_or_pages(module: Path) -> None:
    imported = re.findall(r"^\s*(?:from|import) ([\w.]+)", module.read_text("utf-8"), re.MULTILINE)
    below = (
        "mkdocs",
        "click",
        "jinja2",
        "markupsafe",
        "rich",
        "daily_papers.pages",
        "daily_papers.mkdocs_plugin.plugin",
    )
    assert not [name for name in imported if name.startswith(below)]
