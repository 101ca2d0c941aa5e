"""An archive attached to a site of plain HTML equals the one that MkDocs builds, but for the frame."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.site.attach.host_files import MARK
from daily_papers.site.attach.site_files import MANIFEST
from daily_papers.site.csp import add_to_head, policy_tag
from tests.command_line import COMMAND, environment
from tests.factories import bytes_below, make_paper, store_day, store_titles
from tests.html import HOSTILE, element_shapes
from tests.session import make_once
from tests.site.attach.hosts import FRAME, write_host
from tests.sites import broken_links, build_site, make_site, page, run_module

MONDAY = dt.date(2026, 7, 13)
DATES = [MONDAY + dt.timedelta(days=number) for number in range(3)]
HOME_THEME = {"name": "mkdocs", "highlightjs": False}


def make_project(folder: Path, **options: object) -> Path:
    """Write a project with three dates, one curated, a thumbnail, and the files that are not published."""
    site = make_site(folder, {"fetch": "never", **options}, theme=HOME_THEME)
    docs = site / "docs" / str(options.get("path", ""))
    for date in DATES:
        store_titles(docs, date, "One", 'Two <b> & "three"')
    (docs / "curation.yml").write_text("2607.14000: {hide: true}\n")
    write_ledger(docs, {MONDAY: LedgerEntry("complete"), MONDAY - dt.timedelta(days=3): LedgerEntry("empty")})
    (docs / "media/ab").mkdir(parents=True)
    (docs / "media/ab/abc-320.webp").write_bytes(b"RIFF a picture")
    (docs / "2026/07/13.rejected.json").write_text("[]")
    return site


def attach(site: Path, *arguments: str, code: int = 0) -> str:
    """Run `daily-papers attach host` in `site` with the frame, and return what it printed."""
    done = run_module("daily_papers.cli", "attach", "host", *(arguments or ("--frame", FRAME)), folder=site)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout + done.stderr


def _make_both(folder: Path) -> None:
    """Build one project with MkDocs, with and without the plugin, and attach it to a host."""
    site = make_project(folder / "with", search=True)
    build_site(site)
    write_host(site / "host")
    attach(site)
    make_site(folder / "without", theme=HOME_THEME, plugins=[])
    (folder / "without/docs/own.md").write_text("# Own\n")
    build_site(folder / "without")


@pytest.fixture(scope="module")
def both() -> Path:
    return make_once("attached-and-built", _make_both)


def of_archive(both: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the archive's files as they were attached, and as MkDocs built them; without the sitemap."""
    host = set(bytes_below(write_host(both / "host-alone")))
    theme = {*bytes_below(both / "without/site"), "sitemap.xml", "sitemap.xml.gz"}
    attached = bytes_below(both / "with/host")
    built = bytes_below(both / "with/site")
    return (
        {name: attached[name] for name in attached.keys() - host - {MANIFEST, "sitemap.xml"}},
        {name: built[name] for name in built.keys() - theme | {"index.html"}},
    )


def test_every_other_file_is_byte_for_byte_that_of_mkdocs(both: Path) -> None:
    attached, built = of_archive(both)
    assert attached.keys() == built.keys()
    others = [name for name in built if not name.endswith(".html") or name.startswith("p/2607")]
    assert {Path(name).suffix for name in others} >= {".xml", ".json", ".md", ".opml", ".svg", ".webp", ".pf_index"}
    assert [name for name in others if attached[name] != built[name]] == []


def test_every_page_has_the_content_and_the_metadata_of_mkdocs(both: Path) -> None:
    attached, built = of_archive(both)
    names = [name for name in built if name.endswith(".html") and not name.startswith("p/2607")]
    assert len(names) > 20
    for name in names:
        ours, theirs = LexborHTMLParser(attached[name].decode()), LexborHTMLParser(built[name].decode())
        assert [node.html for node in ours.css("main > .dp")] == [node.html for node in theirs.css("[role=main] > .dp")]
        for selector in ("meta[property]", "link[rel~=alternate]", "link[rel=canonical]", "script[type$='ld+json']"):
            assert [node.html for node in ours.css(selector)] == [node.html for node in theirs.css(selector)], name
        assert len(ours.css("meta[name=description]")) == len(ours.css("title")) == 1
        description = "meta[name=description]"
        if name != "index.html":  # whose description MkDocs' theme takes from mkdocs.yml
            assert ours.css(description)[0].attributes == theirs.css(description)[0].attributes


