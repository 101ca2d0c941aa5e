"""Exports in BibTeX and RIS: one entry a paper, for the first date that lists it, oldest date first.

In this order a new day adds entries and changes none: a key that differs from an older one by its suffix `-2` stays
valid. `model/citations` formats the entries. Memory holds only ids and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from daily_papers.model.citations import Citation, bibtex_entry, citation_key, cite, ris_record
from daily_papers.model.records import Day

BIBTEX_HEADER = "% daily-papers export --format bibtex\n"
"""The first line of an export. BibTeX ignores text between entries."""
RIS_BEGINNING = "TY  - UNPB\r\nTI  - "
"""The beginning of the first record. RIS has no comments; few other programs begin a record like this."""


def write_bibtex(path: Path, days: Iterable[Day]) -> None:
    """Write `days`, oldest first, to the file `path`."""
    used_keys: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BIBTEX_HEADER)
        for citation in _citations(days):
            file.write("\n" + bibtex_entry(citation, citation_key(citation, used_keys)))


def write_ris(path: Path, days: Iterable[Day]) -> None:
    """Write `days`, oldest first, to the file `path`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for citation in _citations(days):
            file.write(ris_record(citation))


def is_bibtex_export(path: Path) -> bool:
    """Return True if `write_bibtex` wrote the file `path`."""
    return _starts_with(path, BIBTEX_HEADER)


def is_ris_export(path: Path) -> bool:
    """Return True if `write_ris` wrote the file `path`. It writes an empty file if no day has papers."""
    return _starts_with(path, RIS_BEGINNING) or not path.stat().st_size


def _starts_with(path: Path, beginning: str) -> bool:
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning.encode()


def _citations(days: Iterable[Day]) -> Iterator[Citation]:
    """Yield the citation of each paper once, for the first of `days` that lists it."""
    seen: set[str] = set()
    for day in days:
        for paper in day.papers:
            if paper.id not in seen:
                seen.add(paper.id)
                yield cite(paper, day.date)
