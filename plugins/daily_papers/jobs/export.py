"""Export the stored days to a file or folder outside the archive, in one of several formats.

The curation is applied to each day. The formats themselves are `formats.digest`'s and `formats.exports`'. They get one
day at a time, so that memory holds no more than a day (for Parquet a month), however large the archive is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from daily_papers.archive.curation import Curation, curate_day, read_curation
from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.archive.file_io import reject_symlinks, replace_atomically, write_atomically
from daily_papers.archive.topics import read_taxonomy
from daily_papers.errors import ArchiveError, ExportError
from daily_papers.formats.digest_writer import render_digest
from daily_papers.formats.exports import bibliography, jsonl, parquet, sqlite
from daily_papers.jobs.base import OnStart, ignore
from daily_papers.model.records import Day


class ExportOutcome(msgspec.Struct, frozen=True):
    """The result of one date."""

    date: dt.date
    error: ArchiveError | None = None


class ExportReport(msgspec.Struct, frozen=True):
    """The result of an export."""

    written: int
    """Days that were written."""
    unchanged: int
    """Files that already had the same content."""
    errors: tuple[ArchiveError, ...]

    def __str__(self) -> str:
        """Return the number of dates of each result in one line."""
        counts = {"failed": len(self.errors), "unchanged": self.unchanged, "written": self.written}
        return (
            ", ".join(f"{count} {result}" for result, count in counts.items() if count)
            or "nothing, no paper of these dates is stored"
        )


class Form(NamedTuple):
    """A format of `export_whole`."""

    write: Callable[[Path, Iterable[Day], Path], None]
    """Writes days to a path; the last argument is the archive's folder."""
    is_export: Callable[[Path], bool]
    """Returns True if a path is an earlier export of this format."""
    default: Path
    """The path, if the user gives none."""
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

OnOutcome = Callable[[ExportOutcome], None]


def export_whole(
    root: Path,
    path: Path,
    form: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    on_start: OnStart = ignore,
    on_outcome: OnOutcome = ignore,
) -> ExportReport:
    """Write the days stored below `root`, from `since` to `until`, to `path`, a file or folder, in one of FORMS.

    An earlier export of the same format at `path` is replaced in one step when all days are written. An unreadable day
    is skipped. Without a day to write (for Parquet: a paper), nothing is written. `on_start` receives the number of
    dates. Raises ExportError if `path` is anything else, or cannot be written. Raises ArchiveError for an invalid
    curation or taxonomy.
    """
    write, is_export, _, newest_first = FORMS[form]
    try:
        if path.is_symlink() or (path.exists() and not is_export(path)):
            message = f"is not an export in {form}, and is left as it is: remove it, or choose another path"
            raise ExportError(message, path=path)
        days = _DayReader(root, _dates(root, since, until), read_curation(root), on_outcome)
        on_start(len(days.dates))
        with replace_atomically(path.resolve()) as draft:
            if days.dates:
                write(draft, days.newest_first() if newest_first else days.oldest_first(), root)
            if not days.written and draft.is_file():
                draft.unlink()
            # A format with several files has rows of papers, so days without papers give no file.
            written = days.written if draft.exists() else 0
    except ExportError as e:
        raise ExportError(e.reason, path=path) from e  # a format knows only the path of the draft
    except OSError as e:
        raise ExportError(f"cannot be written: {e.strerror or e}; the old content is unchanged", path=path) from e
    return ExportReport(written, 0, tuple(days.errors))


class _DayReader:
    """The days of an export, read one at a time, with the result of each date."""

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
                # A day whose papers are all hidden by the curation is left out. A day that lists no paper is exported.
                if day and (day.papers or day is stored):
                    yield day
                    self.written += 1
            self._on_outcome(ExportOutcome(date, error))


def export_markdown(
    root: Path,
    folder: Path,
    languages: Sequence[str],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    on_start: OnStart = ignore,
    on_outcome: OnOutcome = ignore,
) -> ExportReport:
    """Write the digest of each day stored below `root`, from `since` to `until`, to `folder`/YYYY/MM/DD.md.

    Bullets are in the first of `languages` that a paper has. A file with the same content is not touched, and the file
    of a date that is not stored stays. An unreadable day, and one that cannot be written, is skipped. `on_start`
    receives the number of dates. Raises ArchiveError for an invalid curation.
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
                continue  # removed since the dates were listed
            text = render_digest(curate_day(day, curation), languages)
            path = folder / f"{date:%Y/%m/%d}.md"
            reject_symlinks(folder, path)
            if write_atomically(path, text.encode()):
                written += 1
            else:
                unchanged += 1
        except ArchiveError as e:
            errors.append(error := e)
        on_outcome(ExportOutcome(date, error))
    return ExportReport(written, unchanged, tuple(errors))


def _dates(root: Path, since: dt.date | None, until: dt.date | None) -> list[dt.date]:
    """Return the stored dates from `since` to `until`, oldest first."""
    return [date for date in stored_dates(root) if not ((since and date < since) or (until and date > until))]
