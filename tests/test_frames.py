"""Frames: a page comes out of one as the theme renders it, or is rendered in full."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive import write_day
from daily_papers.models import Day, Paper
from sites import build, make_site

FIRST = dt.date(2026, 7, 6)
DATES = [FIRST + dt.timedelta(days=number) for number in range(8)]
NEVER = "import daily_papers.frames; daily_papers.frames.COMPARED = 10**9\n"


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


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_the_theme_is_asked_for_a_few_pages_and_not_for_every_one(tmp_path: Path, theme: str) -> None:
    site = make_site(tmp_path, theme={"name": theme, "custom_dir": "theme"}, hooks=["notes.py"])
    (site / "notes.py").write_text(NOTES)
    (site / "theme").mkdir()
    (site / "theme/main.html").write_text('{% extends "base.html" %}{% block footer %}{{ note() }}{% endblock %}')
    dates = [FIRST + dt.timedelta(days=number) for number in range(60)]
    for date in dates:
        write_day(site / "docs", Day(date=date, source="x", papers=(Paper(id="2607.00001", title="One"),)))
    done = build(site, "--strict")
    assert done.returncode == 0, done.stderr
    pages = list((site / "site").rglob("*.html"))
    assert len(pages) > 2 * len(dates)
    assert len((site / "rendered.txt").read_text().splitlines()) < len(pages) / 3
