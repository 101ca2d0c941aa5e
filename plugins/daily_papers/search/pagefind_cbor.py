"""Canonical form of a Pagefind index: the same records always give the same files.

Pagefind writes some lists in another order each time. `canonicalize` sorts the values of each filter and the lists of
filters and of sort orders, then renames the files by the hash of their new content. The files are gzipped CBOR after a
magic number. Only the arrays around those lists are parsed; their items are copied as they are.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

_MAGIC = b"pagefind_dcd"
_UNORDERED = (3, 4)
"""Positions of the lists of filters and of sort orders in the array of the meta file."""
_ARRAY, _MAP, _TAG = 4, 5, 6
"""Major types of CBOR (RFC 8949)."""
_HASH_CHARS = 7


def canonicalize(bundle: Path, language: str) -> None:
    """Sort the filters and sort orders in the folder `bundle`. Raises ValueError if a file has an unknown format."""
    (meta,) = bundle.glob("*.pf_meta")
    content = _read(meta)
    for path in sorted((bundle / "filter").iterdir()):
        name, values = _items(_read(path))
        sorted_filter = _array([name, _array(sorted(_items(values)))])
        new_path = path.with_name(f"{language}_{_hash(sorted_filter)}.pf_filter")
        content = content.replace(path.stem.encode(), new_path.stem.encode())
        path.unlink()
        _write(new_path, sorted_filter)
    items = _items(content)
    for position in _UNORDERED:
        items[position] = _array(sorted(_items(items[position])))
    content = _array(items)
    old_name, new_name = meta.stem.removeprefix("pagefind."), f"{language}_{_hash(content)}"
    meta.unlink()
    _write(bundle / f"pagefind.{new_name}.pf_meta", content)
    entry = bundle / "pagefind-entry.json"
    entry.write_text(entry.read_text("utf-8").replace(old_name, new_name), "utf-8")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_HASH_CHARS]


def _read(path: Path) -> bytes:
    content = gzip.decompress(path.read_bytes())
    if not content.startswith(_MAGIC):
        raise ValueError(f"{path.name} begins with {content[: len(_MAGIC)]!r}, expected {_MAGIC!r}")
    return content[len(_MAGIC) :]


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(_MAGIC + content, mtime=0))


def _items(array: bytes) -> list[bytes]:
    """Return the encoded items of a CBOR array."""
    major_type, count, offset = _head(array, 0)
    if major_type != _ARRAY:
        raise ValueError(f"CBOR item has major type {major_type}, expected {_ARRAY} (array)")
    items = []
    for _ in range(count):
        end = _end(array, offset)
        items.append(array[offset:end])
        offset = end
    return items


def _array(items: list[bytes]) -> bytes:
    count = len(items)
    head = bytes([_ARRAY << 5 | count]) if count < 24 else bytes([_ARRAY << 5 | 26]) + count.to_bytes(4, "big")
    return head + b"".join(items)


def _head(data: bytes, offset: int) -> tuple[int, int, int]:
    """Return the major type and the argument of the item at `offset`, and the offset after its head."""
    major_type, info = data[offset] >> 5, data[offset] & 31
    if info < 24:
        return major_type, info, offset + 1
    if info > 27:
        raise ValueError(f"CBOR item has additional information {info}, expected a definite length")
    width = 1 << (info - 24)
    return major_type, int.from_bytes(data[offset + 1 : offset + 1 + width], "big"), offset + 1 + width


def _end(data: bytes, offset: int) -> int:
    """Return the offset after the item at `offset`."""
    major_type, argument, after_head = _head(data, offset)
    if major_type in (2, 3):
        return after_head + argument
    end = after_head
    for _ in _children(major_type, argument):
        end = _end(data, end)
    return end


def _children(major_type: int, argument: int) -> Iterator[int]:
    return iter(range({_ARRAY: argument, _MAP: 2 * argument, _TAG: 1}.get(major_type, 0)))
