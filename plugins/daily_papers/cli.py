"""The command line: the same as the plugin, by hand. Reads mkdocs.yml for the options, prints, and sets exit codes.

0 done, 1 done in part, 2 nothing usable or wrong usage, 130 stopped by the user.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, ConfigurationError

from daily_papers import __version__
from daily_papers.archive import check as check_archive
from daily_papers.archive import read_day, stored_dates, write_anew
from daily_papers.curation import CURATION, read_curation, unlisted_ids
from daily_papers.dates import current_instant
from daily_papers.errors import ArchiveError, DailyPapersError
from daily_papers.fetch import Outcome, fetch_archive
from daily_papers.models import Day
from daily_papers.plugin import DailyPapersPlugin

DONE, IN_PART, UNUSABLE, STOPPED = 0, 1, 2, 130

OnStart = Callable[[int], None]
OnOutcome = Callable[[Outcome], None]


class _Date(click.ParamType[dt.date]):
    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: expected YYYY-MM-DD, as 2024-03-01", param, ctx)


class _Commands(click.Group):
    """Turns what goes wrong into a plain line and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> None:
        try:
            ctx.exit(super().invoke(ctx) or DONE)
        except KeyboardInterrupt:
            click.echo("Stopped; what was stored stays stored.", err=True)
            ctx.exit(STOPPED)
        except Abort as e:  # the host's own end, for options that cannot be used; it has named them
            click.echo(str(e).strip(), err=True)
            ctx.exit(UNUSABLE)
        except (DailyPapersError, ConfigurationError) as e:
            click.echo(f"Error: {e}", err=True)
            ctx.exit(UNUSABLE)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-f", "--config-file", default="mkdocs.yml", show_default=True, help="The site's configuration.")
@click.version_option(__version__, package_name="mkdocs-daily-papers")
@click.pass_context
def main(ctx: click.Context, config_file: str) -> None:
    """Keep an archive of the papers a community picks each day."""
    ctx.obj = config_file
    logging.basicConfig(format="%(message)s")
    logging.getLogger("daily_papers").setLevel(logging.INFO)  # waits, retries, keys that are new


def _plugin(config_file: str) -> DailyPapersPlugin:
    """Return our plugin as the site configures it. Raises ConfigurationError, DailyPapersError."""
    config = load_config(config_file)
    for plugin in config.plugins.values():
        if isinstance(plugin, DailyPapersPlugin):
            plugin.locate(config)
            return plugin
    raise ConfigurationError(f"{config_file} has no plugin daily-papers: add '- daily-papers' below 'plugins:'")


@main.command()
@click.option("--since", type=_Date(), help="The first date asked for; the option 'since' by default.")
@click.option("--until", type=_Date(), help="The last date asked for; today by default.")
@click.option("--force", is_flag=True, help="Ask for settled dates again.")
@click.pass_obj
def fetch(config_file: str, since: dt.date | None, until: dt.date | None, force: bool) -> int:
    """Ask for what is missing or still moving, and store it."""
    plugin = _plugin(config_file)
    if since and until and since > until:
        raise click.BadParameter(f"{since} is after --until {until}", param_hint="--since")
    with _progress() as (on_start, on_outcome):
        report = fetch_archive(
            plugin.archive_root,
            plugin.config.source,
            now=current_instant(),
            since=since or plugin.config.since,
            until=until,
            refresh_days=plugin.config.refresh_days,
            force=force,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    click.echo(f"Fetched: {report}")
    if report.complete:
        return DONE
    return IN_PART if stored_dates(plugin.archive_root) else UNUSABLE


@main.command()
@click.option("--fix", is_flag=True, help="Lay out anew each day that an editor has laid out otherwise.")
@click.pass_obj
def check(config_file: str, fix: bool) -> int:
    """Read every stored file; name each that does not keep its promises."""
    root = _plugin(config_file).archive_root
    for path in write_anew(root) if fix else ():
        click.echo(f"{path}: laid out anew")
    faults = 0
    for error in check_archive(root):
        faults += 1
        click.echo(str(error))
    for paper_id in _unlisted(root):
        click.echo(f"Note: {CURATION} names {paper_id}, which no stored day has")
    days = _count(len(stored_dates(root)), "day")
    click.echo(f"{days} checked, {_count(faults, 'fault')}" if faults else f"{days} checked, all sound")
    return IN_PART if faults else DONE


def _unlisted(root: Path) -> list[str]:
    """Return the ids of the curation that no stored day has; none where `check` has said that it does not read."""
    try:
        curation = read_curation(root)
    except ArchiveError:
        return []
    return unlisted_ids(curation, _readable_days(root)) if curation.corrections else []


def _readable_days(root: Path) -> Iterator[Day]:
    for date in stored_dates(root):
        with suppress(ArchiveError):
            if day := read_day(root, date):
                yield day


@contextmanager
def _progress() -> Iterator[tuple[OnStart, OnOutcome]]:
    """Yield what to call at the start and after each date: a bar on a terminal, plain lines elsewhere."""
    if not sys.stdout.isatty():
        yield lambda count: None, lambda outcome: click.echo(_line(outcome))
        return
    # A tenth of a second that a pipe need not pay for.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("Fetching", total=None)

        def finish(outcome: Outcome) -> None:
            bar.update(task, description=str(outcome.date), advance=1)
            if outcome.error:
                bar.console.print(_line(outcome), markup=False, highlight=False)

        yield lambda count: bar.update(task, total=count), finish


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _line(outcome: Outcome) -> str:
    if outcome.result in ("stored", "unchanged"):
        text = f"{_count(outcome.papers, 'paper')}, {outcome.new} new" if outcome.result == "stored" else "unchanged"
    elif outcome.result == "empty":
        text = "nothing listed"
    elif outcome.result == "early":
        text = "not published yet"
    else:
        text = outcome.result
    rejected = f", {outcome.rejected} not read in full (kept in the .rejected.json)" if outcome.rejected else ""
    return f"{outcome.date}  {text}{rejected}" + (f": {outcome.error}" if outcome.error else "")


if __name__ == "__main__":
    main()
