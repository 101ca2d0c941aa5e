"""The scripts on machines that lack something, and on a second run, which repeats no work.

python3, pip and the tools are stand-ins: small programs that log their calls.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.processes import run_process

ROOT = Path(__file__).parents[1]


@dataclass
class Machine:
    """A copy of the repository's scripts, and a folder of programs that come first on PATH."""

    home: Path
    repository: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script from a folder outside the repository."""
        return run_process(
            [self.repository / "scripts" / script, *arguments],
            env={
                "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
                "LOG": str(self.home / "log"),
                **self.environment,
            },
            cwd=self.home,
        )

    def program(self, name: str, body: str, folder: str = "bin") -> None:
        """Put a program of that name, with the shell code `body`, on PATH or into `folder`."""
        path = self.home / folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def calls(self) -> list[str]:
        """Return the calls that the stand-ins logged since the last time."""
        log = self.home / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


def python_that(change: str) -> str:
    """Return the body of a python3 that runs `change`, a line of Python, before its `-c` code."""
    return f'exec {shlex.quote(sys.executable)} -c "{change}; exec(sys.argv[1])" "$2"'


# Creates environments whose python logs its calls. pip fails while the file `no-network` is in the repository.
PYTHON = f"""
if [ "$1" = -c ]; then exec {shlex.quote(sys.executable)} "$@"; fi
printf '%s\\n' "$*" >>"$LOG"
if [ "$2" = venv ]; then rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; exit; fi
test ! -e no-network
"""
CREATE = "-m venv --clear .venv"
PIP = "-m pip --disable-pip-version-check --quiet install"
PACKAGE = f"{PIP} --no-deps --no-build-isolation --editable ."


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path, tmp_path / "a clone")
    shutil.copytree(ROOT / "scripts", machine.repository / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, machine.repository)
    machine.program("python3", PYTHON)
    return machine


def test_a_python_that_is_too_old_is_named_with_the_required_version(machine: Machine) -> None:
    machine.program("python3", python_that("import sys; sys.version_info = (3, 9, 2, 'final', 0)"))
    done = machine.run("serve")
    assert done.returncode == 2
    assert done.stderr == (
        "scripts/install: python3 is Python 3.9; 3.11 or newer is needed, first on PATH under the name python3\n"
    )


def test_a_python_without_venv_names_the_debian_package(machine: Machine) -> None:
    machine.program("python3", python_that("import sys; sys.modules['ensurepip'] = None"))
    done = machine.run("serve")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert done.returncode == 2
    assert f"apt install python3-venv (or python{version}-venv)" in done.stderr
    assert not (machine.repository / ".venv").exists()


def test_a_missing_python_is_reported(machine: Machine) -> None:
    for name in ("bash", "dirname", "cat", "cksum"):
        (machine.home / "few").mkdir(exist_ok=True)
        (machine.home / "few" / name).symlink_to(shutil.which(name) or "")
    machine.environment["PATH"] = str(machine.home / "few")
    done = machine.run("install")
    assert done.returncode == 2
    assert done.stderr.startswith("scripts/install: python3 was not found; Python 3.11 or newer is needed")


def test_the_first_run_installs_and_the_second_is_silent(machine: Machine) -> None:
    assert machine.run("install").returncode == 0
    assert machine.calls() == [CREATE, f"{PIP} --require-hashes -r requirements.txt", PACKAGE]
    again = machine.run("install")
    assert (again.returncode, again.stdout, again.stderr, machine.calls()) == (0, "", "", [])


def test_requirements_of_the_tests_are_added_once_and_suffice_for_the_site_too(machine: Machine) -> None:
    machine.run("install")
    machine.calls()
    machine.run("install", "--dev")
    assert machine.calls() == [f"{PIP} --require-hashes -r requirements-dev.txt", PACKAGE]
    machine.run("install")
    machine.run("install", "--dev")
    assert machine.calls() == []


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_requirements_are_installed_again(machine: Machine, name: str) -> None:
    machine.run("install")
    machine.calls()
    with (machine.repository / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    machine.run("install")
    assert machine.calls() == [f"{PIP} --require-hashes -r requirements.txt", PACKAGE]


def test_an_incomplete_environment_is_created_again(machine: Machine) -> None:
    (machine.repository / "no-network").touch()
    broken = machine.run("install")
    assert broken.returncode == 2
    assert "pip could not install requirements.txt" in broken.stderr
    machine.calls()
    (machine.repository / "no-network").unlink()
    assert machine.run("install").returncode == 0
    assert machine.calls()[0] == CREATE


def test_a_moved_repository_gets_a_new_environment(machine: Machine) -> None:
    machine.run("install")
    machine.calls()
    machine.repository = machine.repository.rename(machine.home / "moved")
    machine.run("install")
    assert machine.calls()[0] == CREATE


@pytest.mark.parametrize(("script", "command"), [("serve", "serve"), ("build", "build")])
def test_arguments_reach_mkdocs_from_any_folder(machine: Machine, script: str, command: str) -> None:
    machine.program("python", "", folder="own/bin")
    machine.program("mkdocs", 'printf "%s|" "$PWD" "$NO_MKDOCS_2_WARNING" "$@"', folder="own/bin")
    machine.environment["DAILY_PAPERS_VENV"] = str(machine.home / "own")
    done = machine.run(script, "-d", "to a folder")
    assert done.stdout == f"{machine.repository}|1|{command}|-d|to a folder|"
    assert machine.calls() == []


def test_a_given_environment_without_python_is_an_error(machine: Machine) -> None:
    machine.environment["DAILY_PAPERS_VENV"] = str(machine.home / "nowhere")
    done = machine.run("build")
    assert done.returncode == 2
    assert done.stderr.startswith(f"scripts/install: DAILY_PAPERS_VENV is {machine.home / 'nowhere'}, ")


CHECKS = ["ruff check .", "ruff format --check .", "mypy", "zizmor --offline --quiet .github"]


@pytest.mark.parametrize(("failing", "ran"), [(None, 6), ("mypy", 3), ("zizmor", 4), ("python", 5), ("pytest", 6)])
def test_the_first_check_that_fails_is_the_last_that_runs(machine: Machine, failing: str | None, ran: int) -> None:
    for name in ("ruff", "mypy", "zizmor", "python", "pytest"):
        body = f'echo "{name}${{1:+ $*}}" >>"$LOG"' + ("; exit 7" if name == failing else "")
        machine.program(name, body, folder="own/bin")
    machine.environment["DAILY_PAPERS_VENV"] = str(machine.home / "own")
    done = machine.run("test", "-k", "day")
    assert done.returncode == (7 if failing else 0)
    pytest_call = f"pytest --numprocesses {2 * (os.cpu_count() or 1)} --dist worksteal -k day"
    assert machine.calls() == [*CHECKS, "python tests/browser/chromium.py", pytest_call][:ran]


@pytest.fixture
def released(machine: Machine) -> Machine:
    """A clone of version 1.2.3 with an environment whose programs log their calls."""
    package = machine.repository / "plugins/daily_papers"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Text."""\n\n__version__ = "1.2.3"\n', "utf-8")
    (machine.repository / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [1.2.3] - 2026-07-13\n\n## [1.2.2] - 2026-07-10\n"
    )
    for name in ("python", "pytest"):
        machine.program(name, f'echo "{name} $*" >>"$LOG"', folder="own/bin")
    machine.environment["DAILY_PAPERS_VENV"] = str(machine.home / "own")
    return machine


