"""The interface in every language of the site at once: one page serves all its readers.

Keys of the catalogues, numbers and dates go in; HTML comes out that holds each text once a language, marked with
`lang`, of which the stylesheet shows one: the site's first, until a reader chooses another. Where all languages say
the same, or there is only one, it is the plain text. What can hold no elements, a title or an attribute, is in the
first language; `named` lets the scripts put an attribute into the reader's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from daily_papers.site.i18n.catalog import DateForm, Messages, interface_language


class MultilingualMessages:
    """The words of each of `languages`, in English where there is no catalogue for one; `first` are the first one's."""

    def __init__(self, languages: Sequence[str], *, of_feed: bool = False) -> None:
        self.all = tuple(Messages(code, of_feed=of_feed) for code in dict.fromkeys(map(interface_language, languages)))
        self.first = self.all[0]
        self.language = self.first.language
        self.texts = {key: self._of([words.texts[key] for words in self.all]) for key in self.first.texts}
        """The catalogue's plain texts by key."""
        # A site says the same of the same dates and numbers on a thousand pages.
        self.date = lru_cache(maxsize=4096)(self._date)
        self.text = lru_cache(maxsize=4096)(self._text)
        self.count = lru_cache(maxsize=4096)(self._count)
        self.named = lru_cache(maxsize=1024)(self._named)

    def each(self, make: Callable[[Messages], str]) -> Markup:
        """Return what `make` says in each language."""
        return self._of([make(words) for words in self.all])

    def _of(self, texts: list[str]) -> Markup:
        if texts.count(texts[0]) == len(texts):
            return escape(texts[0])
        marked = (
            f'<dp-w lang="{words.language}">{escape(text)}</dp-w>' for words, text in zip(self.all, texts, strict=True)
        )
        return Markup("".join(marked))  # noqa: S704  # each text is escaped, a language is one of ours

    def _text(self, key: str, **values: object) -> Markup:
        """Return the text of `key` with its places filled; a date is written as each language does."""
        return self.each(lambda words: words.text(key, **values))

    def names(self, names: Mapping[str, str]) -> Markup:
        """Return a name that was given by language code, in English where a language has none."""
        return self.each(lambda words: words.choose(names))

    def _named(self, attribute: str, key: str, date: dt.date | None = None) -> Markup:
        """Return `attribute` with the text of `key`, and beside it what scripts need to say it in another language."""
        text = self.first.text(key, date=date) if date else self.first.texts[key]
        named = Markup('{}="{}"').format(attribute, text)
        if len(self.all) > 1:
            named += Markup(' data-t-{}="{}"').format(attribute, key)
            named += Markup(' data-t-date="{}"').format(date) if date else ""
        return named

    def year(self, year: int) -> Markup:
        return self.date(dt.date(year, 1, 1), "year")

    def number(self, number: int) -> str:
        """Return `number` with its thousands apart, as the first language has it."""
        return self.first.number(number)

    def weekdays(self) -> list[tuple[Markup, str]]:
        """Return each weekday's narrow name, and its full one in the first language, Monday first."""
        days = zip(*(words.weekdays() for words in self.all), strict=True)
        return [(self._of([narrow for narrow, _ in day]), day[0][1]) for day in days]

    def _date(self, date: dt.date, form: DateForm = "full") -> Markup:
        return self.each(lambda words: words.date(date, form))

    def _count(self, key: str, number: int) -> Markup:
        return self.each(lambda words: words.count(key, number))
