"""Progress of a job: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import click

OnStart = Callable[[int], None]
"""Called once, with the number of outcomes to expect."""


class _Dated(Protocol):
    """Outcome of a job for one date, or for one paper of it."""

    @property
    def date(self) -> dt.date: ...
    @property
    def error(self) -> object | None: ...


DatedOutcome = TypeVar("DatedOutcome", bound=_Dated)


@contextmanager
def show_progress(
    title: str, line_of: Callable[[DatedOutcome], str], *, lines: bool = True
) -> Iterator[tuple[OnStart, Callable[[DatedOutcome], None]]]:
    """Yield two callbacks for a job: one for its start, one for each outcome.

    On a terminal, a bar shows the progress, and each error is printed above it. Elsewhere, each outcome is printed as a
    line; without `lines`, only the errors are.
    """
    if sys.stdout.isatty():
        with _show_bar(title, line_of) as callbacks:
            yield callbacks
    else:
        yield lambda count: None, lambda outcome: click.echo(line_of(outcome)) if lines or outcome.error else None


@contextmanager
def _show_bar(
    title: str, line_of: Callable[[DatedOutcome], str]
) -> Iterator[tuple[OnStart, Callable[[DatedOutcome], None]]]:
    # Importing rich takes a tenth of a second, which a pipe need not wait for.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task(title, total=None)

        def on_outcome(outcome: DatedOutcome) -> None:
            bar.update(task, description=str(outcome.date), advance=1)
            if outcome.error:
                bar.console.print(line_of(outcome), markup=False, highlight=False)

        yield lambda count: bar.update(task, total=count), on_outcome
