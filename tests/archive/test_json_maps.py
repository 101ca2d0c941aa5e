"""JSON maps: one entry a line, sorted, written atomically; an unreadable file gives an error with place and remedy."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.file_io import LOCK
from daily_papers.archive.json_maps import encode_map, read_json, write_map
from daily_papers.archive.ledger import LedgerEntry, read_ledger, write_ledger
from daily_papers.archive.related import RelatedMonth, read_related_month, write_related_month
from daily_papers.archive.thumbnails import Mirrored, read_index, write_index
from daily_papers.archive.usage import Usage, read_usage, write_usage
from daily_papers.errors import ArchiveError, NewerSchemaError, SymlinkError

MONTH = dt.date(2024, 3, 1)
REMEDY = "delete it"
COUNTS = msgspec.json.Decoder(dict[str, int])
DATED_COUNTS = msgspec.json.Decoder(dict[dt.date, int])


def read_counts(path: Path) -> dict[str, int] | None:
    return read_json(path, COUNTS, remedy=REMEDY)


@given(entries=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**53), 2**53)))
def test_a_map_is_read_back_equal_and_encoded_again_with_the_same_bytes(entries: dict[str, int]) -> None:
    encoded = encode_map(entries)
    assert COUNTS.decode(encoded) == entries
    assert json.loads(encoded) == entries
    assert encode_map(COUNTS.decode(encoded)) == encoded
    assert len(encoded.splitlines()) == max(len(entries), 1) + 2


def test_entries_are_sorted_by_key_in_whatever_order_they_are_given(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    assert write_map(path, {"b": 2, "a/1": 1, "é": 3, "B": 4})
    assert path.read_text("utf-8").splitlines() == ["{", '"B": 4,', '"a/1": 1,', '"b": 2,', '"é": 3', "}"]


def test_a_map_with_dates_as_keys_is_sorted_by_date() -> None:
    entries = {dt.date(2024, 3, 4): 1, dt.date(2023, 12, 31): 2}
    assert encode_map(entries) == b'{\n"2023-12-31": 2,\n"2024-03-04": 1\n}'


def test_writing_the_same_map_again_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    assert write_map(path, {"a": 1, "b": 2})
    before = path.stat()
    assert not write_map(path, {"b": 2, "a": 1})
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert write_map(path, {"a": 1, "b": 3})


def test_an_empty_map_creates_no_file_and_empties_an_existing_one(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    assert not write_map(path, {})
    assert not path.exists()
    write_map(path, {"a": 1})
    assert write_map(path, {})
    assert path.read_bytes() == b"{\n\n}\n"
    assert read_counts(path) == {}


def test_a_map_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    """A folder at the path of the file cannot be replaced by a file."""
    path = tmp_path / "map.json"
    path.mkdir()
    with pytest.raises(ArchiveError, match="cannot be written") as failed:
        write_map(path, {"a": 1})
    assert failed.value.path == path
    assert [left.name for left in tmp_path.iterdir()] == ["map.json"]


LINES: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "the ledger": (
        lambda root: write_ledger(
            root,
            {
                dt.date(2024, 3, 4): LedgerEntry("failed", "hf: 500", tried=dt.date(2024, 3, 5)),
                MONTH: LedgerEntry("complete"),
            },
        ),
        "ledger.json",
        '{\n"2024-03-01": {"state":"complete"},\n'
        '"2024-03-04": {"state":"failed","reason":"hf: 500","tried":"2024-03-05"}\n}\n',
    ),
    "the usage": (
        lambda root: write_usage(root, {"2026-11": Usage(1, 2, 3, 0.5), "2026-10": Usage(4, 5, 6)}),
        "usage.json",
        '{\n  "2026-10": {"calls":4,"prompt_tokens":5,"completion_tokens":6,"cost":0.0},\n'
        '  "2026-11": {"calls":1,"prompt_tokens":2,"completion_tokens":3,"cost":0.5}\n}\n',
    ),
    "the index of thumbnails": (
        lambda root: write_index(
            root, {"https://b.example/é.png": Mirrored("ab", 9), "https://a.example/": Mirrored(failed="HTTP 404")}
        ),
        "media.json",
        '{\n"https://a.example/": {"failed":"HTTP 404"},\n"https://b.example/é.png": {"name":"ab","bytes":9}\n}\n',
    ),
    "the related papers": (
        lambda root: write_related_month(
            root,
            MONTH,
            RelatedMonth(
                dt.date(2024, 2, 29), {"2403.00002": ("2402.00001", "2401.00010"), "2403.00001": (), "cs/9901001": ()}
            ),
        ),
        "2024/03/related.json",
        '{"since": "2024-02-29", "papers": {\n"2403.00001": [],\n"2403.00002": ["2402.00001", "2401.00010"],\n'
        '"cs/9901001": []\n}}\n',
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_each_map_of_the_archive_has_these_bytes(tmp_path: Path, case: str) -> None:
    write, name, text = LINES[case]
    assert write(tmp_path)
    assert (tmp_path / name).read_text("utf-8") == text
    assert not write(tmp_path)


def test_a_map_without_a_file_is_absent(tmp_path: Path) -> None:
    assert read_counts(tmp_path / "map.json") is None
    assert (read_ledger(tmp_path), read_usage(tmp_path), read_index(tmp_path)) == ({}, {}, {})
    assert read_related_month(tmp_path, MONTH) is None


WHOLE = encode_map({"a": 1, "b": 2}) + b"\n"
UNREADABLE: dict[str, tuple[bytes, str, str]] = {
    "cut": (WHOLE[:9], "truncated", ""),
    "empty": (b"", "truncated", ""),
    "without a comma": (WHOLE.replace(b",", b""), "malformed", "line 3"),
    "merge marks": (WHOLE.replace(b'"b"', b'<<<<<<< HEAD\n"b"'), "unfinished git merge", "line 3"),
    "a value of another type": (WHOLE.replace(b"2", b'"2"'), "Expected `int`, got `str`", "$[...]"),
    "an invalid key": (b'{"yesterday": 1}', "as a key", "$"),
    "a list": (b"[1, 2]", "Expected `object`, got `array`", ""),
    "not UTF-8": (WHOLE.replace(b"a", b"\xff"), "utf-8", ""),
    "nested too deep": (b'{"a":' + b"[" * 100_000, "Expected `int`", "$[...]"),
    "text after the end": (WHOLE + b"}", "trailing", "line 5"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_an_unreadable_map_is_an_error_with_file_place_and_remedy(tmp_path: Path, case: str) -> None:
    data, message, at = UNREADABLE[case]
    path = tmp_path / "map.json"
    path.write_bytes(data)
    decoder: msgspec.json.Decoder[Any] = DATED_COUNTS if case == "an invalid key" else COUNTS
    with pytest.raises(ArchiveError) as unreadable:
        read_json(path, decoder, remedy=REMEDY)
    error = unreadable.value
    assert (error.path, error.at) == (path, at)
    assert message in error.reason
    assert error.reason.endswith("; restore it from git, or delete it")
    assert str(error).startswith(f"{path} at {at}: " if at else f"{path}: ")


def test_a_value_nested_beyond_the_recursion_limit_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_bytes(b'{"a":' + b"[" * 100_000)
    with pytest.raises(ArchiveError, match="recursion"):
        read_json(path, msgspec.json.Decoder(dict[str, Any]), remedy=REMEDY)


def test_a_folder_in_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "map.json").mkdir()
    with pytest.raises(ArchiveError, match=r"directory.*restore it from git, or delete it"):
        read_counts(tmp_path / "map.json")


def test_a_newer_schema_is_an_error_of_its_own(tmp_path: Path) -> None:
    class Versioned(msgspec.Struct, tag_field="schema", tag=1):
        a: int = 0

    path = tmp_path / "versioned.json"
    path.write_bytes(b'{"schema": 2, "a": 1}')
    with pytest.raises(NewerSchemaError, match="has schema 2, this version reads 1: update"):
        read_json(path, msgspec.json.Decoder(Versioned), remedy=REMEDY)


@pytest.mark.parametrize(
    ("name", "read", "remedy"),
    [
        ("ledger.json", read_ledger, "delete it and fetch again"),
        ("usage.json", read_usage, "delete it to count from nothing"),
        ("media.json", read_index, "delete it and fetch again"),
    ],
)
def test_each_map_of_the_archive_suggests_its_own_remedy(
    tmp_path: Path, name: str, read: Callable[[Path], object], remedy: str
) -> None:
    (tmp_path / name).write_bytes(b"{\n<<<<<<< ")
    with pytest.raises(ArchiveError) as unreadable:
        read(tmp_path)
    assert unreadable.value.at == "line 2"
    assert (
        unreadable.value.reason
        == f"has the conflict markers of an unfinished git merge; restore it from git, or {remedy}"
    )


def test_no_temporary_file_or_lock_is_left(tmp_path: Path) -> None:
    write_map(tmp_path / "map.json", {"a": 1})
    assert not (tmp_path / LOCK).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["map.json"]


def test_a_symbolic_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    for target in ("outside.json", "nowhere.json"):
        link = tmp_path / "map.json"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(SymlinkError, match=r"map\.json: is a symbolic link"):
            read_json(link, msgspec.json.Decoder(dict[str, int]), remedy="delete it")
