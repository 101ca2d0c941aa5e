"""Which pictures and films of a paper its page embeds, and what stands for a film until it plays.

A Paper goes in, Media to embed come out. Every address that is embedded is on a known host; what lies elsewhere is left
to be linked to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from daily_papers.model.records import Media, Paper, file_extension
from daily_papers.model.text import MAX_URL_CHARS

# QuickTime files hold what MP4 holds more often than not; most browsers try it only under MP4's name.
_VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "qt": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
_QUICKTIME = ("qt", "mov")

MediumKind = Literal["video", "image", "animation", "thumbnail", "none"]


class Medium(msgspec.Struct, frozen=True, gc=False):
    """One picture or film to embed. `src` is what it is, `still` what may stand for it until it plays."""

    kind: MediumKind
    src: str = ""
    still: str = ""
    type: str = ""
    copy: str = ""
    """Where the site's own copy of the thumbnail among the two lies."""
    beside: bool = False
    """Whether a link to the file stands beside it, for browsers that cannot play it."""


class MediaSelector:
    """Tells what can be embedded in one site, from `media_hosts` only."""

    def __init__(self, media_hosts: Sequence[str]) -> None:
        self.copies: Mapping[str, str] = {}
        """Where the site's own copies of thumbnails lie, relative to its root, without width and ending."""
        self._embeddable = tuple(f"https://{host}/" for host in media_hosts)

    def pick(self, paper: Paper) -> tuple[Medium, list[Medium], list[Media]]:
        """Return the picture to show, the others that can be embedded, and those that can only be linked to.

        A film comes before a picture, a picture before one that moves, and the thumbnail stands in for all.
        """
        still = paper.thumbnail if paper.thumbnail and self._is_embeddable(paper.thumbnail) else ""
        copy = self.copies.get(still, "") if still else ""
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
        """Return the address of the thumbnail of `paper`, the site's own copy where there is one; empty without one.

        An address of the site itself is relative to its root.
        """
        address = paper.thumbnail if paper.thumbnail and self._is_embeddable(paper.thumbnail) else ""
        copy = self.copies.get(address, "") if address else ""
        return f"{copy}-320.webp" if copy else address

    def still(self, paper: Paper) -> str:
        """Return the address of a picture of `paper` that does not move, from a known host; empty if there is none."""
        pictures = [medium.url for medium in paper.media if medium.kind == "image"]
        return next(filter(self._is_embeddable, [*pictures, paper.thumbnail or ""]), "")

    def _is_embeddable(self, url: str) -> bool:
        # The slash after the host is part of what is compared, so no port, user or longer host gets by.
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
    return Medium(medium.kind, medium.src, "", medium.type, "", medium.beside)
