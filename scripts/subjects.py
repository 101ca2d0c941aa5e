"""What is measured: our builds, and those of each peer that is installed, over the same days.

Days and a folder go in, Subjects come out, each with its project written below the folder. Peers are looked for on PATH
and in .cache/peers: Debian's `hugo`; `pip install zensical`; `npm install --prefix .cache/peers @11ty/eleventy`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archives import night_before
from daily_papers.archive.day_files import write_day
from daily_papers.formats.digest_writer import render_digest
from daily_papers.model.records import Day
from daily_papers.search.pagefind import find_pagefind
from measuring import Taken, measure
from serving import free_port, measure_first_page, measure_saved_day

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
_OURS = """\
site_name: Bench
site_url: https://bench.example/
theme: {{name: material, font: false}}
plugins: [{{daily-papers: {{fetch: never, search: {search}}}}}]
"""
_STOCK = """\
site_name: Bench
site_url: https://bench.example/
theme: {name: material, font: false}
"""
_HUGO = 'baseURL = "https://bench.example/"\ntitle = "Bench"\n'
_HUGO_PAGE = '<!doctype html><html lang="en"><title>{{ .Title }}</title>{{ .Content }}</html>'
_HUGO_LIST = (
    '<!doctype html><html lang="en"><title>{{ .Title }}</title>'
    '{{ range .Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</html>'
)
_ELEVENTY = "module.exports = () => ({ markdownTemplateEngine: false, dir: { input: 'content' } });\n"
_ELEVENTY_PAGE = "<!doctype html><title>{{ title }}</title>{{ content | safe }}"

Prepare = Callable[[str], tuple[list[str], Path]]
"""Takes the name of a run and returns its command and where to run it; what this costs is not measured.

Each run writes into a folder of its own: in one that was just emptied ext4 is slow to hand out inodes for some seconds,
which would be measured instead.
"""


@dataclass(frozen=True)
class Subject:
    name: str
    prepare: Prepare
    measure: Callable[[list[str], Path], Taken] = measure
    """Takes what `prepare` returns."""

    def take(self, run: str) -> Taken:
        return self.measure(*self.prepare(run))


def make_subjects(folder: Path, days: Sequence[Day]) -> list[Subject]:
    """Return ours, then the peers, then what it takes to copy our finished site."""
    pagefind = find_pagefind()
    copying = Subject(
        "copying our site", lambda run: (["cp", "-r", "built-mkdocs-warm", f"copy-{run}"], folder / "before")
    )
    return [*_ours(folder, days, searched=bool(pagefind)), *_peers(folder, days, pagefind), copying]


def _ours(folder: Path, days: Sequence[Day], *, searched: bool) -> Iterator[Subject]:
    ours = folder / "ours"
    _write_ours(ours, days)
    yield Subject(FULL, lambda run: (_mkdocs("mkdocs.yml", run), _without_cache(ours, f"{run}-plain")))
    if searched:
        yield Subject(COLD, lambda run: (_mkdocs("search.yml", run), _without_cache(ours, run)))
    earlier = night_before(days)
    new = [day for day, old in zip(days, [*earlier, None], strict=True) if day != old]
    yield _night(NIGHT, folder / "before", "mkdocs.yml", earlier, new)
    if searched:
        yield _night(SEARCHED_NIGHT, folder / "before-search", "search.yml", earlier, new)
    yield from _previews(folder / "served", days, "search.yml" if searched else "mkdocs.yml")


def _night(name: str, before: Path, configuration: str, earlier: Sequence[Day], new: Sequence[Day]) -> Subject:
    """Return a night after an evening of its own: a build with search keeps other pages than one without."""
    _write_ours(before, earlier)
    measure(_mkdocs(configuration, "warm"), before)
    return Subject(name, lambda run: (_mkdocs(configuration, run), _a_night_later(before, new, run)))


def _previews(served: Path, days: Sequence[Day], configuration: str) -> Iterator[Subject]:
    """Yield the previews of one folder at one address: what the one has drawn the next finds, as an author's does."""
    _write_ours(served, days)
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--config-file", configuration]
    port = free_port()
    first_page = partial(measure_first_page, port=port, newest=days[-1])
    saved_day = partial(measure_saved_day, port=port, newest=days[-1])
    yield Subject(COLD_PREVIEW, lambda run: (command, _without_cache(served, run)), first_page)
    yield Subject(PREVIEW, lambda _: (command, served), first_page)
    yield Subject(SAVED, lambda _: (command, served), saved_day)


