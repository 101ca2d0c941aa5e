"""The files of a host at addresses of the archive: what stays, what is refused, what is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.errors import AttachError
from daily_papers.site.attach.host_files import (
    MARK,
    find_frame,
    is_hosts_page,
    refuse_overwriting,
    refuse_plugin,
    remove_stale,
    withdraw,
)
from tests.factories import bytes_below


def write(folder: Path, *names: str, text: str = "x") -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_frame_is_the_home_page_or_a_named_page_or_that_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "index.html", "about/index.html", "a.html")
    assert [find_frame(tmp_path, name) for name in (None, "about/", "about", "./a.html")] == [
        "index.html",
        "about/index.html",
        "about/index.html",
        "a.html",
    ]


def test_a_frame_outside_of_the_site_is_refused_also_through_a_link(tmp_path: Path) -> None:
    site = write(tmp_path / "site", "index.html")
    (site / "link.html").symlink_to(write(tmp_path, "other.html") / "other.html")
    for name in ("../other.html", "link.html", str(tmp_path / "other.html")):
        with pytest.raises(AttachError, match="name one of its pages"):
            find_frame(site, name)


def test_a_page_is_known_by_its_mark(tmp_path: Path) -> None:
    write(tmp_path, "a.html", text=f"<head>{MARK}</head>")
    write(tmp_path, "b.html")
    write(tmp_path, "paper.html", text='<html class="dp-document">')
    names = ("a.html", "b.html", "missing.html", "paper.html")
    assert [is_hosts_page(tmp_path / name) for name in names] == [False, True, False, False]
    refuse_plugin(tmp_path, ["b.html"], "a.css")
    with pytest.raises(AttachError, match="its host runs the plugin"):
        refuse_plugin(tmp_path, ["b.html"], "x")


def test_of_many_files_in_the_way_five_are_named(tmp_path: Path) -> None:
    names = {f"{number}.json" for number in range(7)}
    write(tmp_path, *names)
    with pytest.raises(AttachError, match=r"0\.json, 1\.json, 2\.json, 3\.json, 4\.json and 2 more; remove or rename"):
        refuse_overwriting(tmp_path, names, set())
    refuse_overwriting(tmp_path, {"new.json"}, names)
    (tmp_path / "page").mkdir()
    with pytest.raises(AttachError, match=": page;"):
        refuse_overwriting(tmp_path, set(), {"page"})


def test_only_copies_of_unpublished_files_are_removed(tmp_path: Path) -> None:
    private = ["ledger.json", "2026/07/13.json", "2026/07/related.json"]
    archive = write(tmp_path / "archive", *private, "2026/07/14.json", "own.md")
    site = write(tmp_path / "site", *private, "2026/07/14.json", "usage.json", "own.md", "2026/07/13.json.unreadable")
    removed = [*withdraw(site, archive, {"2026/07/14.json"})]
    assert removed == ["2026/07/13.json", "2026/07/13.json.unreadable", "2026/07/related.json", "ledger.json"]
    assert bytes_below(site).keys() == {"2026/07/14.json", "usage.json", "own.md"}


def test_stale_files_are_removed_with_their_empty_folders_but_no_page_of_the_host(tmp_path: Path) -> None:
    write(tmp_path, "a/b/index.html", "search/1/x/y", "search/1/z", text=MARK)
    write(tmp_path, "a/index.html", "own/index.html")
    remove_stale(tmp_path, ["a/b/index.html", "search/1/", "own/index.html", "gone/x.json"])
    assert bytes_below(tmp_path).keys() == {"a/index.html", "own/index.html"}
    assert not (tmp_path / "a/b").exists()
    assert not (tmp_path / "search").exists()
