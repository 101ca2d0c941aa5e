"""`daily-papers new`: a repository that fetches, builds, passes its doctor, and completes a nightly run."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from daily_papers.archive.topics import PACKAGED_TOPICS
from daily_papers.cli.new_repository import make_repository
from daily_papers.cli.plugin_pin import installed_pin, read_pin
from daily_papers.errors import SettingError
from tests.command_line import environment, run_command
from tests.processes import run_process
from tests.sites import build
from tests.upstream import Upstream, record

ROOT = Path(__file__).parents[2]
DATE, NOW = "2026-07-15", "2026-07-15T17:41:00Z"


def test_a_new_repository_fetches_builds_and_passes_its_doctor_and_a_nightly_run(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.list_papers(DATE, record("2607.00001", votes=7))
    assert run_command(tmp_path, "new", "an archive").returncode == 0
    home = tmp_path / "an archive"
    doctor = run_command(home, "doctor", now=NOW)
    assert doctor.returncode == 0, doctor.stdout
    assert "the repository has no remote yet" in doctor.stdout
    assert run_command(home, "fetch", "--since", DATE, endpoint=upstream.url, now=NOW).returncode == 0
    built = build(home, "--strict")
    assert built.returncode == 0, built.stderr
    assert "2607.00001" in (home / "site/2026/07/15/index.html").read_text("utf-8")
    assert (home / "site/about/index.html").exists()
    assert run_command(home, "check").returncode == 0
    origin = tmp_path / "origin.git"
    push_to(origin, home, os.environ | programs(tmp_path))
    upstream.list_papers(DATE, record("2607.00001", votes=9), record("2607.00002"))
    night = run_process(
        [home / "scripts/nightly", "--since", DATE], cwd=home, env=environment(upstream.url, NOW) | programs(tmp_path)
    )
    assert night.returncode == 0, night
    assert "Traceback" not in night.stderr
    subjects = run_process(["git", "log", "--format=%s", "main"], cwd=origin).stdout.splitlines()
    assert subjects == [f"Papers of {DATE}: 1 new, 1 changed", "The site"]
    assert run_command(home, "doctor", now=NOW).returncode == 0


def programs(home: Path) -> dict[str, str]:
    """Return the environment in which this environment's programs come first and git and gh have no settings."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GH_TOKEN": "",
        "GITHUB_TOKEN": "",
    }


def push_to(origin: Path, home: Path, env: Mapping[str, str]) -> None:
    """Commit everything in `home`, and push it to `origin`, a new repository."""
    git = ("git", "-c", "user.name=Op", "-c", "user.email=op@example.org")
    for command in (
        ("git", "init", "--quiet", "--bare", "-b", "main", str(origin)),
        ("git", "add", "--all"),
        (*git, "commit", "--quiet", "-m", "The site"),
        ("git", "remote", "add", "origin", str(origin)),
        ("git", "push", "--quiet", "-u", "origin", "main"),
    ):
        done = run_process(command, cwd=home, env=env)
        assert done.returncode == 0, done


def test_a_new_repository_pins_the_plugin_and_the_actions(tmp_path: Path) -> None:
    make_repository(tmp_path)
    assert read_pin(tmp_path / "requirements.txt") == installed_pin()
    workflow = (tmp_path / ".github/workflows/nightly.yml").read_text("utf-8")
    actions = [line.split("uses:")[1].strip() for line in workflow.splitlines() if "uses:" in line]
    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*", action)] == []


def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    done = run_command(tmp_path, "new", ".")
    assert done.returncode == 2
    assert "is not an empty folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    with pytest.raises(SettingError, match="not an empty folder"):
        make_repository(tmp_path / "precious")


def test_a_folder_inside_a_git_repository_gets_no_repository_of_its_own(tmp_path: Path) -> None:
    assert run_process(["git", "init", "--quiet"], cwd=tmp_path).returncode == 0
    make_repository(tmp_path / "inside/deep")
    assert not (tmp_path / "inside/deep/.git").exists()
    assert (tmp_path / "inside/deep/.gitignore").exists()


def test_a_new_repository_has_the_packaged_topics_and_every_file_that_was_named(tmp_path: Path) -> None:
    files = make_repository(tmp_path / "new")
    assert (tmp_path / "new/docs/topics.yml").read_bytes() == PACKAGED_TOPICS.read_bytes()
    assert {path for path in files if not (tmp_path / "new" / path).is_file()} == set()
    assert Path("docs/topics.yml") in files


def test_the_starter_s_workflow_differs_from_this_repository_s_only_in_its_installation_and_passes_zizmor(
    tmp_path: Path,
) -> None:
    workflow = (ROOT / ".github/workflows/nightly.yml").read_text("utf-8")
    make_repository(tmp_path / "new")
    starter = tmp_path / "new/.github/workflows/nightly.yml"
    assert starter.read_text("utf-8") == workflow.replace(
        "run: scripts/install", "run: pip install -r requirements.txt"
    )
    zizmor = Path(sys.executable).with_name("zizmor")
    assert run_process([zizmor, "--offline", "--quiet", starter.parent]).returncode == 0
    assert yaml.safe_load(starter.read_text("utf-8"))
