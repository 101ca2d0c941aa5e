"""Whole builds: published files, unpublished files, curation, the author's own pages, and other hooks."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import day_path, read_day, stored_dates
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.archive.topics import PACKAGED_TOPICS
from daily_papers.model.records import Day
from daily_papers.site.assets import load_assets
from daily_papers.site.i18n.catalog import read_catalog
from daily_papers.site.jinja_env import TEMPLATES
from daily_papers.site.pages.paper import SITEMAP
from tests.factories import make_day, make_paper, store_day, store_titles
from tests.sites import REPOSITORY, broken_links, build, build_site, make_site, page

MONDAY, TUESDAY = dt.date(2026, 7, 13), dt.date(2026, 7, 14)


def test_2024_03_01_has_eleven_papers_by_votes_with_eight_pictures_and_three_videos(
    bundled: Path,
) -> None:
    tree = page(bundled / "2024/03/01/index.html")
    assert [node.attributes["id"] for node in tree.css("article[id]")] == [
        "2402.19173",  # 51
        "2402.19427",  # 23
        "2402.19479",  # 19
        "2402.19155",  # 17
        "2402.19469",  # 16
        "2402.18796",  # 15
        "2402.19159",  # 9
        "2402.18668",  # 8, listed before the next
        "2402.18842",  # 8
        "2402.19481",  # 6
        "2402.18734",  # 5
    ]
    assert len(tree.css("article img")) == 8
    assert len(tree.css("article video")) == 3


def test_every_link_of_the_bundled_site_has_a_target(bundled: Path) -> None:
    assert not list(broken_links(bundled))


def test_the_record_and_the_digest_of_a_day_are_published(bundled: Path) -> None:
    assert (bundled / "2024/03/01.json").read_bytes() == (REPOSITORY / "docs/2024/03/01.json").read_bytes()
    digest = (bundled / "2024/03/01.md").read_text("utf-8")
    assert digest.startswith("## Daily Papers (2024-03-01)\n\n### [StarCoder 2 and The Stack v2: The Next Generation](")
    assert digest.count("\n[Watch Video](") == 3


def test_home_links_to_the_newest_day_and_the_archive_to_every_day(bundled: Path) -> None:
    newest = max(stored_dates(REPOSITORY / "docs"))
    assert page(bundled / "index.html").css(f'a[href="./{newest:%Y/%m/%d}/"]')
    archive = page(bundled / "archive/index.html")
    for date in stored_dates(REPOSITORY / "docs"):
        assert archive.css(f'a[href="../{date:%Y/%m/%d}/"]'), date


def test_every_message_that_scripts_may_use_is_in_the_catalogue_they_load(bundled: Path) -> None:
    assets = load_assets()
    scripts = "".join(
        assets[name].decode() for name in assets if name.endswith(".mjs") and not re.search(r"/i18n/\w\w\.", name)
    )
    templates = "".join(path.read_text("utf-8") for folder in TEMPLATES for path in folder.glob("*.html"))
    used = set(re.findall(r'"(\w+)"', scripts)) | set(re.findall(r'named\("[\w-]+", "(\w+)"', templates))
    for path in bundled.rglob("*.html"):
        html = path.read_text("utf-8")
        used.update(re.findall(r'data-(?:t-(?:title|aria-label|placeholder)|key)="(\w+)"', html))
        for titles in re.findall(r'data-titles="([^"]+)"', html):
            used.update(titles.split())
    prefixes = tuple(re.findall(r"`(\w+_)\$\{", scripts))
    assert {"library_", "state_"} <= set(prefixes)
    for language in ("ko", "en"):
        module = assets[f"js/i18n/{language}.mjs"].decode()
        shipped = json.loads(module.removeprefix("export default ").removesuffix(";\n"))
        not_shipped = read_catalog(language).keys() - shipped.keys()
        assert "why_empty" in not_shipped
        assert {key for key in not_shipped if key in used or key.startswith(prefixes)} == {"library_description"}, (
            "which is only in the head of a page"
        )


def test_no_rejected_record_ledger_setting_or_backup_is_published(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    docs = site / "docs"
    store_titles(docs, MONDAY, "One")
    write_ledger(docs, {MONDAY: LedgerEntry("complete")})
    (docs / "2026/07/13.rejected.json").write_text("[]")
    (docs / "2026/07/14.json.unreadable").write_text("{")
    (docs / "2026/07/related.json").write_text('{"since": "2026-07-13", "papers": {}}')
    (docs / "2026/07/related.json.unreadable").write_text("{")
    (docs / "curation.yml").write_text("{}")
    (docs / "topics.yml").write_bytes(PACKAGED_TOPICS.read_bytes())
    for copy in ("2026/07/13.json~", "2026/07/13.json.bak", "2026/07/13.json.orig", "curation.yml.bak", "usage.json"):
        (docs / copy).write_text("{}")
    build_site(site)
    assert not list((site / "site").glob("*.yml*"))
    assert not (site / "site/usage.json").exists()
    published = {path.name for path in (site / "site/2026").rglob("*") if path.is_file()}
    assert published == {"13.json", "13.md", "07.json", "index.html"}
    assert not (site / "site/ledger.json").exists()


def test_a_file_of_the_author_with_the_name_of_a_private_one_is_published(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"path": "papers", "fetch": "never"})
    store_titles(site / "docs/papers", MONDAY, "One")
    (site / "docs/ledger.json").write_text("{}")
    (site / "docs/index.md").write_text("[mine](ledger.json)")
    build_site(site)
    assert (site / "site/ledger.json").exists()


@pytest.mark.fault(47)
def test_an_unreadable_day_is_reported_has_a_notice_and_does_not_stop_the_build(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    store_titles(site / "docs", MONDAY, "One")
    store_titles(site / "docs", TUESDAY, "Two")
    path = day_path(site / "docs", TUESDAY)
    path.write_bytes(path.read_bytes()[:40])
    done = build(site)
    assert done.returncode == 0
    assert f"{path}: " in done.stderr
    assert "One" in (site / "site/2026/07/13/index.html").read_text("utf-8")
    assert not page(site / "site/2026/07/14/index.html").css("article[id]")
    assert not (site / "site/2026/07/14.json").exists()
    assert build(site, "--strict").returncode == 1
    assert not list(broken_links(site / "site"))


def published(built: Path) -> str:
    """Return the text of all pages and data files of a built site."""
    texts = (path.read_text("utf-8") for path in built.rglob("*") if path.suffix in (".html", ".md", ".json", ".xml"))
    return "\n".join(texts)


@pytest.mark.parametrize("path", ["", "papers"])
def test_a_hidden_paper_is_nowhere_on_the_site_and_a_correction_everywhere(tmp_path: Path, path: str) -> None:
    site = make_site(tmp_path, {"path": path, "fetch": "never"})
    archive, below = site / "docs" / path, site / "site" / path
    (site / "docs/index.md").write_text("# Home") if path else None
    store_titles(archive, MONDAY, "Few votes", "To be put right", "To be hidden")
    store_titles(archive, TUESDAY, "Untouched")
    stored = day_path(archive, MONDAY).read_bytes()
    (archive / "curation.yml").write_text(
        "2607.13000: {pin: true}\n2607.13001: {title: Put right}\n2607.13002: {hide: true}\n"
    )
    build_site(site)
    text = published(site / "site")
    assert "To be hidden" not in text
    assert "2607.13002" not in text
    assert "To be put right" not in text
    tree = page(below / "2026/07/13/index.html")
    assert [node.attributes["id"] for node in tree.css("article[id]")] == ["2607.13000", "2607.13001"]
    assert len(tree.css(".dp-pinned")) == 1
    assert '1위: <b lang="en">Put right' in (below / "archive/index.html").read_text("utf-8")
    assert "Put right" in (below / "2026/07/13.md").read_text("utf-8")
    record = msgspec.json.decode((below / "2026/07/13.json").read_bytes(), type=Day)
    assert [(paper.title, paper.pinned) for paper in record.papers] == [("Few votes", True), ("Put right", False)]
    assert (below / "2026/07/14.json").read_bytes() == day_path(archive, TUESDAY).read_bytes()
    assert day_path(archive, MONDAY).read_bytes() == stored
    assert not (below / "curation.yml").exists()


def test_a_day_whose_papers_are_all_hidden_has_a_notice_and_is_no_neighbour(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for date, title in ((MONDAY, "One"), (TUESDAY, "Two"), (TUESDAY + dt.timedelta(days=1), "Three")):
        store_titles(site / "docs", date, title)
    write_ledger(site / "docs", {TUESDAY: LedgerEntry("complete")})
    (site / "docs/curation.yml").write_text("2607.14000: {hide: true}")
    build_site(site)
    tree = page(site / "site/2026/07/14/index.html")
    assert "이 사이트에서는 보여 주지 않습니다" in tree.css(".dp-notice")[0].text()
    assert not tree.css("article[id], link[type='application/json']")
    assert page(site / "site/2026/07/13/index.html").css("a.dp-next")[0].attributes["href"] == "../../../2026/07/15/"
    assert read_day(site / "site", TUESDAY) == make_day(TUESDAY)
    assert "2607.14000" not in published(site / "site")
    assert not list(broken_links(site / "site"))


def test_a_mistake_in_the_curation_stops_the_build_with_place_and_reason(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    store_titles(site / "docs", MONDAY, "One")
    (site / "docs/curation.yml").write_text("2607.13000:\n  hide: yes\n")
    done = build(site)
    assert done.returncode == 1
    assert f'{site / "docs/curation.yml"} at line 2: hide of 2607.13000 is "yes": expected true or false' in done.stderr
    assert "Nothing is built: the site would not be as these files ask for" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site / "site/2026").exists()


def test_a_day_imported_after_an_empty_fetch_is_not_reported_as_empty(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    store_day(site / "docs", MONDAY, make_paper(), source="digest")
    write_ledger(site / "docs", {MONDAY: LedgerEntry("empty")})
    build_site(site)
    state = page(site / "site/2026/07/13/index.html").css(".dp-status .dp-state")[0]
    assert "dp-partial" in (state.attributes["class"] or "")


def test_a_record_that_the_author_excludes_stays_excluded_when_it_is_curated(tmp_path: Path) -> None:
    site = make_site(tmp_path, exclude_docs="*.json")
    store_titles(site / "docs", MONDAY, "One")
    (site / "docs/curation.yml").write_text("2607.13000: {pin: true}")
    assert build(site).returncode == 0
    assert not (site / "site/2026/07/13.json").exists()


def test_a_page_of_the_author_replaces_the_archive_page_with_a_notice(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    store_titles(site / "docs", MONDAY, "One")
    (site / "docs/index.md").write_text("# My own home")
    (site / "docs/archive").mkdir()
    (site / "docs/archive/index.md").write_text("# My own archive")
    log = build_site(site)
    for name in ("index.html", "archive/index.html"):
        assert "My own" in (site / "site" / name).read_text("utf-8")
        assert f"{name} is written by a page of your own" in log


@pytest.mark.fault(60)
def test_an_empty_archive_builds_a_site(tmp_path: Path) -> None:
    done = build(make_site(tmp_path), "--strict")
    assert done.returncode == 0, done.stderr
    assert page(tmp_path / "site/index.html").css("h1")
    assert not list(broken_links(tmp_path / "site"))


COUNTING_HOOK = """
import mkdocs.plugins