def _peers(folder: Path, days: Sequence[Day], pagefind: Path | None) -> Iterator[Subject]:
    stock, hugo, eleventy = folder / "stock", folder / "hugo", folder / "eleventy"
    for day in days:
        name, text = f"{day.date:%Y/%m/%d}.md", _markdown(day)
        _write(stock / "docs" / name, text)
        for other in (hugo, eleventy):
            _write(other / "content" / name, f'---\ntitle: "{day.date}"\n---\n{text}')
    if program := _find("hugo"):
        _write(hugo / "config.toml", _HUGO)
        _write(hugo / "layouts/_default/single.html", _HUGO_PAGE)
        _write(hugo / "layouts/_default/list.html", _HUGO_LIST)
        build = f"{program} --quiet --destination"
        yield Subject(HUGO, lambda run: ([*build.split(), f"built-{run}"], hugo))
        if pagefind:
            yield Subject(
                HUGO_PAGEFIND,
                lambda run: (["sh", "-c", f"{build} both-{run} && {pagefind} --quiet --site both-{run}"], hugo),
            )
    _write(stock / "docs/index.md", "# Bench\n")
    _write(stock / "mkdocs.yml", _STOCK)
    yield Subject("MkDocs + Material", lambda run: (_mkdocs("mkdocs.yml", run), stock))
    if zensical := _find("zensical"):
        yield Subject("Zensical", lambda run: ([zensical, "build", "--config-file", _zensical(stock, run)], stock))
    if program := _find("eleventy"):
        _write(eleventy / "content/content.json", '{"layout": "page.njk"}')
        _write(eleventy / "content/_includes/page.njk", _ELEVENTY_PAGE)
        _write(eleventy / "eleventy.config.js", _ELEVENTY)
        yield Subject("Eleventy", lambda run: ([program, "--quiet", f"--output=built-{run}"], eleventy))


def _markdown(day: Day) -> str:
    """Return `day` as one would write it for a peer: as a digest, with the abstracts that our pages and search have."""
    abstracts = (f"#### {paper.title}\n\n{paper.abstract}" for paper in day.ranked if paper.abstract)
    return "\n\n".join([render_digest(day, ["ko", "en"]), *abstracts])


def _mkdocs(configuration: str, run: str) -> list[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", configuration]
    return [*command, "--site-dir", f"built-{configuration.removesuffix('.yml')}-{run}"]


def _zensical(stock: Path, run: str) -> str:
    """Write Zensical's configuration, which alone tells where it builds; return its name."""
    name = f"zensical-{run}.yml"
    _write(stock / name, f"{_STOCK}site_dir: zensical-{run}\n")
    return name


def _write_ours(folder: Path, days: Sequence[Day]) -> None:
    for day in days:
        write_day(folder / "docs", day)
    _write(folder / "mkdocs.yml", _OURS.format(search="false"))
    _write(folder / "search.yml", _OURS.format(search="true"))


def _without_cache(folder: Path, run: str) -> Path:
    with suppress(FileNotFoundError):
        (folder / ".cache").rename(folder / f"cache-before-{run}")
    return folder


def _a_night_later(before: Path, new: Sequence[Day], run: str) -> Path:
    """Return a copy of `before`, caches and all, in which `new` days have come."""
    folder = before.with_name(f"{before.name}-{run}")
    shutil.copytree(before, folder, ignore=shutil.ignore_patterns("built-*"))
    for day in new:
        write_day(folder / "docs", day)
    return folder


def _find(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=PEERS)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
