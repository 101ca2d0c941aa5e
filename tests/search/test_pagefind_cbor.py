"""The canonical form of a Pagefind index: lists in any order give the same files, and unknown formats are refused."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from daily_papers.search.pagefind_cbor import canonicalize

MAGIC = b"pagefind_dcd"


def array(items: Sequence[bytes]) -> bytes:
    assert len(items) < 24
    return bytes([0x80 | len(items)]) + b"".join(items)


def text(content: str) -> bytes:
    data = content.encode()
    assert len(data) < 24
    return bytes([0x60 | len(data)]) + data


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(MAGIC + content))


def make_bundle(folder: Path, years: Sequence[str]) -> Path:
    """Write a bundle with one filter, whose values are `years`, and two sort orders, in the given order."""
    write(folder / "filter/en_aaaaaaa.pf_filter", array([text("year"), array([text(year) for year in years])]))
    filters = array([array([text("year"), text("en_aaaaaaa")])])
    orders = array([text(f"sort {year}") for year in years])
    write(folder / "pagefind.en_bbbbbbb.pf_meta", array([text("1.5.0"), array([]), array([]), filters, orders]))
    (folder / "pagefind-entry.json").write_text('{"hash":"en_bbbbbbb"}', "utf-8")
    canonicalize(folder, "en")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_lists_in_any_order_give_the_same_files(tmp_path: Path) -> None:
    first = make_bundle(tmp_path / "first", ["2024", "2025"])
    second = make_bundle(tmp_path / "second", ["2025", "2024"])
    assert contents(first) == contents(second)


def test_files_are_renamed_by_their_new_content_wherever_they_are_referenced(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, ["2025", "2024"])
    (filter_file,) = (bundle / "filter").iterdir()
    (meta,) = bundle.glob("*.pf_meta")
    assert filter_file.stem != "en_aaaaaaa"
    assert filter_file.stem.encode() in gzip.decompress(meta.read_bytes())
    assert meta.stem != "pagefind.en_bbbbbbb"
    assert meta.stem.removeprefix("pagefind.") in (bundle / "pagefind-entry.json").read_text("utf-8")


def test_other_content_gives_another_name(tmp_path: Path) -> None:
    first = make_bundle(tmp_path / "first", ["2024", "2025"])
    second = make_bundle(tmp_path / "second", ["2024", "2026"])
    assert not set(contents(first)) & set(contents(second)) - {"pagefind-entry.json"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"another format", "expected b'pagefind_dcd'"),
        (MAGIC + b"\x01", r"major type 0, expected 4 \(array\)"),
        (MAGIC + b"\x9f\xff", "expected a definite length"),
    ],
    ids=["magic", "number", "indefinite length"],
)
def test_a_file_of_an_unknown_format_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "filter").mkdir()
    (tmp_path / "filter/en_aaaaaaa.pf_filter").write_bytes(gzip.compress(content))
    write(tmp_path / "pagefind.en_bbbbbbb.pf_meta", array([]))
    with pytest.raises(ValueError, match=message):
        canonicalize(tmp_path, "en")