def test_the_sitemap_has_the_pages_of_mkdocs(both: Path) -> None:
    def entries(path: Path) -> set[tuple[str, str]]:
        return set(re.findall(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>", path.read_text("utf-8")))

    assert entries(both / "with/host/sitemap.xml") == entries(both / "with/site/sitemap.xml")


def test_a_page_is_the_frame_at_its_depth(both: Path) -> None:
    tree = page(both / "with/host/2026/07/13/index.html")
    assert tree.css("title")[0].text() == "2026년 7월 13일 월요일 - A test"
    assert "Its own text" not in (tree.html or "")
    assert [node.attributes["href"] for node in tree.css("body > header a")] == [
        "../../../index.html",
        "../../../about/frame.html#top",
        "#skip",
    ]
    assert tree.css("link[rel=stylesheet]")[0].attributes["href"] == "../../../style.css?v=1"
    image = tree.css("footer img")[0].attributes
    assert image["srcset"] == "../../../back.png 1x, ../../../back.png 2x"
    assert "url('../../../back.png')" in (tree.css("body")[0].attributes["style"] or "")
    assert not list(broken_links(both / "with/host"))


def test_the_policy_of_each_page_is_that_of_its_own_scripts(both: Path) -> None:
    hosts = ["cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co"]
    for path in (both / "with/host").rglob("*.html"):
        html = path.read_text("utf-8")
        if MARK not in html:
            continue
        (policy,) = page(path).css("meta[http-equiv]")
        without = html.replace(policy.html or "", "")
        assert add_to_head(without, policy_tag(without, media_hosts=hosts, searches=True)) == html, path


def test_the_files_of_the_host_stay_and_private_files_go(tmp_path: Path) -> None:
    site = make_project(tmp_path)
    shutil.copytree(site / "docs", site / "host")  # as Zensical does
    host = bytes_below(write_host(site / "host"))
    printed = attach(site)
    assert (
        "these files of the archive are not published: 2026/07/13.rejected.json, curation.yml, ledger.json" in printed
    )
    attached = bytes_below(site / "host")
    private = {"2026/07/13.rejected.json", "curation.yml", "ledger.json"}
    assert host.keys() - attached.keys() == private
    changed = {name for name in host.keys() - private if attached[name] != host[name]}
    assert changed == {"2026/07/14.json"}  # which is curated


def test_a_record_that_is_not_published_is_removed(tmp_path: Path) -> None:
    site = make_site(tmp_path, theme=HOME_THEME, exclude_docs="2026/07/14.json")
    for date in DATES:
        store_titles(site / "docs", date, "One")
    (site / "docs/2026/07/15.json").write_text("{")
    write_host(site / "host")
    shutil.copytree(site / "docs", site / "host", dirs_exist_ok=True)
    assert f"{site / 'docs/2026/07/15.json'}: " in attach(site)
    published = {path.name for path in (site / "host/2026/07").glob("*.json")}
    assert published == {"13.json"}


def test_a_file_of_the_host_with_the_name_of_a_private_one_stays(tmp_path: Path) -> None:
    site = make_project(tmp_path)
    (site / "docs/ledger.json").unlink()
    write_host(site / "host", **{"ledger.json": "{}"})
    attach(site)
    assert (site / "host/ledger.json").read_text() == "{}"


def test_attaching_again_changes_nothing_and_a_changed_archive_replaces_the_old(tmp_path: Path) -> None:
    site = make_project(tmp_path)
    write_host(site / "host")
    attach(site)
    first = bytes_below(site / "host")
    times = {path: path.stat().st_mtime_ns for path in (site / "host").rglob("*") if path.is_file()}
    attach(site)
    assert bytes_below(site / "host") == first
    assert {path: path.stat().st_mtime_ns for path in (site / "host").rglob("*") if path.is_file()} == times
    (site / "docs/2026/07/15.json").unlink()
    store_day(site / "docs", DATES[0], make_paper(title="Put right"))
    attach(site)
    assert not (site / "host/2026/07/15").exists()
    assert not (site / "host/2026/07/15.md").exists()
    assert not (site / "host/p/2607.15000").exists()
    again = bytes_below(site / "host")
    shutil.rmtree(site / "host")
    write_host(site / "host")
    attach(site)
    assert bytes_below(site / "host") == again


def test_a_page_of_the_host_stays_and_is_named(tmp_path: Path) -> None:
    site = make_project(tmp_path)
    write_host(site / "host", **{"archive/index.html": "<p>mine", "index.html": "<p>home"})
    printed = attach(site)
    assert "Left out, since the site has a page of its own there: archive/index.html, index.html" in printed
    assert (site / "host/archive/index.html").read_text() == "<p>mine"
    attach(site)
    assert (site / "host/index.html").read_text() == "<p>home"
    assert "https://papers.example/archive/archive/" not in (site / "host/sitemap.xml").read_text()


def test_a_data_file_of_the_host_is_refused_by_name_before_anything_is_written(tmp_path: Path) -> None:
    site = make_project(tmp_path)
    write_host(site / "host", **{"feed.xml": "<rss/>", "2026/07/13.md": "# Mine"})
    before = bytes_below(site / "host")
    printed = attach(site, code=2)
    assert "host has files of its own at addresses of the archive: 2026/07/13.md, feed.xml; remove or" in printed
    assert bytes_below(site / "host") == before


@pytest.mark.parametrize("name", ["2026", "topics"])
def test_a_file_of_the_host_in_the_way_of_a_folder_is_refused_by_name(tmp_path: Path, name: str) -> None:
    site = make_project(tmp_path)
    write_host(site / "host", **{name: "mine"})
    assert f"host has files of its own at addresses of the archive: {name};" in attach(site, code=2)
    assert not (site / "host" / MANIFEST).exists()


@pytest.mark.parametrize("attached_before", [True, False])
def test_a_site_that_the_plugin_built_is_refused(tmp_path: Path, attached_before: bool) -> None:
    site = make_project(tmp_path)
    if attached_before:  # MkDocs leaves files that begin with a dot
        write_host(site / "host")
        attach(site)
    build_site(site, "-d", "host")
    write_host(site / "host")
    assert "its host runs the plugin, and needs no attach" in attach(site, code=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "host has no page index.html: name one of its pages with --frame"),
        (("--frame", "none.html"), "host has no page none.html"),
        (("--frame", "../mkdocs.yml"), "host has no page ../mkdocs.yml"),
        (("--frame", "archive/"), "is a page of the archive: name a page that the host has built"),
        (("--frame", "bare.html"), 'has no place for the archive: expected an element with id="daily-papers", <main>'),
        (("--frame", "part.html"), "has no <head> with a <title>: expected a whole page of the site"),
    ],
)
def test_a_frame_that_is_none_is_refused_by_name(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    site = make_project(tmp_path)
    bare = "<html><head><title>x</title></head><body><p>x</body></html>"
    (site / "docs/index.md").write_text("# Home\n")
    write_host(site / "host", **{"bare.html": bare, "part.html": "<main>x</main>", "archive/index.html": MARK})
    done = run_module("daily_papers.cli", "attach", "host", *arguments, folder=site)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (site / "host" / MANIFEST).exists()


def test_below_a_path_the_frame_keeps_its_scripts_and_pages_have_no_policy(tmp_path: Path) -> None:
    site = make_project(tmp_path, path="papers")
    write_host(site / "host", **{"index.html": "<p>home"})
    attach(site)
    tree = page(site / "host/papers/2026/07/13/index.html")
    assert tree.css("link[rel=stylesheet]")[0].attributes["href"] == "../../../../style.css?v=1"
    assert not tree.css("meta[http-equiv]")
    assert (site / "host/index.html").read_text() == "<p>home"
    assert {path.name for path in (site / "host").iterdir()} >= {"papers", "about", "sitemap.xml"}


def test_a_site_url_on_the_command_line_gives_feeds(tmp_path: Path) -> None:
    site = make_site(tmp_path, theme=HOME_THEME, site_url="")
    store_titles(site / "docs", MONDAY, "One")
    write_host(site / "host")
    assert "No feeds are written" in attach(site)
    assert not (site / "host/feed.xml").exists()
    attach(site, "--frame", FRAME, "--site-url", "https://other.example/")
    assert "https://other.example/2026/07/13/" in (site / "host/feed.xml").read_text("utf-8")


def test_a_killed_run_leaves_no_file_half_written_and_is_repeated(tmp_path: Path) -> None:
    site = make_project(tmp_path)
    for number in range(30):
        store_titles(site / "docs", MONDAY - dt.timedelta(days=number), "One", "Two")
    write_host(site / "host")
    attach(site)
    complete = bytes_below(site / "host")
    shutil.rmtree(site / "host")
    write_host(site / "host")
    command = [*COMMAND, "attach", "host", "--frame", FRAME]
    process = subprocess.Popen(command, cwd=site, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL)
    while not (site / "host/2026").exists() and process.poll() is None:
        pass
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        os.killpg(process.pid, signal.SIGKILL)  # the second process, too
    process.wait()
    found = {name: content for name, content in bytes_below(site / "host").items() if not name.endswith(".tmp")}
    unfinished = {MANIFEST, "sitemap.xml"}
    assert [name for name in found if name not in unfinished and found[name] != complete[name]] == []
    attach(site)
    assert bytes_below(site / "host") == complete


def test_no_title_of_a_paper_or_site_becomes_an_element(tmp_path: Path) -> None:
    shapes = []
    for number, titles in enumerate((HOSTILE, ["harmless words"] * len(HOSTILE))):
        site = make_site(tmp_path / str(number), theme=HOME_THEME, site_name=titles[1])
        (site / "docs/topics.yml").write_text("none: {names: {ko: a, en: b}, words: [nonexistent]}\n")
        for title, date in zip(titles, (MONDAY - dt.timedelta(days=day) for day in range(99)), strict=False):
            store_titles(site / "docs", date, title)
        write_host(site / "host")
        attach(site)
        pages = [*sorted((site / "host/2026").rglob("index.html")), site / "host/index.html"]
        shapes.append([element_shapes(path.read_text("utf-8")) for path in pages])
    assert shapes[0] == shapes[1]


def test_a_site_whose_pages_are_encrypted_is_refused(tmp_path: Path) -> None:
    site = make_site(tmp_path, plugins=["daily-papers", {"encryptcontent": {"global_password": "x"}}])
    write_host(site / "host")
    assert "encryptcontent" in attach(site, code=2)
    assert not (site / "host" / MANIFEST).exists()
