"""The stylesheet, the scripts and their words, as bytes by name: what a host copies beside the pages."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from daily_papers.site.i18n.catalog import available_languages, read_catalogue

SITE = Path(__file__).parent
ASSETS = SITE.parent / "assets"

STYLESHEET = "daily-papers.css"
SCRIPT = "js/main.mjs"
"""A module: it is linked with `type="module"`."""
# In the order of the cascade; the variables come first.
_STYLES = (
    ASSETS / "css/base.css",
    SITE / "components/day_header.css",
    SITE / "components/paper_list.css",
    SITE / "components/media.css",
    SITE / "components/paper_list_compact.css",
    SITE / "components/ranking_rows.css",
    SITE / "pages/topics.css",
    SITE / "components/calendar.css",
    SITE / "pages/status.css",
    SITE / "pages/statistics.css",
    SITE / "pages/periods.css",
    SITE / "pages/authors.css",
    SITE / "pages/day.css",
    SITE / "pages/library.css",
    SITE / "pages/search.css",
)


# A comment that has its lines to itself: a fifth of what a reader would load. No text of ours has such a line.
_COMMENT = re.compile(rb"^ *(?://[^\n]*|/\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)

# Words that pages alone say: a third of what a reader's scripts would load of them.
_OF_PAGES = re.compile(
    r"^(by|empty|failed|feeds?|formula|hidden|legend|period|unreadable|why)_|^stats_\w+_how$"
    r"|_(about|description|needs_scripts)(_of_feed)?$|_of_feed$"
)

_encoder = msgspec.json.Encoder()


def load_assets() -> dict[str, bytes]:
    """Return every asset by its name, which `Urls.asset` makes an address of.

    The parts of the stylesheet come joined, as one request; comments stay at home.
    """
    assets = {STYLESHEET: b"\n".join(map(_read, _STYLES))}
    for path in sorted((ASSETS / "js").rglob("*.mjs")):
        assets[path.relative_to(ASSETS).as_posix()] = _read(path)
    for language in sorted(available_languages()):
        assets[f"js/i18n/{language}.mjs"] = b"export default " + _encoder.encode(_words_of_scripts(language)) + b";\n"
    return assets


def _words_of_scripts(language: str) -> dict[str, str | dict[str, str]]:
    """Return the texts that scripts may say in `language`, by key."""
    return {key: text for key, text in read_catalogue(language).items() if not _OF_PAGES.search(key)}


def _read(path: Path) -> bytes:
    return _COMMENT.sub(b"", path.read_bytes())
