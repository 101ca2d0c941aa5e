"""The manifest of an attached archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.errors import ArchiveError
from daily_papers.site.attach.manifest import MANIFEST, read_manifest, write_manifest


def test_a_manifest_lists_addresses_in_order_and_a_site_without_one_has_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == set()
    write_manifest(tmp_path, ["b.json", "a/index.html", "b.json"])
    assert (tmp_path / MANIFEST).read_text() == '["a/index.html","b.json"]\n'
    assert read_manifest(tmp_path) == {"a/index.html", "b.json"}


def test_an_address_outside_of_the_site_is_none_of_the_archive_s(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('["../x", "/etc/passwd", "a/../../b", "c/"]')
    assert read_manifest(tmp_path) == {"c/"}


def test_a_damaged_manifest_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('["a"')
    with pytest.raises(ArchiveError, match=r"\.daily-papers\.json.*build it anew"):
        read_manifest(tmp_path)
