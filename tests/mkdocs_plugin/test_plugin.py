"""The plugin's hooks: options are checked first, and a site keeps the pages of its author unchanged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.factories import store_titles
from tests.sites import build, build_site, make_site, page, run_module
from tests.upstream import Upstream

MONDAY = dt.date(2026, 7, 13)


@pytest.mark.parametrize("features", [["navigation.instant"], []])
def test_an_author_s_page_loads_our_scripts_only_with_instant_navigation(tmp_path: Path, features: list[str]) -> None:
    site = make_site(tmp_path, theme={"name": "material", "font": False, "features": features})
    (site / "docs/own.md").write_text("# Own\n", "utf-8")
    assert build(site).returncode == 0
    modules = page(site / "site/own/index.html").css('script[type="module"]')
    assert [node.attributes["src"] for node in modules] == ["../assets/daily-papers/js/main.mjs"] * len(features)


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_below_a_path_the_author_s_pages_stay_unchanged(tmp_path: Path, theme: str) -> None:
    def built(name: str, plugins: list[object]) -> str:
        site = make_site(tmp_path / name, theme={"name": theme}, plugins=plugins, nav=[{"Home": "index.md"}])
        (site / "docs/index.md").write_text("# Our group\n\nWelcome.")
        store_titles(site / "docs/papers", MONDAY, "One")
        build_site(site, environment={"SOURCE_DATE_EPOCH": "0"})
        return (site / "site/index.html").read_text("utf-8")

    ours = built("with", ["search", {"daily-papers": {"path": "papers", "fetch": "never"}}])
    assert ours == built("without", ["search"])
    assert "Welcome." in ours
    assert "Content-Security-Policy" not in ours
    html = (tmp_path / "with/site/papers/2026/07/13/index.html").read_text("utf-8")
    assert "daily-papers.css" in html
    assert "Content-Security-Policy" not in html
    assert html.count("<dp-search-box") == 1  # on archive pages, as well as the search of the theme
    assert (tmp_path / "with/site/papers/search/recent/pagefind.js").is_file()


BAD_OPTIONS: dict[str, tuple[dict[str, object], str]] = {
    "a typo": ({"refesh_days": 3}, "'refesh_days': unknown option; did you mean 'refresh_days'?"),
    "an unknown one": (
        {"nothing": True},
        "'nothing': unknown option; expected one of arxiv, feeds, fetch, languages",
    ),
    "a wrong type": ({"refresh_days": "seven"}, "expected a number of days from 0 to 60, found 'seven'"),
    "an impossible date": ({"since": "2023-02-30"}, "expected a date such as 2023-05-04, found '2023-02-30'"),
    "an unknown source": (
        {"source": "arxiv"},
        "expected huggingface, a category as arxiv:cs.CL, or the URL of a feed",
    ),
    "a path outside of docs": (
        {"path": "../up"},
        "expected a folder of the site such as papers, found '../up'",
    ),
    "no language": ({"languages": []}, "expected at least one language"),
    "a host with a scheme": ({"media_hosts": ["https://x.example"]}, "expected a host name such as"),
}


@pytest.mark.fault(55)
@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_wrong_option_is_reported_before_any_request(tmp_path: Path, upstream: Upstream, case: str) -> None:
    options, message = BAD_OPTIONS[case]
    site = make_site(tmp_path, options)
    done = build(site, environment={"HF_ENDPOINT": upstream.url})
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    command = run_module("daily_papers.cli", "fetch", folder=site, environment={"HF_ENDPOINT": upstream.url})
    assert command.returncode == 2
    assert message in command.stderr
    assert "Traceback" not in command.stderr
    assert not upstream.requests
