"""The message catalogues: the same keys in every language, and dates and numbers in each language's format."""

from __future__ import annotations

import re

from daily_papers.site.i18n import catalog
from daily_papers.site.i18n.catalog import CATALOGS, FEED_SUFFIX, Messages, read_catalog
from tests.factories import DATE


def test_the_catalogues_have_the_same_keys_and_placeholders() -> None:
    korean, english = Messages("ko"), Messages("en")
    assert catalog.available_languages() == {"ko", "en"}
    assert korean.texts.keys() == english.texts.keys()
    for key, text in english.texts.items():
        if not key.startswith("date_"):
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", korean.texts[key])), key


def test_dates_and_numbers_have_the_format_of_each_language() -> None:
    assert Messages("ko").date(DATE) == "2024년 3월 1일 금요일"
    assert Messages("en").date(DATE) == "Friday 1 March 2024"
    assert Messages("en").date(DATE, "short") == "Fri 1 Mar"
    assert Messages("ko").date(DATE, "short") == "3월 1일 (금)"
    assert Messages("en").count("papers", 1) == "1 paper"
    assert Messages("en").count("votes", 12345) == "12,345 votes"
    assert Messages("ko").count("papers", 11) == "논문 11편"


def test_a_language_without_a_catalogue_falls_back_to_english() -> None:
    assert Messages("fr").language == "en"
    assert Messages("ko-KR").language == "ko"


def test_every_message_is_used() -> None:
    """A key is quoted, or composed with a quoted prefix or suffix: `state_{state}`, `{notice}_day`."""
    package = CATALOGS.parents[1]
    files = (path for ending in ("py", "html", "mjs") for path in package.rglob(f"*.{ending}"))
    source = "\n".join(path.read_text("utf-8") for path in files)
    quoted = set(re.findall(r"[\"'`]([a-z_]+)[\"'`]", source))
    prefixes = tuple(set(re.findall(r"[\"'`]([a-z_]+_)(?:\$?\{|\" ~)", source)))
    suffixes = tuple(set(re.findall(r"\}(_[a-z_]+)[\"'`]", source)))
    for key in read_catalog("en"):
        used = key.removesuffix(FEED_SUFFIX)
        assert used in quoted or used.startswith(prefixes) or used.endswith(suffixes), key
