"""Exporting: the stored days -> a file or folder of another form, outside the archive.

An archive folder and a place go in, what lies there afterwards and a Report come out. What the curation decides is
decided here, too. How a form looks is `digest`'s business and that of `exports`, which get one day at a time: however
large the archive is, no more of it is in memory than a day, or of Parquet a month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from daily_papers.archive.curation import Curation, curate_day, read_curation
from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.archive.file_io import replace_atomically, write_atomically
from daily_papers.archive.topics import read_taxonomy
from daily_papers.errors import ArchiveError, ExportError
from daily_papers.formats.digest_writer import render_digest
from daily_papers.formats.exports import bibliography, jsonl, parquet, sqlite
from daily_papers.model.records import Day


class Outcome(msgspec.Struct, frozen=True):
    """What became of one date."""

    date: dt.date
    error: ArchiveError | None = None


class Report(msgspec.Struct, frozen=True):
    """How many days were written, how many files already were as they should be, and what could not be done."""

    written: int
    unchanged: int
    errors: tuple[ArchiveError, ...]

    def __str__(self) -> str:
        """Say how many dates ended how, in one line."""
        counts = {"failed": len(self.errors), "unchanged": self.unchanged, "written": self.written}
        return (
            ", ".join(f"{count} {result}" for result, count in counts.items() if count)
            or "nothing, no paper of these dates is stored"
        )


class Form(NamedTuple):
    """One form of a whole export."""

    write: Callable[[Path, Iterable[Day], Path], None]
    """Writes days to a place, of the archive below a folder."""
    is_ours: Callable[[Path], bool]
    default: Path
    """Where it is written unless someone says otherwise."""
    newest_first: bool = False


FORMS = {
    "jsonl": Form(lambda path, days, root: jsonl.write(path, days), jsonl.is_export, Path("daily-papers.jsonl")),
    "sqlite": Form(
        lambda path, days, root: sqlite.write(path, days, read_taxonomy(root)),
        sqlite.is_export,
        Path("daily-papers.sqlite"),
        newest_first=True,
    ),
    "parquet": Form(
        lambda path, days, root: parquet.write(path, days, read_taxonomy(root)), parquet.is_export, Path("parquet")
    ),
    "bibtex": Form(
        lambda path, days, root: bibliography.write_bibtex(path, days),
        bibliography.is_bibtex_export,
        Path("daily-papers.bib"),
    ),
    "ris": Form(
        lambda path, days, root: bibliography.write_ris(path, days),
        bibliography.is_ris_export,
        Path("daily-papers.ris"),
    ),
}

OnStart = Callable[[int], None]
OnOutcome = Callable[[Outcome], None]


def export_whole(
    root: Path,
    path: Path,
    form: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    on_start: OnStart = lambda count: None,
    on_outcome: OnOutcome = lambda outcome: None,
) -> Report:
    """Write the days stored below `root`, from `since` to `until`, to `path`, a file or folder, in one of FORMS.

    What lies at `path` is replaced in one step when all is written, if it is an earlier export of that form; anything
    else there stays, and is an ExportError, as is what cannot be written. A day that does not read costs none of the
    others; where there is none to write, or of Parquet no paper, nothing is. Raises ArchiveError for a curation or
    topics that cannot be used.
    """
    write, is_ours, _, newest_first = FORMS[form]
    try:
        if path.is_symlink() or (path.exists() and not is_ours(path)):
            message = f"is not what an export in {form} wrote, and is left as it is: remove it, or name another place"
            raise ExportError(message, path=path)
        days = _Days(root, _dates(root, since, until), read_curation(root), on_outcome)
        on_start(len(days.dates))
        with replace_atomically(path.resolve()) as draft:
            if days.dates:
                write(draft, days.newest_first() if newest_first else days.oldest_first(), root)
            if not days.written and draft.is_file():
                draft.unlink()
            # Rows are papers: of days without any, a form of many files has none.
            written = days.written if draft.exists() else 0
    except ExportError as e:
        raise ExportError(e.reason, path=path) from e  # a form knows its draft, not whose place that takes
    except OSError as e:
        raise ExportError(f"cannot be written: {e.strerror or e}; what was there is unchanged", path=path) from e
    return Report(written, 0, tuple(days.errors))


class _Days:
    """The days of an export, read one at a time, and what became of each."""

    def __init__(self, root: Path, dates: list[dt.date], curation: Curation, on_outcome: OnOutcome) -> None:
        self.dates = dates
        self.written = 0
        self.errors: list[ArchiveError] = []
        self._root, self._curation, self._on_outcome = root, curation, on_outcome

    def oldest_first(self) -> Iterator[Day]:
        return self._read(self.dates)

    def newest_first(self) -> Iterator[Day]:
        return self._read(reversed(self.dates))

    def _read(self, dates: Iterable[dt.date]) -> Iterator[Day]:
        for date in dates:
            error = None
            try:
                stored = read_day(self._root, date)
            except ArchiveError as e:
                self.errors.append(error := e)
            else:
                day = stored and curate_day(stored, self._curation)
                # One of which the curation hides all is no day to others; one that lists nothing is.
                if day and (day.papers or day is stored):
                    yield day
                    self.written += 1
            self._on_outcome(Outcome(date, error))


def export_markdown(
    root: Path,
    folder: Path,
    languages: Sequence[str],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    on_start: OnStart = lambda count: None,
    on_outcome: OnOutcome = lambda outcome: None,
) -> Report:
    """Write the digest of each day stored below `root`, from `since` to `until`, to `folder`/YYYY/MM/DD.md.

    Bullets are in the first of `languages` that a paper has; what the curation decides is decided here, too. A file
    that already says the same is not touched, and one whose day is not stored stays. A day that does not read, or
    cannot be written, costs none of the others. Raises ArchiveError for a curation that cannot be used.
    """
    curation = read_curation(root)
    written = unchanged = 0
    errors = []
    dates = _dates(root, since, until)
    on_start(len(dates))
    for date in dates:
        error = None
        try:
            if (day := read_day(root, date)) is None:
                continue  # gone since it was listed
            text = render_digest(curate_day(day, curation), languages)
            if write_atomically(folder / f"{date:%Y/%m/%d}.md", text.encode()):
                written += 1
            else:
                unchanged += 1
        except ArchiveError as e:
            errors.append(error := e)
        on_outcome(Outcome(date, error))
    return Report(written, unchanged, tuple(errors))


def _dates(root: Path, since: dt.date | None, until: dt.date | None) -> list[dt.date]:
    """Return the stored dates of a range, oldest first."""
    return [date for date in stored_dates(root) if not ((since and date < since) or (until and date > until))]
