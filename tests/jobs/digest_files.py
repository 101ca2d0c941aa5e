"""Digests to import, as files, folders and zip files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path


def log(*lines: str, date: str = "2024-03-01", number: int = 1) -> str:
    """Return a digest with one section of one paper, and these lines below the paper's heading."""
    heading = f"### [강의 흐름 {number}](https://arxiv.org/abs/2402.{number:05})"
    return f"## Daily Papers ({date})\n\n{heading}\n\n" + "".join(f"{line}\n" for line in lines)


def lay_out(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write `files`, texts by path below `folder`; return `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def pack(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as members:
        for name, text in files.items():
            members.writestr(name, text)
    return path
