"""What every test stands on: an environment without proxies, tokens or settings of the machine it runs on."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator

import pytest
import stamina
from hypothesis import settings

from tests.faults import FAULTS
from tests.upstream import Upstream

# How long an example may take says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_OURS = ("HF_", "HUGGING", "OPENAI_", "DAILY_PAPERS_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_OURS) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    """A scriptable Hugging Face on loopback, and arXiv beside it, which the environment names."""
    with Upstream() as up:
        monkeypatch.setenv("DAILY_PAPERS_ARXIV_ENDPOINT", up.url)
        yield up


@pytest.fixture
def no_backoff() -> Iterator[None]:
    """Retries follow at once; how many there are stays the policy's own number."""
    stamina.set_testing(True, attempts=100, cap=True)
    yield
    stamina.set_testing(False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number, ...): provokes these faults of tests/faults.py")


_ended: dict[int, set[str]] = defaultdict(set)
"""How the tests of each fault ended."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Reports carry their faults, since a test may run in another process than the one that counts."""
    for item in items:
        item.user_properties += [("fault", number) for mark in item.iter_markers("fault") for number in mark.args]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        for name, number in report.user_properties:
            if name == "fault":
                _ended[int(str(number))].add(report.outcome)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _ended:
        as_stated = sum(1 for outcomes in _ended.values() if outcomes == {"passed"})
        terminalreporter.write_line(f"faults: {as_stated} of {len(FAULTS)} ended as stated")
