"""The command line `daily-papers`: runs the plugin's jobs by hand, with the options from mkdocs.yml.

Exit codes: 0 done, 1 done in part, 2 nothing usable or wrong usage, 130 stopped by the user.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from contextlib import closing
from pathlib import Path

import click
from mkdocs.exceptions import Abort, ConfigurationError

from daily_papers import __version__
from daily_papers.archive.curation import CURATION
from daily_papers.archive.day_files import stored_dates
from daily_papers.cli import output
from daily_papers.cli.doctor import Repository, diagnose
from daily_papers.cli.new_repository import make_repository
from daily_papers.cli.output import count
from daily_papers.cli.progress import show_progress
from daily_papers.cli.safe_output import make_output_safe
from daily_papers.errors import ArchiveError, AttachError, DailyPapersError
from daily_papers.jobs.check import check as check_archive
from daily_papers.jobs.check import fix_layout, unlisted_corrections
from daily_papers.jobs.enrich import NIGHTLY_RUN_S as ARXIV_S
from daily_papers.jobs.enrich import enrich_archive
from daily_papers.jobs.export import FORMS, export_markdown, export_whole
from daily_papers.jobs.fetch import NIGHTLY_BUDGET, UNLIMITED, fetch_archive
from daily_papers.jobs.forget import forget_dates
from daily_papers.jobs.import_ import import_digests
from daily_papers.jobs.mirror import mirror_archive
from daily_papers.jobs.relate import NIGHTLY_RUN_S as RELATED_S
from daily_papers.jobs.relate import relate_archive
from daily_papers.jobs.summarize import summarize_archive
from daily_papers.mkdocs_plugin.cache_folder import CacheFolder
from daily_papers.mkdocs_plugin.config_file import read_config
from daily_papers.mkdocs_plugin.project import Project
from daily_papers.mkdocs_plugin.yaml_dates import find_impossible_date
from daily_papers.model.dates import current_instant, feed_day
from daily_papers.model.records import LANGUAGE_PATTERN
from daily_papers.model.text import error_line
from daily_papers.net.image_download import Rules
from daily_papers.site.attach.attach import Archive
from daily_papers.site.attach.attach import attach as attach_archive
from daily_papers.site.search_index import shards_of_years
from daily_papers.site.site import prerender_year
from daily_papers.summaries.plan import estimate, make_plan

DONE, IN_PART, UNUSABLE, STOPPED = 0, 1, 2, 130

EXPORT_FORMATS = ("markdown", *FORMS)
DIGESTS = Path("digests")
"""Default output folder of an export to Markdown."""
SUMMARIES_S = 1800.0
"""Time limit of `summarize`, in seconds, unless a range or number was asked for."""


def _parse_date(value: str) -> dt.date:
    """Parse the date of an option.

    A function, not a `click.ParamType`: whether that class is generic depends on the version of click.
    """
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date: expected YYYY-MM-DD, such as 2024-03-01") from None


class _Commands(click.Group):
    """Group whose commands end with a plain message and an exit code, never with a traceback, on a known error."""

    def invoke(self, ctx: click.Context) -> None:
        try:
            ctx.exit(super().invoke(ctx) or DONE)
        except KeyboardInterrupt:
            click.echo("Stopped. Everything stored so far is kept.", err=True)
            ctx.exit(STOPPED)
        except (DailyPapersError, ConfigurationError) as e:
            click.echo(f"Error: {e}", err=True)
            ctx.exit(UNUSABLE)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-f", "--config-file", default="mkdocs.yml", show_default=True, help="MkDocs configuration of the site.")
@click.version_option(__version__, package_name="mkdocs-daily-papers")
@click.pass_context
def main(ctx: click.Context, config_file: str) -> None:
    """Keep an archive of the papers that a community picks each day."""
    ctx.obj = config_file
    make_output_safe()
    logging.basicConfig(format="%(message)s")
    logging.getLogger("daily_papers").setLevel(logging.INFO)  # waits, retries, unknown keys
    logging.getLogger("stamina").propagate = False  # the log of this package describes each retry better


def _load_project(config_file: str, **replaced: str) -> Project:
    """Return the project of an mkdocs.yml; values of `replaced` replace its own.

    Raises DailyPapersError, and ConfigurationError, which names the file.
    """
    try:
        return Project.find(read_config(Path(config_file), **replaced))
    except Abort as e:
        raise ConfigurationError(f"{config_file} has the unusable options above: correct them") from e
    except ConfigurationError as e:
        if config_file in str(e):
            raise
        raise ConfigurationError(f"{config_file}: {e}") from e
    except (OSError, TypeError, ValueError, AttributeError, LookupError, RecursionError) as e:  # of MkDocs and PyYAML
        # PyYAML parses a value in the form of a date as one.
        mistake = find_impossible_date(Path(config_file)) if isinstance(e, ValueError) else ""
        raise ConfigurationError(mistake or f"{config_file} cannot be read: {error_line(e)}") from e


@main.command()
@click.option("--since", type=_parse_date, metavar="DATE", help="First date to fetch. Default: the option 'since'.")
@click.option("--until", type=_parse_date, metavar="DATE", help="Last date to fetch. Default: today.")
@click.option("--force", is_flag=True, help="Fetch settled dates again.")
@click.pass_obj
def fetch(config_file: str, since: dt.date | None, until: dt.date | None, force: bool) -> int:
    """Fetch missing and changing dates.

    Then add metadata from arXiv, relate new papers to earlier ones, and mirror thumbnails if the options say so.
    """
    project = _load_project(config_file)
    _check_range(since, until)
    if notice := "" if since else project.since_notice(current_instant().date()):
        click.echo(notice)
    with show_progress("Fetching", output.fetch_line) as (on_start, on_outcome):
        report = fetch_archive(
            project.archive_root,
            project.options.source,
            now=current_instant(),
            since=since or project.since,
            until=until,
            refresh_days=project.options.refresh_days,
            force=force,
            budget=UNLIMITED if since or until or force else NIGHTLY_BUDGET,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    click.echo(f"Fetched: {report}")
    if not stored_dates(project.archive_root):
        return DONE if report.complete else UNUSABLE
    enriched = not project.options.arxiv or _enrich(project.archive_root, since, until)
    related = _relate(project.archive_root, None if since or until else RELATED_S)
    if project.options.media == "mirror":
        mirrored = mirror_archive(project.archive_root, Rules(project.options.media_hosts), on_error=click.echo)
        click.echo(f"Thumbnails: {mirrored}")
    return DONE if report.complete and enriched and related else IN_PART


def _enrich(root: Path, since: dt.date | None, until: dt.date | None) -> bool:
    """Add metadata from arXiv to the stored papers. Return False if a paper has to be requested again."""
    with show_progress("Requesting arXiv", output.enrich_line) as (on_start, on_outcome):
        report = enrich_archive(
            root,
            since=since,
            until=until,
            run_s=None if since or until else ARXIV_S,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    click.echo(f"arXiv: {report}")
    return report.complete


def _relate(root: Path, run_s: float | None) -> bool:
    """Relate new papers to earlier ones. Return False if the result is incomplete or could not be written."""
    try:
        with show_progress("Relating papers", output.relate_line, lines=False) as (on_start, on_outcome):
            report = relate_archive(root, run_s=run_s, on_start=on_start, on_outcome=on_outcome)
    except ArchiveError as e:
        click.echo(f"Related: {e}")
        return False
    click.echo(f"Related: {report}")
    return True


@main.command()
@click.option("--fix", is_flag=True, help="Rewrite day files that an editor has reformatted.")
@click.pass_obj
def check(config_file: str, fix: bool) -> int:
    """Read every stored file and name each fault."""
    project = _load_project(config_file)
    root = project.archive_root
    for path in fix_layout(root) if fix else ():
        click.echo(f"{path}: rewritten")
    faults = 0
    for error in check_archive(root):
        faults += 1
        click.echo(str(error))
    for misplaced in project.misplaced_files():
        click.echo(f"Note: {misplaced}")
    for paper_id in unlisted_corrections(root):
        click.echo(f"Note: {CURATION} names {paper_id}, which is on no stored day")
    days = count(len(stored_dates(root)), "day")
    click.echo(f"{days} checked, {count(faults, 'fault') if faults else 'no fault found'}")
    return IN_PART if faults else DONE


@main.command(name="import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what would be stored, and store nothing.")
@click.pass_obj
def import_(config_file: str, paths: tuple[Path, ...], dry_run: bool) -> int:
    """Import digests, or exports in JSON Lines.

    A digest is a Markdown file YYYY/MM/DD.md. PATH is a file, or a folder or zip file of them.
    """
    root = _load_project(config_file).archive_root
    with show_progress("Importing", output.import_line) as (on_start, on_outcome):
        report = import_digests(
            root,
            paths,
            today=feed_day(current_instant()),
            dry_run=dry_run,
            on_start=on_start,
            on_outcome=on_outcome,
        )
    for line in output.import_problems(report):
        click.echo(line)
    if report.files:
        click.echo(output.import_counts(report, dry_run=dry_run))
    if report.exported:
        click.echo(f"{count(report.exported, 'exported day')} read")
    click.echo(f"{'Would be imported' if dry_run else 'Imported'}: {report}")
    related = dry_run or not report.usable or _relate(root, None)
    if report.complete and related:
        return DONE
    return IN_PART if report.usable else UNUSABLE


@main.command()
@click.option("--since", type=_parse_date, metavar="DATE", required=True, help="First date to forget.")
@click.option("--until", type=_parse_date, metavar="DATE", required=True, help="Last date to forget.")
@click.pass_obj
def forget(config_file: str, since: dt.date, until: dt.date) -> int:
    """Forget dates that were asked for and hold nothing.

    A date with papers, or with records that could not be read, stays as it is.
    """
    project = _load_project(config_file)
    _check_range(since, until)
    forgotten = forget_dates(project.archive_root, since, until)
    click.echo(f"Forgotten: {count(len(forgotten), 'date')} without papers")
    if any(date >= project.since for date in forgotten):
        click.echo(f"The next fetch asks again for those from {project.since}: set the option 'since' to a later date")
    return DONE


@main.command()
@click.option("--format", "form", type=click.Choice(EXPORT_FORMATS), required=True, help="Format to write.")
@click.option("--since", type=_parse_date, metavar="DATE", help="First date. Default: the first one stored.")
@click.option("--until", type=_parse_date, metavar="DATE", help="Last date. Default: the last one stored.")
@click.option(
    "-o", "path", type=click.Path(path_type=Path), help="Output path. Default: a name in this folder, by format."
)
@click.pass_obj
def export(config_file: str, form: str, since: dt.date | None, until: dt.date | None, path: Path | None) -> int:
    """Write the stored days in another format.

    markdown: a digest per date, PATH/YYYY/MM/DD.md. jsonl: a day per line; `import` reads it. sqlite: a database with
    full-text search. parquet: PATH/year=YYYY/month=MM/part-0.parquet. bibtex, ris: an entry per paper.
    """
    project = _load_project(config_file)
    _check_range(since, until)
    root, target = project.archive_root, path or (DIGESTS if form == "markdown" else FORMS[form].default)
    if form == "markdown":
        _check_folder(target, project.docs_root)
    with show_progress("Exporting", output.export_line, lines=False) as (on_start, on_outcome):
        if form == "markdown":
            report = export_markdown(
                root,
                target,
                project.options.languages,
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
@click.option("--since", type=_parse_date, metavar="DATE", help="First date of papers to summarize.")
@click.option("--until", type=_parse_date, metavar="DATE", help="Last date of papers to summarize.")
@click.option("--language", help="Language to write, such as ko, instead of the option 'summaries.languages'.")
@click.option("--limit", type=click.IntRange(min=1), help="Maximum number of summaries; newest papers come first.")
@click.option(
    "--outdated",
    is_flag=True,
    help="Also replace summaries of another abstract, prompt or model, and retry those given up.",
)
@click.option("--dry-run", is_flag=True, help="Estimate calls, tokens and cost, and ask no model.")
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
    """Have a model write the missing summaries."""
    project = _load_project(config_file)
    _check_range(since, until)
    if language and not re.fullmatch(LANGUAGE_PATTERN, language):
        raise click.BadParameter(
            f"{language!r} is not a language code: expected one such as ko", param_hint="--language"
        )
    settings = project.options.summaries.settings(language)
    if not settings.model:
        click.echo("Summaries are off: the option 'summaries.model' names no model")
        return DONE
    plan = make_plan(
        project.archive_root,
        settings,
        since=since or project.options.since,
        until=until,
        limit=limit,
        outdated=outdated,
    )
    for error in plan.errors:
        click.echo(str(error))
    now = current_instant()
    if dry_run:
        for reason, papers in sorted(plan.left_out.items()):
            click.echo(f"{papers} left out: {reason}")
        click.echo(f"Would ask for {estimate(project.archive_root, settings, plan, now=now)}")
        return DONE
    # A nightly run has more jobs to do. Someone who asks for a range or number waits for its end.
    run_s = None if since or until or limit else SUMMARIES_S
    with show_progress("Summarizing", output.summarize_line) as (on_start, on_outcome):
        on_start(len(plan.tasks))
        report = summarize_archive(project.archive_root, settings, plan, now=now, run_s=run_s, on_outcome=on_outcome)
    click.echo(f"Summaries: {report}")
    return DONE if report.complete and not plan.errors else IN_PART


@main.command()
@click.argument("years", metavar="YEAR...", nargs=-1, required=True, type=click.IntRange(1, 9999))
@click.pass_obj
def prerender(config_file: str, years: tuple[int, ...]) -> int:
    """Render and index years into the cache.

    Several machines can share the work of one build: each prerenders some years, and the build reads all their caches.
    """
    project = _load_project(config_file)
    caches = CacheFolder(project.cache_folder, required=True)
    site = project.load_site(caches.path)
    pages = sum(prerender_year(site, year) for year in years)
    shards = shards_of_years(site.shards, years)
    if indexer := project.start_indexing(site, shards, project.site_dir, caches, in_background=False):
        indexer.fill_cache()
    click.echo(f"Stored {count(pages, 'page')} and {count(len(shards), 'search shard')} in {caches.path}")
    return DONE


@main.command()
@click.argument("folder", metavar="SITE", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--frame", metavar="PATH", help="Page of SITE that is put around the archive's. Default: index.html.")
@click.option("--site-url", metavar="URL", default="", help="Address of the site. Default: site_url in mkdocs.yml.")
@click.pass_obj
def attach(config_file: str, folder: Path, frame: str | None, site_url: str) -> int:
    """Put the archive into a site that another tool has built.

    SITE is the folder that the tool has written: Zensical, Hugo, Sphinx or any other. Each page of the archive is a
    copy of PATH, a page in SITE, with another content.
    """
    project = _load_project(config_file, site_url=site_url)
    if project.is_encrypted:
        raise AttachError("The plugin encryptcontent encrypts all pages of the site, which attach cannot do")
    with closing(CacheFolder(project.cache_folder)) as caches:
        site = project.load_site(caches.path, attached=True)
        for line in (*project.notices(site, current_instant().date()), *project.misplaced_files(), *site.errors):
            click.echo(str(line))
        report = attach_archive(
            Archive(site, project.archive_root, project.is_record_excluded),
            folder,
            frame_name=frame,
            policy=project.make_policy(
                applied=not project.options.path, is_preview=False, has_search=bool(site.shards)
            ),
            start_indexing=lambda site, folder: project.start_indexing(
                site, site.shards, folder, caches, in_background=True
            ),
        )
    for line in output.attach_lines(report):
        click.echo(line)
    click.echo(f"Attached to {folder}: {count(report.pages, 'page')} and {count(report.files, 'other file')}")
    return DONE


# Workflows that people already have use this former name of `prerender`.
main.add_command(
    click.Command("draw", callback=prerender.callback, params=prerender.params, help=prerender.help, hidden=True)
)


@main.command()
@click.pass_obj
def doctor(config_file: str) -> int:
    """Check the setup for unattended runs.

    Prints the state of mkdocs.yml, git, the workflow, GitHub Pages and the archive, with a remedy for each problem.
    """
    project = _load_project(config_file)
    config = project.config
    repository = Repository(
        folder=Path(config.config_file_path).parent,
        archive_root=project.archive_root,
        site_dir=Path(config.site_dir),
        site_url=config.site_url or "",
        source=project.options.source,
        since=project.since,
        model=project.options.summaries.model,
        urls=project.urls,
    )
    problems = 0
    for finding in diagnose(repository, current_instant()):
        problems += finding.level == "problem"
        click.echo(str(finding))
    click.echo(count(problems, "problem") if problems else "no problem found")
    return IN_PART if problems else DONE


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> int:
    """Create an archive repository in DIR.

    DIR is a new or empty folder.
    """
    files = make_repository(folder)
    click.echo(f"Created {count(len(files), 'file')} in {folder}. Run there:")
    click.echo("  pip install -r requirements.txt")
    click.echo("  daily-papers fetch --since 2026-07-01    # or any other date; then: mkdocs serve")
    click.echo("  daily-papers doctor                      # lists what is missing for unattended runs")
    return DONE


def _check_range(since: dt.date | None, until: dt.date | None) -> None:
    if since and until and since > until:
        raise click.BadParameter(f"{since} is after --until {until}", param_hint="--since")


def _check_folder(folder: Path, docs_root: Path) -> None:
    """Raise BadParameter if digests cannot be written to `folder`."""
    if folder.resolve().is_relative_to(docs_root.resolve()):
        message = f"{folder} is in the site's docs folder, which publishes every file as a page: name another folder"
        raise click.BadParameter(message, param_hint="-o")
    if folder.exists() and not folder.is_dir():
        raise click.BadParameter(f"{folder} is a file: name a folder", param_hint="-o")
