"""MkDocs' log of a build: messages of the plugin, of other plugins and of MkDocs are disarmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sites import build, make_site

HOOK = """
import logging

LOGGERS = ("mkdocs.plugins.daily_papers", "mkdocs.plugins.another", "daily_papers")


def on_pre_build(config):
    for name in LOGGERS:
        logging.getLogger(name).warning("of %s\\n::error::%s ##[error]", name, "owned")
"""


@pytest.mark.parametrize("command", ["mkdocs", "properdocs"])
def test_no_line_of_it_is_a_command_of_a_runner(tmp_path: Path, command: str) -> None:
    site = make_site(tmp_path, hooks=["hook.py"])
    (site / "hook.py").write_text(HOOK, "utf-8")
    # ProperDocs replaces modules of MkDocs, so it needs a new process: the variable is read when Python starts.
    done = build(site, command=command, environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "##[" not in done.stderr
    assert not [line for line in done.stderr.splitlines() if line.lstrip().startswith("::")]
    assert done.stderr.count("\n: :error::owned ## [error]") == 3
