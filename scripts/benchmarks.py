"""Benchmarks: builds and previews of this plugin, and builds of other site generators, from the same days.

Other generators are looked up on PATH and in .cache/peers: Debian's `hugo`; `pipx install zensical`;
`npm install --prefix .cache/peers @11ty/eleventy@3`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daily_papers.archive.day_files import write_day
from daily_papers.formats.digest_writer import render_digest
from daily_papers.model.records import Day
from daily_papers.search.pagefind_program import find_pagefind
from preview_benchmark import free_port, measure_first_page, measure_saved_day
from process_usage import Usage, measure
from sample_days import days_before_last_run

FULL = "full build"
COLD = "with search, cold"
NIGHT = "a night"
SEARCHED_NIGHT = "a night, with search"
COLD_PREVIEW = "serve, first page, cold"
PREVIEW = "serve, first page"
SAVED = "serve, saved day"
HUGO = "Hugo"
HUGO_PAGEFIND = "Hugo + Pagefind"

PEERS = Path(__file__).parent.parent / ".cache/peers/node_modules/.bin"
_PLUGIN_CONFIG = """\
site_name: Bench
site_url: https://bench.example/
theme: {{name: material, font: false}}
plugins: [{{daily-papers: {{fetch: never, search: {search}}}}}]
"""
_STOCK_CONFIG = """\
site_name: Bench
site_url: https://bench.example/
theme: {name: material, font: false}
"""
_HUGO_CONFIG = 'baseURL = "https://bench.example/"\ntitle = "Bench"\n'
_HUGO_PAGE = '<!doctype html><html lang="en"><title>{{ .Title }}</title>{{ .Content }}</html>'
_HUGO_LIST = (
    '<!doctype html><html lang="en"><title>{{ .Title }}</title>'
    '{{ range .Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</html>'
)
_ELEVENTY_CONFIG = "module.exports = () => ({ markdownTemplateEngine: false, dir: { input: 'content' } });\n"
_ELEVENTY_PAGE = "<!doctype html><title>{{ title }}</title>{{ content | safe }}"

Prepare = Callable[[str], tuple[list[str], Path]]
"""Takes the name of a run, and returns its command and the folder to run it in. This step is not measured.

