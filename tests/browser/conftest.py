"""The fixtures of `visit`, for every browser test, and the end of the worker's Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.visit import chromium, close_chromium, site, visit

__all__ = ["chromium", "site", "visit"]

FOLDER = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close Chromium after the last browser test in a row, when its fixtures are gone."""
    if nextitem is None or not nextitem.path.is_relative_to(FOLDER):
        close_chromium()
