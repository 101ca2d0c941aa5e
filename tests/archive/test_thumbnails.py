"""The index of mirrored thumbnails."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.archive.thumbnails import INDEX, Mirrored, read_index
from daily_papers.errors import ArchiveError


def test_the_index_has_copies_and_failures_by_address(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text(
        '{"https://a.example/1.png": {"name": "0123456789", "bytes": 12},'
        ' "https://a.example/2.png": {"failed": "HTTP 404", "tries": 2}}'
    )
    index = read_index(tmp_path)
    assert index == {
        "https://a.example/1.png": Mirrored(name="0123456789", bytes=12),
        "https://a.example/2.png": Mirrored(failed="HTTP 404", tries=2),
    }
    assert index["https://a.example/1.png"].stem == "media/01/0123456789"


def test_no_file_is_an_empty_index(tmp_path: Path) -> None:
    assert read_index(tmp_path) == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"https://a.example/1.png": {"bytes": "12"}}'])
def test_an_unreadable_index_is_an_error_with_path_and_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).write_text(text)
    with pytest.raises(ArchiveError, match=r"media\.json.*: .*restore it from git"):
        read_index(tmp_path)