@mkdocs.plugins.event_priority(50)
def on_post_build(config):
    from pathlib import Path
    built = [path for path in Path(config.site_dir).rglob("index.html")]
    Path("counted.txt").write_text(str(len(built)))
"""


def test_a_post_build_hook_finds_every_page_written(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["counting.py"])
    (site / "counting.py").write_text(COUNTING_HOOK)
    for number in range(60):
        store_titles(site / "docs", MONDAY - dt.timedelta(days=number), "One")
    build_site(site)
    assert int((site / "counted.txt").read_text()) == len([*(site / "site").rglob("index.html")])


FILTER_HOOK = """
def on_env(env, *, config, files):
    env.filters["release"] = lambda name: f"{name} %s"
    return env
"""


def test_the_filter_of_a_hook_is_never_that_of_an_earlier_build(tmp_path: Path) -> None:
    """Jinja evaluates constant expressions when it compiles a template."""
    site = make_site(tmp_path, theme={"name": "material", "custom_dir": "theme"}, hooks=["filter.py"])
    (site / "theme").mkdir()
    footer = '{% extends "base.html" %}{% block footer %}{{ "version"|release }}{% endblock %}'
    (site / "theme/main.html").write_text(footer)
    store_titles(site / "docs", MONDAY, "One")
    for version in ("1.0", "2.0"):
        (site / "filter.py").write_text(FILTER_HOOK % version)
        build_site(site)
        assert f"version {version}" in (site / "site/2026/07/13/index.html").read_text("utf-8")


def test_the_sitemaps_list_every_page(tmp_path: Path) -> None:
    site = make_site(tmp_path, nav=["index.md", "2026/07/13.md"])
    for number in range(8):
        store_titles(site / "docs", MONDAY + dt.timedelta(days=number), "One")
    build_site(site)
    listed, papers = (
        re.findall("<loc>(.*?)</loc>", (site / "site" / name).read_text("utf-8")) for name in ("sitemap.xml", SITEMAP)
    )
    built = (path.parent.relative_to(site / "site") for path in (site / "site").rglob("index.html"))
    root = "https://papers.example/archive/"
    assert sorted([*listed, *papers]) == sorted(f"{root}{folder}/" if folder.name else root for folder in built)
    assert all(address.startswith(f"{root}p/2607.") for address in papers)


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("path", ["", "papers"])
def test_the_data_files_that_the_topics_page_names_exist(tmp_path: Path, path: str, directory_urls: bool) -> None:
    options = {"fetch": "never", "path": path}
    site = make_site(tmp_path, options, use_directory_urls=directory_urls)
    (site / "docs/index.md").write_text("# Mine") if path else None
    store_titles(site / "docs" / path, MONDAY, "Agents that code")
    build_site(site)
    found = site / "site" / path / ("topics/index.html" if directory_urls else "topics.html")
    element = page(found).css_first("dp-topics")
    assert element is not None
    assert (found.parent / str(element.attributes["data-lists"]) / "agents.json").is_file()
    target = (found.parent / str(element.attributes["data-paper-url"])).resolve()
    assert (target / "index.html" if directory_urls else target).is_file()


ENCRYPTING_HOOK = """
from mkdocs.plugins import BasePlugin


