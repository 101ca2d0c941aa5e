"""Fixtures of every test: no settings, proxies or tokens of this machine, and no connection to another one."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator

import pytest
import stamina
from hypothesis import settings

from tests.faults import FAULTS
from tests.network_guard import guard
from tests.session import begin_session, session_folder
from tests.upstream import Upstream

# The time that an example takes depends on the machine more than on the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_SETTINGS = ("HF_", "HUGGING", "OPENAI_", "DAILY_PAPERS_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail a test that tried to reach another machine, itself or by a process that it started."""
    yield
    if refusals := guard.take_refusals():
        pytest.fail(f"a test may reach only this machine:\n{refusals}", pytrace=False)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_SETTINGS) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    """Return a scriptable Hugging Face on loopback, and set the address of the arXiv that it serves as well."""
    with Upstream() as up:
        monkeypatch.setenv("DAILY_PAPERS_ARXIV_ENDPOINT", up.url)
        yield up


@pytest.fixture
def no_backoff() -> Iterator[None]:
    """Retry at once; the number of retries stays that of the policy."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


def pytest_configure(config: pytest.Config) -> None:
    begin_session(config)
    os.environ[guard.LOG_VARIABLE] = str(session_folder() / f"refused-{os.getpid()}.txt")
    guard.install()
    guard.guard_children()
    config.addinivalue_line("markers", "fault(number, ...): provokes these faults of tests/faults.py")
    config.addinivalue_line("markers", "starts_first: takes so long that the others would wait for it at the end")


_outcomes: dict[int, set[str]] = defaultdict(set)
"""The outcomes of the tests of each fault, by its number."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start long tests first, and add the faults of a test to its reports.

    A report is needed because the test may run in another process than the summary.
    """
    items.sort(key=lambda item: item.get_closest_marker("starts_first") is None)
    for item in items:
        item.user_properties += [("fault", number) for mark in item.iter_markers("fault") for number in mark.args]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        for name, number in report.user_properties:
            if name == "fault":
                _outcomes[int(str(number))].add(report.outcome)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _outcomes:
        with_outcome = sum(1 for outcomes in _outcomes.values() if outcomes == {"passed"})
        terminalreporter.write_line(f"faults: {with_outcome} of {len(FAULTS)} ended as stated")
