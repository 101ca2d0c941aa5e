"""The words of the interface, dates and numbers in one language: a catalogue of CODE.yml, and Babel.

A catalogue holds plain texts with `{name}` places; a text that depends on a number is a mapping by plural category.
Texts of papers are not words: they stay as they came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_group_symbol

CATALOGUES = Path(__file__).parent
FALLBACK = "en"
OF_FEED = "_of_feed"

DateForm = Literal["full", "brief", "short", "plain", "month", "year", "yearmonth"]
"""full: with the weekday. brief: the same, abbreviated. short: brief without the year. plain: no weekday.
yearmonth: of a month, with its year."""

# In C where there is one: two catalogues cost a tenth of a second without.
_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")


class Messages:
    """The interface in `language`, or in English where there is no catalogue for it.

    Where a text names Hugging Face, a site `of_feed` has another one, whose key ends in OF_FEED. `texts` are the
    catalogue's plain texts by key. Raises ValueError if a catalogue is not a mapping of texts.
    """

    def __init__(self, language: str, *, of_feed: bool = False) -> None:
        self.language = interface_language(language)
        self.texts, self._counted = _parted(self.language)
        if of_feed:
            own = {key.removesuffix(OF_FEED): text for key, text in self.texts.items() if key.endswith(OF_FEED)}
            self.texts = self.texts | own
        self._locale = Locale.parse(self.language)
        self._group = get_group_symbol(self._locale)
        self._months = {width: get_month_names(width, locale=self._locale) for width in _WIDTHS}
        self._weekdays = {width: get_day_names(width, locale=self._locale) for width in _WIDTHS}

    def text(self, key: str, **values: object) -> str:
        """Return the text of `key` with its places filled; a date stands without its weekday."""
        shown = {k: self.date(value, "plain") if isinstance(value, dt.date) else value for k, value in values.items()}
        return self.texts[key].format(**shown)

    def choose(self, names: Mapping[str, str]) -> str:
        """Return the one of `names`, by language code, in this language, else the English one."""
        return names.get(self.language) or names[FALLBACK]

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

    def number(self, number: int) -> str:
        """Return `number` with its thousands apart."""
        return str(number) if number < 1000 else f"{number:,}".replace(",", self._group)

    def weekdays(self) -> list[tuple[str, str]]:
        """Return the narrow and the full name of each weekday, Monday first."""
        narrow = get_day_names("narrow", locale=self._locale)
        return [(narrow[day], self._weekdays["wide"][day]) for day in range(7)]


def interface_language(code: str) -> str:
    """Return the language of the catalogue that `code`, as `ko-KR`, is spoken to in: its own, or English."""
    primary = code.replace("_", "-").split("-")[0].lower()
    return primary if primary in available_languages() else FALLBACK


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
def read_catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """Return all texts of `language` by key, those that depend on a number as forms by plural category."""
    text = (CATALOGUES / f"{language}.yml").read_bytes()
    catalogue: dict[str, str | dict[str, str]] = yaml.load(text, _YamlLoader)  # noqa: S506  # a safe one, both are
    if odd := sorted(key for key, value in catalogue.items() if not isinstance(value, str | dict)):
        raise ValueError(f"{language}.yml: {odd} should be texts; quote them")
    return catalogue


@lru_cache
def _parted(language: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    catalogue = read_catalogue(language)
    texts = {key: value for key, value in catalogue.items() if isinstance(value, str)}
    counted = {key: value for key, value in catalogue.items() if isinstance(value, dict)}
    return texts, counted
