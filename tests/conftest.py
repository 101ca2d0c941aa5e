"""What every test stands on: an environment without proxies, tokens or settings of the machine it runs on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import stamina

from upstream import Upstream

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
