"""The search box in the header of Material, and themes that have no place for it."""

from __future__ import annotations

from jinja2 import DictLoader, Environment
from selectolax.lexbor import LexborHTMLParser

from daily_papers.mkdocs_plugin.header_search import HEADER, add_header_search
from tests.factories import site_context
from tests.html import only


def environment(templates: dict[str, str]) -> Environment:
    return Environment(loader=DictLoader(templates), autoescape=True)


def header_of(page: object) -> LexborHTMLParser:
    """Return the header of `page`, to which the box was added."""
    env = environment({HEADER: "<header><nav>{{ base_url }}</nav> {% raw %}{{ kept }}{% endraw %}</header>"})
    assert add_header_search(env, site_context())
    return LexborHTMLParser(env.get_template(HEADER).render(base_url="../..", page=page))


def test_the_box_is_last_in_the_header_with_addresses_relative_to_the_page() -> None:
    header = header_of(None)
    box = only(header, "nav > .dp:last-child dp-search-box")
    assert box.attributes["data-root"] == "../../"
    assert only(header, "form[role=search]").attributes["action"] == "../../search/"
    assert "{{ kept }}" in (header.html or "")


def test_a_page_of_the_author_gets_stylesheet_and_script_and_an_archive_page_has_them_already() -> None:
    author = header_of({"meta": {}})
    assert only(author, "link[rel=stylesheet]").attributes["href"] == "../../assets/daily-papers/daily-papers.css"
    assert only(author, "script[type=module]").attributes["src"] == "../../assets/daily-papers/js/main.mjs"
    assert not header_of({"meta": {"daily_papers_head": "<link>"}}).css("link, script")


def test_a_theme_without_that_header_or_without_a_nav_in_it_is_left_as_it_is() -> None:
    for templates in ({}, {HEADER: "<header></header>"}):
        env = environment(templates)
        loader = env.loader
        assert not add_header_search(env, site_context())
        assert env.loader is loader
    assert not add_header_search(Environment(autoescape=True), site_context())
