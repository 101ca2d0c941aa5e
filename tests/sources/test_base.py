"""The protocol of sources can be imported without the libraries that fetch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from daily_papers.sources.base import SourceCapabilities

FETCHING_LIBRARIES = ("httpx", "stamina", "feedparser", "daily_papers.net.client")


@pytest.mark.parametrize("module", ["base", "registry", "huggingface", "feed"])
def test_importing_a_source_loads_no_library_that_fetches(module: str) -> None:
    program = (
        f"import sys, daily_papers.sources.{module}\n"
        f"print(sorted(name for name in {FETCHING_LIBRARIES} if name in sys.modules))\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout == "[]\n"


def test_a_source_has_no_homepage_and_no_token_unless_it_states_them() -> None:
    capabilities = SourceCapabilities(has_full_history=False, has_votes=False)
    assert (capabilities.homepage, capabilities.token_variable) == ("", "")
