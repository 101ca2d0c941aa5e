"""The files around the package agree: versions, pinned requirements, pinned actions, the README."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from daily_papers import __version__
from tests.processes import run_process

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PROGRAMS = [path for path in sorted((ROOT / "scripts").iterdir()) if not path.suffix] + [ROOT / ".ci/run"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Return the pinned version of each package; of several, one per Python version, joined by spaces."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([a-z0-9-]+)==(\S+)", read(name), re.MULTILINE):
        found.setdefault(package, []).append(version)
    return {package: " ".join(versions) for package, versions in found.items()}


def required(*groups: str) -> Iterator[Requirement]:
    """Yield the requirements in pyproject.toml: at runtime, of the theme, and of these dependency groups."""
    project = tomllib.loads(read("pyproject.toml"))
    texts = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["material"]]
    for group in groups:
        texts += [text for text in project["dependency-groups"][group] if isinstance(text, str)]
    yield from map(Requirement, texts)


def test_the_changelog_begins_with_the_version_of_the_package_and_its_date() -> None:
    newest = re.search(r"^## \[(.+?)\] - (Unreleased|\d{4}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def test_the_job_that_publishes_runs_nothing_else_and_starts_only_from_tags() -> None:
    release = yaml.load(read(".github/workflows/release.yml"), Loader=yaml.BaseLoader)  # reads every value as text
    assert release["on"] == {"push": {"tags": ["v*"]}}
    assert release["permissions"] == {}
    build, publish = release["jobs"]["build"], release["jobs"]["publish"]
    assert build["permissions"] == {"contents": "read"}
    assert "scripts/release" in [(step.get("run") or "").partition(" ")[0] for step in build["steps"]]
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert publish["permissions"] == {"id-token": "write"}
    actions = ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == actions


def test_the_lowest_versions_are_those_of_pyproject_and_the_newest_have_no_limit() -> None:
    def chosen(versions: str) -> list[Requirement]:
        command = [sys.executable, str(ROOT / "scripts/versions.py"), versions]
        done = run_process(command)
        assert done.returncode == 0, done
        return list(map(Requirement, done.stdout.splitlines()))

    requirements = {requirement.name: requirement for requirement in required("build", "dev")}
    lowest = {requirement.name: str(requirement.specifier) for requirement in chosen("lowest")}
    assert requirements.keys() <= lowest.keys() == {requirement.name for requirement in chosen("newest")}
    for name, requirement in requirements.items():
        assert requirement in chosen("newest")
        assert requirement.specifier.contains(lowest[name].removeprefix("=="))
    assert lowest["mkdocs"] == "==1.6.1"
    assert lowest["pytest"] == f"=={pins('requirements-dev.txt')['pytest']}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_with_hashes_and_name_no_address(name: str) -> None:
    text = read(name)
    assert "://" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", block), block[:80]


def test_both_requirements_files_pin_the_same_versions() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.txt", ["build"]), ("requirements-dev.txt", ["build", "dev"])]
)
def test_requirements_contain_every_package_of_pyproject(name: str, groups: list[str]) -> None:
    pinned = pins(name)
    for requirement in required(*groups):
        for version in pinned[canonicalize_name(requirement.name)].split():
            assert requirement.specifier.contains(version), f"{requirement}, pinned at {version}: refresh {name}"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash_and_their_version_is_in_a_comment(workflow: Path) -> None:
    uses = re.findall(r"uses: *(.+)", workflow.read_text(encoding="utf-8"))
    assert uses
    for action in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_each_script_is_executable_and_begins_with_a_description(program: Path) -> None:
    assert os.access(program, os.X_OK)
    shebang, comment = program.read_text(encoding="utf-8").splitlines()[:2]
    assert shebang == "#!/usr/bin/env bash"
    assert comment.startswith("# ")


def test_the_readme_has_the_two_commands_a_newcomer_needs() -> None:
    for command in ("scripts/serve", "scripts/test"):
        assert re.search(rf"^{command}\b", read("README.md"), re.MULTILINE)
