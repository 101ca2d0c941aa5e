"""Options of the plugin in mkdocs.yml, each with a default. An unknown key is an error that names it."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.base import BaseConfigOption, ConfigErrors, ConfigWarnings, ValidationError

from daily_papers.model.merge import NOT_MODELS
from daily_papers.model.records import LANGUAGE_PATTERN
from daily_papers.sources import registry
from daily_papers.summaries.budget import Allowance, Limits
from daily_papers.summaries.plan import Settings

MAX_REFRESH_DAYS = 60
"""Votes no longer change after a month; a longer window would fetch the same again."""

FIRST_DATE = dt.date(2023, 5, 4)
"""The first date that Hugging Face, the source with a full history, lists."""

FETCH_CHOICES = ("auto", "never")
MEDIA_CHOICES = ("link", "mirror")

MAX_AT_ONCE = 16
"""The most concurrent calls to a model."""

_LANGUAGE = re.compile(LANGUAGE_PATTERN)
_DEFAULT_TOKENS = Limits().tokens
_MODEL = re.compile(r"(?=.{0,100}$)([\w./:@+-]+( [\w./:@+-]+)*)?")
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+")
_SOURCE_HOST = re.compile(r"(?=.{4,253}$)(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")


class _Date(BaseConfigOption[dt.date]):
    """A date. YAML reads it as one unless it is quoted."""

    def __init__(self, *, default: dt.date) -> None:
        super().__init__()
        self.default = default

    def run_validation(self, value: object) -> dt.date:
        try:
            return value if type(value) is dt.date else dt.date.fromisoformat(str(value))
        except ValueError:
            raise ValidationError(f"expected a date such as 2023-05-04, found {value!r}") from None


class _Count(BaseConfigOption[int]):
    """A count within bounds."""

    def __init__(self, what: str, *, least: int = 0, most: int, default: int) -> None:
        super().__init__()
        self.what, self.least, self.most, self.default = what, least, most, default

    def run_validation(self, value: object) -> int:
        if type(value) is not int or not self.least <= value <= self.most:
            expected = f"a number of {self.what} from {self.least} to {self.most}"
            raise ValidationError(f"expected {expected}, found {value!r}")
        return value


class _Matching(BaseConfigOption[str]):
    """Text that matches a pattern."""

    def __init__(self, pattern: re.Pattern[str], expected: str, *, default: str | None = None) -> None:
        super().__init__()
        self.pattern, self.expected = pattern, expected
        self.default = default

    def run_validation(self, value: object) -> str:
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise ValidationError(f"expected {self.expected}, found {value!r}")
        return value


class _Path(_Matching):
    """A folder of the site, without slashes around it; empty for the site's root."""

    def run_validation(self, value: object) -> str:
        stripped = value.strip("/") if isinstance(value, str) else value
        return "" if stripped == "" else super().run_validation(stripped)


class _Source(BaseConfigOption[str]):
    """The source of the papers: a value that a registered source accepts, or a list of feeds, joined by blanks."""

    def __init__(self, *, default: str) -> None:
        super().__init__()
        self.default = default

    def run_validation(self, value: object) -> str:
        option = " ".join(map(str, value)) if isinstance(value, list) else value
        if not isinstance(option, str) or not registry.accepts(option):
            several = ", or a list of different feeds and categories" if isinstance(value, list) else ""
            raise ValidationError(f"expected {registry.describe_options()}{several}, found {value!r}")
        return option


class _Limit(BaseConfigOption[float | None]):
    """A number that is not negative, or None for no limit."""

    def __init__(self, *, default: float | None = None) -> None:
        super().__init__()
        self.default = default

    def run_validation(self, value: object) -> float | None:
        if value is None or (isinstance(value, int | float) and type(value) is not bool and 0 <= value < math.inf):
            return value
        raise ValidationError(f"expected a number of 0 or more, or null for no limit, found {value!r}")


