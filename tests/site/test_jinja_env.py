"""The Jinja environment: escaping, strict names, and translations inserted at compile time."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.jinja_env import make_environment
from tests.html import HOSTILE

MESSAGES = MultilingualMessages(["en", "ko"])


def render(template: str, **values: object) -> str:
    environment = make_environment({"t": MESSAGES.texts, "named": MESSAGES.named})
    return environment.from_string(template).render(**values)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_escaped_and_markup_is_not(text: str) -> None:
    assert render("{{ value }}", value=text) == str(Markup("{}").format(text))
    assert render("{{ value }}", value=Markup("<b>text</b>")) == "<b>text</b>"
    assert render("{{ value }}", value=7) == "7"


def test_the_filter_xml_escapes_text_and_leaves_quotes() -> None:
    assert render("{{ value|xml }}", value="<a href=\"x\"> & 'y'") == "&lt;a href=\"x\"&gt; &amp; 'y'"


def test_a_dot_is_an_attribute_and_brackets_are_an_item() -> None:
    assert render("{{ value.name }}", value=SimpleNamespace(name="attribute")) == "attribute"
    assert render('{{ value["items"] }}', value={"items": "item"}) == "item"
    with pytest.raises((AttributeError, UndefinedError)):
        render("{{ value.name }}", value={"name": "item"})


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("{{ unknown }}")


def test_fixed_texts_are_the_same_whether_inserted_at_compile_time_or_at_run_time() -> None:
    assert render('{{ t["home_title"] }}') == MESSAGES.texts["home_title"]
    assert render("{{ t[key] }}", key="home_title") == MESSAGES.texts["home_title"]
    assert render('<a {{ named("title", "search_box") }}>') == f"<a {MESSAGES.named('title', 'search_box')}>"


def test_a_text_with_a_placeholder_is_not_taken_for_template_syntax() -> None:
    key = next(key for key, text in MESSAGES.texts.items() if "{" in text)
    assert render(f'{{{{ t["{key}"] }}}}') == MESSAGES.texts[key]
