"""Whether a built site may take the place of the one before: `python -m daily_papers.cli.publish_guard SITE FIGURES`.

FIGURES is a file that keeps the figures of the last site that was published. A site with fewer dates, or more than
MOST_LOST smaller, is refused, unless --allow-smaller is given; the figures of one that may go out take their place.
Exits 0 if it may, 2 if not.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from daily_papers.archive.file_io import write_atomically
from daily_papers.archive.json_maps import read_json
from daily_papers.errors import ArchiveError

MOST_LOST = 0.05
"""A share of the bytes. A night adds some ten kilobytes; this much goes only where something went wrong."""

_DATE_PAGE = re.compile(r"(^|/)\d{4}/\d\d/\d\d(/index)?\.html$", re.ASCII)


class Figures(msgspec.Struct, frozen=True):
    """What there is of a built site."""

    dates: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.dates} dates, {self.bytes / 1e6:.1f} MB"


def measure(site: Path) -> Figures:
    """Count the pages of dates, wherever below `site` the archive is, and the bytes of everything."""
    files = [path for path in site.rglob("*") if path.is_file()]
    dates = sum(1 for path in files if _DATE_PAGE.search(path.relative_to(site).as_posix()))
    return Figures(dates, sum(path.stat().st_size for path in files))


def read_figures(path: Path) -> Figures | None:
    """Return the figures of the last site, None if there are none. Raises ArchiveError if the file does not read."""
    return read_json(path, msgspec.json.Decoder(Figures), remedy="delete it")


def fault(last: Figures | None, built: Figures) -> str | None:
    """Return why `built` must not take the place of `last`, None if it may."""
    if last and built.dates < last.dates:
        return f"{last.dates - built.dates} dates fewer than the last"
    if last and built.bytes < (1 - MOST_LOST) * last.bytes:
        return f"more than {MOST_LOST:.0%} smaller than the last"
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
        reason = fault(last, built)
        if reason and not options.allow_smaller:
            print(
                f"The site is {reason}: {built}, before {last}. It is not published; if that is meant, run this once "
                "with --allow-smaller (of the workflow: 'allow_smaller')."
            )
            return 2
        write_atomically(options.figures, msgspec.json.encode(built) + b"\n")
    except ArchiveError as e:
        print(e)
        return 2
    print(f"The site: {built}" + (f" (before: {last})" if last and last != built else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
