"""Dates of feeds, read by fixed forms. A text in any other form has no date: a wrong guess would be a made-up day.

The forms are those of RSS (RFC 822) and Atom (ISO 8601), and those that hand-made feeds have in their place: dates with
slashes or dots, Korean, Chinese and Japanese dates, month names before or after the day, and what `date` prints.
"""

from __future__ import annotations

import datetime as dt
import re

FIRST_YEAR = 1991
"""The year in which arXiv began; an earlier date is a mistake."""
_MAX_CHARS = 100

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,?\s+)?"
_LOCAL_WEEKDAY = r"(?:\s*[(（]?[월화수목금토일月火水木金土日](?:요일|曜日)?[)）]?(?=[\sT,]|$))?"
_CLOCK = (
    r"(?P<half>오전|오후|午前|午後|上午|下午)?\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?(?:\s*(?P<meridiem>[ap])\.?m\.?)?"
)
_ZONE = r"(?P<zone>[A-Za-z]{1,5})?\s*(?P<offset>[+-][0-9]{1,2}:?[0-9]{2}|[+-][0-9]{2})?(?:\s*\([^()]*\))?"
_TIME = rf"(?:(?:\s*[Tt,]\s*|\s+){_CLOCK}\s*{_ZONE})?"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-11-16T15:07:41Z, 2026/6/29 15:07, 2026. 11. 16., 2026년 11월 16일 (월) 오후 3:07
        r"(?P<year>[0-9]{4})\s?(?P<mark>[-/.]|年|년)\s?(?P<number>[0-9]{1,2})\s?(?:(?P=mark)|月|월)\s?"
        rf"(?P<day>[0-9]{{1,2}})\s?(?:일|日|\.)?{_LOCAL_WEEKDAY}{_TIME}",
        # 20261116T150741Z
        r"(?P<year>[0-9]{4})(?P<number>[0-9]{2})(?P<day>[0-9]{2})"
        rf"(?:T(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})(?P<second>[0-9]{{2}})?{_ZONE})?",
        # Mon, 16 Nov 2026 15:07:41 +0900 (KST), 16-Nov-26
        rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}",
        # November 16, 2026 3:07 pm KST
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>[0-9]{{4}}){_TIME}",
        # Mon Nov 16 15:07:41 KST 2026
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>[0-9]{{1,2}})\s+{_CLOCK}(?:\s+{_ZONE})?\s+(?P<year>[0-9]{{4}})",
    )
)
_AFTERNOON = frozenset({"오후", "午後", "下午", "p"})
_MORNING = frozenset({"오전", "午前", "上午", "a"})

_ZONE_HOURS = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0.0),
    **dict.fromkeys(("est", "cdt"), -5.0),
    **dict.fromkeys(("cst", "mdt"), -6.0),
    **dict.fromkeys(("mst", "pdt"), -7.0),
    **dict.fromkeys(("cet", "west"), 1.0),
    **dict.fromkeys(("cest", "eet"), 2.0),
    **dict.fromkeys(("eest", "msk"), 3.0),
    **dict.fromkeys(("hkt", "sgt"), 8.0),
    **dict.fromkeys(("kst", "jst"), 9.0),
    "edt": -4.0,
    "pst": -8.0,
    "akdt": -8.0,
    "akst": -9.0,
    "hst": -10.0,
    "aest": 10.0,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
}
"""Hours east of Greenwich. RFC 822 defines the American names; names with several meanings, as BST, are left out."""


def read_instant(text: str) -> dt.datetime | None:
    """Return the instant that `text` states, in UTC; None if it is in no known form, or not a date since 1991.

    A date without a time is its first instant in UTC, and a time without a zone is in UTC. 24:00 is the first instant
    of the next day (ISO 8601).
    """
    text = text.strip()
    if len(text) > _MAX_CHARS:
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            try:
                instant = _instant(match.groupdict())
            except (ValueError, OverflowError):
                return None
            return instant if instant and FIRST_YEAR <= instant.year < dt.MAXYEAR else None
    return None


def _instant(parts: dict[str, str | None]) -> dt.datetime | None:
    """Return the instant of the named groups of a form; None for an unknown zone. Raises ValueError for no date."""
    month = parts.get("month")
    date = dt.datetime(
        _full_year(parts["year"] or ""),
        _MONTHS.index(month.lower()) + 1 if month else int(parts.get("number") or 0),
        int(parts["day"] or 0),
        tzinfo=dt.UTC,
    )
    offset = _offset(parts.get("zone") or "", parts.get("offset") or "")
    return None if offset is None else date + _clock(parts) - offset


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def _clock(parts: dict[str, str | None]) -> dt.timedelta:
    """Return the time since midnight. Raises ValueError for a time that no clock shows."""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or parts.get("meridiem") or "").lower()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    is_end_of_day = (hour, minute, second) == (24, 0, 0)
    if minute > 59 or second > 60 or (hour > 23 and not is_end_of_day):  # 60 is a leap second
        raise ValueError("not a time")
    return dt.timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _offset(zone: str, offset: str) -> dt.timedelta | None:
    """Return the difference from UTC of a zone's name and offset, as in `KST`, `+09:00` or `GMT+0900`."""
    hours = _ZONE_HOURS.get(zone.lower(), None if zone else 0.0)
    if not offset:
        return None if hours is None else dt.timedelta(hours=hours)
    digits = offset[1:].replace(":", "").ljust(4, "0") if len(offset) == 3 else offset[1:].replace(":", "").zfill(4)
    stated = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if stated >= dt.timedelta(days=1):
        return None
    return -stated if offset.startswith("-") else stated