@pytest.mark.parametrize("tag", [[], ["v1.2.3"]])
def test_a_release_is_built_from_scratch_and_tested(released: Machine, tag: list[str]) -> None:
    (released.repository / "dist").mkdir()
    (released.repository / "dist/old.whl").touch()
    done = released.run("release", *tag)
    assert (done.returncode, done.stderr) == (0, "")
    assert released.calls() == ["python -m hatchling build -d dist", "pytest tests/test_wheel.py"]
    assert not (released.repository / "dist").exists()


@pytest.mark.parametrize(
    ("tag", "heading", "message"),
    [
        ("v1.2.4", "2026-07-13", "the tag is v1.2.4; expected v1.2.3, the version in plugins/daily_papers/__init__.py"),
        ("1.2.3", "2026-07-13", "the tag is 1.2.3; expected v1.2.3, the version in plugins/daily_papers/__init__.py"),
        (
            "v1.2.3",
            "Unreleased",
            "CHANGELOG.md begins with '## [1.2.3] - Unreleased'; expected '## [1.2.3] - YYYY-MM-DD'",
        ),
    ],
)
def test_a_tag_other_than_the_version_or_a_changelog_without_a_date_is_not_released(
    released: Machine, tag: str, heading: str, message: str
) -> None:
    (released.repository / "CHANGELOG.md").write_text(f"# Changelog\n\n## [1.2.3] - {heading}\n", "utf-8")
    done = released.run("release", tag)
    assert (done.returncode, done.stderr) == (1, f"scripts/release: {message}\n")
    assert released.calls() == []


def test_other_versions_are_installed_in_a_second_environment_and_tested(machine: Machine) -> None:
    done = machine.run("versions", "oldest")
    assert (done.returncode, done.stderr) == (2, "scripts/versions: expected lowest or newest, found oldest\n")
    environment = machine.repository / ".cache/versions/lowest"
    body = 'test "$2" != venv || { mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; }'
    machine.program("python3", f'echo "$*" >>"$LOG"; {body}')
    machine.program("pytest", 'echo "pytest $*" >>"$LOG"')
    machine.program("python", "")
    assert machine.run("versions", "lowest", "-k", "day").returncode == 0
    assert machine.calls() == [
        f"-m venv --clear {environment}",
        "scripts/versions.py lowest",
        f"{PIP} -r {environment}/requirements.txt",
        PACKAGE,
        "tests/browser/chromium.py",
        f"pytest --numprocesses {2 * (os.cpu_count() or 1)} --dist worksteal -k day",
    ]
    assert not (machine.repository / ".venv").exists()
