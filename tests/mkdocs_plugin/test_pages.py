"""Archive pages as MkDocs and its themes treat them: links, nav, titles, search."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from daily_papers.model.records import Organization, Summary
from tests.factories import store_titles
from tests.sites import broken_links, build_site, make_site, page

MONDAY, TUESDAY = dt.date(2026, 7, 13), dt.date(2026, 7, 14)


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_with_repo_url_pages_of_papers_have_issue_links_and_those_of_dates_no_edit_link(
    tmp_path: Path, theme: str
) -> None:
    site = make_site(tmp_path, theme={"name": theme}, repo_url="https://github.com/an-owner/a-repo")
    store_titles(site / "docs", MONDAY, "One", summaries={"ko": Summary(("하나",), "gpt-4o")})
    (site / "docs/mine.md").write_text("# Mine")
    build_site(site)
    html = (site / "site/2026/07/13/index.html").read_text("utf-8")
    (report,) = page(site / "site/p/2607.13000/index.html").css(".dp-attribution a")
    address = report.attributes["href"] or ""
    assert address.startswith("https://github.com/an-owner/a-repo/issues/new?")
    assert "https://papers.example/archive/p/2607.13000/" in address
    assert "/edit/" not in html
    assert "/edit/" in (site / "site/mine/index.html").read_text("utf-8") or theme == "material"


@pytest.mark.parametrize("is_wanted", [True, False])
def test_material_fetches_stars_from_github_only_where_the_author_allows_it(tmp_path: Path, is_wanted: bool) -> None:
    options = {"fetch": "never", "policy_hosts": ["api.github.com"] if is_wanted else []}
    site = make_site(tmp_path, options, repo_url="https://github.com/an-owner/a-repo")
    store_titles(site / "docs", MONDAY, "One")
    (site / "docs/mine.md").write_text("# Mine")
    build_site(site)
    for name in ("index.html", "archive/index.html", "2026/07/13/index.html", "mine/index.html", "404.html"):
        built = page(site / "site" / name)
        assert built.css('a.md-source[href="https://github.com/an-owner/a-repo"]')
        assert bool(built.css('[data-md-component="source"]')) == is_wanted
    html = (site / "site/mine/index.html").read_text("utf-8")
    assert ("connect-src 'self' https://api.github.com" in html) == is_wanted


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_a_hostile_title_adds_no_element_in_any_theme(tmp_path: Path, theme: str) -> None:
    def shapes(name: str, title: str) -> list[tuple[str | None, ...]]:
        site = make_site(tmp_path / name, theme={"name": theme})
        store_titles(site / "docs", MONDAY, title)
        build_site(site)
        return [(node.tag, *sorted(node.attributes)) for node in page(site / "site/2026/07/13/index.html").css("*")]

    hostile = "\"><script>x()</script><img src=x onerror=x()> ' onload='x() {{ config }} </title>"
    assert shapes("hostile", hostile) == shapes("harmless", "A title of some length that harms nobody")


DATA_FILES = (
    *("archive.json", "schema/day.json", "schema/archive.json", "llms.txt", "status.json", "status.svg", "feeds.opml"),
    *("feed.xml", "feed.en.xml", "feed.json", "papers.xml", "papers.json", "settled.en.json"),
    *("topics/agents/feed.xml", "topics/agents/feed.en.xml", "orgs/a-lab/feed.xml"),
    "2026/07/13.json",
)
"""Files that a page of the author may link to."""


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("path", ["", "papers", "a/b"])
def test_every_link_is_right_below_any_path_with_and_without_directory_urls(
    tmp_path: Path, path: str, directory_urls: bool
) -> None:
    site = make_site(tmp_path, {"path": path, "fetch": "never"}, use_directory_urls=directory_urls)
    for date in (MONDAY, TUESDAY):
        store_titles(site / "docs" / path, date, "One", "Two", organization=Organization("a-lab"))
    if path:
        (site / "docs/index.md").write_text(f"[the papers]({path}/index.md), [one]({path}/2026/07/13.md#2607.13000)")
    root = f"../{path}/" if path else "../"
    links = [f"[{name}]({root}{name})" for name in DATA_FILES]
    (site / "docs/about").mkdir()
    (site / "docs/about/data.md").write_text("\n".join(links))
    build_site(site)
    below = site / "site" / path
    for name in ("2026/07/13", "archive"):
        assert (below / (f"{name}/index.html" if directory_urls else f"{name}.html")).is_file()
    assert (below / "2026/07/13.json").is_file()
    assert (below / "2026/07/13.md").is_file()
    assert not list(broken_links(site / "site"))


def test_an_author_s_nav_may_list_archive_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, nav=[{"Today": "index.md"}, {"All days": "archive.md"}, {"A day": "2026/07/13.md"}])
    store_titles(site / "docs", MONDAY, "One")
    build_site(site)
    assert "All days" in (site / "site/index.html").read_text("utf-8")


def test_dates_are_not_in_the_nav(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for number in range(1, 29):
        store_titles(site / "docs", dt.date(2026, 6, number), "One")
    build_site(site)
    nav = " ".join(node.html or "" for node in page(site / "site/2026/06/05/index.html").css("nav"))
    assert "2026/06/17" not in nav


LISTING_HOOK = """
from pathlib import Path


