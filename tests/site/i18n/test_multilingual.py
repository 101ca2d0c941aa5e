"""Texts in every language of the site at once, each marked with `lang`."""

from __future__ import annotations

import datetime as dt

from daily_papers.site.i18n.multilingual import MultilingualMessages
from tests.factories import DATE


def test_a_text_is_in_every_language_and_marked_with_lang() -> None:
    messages = MultilingualMessages(["ko", "en"])
    assert messages.date(DATE) == (
        '<dp-w lang="ko">2024년 3월 1일 금요일</dp-w><dp-w lang="en">Friday 1 March 2024</dp-w>'
    )
    assert messages.number(12345) == "12,345"


def test_a_text_that_is_the_same_in_every_language_is_not_repeated() -> None:
    assert MultilingualMessages(["ko", "en"]).each(lambda words: "<b>") == "&lt;b&gt;"
    assert MultilingualMessages(["en"]).date(DATE) == "Friday 1 March 2024"


def test_languages_without_a_catalogue_share_the_english_texts() -> None:
    messages = MultilingualMessages(["de", "ko", "fr"])
    assert [one.language for one in messages.all] == ["en", "ko"]
    assert messages.first.texts["home_title"] == "Daily papers"


def test_a_name_without_a_translation_is_in_english() -> None:
    names = {"en": "Agents <b>", "fr": "Agents en français"}
    assert MultilingualMessages(["ko", "en"]).names(names) == "Agents &lt;b&gt;"


def test_an_attribute_carries_what_scripts_need_to_translate_it() -> None:
    date = dt.date(2024, 3, 4)
    assert MultilingualMessages(["en"]).named("title", "tried", date) == 'title="Last tried on 4 March 2024."'
    named = MultilingualMessages(["en", "ko"]).named("title", "tried", date)
    assert named == 'title="Last tried on 4 March 2024." data-t-title="tried" data-t-date="2024-03-04"'


def test_weekdays_begin_on_monday() -> None:
    weekdays = MultilingualMessages(["en", "ko"]).weekdays()
    assert weekdays[0] == ('<dp-w lang="en">M</dp-w><dp-w lang="ko">월</dp-w>', "Monday")
    assert len(weekdays) == 7


def test_a_site_of_a_feed_has_texts_that_do_not_name_hugging_face() -> None:
    both = (MultilingualMessages(["en"]), MultilingualMessages(["en"], of_feed=True))
    ours, of_feed = ({key for key, text in one.first.texts.items() if "Hugging Face" in text} for one in both)
    own = {key for key in both[0].first.texts if f"{key}_of_feed" in both[0].first.texts}
    assert own
    assert own & of_feed == set()
    assert own & ours
