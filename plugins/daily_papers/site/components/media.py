"""Selection of a paper's media: the picture or video that a page embeds, and the links to the rest.

Only media on known hosts are embedded; others are linked to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from daily_papers.model.records import Media, Paper, file_extension
from daily_papers.model.text import MAX_URL_CHARS

# Most QuickTime files contain what MP4 files do, and most browsers try them only under MP4's type.
_VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "qt": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
_QUICKTIME = ("qt", "mov")

MediumKind = Literal["video", "image", "animation", "thumbnail", "none"]


class Medium(msgspec.Struct, frozen=True, gc=False):
    """One picture or video to embed. `still` is the picture shown until `src` plays."""

    kind: MediumKind
    src: str = ""
    still: str = ""
    type: str = ""
    copy: str = ""
    """The site's own copy of the thumbnail, if it is one of the two: relative to the root, without width and ending."""
    has_link: bool = False
    """True if a link to the file is shown, for browsers that cannot play it."""


class MediaSelector:
    """Selects the media that pages of one site embed, from `media_hosts` only.

    `thumbnails` are the site's own copies by the original's address, relative to its root, without width and ending.
    """

    def __init__(self, media_hosts: Sequence[str], thumbnails: Mapping[str, str] | None = None) -> None:
        self._thumbnails = thumbnails or {}
        self._embeddable = tuple(f"https://{host}/" for host in media_hosts)

    def pick(self, paper: Paper) -> tuple[Medium, list[Medium], list[Media]]:
        """Return the medium to show first, the others that can be embedded, and those that can only be linked to.

        A video is preferred to a picture, a picture to an animation, and the thumbnail is shown if there is none.
        """
        still = paper.thumbnail if paper.thumbnail and self._is_embeddable(paper.thumbnail) else ""
        copy = self._thumbnails.get(still, "") if still else ""
        if not paper.media:
            return Medium("thumbnail", still, copy=copy) if still else _NO_PICTURE, [], []
        embedded: list[Medium] = []
        elsewhere: list[Media] = []
        for medium in paper.media:
            if self._is_embeddable(medium.url):
                embedded.append(_medium(medium, still, copy))
            else:
                elsewhere.append(medium)
        for kind in ("video", "image", "animation"):
            for position, candidate in enumerate(embedded):
                if candidate.kind == kind:
                    return embedded.pop(position), [_without_still(other) for other in embedded], elsewhere
        return Medium("thumbnail", still, copy=copy) if still else _NO_PICTURE, [], elsewhere

    def small(self, paper: Paper) -> str:
        """Return the address of the small thumbnail of `paper`; empty if there is none.

        It is the site's own copy, relative to the root, if there is one.
        """
        address = paper.thumbnail if paper.thumbnail and self._is_embeddable(paper.thumbnail) else ""
        copy = self._thumbnails.get(address, "") if address else ""
        return f"{copy}-320.webp" if copy else address

    def still(self, paper: Paper) -> str:
        """Return the address of a still picture of `paper` on a known host; empty if there is none."""
        pictures = [medium.url for medium in paper.media if medium.kind == "image"]
        return next(filter(self._is_embeddable, [*pictures, paper.thumbnail or ""]), "")

    def _is_embeddable(self, url: str) -> bool:
        # The compared prefix ends with the slash after the host, so that no port, user or longer host matches.
        return url.startswith(self._embeddable) and len(url) <= MAX_URL_CHARS and url.isprintable() and " " not in url


_NO_PICTURE = Medium("none")


def _medium(medium: Media, still: str, copy: str) -> Medium:
    if medium.kind == "image":
        return Medium("image", medium.url)
    if medium.kind == "animation":
        return Medium("animation", medium.url, still, copy=copy)
    ending = file_extension(medium.url)
    return Medium("video", medium.url, still, _VIDEO_TYPES.get(ending, ""), copy, ending in _QUICKTIME)


def _without_still(medium: Medium) -> Medium:
    return Medium(medium.kind, medium.src, "", medium.type, "", medium.has_link)
