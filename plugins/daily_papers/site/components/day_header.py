"""Header of a day, on its own page and on the home page: date, totals, neighbours, state, and other formats."""

from __future__ import annotations

import datetime as dt

import msgspec
from markupsafe import Markup

from daily_papers.index.day_summary import ALL_HIDDEN, NOT_ASKED, DaySummary, votes_read_on
from daily_papers.model.records import Day
from daily_papers.model.text import cut
from daily_papers.site.context import SiteContext

REASON_CHARS = 400
"""A longer reason of a failure is cut."""

# Reasons that the archive itself gives, which readers see in their own language.
_REASON_KEYS = {NOT_ASKED.reason: "why_not_asked", ALL_HIDDEN.reason: "why_hidden"}


class Neighbor(msgspec.Struct, frozen=True):
    """The link to the previous or next day."""

    url: str
    word: Markup
    short: Markup
    full: Markup


def day_header(
    site: SiteContext, entry: DaySummary, root: str, previous: dt.date | None, next: dt.date | None
) -> dict[str, object]:
    """Return the values of day_header.html for a date, with or without papers."""
    return {
        "root": root,
        "archive": root + site.urls.archive(),
        "entry": entry,
        "previous": _neighbor(site, "previous_day", root, previous),
        "next": _neighbor(site, "next_day", root, next),
        "why": state_reason(site, entry),
        "reason": cut(entry.reason, REASON_CHARS) if entry.reason and entry.reason not in _REASON_KEYS else "",
    }


def day_formats(site: SiteContext, day: Day, root: str) -> list[tuple[str, str, str]]:
    """Return the other formats of a day: address, name, and the message key of its description."""
    return [
        (root + site.urls.day_json(day.date), "JSON", "record"),
        (root + site.urls.day_markdown(day.date), "Markdown", "digest"),
    ]


def votes_read(site: SiteContext, day: Day) -> Markup:
    """Return when the votes of `day` were last read, in words."""
    date = votes_read_on(day)
    if date is None:
        return site.multilingual.texts["votes_unseen"]
    return site.multilingual.text("votes_seen", date=date)


def state_reason(site: SiteContext, entry: DaySummary) -> Markup:
    """Return the meaning of a date's state in the reader's words."""
    multilingual = site.multilingual
    if key := _REASON_KEYS.get(entry.reason or ""):
        return multilingual.texts[key]
    if entry.rejected:
        return multilingual.count("rejected", entry.rejected)
    if entry.state == "failed":
        why = multilingual.texts["why_failed_again" if entry.papers else "why_failed"]
        return why + " " + multilingual.text("tried", date=entry.tried) if entry.tried else why
    if entry.state == "moving" and not entry.papers:
        return multilingual.texts["why_open"]
    return multilingual.texts[f"why_{entry.state}"]


def _neighbor(site: SiteContext, key: str, root: str, date: dt.date | None) -> Neighbor | None:
    if date is None:
        return None
    multilingual = site.multilingual
    return Neighbor(
        root + site.urls.day(date), multilingual.texts[key], multilingual.date(date, "short"), multilingual.date(date)
    )
