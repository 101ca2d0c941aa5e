"""Former names that existing sites and workflows use: each of them still works."""

from __future__ import annotations

import datetime as dt
import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from daily_papers import __version__
from daily_papers.archive.day_files import write_day
from daily_papers.cli.main import main
from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin
from tests.factories import make_day, make_paper
from tests.processes import run_process
from tests.sites import make_site
from tests.webhook import Webhook

PROGRAMS = Path(sys.executable).parent

# As in the scripts/nightly of repositories that were created when the script was in the package's root folder.
FORMER_NIGHTLY = (
    "exec bash \"$(python -c 'import daily_papers, pathlib; "
    'print(pathlib.Path(daily_papers.__file__).with_name("nightly.sh"))\')" "$@"'
)


def test_the_program_daily_papers_is_the_command_line() -> None:
    (program,) = entry_points(group="console_scripts", name="daily-papers")
    assert program.value == "daily_papers.cli:main"
    assert program.load() is main
    assert run_process([PROGRAMS / "daily-papers", "--version"]).stdout.endswith(f"{__version__}\n")


def test_the_module_daily_papers_cli_is_the_command_line() -> None:
    done = run_process([sys.executable, "-m", "daily_papers.cli", "--version"])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"{__version__}\n")


def test_the_plugin_s_entry_point_is_the_plugin() -> None:
    (plugin,) = entry_points(group="mkdocs.plugins", name="daily-papers")
    assert plugin.value == "daily_papers.plugin:DailyPapersPlugin"
    assert plugin.load() is DailyPapersPlugin


@pytest.mark.parametrize("module", ["daily_papers.announce", "daily_papers.cli.notify"])
def test_the_module_announce_sends_the_message_about_a_closed_day(tmp_path: Path, module: str) -> None:
    site = make_site(tmp_path, {"path": "papers"})
    day = make_day(dt.date(2026, 7, 15), make_paper(title="One"))
    write_day(site / "docs/papers", day)
    with Webhook() as webhook:
        environment = {
            **os.environ,
            "DAILY_PAPERS_WEBHOOK": f"{webhook.url}/a-secret",
            "DAILY_PAPERS_NOW": "2026-07-16T03:17:00Z",
        }
        done = run_process([sys.executable, "-m", module, "2026-07-15T17:41:00Z"], cwd=site, env=environment)
        assert (done.returncode, done.stdout) == (0, "Sent the message about 2026-07-15 to the webhook.\n"), done
        (message,) = webhook.messages
        assert b"https://papers.example/archive/papers/2026/07/15/|2026-07-15" in message


@pytest.mark.parametrize("module", ["daily_papers.publishing", "daily_papers.cli.publish_guard"])
def test_the_module_publishing_measures_a_site_and_refuses_a_smaller_one(tmp_path: Path, module: str) -> None:
    page = tmp_path / "site/2026/07/15/index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    command = [sys.executable, "-m", module, "site", "build.json"]
    assert run_process(command, cwd=tmp_path).returncode == 0
    assert (tmp_path / "build.json").read_text("utf-8") == '{"dates":1,"bytes":0}\n'
    page.unlink()
    assert run_process(command, cwd=tmp_path).returncode == 2
    assert run_process([*command, "--allow-smaller"], cwd=tmp_path).returncode == 0


def test_the_script_nightly_sh_in_the_package_is_the_nightly_run(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    assert run_process(["git", "init", "--quiet", "-b", "main"], cwd=tmp_path, env=environment).returncode == 0
    done = run_process(["bash", "-c", FORMER_NIGHTLY], cwd=tmp_path, env=environment)
    assert done.returncode == 2
    assert done.stdout.startswith("The branch main has no upstream to push to"), done
