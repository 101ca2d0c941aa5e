"""The interface in every language of the site at once: one page serves all its readers.

A message becomes HTML with one element per language, marked with `lang`. The stylesheet shows one of them: the site's
first language, until a reader chooses another. A text that is the same in all languages stays plain. Titles and
attributes, which cannot contain elements, are in the first language; `named` lets scripts translate an attribute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from daily_papers.site.i18n.catalog import DateForm, Messages, interface_language


class MultilingualMessages:
    """The messages of each of `languages`, in English if one has no catalog; `first` has the first language's."""

    def __init__(self, languages: Sequence[str], *, of_feed: bool = False) -> None:
        self.all = tuple(Messages(code, of_feed=of_feed) for code in dict.fromkeys(map(interface_language, languages)))
        self.first = self.all[0]
        self.language = self.first.language
        self.texts = {key: self._join([messages.texts[key] for messages in self.all]) for key in self.first.texts}
        """The catalog's plain texts by key, as HTML."""
        # The same dates and numbers are on a thousand pages.
        self.date = lru_cache(maxsize=4096)(self._date)
        self.text = lru_cache(maxsize=4096)(self._text)
        self.count = lru_cache(maxsize=4096)(self._count)
        self.named = lru_cache(maxsize=1024)(self._named)

    def each(self, make: Callable[[Messages], str]) -> Markup:
        """Return the text that `make` gives for each language."""
        return self._join([make(messages) for messages in self.all])

    def _join(self, texts: list[str]) -> Markup:
        if texts.count(texts[0]) == len(texts):
            return escape(texts[0])
        marked = (
            f'<dp-w lang="{messages.language}">{escape(text)}</dp-w>'
            for messages, text in zip(self.all, texts, strict=True)
        )
        return Markup("".join(marked))  # noqa: S704  # texts are escaped, languages are those of the catalogs

    def _text(self, key: str, **values: object) -> Markup:
        """Return the text of `key` with its placeholders filled; dates are written as in each language."""
        return self.each(lambda messages: messages.text(key, **values))

    def names(self, names: Mapping[str, str]) -> Markup:
        """Return a name in each language, in English if `names`, by language code, has none."""
        return self.each(lambda messages: messages.choose(names))

    def _named(self, attribute: str, key: str, date: dt.date | None = None) -> Markup:
        """Return `attribute` with the text of `key`, and the data attributes with which scripts translate it."""
        text = self.first.text(key, date=date) if date else self.first.texts[key]
        named = Markup('{}="{}"').format(attribute, text)
        if len(self.all) > 1:
            named += Markup(' data-t-{}="{}"').format(attribute, key)
            named += Markup(' data-t-date="{}"').format(date) if date else ""
        return named

    def year(self, year: int) -> Markup:
        return self.date(dt.date(year, 1, 1), "year")

    def number(self, number: int) -> str:
        """Return `number` with its thousands separated as in the first language."""
        return self.first.number(number)

    def weekdays(self) -> list[tuple[Markup, str]]:
        """Return each weekday's narrow name, and its full name in the first language, Monday first."""
        days = zip(*(messages.weekdays() for messages in self.all), strict=True)
        return [(self._join([narrow for narrow, _ in day]), day[0][1]) for day in days]

    def _date(self, date: dt.date, form: DateForm = "full") -> Markup:
        return self.each(lambda messages: messages.date(date, form))

    def _count(self, key: str, number: int) -> Markup:
        return self.each(lambda messages: messages.count(key, number))
