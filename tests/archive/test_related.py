"""Files of related papers: read as a whole, one month at a time, and never through a symbolic link."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive.related import (
    RelatedMonth,
    find_unreadable_months,
    read_related,
    read_related_month,
    related_path,
    write_related_month,
)
from daily_papers.errors import ArchiveError

MAY, JUNE = dt.date(2024, 5, 1), dt.date(2024, 6, 1)
SINCE = dt.date(2024, 4, 2)
IN_MAY = RelatedMonth(SINCE, {"2405.00001": (), "2405.00002": ("2404.00003", "2404.00001")})
IN_JUNE = RelatedMonth(SINCE, {"2406.00001": ("2405.00002",)})


def test_a_month_is_read_back_equal(tmp_path: Path) -> None:
    assert write_related_month(tmp_path, MAY, IN_MAY)
    assert read_related_month(tmp_path, dt.date(2024, 5, 27)) == IN_MAY
    assert not write_related_month(tmp_path, MAY, IN_MAY)


def test_all_months_are_read_as_one_map(tmp_path: Path) -> None:
    assert read_related(tmp_path) == {}
    write_related_month(tmp_path, MAY, IN_MAY)
    write_related_month(tmp_path, JUNE, IN_JUNE)
    assert read_related(tmp_path) == {**IN_MAY.papers, **IN_JUNE.papers}


def test_a_month_without_papers_has_no_file(tmp_path: Path) -> None:
    write_related_month(tmp_path, MAY, IN_MAY)
    assert write_related_month(tmp_path, MAY, RelatedMonth(SINCE, {}))
    assert not related_path(tmp_path, MAY).exists()
    assert not write_related_month(tmp_path, MAY, RelatedMonth(SINCE, {}))


def test_only_files_in_the_folder_of_a_month_are_read(tmp_path: Path) -> None:
    for folder in ("24/05", "2024/5", "2024/05/copy", "."):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "related.json").write_text("{")
    assert read_related(tmp_path) == {}
    assert not list(find_unreadable_months(tmp_path))


UNREADABLE = {
    "cut": ('{"since": "2024-05-27", "papers": {', ""),
    "an invalid paper id": ('{"since": "2024-05-27", "papers": {"../../etc": []}}', "$.papers"),
    "an invalid related id": (
        '{"since": "2024-05-27", "papers": {"2401.00001": ["javascript:x"]}}',
        "$.papers[...][0]",
    ),
    "an invalid date": ('{"since": "yesterday", "papers": {}}', "$.since"),
    "an unknown key": ('{"since": "2024-05-27", "papers": {}, "paper": {}}', ""),
    "merge marks": ('{"since": "2024-05-27", "papers": {\n<<<<<<< HEAD\n}}', "line 2"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_an_unreadable_month_is_an_error_with_file_place_and_remedy(tmp_path: Path, case: str) -> None:
    text, at = UNREADABLE[case]
    write_related_month(tmp_path, MAY, IN_MAY)
    path = related_path(tmp_path, JUNE)
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(ArchiveError, match="restore it from git, or delete it: the next fetch makes a new one"):
        read_related(tmp_path)
    assert [(error.path, error.at) for error in find_unreadable_months(tmp_path)] == [(path, at)]
    assert read_related_month(tmp_path, MAY) == IN_MAY


@pytest.mark.parametrize("link", ["2024/06/related.json", "2024/06", "2024"])
def test_a_file_behind_a_symbolic_link_is_an_error(tmp_path: Path, link: str) -> None:
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "docs"
    write_related_month(elsewhere, JUNE, IN_JUNE)
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(elsewhere / link)
    with pytest.raises(ArchiveError, match="symbolic link"):
        read_related_month(root, JUNE)
