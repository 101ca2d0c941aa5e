"""A preview or a build that a signal ends, at any moment: it leaves no folder, no process and no traceback."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.factories import make_paper, store_day
from tests.processes import LIMIT_S
from tests.sites import make_site

MARCH = dt.date(2024, 3, 4)
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

HOOK = """
import os, time
from pathlib import Path


def wait(moment):
    if os.environ["MOMENT"] == moment:
        Path(os.environ["REACHED"]).touch()
        time.sleep(600)


wait("load")


def on_startup(command, dirty):
    wait("startup")


def on_config(config):
    wait("config")


def on_files(files, config):
    os.environ["BUILDS"] += "x"
    wait("files")
    if os.environ["BUILDS"] == "xx":
        wait("rebuilding")


def on_page_context(context, page, config, nav):
    wait("page")


def on_post_build(config):
    wait("end of the build")


def on_serve(server, config, builder):
    wait("before it serves")
"""
MOMENTS = ["load", "startup", "config", "files", "page", "end of the build"]
PREVIEW_MOMENTS = [*MOMENTS, "before it serves", "serving", "indexing", "rebuilding"]
BUILD_MOMENTS = ["config", "files", "page", "end of the build", "indexing"]
SLOW_PAGEFIND = "#!/bin/sh\ntouch {reached}\nexec sleep 600\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = make_site(tmp_path / "site", {"fetch": "never", "search": True}, hooks=["hook.py"])
    (site / "hook.py").write_text(HOOK, "utf-8")
    (site / "docs/about.md").write_text("# About\n", "utf-8")
    store_day(site / "docs", MARCH, make_paper(title="Kittens"))
    return site


@contextmanager
def running(site: Path, moment: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run MkDocs until it has reached `moment`, in a session of its own, with temporary files in `temporary`."""
    reached, temporary = site.parent / "reached", site.parent / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "MOMENT": moment, "BUILDS": "", "REACHED": str(reached), "TMPDIR": str(temporary)}
    if moment == "indexing":
        program = site.parent / "bin/pagefind"
        program.parent.mkdir()
        program.write_text(SLOW_PAGEFIND.format(reached=reached), "utf-8")
        program.chmod(0o755)
        module = site.parent / "modules/pagefind_bin_extended.py"
        module.parent.mkdir()
        module.write_text(f"def get_executable():\n    return {str(program)!r}\n", "utf-8")
        environment["PYTHONPATH"] = str(module.parent)
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=site,
        env=environment | {"NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        if moment in ("serving", "rebuilding"):
            assert process.stdout
            assert any("Serving on" in line for line in process.stdout)
            wait_until(lambda: is_listening(arguments[-1]), process)
        if moment == "rebuilding":
            (site / "docs/about.md").write_text("# About\n\nEdited\n", "utf-8")
        if moment != "serving":
            wait_until(reached.exists, process)
        yield process
    finally:
        for pid in session_of(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, f"the moment did not come within {LIMIT_S} s"
        time.sleep(0.02)


def is_listening(address: str) -> bool:
    """Return True if a page at `address` is answered."""
    with suppress(OSError), urllib.request.urlopen(f"http://{address}/archive/", timeout=LIMIT_S) as answer:
        return bool(answer.read())
    return False


def session_of(leader: int) -> list[int]:
    """Return the processes of a session, other than those that have ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def assert_nothing_left(site: Path, process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal as a terminal or a supervisor does, and check what is left after the end; return the output."""
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    output, _ = process.communicate(timeout=LIMIT_S)
    assert "Traceback" not in output, output
    assert session_of(process.pid) == []
    assert [*(site.parent / "temporary").iterdir()] == []
    assert [*site.glob(".cache/**/.part-*")] == []
    return output


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("moment", PREVIEW_MOMENTS)
def test_a_preview(site: Path, moment: str, number: signal.Signals) -> None:
    with running(site, moment, "serve", "-a", f"127.0.0.1:{free_port()}") as process:
        assert_nothing_left(site, process, number)
        assert process.returncode == {signal.SIGINT: int(moment not in SERVED)}.get(number, 128 + number)


SERVED = ("serving", "indexing", "rebuilding")
"""Moments at which MkDocs takes Ctrl-C as the regular end of a preview."""


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("moment", ["page", "indexing"])
def test_a_preview_without_live_reload(site: Path, moment: str, number: signal.Signals) -> None:
    with running(site, moment, "serve", "--no-livereload", "-a", f"127.0.0.1:{free_port()}") as process:
        assert_nothing_left(site, process, number)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("moment", BUILD_MOMENTS)
def test_a_build(site: Path, moment: str, number: signal.Signals) -> None:
    (site / ".cache").rename(site / "old-cache")
    (site / ".cache").write_text("no folder: the caches are temporary")
    with running(site, moment, "build") as process:
        assert_nothing_left(site, process, number)
        assert process.returncode == {signal.SIGINT: 1}.get(number, 128 + number)


def test_further_signals_do_not_interrupt_the_clean_up(site: Path) -> None:
    with running(site, "page", "serve", "-a", f"127.0.0.1:{free_port()}") as process:
        for number in SIGNALS:
            process.send_signal(number)
        assert_nothing_left(site, process, signal.SIGINT)


def test_a_signal_that_is_ignored_stays_ignored(site: Path) -> None:
    """`nohup mkdocs serve` goes on when the terminal is closed."""
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    code += "from daily_papers.mkdocs_plugin.interrupts import end_cleanly; end_cleanly()\n"
    code += "assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN\n"
    code += "assert callable(signal.getsignal(signal.SIGTERM))\n"
    subprocess.run([sys.executable, "-c", code], check=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("arguments", [[], ["--no-livereload"], ["--clean"]])
def test_a_port_in_use_is_one_line_before_anything_is_built(site: Path, arguments: list[str]) -> None:
    temporary = site.parent / "temporary"
    temporary.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "serve", "-a", address, *arguments],
            cwd=site,
            env={**os.environ, "MOMENT": "", "BUILDS": "", "TMPDIR": str(temporary), "NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout.strip() == (
        f"The preview cannot listen on {address} (Address already in use): end the program that uses it, or name "
        "another address: mkdocs serve -a 127.0.0.1:8001"
    )
    assert "Traceback" not in done.stderr
    assert not [*temporary.iterdir()]
