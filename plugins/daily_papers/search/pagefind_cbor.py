"""A bundle of Pagefind's made the same whenever it is made: what comes in another order each time is sorted.

A folder of a bundle goes in and is changed: the values within each filter, and the lists of filters and of orders, are
put in order, and files are called by the hash of what they then hold. Files are CBOR behind a mark, gzipped; only
arrays are taken apart here, whatever is in them stays as it is.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

_MARK = b"pagefind_dcd"
_UNORDERED = (3, 4)
"""The places of the lists of filters and of orders in the list that a bundle's meta file is."""
_ARRAY, _MAP, _TAG = 4, 5, 6
_NAME_CHARS = 7


def canonicalize(bundle: Path, language: str) -> None:
    """Sort the filters of `bundle`. Raises ValueError where its files are not as this module knows them."""
    (meta,) = bundle.glob("*.pf_meta")
    content = _read(meta)
    for path in sorted((bundle / "filter").iterdir()):
        name, values = _items(_read(path))
        sorted_filter = _array([name, _array(sorted(_items(values)))])
        new = path.with_name(f"{language}_{_hash(sorted_filter)}.pf_filter")
        content = content.replace(path.stem.encode(), new.stem.encode())
        path.unlink()
        _write(new, sorted_filter)
    parts = _items(content)
    for place in _UNORDERED:
        parts[place] = _array(sorted(_items(parts[place])))
    content = _array(parts)
    old = meta.stem.removeprefix("pagefind.")
    new_name = f"{language}_{_hash(content)}"
    meta.unlink()
    _write(bundle / f"pagefind.{new_name}.pf_meta", content)
    entry = bundle / "pagefind-entry.json"
    entry.write_text(entry.read_text("utf-8").replace(old, new_name), "utf-8")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_NAME_CHARS]


def _read(path: Path) -> bytes:
    content = gzip.decompress(path.read_bytes())
    if not content.startswith(_MARK):
        raise ValueError(f"{path.name} does not begin as Pagefind's files do")
    return content[len(_MARK) :]


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(_MARK + content, mtime=0))


def _items(array: bytes) -> list[bytes]:
    """Return the items of a CBOR array, as they are written."""
    major, count, at = _head(array, 0)
    if major != _ARRAY:
        raise ValueError(f"expected an array of CBOR, found major type {major}")
    items = []
    for _ in range(count):
        end = _end(array, at)
        items.append(array[at:end])
        at = end
    return items


def _array(items: list[bytes]) -> bytes:
    count = len(items)
    head = bytes([_ARRAY << 5 | count]) if count < 24 else bytes([_ARRAY << 5 | 26]) + count.to_bytes(4, "big")
    return head + b"".join(items)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return major type and number of the item at `at`, and where what follows its head begins."""
    major, info = data[at] >> 5, data[at] & 31
    if info < 24:
        return major, info, at + 1
    if info > 27:
        raise ValueError("expected items of CBOR whose length is told")
    width = 1 << (info - 24)
    return major, int.from_bytes(data[at + 1 : at + 1 + width], "big"), at + 1 + width


def _end(data: bytes, at: int) -> int:
    """Return where the item at `at` ends."""
    major, number, after = _head(data, at)
    if major in (2, 3):
        return after + number
    for _ in _children(major, number):
        after = _end(data, after)
    return after


def _children(major: int, number: int) -> Iterator[int]:
    return iter(range({_ARRAY: number, _MAP: 2 * number, _TAG: 1}.get(major, 0)))