def on_env(env, config, files):
    Path("files.txt").write_text("\\n".join(file.dest_uri for file in files))


def on_page_content(html, page, config, files):
    return html
"""


def test_a_plugin_that_reads_pages_finds_the_targets_of_their_links(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["listing.py"])
    (site / "listing.py").write_text(LISTING_HOOK)
    store_titles(site / "docs", MONDAY, "One")
    build_site(site)
    assert "p/2607.13000/index.html" in (site / "files.txt").read_text("utf-8").split()
    assert "One" in (site / "site/p/2607.13000/index.html").read_text("utf-8")


@pytest.mark.parametrize("plugin", ["search", "material/search"])
def test_only_titles_are_in_the_search_index_of_the_theme(tmp_path: Path, plugin: str) -> None:
    site = make_site(tmp_path, plugins=[plugin, {"daily-papers": {"fetch": "never", "search": False}}])
    for number in range(8):
        store_titles(site / "docs", MONDAY + dt.timedelta(days=number), "A title of a paper", abstract="Small rivers.")
    (site / "docs/about.md").write_text("# About\n\nWritten by the author.\n")
    build_site(site)
    (index,) = (site / "site/search").glob("search_index.json")
    assert "Written by the author" in index.read_text("utf-8")
    assert "A title of a paper" in index.read_text("utf-8")
    assert "Small rivers" not in index.read_text("utf-8")


@pytest.mark.fault(31)
@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_the_name_of_an_organization_stays_text_in_every_theme(tmp_path: Path, theme: str) -> None:
    site = make_site(tmp_path, theme={"name": theme})
    name = "</title><script>alert(1)</script>"
    store_titles(site / "docs", MONDAY, "One", organization=Organization("x", name))
    build_site(site)
    html = (site / "site/orgs/x/index.html").read_text("utf-8")
    assert "alert(1)" in html
    assert "<script>alert" not in html


def test_every_page_has_a_source_path_that_exists(tmp_path: Path) -> None:
    """Other plugins ask git, or the file system, for the date of a page's source."""
    site = make_site(tmp_path, hooks=["paths.py"])
    (site / "paths.py").write_text(
        "from pathlib import Path\n"
        "def on_page_content(html, page, config, files):\n"
        "    assert Path(page.file.abs_src_path).exists()\n"
        "    with open('paths.txt', 'a') as file:\n"
        "        print(page.file.src_uri, page.file.abs_src_path, file=file)\n"
    )
    build_site(site)  # no day is stored
    for date in (MONDAY, TUESDAY):
        store_titles(site / "docs", date, "One")
    build_site(site)
    paths = dict(line.split() for line in (site / "paths.txt").read_text().splitlines())
    assert paths["2026/07/13.md"] == str(site / "docs/2026/07/13.json")
    assert paths["2026/07.md"] == paths["archive.md"] == str(site / "docs/2026/07/14.json")


COPYING_HOOK = """
import os
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files


@event_priority(-100)
def on_files(files, config):
    def copy(file):
        if os.path.commonpath([file.abs_src_path, config.docs_dir]) != config.docs_dir:
            return file  # of the theme
        return File(file.src_uri, config.docs_dir, config.site_dir, config.use_directory_urls)
    return Files([copy(file) for file in files])
"""


def test_a_plugin_that_replaces_every_file_by_a_copy_keeps_archive_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["copying.py"])
    (site / "copying.py").write_text(COPYING_HOOK)
    store_titles(site / "docs", MONDAY, "One")
    (site / "docs/mine.md").write_text("# Mine\n\n[the feed](feed.xml)\n")
    build_site(site)
    assert len(page(site / "site/2026/07/13/index.html").css("article[id]")) == 1
    assert (site / "site/mine/index.html").is_file()
    assert not list(broken_links(site / "site"))


