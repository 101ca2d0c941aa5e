"""`daily-papers new`: a repository that fetches, builds, passes its doctor, and goes through a night as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from daily_papers.archive.topics import PACKAGED_TOPICS
from daily_papers.cli.new_repository import make_repository
from daily_papers.errors import SettingError
from tests.upstream import Upstream, record

ROOT = Path(__file__).parents[2]
DATE = "2026-07-15"


def run(folder: Path, *command: str, endpoint: str = "http://127.0.0.1:9") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_MKDOCS_2_WARNING": "1",
        "HF_ENDPOINT": endpoint,
        "DAILY_PAPERS_NOW": f"{DATE}T17:41:00Z",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def test_a_new_repository_fetches_builds_and_passes_its_doctor_and_a_night(tmp_path: Path, upstream: Upstream) -> None:
    upstream.list_papers(DATE, record("2607.00001", votes=7))
    assert run(tmp_path, "daily-papers", "new", "an archive").returncode == 0
    home = tmp_path / "an archive"
    doctor = run(home, "daily-papers", "doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "there is no remote yet" in doctor.stdout
    assert run(home, "daily-papers", "fetch", "--since", DATE, endpoint=upstream.url).returncode == 0
    built = run(home, "mkdocs", "build", "--strict")
    assert built.returncode == 0, built.stderr
    assert "2607.00001" in (home / "site/2026/07/15/index.html").read_text("utf-8")
    assert (home / "site/about/index.html").exists()
    assert run(home, "daily-papers", "check").returncode == 0
    origin = tmp_path / "origin.git"
    git = ("git", "-c", "user.name=Op", "-c", "user.email=op@example.org")
    for command in (
        ("git", "init", "--quiet", "--bare", "-b", "main", str(origin)),
        ("git", "add", "--all"),
        (*git, "commit", "--quiet", "-m", "The site"),
        ("git", "remote", "add", "origin", str(origin)),
        ("git", "push", "--quiet", "-u", "origin", "main"),
    ):
        assert run(home, *command).returncode == 0, command
    upstream.list_papers(DATE, record("2607.00001", votes=9), record("2607.00002"))
    night = run(home, "scripts/nightly", "--since", DATE, endpoint=upstream.url)
    assert night.returncode == 0, night
    subjects = run(origin, "git", "log", "--format=%s", "main").stdout.splitlines()
    assert subjects == [f"Papers of {DATE}: 1 new, 1 changed", "The site"]
    assert run(home, "daily-papers", "doctor").returncode == 0


def test_a_folder_that_has_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    done = run(tmp_path, "daily-papers", "new", ".")
    assert done.returncode == 2
    assert "is not an empty folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    with pytest.raises(SettingError, match="not an empty folder"):
        make_repository(tmp_path / "precious")


def test_a_folder_inside_another_repository_gets_none_of_its_own(tmp_path: Path) -> None:
    run(tmp_path, "git", "init", "--quiet")
    make_repository(tmp_path / "inside/deep")
    assert not (tmp_path / "inside/deep/.git").exists()
    assert (tmp_path / "inside/deep/.gitignore").exists()


def test_a_new_repository_begins_with_the_packaged_topics_and_names_every_file_it_made(tmp_path: Path) -> None:
    files = make_repository(tmp_path / "new")
    assert (tmp_path / "new/docs/topics.yml").read_bytes() == PACKAGED_TOPICS.read_bytes()
    assert {path for path in files if not (tmp_path / "new" / path).is_file()} == set()
    assert Path("docs/topics.yml") in files


def test_the_starters_workflow_is_ours_but_for_how_it_installs_and_has_no_holes(tmp_path: Path) -> None:
    ours = (ROOT / ".github/workflows/nightly.yml").read_text("utf-8")
    make_repository(tmp_path / "new")
    theirs = tmp_path / "new/.github/workflows/nightly.yml"
    assert theirs.read_text("utf-8") == ours.replace("run: scripts/install", "run: pip install -r requirements.txt")
    assert run(tmp_path, "zizmor", "--offline", "--quiet", str(theirs.parent)).returncode == 0
    assert yaml.safe_load(theirs.read_text("utf-8"))
