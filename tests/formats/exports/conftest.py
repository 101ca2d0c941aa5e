"""An archive that every format can export."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.exports.samples import write_archive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with two days of two months."""
    return write_archive(tmp_path / "docs")
