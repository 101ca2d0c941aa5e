"""BibTeX and RIS: an entry a paper, where it was listed first, oldest date first.

Oldest first, so that a new day adds entries and changes none: a key that is told from an older one by `-2` stays so.
What an entry says is `citing`'s business. Of the papers, only ids and keys are kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from daily_papers.model.citations import Citation, bibtex_entry, citation_key, cite, ris_record
from daily_papers.model.records import Day

BIBTEX_BEGINS = "% daily-papers export --format bibtex\n"
"""BibTeX passes over what stands between entries."""
RIS_BEGINS = "TY  - UNPB\r\nTI  - "
"""RIS has no comments: this is how our records begin, and hardly anyone else's."""


def write_bibtex(path: Path, days: Iterable[Day]) -> None:
    taken: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BIBTEX_BEGINS)
        for citation in _citations(days):
            file.write("\n" + bibtex_entry(citation, citation_key(citation, taken)))


def write_ris(path: Path, days: Iterable[Day]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for citation in _citations(days):
            file.write(ris_record(citation))


def is_our_bibtex(path: Path) -> bool:
    return _begins(path, BIBTEX_BEGINS)


def is_our_ris(path: Path) -> bool:
    return _begins(path, RIS_BEGINS) or not path.stat().st_size  # of days without papers


def _begins(path: Path, beginning: str) -> bool:
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning.encode()


def _citations(days: Iterable[Day]) -> Iterator[Citation]:
    """Yield each paper once."""
    seen: set[str] = set()
    for day in days:
        for paper in day.papers:
            if paper.id not in seen:
                seen.add(paper.id)
                yield cite(paper, day.date)
