"""Message catalogs: the interface's texts, dates and numbers in one language, from CODE.yml and Babel.

A catalog has plain texts with `{name}` placeholders; a text that depends on a number is a mapping by plural category.
Texts of papers are never translated.
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

CATALOGS = Path(__file__).parent
FALLBACK = "en"
FEED_SUFFIX = "_of_feed"

DateForm = Literal["full", "brief", "short", "plain", "month", "year", "yearmonth"]
"""full: with weekday. brief: the same, abbreviated. short: brief without year. plain: without weekday.
yearmonth: month and year."""

# The loader in C, if there is one: without it two catalogs take a tenth of a second.
_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")


class Messages:
    """The interface in `language`, or in English if there is no catalog for it.

    A site `of_feed` has another text in place of each that names Hugging Face: its key ends in FEED_SUFFIX. `texts` are
    the catalog's plain texts by key. Raises ValueError if a catalog is not a mapping of texts.
    """

    def __init__(self, language: str, *, of_feed: bool = False) -> None:
        self.language = interface_language(language)
        self.texts, self._plurals = _split_catalog(self.language)
        if of_feed:
            own = {key.removesuffix(FEED_SUFFIX): text for key, text in self.texts.items() if key.endswith(FEED_SUFFIX)}
            self.texts = self.texts | own
        self._locale = Locale.parse(self.language)
        self._group = get_group_symbol(self._locale)
        self._months = {width: get_month_names(width, locale=self._locale) for width in _WIDTHS}
        self._weekdays = {width: get_day_names(width, locale=self._locale) for width in _WIDTHS}

    def text(self, key: str, **values: object) -> str:
        """Return the text of `key` with its placeholders filled; dates are written without their weekday."""
        texts = {k: self.date(value, "plain") if isinstance(value, dt.date) else value for k, value in values.items()}
        return self.texts[key].format(**texts)

    def choose(self, names: Mapping[str, str]) -> str:
        """Return the name in this language, else in English; `names` are by language code."""
        return names.get(self.language) or names[FALLBACK]

    def count(self, key: str, number: int) -> str:
        """Return the text of `key` in the plural form of `number`, which fills its `{count}`."""
        forms = self._plurals[key]
        form = forms.get(self._locale.plural_form(number)) or forms["other"]
        return form.format(count=self.number(number))

    def date(self, date: dt.date, form: DateForm = "full") -> str:
        """Return `date` in the catalog's format, with Babel's names of months and weekdays.

        Babel's own formatting takes longer than a paper, and a page has several dates.
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
        """Return `number` with its thousands separated."""
        return str(number) if number < 1000 else f"{number:,}".replace(",", self._group)

    def weekdays(self) -> list[tuple[str, str]]:
        """Return the narrow and the full name of each weekday, Monday first."""
        narrow = get_day_names("narrow", locale=self._locale)
        return [(narrow[day], self._weekdays["wide"][day]) for day in range(7)]


def interface_language(code: str) -> str:
    """Return the catalog's language for a language code such as `ko-KR`: its own, or English."""
    primary = code.replace("_", "-").split("-")[0].lower()
    return primary if primary in available_languages() else FALLBACK


@lru_cache
def available_languages() -> frozenset[str]:
    """Return the codes of the languages that have a catalog."""
    return frozenset(path.stem for path in CATALOGS.glob("*.yml"))


@lru_cache(maxsize=64)
def language_name(code: str) -> str:
    """Return the language's name in itself, or `code` if Babel does not have it."""
    try:
        return Locale.parse(code, sep="-").get_language_name() or code
    except (ValueError, UnknownLocaleError):
        return code


@lru_cache
def read_catalog(language: str) -> dict[str, str | dict[str, str]]:
    """Return all texts of `language` by key; those that depend on a number as mappings by plural category."""
    text = (CATALOGS / f"{language}.yml").read_bytes()
    catalog: dict[str, str | dict[str, str]] = yaml.load(text, _YamlLoader)  # noqa: S506  # a safe one, both are
    if invalid := sorted(key for key, value in catalog.items() if not isinstance(value, str | dict)):
        raise ValueError(f"{language}.yml: {invalid} should be texts; quote them")
    return catalog


@lru_cache
def _split_catalog(language: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    catalog = read_catalog(language)
    texts = {key: value for key, value in catalog.items() if isinstance(value, str)}
    plurals = {key: value for key, value in catalog.items() if isinstance(value, dict)}
    return texts, plurals
