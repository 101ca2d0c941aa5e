"""Page shells: a page written into a shell equals the page that the theme renders in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.model.records import Organization
from tests.factories import make_paper, store_day
from tests.sites import build_site, make_site

FIRST = dt.date(2026, 7, 6)
DATES = [FIRST + dt.timedelta(days=number) for number in range(8)]
COMPARE_NEVER = "import daily_papers.mkdocs_plugin.page_shell; daily_papers.mkdocs_plugin.page_shell.COMPARED = 10**9\n"


def built(site: Path, *, in_full: bool) -> dict[str, bytes]:
    """Build `site`, with every page rendered in full or in shells; return the pages."""
    (site / "hook.py").write_text(COMPARE_NEVER if in_full else "")
    folder = site / ("full" if in_full else "shells")
    build_site(site, "-d", folder.name, environment={"SOURCE_DATE_EPOCH": "0"})
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.html")}


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
@pytest.mark.parametrize("site_url", ["https://papers.example/archive/", ""])
def test_every_page_is_the_same_as_rendered_in_full(tmp_path: Path, theme: str, site_url: str) -> None:
    nav = [{"Home": "index.md"}, {"A day": f"{DATES[4]:%Y/%m/%d}.md"}]
    site = make_site(tmp_path, theme={"name": theme}, site_url=site_url, nav=nav, hooks=["hook.py"])
    for date in DATES:
        title = f'A title of {date} with <b>, & and "quotes"'
        store_day(site / "docs", date, make_paper(title=title))
    assert built(site, in_full=False) == built(site, in_full=True)


def targets(pages: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the targets of the links of each page, as paths from the root."""
    return {
        name: [urljoin(f"/{name}", node.attributes["href"] or "") for node in LexborHTMLParser(html).css("a[href]")]
        for name, html in pages.items()
    }


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_below_a_path_a_nav_of_archive_pages_has_the_right_links_on_every_page(
    tmp_path: Path, theme: str, directory_urls: bool
) -> None:
    named = ["index", "topics", "topics/robotics", "orgs", "orgs/o3", "2026", "2026/07", "2025/12/29"]
    site = make_site(
        tmp_path,
        {"fetch": "never", "path": "papers"},
        theme={"name": theme},
        use_directory_urls=directory_urls,
        nav=["index.md", *({f"To {stem}": f"papers/{stem}.md"} for stem in named)],
        hooks=["hook.py"],
    )
    (site / "docs/index.md").write_text("# A site of its own\n")
    for number, date in enumerate([*(dt.date(2025, 12, 29) + dt.timedelta(days=n) for n in range(8)), *DATES]):
        store_day(site / "docs/papers", date, make_paper(number, organization=Organization(name=f"o{number}")))
    in_shells, full = targets(built(site, in_full=False)), targets(built(site, in_full=True))
    assert in_shells == full
    day = "papers/2026/07/08/index.html" if directory_urls else "papers/2026/07/08.html"
    end = "/" if directory_urls else ".html"
    assert {f"/papers/{stem}{end}" for stem in named[1:]} <= set(in_shells[day])


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("page.file.src_uri", "{:%Y/%m/%d}.md"), ("page.update_date", "{:%Y-%m-%d}"), ("page.url", "{:%Y/%m/%d}/")],
)
def test_a_variable_in_a_template_of_the_author_has_the_value_of_each_page(
    tmp_path: Path, variable: str, expected: str
) -> None:
    site = make_site(tmp_path, theme={"name": "material", "custom_dir": "theme"}, hooks=["hook.py"])
    (site / "theme").mkdir()
    (site / "theme/main.html").write_text(
        '{% extends "base.html" %}'
        "{% block footer %}{% if page %}<p>from {{ " + variable + " }}</p>{% endif %}{% endblock %}"
    )
    for date in DATES:
        store_day(site / "docs", date, make_paper())
    pages = built(site, in_full=False)
    for date in DATES:
        assert f"<p>from {expected.format(date)}</p>".encode() in pages[f"{date:%Y/%m/%d}/index.html"]


COUNTING_HOOK = """
def on_env(env, *, config, files):
    def note():
        with open("rendered.txt", "a") as file:
            file.write("once\\n")
        return ""
    env.globals["note"] = note
    return env
"""


@pytest.mark.parametrize("path", ["", "papers"])
@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_the_theme_renders_a_few_pages_and_not_every_one(tmp_path: Path, theme: str, path: str) -> None:
    site = make_site(
        tmp_path,
        {"fetch": "never", "path": path},
        theme={"name": theme, "custom_dir": "theme"},
        nav=[{name: str(PurePosixPath(path, f"{name}.md"))} for name in ("index", "topics")],
        hooks=["counting.py"],
    )
    (site / "counting.py").write_text(COUNTING_HOOK)
    (site / "theme").mkdir()
    (site / "theme/main.html").write_text('{% extends "base.html" %}{% block footer %}{{ note() }}{% endblock %}')
    dates = [FIRST + dt.timedelta(days=number) for number in range(60)]
    for date in dates:
        store_day(site / "docs" / path, date, make_paper())
    build_site(site)
    pages = list((site / "site").rglob("*.html"))
    assert len(pages) > 2 * len(dates)
    assert len((site / "rendered.txt").read_text().splitlines()) < len(pages) / 3
