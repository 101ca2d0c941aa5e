"""A page as its host needs it."""

from __future__ import annotations

import pytest

from daily_papers.site.page import SitePage


def test_a_page_without_further_data_is_of_the_whole_archive_and_in_the_nav() -> None:
    page = SitePage("top.md", "Rankings", "The best papers", lambda: "<p>content</p>", str)
    assert page.render() == "<p>content</p>"
    assert (page.changed, page.date, page.image) == (None, None, "")
    assert (page.anchors, page.depends_on) == (frozenset(), ())
    assert page.in_nav


def test_a_page_cannot_be_changed() -> None:
    page = SitePage("top.md", "Rankings", "The best papers", str, str)
    with pytest.raises(AttributeError):
        page.title = "Another"  # type: ignore[misc]
