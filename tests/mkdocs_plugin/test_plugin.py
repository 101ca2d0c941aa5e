"""The plugin in real builds: what is published, what is not, and what bad input gets."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import day_path, read_day, stored_dates, write_day
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.archive.topics import PACKAGED_TOPICS
from daily_papers.model.records import Day, Organization, Paper, Summary
from daily_papers.site.assets import load_assets
from daily_papers.site.i18n.catalog import read_catalog
from daily_papers.site.jinja_env import TEMPLATES
from tests.sites import NOWHERE, REPOSITORY, broken_links, build, make_site, page
from tests.upstream import Upstream, record

MONDAY, TUESDAY = dt.date(2026, 7, 13), dt.date(2026, 7, 14)
NOW = "2026-07-15T03:17:00Z"


def day(date: dt.date, *titles: str) -> Day:
    lab = Organization("a-lab")
    papers = (
        Paper(id=f"2607.{date.day:02}{n:03}", title=title, votes=n, organization=lab) for n, title in enumerate(titles)
    )
    return Day(date=date, source="huggingface", papers=tuple(papers))


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this repository's own archive, built strictly, as a fresh clone does it without a network."""
    clone = tmp_path_factory.mktemp("clone")
    shutil.copy(REPOSITORY / "mkdocs.yml", clone)
    shutil.copytree(REPOSITORY / "docs", clone / "docs")
    done = build(clone, "--strict")
    assert done.returncode == 0, done.stderr
    notices = [line for line in done.stderr.splitlines() if "unreachable" in line]
    assert notices, "nothing says that upstream could not be reached"
    return clone / "site"