class Encrypting(BasePlugin):
    config = {"global_password": "a password"}

    def on_page_context(self, context, page, config, nav):
        page.content = "<form>a password, please</form>"


def on_config(config):
    config.plugins["encryptcontent"] = Encrypting()
"""


@pytest.mark.parametrize("path", ["", "papers"])
def test_beside_a_plugin_that_encrypts_every_page_no_file_shows_a_paper(tmp_path: Path, path: str) -> None:
    plugins = ["search", {"daily-papers": {"fetch": "never", "path": path, "search": True}}]
    site = make_site(tmp_path, plugins=plugins, hooks=["encrypting.py"])
    (site / "encrypting.py").write_text(ENCRYPTING_HOOK)
    (site / "docs/mine.md").write_text("# Mine")
    for date in (MONDAY, TUESDAY):
        store_titles(site / "docs" / path, date, "A secret title", abstract="A secret abstract.")
    log = build_site(site)
    assert "no records, digests, lists, feeds or search are published" in log
    assert "a password, please" in (site / "site" / path / "2026/07/13/index.html").read_text("utf-8")
    for file in (site / "site").rglob("*"):
        assert not file.is_file() or b"secret" not in file.read_bytes(), file


@pytest.mark.parametrize("pattern", ["2026/07/14.json", "2026/07/14.md", "14.*"])
@pytest.mark.parametrize("path", ["", "papers"])
def test_a_date_that_the_author_excludes_is_nowhere_on_the_site(tmp_path: Path, pattern: str, path: str) -> None:
    pattern = f"{path}/{pattern}" if path and "/" in pattern else pattern
    site = make_site(tmp_path, {"path": path, "fetch": "never"}, exclude_docs=pattern)
    docs, built = site / "docs" / path, site / "site" / path
    (site / "docs/index.md").write_text("# Home") if path else None
    store_titles(docs, MONDAY, "One")
    store_titles(docs, TUESDAY, "To be excluded")
    store_titles(docs, TUESDAY + dt.timedelta(days=1), "Three")
    write_ledger(docs, {MONDAY: LedgerEntry("complete"), TUESDAY: LedgerEntry("complete")})
    stored = day_path(docs, TUESDAY).read_bytes()
    build_site(site)
    text = published(site / "site")
    assert "To be excluded" not in text
    assert "2026/07/14" not in text
    assert "2026-07-14" not in text
    assert not (built / "2026/07/14.json").exists()
    (following,) = page(built / "2026/07/13/index.html").css("a.dp-next")
    assert (following.attributes["href"] or "").endswith("/2026/07/15/")
    assert day_path(docs, TUESDAY).read_bytes() == stored
    assert not list(broken_links(site / "site"))


def test_excluding_all_json_files_excludes_no_date(tmp_path: Path) -> None:
    site = make_site(tmp_path, exclude_docs="*.json")
    store_titles(site / "docs", MONDAY, "One")
    build(site)
    assert "One" in (site / "site/2026/07/13/index.html").read_text("utf-8")
    assert not (site / "site/2026/07/13.json").exists()


@pytest.mark.parametrize(
    ("since", "notice"),
    [
        ("2020-01-01", "'since' is 2020-01-01, but huggingface lists nothing before 2023-05-04"),
        ("2027-01-01", "'since' is 2027-01-01, which is in the future"),
        ("2023-05-04", ""),
    ],
)
def test_a_first_date_that_cannot_be_is_reported(tmp_path: Path, since: str, notice: str) -> None:
    site = make_site(tmp_path, {"fetch": "never", "since": since})
    log = build_site(site, environment={"DAILY_PAPERS_NOW": "2026-07-15T03:17:00Z"})
    assert notice in log
    assert ("'since'" in log) == bool(notice)
    store_titles(site / "docs", MONDAY, "One")
    build_site(site, environment={"DAILY_PAPERS_NOW": "2026-07-15T03:17:00Z"})
    assert not (site / "site/2023/05/03").exists()
    assert "2022" not in (site / "site/status/index.html").read_text("utf-8")
