"""What a host needs to know of one page of ours: where it stands, what it is called, and how it is drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec

DESCRIPTION_CHARS = 300
"""A longer description is cut."""


class SitePage(msgspec.Struct, frozen=True):
    """One page. `source` is the name an author's nav knows it by; `render` gives the HTML of its content."""

    source: str
    title: str
    description: str
    render: Callable[[], str]
    head: Callable[[], str]
    """Gives what it adds to the head of the theme's page, as HTML; made once."""
    changed: dt.date | None = None
    """The UTC day its content last changed, None if that is not known."""
    date: dt.date | None = None
    """The date it is for, None for a page on many."""
    image: str = ""
    """The address of the picture that stands for it where it is linked, empty if it has none."""
    anchors: frozenset[str] = frozenset()
    """What may stand after `#` in a link to it: the ids of its papers."""
    depends_on: tuple[dt.date, ...] = ()
    """The dates of all that its content shows, beside what stands in its head; empty if that is the whole archive."""
    in_nav: bool = True
    """Whether a nav that a host makes itself should have it."""
