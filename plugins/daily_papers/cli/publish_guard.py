"""Publish guard: refuses a site that lost dates or shrank by more than 5 %.

`python -m daily_papers.cli.publish_guard SITE FIGURES [--allow-smaller]` compares SITE, the folder of the built site,
with FIGURES, a file with the size of the last published site. If the site may be published, its size is written to
FIGURES. Exits 0 if the site may be published, 2 if not.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from daily_papers.archive.file_io import write_atomically
from daily_papers.archive.json_maps import read_json
from daily_papers.cli.safe_output import run_program
from daily_papers.errors import ArchiveError

MAX_SHRINKAGE = 0.05
"""Share of the bytes. A nightly run adds about ten kilobytes, so a loss of this share is the result of a fault."""

_DATE_PAGE = re.compile(r"(^|/)\d{4}/\d\d/\d\d(/index)?\.html$", re.ASCII)


class Figures(msgspec.Struct, frozen=True):
    """Size of a built site: its number of date pages, and the bytes of all its files."""

    dates: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.dates} dates, {self.bytes / 1e6:.1f} MB"


def measure(site: Path) -> Figures:
    """Count the date pages at any depth below `site`, and the bytes of all files."""
    files = [path for path in site.rglob("*") if path.is_file()]
    dates = sum(1 for path in files if _DATE_PAGE.search(path.relative_to(site).as_posix()))
    return Figures(dates, sum(path.stat().st_size for path in files))


def read_figures(path: Path) -> Figures | None:
    """Return the figures of the last published site, None without a file. Raises ArchiveError if it cannot be read."""
    return read_json(path, msgspec.json.Decoder(Figures), remedy="delete it")


def find_loss(last: Figures | None, built: Figures) -> str | None:
    """Return the loss that keeps `built` from replacing `last`, None if there is none."""
    if last and built.dates < last.dates:
        return f"{last.dates - built.dates} dates fewer than the last one"
    if last and built.bytes < (1 - MAX_SHRINKAGE) * last.bytes:
        return f"more than {MAX_SHRINKAGE:.0%} less data than the last one"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m daily_papers.cli.publish_guard", description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("figures", type=Path)
    parser.add_argument("--allow-smaller", action="store_true")
    options = parser.parse_args(arguments)
    built = measure(options.site)
    try:
        last = read_figures(options.figures)
        loss = find_loss(last, built)
        if loss and not options.allow_smaller:
            print(
                f"The new site has {loss}: {built}, instead of {last}. If that is intended, run this once with "
                "--allow-smaller (in the workflow: 'allow_smaller')."
            )
            return 2
        write_atomically(options.figures, msgspec.json.encode(built) + b"\n")
    except ArchiveError as e:
        print(e)
        return 2
    print(f"The site: {built}" + (f" (last: {last})" if last and last != built else ""))
    return 0


if __name__ == "__main__":
    run_program(main)
