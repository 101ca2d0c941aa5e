"""The tests mirror the package: every module has a test file of its name at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "plugins/daily_papers"
ALIASES = {"announce.py", "plugin.py", "publishing.py"}
"""Modules of the package itself that only import a name from its new place, for workflows that people already have."""


def modules() -> list[Path]:
    """Return every module with code of its own, relative to the package."""
    paths = (path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py")))
    return [path for path in paths if not path.name.startswith("__") and str(path) not in ALIASES]


def test_aliases_only_import() -> None:
    for name in ALIASES:
        lines = (PACKAGE / name).read_text("utf-8").splitlines()
        assert len(lines) < 12, f"{name} has code of its own: {len(lines)} lines"


@pytest.mark.parametrize("module", modules(), ids=str)
def test_every_module_has_a_test_file_at_its_place(module: Path) -> None:
    expected = TESTS / module.parent / f"test_{module.name}"
    assert expected.is_file(), f"plugins/daily_papers/{module} has no tests/{expected.relative_to(TESTS)}"
