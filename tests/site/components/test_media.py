"""The picture or video that a paper shows, and the rule that only known hosts are embedded."""

from __future__ import annotations

import pytest

from daily_papers.model.records import Media
from daily_papers.site.components.paper_view import PaperView
from tests.factories import (
    DATE,
    THUMBNAIL,
    UPLOADS,
    make_animation,
    make_image,
    make_paper,
    make_video,
    paper_presenter,
    render_papers,
)
from tests.html import parse_page


def view(*media: Media, thumbnail: str | None = None) -> PaperView:
    return paper_presenter().view(make_paper(media=media, thumbnail=thumbnail), DATE)


def test_a_video_comes_before_an_image_and_an_image_before_an_animation() -> None:
    media = (make_animation("a.gif"), make_image("b.png"), make_image("c.png"), make_video("d.mp4"))
    seen = view(*media, thumbnail=THUMBNAIL)
    assert (seen.picture.kind, seen.picture.src) == ("video", f"{UPLOADS}/d.mp4")
    assert [medium.kind for medium in seen.more] == ["animation", "image", "image"]
    assert view(*media[:3]).picture.src.endswith("b.png")
    assert view(*media[:1]).picture.kind == "animation"


def test_the_thumbnail_replaces_missing_media_and_without_one_there_is_no_picture() -> None:
    assert view(thumbnail=THUMBNAIL).picture.kind == "thumbnail"
    assert view().picture.kind == "none"


@pytest.mark.parametrize(
    ("name", "type_", "has_link"),
    [
        ("a.mp4", "video/mp4", False),
        ("a.webm", "video/webm", False),
        ("a.qt", "video/mp4", True),
        ("a.MOV", "video/mp4", True),
        ("a.ogv", "", False),
    ],
)
def test_quicktime_is_embedded_as_mp4_and_linked_as_well(name: str, type_: str, has_link: bool) -> None:
    picture = view(make_video(name)).picture
    assert (picture.type, picture.has_link) == (type_, has_link)


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.png",
        "http://cdn-uploads.huggingface.co/a.png",
        "https://cdn-uploads.huggingface.co.evil.example/a.png",
        "https://cdn-uploads.huggingface.co@evil.example/a.png",
        "https://cdn-uploads.huggingface.co:8443/a.png",
    ],
)
def test_media_on_an_unknown_host_are_not_embedded(url: str) -> None:
    html = render_papers(make_paper(thumbnail=url, media=(Media(url=url, kind="image"),)))
    assert not parse_page(html).css("img, video, source")


def test_media_on_an_unknown_host_become_a_link_if_the_address_is_safe() -> None:
    links = view(Media(url="https://other.example/a.mp4", kind="video")).links
    assert [(link.text, link.address) for link in links] == [("Video on other.example", "https://other.example/a.mp4")]


def test_only_the_first_image_loads_at_once_and_nothing_plays_or_moves_by_itself() -> None:
    page = parse_page(
        render_papers(
            make_paper(1, thumbnail=THUMBNAIL, media=(make_video("a.mp4"), make_image("b.png"))),
            make_paper(2, thumbnail=THUMBNAIL, media=(make_animation("a.gif"),)),
        )
    )
    assert page.css("img")
    first, *others = page.css("img")
    assert first.attributes["fetchpriority"] == "high"
    for picture in page.css("img"):
        assert picture.attributes.get("loading") == ("lazy" if picture in others else None)
        assert picture.attributes["alt"] == ""
        assert not (picture.attributes["src"] or "").endswith(".gif")
    for video in page.css("video"):
        assert set(video.attributes) == {"controls", "muted", "playsinline", "preload", "aria-label"}
        assert video.attributes["preload"] == "none"


def test_a_video_without_a_thumbnail_has_no_image() -> None:
    page = parse_page(render_papers(make_paper(media=(make_video("a.mp4"),))))
    assert (len(page.css("img")), len(page.css("video"))) == (0, 1)
