"""One page of the site, as its host needs it: address, title, and functions that render it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

DESCRIPTION_CHARS = 300
"""A longer description is cut."""


class SitePage(msgspec.Struct, frozen=True):
    """One page. `source` is its source file in an author's nav; `render` gives the HTML of its content."""

    source: str
    title: str
    description: str
    render: Callable[[], str]
    head: Callable[[], str]
    """Gives the HTML it adds to the head of the theme's page; called once."""
    changed: dt.date | None = None
    """The UTC day its content last changed; None if it is not known."""
    date: dt.date | None = None
    """The date it shows; None for a page of many dates."""
    image: str = ""
    """The address of the picture in cards of links to it; empty if it has none."""
    anchors: frozenset[str] = frozenset()
    """The fragments of links to it: the ids of its papers."""
    depends_on: tuple[dt.date, ...] = ()
    """The dates of the days its content shows; empty for the whole archive."""
    in_nav: bool = True
    """True if a generated nav has it."""
