"""The stylesheet, the scripts and their words, as bytes by name: what a host copies beside the pages."""

from __future__ import annotations

from pathlib import Path

import msgspec

from daily_papers.pages.words import available_languages, read_catalogue

ASSETS = Path(__file__).parent / "assets"

STYLESHEET = "daily-papers.css"
SCRIPT = "js/main.mjs"
"""A module: it is linked with `type="module"`."""
# In the order of the cascade; the variables come first.
_STYLES = (
    "base.css",
    "head.css",
    "papers.css",
    "media.css",
    "list.css",
    "rows.css",
    "calendar.css",
    "status.css",
    "library.css",
)


_encoder = msgspec.json.Encoder()


def load_assets() -> dict[str, bytes]:
    """Return every asset by its name, which `Urls.asset` makes an address of.

    The parts of the stylesheet come joined, as one request.
    """
    assets = {STYLESHEET: b"\n".join((ASSETS / "css" / name).read_bytes() for name in _STYLES)}
    for path in sorted((ASSETS / "js").rglob("*.mjs")):
        assets[path.relative_to(ASSETS).as_posix()] = path.read_bytes()
    for language in sorted(available_languages()):
        assets[f"js/words/{language}.mjs"] = b"export default " + _encoder.encode(read_catalogue(language)) + b";\n"
    return assets
