"""The command line: the same as the plugin, by hand. Reads mkdocs.yml for the options, prints, and sets exit codes.

0 done, 1 done in part, 2 nothing usable or wrong usage, 130 stopped by the user.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import click
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError

from daily_papers import __version__
from daily_papers.archive.curation import CURATION
from daily_papers.archive.day_files import stored_dates
from daily_papers.cli.doctor import Repository, diagnose
from daily_papers.cli.new_repository import make_repository
from daily_papers.errors import ArchiveError, DailyPapersError
from daily_papers.jobs.check import check as check_archive
from daily_papers.jobs.check import fix_layout, unlisted_corrections
from daily_papers.jobs.enrich import NIGHTLY_RUN_S as ARXIV_S
from daily_papers.jobs.enrich import EnrichOutcome, enrich_archive
from daily_papers.jobs.export import FORMS, ExportOutcome, export_markdown, export_whole
from daily_papers.jobs.fetch import NIGHTLY_BUDGET, UNLIMITED, FetchOutcome, fetch_archive
from daily_papers.jobs.import_ import ImportOutcome, ImportReport, import_digests
from daily_papers.jobs.mirror import mirror_archive
from daily_papers.jobs.relate import NIGHTLY_RUN_S as RELATED_S
from daily_papers.jobs.relate import RelateOutcome, relate_archive
from daily_papers.jobs.summarize import SummarizeOutcome, summarize_archive
from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin
from daily_papers.model.dates import current_instant, feed_day
from daily_papers.model.records import LANGUAGE_PATTERN
from daily_papers.net.image_download import Rules
from daily_papers.site.pages.search import parts_of_years
from daily_papers.summaries.plan import estimate, make_plan

DONE, IN_PART, UNUSABLE, STOPPED = 0, 1, 2, 130

EXPORT_FORMATS = ("markdown", *FORMS)
DIGESTS = Path("digests")
"""Where an export to Markdown goes unless someone says otherwise."""
RUN_S = 1800.0
"""How long summaries may take a run that was not asked for any range."""

OnStart = Callable[[int], None]


class _Dated(Protocol):
    """What became of one date, or of one paper of it."""

    @property
    def date(self) -> dt.date: ...
    @property
    def error(self) -> object | None: ...


DatedOutcome = TypeVar("DatedOutcome", bound=_Dated)


def _date(value: str) -> dt.date:
    """Read an option's date. A function and no ParamType, which is generic, or is not, by the version of click."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date: expected YYYY-MM-DD, as 2024-03-01") from None


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
    logging.getLogger("stamina").propagate = False  # says of each retry what the line above says better


def _plugin(config_file: str) -> DailyPapersPlugin:
    """Return our plugin as the site configures it. Raises ConfigurationError, DailyPapersError."""
    return _plugin_of(load_config(config_file), config_file)


def _plugin_of(config: MkDocsConfig, config_file: str) -> DailyPapersPlugin:
    for plugin in config.plugins.values():
        if isinstance(plugin, DailyPapersPlugin):
            plugin.locate(config)
            return plugin
    raise ConfigurationError(f"{config_file} has no plugin daily-papers: add '- daily-papers' below 'plugins:'")