Each run writes to a new folder: in one that was just emptied, ext4 is slow to allocate inodes for some seconds, and the
benchmark would measure that.
"""


@dataclass(frozen=True)
class Benchmark:
    """A command that is prepared and measured once per run."""

    name: str
    prepare: Prepare
    measure: Callable[[list[str], Path], Usage] = measure
    """Takes the command and folder that `prepare` returns."""

    def run(self, run: str) -> Usage:
        return self.measure(*self.prepare(run))


def make_benchmarks(folder: Path, days: Sequence[Day]) -> list[Benchmark]:
    """Return the benchmarks of this plugin, of the other generators, and of a copy of the finished site.

    Their projects are written below `folder`.
    """
    pagefind = find_pagefind()
    copying = Benchmark(
        "copying our site", lambda run: (["cp", "-r", "built-mkdocs-warm", f"copy-{run}"], folder / "before")
    )
    return [
        *_plugin_benchmarks(folder, days, searched=bool(pagefind)),
        *_generator_benchmarks(folder, days, pagefind),
        copying,
    ]


def _plugin_benchmarks(folder: Path, days: Sequence[Day], *, searched: bool) -> Iterator[Benchmark]:
    site = folder / "plugin"
    _write_site(site, days)
    yield Benchmark(FULL, lambda run: (_mkdocs("mkdocs.yml", run), _move_cache_away(site, f"{run}-plain")))
    if searched:
        yield Benchmark(COLD, lambda run: (_mkdocs("search.yml", run), _move_cache_away(site, run)))
    earlier = days_before_last_run(days)
    new = [day for day, old in zip(days, [*earlier, None], strict=True) if day != old]
    yield _nightly_build(NIGHT, folder / "before", "mkdocs.yml", earlier, new)
    if searched:
        yield _nightly_build(SEARCHED_NIGHT, folder / "before-search", "search.yml", earlier, new)
    yield from _previews(folder / "served", days, "search.yml" if searched else "mkdocs.yml")


def _nightly_build(
    name: str, before: Path, configuration: str, earlier: Sequence[Day], new: Sequence[Day]
) -> Benchmark:
    """Return the build of a nightly run, with the cache of a build before it, which had the same configuration."""
    _write_site(before, earlier)
    measure(_mkdocs(configuration, "warm"), before)
    return Benchmark(name, lambda run: (_mkdocs(configuration, run), _copy_with_new_days(before, new, run)))


def _previews(served: Path, days: Sequence[Day], configuration: str) -> Iterator[Benchmark]:
    """Yield previews of one folder at one address: as for an author, each finds the cache of the one before."""
    _write_site(served, days)
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--config-file", configuration]
    port = free_port()
    first_page = partial(measure_first_page, port=port, newest=days[-1])
    saved_day = partial(measure_saved_day, port=port, newest=days[-1])
    yield Benchmark(COLD_PREVIEW, lambda run: (command, _move_cache_away(served, run)), first_page)
    yield Benchmark(PREVIEW, lambda _: (command, served), first_page)
    yield Benchmark(SAVED, lambda _: (command, served), saved_day)


def _generator_benchmarks(folder: Path, days: Sequence[Day], pagefind: Path | None) -> Iterator[Benchmark]:
    stock, hugo, eleventy = folder / "stock", folder / "hugo", folder / "eleventy"
    for day in days:
        name, text = f"{day.date:%Y/%m/%d}.md", _markdown(day)
        _write(stock / "docs" / name, text)
        for other in (hugo, eleventy):
            _write(other / "content" / name, f'---\ntitle: "{day.date}"\n---\n{text}')
    if program := _find("hugo"):
        _write(hugo / "config.toml", _HUGO_CONFIG)
        _write(hugo / "layouts/_default/single.html", _HUGO_PAGE)
        _write(hugo / "layouts/_default/list.html", _HUGO_LIST)
        build = f"{program} --quiet --destination"
        yield Benchmark(HUGO, lambda run: ([*build.split(), f"built-{run}"], hugo))
        if pagefind:
            yield Benchmark(
                HUGO_PAGEFIND,
                lambda run: (["sh", "-c", f"{build} both-{run} && {pagefind} --quiet --site both-{run}"], hugo),
            )
    _write(stock / "docs/index.md", "# Bench\n")
    _write(stock / "mkdocs.yml", _STOCK_CONFIG)
    yield Benchmark("MkDocs + Material", lambda run: (_mkdocs("mkdocs.yml", run), stock))
    if zensical := _find("zensical"):
        yield Benchmark("Zensical", lambda run: ([zensical, "build", "--config-file", _zensical(stock, run)], stock))
    if program := _find("eleventy"):
        _write(eleventy / "content/content.json", '{"layout": "page.njk"}')
        _write(eleventy / "content/_includes/page.njk", _ELEVENTY_PAGE)
        _write(eleventy / "eleventy.config.js", _ELEVENTY_CONFIG)
        yield Benchmark("Eleventy", lambda run: ([program, "--quiet", f"--output=built-{run}"], eleventy))


def _markdown(day: Day) -> str:
    """Return `day` as Markdown for other generators: its digest, and the abstracts that the plugin's pages have."""
    abstracts = (f"#### {paper.title}\n\n{paper.abstract}" for paper in day.ranked if paper.abstract)
    return "\n\n".join([render_digest(day, ["ko", "en"]), *abstracts])


def _mkdocs(configuration: str, run: str) -> list[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", configuration]
    return [*command, "--site-dir", f"built-{configuration.removesuffix('.yml')}-{run}"]


def _zensical(stock: Path, run: str) -> str:
    """Write a configuration for Zensical, which has no option for the output folder. Return its file name."""
    name = f"zensical-{run}.yml"
    _write(stock / name, f"{_STOCK_CONFIG}site_dir: zensical-{run}\n")
    return name


def _write_site(folder: Path, days: Sequence[Day]) -> None:
    for day in days:
        write_day(folder / "docs", day)
    _write(folder / "mkdocs.yml", _PLUGIN_CONFIG.format(search="false"))
    _write(folder / "search.yml", _PLUGIN_CONFIG.format(search="true"))


def _move_cache_away(folder: Path, run: str) -> Path:
    """Rename the cache in `folder`, so that the next build finds none. Return `folder`."""
    with suppress(FileNotFoundError):
        (folder / ".cache").rename(folder / f"cache-before-{run}")
    return folder


def _copy_with_new_days(before: Path, new: Sequence[Day], run: str) -> Path:
    """Copy `before`, including its cache, add the days `new`, and return the copy."""
    folder = before.with_name(f"{before.name}-{run}")
    shutil.copytree(before, folder, ignore=shutil.ignore_patterns("built-*"))
    for day in new:
        write_day(folder / "docs", day)
    return folder


def _find(program: str) -> str | None:
    """Return the path of a program on PATH or in .cache/peers."""
    return shutil.which(program) or shutil.which(program, path=PEERS)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
