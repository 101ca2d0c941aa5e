"""The words of the interface, dates and numbers in one language: a catalogue of words/CODE.yml, and Babel.

A catalogue holds plain texts with `{name}` places; a text that depends on a number is a mapping by plural category.
Texts of papers are not words: they stay as they came.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_group_symbol

CATALOGUES = Path(__file__).parent / "words"
FALLBACK = "en"
OF_FEED = "_of_feed"

DateForm = Literal["full", "brief", "short", "plain", "month", "year"]
"""full: with the weekday. brief: the same, abbreviated. short: brief without the year. plain: no weekday."""

_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")


class Words:
    """The interface in `language`, or in English where there is no catalogue for it.

    Where a text names Hugging Face, a site `of_feed` has another one, whose key ends in OF_FEED. `texts` are the
    catalogue's plain texts by key. Raises ValueError if a catalogue is not a mapping of texts.
    """

    def __init__(self, language: str, *, of_feed: bool = False) -> None:
        primary = language.replace("_", "-").split("-")[0].lower()
        self.language = primary if primary in available_languages() else FALLBACK
        self.texts, self._counted = _read_catalogue(self.language)
        if of_feed:
            own = {key.removesuffix(OF_FEED): text for key, text in self.texts.items() if key.endswith(OF_FEED)}
            self.texts = self.texts | own
        self._locale = Locale.parse(self.language)
        self._group = get_group_symbol(self._locale)
        self._months = {width: get_month_names(width, locale=self._locale) for width in _WIDTHS}
        self._weekdays = {width: get_day_names(width, locale=self._locale) for width in _WIDTHS}

    def text(self, key: str, **values: object) -> str:
        """Return the text of `key` with its places filled."""
        return self.texts[key].format(**values)

    def count(self, key: str, number: int) -> str:
        """Return the text of `key` in the plural form of `number`, which fills its `{count}`."""
        forms = self._counted[key]
        form = forms.get(self._locale.plural_form(number)) or forms["other"]
        return form.format(count=self.number(number))

    def date(self, date: dt.date, form: DateForm = "full") -> str:
        """Return `date` as the catalogue arranges it, with Babel's names.

        Babel's own formatting costs more than a paper does, and a page has a handful of dates.
        """
        weekday = date.weekday()
        return self.texts[f"date_{form}"].format(
            year=date.year,
            number=date.month,
            day=date.day,
            month=self._months["wide"][date.month],
            mon=self._months["abbreviated"][date.month],
            weekday=self._weekdays["wide"][weekday],
            wd=self._weekdays["abbreviated"][weekday],
        )

    def year(self, year: int) -> str:
        return self.date(dt.date(year, 1, 1), "year")

    def number(self, number: int) -> str:
        """Return `number` with its thousands apart."""
        return str(number) if number < 1000 else f"{number:,}".replace(",", self._group)

    def weekdays(self) -> list[tuple[str, str]]:
        """Return the narrow and the full name of each weekday, Monday first."""
        narrow = get_day_names("narrow", locale=self._locale)
        return [(narrow[day], self._weekdays["wide"][day]) for day in range(7)]


@lru_cache
def available_languages() -> frozenset[str]:
    """Return the codes of the languages that have a catalogue."""
    return frozenset(path.stem for path in CATALOGUES.glob("*.yml"))


@lru_cache(maxsize=64)
def language_name(code: str) -> str:
    """Return what the language calls itself, or `code` where nobody knows it."""
    try:
        return Locale.parse(code, sep="-").get_language_name() or code
    except (ValueError, UnknownLocaleError):
        return code


@lru_cache
def _read_catalogue(language: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    path = CATALOGUES / f"{language}.yml"
    catalogue = yaml.safe_load(path.read_text(encoding="utf-8"))
    texts = {key: value for key, value in catalogue.items() if isinstance(value, str)}
    counted = {key: value for key, value in catalogue.items() if isinstance(value, dict)}
    if odd := catalogue.keys() - texts.keys() - counted.keys():
        raise ValueError(f"{path.name}: {sorted(odd)} should be texts; quote them")
    return texts, counted
