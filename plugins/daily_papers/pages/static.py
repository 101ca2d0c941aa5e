"""The stylesheet and the scripts, as bytes by name: what a host copies beside the pages, at `Urls.asset(name)`."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"

STYLESHEET = "daily-papers.css"
SCRIPT = "js/main.mjs"
"""A module: it is linked with `type="module"`."""
VIEW_SCRIPT = "js/dp-view.mjs"
"""The one part of it that decides what the first painting shows."""

# In the order of the cascade; the variables come first.
_STYLES = ("base.css", "head.css", "papers.css", "media.css", "list.css", "calendar.css", "status.css")


def load_assets() -> dict[str, bytes]:
    """Return every asset by name. The parts of the stylesheet come joined, as one request."""
    assets = {STYLESHEET: b"\n".join((ASSETS / "css" / name).read_bytes() for name in _STYLES)}
    for path in sorted((ASSETS / "js").glob("*.mjs")):
        assets[f"js/{path.name}"] = path.read_bytes()
    return assets
