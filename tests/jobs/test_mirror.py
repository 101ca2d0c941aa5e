"""Mirrored thumbnails: copied once, and kept when the host no longer has them."""

from __future__ import annotations

import datetime as dt
import io
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.thumbnails import read_index
from daily_papers.errors import FetchError, SettingError
from daily_papers.jobs.check import check
from daily_papers.jobs.mirror import MAX_TRIES, MirrorReport, mirror_archive, scale
from daily_papers.net.image_download import Rules
from tests.factories import make_paper, store_day
from tests.pictures import HOST, Pictures, png
from tests.sites import build, make_site

DATE = dt.date(2026, 7, 14)


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with Pictures() as host:
        yield host


def bomb() -> bytes:
    """Return a PNG whose header states 2.5 billion pixels."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk


def test_pictures_are_scaled_to_two_widths_and_never_enlarged() -> None:
    def sizes(data: bytes) -> list[tuple[int, int]]:
        return [Image.open(io.BytesIO(copy)).size for copy in scale(data, "u")]

    assert sizes(png()) == [(640, 360), (320, 180)]
    assert sizes(png(size=(400, 100))) == [(400, 100), (320, 80)]
    assert sizes(png(size=(2000, 1))) == [(640, 1), (320, 1)]


@pytest.mark.fault(33)
@pytest.mark.parametrize("data", [bomb(), png()[:100], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF0000WEBP"])
def test_decompression_bombs_and_damaged_pictures_are_refused(data: bytes) -> None:
    with pytest.raises(FetchError, match="a picture that cannot be read"):
        scale(data, "u")


@pytest.mark.parametrize(
    ("format_", "mode", "side"), [("WEBP", "RGBA", 2100), ("PNG", "RGB", 3200), ("GIF", "P", 3200)]
)
def test_a_picture_that_takes_too_much_memory_is_refused(format_: str, mode: str, side: int) -> None:
    stored = io.BytesIO()
    Image.new(mode, (side, side)).save(stored, format_)
    with pytest.raises(FetchError, match=f"a picture that cannot be read: {side} x {side} pixels"):
        scale(stored.getvalue(), "u")


def test_a_large_photo_is_decoded_in_a_smaller_size() -> None:
    stored = io.BytesIO()
    Image.new("RGB", (6000, 4000), "red").save(stored, "JPEG")
    assert [Image.open(io.BytesIO(copy)).size for copy in scale(stored.getvalue(), "u")] == [(640, 427), (320, 213)]


def test_a_picture_too_tall_for_webp_is_refused_and_does_not_affect_the_others(
    tmp_path: Path, pictures: Pictures
) -> None:
    pictures.answers |= {"/a.png": png(size=(8, 16_384)), "/b.png": png()}
    store(tmp_path, pictures, "a", "b")
    assert str(run(tmp_path, pictures)) == "1 copied, 1 unavailable"


def store(root: Path, pictures: Pictures, *names: str, date: dt.date = DATE) -> None:
    papers = (make_paper(n, thumbnail=pictures.address(f"/{name}.png")) for n, name in enumerate(names))
    store_day(root, date, *papers)


def run(root: Path, pictures: Pictures, max_bytes: int = 10**9) -> MirrorReport:
    return mirror_archive(root, pictures.rules, max_bytes=max_bytes)


def files(root: Path) -> list[Path]:
    return sorted((root / "media").rglob("*.webp"))


def test_thumbnails_are_copied_once_and_a_second_run_asks_for_nothing(tmp_path: Path, pictures: Pictures) -> None:
    pictures.answers |= {"/a.png": png("teal"), "/b.png": png("red"), "/c.png": png("teal")}
    store(tmp_path, pictures, "a", "b", "c")
    assert str(run(tmp_path, pictures)) == "3 copied"
    assert len(files(tmp_path)) == 4  # two of the three have the same content
    pictures.asked.clear()
    assert str(run(tmp_path, pictures)) == "nothing new"
    assert not pictures.asked
    assert not list(check(tmp_path))


def test_the_oldest_copies_are_dropped_at_the_limit_of_bytes_and_not_asked_for_again(
    tmp_path: Path, pictures: Pictures
) -> None:
    pictures.answers |= {"/a.png": png("teal"), "/b.png": png("red"), "/c.png": png("blue")}
    store(tmp_path, pictures, "a", date=DATE - dt.timedelta(days=4))
    store(tmp_path, pictures, "b", date=DATE - dt.timedelta(days=1))
    run(tmp_path, pictures)
    store(tmp_path, pictures, "c")
    each = next(iter(read_index(tmp_path).values())).bytes
    report = run(tmp_path, pictures, max_bytes=2 * each - 1)
    assert (report.copied, report.dropped) == (1, 1)
    assert {url.rpartition("/")[2] for url in read_index(tmp_path)} == {"b.png", "c.png"}
    assert len(files(tmp_path)) == 4
    pictures.asked.clear()
    run(tmp_path, pictures, max_bytes=2 * each - 1)
    assert not pictures.asked


def test_an_unavailable_thumbnail_is_tried_in_a_few_runs_only(tmp_path: Path, pictures: Pictures) -> None:
    store(tmp_path, pictures, "a")
    for _ in range(MAX_TRIES + 2):
        run(tmp_path, pictures)
    assert len(pictures.asked) == MAX_TRIES
    (entry,) = read_index(tmp_path).values()
    assert (entry.failed, entry.tries) == ("HTTP 404", MAX_TRIES)


def test_a_missing_copy_is_made_again_and_an_unnamed_one_is_removed(tmp_path: Path, pictures: Pictures) -> None:
    pictures.answers["/a.png"] = png()
    store(tmp_path, pictures, "a")
    run(tmp_path, pictures)
    files(tmp_path)[0].unlink()
    stray = tmp_path / "media/ab/0123456789abcdef0123-640.webp"
    own = tmp_path / "media/ab/my-own.webp"
    stray.parent.mkdir(exist_ok=True)
    for path in (stray, own):
        path.write_bytes(b"x")
    assert run(tmp_path, pictures).copied == 1
    assert not stray.exists()
    assert own.exists()


def test_a_damaged_index_is_renamed_and_a_new_one_is_written(tmp_path: Path, pictures: Pictures) -> None:
    pictures.answers["/a.png"] = png()
    store(tmp_path, pictures, "a")
    run(tmp_path, pictures)
    whole, copies = (tmp_path / "media.json").read_bytes(), files(tmp_path)
    (tmp_path / "media.json").write_bytes(b"<<<<<<< HEAD\n" + whole)
    assert str(run(tmp_path, pictures)) == "1 copied"
    assert (tmp_path / "media.json").read_bytes() == whole
    assert files(tmp_path) == copies
    assert (tmp_path / "media.json.unreadable").exists()


def test_a_run_ends_at_its_time_limit_and_the_next_run_continues(tmp_path: Path, pictures: Pictures) -> None:
    pictures.answers |= {"/a.png": png("teal"), "/b.png": png("red")}
    store(tmp_path, pictures, "a", "b")
    times = iter([0.0, 0.0, 1.0, 1.0, 1000.0, 1000.0, 1000.0])
    report = mirror_archive(tmp_path, pictures.rules, clock=lambda: next(times))
    assert (report.copied, report.left) == (1, 1)
    assert run(tmp_path, pictures).copied == 1


def test_pages_show_the_copies_in_two_widths_and_the_index_is_not_published(tmp_path: Path, pictures: Pictures) -> None:
    pictures.answers["/a.png"] = png()
    options: dict[str, object] = {"fetch": "never", "media": "mirror", "media_hosts": [HOST]}
    site = make_site(tmp_path, options)
    thumbnail = f"https://{HOST}/a.png"
    store_day(site / "docs", DATE, make_paper(thumbnail=thumbnail))
    rules = pictures.rules
    served = Rules([HOST], rules.scheme, rules.port, rules.is_allowed, rules.resolve)
    store(tmp_path / "other", pictures, "a")
    mirror_archive(tmp_path / "other", served)
    (copy,) = read_index(tmp_path / "other").values()
    (site / "docs/media.json").write_text(json.dumps({thumbnail: {"name": copy.name, "bytes": copy.bytes}}))
    (tmp_path / "other/media").rename(site / "docs/media")
    assert build(site, "--strict").returncode == 0
    page = LexborHTMLParser((site / "site/2026/07/14/index.html").read_text("utf-8"))
    image = page.css_first("article img")
    assert image is not None
    stem = f"../../../media/{copy.name[:2]}/{copy.name}"
    assert image.attributes["src"] == f"{stem}-640.webp"
    assert image.attributes["srcset"] == f"{stem}-320.webp 320w, {stem}-640.webp 640w"
    assert (site / f"site/media/{copy.name[:2]}/{copy.name}-320.webp").exists()
    assert not (site / "site/media.json").exists()
    make_site(site, {**options, "media": "link"})
    assert build(site).returncode == 0
    linked = LexborHTMLParser((site / "site/2026/07/14/index.html").read_text("utf-8")).css_first("article img")
    assert linked is not None
    assert linked.attributes["src"] == thumbnail


def test_without_pillow_the_error_names_the_extra_to_install(
    tmp_path: Path, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(SettingError, match=r"pip install 'mkdocs-daily-papers\[mirror\]'"):
        run(tmp_path, pictures)
