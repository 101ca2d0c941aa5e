"""The built site of this repository's own archive, for the tests that only read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.session import make_once
from tests.sites import REPOSITORY, build_site


@pytest.fixture(scope="session")
def bundled() -> Path:
    """Return the site that a fresh clone builds without a network."""
    return make_once("strict-bundled-site", _build_clone) / "site"


def _build_clone(clone: Path) -> None:
    shutil.copy(REPOSITORY / "mkdocs.yml", clone)
    shutil.copytree(REPOSITORY / "docs", clone / "docs")
    assert "unreachable" in build_site(clone), "the log does not say that upstream could not be reached"
