"""Frames: a page comes out of one as the theme renders it, or is rendered in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import write_day
from daily_papers.model.records import Day, Organization, Paper
from tests.sites import build, make_site

FIRST = dt.date(2026, 7, 6)
DATES = [FIRST + dt.timedelta(days=number) for number in range(8)]
NEVER = "import daily_papers.mkdocs_plugin.page_shell; daily_papers.mkdocs_plugin.page_shell.COMPARED = 10**9\n"


def built(site: Path, *, in_full: bool) -> dict[str, bytes]:
    """Build `site`, with every page rendered in full or not; return its pages."""
    (site / "hook.py").write_text(NEVER if in_full else "")
    done = build(site, "--strict", "-d", "full" if in_full else "framed", environment={"SOURCE_DATE_EPOCH": "0"})
    assert done.returncode == 0, done.stderr
    folder = site / ("full" if in_full else "framed")
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.html")}


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
@pytest.mark.parametrize("site_url", ["https://papers.example/archive/", ""])
def test_every_page_is_as_the_theme_renders_it(tmp_path: Path, theme: str, site_url: str) -> None:
    nav = [{"Home": "index.md"}, {"A day": f"{DATES[4]:%Y/%m/%d}.md"}]
    site = make_site(tmp_path, theme={"name": theme}, site_url=site_url, nav=nav, hooks=["hook.py"])
    for date in DATES:
        title = f'A title of {date} with <b>, & and "quotes"'
        write_day(site / "docs", Day(date=date, source="x", papers=(Paper(id="2607.00001", title=title),)))
    assert built(site, in_full=False) == built(site, in_full=True)


def targets(pages: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return where the links of each page lead, below a root that `..` does not leave."""
    return {
        name: [urljoin(f"/{name}", node.attributes["href"] or "") for node in LexborHTMLParser(html).css("a[href]")]
        for name, html in pages.items()
    }


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_below_a_path_a_nav_that_names_our_pages_leads_to_them_from_each_page(
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
        paper = Paper(id=f"2607.{number:05}", title="One", organization=Organization(name=f"o{number}"))
        write_day(site / "docs/papers", Day(date=date, source="x", papers=(paper,)))
    framed, full = targets(built(site, in_full=False)), targets(built(site, in_full=True))
    assert framed == full
    day = "papers/2026/07/08/index.html" if directory_urls else "papers/2026/07/08.html"
    end = "/" if directory_urls else ".html"
    assert {f"/papers/{stem}{end}" for stem in named[1:]} <= set(framed[day])


@pytest.mark.parametrize(
    ("said", "shown"),
    [("page.file.src_uri", "{:%Y/%m/%d}.md"), ("page.update_date", "{:%Y-%m-%d}"), ("page.url", "{:%Y/%m/%d}/")],
)
def test_what_an_author_s_template_says_of_each_page_is_said_of_each(tmp_path: Path, said: str, shown: str) -> None:
    site = make_site(tmp_path, theme={"name": "material", "custom_dir": "theme"}, hooks=["hook.py"])
    (site / "theme").mkdir()
    (site / "theme/main.html").write_text(
        '{% extends "base.html" %}'
        "{% block footer %}{% if page %}<p>from {{ " + said + " }}</p>{% endif %}{% endblock %}"
    )
    for date in DATES:
        write_day(site / "docs", Day(date=date, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    pages = built(site, in_full=False)
    for date in DATES:
        assert f"<p>from {shown.format(date)}</p>".encode() in pages[f"{date:%Y/%m/%d}/index.html"]


NOTES = """
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
def test_the_theme_is_asked_for_a_few_pages_and_not_for_every_one(tmp_path: Path, theme: str, path: str) -> None:
    site = make_site(
        tmp_path,
        {"fetch": "never", "path": path},
        theme={"name": theme, "custom_dir": "theme"},
        nav=[{name: str(PurePosixPath(path, f"{name}.md"))} for name in ("index", "topics")],
        hooks=["notes.py"],
    )
    (site / "notes.py").write_text(NOTES)
    (site / "theme").mkdir()
    (site / "theme/main.html").write_text('{% extends "base.html" %}{% block footer %}{{ note() }}{% endblock %}')
    dates = [FIRST + dt.timedelta(days=number) for number in range(60)]
    for date in dates:
        write_day(site / "docs" / path, Day(date=date, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    pages = list((site / "site").rglob("*.html"))
    assert len(pages) > 2 * len(dates)
    assert len((site / "rendered.txt").read_text().splitlines()) < len(pages) / 3
