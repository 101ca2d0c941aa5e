"""The file store of the render cache: entries by name and fingerprint, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

from daily_papers.site.cache.store import CacheStore


def test_an_entry_is_found_by_name_and_fingerprint(tmp_path: Path) -> None:
    store = CacheStore(tmp_path / "cache")
    store.put("2026/07/13.md", b"one", b"a page")
    store.put("other", b"two", b"a file")
    store.write()
    again = CacheStore(tmp_path / "cache")
    assert again.get("2026/07/13.md", b"one") == b"a page"
    assert again.get("other", b"two") == b"a file"
    assert again.get("2026/07/13.md", b"two") is None
    assert again.get("2026/07/14.md", b"one") is None
    again.write()  # closes the files


def test_a_store_whose_folder_is_a_file_has_no_entries_and_raises_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    store = CacheStore(tmp_path / "cache")
    store.put("name", b"one", b"content")
    store.write()
    assert CacheStore(tmp_path / "cache").get("name", b"one") is None


def test_entries_are_written_before_they_take_much_memory(tmp_path: Path) -> None:
    store = CacheStore(tmp_path / "cache")
    for number in range(20):
        store.put(str(number), b"mark", b"x" * 1_000_000)
    again = CacheStore(tmp_path / "cache")
    assert again.get("0", b"mark") == b"x" * 1_000_000
    assert again.get("0", b"another") is None
    again.write()  # closes the file