class _Strict(base.Config):
    """Options for which an unknown key is an error, not a warning."""

    def validate(self) -> tuple[ConfigErrors, ConfigWarnings]:
        errors, warnings = super().validate()
        unknown = [key for key in self if key not in self._schema_keys]
        known = ", ".join(sorted(self._schema_keys))
        for key in unknown:
            close = difflib.get_close_matches(str(key), self._schema_keys, 1)
            expected = f"did you mean '{close[0]}'?" if close else f"expected one of {known}"
            errors.append((str(key), ValidationError(f"unknown option; {expected}")))
        return errors, [(key, message) for key, message in warnings if key not in unknown]


class _TokensConfig(_Strict):
    """The most tokens, of request and response together; null for no limit."""

    call = _Limit(default=_DEFAULT_TOKENS.call)
    run = _Limit(default=_DEFAULT_TOKENS.run)
    month = _Limit(default=_DEFAULT_TOKENS.month)


class _MoneyConfig(_Strict):
    call = _Limit()
    run = _Limit()
    month = _Limit()


class _PricesConfig(_Strict):
    """Prices of a million tokens."""

    input = _Limit(default=0.0)
    output = _Limit(default=0.0)


class _SummariesConfig(_Strict):
    model = _Matching(_MODEL, "the name of a model at the endpoint", default="")
    languages = c.ListOfItems(_Matching(_LANGUAGE, "a language code such as ko"), default=["ko"])
    at_once = _Count("calls", least=1, most=MAX_AT_ONCE, default=4)
    tokens = c.SubConfig(_TokensConfig)
    money = c.SubConfig(_MoneyConfig)
    prices = c.SubConfig(_PricesConfig)

    def validate(self) -> tuple[ConfigErrors, ConfigWarnings]:
        errors, warnings = super().validate()
        if (self.model or "").lower() in NOT_MODELS:
            errors.append(("model", ValidationError(f"{self.model!r} marks summaries that no model wrote")))
        if self.money is None or self.prices is None:
            return errors, warnings  # MkDocs has reported these
        if any(limit is not None for limit in self.money.values()) and not any(self.prices.values()):
            errors.append(("money", ValidationError("a budget in money needs 'prices', for a million tokens")))
        return errors, warnings

    def settings(self, language: str | None = None) -> Settings:
        """Return the settings of `summarize`; `language` replaces the site's languages."""
        tokens, money, prices = self.tokens, self.money, self.prices
        return Settings(
            model=self.model,
            languages=(language,) if language else tuple(self.languages),
            at_once=self.at_once,
            limits=Limits(
                tokens=Allowance(tokens.call, tokens.run, tokens.month),
                money=Allowance(money.call, money.run, money.month),
                input_price=prices.input or 0.0,
                output_price=prices.output or 0.0,
            ),
        )


class DailyPapersConfig(_Strict):
    source = _Source(default="huggingface")
    fetch = c.Choice(FETCH_CHOICES, default="auto")
    since = _Date(default=FIRST_DATE)
    refresh_days = _Count("days", most=MAX_REFRESH_DAYS, default=7)
    languages = c.ListOfItems(_Matching(_LANGUAGE, "a language code such as ko"), default=["ko", "en"])
    path = _Path(_PATH, "a folder of the site such as papers", default="")
    arxiv = c.Type(bool, default=True)
    summaries = c.SubConfig(_SummariesConfig)
    media = c.Choice(MEDIA_CHOICES, default="link")
    media_hosts = c.ListOfItems(
        _Matching(_HOST, "a host name such as cdn-uploads.huggingface.co"),
        default=["cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co"],
    )
    policy_hosts = c.ListOfItems(
        _Matching(_SOURCE_HOST, "a host name such as cdn.example.com or *.example.com"), default=[]
    )
    feeds = c.Type(bool, default=True)
    search = c.Type(bool, default=True)

    def validate(self) -> tuple[ConfigErrors, ConfigWarnings]:
        errors, warnings = super().validate()
        if not self.languages:
            errors.append(("languages", ValidationError("expected at least one language, for example [ko, en]")))
        return errors, warnings