@main.command()
@click.option("--since", type=_date, metavar="DATE", help="The first date asked for; the option 'since' by default.")
@click.option("--until", type=_date, metavar="DATE", help="The last date asked for; today by default.")
@click.option("--force", is_flag=True, help="Ask for settled dates again.")
@click.pass_obj
def fetch(config_file: str, since: dt.date | None, until: dt.date | None, force: bool) -> int:
    """Ask for what is missing or still moving, and store it; ask arXiv for what it knows; relate what is new."""
    plugin = _plugin(config_file)
    _check_range(since, until)
    with _progress("Fetching", _line) as (on_start, on_outcome):
        report = fetch_archive(
            plugin.archive_root,
            plugin.config.source,
            now=current_instant(),
            since=since or plugin.config.since,
            until=until,
            refresh_days=plugin.config.refresh_days,
            force=force,
            budget=UNLIMITED if since or until or force else NIGHTLY_BUDGET,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    click.echo(f"Fetched: {report}")
    if not stored_dates(plugin.archive_root):
        return DONE if report.complete else UNUSABLE
    enriched = not plugin.config.arxiv or _enrich(plugin, since, until)
    related = _relate(plugin.archive_root, None if since or until else RELATED_S)
    if plugin.config.media == "mirror":
        mirrored = mirror_archive(plugin.archive_root, Rules(plugin.config.media_hosts), on_error=click.echo)
        click.echo(f"Thumbnails: {mirrored}")
    return DONE if report.complete and enriched and related else IN_PART


def _enrich(plugin: DailyPapersPlugin, since: dt.date | None, until: dt.date | None) -> bool:
    """Ask arXiv for what it knows of the stored papers; return whether it told of all."""
    with _progress("Asking arXiv", _arxiv_line) as (on_start, on_outcome):
        report = enrich_archive(
            plugin.archive_root,
            since=since,
            until=until,
            run_s=None if since or until else ARXIV_S,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    click.echo(f"arXiv: {report}")
    return report.complete


def _relate(root: Path, run_s: float | None) -> bool:
    """Relate the papers that are new to earlier ones; return whether what was found could be written."""
    try:
        with _progress("Relating papers", _related_line, lines=False) as (on_start, on_outcome):
            report = relate_archive(root, run_s=run_s, on_start=on_start, on_outcome=on_outcome)
    except ArchiveError as e:
        click.echo(f"Related: {e}")
        return False
    click.echo(f"Related: {report}")
    return True


@main.command()
@click.option("--fix", is_flag=True, help="Lay out anew each day that an editor has laid out otherwise.")
@click.pass_obj
def check(config_file: str, fix: bool) -> int:
    """Read every stored file; name each that does not keep its promises."""
    plugin = _plugin(config_file)
    root = plugin.archive_root
    for path in fix_layout(root) if fix else ():
        click.echo(f"{path}: laid out anew")
    faults = 0
    for error in check_archive(root):
        faults += 1
        click.echo(str(error))
    for misplaced in plugin.misplaced():
        click.echo(f"Note: {misplaced}")
    for paper_id in unlisted_corrections(root):
        click.echo(f"Note: {CURATION} names {paper_id}, which no stored day has")
    days = _count(len(stored_dates(root)), "day")
    click.echo(f"{days} checked, {_count(faults, 'fault')}" if faults else f"{days} checked, all sound")
    return IN_PART if faults else DONE


@main.command(name="import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be stored.")
@click.pass_obj
def import_(config_file: str, paths: tuple[Path, ...], dry_run: bool) -> int:
    """Take digests into the archive (Markdown files, folders or zips of YYYY/MM/DD.md), or exports in JSON Lines."""
    root = _plugin(config_file).archive_root
    with _progress("Importing", _import_line) as (on_start, on_outcome):
        report = import_digests(
            root,
            paths,
            today=feed_day(current_instant()),
            dry_run=dry_run,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    for line in _import_faults(report):
        click.echo(line)
    if report.files:
        click.echo(_import_counts(report, dry_run=dry_run))
    if report.exported:
        click.echo(f"{_count(report.exported, 'exported day')} read")
    click.echo(f"{'Would be imported' if dry_run else 'Imported'}: {report}")
    related = dry_run or not report.usable or _relate(root, None)
    if report.complete and related:
        return DONE
    return IN_PART if report.usable else UNUSABLE


@main.command()
@click.option("--format", "form", type=click.Choice(EXPORT_FORMATS), required=True, help="What to write.")
@click.option("--since", type=_date, metavar="DATE", help="The first date; the first one stored by default.")
@click.option("--until", type=_date, metavar="DATE", help="The last date; the last one stored by default.")
@click.option("-o", "path", type=click.Path(path_type=Path), help="Where to; a name of ours in this folder by default.")
@click.pass_obj
def export(config_file: str, form: str, since: dt.date | None, until: dt.date | None, path: Path | None) -> int:
    """Write the stored days to PATH, in another form.

    markdown: a digest a date, PATH/YYYY/MM/DD.md. jsonl: a day a line, which import reads back. sqlite: a database with
    search. parquet: PATH/year=YYYY/month=MM/part-0.parquet. bibtex, ris: an entry a paper.
    """
    plugin = _plugin(config_file)
    _check_range(since, until)
    root, target = plugin.archive_root, path or (DIGESTS if form == "markdown" else FORMS[form].default)
    if form == "markdown":
        _check_folder(target, plugin.docs_root)
    with _progress("Exporting", _export_line, lines=False) as (on_start, on_outcome):
        if form == "markdown":
            report = export_markdown(
                root,
                target,
                plugin.config.languages,
                since=since,
                until=until,
                on_start=on_start,
                on_outcome=on_outcome,
            )
        else:
            report = export_whole(
                root, target, form, since=since, until=until, on_start=on_start, on_outcome=on_outcome
            )
    click.echo(f"Exported to {target}: {report}")
    if not report.errors and (report.written or report.unchanged):
        return DONE
    return IN_PART if report.written or report.unchanged else UNUSABLE


@main.command()
@click.option("--since", type=_date, metavar="DATE", help="The first date whose papers are summarized.")
@click.option("--until", type=_date, metavar="DATE", help="The last one.")
@click.option("--language", help="In this one, as ko, in place of the option 'summaries.languages'.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many summaries, newest papers first.")
@click.option("--outdated", is_flag=True, help="Also what another abstract, prompt or model gave, or was given up.")
@click.option("--dry-run", is_flag=True, help="Say what it would take, and ask nothing.")
@click.pass_obj
def summarize(
    config_file: str,
    since: dt.date | None,
    until: dt.date | None,
    language: str | None,
    limit: int | None,
    outdated: bool,
    dry_run: bool,
) -> int:
    """Have a model summarize the papers that lack a summary."""
    plugin = _plugin(config_file)
    _check_range(since, until)
    if language and not re.fullmatch(LANGUAGE_PATTERN, language):
        raise click.BadParameter(f"{language!r} is no language code: expected one as ko", param_hint="--language")
    settings = plugin.config.summaries.settings(language)
    if not settings.model:
        click.echo("Summaries are off: the option 'summaries.model' names no model")
        return DONE
    plan = make_plan(
        plugin.archive_root, settings, since=since or plugin.config.since, until=until, limit=limit, outdated=outdated
    )
    for error in plan.errors:
        click.echo(str(error))
    now = current_instant()
    if dry_run:
        for reason, count in sorted(plan.left_out.items()):
            click.echo(f"{count} left out: {reason}")
        click.echo(f"Would ask for {estimate(plugin.archive_root, settings, plan, now=now)}")
        return DONE
    # A night has other things to do; a range was asked for by somebody who waits.
    run_s = None if since or until or limit else RUN_S
    with _progress("Summarizing", _summary_line) as (on_start, on_outcome):
        on_start(len(plan.tasks))
        report = summarize_archive(plugin.archive_root, settings, plan, now=now, run_s=run_s, on_outcome=on_outcome)
    click.echo(f"Summaries: {report}")
    return DONE if report.complete and not plan.errors else IN_PART


@main.command()
@click.argument("years", metavar="YEAR...", nargs=-1, required=True, type=click.IntRange(1, 9999))
@click.pass_obj
def draw(config_file: str, years: tuple[int, ...]) -> int:
    """Make ready what a build shows of each YEAR, so that several machines can have a share in it."""
    config = load_config(config_file)
    plugin = _plugin_of(config, config_file)
    site = plugin.open_site(config)
    drawn = sum(map(site.draw_year, years))
    parts = parts_of_years(plugin.parts, years)
    if indexer := plugin.start_indexing(parts, Path(config.site_dir), beside=False):
        indexer.keep()
    click.echo(f"{_count(drawn, 'page')} and {_count(len(parts), 'part')} of the search are kept in {plugin.cache}")
    return DONE


@main.command()
@click.pass_obj
def doctor(config_file: str) -> int:
    """Say whether this repository is set up to run unattended, and what to do where it is not."""
    config = load_config(config_file)
    plugin = _plugin_of(config, config_file)
    repository = Repository(
        folder=Path(config.config_file_path).parent,
        archive_root=plugin.archive_root,
        site_dir=Path(config.site_dir),
        site_url=config.site_url or "",
        source=plugin.config.source,
        since=plugin.config.since,
        model=plugin.config.summaries.model,
    )
    problems = 0
    for finding in diagnose(repository, current_instant()):
        problems += finding.level == "problem"
        click.echo(str(finding))
    click.echo(_count(problems, "problem") if problems else "no problem found")
    return IN_PART if problems else DONE


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> int:
    """Make a ready archive repository in DIR, a new or empty folder."""
    files = make_repository(folder)
    click.echo(f"Made {_count(len(files), 'file')} in {folder}. There:")
    click.echo("  pip install -r requirements.txt")
    click.echo("  daily-papers fetch --since 2026-07-01    # or any other date; then: mkdocs serve")
    click.echo("  daily-papers doctor                      # what is left to do before it runs by itself")
    return DONE


def _check_range(since: dt.date | None, until: dt.date | None) -> None:
    if since and until and since > until:
        raise click.BadParameter(f"{since} is after --until {until}", param_hint="--since")


def _check_folder(folder: Path, docs_root: Path) -> None:
    """Raise BadParameter for a place that is no folder for digests."""
    if folder.resolve().is_relative_to(docs_root.resolve()):
        message = f"{folder} lies in the site's docs folder, which publishes every file as a page: name another"
        raise click.BadParameter(message, param_hint="-o")
    if folder.exists() and not folder.is_dir():
        raise click.BadParameter(f"{folder} is a file: name a folder", param_hint="-o")


def _arxiv_line(outcome: EnrichOutcome) -> str:
    if outcome.error:
        return str(outcome.error)
    unknown = f", {outcome.unknown} not known there" if outcome.unknown else ""
    return f"{outcome.date}  arXiv asked for {_count(outcome.papers, 'paper')}{unknown}"


def _related_line(outcome: RelateOutcome) -> str:
    return f"{outcome.date:%Y-%m}  {_count(outcome.papers, 'paper')}, {outcome.related} related"


def _summary_line(outcome: SummarizeOutcome) -> str:
    task = outcome.task
    reason = f": {outcome.reason}" if outcome.reason else ""
    return f"{task.dates[0]}  {task.paper_id} {task.language}  {outcome.result}{reason}"


def _export_line(outcome: ExportOutcome) -> str:
    return str(outcome.error or outcome.date)


def _import_line(outcome: ImportOutcome) -> str:
    is_stored = outcome.result == "stored"
    text = f"{_count(outcome.papers, 'paper')}, {outcome.new} new" if is_stored else outcome.result
    files = f", of {outcome.files} files" if outcome.files > 1 else ""
    return f"{outcome.date}  {text}{files}" + (f": {outcome.error}" if outcome.error else "")


def _import_faults(report: ImportReport) -> Iterator[str]:
    """Yield a line for each thing that was not taken in as it stood."""
    yield from map(str, report.errors)
    yield from report.misdated
    for line in report.unread:
        yield f"{line.at}: not read: {line.reason}"
    for place in report.repeated:
        yield f"{place} stands a second time on its date; the first stays, filled from this one"


def _import_counts(report: ImportReport, *, dry_run: bool) -> str:
    of = report.counts
    kept = "" if dry_run else "; of each date that is stored, they are kept in its DD.rejected.json"
    lines = ", ".join(f"{of[kind]} {kind}" for kind in ("nested", "numbered", "free"))
    media = ", ".join(
        _count(of[kind], kind) for kind in ("thumbnail", "avatar", "image", "animation", "video") if of[kind]
    )
    return "\n".join(
        (
            f"{_count(report.files, 'digest')} of {_count(len(report.outcomes), 'day')}"
            f" ({_count(report.skipped, 'other Markdown file')} left alone)",
            f"{_count(of['papers'], 'paper')}, {of['repeated']} repeated, {_count(of['authors'], 'line')} of authors",
            f"votes: {_count(of['votes'], 'number')}, {of['dash votes']} '-', {of['no votes']} without",
            f"{_count(of['bullets'], 'bullet')}, lines within them: {lines}",
            f"media: {media or 'none'}",
            f"{_count(len(report.unread), 'line')} not read" + (kept if report.unread else ""),
        )
    )


@contextmanager
def _progress(
    doing: str, line_of: Callable[[DatedOutcome], str], *, lines: bool = True
) -> Iterator[tuple[OnStart, Callable[[DatedOutcome], None]]]:
    """Yield what to call at the start and after each date: a bar on a terminal, plain lines elsewhere.

    Without `lines`, only what failed has one.
    """
    if not sys.stdout.isatty():
        yield lambda count: None, lambda outcome: click.echo(line_of(outcome)) if lines or outcome.error else None
        return
    # A tenth of a second that a pipe need not pay for.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task(doing, total=None)

        def finish(outcome: DatedOutcome) -> None:
            bar.update(task, description=str(outcome.date), advance=1)
            if outcome.error:
                bar.console.print(line_of(outcome), markup=False, highlight=False)

        yield lambda count: bar.update(task, total=count), finish


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _line(outcome: FetchOutcome) -> str:
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
