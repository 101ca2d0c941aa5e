"""The context of a site: feeds, addresses and languages that follow from its settings and its archive."""

from __future__ import annotations

import dataclasses

import pytest

from daily_papers.model.records import Summary
from tests.factories import DATE, make_day, make_index, make_paper, site_context

SITE = "https://papers.example/archive/"
INDEX = make_index(make_day(DATE, make_paper()))


def test_a_context_cannot_be_changed() -> None:
    site = site_context()
    with pytest.raises(dataclasses.FrozenInstanceError):
        site.index = INDEX  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        site.settings.feeds = True  # type: ignore[misc]


def test_feeds_need_the_option_an_address_and_a_day() -> None:
    assert site_context(INDEX, site_url=SITE, feeds=True).has_feeds
    assert not site_context(INDEX, site_url=SITE, feeds=False).has_feeds
    assert not site_context(INDEX, site_url="", feeds=True).has_feeds
    assert not site_context(site_url=SITE, feeds=True).has_feeds


def test_only_a_source_with_votes_has_the_settled_feed() -> None:
    assert site_context().site_feeds == ("feed", "papers", "settled")
    assert site_context(source="arxiv:cs.CL").site_feeds == ("feed", "papers")


def test_the_feeds_of_the_first_language_have_no_code_and_languages_without_messages_share_one_feed() -> None:
    site = site_context(INDEX, languages=["de", "ko", "fr"], site_url=SITE, feeds=True)
    assert [(messages.language, code) for messages, code in site.feed_languages] == [("en", ""), ("ko", "ko")]
    assert not site_context(INDEX).feed_languages


def test_an_absolute_address_needs_the_address_of_the_site() -> None:
    assert site_context(site_url=SITE).absolute("2024/03/01/") == f"{SITE}2024/03/01/"
    assert site_context().absolute("2024/03/01/") == ""


def test_the_presenter_of_one_language_prefers_summaries_in_it() -> None:
    messages, presenter = site_context(INDEX, languages=["ko", "en"]).for_language("en")
    assert messages.language == "en"
    paper = make_paper(summaries={"ko": Summary(("한 줄",), by="m"), "en": Summary(("A line.",), by="m")})
    summary = presenter.view(paper, DATE).summary
    assert summary is not None
    assert summary.bullets[0].text == "A line."


def test_the_search_box_names_the_shards() -> None:
    assert 'data-shards=""' in site_context().search_box("../")
    assert 'action="../search/"' in site_context().search_box("../")
