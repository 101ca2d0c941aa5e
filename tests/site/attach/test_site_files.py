"""The manifest of an attached archive, and the removal of what killed runs leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daily_papers.errors import ArchiveError
from daily_papers.site.attach.site_files import (
    MANIFEST,
    read_manifest,
    remove_leftovers,
    remove_site_file,
    write_manifest,
    write_site_file,
)


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


def test_a_file_is_written_only_if_it_changes_and_leftovers_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_site_file(path, b"1")
    os.utime(path, ns=(1, 1))
    write_site_file(path, b"1")
    assert path.stat().st_mtime_ns == 1
    write_site_file(path, b"2")
    assert path.read_bytes() == b"2"
    (tmp_path / f".a.json.{2**22 + 1}.tmp").write_bytes(b"")  # of a process that no system has
    remove_leftovers(tmp_path)
    remove_site_file(path)
    remove_site_file(path)
    assert [*tmp_path.iterdir()] == []