READING_HOOK = """
import json
import jinja2


def on_page_markdown(markdown, page, config, files):
    return jinja2.Template(markdown).render()


def on_page_content(html, page, config, files):
    if page.file.src_uri == "2026/07/13.md":
        open("read.json", "w").write(json.dumps({"content": html, "markdown": page.markdown}))
    return html.replace("Changed title", "Title of the hook")


def on_page_context(context, page, config, nav):
    page.content = page.content.replace("Title of the hook", "Title of both hooks")
"""


def test_other_plugins_read_and_change_the_content_of_archive_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["reading.py"])
    (site / "reading.py").write_text(READING_HOOK)
    for date in (MONDAY, TUESDAY):
        store_titles(site / "docs", date, "Changed title", "Other title")
    build_site(site)
    read = json.loads((site / "read.json").read_text())
    assert 'id="2607.13000"' in read["content"]
    assert "### [Other title](" in read["markdown"]
    for name in ("2026/07/13", "2026/07/14"):
        titles = [node.text() for node in page(site / "site" / name / "index.html").css("article[id] h2")]
        assert [title.removesuffix(" #") for title in titles] == ["Other title", "Title of both hooks"]


def test_no_plugin_runs_a_stranger_s_title_as_a_template(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["reading.py"])
    (site / "reading.py").write_text(READING_HOOK)
    store_titles(site / "docs", MONDAY, "What is {{ 6 * 7 }}?")
    build_site(site)
    html = (site / "site/2026/07/13/index.html").read_text("utf-8")
    assert "What is {{ 6 * 7 }}?" in html
    assert "What is 42?" not in html


@pytest.mark.parametrize("source", ["archive.md", "made/archive.md"])
def test_a_page_that_another_plugin_makes_later_replaces_the_archive_page(tmp_path: Path, source: str) -> None:
    site = make_site(tmp_path, hooks=["making.py"])
    (site / "making.py").write_text(
        "from mkdocs.structure.files import File\n"
        "def on_files(files, config):\n"
        f"    if earlier := files.src_uris.get({source!r}):\n"
        "        files.remove(earlier)\n"
        f"    files.append(File.generated(config, {source!r}, content='# Made'))\n"
        f"    files.src_uris[{source!r}].dest_uri = 'archive/index.html'\n"
    )
    store_titles(site / "docs", MONDAY, "One")
    log = build_site(site)
    assert "archive/index.html is written by a page of your own" in log
    assert "Made" in (site / "site/archive/index.html").read_text("utf-8")


@pytest.mark.parametrize("features", [[], ["navigation.tabs"]])
def test_archive_pages_show_the_navigation_of_material_with_and_without_tabs(
    tmp_path: Path, features: list[str]
) -> None:
    theme = {"name": "material", "font": False, "features": features}
    site = make_site(tmp_path, theme=theme, nav=[{"Today": "index.md"}, {"Mine": "mine.md"}])
    store_titles(site / "docs", MONDAY, "One")
    (site / "docs/mine.md").write_text("# Mine")
    build_site(site)
    for name in ("index.html", "2026/07/13/index.html", "archive/index.html"):
        built = page(site / "site" / name)
        (sidebar,) = built.css(".md-sidebar--primary")
        assert ("hidden" in sidebar.attributes) == bool(features)
        assert bool(built.css(".md-tabs")) == bool(features)


LANGUAGES_HOOK = """
from mkdocs.plugins import event_priority


@event_priority(50)
def _languages(context, template_name, config):
    context["i18n_alternates"] = {"en": [], "ko": []}


@event_priority(-50)
def _listed(context, template_name, config):
    with open("listed.txt", "w") as file:
        for page in context["i18n_alternates"]["en"]:
            print(page.src_uri, len(page.alternates), file=file)


from mkdocs.plugins import CombinedEvent

on_template_context = CombinedEvent(_languages, _listed)
"""


def test_a_sitemap_of_several_languages_has_each_archive_page_once(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["languages.py"])
    (site / "languages.py").write_text(LANGUAGES_HOOK)
    store_titles(site / "docs", MONDAY, "One")
    build_site(site)
    listed = (site / "listed.txt").read_text().splitlines()
    assert {"2026/07/13.md 0", "archive.md 0"} <= set(listed)
    assert len(listed) == len(set(listed))
