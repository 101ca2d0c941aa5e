"""Stylesheet, scripts and the scripts' messages, as bytes by name: the files that pages load."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from daily_papers.site.i18n.catalog import available_languages, read_catalog

SITE = Path(__file__).parent
ASSETS = SITE.parent / "assets"

STYLESHEET = "daily-papers.css"
SCRIPT = "js/main.mjs"
"""A module: pages load it with `type="module"`."""
DOCUMENT_SCRIPT = "js/document.js"
"""A script of the light frame, which runs before the first paint."""
# In the order of the cascade: variables, then components, then pages by name.
_STYLES = (
    ASSETS / "css/base.css",
    *(
        SITE / f"components/{name}.css"
        for name in ("document", "day_header", "paper_list", "media", "ranking_rows", "calendar")
    ),
    *sorted(SITE.glob("pages/*.css")),
)

# A comment on lines of its own: a fifth of the bytes. No text of a page has such a line.
_COMMENT = re.compile(rb"^ *(?://[^\n]*|/\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)

# The keys of messages that no script needs: a third of all.
_PAGE_ONLY = re.compile(
    r"^(by|empty|failed|feeds?|formula|hidden|legend|period|unreadable|why)_|^stats_\w+_how$"
    r"|_(about|description|needs_scripts)(_of_feed)?$|_of_feed$"
)

_encoder = msgspec.json.Encoder()


def load_assets() -> dict[str, bytes]:
    """Return every asset by its name, for `Urls.asset`, without comments.

    The style sheets are joined: one request instead of many.
    """
    assets = {STYLESHEET: b"\n".join(map(_read, _STYLES))}
    for path in sorted((ASSETS / "js").rglob("*.*js")):
        assets[path.relative_to(ASSETS).as_posix()] = _read(path)
    for language in sorted(available_languages()):
        assets[f"js/i18n/{language}.mjs"] = b"export default " + _encoder.encode(_script_messages(language)) + b";\n"
    return assets


def _script_messages(language: str) -> dict[str, str | dict[str, str]]:
    """Return the messages that scripts may show in `language`, by key."""
    return {key: text for key, text in read_catalog(language).items() if not _PAGE_ONLY.search(key)}


def _read(path: Path) -> bytes:
    return _COMMENT.sub(b"", path.read_bytes())
