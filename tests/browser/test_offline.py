"""The Chromium of the tests reaches no other machine, even on a page whose requests no test answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.visit import new_context


@pytest.mark.parametrize("address", ["http://papers.example/", "http://192.0.2.1/"])
def test_chromium_resolves_no_name_or_address_of_another_machine(chromium: Browser, address: str) -> None:
    context = new_context(chromium)
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        context.new_page().goto(address)
    context.close()


def test_chromium_reaches_this_machine(chromium: Browser, site: str) -> None:
    context = new_context(chromium)
    page = context.new_page()
    assert page.goto(f"{site}status.json")
    assert page.goto(f"{site.replace('127.0.0.1', 'localhost')}status.json")
    context.close()
