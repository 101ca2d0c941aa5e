"""The sample archive as a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site.pages.sample_archive import store_archive


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    store_archive(tmp_path)
    return tmp_path
