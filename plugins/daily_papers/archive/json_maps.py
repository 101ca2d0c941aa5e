"""JSON files of the archive: maps with one entry a line, and the errors of reading any JSON file.

`ledger.json`, `arxiv.json`, `usage.json`, `media.json` and the papers of `related.json` are such maps. With one entry a
line, a changed entry is one line of a git diff, and git merges branches that changed different entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from daily_papers.archive.file_io import read_file, reject_symlinks, write_atomically
from daily_papers.errors import ArchiveError, NewerSchemaError
from daily_papers.model.records import SCHEMA
from daily_papers.model.text import quote

READ_ERRORS = (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Exceptions that reading and decoding a JSON file can raise."""

_POSITION = re.compile(r" - at (?P<key>`key` in )?`(?P<at>[^`]*)`$")
_BYTE_OFFSET = re.compile(r" \(byte (?P<byte>\d+)\)$")
_SCHEMA_NUMBER = re.compile(rb'"schema":\s{0,9}([0-9]{1,9})')
_CONFLICT_MARKER = b"<<<<<<< "

_T = TypeVar("_T")


def encode_map(
    entries: Mapping[Any, object], *, encode: Callable[[object], bytes] = msgspec.json.encode, indent: str = ""
) -> bytes:
    """Return `entries` as a JSON object: one entry a line, sorted by key, without a line break at the end.

    Keys are strings or dates. `encode` returns the JSON of a value, and `indent` begins each line.
    """
    lines = (indent.encode() + msgspec.json.encode(key) + b": " + encode(entries[key]) for key in sorted(entries))
    return b"{\n" + b",\n".join(lines) + b"\n}"


def write_map(path: Path, entries: Mapping[Any, object], *, indent: str = "") -> bool:
    """Write `entries` to `path` atomically; return True if the file changed. An empty map creates no file.

    Raises ArchiveError if the file cannot be written.
    """
    if not entries and not path.exists():
        return False
    return write_atomically(path, encode_map(entries, indent=indent) + b"\n")


def read_json(path: Path, decoder: msgspec.json.Decoder[_T], *, remedy: str) -> _T | None:
    """Return the decoded content of `path`, or None if there is no such file.

    Raises SymlinkError for a symbolic link. Raises ArchiveError if the file cannot be read or decoded; its message
    suggests git, or `remedy`.
    """
    data = b""
    reject_symlinks(path.parent, path)
    try:
        data = read_file(path)
        return decoder.decode(data)
    except FileNotFoundError:
        return None
    except READ_ERRORS as e:
        raise read_error(path, data, e, remedy) from e


def _read_schema(data: bytes) -> object:
    """Return the schema that `data` states, None if it is damaged elsewhere too: the decoder stops at the schema."""
    try:
        return msgspec.json.decode(data, type=_Schema).schema
    except READ_ERRORS:
        match = _SCHEMA_NUMBER.search(data)
        return int(match[1]) if match else None


class _Schema(msgspec.Struct):
    schema: object = None


def read_error(path: Path, data: bytes, error: Exception, remedy: str) -> ArchiveError:
    """Return the ArchiveError for `error`, one of READ_ERRORS, raised by decoding `data`, the content of `path`.

    It has the position in the file, where the error has one, and `remedy` as the alternative to restoring the file
    from git. For a file of a later version it is a NewerSchemaError.
    """
    message, at = str(error), ""
    if match := _POSITION.search(message):
        message, at = message[: match.start()] + (" as a key" if match["key"] else ""), match["at"]
    elif match := _BYTE_OFFSET.search(message):
        line = data.count(b"\n", 0, int(match["byte"])) + 1
        at = f"line {line}"
    if at == "$.schema":
        found = _read_schema(data)
        message = f"has schema {quote(found)}, this version reads {SCHEMA}"
        if isinstance(found, int) and found > SCHEMA:
            return NewerSchemaError(f"{message}: update mkdocs-daily-papers", path=path, at=at)
    if _CONFLICT_MARKER in data:
        message = "has the conflict markers of an unfinished git merge"
    return ArchiveError(f"{message}; restore it from git, or {remedy}", path=path, at=at)