def test_2024_03_01_has_its_eleven_papers_by_votes_with_eight_pictures_and_three_videos(
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


def test_every_link_of_the_site_leads_somewhere(bundled: Path) -> None:
    assert not list(broken_links(bundled))


def test_the_record_and_the_digest_lie_beside_the_page(bundled: Path) -> None:
    assert (bundled / "2024/03/01.json").read_bytes() == (REPOSITORY / "docs/2024/03/01.json").read_bytes()
    digest = (bundled / "2024/03/01.md").read_text("utf-8")
    assert digest.startswith("## Daily Papers (2024-03-01)\n\n### [StarCoder 2 and The Stack v2: The Next Generation](")
    assert digest.count("\n[Watch Video](") == 3


def test_home_shows_the_newest_day_and_the_archive_every_year(bundled: Path) -> None:
    newest = max(stored_dates(REPOSITORY / "docs"))
    assert page(bundled / "index.html").css(f'a[href="./{newest:%Y/%m/%d}/"]')
    archive = page(bundled / "archive/index.html")
    for date in stored_dates(REPOSITORY / "docs"):
        assert archive.css(f'a[href="../{date:%Y/%m/%d}/"]'), date


def test_whatever_scripts_may_say_is_among_the_words_they_load(bundled: Path) -> None:
    assets = load_assets()
    scripts = "".join(
        assets[name].decode() for name in assets if name.endswith(".mjs") and not re.search(r"/i18n/\w\w\.", name)
    )
    templates = "".join(path.read_text("utf-8") for folder in TEMPLATES for path in folder.glob("*.html"))
    asked = set(re.findall(r'"(\w+)"', scripts)) | set(re.findall(r'named\("[\w-]+", "(\w+)"', templates))
    for path in bundled.rglob("*.html"):
        html = path.read_text("utf-8")
        asked.update(re.findall(r'data-(?:t-(?:title|aria-label|placeholder)|key)="(\w+)"', html))
        for titles in re.findall(r'data-titles="([^"]+)"', html):
            asked.update(titles.split())
    begun = tuple(re.findall(r"`(\w+_)\$\{", scripts))
    assert {"library_", "state_"} <= set(begun)
    for language in ("ko", "en"):
        module = assets[f"js/i18n/{language}.mjs"].decode()
        said = json.loads(module.removeprefix("export default ").removesuffix(";\n"))
        unsaid = read_catalog(language).keys() - said.keys()
        assert "why_empty" in unsaid
        assert {key for key in unsaid if key in asked or key.startswith(begun)} == {"library_description"}, (
            "which is of the page's head"
        )


def test_only_pages_of_ours_carry_the_policy_and_it_stands_first(bundled: Path) -> None:
    html = (bundled / "2024/03/01/index.html").read_text("utf-8")
    assert re.search(r"<head>\s*<meta http-equiv=\"Content-Security-Policy\"", html)
    assert "script-src 'self' 'sha256-" in html
    assert "Content-Security-Policy" not in (bundled / "404.html").read_text("utf-8")


def test_the_data_of_a_day_stands_in_the_head_where_no_theme_takes_it_for_a_script(bundled: Path) -> None:
    day_page = page(bundled / "2024/03/01/index.html")
    assert len(day_page.css('head > script[type="application/ld+json"]')) == 1
    assert len(day_page.css('script[type="application/ld+json"]')) == 1


@pytest.mark.parametrize("features", [["navigation.instant"], []])
def test_an_authors_page_brings_our_scripts_only_where_the_theme_swaps_pages(
    tmp_path: Path, features: list[str]
) -> None:
    site = make_site(tmp_path, theme={"name": "material", "font": False, "features": features})
    (site / "docs/own.md").write_text("# Own\n", "utf-8")
    assert build(site).returncode == 0
    modules = page(site / "site/own/index.html").css('script[type="module"]')
    assert [node.attributes["src"] for node in modules] == ["../assets/daily-papers/js/main.mjs"] * len(features)


def test_no_rejected_record_ledger_or_unreadable_file_is_published(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    docs = site / "docs"
    write_day(docs, day(MONDAY, "One"))
    write_ledger(docs, {MONDAY: LedgerEntry("complete")})
    (docs / "2026/07/13.rejected.json").write_text("[]")
    (docs / "2026/07/14.json.unreadable").write_text("{")
    (docs / "2026/07/related.json").write_text('{"since": "2026-07-13", "papers": {}}')
    (docs / "2026/07/related.json.unreadable").write_text("{")
    (docs / "curation.yml").write_text("{}")
    (docs / "topics.yml").write_bytes(PACKAGED_TOPICS.read_bytes())
    for copy in ("2026/07/13.json~", "2026/07/13.json.bak", "2026/07/13.json.orig", "curation.yml.bak", "usage.json"):
        (docs / copy).write_text("{}")
    assert build(site, "--strict").returncode == 0
    assert not list((site / "site").glob("*.yml*"))
    assert not (site / "site/usage.json").exists()
    published = {path.name for path in (site / "site/2026").rglob("*") if path.is_file()}
    assert published == {"13.json", "13.md", "07.json", "index.html"}
    assert not (site / "site/ledger.json").exists()


def test_what_is_withheld_of_the_archive_is_not_withheld_of_the_author(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"path": "papers", "fetch": "never"})
    write_day(site / "docs/papers", day(MONDAY, "One"))
    (site / "docs/ledger.json").write_text("{}")
    (site / "docs/index.md").write_text("[mine](ledger.json)")
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    assert (site / "site/ledger.json").exists()


@pytest.mark.fault(47)
def test_a_day_that_does_not_read_is_named_and_its_page_says_so_and_the_rest_is_built(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    write_day(site / "docs", day(MONDAY, "One"))
    write_day(site / "docs", day(TUESDAY, "Two"))
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
    """Return everything that can be read in a built site, the theme's own files aside."""
    texts = (path.read_text("utf-8") for path in built.rglob("*") if path.suffix in (".html", ".md", ".json", ".xml"))
    return "\n".join(texts)


@pytest.mark.parametrize("path", ["", "papers"])
def test_a_hidden_paper_is_nowhere_on_the_site_and_a_correction_everywhere(tmp_path: Path, path: str) -> None:
    site = make_site(tmp_path, {"path": path, "fetch": "never"})
    archive, below = site / "docs" / path, site / "site" / path
    (site / "docs/index.md").write_text("# Home") if path else None
    write_day(archive, day(MONDAY, "Few votes", "To be put right", "To be hidden"))
    write_day(archive, day(TUESDAY, "Untouched"))
    stored = day_path(archive, MONDAY).read_bytes()
    (archive / "curation.yml").write_text(
        "2607.13000: {pin: true}\n2607.13001: {title: Put right}\n2607.13002: {hide: true}\n"
    )
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
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


def test_a_day_of_which_every_paper_is_hidden_has_a_page_that_says_so_and_is_nobodys_neighbour(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for date, title in ((MONDAY, "One"), (TUESDAY, "Two"), (TUESDAY + dt.timedelta(days=1), "Three")):
        write_day(site / "docs", day(date, title))
    write_ledger(site / "docs", {TUESDAY: LedgerEntry("complete")})
    (site / "docs/curation.yml").write_text("2607.14000: {hide: true}")
    assert build(site, "--strict").returncode == 0
    tree = page(site / "site/2026/07/14/index.html")
    assert "이 사이트에서는 보여 주지 않습니다" in tree.css(".dp-notice")[0].text()
    assert not tree.css("article[id], link[type='application/json']")
    assert page(site / "site/2026/07/13/index.html").css("a.dp-next")[0].attributes["href"] == "../../../2026/07/15/"
    assert read_day(site / "site", TUESDAY) == msgspec.structs.replace(day(TUESDAY), papers=())
    assert "2607.14000" not in published(site / "site")
    assert not list(broken_links(site / "site"))


def test_a_curation_that_cannot_be_used_stops_the_build_and_says_where_and_why(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    write_day(site / "docs", day(MONDAY, "One"))
    (site / "docs/curation.yml").write_text("2607.13000:\n  hide: yes\n")
    done = build(site)
    assert done.returncode == 1
    assert f'{site / "docs/curation.yml"} at line 2: hide of 2607.13000 is "yes": expected true or false' in done.stderr
    assert "Nothing is built: the site would not be as these files ask for" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site / "site/2026").exists()


@pytest.mark.parametrize("name", ["curation.yml", "topics.yml"])
def test_a_file_that_lies_where_none_is_read_is_named(tmp_path: Path, name: str) -> None:
    site = make_site(tmp_path, {"path": "papers", "fetch": "never"})
    (site / "docs/index.md").write_text("# Home")
    write_day(site / "docs/papers", day(MONDAY, "One"))
    (site / "docs" / name).write_text("{}")
    done = build(site, "--strict")
    assert done.returncode == 1
    assert f"{site}/docs/{name} is not read there: it belongs to {site}/docs/papers/{name}" in done.stderr


def test_a_day_that_was_imported_after_upstream_listed_nothing_does_not_say_it_is_empty(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    write_day(site / "docs", msgspec.structs.replace(day(MONDAY, "One"), source="digest"))
    write_ledger(site / "docs", {MONDAY: LedgerEntry("empty")})
    assert build(site, "--strict").returncode == 0
    state = page(site / "site/2026/07/13/index.html").css(".dp-status .dp-state")[0]
    assert "dp-partial" in (state.attributes["class"] or "")


def test_a_record_that_the_author_keeps_back_stays_back_when_it_is_curated(tmp_path: Path) -> None:
    site = make_site(tmp_path, exclude_docs="*.json")
    write_day(site / "docs", day(MONDAY, "One"))
    (site / "docs/curation.yml").write_text("2607.13000: {pin: true}")
    assert build(site).returncode == 0
    assert not (site / "site/2026/07/13.json").exists()


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_a_repository_brings_reports_to_our_pages_and_no_way_to_edit_them(tmp_path: Path, theme: str) -> None:
    site = make_site(tmp_path, theme={"name": theme}, repo_url="https://github.com/an-owner/a-repo")
    paper = Paper(id="2607.13000", title="One", summaries={"ko": Summary(("하나",), "gpt-4o")})
    write_day(site / "docs", msgspec.structs.replace(day(MONDAY), papers=(paper,)))
    (site / "docs/mine.md").write_text("# Mine")
    assert build(site, "--strict").returncode == 0
    html = (site / "site/2026/07/13/index.html").read_text("utf-8")
    (report,) = page(site / "site/2026/07/13/index.html").css(".dp-attribution a")
    address = report.attributes["href"] or ""
    assert address.startswith("https://github.com/an-owner/a-repo/issues/new?")
    assert "https://papers.example/archive/2026/07/13/%232607.13000" in address
    assert "/edit/" not in html
    assert "/edit/" in (site / "site/mine/index.html").read_text("utf-8") or theme == "material"


def test_material_does_not_ask_github_for_stars_from_our_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, repo_url="https://github.com/an-owner/a-repo")
    write_day(site / "docs", day(MONDAY, "One"))
    (site / "docs/mine.md").write_text("# Mine")
    assert build(site, "--strict").returncode == 0
    asks = '[data-md-component="source"]'
    assert page(site / "site/mine/index.html").css(asks)  # an author's page is as the theme makes it
    for name in ("index.html", "archive/index.html", "2026/07/13/index.html"):
        ours = page(site / "site" / name)
        assert ours.css('a.md-source[href="https://github.com/an-owner/a-repo"]')
        assert not ours.css(asks)


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_a_hostile_title_brings_nothing_into_the_head_of_any_theme(tmp_path: Path, theme: str) -> None:
    def shapes(name: str, title: str) -> list[tuple[str | None, ...]]:
        site = make_site(tmp_path / name, theme={"name": theme})
        write_day(site / "docs", day(MONDAY, title))
        assert build(site, "--strict").returncode == 0
        return [(node.tag, *sorted(node.attributes)) for node in page(site / "site/2026/07/13/index.html").css("*")]

    hostile = "\"><script>x()</script><img src=x onerror=x()> ' onload='x() {{ config }} </title>"
    assert shapes("hostile", hostile) == shapes("harmless", "A title of some length that harms nobody")


FOR_PROGRAMS = (
    *("archive.json", "schema/day.json", "schema/archive.json", "llms.txt", "status.json", "status.svg", "feeds.opml"),
    *("feed.xml", "feed.en.xml", "feed.json", "papers.xml", "papers.json", "settled.en.json"),
    *("topics/agents/feed.xml", "topics/agents/feed.en.xml", "orgs/a-lab/feed.xml"),
    "2026/07/13.json",
)
"""What an author's page may link to beside pages."""


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("path", ["", "papers", "a/b"])
def test_every_link_holds_below_any_path_with_and_without_directory_urls(
    tmp_path: Path, path: str, directory_urls: bool
) -> None:
    site = make_site(tmp_path, {"path": path, "fetch": "never"}, use_directory_urls=directory_urls)
    for date in (MONDAY, TUESDAY):
        write_day(site / "docs" / path, day(date, "One", "Two"))
    if path:
        (site / "docs/index.md").write_text(f"[the papers]({path}/index.md), [one]({path}/2026/07/13.md#2607.13000)")
    root = f"../{path}/" if path else "../"
    links = [f"[{name}]({root}{name})" for name in FOR_PROGRAMS]
    (site / "docs/about").mkdir()
    (site / "docs/about/data.md").write_text("\n".join(links))
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    below = site / "site" / path
    for name in ("2026/07/13", "archive"):
        assert (below / (f"{name}/index.html" if directory_urls else f"{name}.html")).is_file()
    assert (below / "2026/07/13.json").is_file()
    assert (below / "2026/07/13.md").is_file()
    assert not list(broken_links(site / "site"))


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_in_a_site_that_is_not_ours_the_author_s_pages_stay_as_they_were(tmp_path: Path, theme: str) -> None:
    def built(name: str, plugins: list[object]) -> str:
        site = make_site(tmp_path / name, theme={"name": theme}, plugins=plugins, nav=[{"Home": "index.md"}])
        (site / "docs/index.md").write_text("# Our group\n\nWelcome.")
        write_day(site / "docs/papers", day(MONDAY, "One"))
        done = build(site, "--strict", environment={"SOURCE_DATE_EPOCH": "0"})
        assert done.returncode == 0, done.stderr
        return (site / "site/index.html").read_text("utf-8")

    ours = built("with", ["search", {"daily-papers": {"path": "papers", "fetch": "never"}}])
    assert ours == built("without", ["search"])
    assert "Welcome." in ours
    assert "Content-Security-Policy" not in ours
    html = (tmp_path / "with/site/papers/2026/07/13/index.html").read_text("utf-8")
    assert "daily-papers.css" in html
    assert "Content-Security-Policy" not in html
    assert html.count("<dp-search-box") == 1  # on our own pages, beside the theme's
    assert (tmp_path / "with/site/papers/search/recent/pagefind.js").is_file()


def test_an_author_s_own_page_wins_with_a_notice(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    write_day(site / "docs", day(MONDAY, "One"))
    (site / "docs/index.md").write_text("# My own home")
    (site / "docs/archive").mkdir()
    (site / "docs/archive/index.md").write_text("# My own archive")
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    for name in ("index.html", "archive/index.html"):
        assert "My own" in (site / "site" / name).read_text("utf-8")
        assert f"{name} is written by a page of your own" in done.stderr


def test_an_author_s_nav_may_name_our_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, nav=[{"Today": "index.md"}, {"All days": "archive.md"}, {"A day": "2026/07/13.md"}])
    write_day(site / "docs", day(MONDAY, "One"))
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    assert "All days" in (site / "site/index.html").read_text("utf-8")


def test_the_dates_are_no_entries_of_the_nav(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for number in range(1, 29):
        write_day(site / "docs", day(dt.date(2026, 6, number), "One"))
    assert build(site, "--strict").returncode == 0
    nav = " ".join(node.html or "" for node in page(site / "site/2026/06/05/index.html").css("nav"))
    assert "2026/06/17" not in nav


@pytest.mark.fault(60)
def test_an_empty_archive_builds_a_site_that_says_so(tmp_path: Path) -> None:
    done = build(make_site(tmp_path), "--strict")
    assert done.returncode == 0, done.stderr
    assert page(tmp_path / "site/index.html").css("h1")
    assert not list(broken_links(tmp_path / "site"))


BAD_OPTIONS: dict[str, tuple[dict[str, object], str]] = {
    "a typo": ({"refesh_days": 3}, "'refesh_days': unknown option; did you mean 'refresh_days'?"),
    "not built yet": ({"nothing": True}, "'nothing': unknown option; expected one of arxiv, feeds, fetch, languages"),
    "a wrong type": ({"refresh_days": "seven"}, "expected a number of days from 0 to 60, found 'seven'"),
    "a date that is none": ({"since": "2023-02-30"}, "expected a date, as 2023-05-04, found '2023-02-30'"),
    "a source that is none": (
        {"source": "arxiv"},
        "expected huggingface, a category as arxiv:cs.CL, or the URL of a feed",
    ),
    "a path that climbs": ({"path": "../up"}, "expected a folder of the site, as papers, found '../up'"),
    "no language": ({"languages": []}, "expected at least one language"),
    "a host with a scheme": ({"media_hosts": ["https://x.example"]}, "expected a host's name"),
}


@pytest.mark.fault(55)
@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_mistaken_option_is_named_before_anything_is_asked(tmp_path: Path, upstream: Upstream, case: str) -> None:
    options, message = BAD_OPTIONS[case]
    site = make_site(tmp_path, options)
    done = build(site, environment={"HF_ENDPOINT": upstream.url})
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    command = subprocess.run(
        [sys.executable, "-m", "daily_papers.cli", "fetch"], cwd=site, capture_output=True, text=True, check=False
    )
    assert command.returncode == 2
    assert message in command.stderr
    assert "Traceback" not in command.stderr
    assert not upstream.requests


def test_a_build_fetches_the_window_and_the_newest_missing_dates(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"since": dt.date(2026, 1, 1)})
    upstream.list_papers("2026-07-13", record("2607.00001", title="A paper of Monday"))
    done = build(site, "--strict", environment={"HF_ENDPOINT": upstream.url, "DAILY_PAPERS_NOW": NOW})
    assert done.returncode == 0, done.stderr
    assert "A paper of Monday" in (site / "site/2026/07/13/index.html").read_text("utf-8")
    asked = sorted(request.query["date"] for request in upstream.requests)
    assert asked[-1] == "2026-07-15"
    assert len(asked) == 6 + 30  # the weekdays of the window, and thirty more


def test_a_build_stops_at_the_first_sign_that_nothing_can_be_reached(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"fetch": "auto"})
    write_day(site / "docs", day(MONDAY, "One"))
    before = {path: path.read_bytes() for path in (site / "docs").rglob("*") if path.is_file()}
    done = build(site, "--strict", environment={"HF_ENDPOINT": NOWHERE, "DAILY_PAPERS_NOW": NOW})
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("unreachable") == 1
    assert {path: path.read_bytes() for path in (site / "docs").rglob("*") if path.is_file()} == before


def test_the_environment_overrides_the_option_fetch(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"fetch": "auto"})
    environment = {"HF_ENDPOINT": upstream.url, "DAILY_PAPERS_FETCH": "never"}
    assert build(site, "--strict", environment=environment).returncode == 0
    assert not upstream.requests
    done = build(site, environment={**environment, "DAILY_PAPERS_FETCH": "sometimes"})
    assert done.returncode == 1
    assert "DAILY_PAPERS_FETCH is 'sometimes': expected one of auto, never" in done.stderr


@contextmanager
def serving(site: Path, upstream: Upstream, *arguments: str) -> Iterator[str]:
    """A real `mkdocs serve` of `site`; yields its address once the first page answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "HF_ENDPOINT": upstream.url, "DAILY_PAPERS_NOW": NOW, "NO_MKDOCS_2_WARNING": "1"}
    environment["TMPDIR"] = str(site)  # where whoever is terminated leaves its folders
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}", *arguments]
    with subprocess.Popen(command, cwd=site, env=environment, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}/archive/"
        try:
            _wait_for(lambda: "<html" in _get(address))
            yield address
        finally:
            process.terminate()


def _get(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return str(answer.read(), "utf-8")
    except urllib.error.HTTPError as e:
        e.close()
        return ""
    except OSError:
        return ""


def _says(text: str, address: str) -> bool:
    return text in _get(address)


def _says_next(text: str, following: str, address: str) -> bool:
    """Whether the page says `text` until it says `following`, and is never gone in between."""
    deadline = time.monotonic() + 60
    while text in (page := _get(address)):
        assert time.monotonic() < deadline, "it did not happen in time"
    return following in page


def _wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def test_a_preview_fetches_once_and_shows_and_finds_a_day_that_is_edited(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"since": MONDAY, "refresh_days": 1, "search": True})
    upstream.list_papers("2026-07-13", record("2607.00001", title="As upstream has it"))
    with serving(site, upstream) as address:
        assert "As upstream has it" in _get(f"{address}2026/07/13/")
        entry = f"{address}search/recent/pagefind-entry.json"  # names the index by its content
        asked = len(upstream.requests)
        assert asked == 3
        _wait_for(lambda: _get(entry))
        searched = _get(entry)
        time.sleep(2)  # a loop would have come round by now
        stored = read_day(site / "docs", MONDAY)
        assert stored is not None
        path = day_path(site / "docs", MONDAY)
        path.write_text(path.read_text("utf-8").replace("As upstream has it", "As the author has it"), "utf-8")
        _wait_for(lambda: "As the author has it" in _get(f"{address}2026/07/13/"))
        _wait_for(lambda: _get(entry) not in ("", searched))
        assert len(upstream.requests) == asked


def test_a_preview_draws_a_page_when_it_is_asked_for(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, nav=["index.md", {"A day": "2026/07/13.md"}])
    for number in range(8):
        write_day(site / "docs", day(MONDAY + dt.timedelta(days=number), f"On day {number}"))
    with serving(site, upstream) as address:
        for number in (0, 3, 1, 7, 1):
            assert f"On day {number}" in _get(f"{address}2026/07/{13 + number}/")
        assert "On day 2" in _get(f"{address}2026/07/15"), "led to the page by a slash"
        assert "On day 4" in _get(f"{address}2026/07/17/index.html")
        assert not _get(f"{address}2026/07/30/")
        _wait_for(lambda: "On day 5" in _get(f"{address}2026/07/18.md"))


@pytest.mark.parametrize("nav", [None, ["index.md", {"Some": [{"A day": "2026/07/13.md"}, "topics/index.md"]}]])
def test_a_page_says_the_same_whether_a_preview_draws_it_or_mkdocs(
    tmp_path: Path, upstream: Upstream, nav: list[object] | None
) -> None:
    made = []
    for name, hooks in (("drawn", []), ("built", ["sees.py"])):
        site = make_site(tmp_path / name, nav=nav, hooks=hooks)
        (site / "sees.py").write_text("def on_post_page(output, page, config):\n    return output\n")
        for number in range(8):
            write_day(site / "docs", day(MONDAY + dt.timedelta(days=number), f"On day {number}"))
        with serving(site, upstream) as address:
            pages = [
                _get(f"{address}{page}") for page in ("", "2026/07/13/", "2026/07/14/", "topics/", "top/", "2026/07/")
            ]
        assert all(pages)
        made.append([re.sub(r"livereload\(.*?\)", "", page).replace(address, "/") for page in pages])
    assert made[0] == made[1]


def test_a_preview_that_does_not_reload_has_everything_at_once(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path)
    for number in range(8):
        write_day(site / "docs", day(MONDAY + dt.timedelta(days=number), f"On day {number}"))
    with serving(site, upstream, "--no-livereload") as address:
        assert "On day 5" in _get(f"{address}2026/07/18/")
        assert "On day 5" in _get(f"{address}2026/07/18.md")
        assert "On day 5" in _get(f"{address}2026/07/18.json")


def test_who_asks_while_a_preview_is_built_anew_gets_what_is_new(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path)
    for number in range(60):
        write_day(site / "docs", day(MONDAY - dt.timedelta(days=number), "A title"))
    config = (site / "mkdocs.yml").read_text("utf-8")
    with serving(site, upstream) as address, ThreadPoolExecutor(4) as readers:
        pages = [f"{address}{MONDAY - dt.timedelta(days=number):%Y/%m/%d}/" for number in range(60)]
        for before, name in pairwise(("A test", "The second name", "The third name", "The fourth name")):
            # In one step: a build that began while many files are written would show some of them as they were.
            (site / "new.yml").write_text(config.replace("A test", name), "utf-8")
            (site / "new.yml").replace(site / "mkdocs.yml")
            assert all(readers.map(partial(_says_next, before, name), pages))
            assert all(readers.map(partial(_says, name), pages))


SEEN = """
seen = []


def on_page_content(html, page, config, files):
    seen.append(page)


def on_post_page(output, page, config):
    return output.replace("</body>", f"<!-- {page.file.src_uri}, one of {len(seen)} --></body>")
"""


def test_another_plugin_that_has_a_say_in_each_page_has_it_in_ours(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["seen.py"])
    (site / "seen.py").write_text(SEEN)
    for number in range(8):
        write_day(site / "docs", day(MONDAY + dt.timedelta(days=number), "One"))
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    pages = [path.read_text("utf-8") for path in (site / "site").rglob("index.html")]
    assert len(pages) > 20
    assert all(f".md, one of {len(pages)} -->" in html for html in pages)


@pytest.mark.parametrize("plugin", ["search", "material/search"])
def test_a_theme_s_own_search_is_no_larger_for_our_pages(tmp_path: Path, plugin: str) -> None:
    site = make_site(tmp_path, plugins=[plugin, {"daily-papers": {"fetch": "never", "search": False}}])
    for number in range(8):
        write_day(site / "docs", day(MONDAY + dt.timedelta(days=number), "A title of a paper"))
    (site / "docs/about.md").write_text("# About\n\nWhat the author wrote.\n")
    assert build(site, "--strict").returncode == 0
    (index,) = (site / "site/search").glob("search_index.json")
    assert "What the author wrote" in index.read_text("utf-8")
    assert "2026/07/" not in index.read_text("utf-8")


HURRIED = """
import mkdocs.plugins


@mkdocs.plugins.event_priority(50)
def on_post_build(config):
    from pathlib import Path
    built = [path for path in Path(config.site_dir).rglob("index.html")]
    Path("counted.txt").write_text(str(len(built)))
"""


def test_who_looks_at_what_was_built_sees_all_pages(tmp_path: Path) -> None:
    site = make_site(tmp_path, hooks=["hurried.py"])
    (site / "hurried.py").write_text(HURRIED)
    for number in range(60):
        write_day(site / "docs", day(MONDAY - dt.timedelta(days=number), "One"))
    assert build(site, "--strict").returncode == 0
    assert int((site / "counted.txt").read_text()) == len([*(site / "site").rglob("index.html")])


RELEASED = """
def on_env(env, *, config, files):
    env.filters["release"] = lambda name: f"{name} %s"
    return env
"""


def test_a_filter_of_another_hook_is_never_of_an_earlier_build(tmp_path: Path) -> None:
    """Jinja computes what is constant when it compiles."""
    site = make_site(tmp_path, theme={"name": "material", "custom_dir": "theme"}, hooks=["released.py"])
    (site / "theme").mkdir()
    footer = '{% extends "base.html" %}{% block footer %}{{ "version"|release }}{% endblock %}'
    (site / "theme/main.html").write_text(footer)
    write_day(site / "docs", day(MONDAY, "One"))
    for version in ("1.0", "2.0"):
        (site / "released.py").write_text(RELEASED % version)
        assert build(site, "--strict").returncode == 0
        assert f"version {version}" in (site / "site/2026/07/13/index.html").read_text("utf-8")


def test_the_sitemap_lists_the_pages_that_we_write_as_those_of_mkdocs(tmp_path: Path) -> None:
    site = make_site(tmp_path, nav=["index.md", "2026/07/13.md"])
    for number in range(8):
        write_day(site / "docs", day(MONDAY + dt.timedelta(days=number), "One"))
    assert build(site, "--strict").returncode == 0
    listed = re.findall("<loc>(.*?)</loc>", (site / "site/sitemap.xml").read_text("utf-8"))
    built = (path.parent.relative_to(site / "site") for path in (site / "site").rglob("index.html"))
    root = "https://papers.example/archive/"
    assert sorted(listed) == sorted(f"{root}{folder}/" if folder.name else root for folder in built)


@pytest.mark.fault(60)
def test_a_build_without_a_network_gives_the_same_bytes_as_one_that_asks_nothing(tmp_path: Path) -> None:
    built = []
    for number, fetch in enumerate(("auto", "never")):
        site = make_site(tmp_path / str(number), {"fetch": fetch, "since": "2024-03-01"})
        shutil.copytree(REPOSITORY / "docs/2024", site / "docs/2024")
        done = build(site, environment={"SOURCE_DATE_EPOCH": "0", "DAILY_PAPERS_NOW": "2024-03-09T03:17:00Z"})
        assert done.returncode == 0, done.stderr
        files = (path for path in (site / "site").rglob("*") if path.is_file())
        built.append({str(path.relative_to(site)): path.read_bytes() for path in files})
    assert built[0] == built[1]


@pytest.mark.fault(31)
@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_what_an_organization_calls_itself_stays_text_in_every_theme(tmp_path: Path, theme: str) -> None:
    site = make_site(tmp_path, theme={"name": theme})
    name = "</title><script>alert(1)</script>"
    paper = Paper(id="2607.00001", title="One", organization=Organization("x", name))
    write_day(site / "docs", Day(date=MONDAY, source="x", papers=(paper,)))
    assert build(site, "--strict").returncode == 0
    html = (site / "site/orgs/x/index.html").read_text("utf-8")
    assert "alert(1)" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("path", ["", "papers"])
def test_topics_are_combined_from_files_that_are_there(tmp_path: Path, path: str, directory_urls: bool) -> None:
    options = {"fetch": "never", "path": path}
    site = make_site(tmp_path, options, use_directory_urls=directory_urls)
    (site / "docs/index.md").write_text("# Mine") if path else None
    write_day(site / "docs" / path, day(MONDAY, "Agents that code"))
    assert build(site, "--strict").returncode == 0
    found = site / "site" / path / ("topics/index.html" if directory_urls else "topics.html")
    element = page(found).css_first("dp-topics")
    assert element is not None
    assert (found.parent / str(element.attributes["data-lists"]) / "agents.json").is_file()
    target = (found.parent / str(element.attributes["data-paper-url"])).resolve()
    assert (target / "index.html" if directory_urls else target).is_file()
